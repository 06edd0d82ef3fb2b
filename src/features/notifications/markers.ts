import type { Ctx, Viewer } from '#src/context.ts'
import { transaction } from '#src/db/client.ts'
import { conflict } from '#src/errors.ts'
import { listMarkers, type MarkerRow, moveMarker, type Timeline } from './marker-queries.ts'

/** Moves the places that an actor keeps in its timelines, as far as they are named.
 * @throws Problem `conflict` when another client of the actor writes at the same moment */
export async function moveMarkers(
  ctx: Ctx,
  { actorId }: Viewer,
  to: Readonly<Record<Timeline, string | undefined>>,
): Promise<MarkerRow[]> {
  const known = await listMarkers(ctx.db, actorId)
  return transaction(ctx.db, async (tx) => {
    const moved: MarkerRow[] = []
    for (const timeline of ['home', 'notifications'] as const) {
      const lastReadId = to[timeline]
      if (!lastReadId) continue
      const version = known.find((marker) => marker.timeline === timeline)?.version ?? 0
      const row = await moveMarker(tx, { actorId, timeline, lastReadId, version, now: ctx.now() })
      if (!row) throw conflict('Another client has just moved this marker: read it again')
      moved.push(row)
    }
    return moved
  })
}
