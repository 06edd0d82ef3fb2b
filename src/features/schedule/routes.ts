import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { momentField } from '#src/features/posts/fields.ts'
import { viewerOf } from '#src/http/auth.ts'
import { acceptFields } from '#src/http/multipart.ts'
import { linkPages, pageQuery, toPage } from '#src/http/paging.ts'
import { type App, idParams } from '#src/http/zod.ts'
import { getScheduledStatus, loadScheduled } from './entity.ts'
import { requireScheduler } from './policy.ts'
import { listScheduled } from './queries.ts'
import { cancelScheduled, reschedule } from './service.ts'

const reads = { access: { scope: 'read:statuses' } } as const
const writes = { access: { scope: 'write:statuses' } } as const

/** Scheduled posts in the client API. @see https://docs.joinmastodon.org/methods/scheduled_statuses/ */
export function registerScheduleRoutes(app: App, ctx: Ctx): void {
  const list = { config: reads, schema: { querystring: pageQuery() } }
  app.get('/api/v1/scheduled_statuses', list, async (request, reply) => {
    const viewer = viewerOf(request)
    requireScheduler(viewer)
    const page = toPage(request.query)
    const rows = await listScheduled(ctx.db, viewer.actorId, page)
    const ids = rows.map(({ id }) => id)
    linkPages(request, reply, ctx.config.publicUrl, ids, page)
    return loadScheduled(ctx, rows)
  })

  app.get('/api/v1/scheduled_statuses/:id', { config: reads, schema: { params: idParams } }, async (request) =>
    getScheduledStatus(ctx, viewerOf(request), request.params.id),
  )

  const edit = {
    config: writes,
    schema: { params: idParams, body: z.object({ scheduled_at: momentField }) },
    preValidation: acceptFields,
  }
  app.put('/api/v1/scheduled_statuses/:id', edit, async (request) => {
    const [viewer, { id }, { scheduled_at: at }] = [viewerOf(request), request.params, request.body]
    if (at) await reschedule(ctx, viewer, id, at)
    return getScheduledStatus(ctx, viewer, id)
  })

  app.delete('/api/v1/scheduled_statuses/:id', { config: writes, schema: { params: idParams } }, async (request) => {
    await cancelScheduled(ctx, viewerOf(request), request.params.id)
    return {}
  })
}
