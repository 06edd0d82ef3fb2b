import type { Ctx } from '#src/context.ts'
import { createRounds } from '#src/core/batch.ts'
import { cleanText } from '#src/core/sanitize.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { isWithdrawn, layTombstone, lockByName, lockByNames } from '#src/db/tombstones.ts'
import { type Actor, getActors } from '#src/features/actors/queries.ts'
import { hasBlocked } from '#src/features/blocks/queries.ts'
import { followsOf, isHostBlocked } from '#src/features/blocks/service.ts'
import { holdShuns } from '#src/features/blocks/shun.ts'
import { hasShunned } from '#src/features/blocks/shun-queries.ts'
import { emitAccepted, emitReceivedRequest, emitRejected, emitUndone } from './facts.ts'
import {
  deleteFollow,
  type Follow,
  findFollowBetween,
  findFollowByAccept,
  findFollowByActivity,
  findFollowByEffect,
  insertFollow,
  isKeptOut,
  moveFollow,
  updateFollow,
} from './queries.ts'
import { longestNote } from './service.ts'
import { answerRequest, type RequestAnswer } from './states.ts'

/** A remote actor asks to follow one of ours. */
export type ReceivedRequest = Readonly<{
  followerId: string
  followeeId: string
  /** The id of the Follow activity. */
  activityIri: string | null
  /** Whether the group was asked by a Join, which its answer then embeds. */
  isJoin?: boolean
  note: string | null
}>

/** What a request is after it was dealt with; `ignored`: it was taken back before it came. */
export type RequestOutcome = 'pending' | 'accepted' | 'rejected' | 'ignored'

const outcomes: Record<RequestAnswer, RequestOutcome> = {
  ignore: 'ignored',
  refuse: 'rejected',
  ask: 'pending',
  accept: 'accepted',
  renew: 'pending',
  confirm: 'accepted',
  decline: 'rejected',
}

/** Requests that come to a process at once: each alone would wait for the others, which all count at the same followee. */
const rounds = new WeakMap<Ctx, (request: ReceivedRequest) => Promise<RequestOutcome>>()

/** Deals with a request as `answerRequest` says. @see https://www.w3.org/TR/activitypub/#follow-activity-inbox */
export async function receiveFollowRequest(ctx: Ctx, request: ReceivedRequest): Promise<RequestOutcome> {
  const receive = rounds.get(ctx) ?? createRounds((requests: readonly ReceivedRequest[]) => receiveAll(ctx, requests))
  rounds.set(ctx, receive)
  return receive(request)
}

async function receiveAll(ctx: Ctx, requests: readonly ReceivedRequest[]): Promise<RequestOutcome[]> {
  return transaction(ctx.db, async (tx) => {
    await lockByNames(
      tx,
      requests.map(({ followerId }) => followsOf(followerId)),
    )
    const dealtWith: RequestOutcome[] = []
    for (const request of requests) dealtWith.push(await receive(tx, request, ctx.now()))
    return dealtWith
  })
}

async function receive(tx: Tx, request: ReceivedRequest, now: Date): Promise<RequestOutcome> {
  const [followee, follower] = await getActors(tx, [request.followeeId, request.followerId])
  const current = await findFollowBetween(tx, follower.id, followee.id)
  const answer = answerRequest({
    isWithdrawn: await isTakenBack(tx, request, now),
    isUnwelcome: await isUnwelcome(tx, { follower, followee, now }),
    // Whoever comes from a server that is limited is let in by hand.
    needsApproval: followee.isLocked || follower.standing === 'limit',
    activityIri: request.activityIri,
    current,
    now,
  })
  await actions[answer](tx, request, { current, now })
  return outcomes[answer]
}

async function isTakenBack(tx: Tx, { followerId, activityIri }: ReceivedRequest, now: Date): Promise<boolean> {
  return activityIri !== null && (await isWithdrawn(tx, { iri: activityIri, actorId: followerId, now }))
}

type Ends = Readonly<{ follower: Actor; followee: Actor; now: Date }>

async function isUnwelcome(tx: Tx, { follower, followee, now }: Ends): Promise<boolean> {
  const isClosed = followee.host !== null || followee.type === 'Application' || followee.movedToIri !== null
  if (isClosed || followee.suspendedAt || followee.deletedAt || follower.suspendedAt || follower.deletedAt) return true
  if (await hasBlocked(tx, followee.id, follower.id)) return true
  if (followee.type === 'Group' && (await isKeptOut(tx, followee.id, follower.id, now))) return true
  if (follower.host === null) return false
  if (await isHostBlocked(tx, follower.host)) return true
  // Held until the request is written: otherwise the followee could shun the server in between, and keep this follower.
  await holdShuns(tx, followee.id)
  return hasShunned(tx, { actorId: followee.id, host: follower.host })
}

type Situation = Readonly<{ current: Follow | null; now: Date }>
type Action = (tx: Tx, request: ReceivedRequest, situation: Situation) => Promise<void>

const actions: Record<RequestAnswer, Action> = {
  ignore: async () => {},
  refuse: async (tx, request, { current }) => {
    // The other side follows no more after this answer, and so must we think.
    if (current) await deleteFollow(tx, current.id)
    await emitRejected(tx, { ...request, effectId: null }, 'local')
  },
  ask: async (tx, request, situation) => emitReceivedRequest(tx, await enter(tx, request, situation, 'pending')),
  accept: async (tx, request, situation) => emitAccepted(tx, await enter(tx, request, situation, 'accepted'), 'local'),
  renew: async (tx, { activityIri, isJoin }, { current }) => {
    if (current) await updateFollow(tx, current.id, { activityIri, isJoin })
  },
  confirm: async (tx, { activityIri, isJoin }, { current }) => {
    if (!current) return
    await updateFollow(tx, current.id, { activityIri, isJoin })
    await emitAccepted(tx, { id: current.id, activityIri }, 'local')
  },
  decline: async (tx, request) => emitRejected(tx, { ...request, effectId: null }, 'local'),
}

async function enter(
  tx: Tx,
  request: ReceivedRequest,
  { current, now }: Situation,
  state: 'pending' | 'accepted',
): Promise<Follow> {
  const { followerId, followeeId, activityIri, isJoin } = request
  const note = request.note ? cleanText(request.note, longestNote) || null : null
  const asked = {
    activityIri,
    isJoin,
    note,
    requestedAt: now,
    decidedBy: null,
    decidedAt: state === 'accepted' ? now : null,
  }
  const follow = current
    ? await moveFollow(tx, { id: current.id, from: 'rejected' }, state, asked)
    : await insertFollow(tx, { followerId, followeeId, state, ...asked })
  if (!follow) throw new Error('a follow changed although it was locked')
  return follow
}

/** A remote follower leaves, or takes a request back: found by the id of its Follow, else by its two ends. */
export async function receiveFollowUndone(
  ctx: Ctx,
  undone: { followerId: string; followeeId: string | null; activityIri: string | null },
): Promise<void> {
  const { followerId, followeeId, activityIri } = undone
  await transaction(ctx.db, async (tx) => {
    await lockByName(tx, followsOf(followerId))
    const byId = activityIri ? await findFollowByActivity(tx, followerId, activityIri) : null
    const follow = byId ?? (followeeId ? await findFollowBetween(tx, followerId, followeeId) : null)
    // A copy of the Follow may still be on its way, or even the Follow itself.
    for (const iri of new Set([activityIri, follow?.activityIri])) {
      if (iri) await layTombstone(tx, { iri, actorId: followerId, now: ctx.now() })
    }
    if (!follow) return
    await deleteFollow(tx, follow.id)
    await emitUndone(tx, follow, 'remote')
  })
}

/** The answer of a remote followee to one of ours. */
export type ReceivedAnswer = Readonly<{
  followeeId: string
  /** From the id of our Follow, if the answer names one. */
  effectId: string | null
  /** From a Follow that the answer embeds: our actor that it names as the follower. */
  followerId: string | null
  /** The id of the Accept that is given, or taken back. */
  acceptIri?: string | null
}>

/**
 * A remote followee says yes. Nothing else ever makes one of ours a follower there. A yes to what is not (or no longer) asked is taken back,
 * so that the other side does not count us.
 */
export async function receiveFollowAccepted(
  ctx: Ctx,
  answer: ReceivedAnswer,
): Promise<'accepted' | 'already' | 'unknown' | 'withdrawn'> {
  const { followeeId, acceptIri = null } = answer
  return transaction(ctx.db, async (tx) => {
    if (acceptIri) await lockByName(tx, acceptIri)
    if (acceptIri && (await isWithdrawn(tx, { iri: acceptIri, actorId: followeeId, now: ctx.now() })))
      return 'withdrawn'
    const follow = await findAnswered(tx, answer)
    if (follow?.state === 'accepted') {
      if (acceptIri) await updateFollow(tx, follow.id, { acceptIri })
      return 'already'
    }
    const accepted =
      follow?.state === 'pending' &&
      (await moveFollow(tx, { id: follow.id, from: 'pending' }, 'accepted', { acceptIri, decidedAt: ctx.now() }))
    if (accepted) {
      await emitAccepted(tx, { id: accepted.id, activityIri: null }, 'remote')
      return 'accepted'
    }
    const followerId = follow?.followerId ?? answer.followerId
    const effectId = follow?.effectId ?? answer.effectId
    if (followerId)
      await emitUndone(tx, { followerId, followeeId: answer.followeeId, effectId, activityIri: null }, 'local')
    return 'unknown'
  })
}

/** A remote followee says no, takes a yes back, or takes a follower off. A yes that is taken back before it comes is remembered. */
export async function receiveFollowRejected(
  ctx: Ctx,
  answer: ReceivedAnswer,
): Promise<'rejected' | 'removed' | 'already' | 'unknown'> {
  const { followeeId, acceptIri } = answer
  return transaction(ctx.db, async (tx) => {
    if (acceptIri) await lockByName(tx, acceptIri)
    if (acceptIri) await layTombstone(tx, { iri: acceptIri, actorId: followeeId, now: ctx.now() })
    const follow = await findAnswered(tx, answer)
    if (!follow) return 'unknown'
    if (follow.state === 'rejected') return 'already'
    if (follow.state === 'pending')
      await moveFollow(tx, { id: follow.id, from: 'pending' }, 'rejected', { decidedAt: ctx.now() })
    else await deleteFollow(tx, follow.id)
    await emitRejected(tx, follow, 'remote')
    return follow.state === 'pending' ? 'rejected' : 'removed'
  })
}

/**
 * By the id that we gave the Follow, else by that of the Accept or by its two ends; the followee is always who answers. Held until the
 * transaction ends.
 */
async function findAnswered(tx: Tx, answer: ReceivedAnswer): Promise<Follow | null> {
  const find = async () => {
    const { followeeId, effectId, acceptIri } = answer
    const byId = effectId ? await findFollowByEffect(tx, followeeId, effectId) : null
    const byAnswer = !byId && acceptIri ? await findFollowByAccept(tx, followeeId, acceptIri) : null
    return byId ?? byAnswer ?? (answer.followerId ? findFollowBetween(tx, answer.followerId, followeeId) : null)
  }
  const followerId = (await find())?.followerId ?? answer.followerId
  if (!followerId) return null
  await lockByName(tx, followsOf(followerId))
  return find()
}
