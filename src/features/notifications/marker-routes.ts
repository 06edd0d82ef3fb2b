import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { isId } from '#src/core/ids.ts'
import { viewerOf } from '#src/http/auth.ts'
import { acceptFields } from '#src/http/multipart.ts'
import { type App, textList } from '#src/http/zod.ts'
import { listMarkers, type MarkerRow } from './marker-queries.ts'
import { moveMarkers } from './markers.ts'

const position = z
  .object({ last_read_id: z.union([z.string(), z.number().int()]).transform(String).refine(isId, 'must be an id') })
  .optional()

const body = z.object({ home: position, notifications: position })

/** How far an actor has read. @see https://docs.joinmastodon.org/methods/markers/ */
export function registerMarkerRoutes(app: App, ctx: Ctx): void {
  const reads = {
    config: { access: { scope: 'read:statuses' } },
    schema: { querystring: z.object({ timeline: textList.default([]) }) },
  }
  app.get('/api/v1/markers', reads, async (request) => {
    const rows = await listMarkers(ctx.db, viewerOf(request).actorId)
    return toMarkers(rows.filter(({ timeline }) => request.query.timeline.includes(timeline)))
  })

  const writes = { config: { access: { scope: 'write:statuses' } }, schema: { body }, preValidation: acceptFields }
  app.post('/api/v1/markers', writes, async (request) => {
    const viewer = viewerOf(request)
    const { home, notifications } = request.body
    return toMarkers(
      await moveMarkers(ctx, viewer, { home: home?.last_read_id, notifications: notifications?.last_read_id }),
    )
  })
}

/** @see https://docs.joinmastodon.org/entities/Marker/ */
function toMarkers(rows: readonly MarkerRow[]) {
  return Object.fromEntries(
    rows.map(({ timeline, lastReadId, version, updatedAt }) => [
      timeline,
      { last_read_id: lastReadId, version, updated_at: updatedAt.toISOString() },
    ]),
  )
}
