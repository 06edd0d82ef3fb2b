import type { Translator } from '#src/locales/translator.ts'
import type { Html } from '../html.ts'
import { paths } from '../paths.ts'
import { tabs } from './tabs.ts'

/** The pages of the settings. */
export type SettingsPage = 'profile' | 'notifications' | 'filters' | 'muted' | 'blocked' | 'move' | 'login' | 'apps'

/** The way between the pages of the settings. */
export function settingsNav(current: SettingsPage, t: Translator): Html {
  const places = [
    ['profile', paths.settings],
    ['notifications', paths.settingsNotifications],
    ['filters', paths.settingsFilters],
    ['muted', paths.settingsMuted],
    ['blocked', paths.settingsBlocked],
    ['move', paths.settingsMove],
    ['login', paths.settingsLogin],
    ['apps', paths.settingsApps],
  ] as const
  const words = t.pages.settingsNav
  const entries = places.map(([page, href]) => ({ href, label: words[page], isCurrent: page === current }))
  return tabs(words.label, entries)
}
