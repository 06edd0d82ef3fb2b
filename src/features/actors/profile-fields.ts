import type { Readable } from 'node:stream'
import type { MultipartFile } from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Viewer } from '#src/context.ts'
import { expandFields } from '#src/http/form.ts'
import { flag, textList, validate } from '#src/http/zod.ts'
import type { ProfileInput } from './edit.ts'
import { fieldProblem } from './policy.ts'
import type { Actor } from './queries.ts'

/** Stores an uploaded picture of a profile and answers its id; `src/features/register.ts` hands in what the pictures' feature offers. */
export type StorePicture = (viewer: Viewer, stream: Readable) => Promise<string>

/** What is to change in a profile, and what its pictures are said to show. */
export type ProfileForm = Readonly<{
  input: ProfileInput
  descriptions: Readonly<Record<'avatar' | 'header', string | undefined>>
}>

type Pictures = Readonly<{ avatar?: string; header?: string }>

const said = z.preprocess((value) => (value === '' || value === null ? undefined : value), flag.optional())
const text = z.union([z.string(), z.number().transform(String)])
const field = z.object({ name: text.default(''), value: text.default('') })

/** A list, or a record whose names are numbers, as form encoding makes it: `fields_attributes[0][name]=…`. */
const fields = z.union([
  z.array(field),
  z.record(z.string(), field).transform((record) =>
    Object.entries(record)
      .toSorted(([a], [b]) => Number(a) - Number(b))
      .map(([, value]) => value),
  ),
  z.literal('').transform(() => undefined),
])

/** An empty file input sends an empty text; anything else is a picture written as text, which only very old clients send. */
const noText = z.literal('', 'must be a file sent as multipart/form-data').nullish()

const visibilities = { public: 'public', unlisted: 'unlisted', private: 'followers', direct: 'direct' } as const

const profileBody = z.object({
  display_name: text.optional(),
  note: text.optional(),
  avatar: noText,
  header: noText,
  avatar_description: text.optional(),
  header_description: text.optional(),
  show_media: said,
  show_media_replies: said,
  show_featured: said,
  locked: said,
  bot: said,
  discoverable: said,
  indexable: said,
  hide_collections: said.refine(
    (hides) => hides !== false,
    'cannot be turned off: here lists of followers are for their owners only',
  ),
  attribution_domains: textList.nullish(),
  fields_attributes: fields.nullish(),
  source: z
    .object({
      privacy: z
        .enum(['public', 'unlisted', 'private', 'direct'], 'must be public, unlisted, private or direct')
        .optional(),
      sensitive: said,
      language: z.string().nullish(),
      quote_policy: z.enum(['public', 'followers', 'nobody'], 'must be public, followers or nobody').optional(),
    })
    .optional(),
})

/** The form, for who describes it. */
export const profileForm = {
  fields: profileBody.omit({ avatar: true, header: true }),
  files: ['avatar', 'header'],
} as const

/**
 * Reads what a client wants to change in a profile, sent as JSON, form or multipart; pictures are stored while they come.
 * @throws Problem `invalid` for what cannot be used and for what is not supported
 */
export async function readProfileForm(
  request: FastifyRequest,
  viewer: Viewer,
  { actor, storePicture }: { actor: Actor; storePicture: StorePicture },
): Promise<ProfileForm> {
  const { body, pictures } = await readBody(request, (part) => takePicture(viewer, part, storePicture))
  const parsed = validate(profileBody, body)
  if ('error' in parsed) throw parsed.error
  const form = parsed.value
  const isBot = actor.type === 'Service'
  if (form.bot !== undefined && form.bot !== isBot) {
    throw fieldProblem(
      'bot',
      'ERR_INVALID',
      'cannot be changed: what kind of actor this is was decided when it was made',
    )
  }
  const { avatar_description: avatar, header_description: header } = form
  return { input: toInput(form, pictures), descriptions: { avatar, header } }
}

function toInput(form: z.output<typeof profileBody>, pictures: Pictures): ProfileInput {
  const { source } = form
  return {
    name: form.display_name,
    summary: form.note,
    fields: form.fields_attributes ?? undefined,
    avatarMediaId: pictures.avatar,
    headerMediaId: pictures.header,
    isLocked: form.locked,
    isDiscoverable: form.discoverable,
    isIndexable: form.indexable,
    showsMedia: form.show_media,
    showsMediaReplies: form.show_media_replies,
    showsFeatured: form.show_featured,
    // A form that takes the last one away sends one empty text.
    attributionDomains: form.attribution_domains ?? undefined,
    defaultVisibility: source?.privacy && visibilities[source.privacy],
    defaultSensitive: source?.sensitive,
    defaultLanguage: source?.language,
    defaultQuotePolicy: source?.quote_policy,
  }
}

async function readBody(
  request: FastifyRequest,
  take: (part: MultipartFile) => Promise<string | null>,
): Promise<{ body: unknown; pictures: Pictures }> {
  if (!request.isMultipart()) return { body: request.body, pictures: {} }
  const entries: [string, string][] = []
  const pictures: { avatar?: string; header?: string } = {}
  for await (const part of request.parts()) {
    if (part.type === 'field') entries.push([part.fieldname, String(part.value)])
    else {
      const id = await take(part)
      if (id) pictures[part.fieldname as keyof Pictures] = id
    }
  }
  return { body: expandFields(entries), pictures }
}

async function takePicture(viewer: Viewer, part: MultipartFile, storePicture: StorePicture): Promise<string | null> {
  if (part.filename && (part.fieldname === 'avatar' || part.fieldname === 'header')) {
    return storePicture(viewer, part.file)
  }
  // An unread file would hold the request open for ever.
  part.file.resume()
  // A form whose file input was left empty sends a file without a name.
  if (!part.filename) return null
  throw fieldProblem(part.fieldname, 'ERR_INVALID', 'is no picture of a profile: send avatar or header')
}
