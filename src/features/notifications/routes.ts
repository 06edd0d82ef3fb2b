import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { isId } from '#src/core/ids.ts'
import { notFound } from '#src/errors.ts'
import { viewerOf } from '#src/http/auth.ts'
import { linkPages, pageQuery, toPage } from '#src/http/paging.ts'
import { type App, idParams, textList } from '#src/http/zod.ts'
import { loadNotifications } from './entity.ts'
import { findNotification, listNotifications } from './queries.ts'
import { clearNotifications, dismissNotification } from './service.ts'
import type { NotificationKind } from './write-queries.ts'

const kinds: readonly NotificationKind[] = [
  'mention',
  'status',
  'reblog',
  'follow',
  'follow_request',
  'favourite',
  'update',
]

const listQuery = pageQuery(40, 80).extend({
  types: textList.optional(),
  exclude_types: textList.optional(),
  account_id: z.string().refine(isId, 'must be an id').optional(),
})

/** What an actor is told, in the client API. @see https://docs.joinmastodon.org/methods/notifications/ */
export function registerNotificationRoutes(app: App, ctx: Ctx): void {
  const reads = { access: { scope: 'read:notifications' } } as const
  const writes = { access: { scope: 'write:notifications' } } as const

  app.get('/api/v1/notifications', { config: reads, schema: { querystring: listQuery } }, async (request, reply) => {
    const { actorId } = viewerOf(request)
    const { types, exclude_types: excluded = [], account_id: from } = request.query
    const page = toPage(request.query)
    // Kinds that do not exist here are asked for by newer clients: there are none of them.
    const wanted = kinds.filter((kind) => (types?.includes(kind) ?? true) && !excluded.includes(kind))
    const rows = await listNotifications(ctx.db, actorId, { kinds: wanted, fromActorId: from ?? null }, page)
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
