import type { Ctx } from '#src/context.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { lockByName } from '#src/db/tombstones.ts'
import { followsOf } from '#src/features/blocks/service.ts'
import { listLocalFollowers } from './comparison-queries.ts'
import { emitRejected, emitUndone } from './facts.ts'
import { deleteFollow, findFollowBetween } from './queries.ts'

/** What another server says of the followers that one of its actors has here. */
export type FollowersThere = Readonly<{
  followeeId: string
  /** Those of ours whom it counts. */
  listedIds: readonly string[]
  /** When it was asked: later follows are not counted yet. */
  before: Date
}>

/**
 * Brings follows into line with what the followee's server counts. Who is not counted follows no more, since the followee may have taken
 * them off. Who is counted but does not follow is taken off there; a request that waits stays one, since only an Accept makes a follower.
 * @see https://w3id.org/fep/8fcf
 */
export async function compareFollows(ctx: Ctx, { followeeId, listedIds, before }: FollowersThere): Promise<void> {
  const listed = new Set(listedIds)
  const followers = await listLocalFollowers(ctx.db, followeeId)
  const following = new Set(followers.map(({ id }) => id))
  const uncounted = followers.filter(({ id }) => !listed.has(id))
  for (const { id: followerId } of uncounted) {
    await transaction(ctx.db, (tx) => endFollow(tx, { followerId, followeeId }, before))
  }
  const unknown = [...listed].filter((id) => !following.has(id)).slice(0, mostTakenOff)
  for (const followerId of unknown) await transaction(ctx.db, (tx) => takeOff(tx, { followerId, followeeId }))
}

/** So many are taken off another server's list at once; the rest when it is compared again. */
const mostTakenOff = 100

type Ends = Readonly<{ followerId: string; followeeId: string }>

async function endFollow(tx: Tx, { followerId, followeeId }: Ends, before: Date): Promise<void> {
  await lockByName(tx, followsOf(followerId))
  const follow = await findFollowBetween(tx, followerId, followeeId)
  if (follow?.state !== 'accepted' || (follow.decidedAt && follow.decidedAt >= before)) return
  await deleteFollow(tx, follow.id)
  await emitRejected(tx, follow, 'remote')
}

async function takeOff(tx: Tx, { followerId, followeeId }: Ends): Promise<void> {
  await lockByName(tx, followsOf(followerId))
  const follow = await findFollowBetween(tx, followerId, followeeId)
  if (follow?.state === 'pending' || follow?.state === 'accepted') return
  await emitUndone(tx, { followerId, followeeId, effectId: follow?.effectId ?? null, activityIri: null }, 'local')
}
