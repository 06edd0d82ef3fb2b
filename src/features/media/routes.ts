import type { MultipartFile } from '@fastify/multipart'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx, Viewer } from '#src/context.ts'
import { invalid, notFound } from '#src/errors.ts'
import { viewerOf } from '#src/http/auth.ts'
import { queryFields } from '#src/http/bodies.ts'
import { acceptFields } from '#src/http/multipart.ts'
import { type App, idParams, validate } from '#src/http/zod.ts'
import { pictureAddresses } from './addresses.ts'
import { toMediaAttachment } from './entity.ts'
import type { Media } from './queries.ts'
import {
  type DescribeInPost,
  describeMedia,
  getOwnMedia,
  type MediaFacts,
  removeMedia,
  storeUpload,
  updateMedia,
  whenSettled,
} from './service.ts'

const access = { scope: 'write:media' } as const

/** How long the answer to an upload waits for the picture to be ready: most are, and then nobody has to ask again. */
const waitMs = { v1: 20_000, v2: 3_000 }

const focus = z
  .string()
  .regex(/^-?\d*\.?\d+,-?\d*\.?\d+$/, 'must be two numbers from -1 to 1, as in 0.1,-0.5')
  .transform((text) => text.split(',').map(Number))
  .refine(
    (numbers) => numbers.every((number) => Math.abs(number) <= 1),
    'must be two numbers from -1 to 1, as in 0.1,-0.5',
  )
  .transform(([x = 0, y = 0]) => ({ x, y }))

const facts = z.object({
  description: z.string().optional(),
  focus: z.preprocess((value) => (value === '' ? undefined : value), focus.optional()),
  thumbnail: z.undefined('is not supported: pictures are shown as they are').optional(),
})

/** What posts, which stand above, do for pictures. */
type Posts = Readonly<{ describeInPost: DescribeInPost }>

/** Uploading pictures and saying what they show. @see https://docs.joinmastodon.org/methods/media/ */
export function registerMediaRoutes(app: App, ctx: Ctx, posts: Posts): void {
  const config = { access, form: { fields: facts, files: ['file'], isFileNeeded: true } }
  app.post('/api/v2/media', { config }, (request, reply) => upload(ctx, request, reply, waitMs.v2))
  // Elk uploads by the old address, which answers only when the picture is ready.
  app.post('/api/v1/media', { config }, (request, reply) => upload(ctx, request, reply, waitMs.v1))
  app.get('/api/v1/media/:id', { config: { access }, schema: { params: idParams } }, async (request, reply) =>
    answer(ctx, reply, await getOwnMedia(ctx, viewerOf(request), request.params.id), 206),
  )
  for (const path of ['/api/v1/media/:id', '/api/v2/media/:id']) {
    app.put(
      path,
      { config: { access }, schema: { params: idParams, body: facts }, preValidation: acceptFields },
      async (request, reply) =>
        answer(
          ctx,
          reply,
          await describeMedia(ctx, viewerOf(request), { ...request.body, ...request.params, ...posts }),
          200,
        ),
    )
  }
  app.delete('/api/v1/media/:id', { config: { access }, schema: { params: idParams } }, async (request) => {
    await removeMedia(ctx, viewerOf(request), request.params.id)
    return {}
  })
}

async function upload(ctx: Ctx, request: FastifyRequest, reply: FastifyReply, patienceMs: number) {
  const viewer = viewerOf(request)
  const row = await readUpload(ctx, viewer, request)
  return answer(ctx, reply, await whenSettled(ctx, viewer, row, patienceMs), 202)
}

/** The file is stored while it comes; fields may stand before and after it. */
async function readUpload(ctx: Ctx, viewer: Viewer, request: FastifyRequest): Promise<Media> {
  if (!request.isMultipart())
    throw invalid('Validation failed: send the picture as multipart/form-data, in the field "file"')
  const fields: Record<string, unknown> = { ...queryFields(request) }
  let stored: Media | null = null
  for await (const part of request.parts()) {
    if (part.type === 'field') fields[part.fieldname] = part.value
    else stored = await takeFile(ctx, viewer, part, stored)
  }
  if (!stored) throw invalid('Validation failed: there is no file in the field "file"')
  const said = readFields(fields)
  return said.description === undefined && said.focus === undefined ? stored : updateMedia(ctx, viewer, stored.id, said)
}

async function takeFile(ctx: Ctx, viewer: Viewer, part: MultipartFile, before: Media | null): Promise<Media> {
  if (part.fieldname !== 'file' || before) {
    part.file.resume()
    throw invalid(
      part.fieldname === 'thumbnail'
        ? 'Validation failed: thumbnail is not supported: pictures are shown as they are'
        : 'Validation failed: send one picture, in the field "file"',
    )
  }
  return storeUpload(ctx, viewer, { stream: part.file })
}

function readFields(fields: Record<string, unknown>): MediaFacts {
  const parsed = validate(facts, fields)
  if ('error' in parsed) throw parsed.error
  return parsed.value
}

/** @param unready the status that tells the client to ask again */
async function answer(ctx: Ctx, reply: FastifyReply, row: Media, unready: number) {
  if (row.deletedAt) throw notFound()
  if (row.state === 'refused') throw invalid(`Validation failed: ${row.refusal ?? 'the picture cannot be read'}`)
  const attachment = toMediaAttachment(
    row,
    await pictureAddresses(ctx),
    row.postId ? 'everybody' : { actorId: row.actorId },
  )
  return reply.code(row.state === 'ready' ? 200 : unready).send(attachment)
}
