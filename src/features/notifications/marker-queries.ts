import { and, eq, sql } from 'drizzle-orm'
import type { Db, Tx } from '#src/db/client.ts'
import { markers } from '#src/db/schema/notifications.ts'

/** A timeline in which a place is kept. */
export type Timeline = (typeof markers.$inferSelect)['timeline']

/** A place in a timeline. */
export type MarkerRow = Readonly<Omit<typeof markers.$inferSelect, 'actorId'>>

const columns = {
  timeline: markers.timeline,
  lastReadId: markers.lastReadId,
  version: markers.version,
  updatedAt: markers.updatedAt,
}

/** The places that an actor has kept. */
export async function listMarkers(db: Db, actorId: string): Promise<MarkerRow[]> {
  return db.select(columns).from(markers).where(eq(markers.actorId, actorId))
}

/** Moves a marker that still has the version that was read (0: none yet); null when another one has moved it. */
export async function moveMarker(
  tx: Tx,
  move: { actorId: string; timeline: Timeline; lastReadId: string; version: number; now: Date },
): Promise<MarkerRow | null> {
  const { actorId, timeline, lastReadId, version, now } = move
  const [row] =
    version === 0
      ? await tx
          .insert(markers)
          .values({ actorId, timeline, lastReadId, updatedAt: now })
          .onConflictDoNothing()
          .returning(columns)
      : await tx
          .update(markers)
          .set({ lastReadId, version: sql`${markers.version} + 1`, updatedAt: now })
          .where(and(eq(markers.actorId, actorId), eq(markers.timeline, timeline), eq(markers.version, version)))
          .returning(columns)
  return row ?? null
}
