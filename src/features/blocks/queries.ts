import { and, eq, or } from 'drizzle-orm'
import type { Page } from '#src/core/paging.ts'
import type { Db, Tx } from '#src/db/client.ts'
import { keyset, keysetOrder } from '#src/db/keyset.ts'
import { blocks } from '#src/db/schema/blocks.ts'
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
  block: { actorId: string; blockedId: string; userId: string | null; activityIri?: string | null },
): Promise<boolean> {
  const rows = await tx.insert(blocks).values(block).onConflictDoNothing().returning({ actorId: blocks.actorId })
  return rows.length > 0
}

/** Notes the id of a remote actor's Block, which it may send again under another one. */
export async function setBlockActivity(
  tx: Tx,
  block: { actorId: string; blockedId: string; activityIri: string },
): Promise<void> {
  const { actorId, blockedId, activityIri } = block
  await tx
    .update(blocks)
    .set({ activityIri })
    .where(and(eq(blocks.actorId, actorId), eq(blocks.blockedId, blockedId)))
}

/** Takes an actor's block away that came under the id of an activity. */
export async function deleteBlockByActivity(tx: Tx, actorId: string, activityIri: string): Promise<void> {
  await tx.delete(blocks).where(and(eq(blocks.actorId, actorId), eq(blocks.activityIri, activityIri)))
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
