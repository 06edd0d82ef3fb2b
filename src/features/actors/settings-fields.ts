import type { FastifyRequest } from 'fastify'
import type { Viewer } from '#src/context.ts'
import { invalid, Problem } from '#src/errors.ts'
import { type FormFile, readForm } from '#src/http/multipart.ts'
import type { Translator } from '#src/locales/translator.ts'
import type { Visibility } from '#src/web/components/post.ts'
import type { ProfileInput } from './edit.ts'
import { profileLimits } from './policy.ts'
import type { StorePicture } from './profile-fields.ts'
import type { ProfileSource } from './profile-queries.ts'
import type { Actor } from './queries.ts'

/** What stands in the form of the settings. */
export type SettingsInput = Readonly<{
  name: string
  summary: string
  fields: readonly { name: string; value: string }[]
  isLocked: boolean
  isDiscoverable: boolean
  isIndexable: boolean
  visibility: Visibility
  isSensitive: boolean
  quotePolicy: ProfileSource['defaultQuotePolicy']
  replyChoice: ProfileSource['defaultReplyPolicy']
  /** Empty: none is usual. */
  language: string
  expandsMedia: ProfileSource['expandsMedia']
  expandsSpoilers: boolean
  /** What the pictures show; null where nothing was said. */
  avatarAlt: string | null
  headerAlt: string | null
}>

/** A picture that came with the form: the id of a new one, null for one that is to go, undefined for no change. */
export type PictureChoices = Readonly<{ avatar?: string | null; header?: string | null }>

/** The form as it was sent; `errors` has sentences about pictures that could not be used. */
export type SentSettings = Readonly<{
  input: SettingsInput
  pictures: PictureChoices
  errors: Readonly<Record<string, string>>
}>

/** Which pictures a client shows without being asked. */
export const expandedMedia = [
  'default',
  'show_all',
  'hide_all',
] as const satisfies readonly ProfileSource['expandsMedia'][]

const quotePolicies = [
  'public',
  'asked',
  'followers',
  'nobody',
] as const satisfies readonly ProfileSource['defaultQuotePolicy'][]

const replyChoices = [
  'public',
  'asked',
  'followers',
  'named',
] as const satisfies readonly ProfileSource['defaultReplyPolicy'][]

const visibilities: readonly Visibility[] = ['public', 'unlisted', 'followers', 'direct']

/** The form as it stands before anybody types. */
export function settingsOf(actor: Actor, source: ProfileSource): SettingsInput {
  const { name, isLocked, isDiscoverable, isIndexable, avatar, header } = actor
  return {
    name,
    summary: source.summarySource,
    fields: source.fieldsSource,
    isLocked,
    isDiscoverable,
    isIndexable,
    visibility: visibilities.find((visibility) => visibility === source.defaultVisibility) ?? 'public',
    isSensitive: source.defaultSensitive,
    quotePolicy: source.defaultQuotePolicy,
    replyChoice: source.defaultReplyPolicy,
    language: source.defaultLanguage ?? '',
    expandsMedia: source.expandsMedia,
    expandsSpoilers: source.expandsSpoilers,
    avatarAlt: avatar?.description ?? null,
    headerAlt: header?.description ?? null,
  }
}

/**
 * Reads the form of the settings; its pictures are stored while they come.
 * @throws Problem `invalid` for a form that no page of ours has sent
 */
export async function readSettings(
  request: FastifyRequest,
  { viewer, storePicture, t }: Readonly<{ viewer: Viewer; storePicture: StorePicture; t: Translator }>,
): Promise<SentSettings> {
  const pictures: { avatar?: string | null; header?: string | null } = {}
  const errors: Record<string, string> = {}
  const entries = await readForm(request, async ({ field, filename, stream }: FormFile) => {
    if (field !== 'avatar' && field !== 'header') return
    try {
      pictures[field] = await storePicture(viewer, stream)
    } catch (error) {
      if (!(error instanceof Problem) || (error.code !== 'invalid' && error.code !== 'too_large')) throw error
      errors[field] = t.pages.composeProblems.unusable(t.pages.composeProblems.named(filename))
    }
  })
  const fields = new Map(entries.map(([name, value]) => [name, value.replaceAll('\r\n', '\n')]))
  for (const name of ['avatar', 'header'] as const) {
    if (pictures[name] === undefined && fields.get(`${name}-remove`) === 'true') pictures[name] = null
  }
  return { input: toInput(fields), pictures, errors }
}

function toInput(fields: ReadonlyMap<string, string>): SettingsInput {
  const visibility = visibilities.find((word) => word === fields.get('visibility'))
  if (!visibility) throw invalid('Choose a usual audience')
  const isOn = (name: string) => fields.get(name) === 'true'
  const alt = (name: string) => (fields.get(name) ?? '').trim().slice(0, profileLimits.description) || null
  return {
    name: fields.get('name') ?? '',
    summary: fields.get('summary') ?? '',
    fields: Array.from({ length: profileLimits.fields }, (_, index) => ({
      name: fields.get(`field-name-${index + 1}`) ?? '',
      value: fields.get(`field-value-${index + 1}`) ?? '',
    })),
    isLocked: isOn('locked'),
    isDiscoverable: isOn('discoverable'),
    isIndexable: isOn('indexable'),
    visibility,
    isSensitive: isOn('sensitive'),
    quotePolicy: quotePolicies.find((policy) => policy === fields.get('quote_policy')) ?? 'nobody',
    replyChoice: replyChoices.find((choice) => choice === fields.get('reply_policy')) ?? 'named',
    language: fields.get('language') ?? '',
    expandsMedia: expandedMedia.find((word) => word === fields.get('expands-media')) ?? 'default',
    expandsSpoilers: isOn('expands-spoilers'),
    avatarAlt: alt('avatar-alt'),
    headerAlt: alt('header-alt'),
  }
}

/** What the form changes of a profile, its pictures apart. */
export function toProfileInput(input: SettingsInput): ProfileInput {
  const {
    visibility,
    isSensitive,
    quotePolicy,
    replyChoice,
    language,
    avatarAlt: _avatar,
    headerAlt: _header,
    ...same
  } = input
  return {
    ...same,
    defaultVisibility: visibility,
    defaultSensitive: isSensitive,
    defaultQuotePolicy: quotePolicy,
    defaultReplyPolicy: replyChoice,
    defaultLanguage: language,
  }
}
