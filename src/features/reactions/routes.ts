import type { Ctx } from '#src/context.ts'
import { notFound } from '#src/errors.ts'
import { toAccount } from '#src/features/actors/entity.ts'
import { listActors } from '#src/features/actors/queries.ts'
import { getStatus, loadStatuses } from '#src/features/posts/entity.ts'
import { findVisiblePost } from '#src/features/posts/queries.ts'
import { viewerOf } from '#src/http/auth.ts'
import { linkPages, pageQuery, toPage } from '#src/http/paging.ts'
import { type App, idParams } from '#src/http/zod.ts'
import { registerKeepingRoutes } from './keeping-routes.ts'
import { listLiked, listLikers } from './queries.ts'
import { likePost, unlikePost } from './service.ts'

/** Likes in the client API. @see https://docs.joinmastodon.org/methods/statuses/#favourite */
export function registerReactionRoutes(app: App, ctx: Ctx): void {
  registerWriting(app, ctx)
  registerLists(app, ctx)
  registerKeepingRoutes(app, ctx)
}

function registerWriting(app: App, ctx: Ctx): void {
  const writes = { config: { access: { scope: 'write:favourites' } }, schema: { params: idParams } }

  app.post('/api/v1/statuses/:id/favourite', writes, async (request) => {
    const viewer = viewerOf(request)
    await likePost(ctx, viewer, request.params.id)
    return getStatus(ctx, viewer.actorId, request.params.id)
  })

  app.post('/api/v1/statuses/:id/unfavourite', writes, async (request) => {
    const viewer = viewerOf(request)
    await unlikePost(ctx, viewer, request.params.id)
    return getStatus(ctx, viewer.actorId, request.params.id)
  })
}

function registerLists(app: App, ctx: Ctx): void {
  const favourites = { config: { access: { scope: 'read:favourites' } }, schema: { querystring: pageQuery() } }
  app.get('/api/v1/favourites', favourites, async (request, reply) => {
    const { actorId } = viewerOf(request)
    const page = toPage(request.query)
    const lines = await listLiked(ctx.db, actorId, page)
    linkPages(
      request,
      reply,
      ctx.config.publicUrl,
      lines.map(({ id }) => id),
      page,
    )
    return loadStatuses(
      ctx,
      actorId,
      lines.map(({ subjectId }) => subjectId),
    )
  })

  const favouritedBy = {
    config: { access: { scope: 'read:statuses', isOptional: true } },
    schema: { params: idParams, querystring: pageQuery(40, 80) },
  }
  app.get('/api/v1/statuses/:id/favourited_by', favouritedBy, async (request, reply) => {
    const readerId = request.viewer?.actorId ?? null
    const post = await findVisiblePost(ctx.db, readerId, request.params.id)
    if (!post) throw notFound()
    const page = toPage(request.query)
    const lines = await listLikers(ctx.db, readerId, post.boostOfId ?? post.id, page)
    linkPages(
      request,
      reply,
      ctx.config.publicUrl,
      lines.map(({ id }) => id),
      page,
    )
    const actors = await listActors(
      ctx.db,
      lines.map(({ subjectId }) => subjectId),
    )
    return actors.map((actor) => toAccount(ctx, actor))
  })
}
