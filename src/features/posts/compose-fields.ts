import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx, Viewer } from '#src/context.ts'
import { readRefusal } from '#src/core/images/refused.ts'
import { isZone } from '#src/core/zones.ts'
import { invalid, Problem } from '#src/errors.ts'
import { findOwnMedia, type Media } from '#src/features/media/queries.ts'
import { maxDescription, maxUploadBytes, storeUpload, updateMedia, whenSettled } from '#src/features/media/service.ts'
import { type FormFile, readForm } from '#src/http/multipart.ts'
import type { Translator } from '#src/locales/translator.ts'
import { postLimits } from './policy.ts'
import { type PollInput, readPollInput } from './poll-fields.ts'
import { type ProductInput, readProductInputs } from './product-fields.ts'
import type { Visibility } from './queries.ts'
import { type QuotePolicy, quotePolicies } from './quote-policy.ts'

/** A picture of a post that is being written, with its description as it was typed. */
export type DraftPicture = Readonly<{ row: Media; alt: string }>

/** What somebody typed and chose, with what is wrong with it so far: sentences by the fields of `composeForm`. */
export type ComposeInput = Readonly<{
  text: string
  spoilerText: string
  isSensitive: boolean
  visibility: Visibility
  language: string
  /** The post that is answered. */
  replyTo: string | null
  /** The post that is quoted. */
  quotedId: string | null
  /** Who may quote it; an edit leaves that as it is. */
  quotePolicy: QuotePolicy
  /** Names this writing, so that a form that is sent twice makes one post. */
  key: string
  pictures: readonly DraftPicture[]
  /** A description was asked for already: once is enough. */
  isReminded: boolean
  poll: PollInput
  products: readonly ProductInput[]
  /** `2027-03-28T14:05` as the clocks of `timeZone` show it; empty: now. */
  scheduledAt: string
  timeZone: string
  errors: Readonly<Record<string, string | undefined>>
}>

/** How long a form waits for its pictures; most are ready much sooner. */
const patienceMs = 20_000

const visibilities = ['public', 'unlisted', 'followers', 'direct'] as const satisfies readonly Visibility[]

/** What the pictures of a form become for. `postId` null: a new post. */
type Writing = Readonly<{ ctx: Ctx; viewer: Viewer; postId: string | null; t: Translator }>

/** A picture that came with the form, or why it did not. */
type Upload = Readonly<{ row: Media; filename: string }>

/**
 * Reads the form for writing a post. Its pictures are stored while they come and then waited for; whatever is wrong with one is said
 * in a sentence, and the rest is kept.
 * @throws Problem `invalid` for a form that no page of ours has sent
 */
export async function readComposeForm(request: FastifyRequest, writing: Writing): Promise<ComposeInput> {
  const uploads = new Map<string, Upload>()
  const complaints: string[] = []
  const entries = await readForm(request, (file) => takePicture(writing, file, { uploads, complaints }))
  const fields = new Map(entries.map(([name, value]) => [name, value.replaceAll('\r\n', '\n')]))
  const pictures = await readPictures(writing, fields, { uploads, complaints })
  const language = fields.get('language') ?? ''
  const isMissing = pictures.some(({ alt }) => alt === '')
  if (isMissing && fields.get('reminded') !== 'true') complaints.push(writing.t.compose.altMissing)
  return {
    text: fields.get('text') ?? '',
    spoilerText: (fields.get('spoiler_text') ?? '').trim(),
    isSensitive: fields.get('sensitive') === 'true',
    visibility: readVisibility(fields.get('visibility'), writing.postId !== null),
    language,
    replyTo: fields.get('reply') || null,
    quotedId: fields.get('quote') || null,
    // What was not understood is wider for nobody.
    quotePolicy: quotePolicies.find((policy) => policy === fields.get('quote_policy')) ?? 'nobody',
    key: fields.get('key') ?? '',
    pictures,
    isReminded: isMissing,
    poll: readPollInput(fields),
    products: readProductInputs(fields),
    scheduledAt: fields.get('scheduled_at') ?? '',
    timeZone: readZone(fields.get('time_zone')),
    errors: {
      ...(complaints.length > 0 ? { pictures: [...new Set(complaints)].join(' ') } : {}),
      ...(isLanguage(language) ? {} : { language: writing.t.pages.composeProblems.language }),
    },
  }
}

/** Who may see an edited post stays as it was, and is no field of the form. */
function readVisibility(word: string | undefined, isEdit: boolean): Visibility {
  const found = visibilities.find((visibility) => visibility === word)
  // What somebody meant for a few must not go to all because a word was not understood.
  if (!found && !isEdit) throw invalid('Choose who may see the post')
  return found ?? 'direct'
}

function readZone(name = ''): string {
  return isZone(name) ? name : ''
}

function isLanguage(code: string): boolean {
  return /^[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}$/i.test(code)
}

type Arrivals = Readonly<{ uploads: Map<string, Upload>; complaints: string[] }>

async function takePicture({ ctx, viewer, t }: Writing, file: FormFile, { uploads, complaints }: Arrivals) {
  const number = /^picture-(\d{1,3})$/.exec(file.field)?.[1]
  if (!number) return
  const words = t.pages.composeProblems
  if (uploads.size >= postLimits.pictures) return void complaints.push(words.tooManyPictures(postLimits.pictures))
  const name = words.named(file.filename)
  try {
    uploads.set(number, { row: await storeUpload(ctx, viewer, { stream: file.stream }), filename: file.filename })
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    if (error.code === 'too_large') complaints.push(words.tooLarge(name, maxUploadBytes / 1_048_576))
    else if (error.code === 'invalid') complaints.push(words.empty(name))
    else throw error
  }
}

async function readPictures(
  writing: Writing,
  fields: ReadonlyMap<string, string>,
  { uploads, complaints }: Arrivals,
): Promise<DraftPicture[]> {
  const places = placesOf(fields, uploads).filter((number) => fields.get(`remove-${number}`) !== 'true')
  const found = await Promise.all(
    places.map(async (number) => {
      const upload = uploads.get(number) ?? (await findStored(writing, fields.get(`picture-${number}`), complaints))
      const row = upload && (await whenSettled(writing.ctx, writing.viewer, upload.row, patienceMs))
      return row ? { row, filename: upload.filename, alt: (fields.get(`alt-${number}`) ?? '').trim() } : null
    }),
  )
  const kept = found.filter((picture) => picture !== null).filter((picture) => isUsable(writing, picture, complaints))
  if (kept.length > postLimits.pictures) {
    complaints.push(writing.t.pages.composeProblems.tooManyPictures(postLimits.pictures))
  }
  const pictures = kept.slice(0, postLimits.pictures)
  return Promise.all(pictures.map((picture) => describe(writing, picture, complaints)))
}

/** The places in the order in which they came, whatever their numbers: that is how pictures are moved. Each sends its description. */
function placesOf(fields: ReadonlyMap<string, string>, uploads: ReadonlyMap<string, Upload>): string[] {
  const named = [...fields.keys()].flatMap((name) => /^(?:picture|alt)-(\d{1,3})$/.exec(name)?.[1] ?? [])
  return [...new Set([...named, ...uploads.keys()])]
}

/** A picture that an earlier sending of the form, or the post, has already; the owner is part of the question. */
async function findStored(
  { ctx, viewer, postId, t }: Writing,
  id: string | undefined,
  complaints: string[],
): Promise<Upload | null> {
  if (!id) return null
  const row = await findOwnMedia(ctx.db, viewer.actorId, id)
  if (row && (row.postId === null || row.postId === postId)) return { row, filename: '' }
  complaints.push(t.pages.composeProblems.pictureGone)
  return null
}

type Arrived = Readonly<{ row: Media; filename: string; alt: string }>

/** One that is still being prepared is kept for the next sending of the form, one that was refused is not. */
function isUsable({ t }: Writing, { row, filename }: Arrived, complaints: string[]): boolean {
  const words = t.pages.composeProblems
  if (row.state === 'uploaded') complaints.push(words.waiting)
  if (row.state !== 'refused') return true
  const code = readRefusal(row.refusal ?? '')
  complaints.push((code ? words.refused[code] : words.refusedOther)(filename ? words.named(filename) : words.unnamed))
  return false
}

/** The pictures of a post are described by its edit, of which others are told; the others at once. */
async function describe(
  { ctx, viewer, t }: Writing,
  { row, alt }: Arrived,
  complaints: string[],
): Promise<DraftPicture> {
  if (alt.length > maxDescription) complaints.push(t.pages.composeProblems.altTooLong(maxDescription))
  else if (row.postId === null && alt !== (row.description ?? '')) {
    return { row: await updateMedia(ctx, viewer, row.id, { description: alt }), alt }
  }
  return { row, alt }
}

const someId = z.string().optional().catch(undefined)
/** What the address of the form says of the post. */
export const composeQuery = z.object({
  reply: someId,
  quote: someId,
  /** What is written already, and for whom: a page of ours leads here with both. */
  text: z.string().max(1_000).optional().catch(undefined),
  visibility: z.enum(visibilities).optional().catch(undefined),
  /** A product to show in the post. */
  product: someId,
})

/** What the form begins with because of its address. */
export function begunAs({
  text,
  visibility,
  product,
}: z.output<typeof composeQuery>): Partial<Pick<ComposeInput, 'text' | 'visibility' | 'products'>> {
  return {
    ...(text === undefined ? {} : { text }),
    ...(visibility ? { visibility } : {}),
    ...(product === undefined ? {} : { products: [{ productId: product, picture: '', left: '', top: '' }] }),
  }
}
