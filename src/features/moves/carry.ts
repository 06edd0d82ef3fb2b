import type { Ctx } from '#src/context.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { lockByName } from '#src/db/tombstones.ts'
import { actorIri } from '#src/features/actors/entity.ts'
import { hasMoved } from '#src/features/actors/move-queries.ts'
import { type Actor, getActors } from '#src/features/actors/queries.ts'
import { carryBlock, followsOf, isBlocked, isHostBlocked } from '#src/features/blocks/service.ts'
import { hasShunned } from '#src/features/blocks/shun-queries.ts'
import { emitAccepted, emitRequest, emitUndone } from '#src/features/follows/facts.ts'
import { deleteFollow, type Follow, findFollowBetween, insertFollow } from '#src/features/follows/queries.ts'
import { replaceMembers } from '#src/features/lists/queries.ts'
import { copyMutes, hasMuted } from '#src/features/mutes/queries.ts'
import { listBlockersHere, listFollowersHere } from './queries.ts'

/** An actor that has moved, and where it has gone. */
export type Move = Readonly<{ actorId: string; targetId: string }>

/** How many are looked up at once; each has a transaction of its own. */
const chunk = 100

/**
 * Has everybody here who followed an actor ask to follow the one to which it moved, and ends the follow of the old one; blocks and mutes of
 * the old one hold for the new one, too. What is done already is passed by, so that it may be begun again anywhere.
 */
export async function carryOver(ctx: Ctx, { actorId, targetId }: Move): Promise<void> {
  const [old, target] = await getActors(ctx.db, [actorId, targetId])
  if (!(await isStanding(ctx, old, target))) return
  // First of all: a mute of the old one is no reason not to follow the new one.
  await inSteps(
    (after) => listFollowersHere(ctx.db, old.id, { after, limit: chunk }).then((ids) => ids.map((id) => ({ id }))),
    ({ id }) => carryFollow(ctx, { followerId: id, oldId: old.id, target }),
  )
  await inSteps(
    (after) => listBlockersHere(ctx.db, old.id, { after, limit: chunk }),
    ({ id, userId }) => carryBlockOf(ctx, { actorId: id, blockedId: target.id, userId }),
  )
  await copyMutes(ctx.db, { fromId: old.id, toId: target.id })
}

/** Whether there is still somewhere to go. One of ours may have taken it back; other servers need not write it into their documents. */
async function isStanding(ctx: Ctx, old: Actor, target: Actor): Promise<boolean> {
  if (target.deletedAt || target.suspendedAt || target.movedToIri) return false
  if (target.host !== null && (await isHostBlocked(ctx.db, target.host))) return false
  return old.movedToIri === actorIri(ctx.uris, target) || (old.host !== null && old.movedToIri === null)
}

async function inSteps<T extends { id: string }>(
  list: (after: string) => Promise<readonly T[]>,
  work: (one: T) => Promise<void>,
): Promise<void> {
  let after = '0'
  for (let found = await list(after); found.length > 0; found = await list(after)) {
    for (const one of found) await work(one)
    after = found.at(-1)?.id ?? after
  }
}

type Carried = Readonly<{ followerId: string; oldId: string; target: Actor }>

async function carryFollow(ctx: Ctx, { followerId, oldId, target }: Carried): Promise<void> {
  await transaction(ctx.db, async (tx) => {
    await lockByName(tx, followsOf(followerId))
    const former = await findFollowBetween(tx, followerId, oldId)
    if (former?.state !== 'accepted') return
    const next = (await isInTheWay(tx, followerId, target))
      ? null
      : await followNext(tx, former, { target, now: ctx.now() })
    if (next) await replaceMembers(tx, { formerId: former.id, followId: next.id, memberId: target.id })
    await deleteFollow(tx, former.id)
    await emitUndone(tx, former, 'local')
  })
}

/** Whether a follower has said, in one way or another, that it does not want to follow the new one, or cannot. */
async function isInTheWay(tx: Tx, followerId: string, { id, host }: Actor): Promise<boolean> {
  if (id === followerId || (await isBlocked(tx, followerId, id))) return true
  if (host !== null && (await hasShunned(tx, { actorId: followerId, host }))) return true
  return (await hasMuted(tx, { actorId: followerId, mutedId: id })) || hasMoved(tx, followerId)
}

/** The follow of the new one: made like the former one, or the one that there is; null when the follower was refused there. */
async function followNext(
  tx: Tx,
  former: Follow,
  { target, now }: Readonly<{ target: Actor; now: Date }>,
): Promise<Follow | null> {
  const { followerId, showsBoosts, notifies, languages, requestedBy } = former
  const current = await findFollowBetween(tx, followerId, target.id)
  if (current) return current.state === 'rejected' ? null : current
  const needsApproval = target.host !== null || target.isLocked
  const next = await insertFollow(tx, {
    ...{ followerId, followeeId: target.id, showsBoosts, notifies, languages, requestedBy },
    state: needsApproval ? 'pending' : 'accepted',
    requestedAt: now,
    lastSentAt: now,
    decidedAt: needsApproval ? null : now,
  })
  if (!next) throw new Error('a follow came to be although it was locked')
  await (needsApproval ? emitRequest(tx, next) : emitAccepted(tx, next, 'local'))
  return next
}

/** Whoever follows the new one knows what it does: a block of the old one says nothing against that. */
async function carryBlockOf(
  ctx: Ctx,
  block: Readonly<{
    actorId: string
    blockedId: string
    userId: string | null
  }>,
): Promise<void> {
  if (block.actorId === block.blockedId) return
  await transaction(ctx.db, async (tx) => {
    const follow = await findFollowBetween(tx, block.actorId, block.blockedId)
    if (follow?.state !== 'accepted') await carryBlock(tx, block)
  })
}
