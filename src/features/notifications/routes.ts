import type { Ctx } from '#src/context.ts'
import { isId } from '#src/core/ids.ts'
import { notFound } from '#src/errors.ts'
import { viewerOf } from '#src/http/auth.ts'
import { linkPages, pageQuery, toPage } from '#src/http/paging.ts'
import { type App, idParams } from '#src/http/zod.ts'
import { loadNotifications } from './entity.ts'
import { wantedKinds, wantedQuery } from './fields.ts'
import { registerGroupRoutes } from './group-routes.ts'
import { registerMarkerRoutes } from './marker-routes.ts'
import { findNotification, listNotifications } from './queries.ts'
import { registerRequestRoutes } from './request-routes.ts'
import { clearNotifications, dismissNotification } from './service.ts'

const listQuery = pageQuery(40, 80).extend(wantedQuery)

/** What an actor is told, in the client API. @see https://docs.joinmastodon.org/methods/notifications/ */
export function registerNotificationRoutes(app: App, ctx: Ctx): void {
  registerMarkerRoutes(app, ctx)
  registerRequestRoutes(app, ctx)
  registerGroupRoutes(app, ctx)
  const reads = { access: { scope: 'read:notifications' } } as const
  const writes = { access: { scope: 'write:notifications' } } as const

  app.get('/api/v1/notifications', { config: reads, schema: { querystring: listQuery } }, async (request, reply) => {
    const { actorId } = viewerOf(request)
    const page = toPage(request.query)
    const rows = await listNotifications(ctx.db, actorId, wantedKinds(request.query), page)
    linkPages(
      request,
      reply,
      ctx.config.publicUrl,
      rows.map(({ id }) => id),
      page,
    )
    return loadNotifications(ctx, actorId, rows)
  })

  app.get('/api/v1/notifications/:id', { config: reads, schema: { params: idParams } }, async (request) => {
    const { actorId } = viewerOf(request)
    const row = isId(request.params.id) ? await findNotification(ctx.db, actorId, request.params.id) : null
    const [notification] = row ? await loadNotifications(ctx, actorId, [row]) : []
    if (!notification) throw notFound()
    return notification
  })

  app.post('/api/v1/notifications/clear', { config: writes }, async (request) => {
    await clearNotifications(ctx, viewerOf(request))
    return {}
  })

  app.post('/api/v1/notifications/:id/dismiss', { config: writes, schema: { params: idParams } }, async (request) => {
    await dismissNotification(ctx, viewerOf(request), request.params.id)
    return {}
  })
}
