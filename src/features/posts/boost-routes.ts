import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { notFound } from '#src/errors.ts'
import { toAccount } from '#src/features/actors/entity.ts'
import { listActors } from '#src/features/actors/queries.ts'
import { viewerOf } from '#src/http/auth.ts'
import { acceptFields } from '#src/http/multipart.ts'
import { linkPages, pageQuery, toPage } from '#src/http/paging.ts'
import { type App, idParams } from '#src/http/zod.ts'
import { boostPost, undoBoost } from './boost.ts'
import { getStatus } from './entity.ts'
import { findPost, findVisiblePost, listBoosters } from './queries.ts'

const boostBody = z.object({
  visibility: z.enum(['public', 'unlisted', 'private', ''], 'must be public, unlisted or private').nullish(),
})

const visibilities = { public: 'public', unlisted: 'unlisted', private: 'followers' } as const

/** Boosts in the client API. @see https://docs.joinmastodon.org/methods/statuses/#boost */
export function registerBoostRoutes(app: App, ctx: Ctx): void {
  const writes = { access: { scope: 'write:statuses' } } as const

  const boost = { config: writes, schema: { params: idParams, body: boostBody }, preValidation: acceptFields }
  app.post('/api/v1/statuses/:id/reblog', boost, async (request) => {
    const viewer = viewerOf(request)
    const { visibility } = request.body
    const id = await boostPost(ctx, viewer, request.params.id, visibility ? visibilities[visibility] : undefined)
    return getStatus(ctx, viewer.actorId, id)
  })

  app.post('/api/v1/statuses/:id/unreblog', { config: writes, schema: { params: idParams } }, async (request) => {
    const viewer = viewerOf(request)
    // By the id of the boost itself, which is gone afterwards: the answer is what it showed.
    const post = await findPost(ctx.db, request.params.id)
    await undoBoost(ctx, viewer, request.params.id)
    return getStatus(ctx, viewer.actorId, post?.boostOfId ?? request.params.id)
  })

  const boostedBy = {
    config: { access: { scope: 'read:statuses', isOptional: true } as const },
    schema: { params: idParams, querystring: pageQuery(40, 80) },
  }
  app.get('/api/v1/statuses/:id/reblogged_by', boostedBy, async (request, reply) => {
    const readerId = request.viewer?.actorId ?? null
    const post = await findVisiblePost(ctx.db, readerId, request.params.id)
    if (!post) throw notFound()
    const page = toPage(request.query)
    const boosts = await listBoosters(ctx.db, readerId, post.boostOfId ?? post.id, page)
    linkPages(
      request,
      reply,
      ctx.config.publicUrl,
      boosts.map(({ id }) => id),
      page,
    )
    const actors = await listActors(
      ctx.db,
      boosts.map(({ actorId }) => actorId),
    )
    return actors.map((actor) => toAccount(ctx, actor))
  })
}
