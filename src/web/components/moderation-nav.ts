import type { Translator } from '#src/locales/translator.ts'
import type { Html } from '../html.ts'
import { paths } from '../paths.ts'
import { tabs } from './tabs.ts'

/** The pages of those who run the instance. */
export type ModerationPage = 'reports' | 'servers' | 'lists' | 'allowed' | 'relays' | 'jobs'

/** The way between them. */
export function moderationNav(current: ModerationPage, t: Translator): Html {
  const places = [
    ['reports', paths.reports],
    ['servers', paths.servers],
    ['lists', paths.serverLists],
    ['allowed', paths.serversAllowed],
    ['relays', paths.relays],
    ['jobs', paths.jobs],
  ] as const
  const words = t.moderation.nav
  const entries = places.map(([page, href]) => ({ href, label: words[page], isCurrent: page === current }))
  return tabs(words.label, entries)
}
