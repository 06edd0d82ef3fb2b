import { and, asc, eq, or, sql } from 'drizzle-orm'
import type { Page } from '#src/core/paging.ts'
import { texts } from '#src/db/arrays.ts'
import type { Db, Tx } from '#src/db/client.ts'
import { keyset, keysetOrder } from '#src/db/keyset.ts'
import { blockedHosts, blocks } from '#src/db/schema/blocks.ts'
import { follows } from '#src/db/schema/follows.ts'

/** Whether one actor has blocked another. */
export async function hasBlocked(db: Db | Tx, actorId: string, blockedId: string): Promise<boolean> {
  const rows = await db
    .select({ actorId: blocks.actorId })
    .from(blocks)
    .where(and(eq(blocks.actorId, actorId), eq(blocks.blockedId, blockedId)))
  return rows.length > 0
}

/** Writes a block; false when it was there. */
export async function insertBlock(
  tx: Tx,
  block: { actorId: string; blockedId: string; userId: string | null },
): Promise<boolean> {
  const rows = await tx.insert(blocks).values(block).onConflictDoNothing().returning({ actorId: blocks.actorId })
  return rows.length > 0
}

/** Takes a block away; false when there was none. */
export async function deleteBlock(tx: Tx, block: { actorId: string; blockedId: string }): Promise<boolean> {
  const rows = await tx
    .delete(blocks)
    .where(and(eq(blocks.actorId, block.actorId), eq(blocks.blockedId, block.blockedId)))
    .returning({ actorId: blocks.actorId })
  return rows.length > 0
}

/** The ids of whom an actor has blocked, by the age of their rows here. */
export async function listBlocked(db: Db, actorId: string, page: Page): Promise<string[]> {
  const rows = await db
    .select({ id: blocks.blockedId })
    .from(blocks)
    .where(and(eq(blocks.actorId, actorId), keyset(blocks.blockedId, page)))
    .orderBy(keysetOrder(blocks.blockedId, page))
    .limit(page.limit)
  return rows.map(({ id }) => id)
}

/** Which of these names are blocked. */
export async function listBlockedAmong(db: Db | Tx, names: readonly string[]): Promise<Set<string>> {
  const rows = await db
    .select({ host: blockedHosts.host })
    .from(blockedHosts)
    .where(sql`${blockedHosts.host} = any(${texts(names)})`)
  return new Set(rows.map(({ host }) => host))
}

/** A follow that has ended. */
export type EndedFollow = Readonly<
  Pick<typeof follows.$inferSelect, 'followerId' | 'followeeId' | 'state' | 'effectId' | 'activityIri'>
>

/** What an end is told by. */
export const endedFollow = {
  followerId: follows.followerId,
  followeeId: follows.followeeId,
  state: follows.state,
  effectId: follows.effectId,
  activityIri: follows.activityIri,
}

/** Ends what two actors have to do with each other, in both directions. */
export async function deleteFollowsBetween(tx: Tx, a: string, b: string): Promise<EndedFollow[]> {
  return tx
    .delete(follows)
    .where(
      or(
        and(eq(follows.followerId, a), eq(follows.followeeId, b)),
        and(eq(follows.followerId, b), eq(follows.followeeId, a)),
      ),
    )
    .returning(endedFollow)
}

/** A server with which this instance does not speak. */
export type BlockedHost = Readonly<{ host: string; reason: string; createdAt: Date }>

/** The servers with which this instance does not speak. */
export async function listBlockedHosts(db: Db): Promise<BlockedHost[]> {
  const { host, reason, createdAt } = blockedHosts
  return db.select({ host, reason, createdAt }).from(blockedHosts).orderBy(asc(host))
}

/** Writes that a server is blocked; again only changes the reason. */
export async function upsertBlockedHost(
  tx: Tx,
  row: { host: string; reason: string; userId: string | null },
): Promise<void> {
  await tx
    .insert(blockedHosts)
    .values(row)
    .onConflictDoUpdate({ target: blockedHosts.host, set: { reason: row.reason } })
}

/** False when it was not blocked. */
export async function deleteBlockedHost(tx: Tx, host: string): Promise<boolean> {
  const rows = await tx.delete(blockedHosts).where(eq(blockedHosts.host, host)).returning({ host: blockedHosts.host })
  return rows.length > 0
}
