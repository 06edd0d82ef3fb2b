import type { Ctx } from '#src/context.ts'
import { findActorByIri } from '#src/features/actors/queries.ts'
import { receiveBan, receiveLock, receiveRestoration, receiveUnban } from '#src/features/groups/receive.ts'
import { receivePin } from '#src/features/posts/pin.ts'
import type { Post } from '#src/features/posts/queries.ts'
import { receiveAttestedReactionUndone } from '#src/features/reactions/emoji.ts'
import { receiveAttestedLikeUndone } from '#src/features/reactions/service.ts'
import { knowActor } from './actors.ts'
import { authenticate, collectionOf, findDecision, type Inner } from './hub-authority.ts'
import { type Announced, showTopic, unlessUnreachable } from './hub-posts.ts'
import { type Hub, isInHub, isOpenPost } from './hub-scope.ts'
import { readPins } from './pins.ts'
import { receiveAsLike, receiveUndoLike } from './reactions.ts'
import type { Activity, InnerActivity } from './read/activity.ts'
import { dateOf, idOf } from './read/values.ts'
import { findKnownPost, knowPost } from './receive-posts.ts'

const foreign = 'ignored: the post does not belong to the group'
const powerless = 'ignored: nobody says so who decides about what is in the group'

/** A post of a group, if it is one that we have; else why nothing is done. */
async function findSubject(ctx: Ctx, hub: Hub, iri: string | null): Promise<Post | string> {
  const post = await findKnownPost(ctx, iri)
  if (!post) return 'ignored: we do not have the post'
  return (await isInHub(ctx, hub, post)) ? post : foreign
}

/**
 * A like that a group passes on. One that its actor can be asked about is a like as any other; of the rest the group is the only witness: they
 * count, and nobody is told that this actor likes the post.
 */
export async function receiveLikeIn(ctx: Ctx, { hub }: Announced, inner: Inner): Promise<string> {
  const { activity } = inner
  if (ctx.uris.read(activity.actor)) return 'ignored: it is our own'
  const post = await findSubject(ctx, hub, activity.object.id)
  if (typeof post === 'string') return post
  if (!isOpenPost(post)) return 'ignored: the post is not for everybody'
  // There are many likes, and some of servers that are no more: none of them is worth a second attempt.
  const actor = await unlessUnreachable(knowActor(ctx, activity.actor))
  if (!actor) return 'ignored: the actor cannot be read'
  const proven = await unlessUnreachable(authenticate(ctx, hub, inner))
  if (proven && proven.object.id !== activity.object.id) return 'ignored: its actor likes another post'
  const like = { actorId: actor.id, postId: post.id, activityIri: activity.id }
  return receiveAsLike(ctx, activity, { ...like, attestedById: proven ? null : hub.id })
}

type ReceiveUndo = (ctx: Ctx, announced: Announced, inner: Inner, undone: InnerActivity) => Promise<string>

const undoers: Readonly<Record<string, ReceiveUndo>> = {
  Like: undoLike,
  Delete: undoDelete,
  Block: undoBlock,
  Lock: (ctx, announced, inner, { object }) => lock(ctx, announced, inner, { iri: object, isLocked: false }),
}

/** Something that a group has passed on is taken back, by the actor of it. */
export async function receiveUndoIn(ctx: Ctx, announced: Announced, inner: Inner): Promise<string> {
  const undone = inner.activity.inner
  if (!undone) return 'ignored: it undoes nothing'
  if (undone.actor && undone.actor !== inner.activity.actor) return 'ignored: it is not its own activity'
  // Of a bare id nothing is known but who says it: a like is found by it, and nothing else has one here.
  const undo = undoers[undone.type ?? 'Like']
  return undo ? undo(ctx, announced, inner, undone) : `ignored: Undo of ${undone.type}`
}

/** What the group alone has witnessed, it takes back alone; what its actor said, only that actor. */
async function undoLike(ctx: Ctx, { hub }: Announced, inner: Inner, undone: InnerActivity): Promise<string> {
  const actor = await findActorByIri(ctx.db, inner.activity.actor)
  if (!actor?.host) return 'ignored: we know no like of this actor'
  const post = await findKnownPost(ctx, undone.object)
  const like = { actorId: actor.id, postId: post?.id ?? null, activityIri: undone.id, attestedById: hub.id }
  const isWitnessed =
    undone.reactsWith === undefined
      ? await receiveAttestedLikeUndone(ctx, like)
      : await receiveAttestedReactionUndone(ctx, { ...like, emoji: undone.reactsWith })
  if (isWitnessed) return 'done'
  const proven = await unlessUnreachable(authenticate(ctx, hub, inner))
  return proven?.inner ? receiveUndoLike(ctx, proven, proven.inner) : 'ignored: its actor does not say so'
}

/** A removal is taken back. What its own server had said to be gone does not come back by that. */
async function undoDelete(ctx: Ctx, announced: Announced, inner: Inner, undone: InnerActivity): Promise<string> {
  const { hub } = announced
  const post = await findSubject(ctx, hub, undone.object)
  if (typeof post === 'string') return post
  if (!(await findUndoing(ctx, hub, inner, undone))) return powerless
  const place = await receiveRestoration(ctx, hub.id, post.id)
  if (place && place.topicId === post.id) await showTopic(ctx, announced, post)
  return 'done'
}

/** An Undo by somebody who decides, about the same thing when it was asked for where it was made. */
async function findUndoing(ctx: Ctx, hub: Hub, inner: Inner, undone: InnerActivity): Promise<Activity | null> {
  const decision = await findDecision(ctx, hub, inner)
  const isSame = decision?.inner?.type === undone.type && decision.inner.object === undone.object
  return isSame ? decision : null
}

async function undoBlock(ctx: Ctx, { hub }: Announced, inner: Inner, undone: InnerActivity): Promise<string> {
  const actor = undone.object ? await knowActor(ctx, undone.object) : null
  const embedded = inner.activity.object.embedded
  if (embedded && idOf(embedded.target) !== hub.iri) return 'ignored: it is not about the group'
  if (!actor) return 'ignored: the actor cannot be read'
  if (!(await findUndoing(ctx, hub, inner, undone))) return powerless
  await receiveUnban(ctx, hub.id, actor.id)
  return 'done'
}

/** Somebody may not take part in a group any more; Lemmy calls the end `endTime`, and before that `expires`. */
export async function receiveBlockIn(ctx: Ctx, { hub }: Announced, inner: Inner): Promise<string> {
  const { target, object } = inner.activity
  if (target !== hub.iri) return 'ignored: it is not about the group'
  const decision = await findDecision(ctx, hub, inner)
  if (decision?.target !== hub.iri) return powerless
  const [actor, by] = [object.id ? await knowActor(ctx, object.id) : null, await findActorByIri(ctx.db, decision.actor)]
  if (!actor) return 'ignored: the actor cannot be read'
  const { endTime, expires, removeData } = decision.raw
  await receiveBan(ctx, {
    groupId: hub.id,
    actorId: actor.id,
    byId: by?.id ?? null,
    until: dateOf(endTime) ?? dateOf(expires),
    removesPosts: removeData === true,
  })
  return 'done'
}

/** Nothing may be answered in a topic any more. */
export function receiveLockIn(ctx: Ctx, announced: Announced, inner: Inner): Promise<string> {
  return lock(ctx, announced, inner, { iri: inner.activity.object.id, isLocked: true })
}

async function lock(
  ctx: Ctx,
  { hub }: Announced,
  inner: Inner,
  { iri, isLocked }: Readonly<{ iri: string | null; isLocked: boolean }>,
): Promise<string> {
  const topic = await findSubject(ctx, hub, iri)
  if (typeof topic === 'string') return topic
  if (!(await mayLock(ctx, hub, inner, topic))) return powerless
  const isTopic = await receiveLock(ctx, { groupId: hub.id, topicId: topic.id, isLocked })
  return isTopic ? 'done' : 'ignored: it is no topic of the group'
}

/** Whoever decides about what is in the group, and who began the topic. */
async function mayLock(ctx: Ctx, hub: Hub, inner: Inner, topic: Post): Promise<boolean> {
  if (await findDecision(ctx, hub, inner)) return true
  const author = await findActorByIri(ctx.db, inner.activity.actor)
  if (author?.id !== topic.actorId) return false
  return (await authenticate(ctx, hub, inner)) !== null
}

/** A post is shown first in a group, or no longer. Who moderates it is asked of the group itself when it matters. */
export async function receivePinningIn(
  ctx: Ctx,
  announced: Announced,
  inner: Inner,
  isPinned: boolean,
): Promise<string> {
  const { hub, isLate } = announced
  const { object, target } = inner.activity
  const collection = await collectionOf(ctx, hub, target)
  if (!collection) return 'ignored: it is no collection of the group'
  if (collection === 'moderators') return 'ignored: its moderators are read when it matters'
  if ((await findDecision(ctx, hub, inner))?.target !== target) return powerless
  const post = object.id ? await knowPost(ctx, object.id) : null
  if (!post || !(await isInHub(ctx, hub, post)) || !isOpenPost(post)) return foreign
  if (isLate) await readPins(ctx, hub.id)
  else await receivePin(ctx, { actorId: hub.id, postId: post.id, isPinned })
  return 'done'
}
