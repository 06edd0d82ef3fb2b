import type { Ctx } from '#src/context.ts'
import { isId } from '#src/core/ids.ts'
import { notFound } from '#src/errors.ts'
import { viewerOf } from '#src/http/auth.ts'
import { linkPages, pageQuery, toPage } from '#src/http/paging.ts'
import { type App, idParams } from '#src/http/zod.ts'
import { loadConversations } from './entity.ts'
import { findConversation, listConversations } from './queries.ts'
import { actOnConversation } from './service.ts'

/** Conversations in the client API. @see https://docs.joinmastodon.org/methods/conversations/ */
export function registerConversationRoutes(app: App, ctx: Ctx): void {
  const reads = { config: { access: { scope: 'read:statuses' } }, schema: { querystring: pageQuery() } }
  app.get('/api/v1/conversations', reads, async (request, reply) => {
    const { actorId } = viewerOf(request)
    const page = toPage(request.query)
    const rows = await listConversations(ctx.db, actorId, page)
    linkPages(
      request,
      reply,
      ctx.config.publicUrl,
      rows.map(({ lastPostId }) => lastPostId),
      page,
    )
    return loadConversations(ctx, actorId, rows)
  })

  const writes = { config: { access: { scope: 'write:conversations' } }, schema: { params: idParams } }
  app.delete('/api/v1/conversations/:id', writes, async (request) => {
    await actOnConversation(ctx, viewerOf(request), 'delete', request.params.id)
    return {}
  })

  app.post('/api/v1/conversations/:id/read', writes, async (request) => {
    const viewer = viewerOf(request)
    const { id } = request.params
    const row = isId(id) ? await findConversation(ctx.db, viewer.actorId, id) : null
    if (!row) throw notFound()
    await actOnConversation(ctx, viewer, 'read', id)
    const [conversation] = await loadConversations(ctx, viewer.actorId, [{ ...row, isUnread: false }])
    return conversation
  })
}
