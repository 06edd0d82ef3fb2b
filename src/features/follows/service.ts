import type { Ctx, Viewer } from '#src/context.ts'
import { cleanText } from '#src/core/sanitize.ts'
import { recordAct } from '#src/db/audit.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { lockByName } from '#src/db/tombstones.ts'
import { forbidden, limited, notFound } from '#src/errors.ts'
import { requireStaying } from '#src/features/actors/move-queries.ts'
import { requireRole } from '#src/features/actors/policy.ts'
import { type Actor, getActor } from '#src/features/actors/queries.ts'
import { followsOf, isBlocked, isHostBlocked } from '#src/features/blocks/service.ts'
import { hasShunned } from '#src/features/blocks/shun-queries.ts'
import { may } from '#src/features/teams/policy.ts'
import { emitAccepted, emitRejected, emitRequest, emitUndone } from './facts.ts'
import {
  deleteFollow,
  expirePending,
  type Follow,
  type FollowChange,
  findFollowBetween,
  findRole,
  forgetRejected,
  insertFollow,
  isKeptOut,
  moveFollow,
  resendPending,
  updateFollow,
} from './queries.ts'
import { cooldownMs, isCoolingDown, memoryMs, remindAfterMs, resendAfterMs } from './states.ts'

/** Whom to follow and how; options that are not named stay as they are. */
export type FollowInput = Readonly<{
  actorId: string
  /** One sentence to the followee. */
  note?: string | undefined
  showsBoosts?: boolean | undefined
  notifies?: boolean | undefined
  languages?: string[] | null | undefined
}>

/** Longer words than this with a request are cut, in UTF-16 units. @see https://w3id.org/fep/4ccd */
export const longestNote = 500

/**
 * Asks to follow somebody as the viewer's actor, or changes how it follows. Only the followee's yes makes a follower; who follows already,
 * or waits, asks no second time.
 * @throws Problem `forbidden`, `not_found`, `limited` inside the week after a refusal by one of ours
 */
export async function requestFollow(ctx: Ctx, viewer: Viewer, input: FollowInput): Promise<void> {
  requireRole(viewer, 'follow')
  const followee = await getFollowable(ctx, viewer, input.actorId)
  const needsApproval = followee.host !== null || (followee.isLocked && !(await maySpeakFor(ctx, viewer, followee.id)))
  await transaction(ctx.db, async (tx) => {
    await lockByName(tx, followsOf(viewer.actorId))
    // Blocks take the same lock: asked before it, one could slip in between.
    if (await isBlocked(tx, viewer.actorId, followee.id)) throw forbidden()
    await requireStaying(tx, viewer.actorId)
    if (await isShunned(tx, viewer, followee)) throw forbidden('You have blocked that server; unblock it first')
    if (await isKeptOut(tx, followee.id, viewer.actorId, ctx.now())) throw forbidden('This group keeps you out')
    const current = await findFollowBetween(tx, viewer.actorId, followee.id)
    const request = { viewer, followee, needsApproval, options: optionsOf(input), now: ctx.now() }
    if (!current || current.state === 'rejected') return askAnew(tx, request, current)
    await updateFollow(tx, current.id, request.options)
    if (isToBeReminded(current, followee, ctx.now())) await sendAgain(tx, request, current)
  })
}

/** The lock on the follows of the viewer is held: who shuns a server takes it, too. */
async function isShunned(tx: Tx, { actorId }: Viewer, { host }: Actor): Promise<boolean> {
  return host !== null && hasShunned(tx, { actorId, host })
}

async function getFollowable(ctx: Ctx, viewer: Viewer, actorId: string): Promise<Actor> {
  const actor = await getActor(ctx.db, actorId)
  if (actor.host && (await isHostBlocked(ctx.db, actor.host)))
    throw forbidden('This instance does not speak with that server')
  if (actor.deletedAt || actor.suspendedAt) throw notFound()
  if (actor.id === viewer.actorId) throw forbidden('You cannot follow yourself')
  if (actor.host === null && actor.type === 'Application') throw forbidden('The instance itself cannot be followed')
  if (actor.movedToIri) throw forbidden('This account has moved; follow the new one', 'moved')
  return actor
}

/** Who may approve a request need not ask for it: the team of a local actor is welcome. */
async function maySpeakFor(ctx: Ctx, viewer: Viewer, actorId: string): Promise<boolean> {
  const role = await findRole(ctx.db, viewer.userId, actorId)
  return role !== null && may(role, 'follow')
}

type Request = Readonly<{ viewer: Viewer; followee: Actor; needsApproval: boolean; options: FollowChange; now: Date }>

function optionsOf({ note, showsBoosts, notifies, languages }: FollowInput): FollowChange {
  return {
    ...(note === undefined ? {} : { note: cleanText(note, longestNote) || null }),
    ...(showsBoosts === undefined ? {} : { showsBoosts }),
    ...(notifies === undefined ? {} : { notifies }),
    ...(languages === undefined ? {} : { languages: languages && languages.length > 0 ? languages : null }),
  }
}

async function askAnew(tx: Tx, request: Request, refused: Follow | null): Promise<void> {
  const { viewer, followee, needsApproval, options, now } = request
  // Another server counts for itself how often its people are asked.
  if (refused && followee.host === null && isCoolingDown(refused.decidedAt, now)) throw tooSoon(refused, now)
  const state = needsApproval ? 'pending' : 'accepted'
  const asked = {
    ...options,
    requestedBy: viewer.userId,
    requestedAt: now,
    lastSentAt: now,
    decidedBy: null,
    decidedAt: needsApproval ? null : now,
  }
  const ends = { followerId: viewer.actorId, followeeId: followee.id }
  const follow = refused
    ? await moveFollow(tx, { id: refused.id, from: 'rejected' }, state, asked)
    : await insertFollow(tx, { ...ends, state, ...asked })
  if (!follow) throw new Error('a follow changed although it was locked')
  await recordAct(tx, { viewer, action: 'follow.requested', subjectId: followee.id })
  await (needsApproval ? emitRequest(tx, follow) : emitAccepted(tx, follow, 'local'))
}

function tooSoon({ decidedAt }: Follow, now: Date) {
  const retryAt = new Date((decidedAt ?? now).getTime() + cooldownMs)
  return limited('This request was declined a short while ago; you can ask again later', retryAt)
}

/** Somebody elsewhere who decides by hand and has not answered for two weeks. */
function isToBeReminded(follow: Follow, followee: Actor, now: Date): boolean {
  const sentAt = follow.lastSentAt ?? follow.requestedAt
  const isWaiting = follow.state === 'pending' && followee.host !== null && followee.isLocked
  return isWaiting && now.getTime() - sentAt.getTime() >= remindAfterMs
}

/** Under a new id: the old one is known there, and would be passed by. */
async function sendAgain(tx: Tx, { viewer, now }: Request, follow: Follow): Promise<void> {
  await updateFollow(tx, follow.id, { requestedBy: viewer.userId, requestedAt: now, lastSentAt: now })
  await recordAct(tx, { viewer, action: 'follow.reminded', subjectId: follow.followeeId })
  await emitRequest(tx, follow)
}

/** Stops following, or takes a request back. A refusal is remembered all the same. */
export async function undoFollow(ctx: Ctx, viewer: Viewer, actorId: string): Promise<void> {
  requireRole(viewer, 'follow')
  await transaction(ctx.db, async (tx) => {
    await getActor(tx, actorId)
    await lockByName(tx, followsOf(viewer.actorId))
    const follow = await findFollowBetween(tx, viewer.actorId, actorId)
    if (!follow || follow.state === 'rejected') return
    await deleteFollow(tx, follow.id)
    await recordAct(tx, { viewer, action: 'follow.undone', subjectId: actorId })
    await emitUndone(tx, follow, 'local')
  })
}

/** Lets somebody who asked follow the viewer's actor. @throws Problem `not_found` when nobody asks */
export async function acceptFollow(ctx: Ctx, viewer: Viewer, followerId: string): Promise<void> {
  await decide(ctx, viewer, followerId, async (tx, follow, decision) => {
    if (follow.state === 'accepted') return
    const accepted =
      follow.state === 'pending' && (await moveFollow(tx, { id: follow.id, from: 'pending' }, 'accepted', decision))
    if (!accepted) throw notFound()
    await recordAct(tx, { viewer, action: 'follow.accepted', subjectId: followerId })
    await emitAccepted(tx, accepted, 'local')
  })
}

/** Refuses somebody who asked; the refusal is remembered. @throws Problem `not_found` when nobody asks */
export async function rejectFollow(ctx: Ctx, viewer: Viewer, followerId: string): Promise<void> {
  await decide(ctx, viewer, followerId, async (tx, follow, decision) => {
    if (follow.state === 'rejected') return
    const rejected =
      follow.state === 'pending' && (await moveFollow(tx, { id: follow.id, from: 'pending' }, 'rejected', decision))
    if (!rejected) throw notFound()
    await recordAct(tx, { viewer, action: 'follow.rejected', subjectId: followerId })
    await emitRejected(tx, rejected, 'local')
  })
}

/** Takes a follower off. Remembered like a refusal: an actor that lets everybody in would have the same follower back at once. */
export async function removeFollower(ctx: Ctx, viewer: Viewer, followerId: string): Promise<void> {
  requireRole(viewer, 'follow')
  await transaction(ctx.db, async (tx) => {
    await getActor(tx, followerId)
    await lockByName(tx, followsOf(followerId))
    const follow = await findFollowBetween(tx, followerId, viewer.actorId)
    if (follow?.state !== 'accepted') return
    const decision = { decidedBy: viewer.userId, decidedAt: ctx.now() }
    if (!(await moveFollow(tx, { id: follow.id, from: 'accepted' }, 'rejected', decision))) return
    await recordAct(tx, { viewer, action: 'follower.removed', subjectId: followerId })
    await emitRejected(tx, follow, 'local')
  })
}

type Decision = Readonly<{ decidedBy: string; decidedAt: Date }>

async function decide(
  ctx: Ctx,
  viewer: Viewer,
  followerId: string,
  act: (tx: Tx, follow: Follow, decision: Decision) => Promise<void>,
): Promise<void> {
  requireRole(viewer, 'follow')
  await transaction(ctx.db, async (tx) => {
    await getActor(tx, followerId)
    await lockByName(tx, followsOf(followerId))
    const follow = await findFollowBetween(tx, followerId, viewer.actorId)
    if (!follow) throw notFound()
    await act(tx, follow, { decidedBy: viewer.userId, decidedAt: ctx.now() })
  })
}

/**
 * Sends requests again, under their old ids, that servers which ask nobody have not answered: the Follow or its Accept was lost.
 * @returns how many
 */
export async function resendFollows(ctx: Ctx): Promise<number> {
  return transaction(ctx.db, (tx) => resendPending(tx, resendAfterMs, ctx.now()))
}

/**
 * Ends requests to ours that nobody has answered for 90 days, without telling anybody, and forgets refusals as old.
 * @returns how many requests ended
 */
export async function expireFollowRequests(ctx: Ctx): Promise<number> {
  const before = new Date(ctx.now().getTime() - memoryMs)
  await forgetRejected(ctx.db, before)
  return expirePending(ctx.db, before, ctx.now())
}
