import { and, eq, inArray, or } from 'drizzle-orm'
import type { Page } from '#src/core/paging.ts'
import type { Db, Tx } from '#src/db/client.ts'
import { keyset, keysetOrder } from '#src/db/keyset.ts'
import { actors } from '#src/db/schema/actors.ts'
import { shunnedHosts } from '#src/db/schema/blocks.ts'
import { follows } from '#src/db/schema/follows.ts'
import { type EndedFollow, endedFollow } from './queries.ts'

/** A server that an actor shuns. */
export type Shun = Readonly<{ actorId: string; host: string }>

/** Writes that an actor shuns a server; false when it did before. */
export async function insertShun(tx: Tx, shun: Shun & { userId: string }): Promise<boolean> {
  const rows = await tx.insert(shunnedHosts).values(shun).onConflictDoNothing().returning({ id: shunnedHosts.id })
  return rows.length > 0
}

/** Takes it back; false when there was nothing to take back. */
export async function deleteShun(tx: Tx, { actorId, host }: Shun): Promise<boolean> {
  const rows = await tx
    .delete(shunnedHosts)
    .where(and(eq(shunnedHosts.actorId, actorId), eq(shunnedHosts.host, host)))
    .returning({ id: shunnedHosts.id })
  return rows.length > 0
}

/** Whether an actor shuns a server. */
export async function hasShunned(db: Db | Tx, { actorId, host }: Shun): Promise<boolean> {
  const rows = await db
    .select({ id: shunnedHosts.id })
    .from(shunnedHosts)
    .where(and(eq(shunnedHosts.actorId, actorId), eq(shunnedHosts.host, host)))
  return rows.length > 0
}

/** A page of the servers that an actor shuns, the last first. */
export async function listShunned(db: Db, actorId: string, page: Page): Promise<{ id: string; host: string }[]> {
  return db
    .select({ id: shunnedHosts.id, host: shunnedHosts.host })
    .from(shunnedHosts)
    .where(and(eq(shunnedHosts.actorId, actorId), keyset(shunnedHosts.id, page)))
    .orderBy(keysetOrder(shunnedHosts.id, page))
    .limit(page.limit)
}

/** Ends what an actor and everybody of a server have to do with each other, in both directions. */
export async function deleteFollowsWithHost(tx: Tx, { actorId, host }: Shun): Promise<EndedFollow[]> {
  const theirs = tx.select({ id: actors.id }).from(actors).where(eq(actors.host, host))
  return tx
    .delete(follows)
    .where(
      or(
        and(eq(follows.followerId, actorId), inArray(follows.followeeId, theirs)),
        and(eq(follows.followeeId, actorId), inArray(follows.followerId, theirs)),
      ),
    )
    .returning(endedFollow)
}
