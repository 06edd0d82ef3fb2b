import { and, eq, isNull } from 'drizzle-orm'
import type { Tx } from '#src/db/client.ts'
import { notifications } from '#src/db/schema/notifications.ts'

/** Marks one line of an actor's list as seen to; false when it is not there. */
export async function dismissOne(tx: Tx, actorId: string, id: string, now: Date): Promise<boolean> {
  const rows = await tx
    .update(notifications)
    .set({ dismissedAt: now })
    .where(and(eq(notifications.id, id), eq(notifications.actorId, actorId), isNull(notifications.dismissedAt)))
    .returning({ id: notifications.id })
  return rows.length > 0
}

/** Marks the whole list of an actor as seen to. */
export async function dismissAll(tx: Tx, actorId: string, now: Date): Promise<void> {
  await tx
    .update(notifications)
    .set({ dismissedAt: now })
    .where(and(eq(notifications.actorId, actorId), isNull(notifications.dismissedAt)))
}
