import { z } from 'zod'
import { invalid } from '#src/errors.ts'
import { pollField, toPollDraft } from '#src/features/polls/fields.ts'
import { entremiseField, toWishes } from '#src/features/products/fields.ts'
import { flag, textList, unsupported } from '#src/http/zod.ts'
import type { Draft } from './create.ts'
import type { PostChanges } from './edit.ts'
import { postLimits } from './policy.ts'
import type { Visibility } from './queries.ts'
import { quotePolicyField } from './quote-fields.ts'

/** An id that may be left empty, and that some clients send as a number. */
const someId = z
  .union([z.string(), z.number().refine(Number.isSafeInteger, 'must be sent as a text: ids are too large for numbers')])
  .nullish()
  .transform((id) => (id ? String(id) : null))

const visibility = z.enum(['public', 'unlisted', 'private', 'direct'], 'must be public, unlisted, private or direct')

/** As follows name languages: `fr` and not `FR`. What is well-formed and no tag all the same is kept in small letters. */
function canonical(code: string): string {
  try {
    return code && (Intl.getCanonicalLocales(code)[0] ?? code)
  } catch {
    return code.toLowerCase()
  }
}

/** ISO 639 with what may follow it; an empty text means that it was not said. */
const language = z
  .string()
  .regex(/^([a-z]{2,3}([-_][a-z0-9]{2,8}){0,3})?$/i, 'must be a language code such as fr')
  .transform((code) => canonical(code.replaceAll('_', '-')) || null)

/** Numbers are texts too: forms cannot tell them apart, and JSON bodies are made from forms. */
const words = z.union([z.string(), z.number()]).transform(String)

/** The pictures of a post; an empty entry stands for none, since forms have no empty lists. */
const mediaIds = textList.transform((ids) => ids.filter((id) => id !== ''))

const momentShape = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?$/i

/** A moment in ISO 8601, in UTC when it does not say. An empty text means that it was not said. */
export const momentField = z
  .string()
  .transform((text, ctx) => {
    if (text === '') return null
    const hasZone = /(Z|[+-]\d\d:?\d\d)$/i.test(text.slice(10))
    const date = momentShape.test(text) ? new Date(text.length === 10 || hasZone ? text : `${text}Z`) : null
    if (date && !Number.isNaN(date.getTime())) return date
    ctx.addIssue({ code: 'custom', message: 'must be a moment such as 2027-03-28T14:05:00Z' })
    return z.NEVER
  })
  .nullish()

/** The body of POST /api/v1/statuses. */
export const draftBody = z.object({
  quote_approval_policy: quotePolicyField,
  status: words.nullish(),
  media_ids: mediaIds.nullish(),
  poll: pollField,
  entremise: entremiseField,
  in_reply_to_id: someId,
  sensitive: flag.nullish(),
  spoiler_text: words.nullish(),
  visibility: z.union([visibility, z.literal('')]).nullish(),
  language: language.nullish(),
  scheduled_at: momentField,
  quoted_status_id: someId,
  quote_id: unsupported('is not supported: the name here is quoted_status_id'),
  content_type: z.literal(['', 'text/plain'], 'is not supported: posts are written as plain text').nullish(),
  allowed_mentions: unsupported('is not supported: everybody who is named is told'),
  expires_in: unsupported('is not supported: posts stay until they are deleted'),
  local_only: flag.nullish().refine((isLocal) => !isLocal, 'is not supported: public posts go to other servers too'),
})

const focus = z
  .string()
  .regex(/^-?\d*\.?\d+,-?\d*\.?\d+$/, 'must be two numbers from -1 to 1, as in 0.1,-0.5')
  .transform((text) => text.split(',').map(Number))
  .refine(
    (numbers) => numbers.every((number) => Math.abs(number) <= 1),
    'must be two numbers from -1 to 1, as in 0.1,-0.5',
  )
  .transform(([x = 0, y = 0]) => ({ x, y }))

const pictureChange = z.object({
  id: z.union([z.string(), z.number()]).transform(String),
  description: z
    .string()
    .max(postLimits.description, `may have ${postLimits.description} characters at the most`)
    .nullish(),
  focus: z.preprocess((value) => (value === '' || value === null ? undefined : value), focus.optional()),
})

/** The body of PUT /api/v1/statuses/:id. */
export const editBody = z.object({
  quote_approval_policy: quotePolicyField,
  quoted_status_id: someId,
  status: words.nullish(),
  media_ids: mediaIds.nullish(),
  poll: pollField,
  entremise: entremiseField,
  media_attributes: z.array(pictureChange).max(postLimits.pictures).nullish(),
  sensitive: flag.nullish(),
  spoiler_text: words.nullish(),
  language: language.nullish(),
})

const visibilities = { public: 'public', unlisted: 'unlisted', private: 'followers', direct: 'direct' } as const

/** The client API's word for who may read in ours. */
export function toVisibility(word: keyof typeof visibilities): Visibility {
  return visibilities[word]
}

/** A body as a draft. */
export function toDraft(body: z.output<typeof draftBody>): Draft {
  return {
    visibility: body.visibility ? toVisibility(body.visibility) : null,
    ...toWords(body),
    language: body.language ?? null,
    inReplyToId: body.in_reply_to_id,
    mediaIds: body.media_ids ?? [],
    poll: toPollDraft(body.poll) ?? null,
    products: toWishes(body.entremise),
    quotedId: body.quoted_status_id,
    quotePolicy: body.quote_approval_policy || undefined,
  }
}

/** A warning with nothing behind it is what is said, as in Mastodon, and the post is sensitive as it would have been. */
function toWords({ status, spoiler_text, sensitive, media_ids }: z.output<typeof draftBody>) {
  const [text, spoilerText] = [status ?? '', spoiler_text ?? '']
  const isAlone = text.trim() === '' && spoilerText.trim() !== '' && !media_ids?.length
  if (isAlone) return { text: spoilerText, spoilerText: '', isSensitive: true }
  return { text, spoilerText, isSensitive: sensitive ?? undefined }
}

/** A body as changes. Whatever it does not have stays as it is. */
export function toPostChanges(body: z.output<typeof editBody>): PostChanges {
  return {
    text: body.status ?? undefined,
    spoilerText: body.spoiler_text ?? undefined,
    isSensitive: body.sensitive ?? undefined,
    language: body.language ?? undefined,
    mediaIds: body.media_ids ?? undefined,
    poll: toPollDraft(body.poll),
    products: toWishes(body.entremise),
    quotedId: body.quoted_status_id ?? undefined,
    quotePolicy: body.quote_approval_policy || undefined,
    pictures: (body.media_attributes ?? []).map(({ id, description, focus: point }) => ({
      id,
      description: description === undefined ? undefined : description || null,
      focus: point,
    })),
  }
}

/** The key under which a client may send the same post again. @throws Problem `invalid` when it is too long to be kept */
export function idempotencyKey(header: string | string[] | undefined): string | null {
  const key = [header].flat()[0]?.trim()
  if (!key) return null
  if (key.length > 255) throw invalid('The Idempotency-Key may have 255 characters at the most')
  return key
}
