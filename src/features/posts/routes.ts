import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx, Viewer } from '#src/context.ts'
import { isId } from '#src/core/ids.ts'
import { refreshPosted } from '#src/features/products/refresh.ts'
import { viewerOf } from '#src/http/auth.ts'
import { acceptFields } from '#src/http/multipart.ts'
import { type App, flag, idParams } from '#src/http/zod.ts'
import { registerBoostRoutes } from './boost-routes.ts'
import { createPost, type Draft } from './create.ts'
import { editPost } from './edit.ts'
import { findQuotedStatus, getStatus, loadStatuses, type Status } from './entity.ts'
import { draftBody, editBody, idempotencyKey, toDraft, toPostChanges } from './fields.ts'
import { loadHistory, loadSource } from './history.ts'
import { registerOembedRoutes } from './oembed-routes.ts'
import { registerPinRoutes } from './pin-routes.ts'
import { registerPollRoutes } from './poll-routes.ts'
import { registerPreferenceRoutes } from './preference-routes.ts'
import { findQuoteBy } from './quote-queries.ts'
import { registerQuoteRoutes } from './quote-routes.ts'
import { deletePost } from './remove.ts'
import { loadThread } from './thread.ts'

const reads = { access: { scope: 'read:statuses', isOptional: true } } as const
const writes = { access: { scope: 'write:statuses' } } as const

/** Publishes a post later, or at once when its time is past: `waiting` is what a client is answered in the first case. */
export type SchedulePost = (
  viewer: Viewer,
  draft: Draft,
  at: Date,
) => Promise<Readonly<{ postId: string } | { waiting: object }>>

/** Posts in the client API. @see https://docs.joinmastodon.org/methods/statuses/ */
export function registerPostRoutes(app: App, ctx: Ctx, later: { schedulePost: SchedulePost }): void {
  registerWriting(app, ctx, later)
  registerReading(app, ctx)
  registerBoostRoutes(app, ctx)
  registerPinRoutes(app, ctx)
  registerOembedRoutes(app, ctx)
  registerPollRoutes(app, ctx)
  registerPreferenceRoutes(app, ctx)
  registerQuoteRoutes(app, ctx)
}

function registerWriting(app: App, ctx: Ctx, { schedulePost }: { schedulePost: SchedulePost }): void {
  const create = { config: writes, schema: { body: draftBody }, preValidation: acceptFields }
  app.post('/api/v1/statuses', create, async (request) => {
    const viewer = viewerOf(request)
    const draft = { ...toDraft(request.body), idempotencyKey: idempotencyKey(request.headers['idempotency-key']) }
    const at = request.body.scheduled_at
    const outcome = at ? await schedulePost(viewer, draft, at) : { postId: await createPost(ctx, viewer, draft) }
    return 'waiting' in outcome ? outcome.waiting : getStatus(ctx, viewer.actorId, outcome.postId)
  })

  const edit = { config: writes, schema: { params: idParams, body: editBody }, preValidation: acceptFields }
  app.put('/api/v1/statuses/:id', edit, async (request) => {
    const viewer = viewerOf(request)
    await editPost(ctx, viewer, request.params.id, toPostChanges(request.body))
    return getStatus(ctx, viewer.actorId, request.params.id)
  })

  const remove = {
    config: writes,
    schema: { params: idParams, querystring: z.object({ delete_media: flag.optional() }) },
  }
  app.delete('/api/v1/statuses/:id', remove, async (request) => {
    const viewer = viewerOf(request)
    const { id } = request.params
    // Read first: clients put text and pictures into the form for a post that is written anew.
    const status = await withQuoted(ctx, viewer.actorId, await getStatus(ctx, viewer.actorId, id))
    const { text } = await loadSource(ctx, viewer.actorId, status.reblog?.id ?? id)
    await deletePost(ctx, viewer, id, { deletesPictures: request.query.delete_media })
    return { ...status, text }
  })
}

/** So that a post can be written anew, what it quoted is told whatever the author of that says to it. */
async function withQuoted(ctx: Ctx, readerId: string, status: Status): Promise<Status> {
  const quotedId = status.quote && (await findQuoteBy(ctx.db, status.id))?.quotedId
  if (!status.quote || !quotedId) return status
  const quoted = await findQuotedStatus(ctx, readerId, quotedId)
  return { ...status, quote: { state: status.quote.state, quoted_status: quoted } }
}

const idsQuery = z.object({
  id: z
    .union([z.string(), z.array(z.string())])
    .transform((ids) => [ids].flat())
    .pipe(z.array(z.string()).max(40, 'may name 40 statuses at the most'))
    .default([]),
})

function registerReading(app: App, ctx: Ctx): void {
  const one = { config: reads, schema: { params: idParams } }
  app.get('/api/v1/statuses', { config: reads, schema: { querystring: idsQuery } }, async (request) =>
    loadStatuses(ctx, readerOf(request), [...new Set(request.query.id)].filter(isId)),
  )
  app.get('/api/v1/statuses/:id', one, async (request) => {
    const { id } = request.params
    const status = await getStatus(ctx, readerOf(request), id)
    if (!status.entremise || readerOf(request) === null) return status
    await refreshPosted(ctx, id)
    return getStatus(ctx, readerOf(request), id)
  })
  app.get('/api/v1/statuses/:id/context', one, async (request) => loadThread(ctx, readerOf(request), request.params.id))
  app.get('/api/v1/statuses/:id/history', one, async (request) =>
    loadHistory(ctx, readerOf(request), request.params.id),
  )
  app.get(
    '/api/v1/statuses/:id/source',
    { config: { access: { scope: 'read:statuses' } }, schema: { params: idParams } },
    async (request) => loadSource(ctx, viewerOf(request).actorId, request.params.id),
  )
}

function readerOf(request: FastifyRequest): string | null {
  return request.viewer?.actorId ?? null
}
