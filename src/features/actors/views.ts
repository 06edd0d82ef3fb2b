import type { Ctx } from '#src/context.ts'
import { acceptedMimes } from '#src/core/images/sniff.ts'
import { htmlToText } from '#src/core/sanitize.ts'
import { toEmojiValues } from '#src/features/emoji/views.ts'
import type { Translator } from '#src/locales/translator.ts'
import type { ActorValue } from '#src/web/components/actor.ts'
import { settingsForm } from '#src/web/components/settings-form.ts'
import type { Html } from '#src/web/html.ts'
import { languageChoices } from '#src/web/languages.ts'
import { paths } from '#src/web/paths.ts'
import { pictureUrl } from './entity.ts'
import { profileLimits } from './policy.ts'
import type { Actor } from './queries.ts'
import type { SettingsInput } from './settings-fields.ts'

/** An actor as the components of pages show it. Nothing of a suspended actor's profile is shown. */
export function toActorValue(
  { uris, config }: Pick<Ctx, 'uris' | 'config'>,
  actor: Actor,
): ActorValue & { id: string } {
  const { id, handle, host, type } = actor
  const isSuspended = actor.suspendedAt !== null
  return {
    id,
    type,
    handle,
    host: host ?? config.handleHost,
    name: isSuspended ? '' : actor.name,
    href: host === null ? `/@${handle}` : `/@${handle}@${host}`,
    avatarUrl: isSuspended ? null : pictureUrl(uris, actor.avatar, 'smallest'),
    emojis: isSuspended ? [] : toEmojiValues(uris, actor.emojis),
  }
}

/** Characters of an introduction where it stands for the whole profile. */
const summaryLength = 300

/** What an actor says of itself, as plain text on one line. */
export function summaryOf(actor: Pick<Actor, 'summary'>): string {
  return htmlToText(actor.summary).replaceAll(/\s+/g, ' ').slice(0, summaryLength).toWellFormed()
}

/** What the page of the settings shows: the profile as it is, and what was typed. */
export type SettingsPage = Readonly<{
  actor: Actor
  input: SettingsInput
  errors: Readonly<Record<string, string | undefined>>
}>

/** The settings of a profile. */
export function settingsView(
  ctx: Pick<Ctx, 'uris' | 'config'>,
  { actor, input, errors }: SettingsPage,
  t: Translator,
): Html {
  const { avatarAlt, headerAlt, ...words } = input
  const value = {
    action: paths.settings,
    actor: toActorValue(ctx, actor),
    ...words,
    avatarAlt: actor.avatar && (avatarAlt ?? ''),
    headerUrl: pictureUrl(ctx.uris, actor.header, 'largest'),
    headerAlt: actor.header && (headerAlt ?? ''),
    maxAltCharacters: profileLimits.description,
    maxFields: profileLimits.fields,
    maxNameCharacters: profileLimits.name,
    maxSummaryCharacters: profileLimits.summary,
    languages: [
      { value: '', label: t.pages.profileSettings.languageOfPage },
      ...languageChoices(t.locale, input.language),
    ],
    accept: acceptedMimes.join(','),
    errors,
  }
  return settingsForm(value, t)
}
