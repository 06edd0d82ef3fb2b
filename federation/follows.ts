import type { Ctx } from '#src/context.ts'
import {
  receiveFollowAccepted,
  receiveFollowRejected,
  receiveFollowRequest,
  receiveFollowUndone,
} from '#src/features/follows/receive.ts'
import { findLocalTarget, iriOfActor, knowActor } from './actors.ts'
import { plainContext } from './context.ts'
import type { Activity, InnerActivity } from './read/activity.ts'

/** The ends of a follow, as their documents are named. */
export type FollowIris = Readonly<{ id: string; actor: string; object: string; type?: 'Follow' | 'Join' }>

/** @see https://www.w3.org/TR/activitypub/#follow-activity-outbox */
export function toFollow(follow: FollowIris): object {
  return { '@context': plainContext, ...embedFollow(follow), to: [follow.object] }
}

/** The answer to a Follow embeds it: Hollo and Pixelfed do not look up a bare id. */
export function toAnswer(type: 'Accept' | 'Reject', id: string, follow: FollowIris): object {
  return { '@context': plainContext, id, type, actor: follow.object, to: [follow.actor], object: embedFollow(follow) }
}

/** Takes a Follow back. */
export function toUndoFollow(id: string, follow: FollowIris): object {
  return {
    '@context': plainContext,
    id,
    type: 'Undo',
    actor: follow.actor,
    to: [follow.object],
    object: embedFollow(follow),
  }
}

function embedFollow({ id, actor, object, type = 'Follow' }: FollowIris): object {
  return { id, type, actor, object }
}

/** Longer words than this with a Follow are cut. */
const longestNote = 500

/**
 * A Follow, or a Join, by which Mobilizon and Smithereen say the same of a group.
 * @see https://www.w3.org/TR/activitypub/#follow-activity-inbox
 */
export async function receiveFollow(ctx: Ctx, activity: Activity): Promise<string> {
  const followee = await findLocalTarget(ctx, activity.object.id)
  if (!followee) return 'ignored: it does not follow one of ours'
  const isJoin = activity.type === 'Join'
  if (isJoin && followee.type !== 'Group') return 'ignored: it joins no group'
  const follower = await knowActor(ctx, activity.actor)
  if (!follower) return 'ignored: the follower cannot be read'
  const note = activity.content?.slice(0, longestNote) ?? null
  const outcome = await receiveFollowRequest(ctx, {
    followerId: follower.id,
    followeeId: followee.id,
    activityIri: activity.id,
    isJoin,
    note,
  })
  return outcome === 'ignored' ? 'ignored: it was taken back before' : 'done'
}

/** Who has joined a group leaves it. */
export async function receiveLeave(ctx: Ctx, activity: Activity): Promise<string> {
  const [group, follower] = [await findLocalTarget(ctx, activity.object.id), await knowActor(ctx, activity.actor)]
  if (group?.type !== 'Group' || !follower) return 'ignored: it leaves no group of ours'
  await receiveFollowUndone(ctx, { followerId: follower.id, followeeId: group.id, activityIri: null })
  return 'done'
}

/** @see https://www.w3.org/TR/activitypub/#accept-activity-inbox */
export async function receiveAccept(ctx: Ctx, activity: Activity): Promise<string> {
  const named = await readNamedFollow(ctx, activity)
  if (!named) return 'ignored: it answers no follow of ours'
  const outcome = await receiveFollowAccepted(ctx, { ...named, acceptIri: activity.id })
  if (outcome === 'withdrawn') return 'ignored: it was taken back before'
  return outcome === 'unknown' ? 'ignored: we did not ask for it' : 'done'
}

/** @see https://www.w3.org/TR/activitypub/#reject-activity-inbox */
export async function receiveReject(ctx: Ctx, activity: Activity): Promise<string> {
  const named = await readNamedFollow(ctx, activity)
  if (!named) return 'ignored: it answers no follow of ours'
  await receiveFollowRejected(ctx, named)
  return 'done'
}

/** An Accept taken back, found by what it embeds or by its id, means what a Reject means. */
export async function receiveUndoAccept(ctx: Ctx, activity: Activity, inner: InnerActivity): Promise<string> {
  const followee = await knowActor(ctx, activity.actor)
  if (!followee || !(inner.object ?? inner.id)) return 'ignored: it answers no follow of ours'
  const effectId = effectIdOf(ctx, inner.object)
  const follower = effectId ? null : await findLocalTarget(ctx, inner.object)
  if (!effectId && !follower && !inner.id) return 'ignored: it answers no follow of ours'
  const followerId = follower?.id ?? null
  await receiveFollowRejected(ctx, { followeeId: followee.id, effectId, followerId, acceptIri: inner.id })
  return 'done'
}

/** Takes a remote Follow back, found by its id or by its two ends. */
export async function receiveUndoFollow(ctx: Ctx, activity: Activity, inner: InnerActivity): Promise<string> {
  const follower = await knowActor(ctx, activity.actor)
  if (!follower) return 'ignored: the follower cannot be read'
  const followee = inner.object ? await findLocalTarget(ctx, inner.object) : null
  await receiveFollowUndone(ctx, { followerId: follower.id, followeeId: followee?.id ?? null, activityIri: inner.id })
  return 'done'
}

type NamedFollow = { followeeId: string; effectId: string | null; followerId: string | null }

/** The follow that an answer is about: by the id that we gave it, else by the follower and followee that it embeds. */
async function readNamedFollow(ctx: Ctx, activity: Activity): Promise<NamedFollow | null> {
  const followee = await knowActor(ctx, activity.actor)
  if (!followee) return null
  const { inner } = activity
  const effectId = effectIdOf(ctx, inner?.id ?? activity.object.id)
  const isOfFollowee = inner?.object ? inner.object === iriOfActor(ctx, followee) : false
  const follower = inner?.actor && isOfFollowee ? await findLocalTarget(ctx, inner.actor) : null
  if (!effectId && !follower) return null
  return { followeeId: followee.id, effectId, followerId: follower?.id ?? null }
}

/** The effect behind an activity id of ours. */
export function effectIdOf(ctx: Ctx, iri: string | null): string | null {
  const target = iri ? ctx.uris.read(iri) : null
  return target?.kind === 'activity' ? target.id : null
}
