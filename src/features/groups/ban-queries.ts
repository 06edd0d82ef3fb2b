import { and, desc, eq } from 'drizzle-orm'
import type { Db, Tx } from '#src/db/client.ts'
import { groupBans } from '#src/db/schema/groups.ts'

/** Keeps somebody out of a group until a moment, or for good. */
export async function upsertBan(tx: Tx, ban: typeof groupBans.$inferInsert): Promise<void> {
  await tx
    .insert(groupBans)
    .values(ban)
    .onConflictDoUpdate({ target: [groupBans.groupId, groupBans.actorId], set: { until: ban.until ?? null } })
}

/** Lets somebody in again; false when it was not kept out. */
export async function deleteBan(tx: Tx, groupId: string, actorId: string): Promise<boolean> {
  const rows = await tx
    .delete(groupBans)
    .where(and(eq(groupBans.groupId, groupId), eq(groupBans.actorId, actorId)))
    .returning({ actorId: groupBans.actorId })
  return rows.length > 0
}

/** Whom a group keeps out, the latest first. */
export async function listBans(db: Db, groupId: string): Promise<{ actorId: string; until: Date | null }[]> {
  return db
    .select({ actorId: groupBans.actorId, until: groupBans.until })
    .from(groupBans)
    .where(eq(groupBans.groupId, groupId))
    .orderBy(desc(groupBans.createdAt))
    .limit(500)
}
