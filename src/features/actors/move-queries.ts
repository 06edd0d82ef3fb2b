import { and, eq, isNotNull, isNull, lte, or } from 'drizzle-orm'
import type { Db, Tx } from '#src/db/client.ts'
import { actors } from '#src/db/schema/actors.ts'
import { forbidden } from '#src/errors.ts'

/** Whether an actor points to another one. */
export async function hasMoved(db: Db | Tx, actorId: string): Promise<boolean> {
  const rows = await db
    .select({ id: actors.id })
    .from(actors)
    .where(and(eq(actors.id, actorId), isNotNull(actors.movedToIri)))
  return rows.length > 0
}

/** Whoever has gone speaks from the new place. @throws Problem `forbidden` when the actor points to another one */
export async function requireStaying(db: Db | Tx, actorId: string): Promise<void> {
  if (await hasMoved(db, actorId))
    throw forbidden('This identity has moved; to post or follow again, take its redirection back first', 'away')
}

/**
 * Writes where an actor has gone.
 * @param unlessSince a moment; an actor that has moved after it stays where it is
 * @returns false when it has
 */
export async function markMoved(
  tx: Tx,
  actorId: string,
  { toIri, now, unlessSince }: Readonly<{ toIri: string; now: Date; unlessSince: Date }>,
): Promise<boolean> {
  const isDue = or(isNull(actors.movedAt), lte(actors.movedAt, unlessSince))
  const rows = await tx
    .update(actors)
    .set({ movedToIri: toIri, movedAt: now, updatedAt: now })
    .where(and(eq(actors.id, actorId), isNull(actors.deletedAt), isDue))
    .returning({ id: actors.id })
  return rows.length > 0
}

/** An actor points nowhere any more; when it moved is kept. False when it pointed nowhere before. */
export async function unmarkMoved(tx: Tx, actorId: string, now: Date): Promise<boolean> {
  const rows = await tx
    .update(actors)
    .set({ movedToIri: null, updatedAt: now })
    .where(and(eq(actors.id, actorId), isNotNull(actors.movedToIri)))
    .returning({ id: actors.id })
  return rows.length > 0
}
