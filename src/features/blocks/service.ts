import type { Ctx, Viewer } from '#src/context.ts'
import { recordAct } from '#src/db/audit.ts'
import { type Db, type Tx, transaction } from '#src/db/client.ts'
import { findPolicies, findPolicy } from '#src/db/severities.ts'
import { isWithdrawn, layTombstone, lockByName } from '#src/db/tombstones.ts'
import { emit } from '#src/effects.ts'
import { forbidden } from '#src/errors.ts'
import { requireRole } from '#src/features/actors/policy.ts'
import { getActor } from '#src/features/actors/queries.ts'
import {
  deleteBlock,
  deleteBlockByActivity,
  deleteFollowsBetween,
  type EndedFollow,
  hasBlocked,
  insertBlock,
  setBlockActivity,
} from './queries.ts'

/** The name under which everything about the follows of one actor waits for each other; see `lockByName`. */
export const followsOf = (followerId: string) => `follows of ${followerId}`

/** Holds the follows of two actors until the transaction ends, in an order that all take. */
async function lockFollowsBetween(tx: Tx, a: string, b: string): Promise<void> {
  for (const name of [followsOf(a), followsOf(b)].sort()) await lockByName(tx, name)
}

/** Whether one of two actors has blocked the other. */
export async function isBlocked(db: Db | Tx, a: string, b: string): Promise<boolean> {
  return (await hasBlocked(db, a, b)) || (await hasBlocked(db, b, a))
}

/** Whether the instance does not speak with a host: it is blocked, or a domain that it is part of, whatever its port, or it is not allowed. */
export async function isHostBlocked(db: Db | Tx, host: string): Promise<boolean> {
  return (await findPolicy(db, host)).severity === 'block'
}

/** Those of some hosts with which the instance does not speak, as `isHostBlocked` decides. */
export async function listBlockedOf(db: Db | Tx, hosts: readonly string[]): Promise<Set<string>> {
  const policies = await findPolicies(db, hosts)
  return new Set(hosts.filter((host) => policies.get(host)?.severity === 'block'))
}

/**
 * The viewer's actor wants nothing to do with another: follows end in both directions, and neither sees the other. The other's server is
 * told of the ends, never of the block.
 * @throws Problem `not_found`, `forbidden`
 */
export async function blockActor(ctx: Ctx, viewer: Viewer, targetId: string): Promise<void> {
  requireRole(viewer, 'follow')
  if (targetId === viewer.actorId) throw forbidden('You cannot block yourself')
  await transaction(ctx.db, async (tx) => {
    await getActor(tx, targetId)
    await lockFollowsBetween(tx, viewer.actorId, targetId)
    const block = { actorId: viewer.actorId, blockedId: targetId, userId: viewer.userId }
    if (!(await insertBlock(tx, block))) return
    await recordAct(tx, { viewer, action: 'block.created', subjectId: targetId })
    await endFollows(tx, block, 'local')
  })
}

/** Takes a block back; what it ended stays ended. */
export async function unblockActor(ctx: Ctx, viewer: Viewer, targetId: string): Promise<void> {
  requireRole(viewer, 'follow')
  await transaction(ctx.db, async (tx) => {
    await getActor(tx, targetId)
    const wasBlocked = await deleteBlock(tx, { actorId: viewer.actorId, blockedId: targetId })
    if (wasBlocked) await recordAct(tx, { viewer, action: 'block.removed', subjectId: targetId })
  })
}

/** A remote actor has blocked one of ours: both are hidden from each other and follows end; nobody is told, and nothing is answered. */
export async function receiveBlock(
  ctx: Ctx,
  block: { actorId: string; blockedId: string; activityIri: string },
): Promise<'done' | 'withdrawn'> {
  const { actorId, blockedId, activityIri } = block
  return transaction(ctx.db, async (tx) => {
    await lockByName(tx, activityIri)
    if (await isWithdrawn(tx, { iri: activityIri, actorId, now: ctx.now() })) return 'withdrawn'
    await lockFollowsBetween(tx, actorId, blockedId)
    if (await insertBlock(tx, { ...block, userId: null })) await endFollows(tx, block, 'remote')
    else await setBlockActivity(tx, block)
    return 'done'
  })
}

/** One of ours that had blocked an actor blocks the one to which it has moved, too. */
export async function carryBlock(
  tx: Tx,
  block: { actorId: string; blockedId: string; userId: string | null },
): Promise<void> {
  await lockFollowsBetween(tx, block.actorId, block.blockedId)
  if (await insertBlock(tx, block)) await endFollows(tx, block, 'local')
}

/** A remote actor takes its block back: found by its two ends, else by the id of its activity. Too early: it is remembered. */
export async function receiveUnblock(
  ctx: Ctx,
  undo: { actorId: string; blockedId: string | null; activityIri: string | null },
): Promise<void> {
  const { actorId, blockedId, activityIri } = undo
  await transaction(ctx.db, async (tx) => {
    if (activityIri) await lockByName(tx, activityIri)
    if (activityIri) await layTombstone(tx, { iri: activityIri, actorId, now: ctx.now() })
    if (blockedId) await deleteBlock(tx, { actorId, blockedId })
    else if (activityIri) await deleteBlockByActivity(tx, actorId, activityIri)
  })
}

async function endFollows(
  tx: Tx,
  block: { actorId: string; blockedId: string },
  origin: 'local' | 'remote',
): Promise<void> {
  await emitEnds(tx, await deleteFollowsBetween(tx, block.actorId, block.blockedId), { by: block.actorId, origin })
}

/** Tells those elsewhere that follows have ended, because an actor wanted it. */
export async function emitEnds(
  tx: Tx,
  ended: readonly EndedFollow[],
  because: { by: string; origin: 'local' | 'remote' },
): Promise<void> {
  for (const follow of ended) {
    // Of a request that was refused the other side knows already.
    if (follow.state !== 'rejected') await emitEnd(tx, follow, because)
  }
}

async function emitEnd(tx: Tx, follow: EndedFollow, { by, origin }: { by: string; origin: 'local' | 'remote' }) {
  const { followerId: actorId, followeeId: targetId, effectId, activityIri } = follow
  const type = actorId === by ? 'follow.undone' : 'follow.rejected'
  await emit(tx, { type, actorId, targetId, effectId, activityIri }, origin)
}
