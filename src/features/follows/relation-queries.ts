import { and, eq, inArray, or } from 'drizzle-orm'
import { isId } from '#src/core/ids.ts'
import type { Db, Tx } from '#src/db/client.ts'
import { blocks } from '#src/db/schema/blocks.ts'
import { follows } from '#src/db/schema/follows.ts'
import type { Follow } from './queries.ts'
import type { FollowState } from './states.ts'

/** Everything between one actor and another, seen from the first. */
export type Relation = Readonly<{
  actorId: string
  /** How the first follows the other. */
  mine: Pick<Follow, 'state' | 'showsBoosts' | 'notifies' | 'languages'> | null
  /** How the other follows the first. */
  theirs: FollowState | null
  isBlocking: boolean
  isBlockedBy: boolean
}>

/**
 * What is between an actor and others: one answer for each id, in the order of the list. An id that belongs to nobody is answered like a
 * stranger's, so that the answer does not tell who exists.
 */
export async function listRelations(db: Db | Tx, viewerActorId: string, ids: readonly string[]): Promise<Relation[]> {
  const others = [...new Set(ids.filter(isId))]
  if (others.length === 0) return ids.map(stranger)
  const [following, followers, blocked] = await Promise.all([
    listFollowing(db, viewerActorId, others),
    listFollowers(db, viewerActorId, others),
    listBlocksBetween(db, viewerActorId, others),
  ])
  const isThere = (actorId: string, blockedId: string) =>
    blocked.some((block) => block.actorId === actorId && block.blockedId === blockedId)
  return ids.map((actorId) => ({
    actorId,
    mine: following.get(actorId) ?? null,
    theirs: followers.get(actorId) ?? null,
    isBlocking: isThere(viewerActorId, actorId),
    isBlockedBy: isThere(actorId, viewerActorId),
  }))
}

/** What is between an actor and one other. */
export async function getRelation(db: Db | Tx, viewerActorId: string, actorId: string): Promise<Relation> {
  const [relation] = await listRelations(db, viewerActorId, [actorId])
  return relation ?? stranger(actorId)
}

function stranger(actorId: string): Relation {
  return { actorId, mine: null, theirs: null, isBlocking: false, isBlockedBy: false }
}

async function listFollowing(db: Db | Tx, followerId: string, ids: string[]) {
  const rows = await db
    .select({
      actorId: follows.followeeId,
      state: follows.state,
      showsBoosts: follows.showsBoosts,
      notifies: follows.notifies,
      languages: follows.languages,
    })
    .from(follows)
    .where(and(eq(follows.followerId, followerId), inArray(follows.followeeId, ids)))
  return new Map(rows.map((row) => [row.actorId, row]))
}

async function listFollowers(db: Db | Tx, followeeId: string, ids: string[]) {
  const rows = await db
    .select({ actorId: follows.followerId, state: follows.state })
    .from(follows)
    .where(and(eq(follows.followeeId, followeeId), inArray(follows.followerId, ids)))
  return new Map(rows.map(({ actorId, state }) => [actorId, state]))
}

function listBlocksBetween(db: Db | Tx, actorId: string, ids: string[]) {
  return db
    .select({ actorId: blocks.actorId, blockedId: blocks.blockedId })
    .from(blocks)
    .where(
      or(
        and(eq(blocks.actorId, actorId), inArray(blocks.blockedId, ids)),
        and(eq(blocks.blockedId, actorId), inArray(blocks.actorId, ids)),
      ),
    )
}
