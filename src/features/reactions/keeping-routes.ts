import type { Ctx } from '#src/context.ts'
import { getStatus, loadStatuses } from '#src/features/posts/entity.ts'
import { viewerOf } from '#src/http/auth.ts'
import { linkPages, pageQuery, toPage } from '#src/http/paging.ts'
import { type App, idParams } from '#src/http/zod.ts'
import { listBookmarked } from './bookmark-queries.ts'
import { type Keeping, keepPost } from './keeping.ts'

const scopes: Readonly<Record<Keeping, string>> = {
  bookmark: 'write:bookmarks',
  unbookmark: 'write:bookmarks',
  mute: 'write:mutes',
  unmute: 'write:mutes',
}

/**
 * Bookmarks and muted conversations in the client API.
 * @see https://docs.joinmastodon.org/methods/bookmarks/
 * @see https://docs.joinmastodon.org/methods/statuses/#mute
 */
export function registerKeepingRoutes(app: App, ctx: Ctx): void {
  for (const keeping of Object.keys(scopes) as Keeping[]) {
    const options = { config: { access: { scope: scopes[keeping] } }, schema: { params: idParams } }
    app.post(`/api/v1/statuses/:id/${keeping}`, options, async (request) => {
      const viewer = viewerOf(request)
      await keepPost(ctx, viewer, keeping, request.params.id)
      return getStatus(ctx, viewer.actorId, request.params.id)
    })
  }

  const list = { config: { access: { scope: 'read:bookmarks' } }, schema: { querystring: pageQuery() } }
  app.get('/api/v1/bookmarks', list, async (request, reply) => {
    const { actorId } = viewerOf(request)
    const page = toPage(request.query)
    const lines = await listBookmarked(ctx.db, actorId, page)
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
}
