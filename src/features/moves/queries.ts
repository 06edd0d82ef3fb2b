import { and, asc, eq, gt, isNull } from 'drizzle-orm'
import type { Db } from '#src/db/client.ts'
import { actors } from '#src/db/schema/actors.ts'
import { blocks } from '#src/db/schema/blocks.ts'
import { follows } from '#src/db/schema/follows.ts'

/** Where to go on in a list of actors, by their ids. */
export type Step = Readonly<{ after: string; limit: number }>

/** Some of the actors of ours that follow an actor, by their ids. */
export async function listFollowersHere(db: Db, actorId: string, { after, limit }: Step): Promise<string[]> {
  const rows = await db
    .select({ id: follows.followerId })
    .from(follows)
    .innerJoin(actors, and(eq(actors.id, follows.followerId), isNull(actors.host)))
    .where(and(eq(follows.followeeId, actorId), eq(follows.state, 'accepted'), gt(follows.followerId, after)))
    .orderBy(asc(follows.followerId))
    .limit(limit)
  return rows.map(({ id }) => id)
}

/** An actor of ours that has blocked another, and who did it for it. */
export type Blocker = Readonly<{ id: string; userId: string | null }>

/** Some of the actors of ours that have blocked an actor, by their ids. */
export async function listBlockersHere(db: Db, actorId: string, { after, limit }: Step): Promise<Blocker[]> {
  return db
    .select({ id: blocks.actorId, userId: blocks.userId })
    .from(blocks)
    .innerJoin(actors, and(eq(actors.id, blocks.actorId), isNull(actors.host)))
    .where(and(eq(blocks.blockedId, actorId), gt(blocks.actorId, after)))
    .orderBy(asc(blocks.actorId))
    .limit(limit)
}
