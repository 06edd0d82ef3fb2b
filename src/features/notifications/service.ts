import type { Ctx, Viewer } from '#src/context.ts'
import { isId } from '#src/core/ids.ts'
import type { StreamEvent } from '#src/core/streams.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import type { EffectRow } from '#src/db/effects.ts'
import type { EffectType } from '#src/effects.ts'
import { notFound } from '#src/errors.ts'
import { filePost, unfilePost } from '#src/features/conversations/write-queries.ts'
import { findFollow } from '#src/features/follows/queries.ts'
import { findPost, type Post } from '#src/features/posts/queries.ts'
import { findLike } from '#src/features/reactions/queries.ts'
import { requireCaring } from './policy.ts'
import {
  dismissAll,
  dismissOne,
  type Told,
  tellActor,
  tellBoosters,
  tellFollowers,
  tellMentioned,
  tellVoters,
  untell,
  untellPost,
} from './write-queries.ts'

/** Deliveries are tried for ten days; what is older came by being fetched, and is no news to anybody. */
const newsMs = 10 * 86_400_000

/** What the streams of those who were told are to say. */
type Said = Promise<readonly StreamEvent[]>

type Telling = (ctx: Ctx, tx: Tx, effect: EffectRow) => Said

const nothing: readonly StreamEvent[] = []

/** Which facts tell somebody something, or take back what was said. Facts that are not here concern nobody. */
const tellings: Partial<Record<EffectType, Telling>> = {
  'follow.requested': tellOfRequest,
  'follow.accepted': tellOfFollower,
  'follow.rejected': forgetFollow,
  'follow.undone': forgetFollow,
  'like.created': tellOfLike,
  'like.undone': (_ctx, tx, effect) => takeBack(tx, effect, 'favourite'),
  'boost.created': tellOfBoost,
  'boost.undone': (_ctx, tx, effect) => takeBack(tx, effect, 'reblog'),
  'post.created': tellOfPost,
  'post.edited': tellOfEdit,
  'poll.ended': tellOfEnd,
  'post.deleted': forgetPost,
}

/**
 * Writes what a fact tells local actors, and removes what it makes untrue. Doing it twice is doing it once.
 * @param tx the transaction in which the fact is marked as worked off
 * @returns what is to be said on streams when it has ended well
 */
export async function notifyOf(ctx: Ctx, tx: Tx, effect: EffectRow): Said {
  return (await tellings[effect.type as EffectType]?.(ctx, tx, effect)) ?? nothing
}

function toEvents(told: readonly Told[]): StreamEvent[] {
  return told.map((one) => ({ event: 'notification', ...one }))
}

function text({ payload }: EffectRow, name: string): string {
  const value = payload[name]
  if (typeof value !== 'string') throw new Error(`the fact has no ${name}`)
  return value
}

async function takeBack(tx: Tx, effect: EffectRow, kind: 'favourite' | 'reblog'): Said {
  const story = { kind, fromActorId: text(effect, 'actorId'), postId: text(effect, 'postId') }
  await untell(tx, text(effect, 'targetId'), story)
  return nothing
}

async function tellOfRequest(_ctx: Ctx, tx: Tx, effect: EffectRow): Said {
  const follow = await findFollow(tx, text(effect, 'followId'))
  if (follow?.state !== 'pending') return nothing
  const story = { kind: 'follow_request', fromActorId: follow.followerId, postId: null, at: effect.createdAt } as const
  return toEvents(await tellActor(tx, story, follow.followeeId))
}

/** The request has become a follower. */
async function tellOfFollower(_ctx: Ctx, tx: Tx, effect: EffectRow): Said {
  const follow = await findFollow(tx, text(effect, 'followId'))
  if (follow?.state !== 'accepted') return nothing
  const story = { fromActorId: follow.followerId, postId: null }
  await untell(tx, follow.followeeId, { kind: 'follow_request', ...story })
  return toEvents(await tellActor(tx, { kind: 'follow', ...story, at: effect.createdAt }, follow.followeeId))
}

/** A refused request, a follower who left or was taken off. */
async function forgetFollow(_ctx: Ctx, tx: Tx, effect: EffectRow): Said {
  const [follower, followee] = [text(effect, 'actorId'), text(effect, 'targetId')]
  await untell(tx, followee, { kind: 'follow_request', fromActorId: follower, postId: null })
  await untell(tx, followee, { kind: 'follow', fromActorId: follower, postId: null })
  return nothing
}

async function tellOfLike(_ctx: Ctx, tx: Tx, effect: EffectRow): Said {
  const like = await findLike(tx, text(effect, 'likeId'))
  const post = like && (await findLiving(tx, like.postId))
  if (!like || !post) return nothing
  const story = { kind: 'favourite', fromActorId: like.actorId, postId: post.id, at: effect.createdAt } as const
  return toEvents(await tellActor(tx, story, post.actorId))
}

async function tellOfBoost(_ctx: Ctx, tx: Tx, effect: EffectRow): Said {
  const boost = await findLiving(tx, text(effect, 'postId'))
  const post = boost?.boostOfId ? await findLiving(tx, boost.boostOfId) : null
  if (!boost || !post) return nothing
  const story = { kind: 'reblog', fromActorId: boost.actorId, postId: post.id, at: effect.createdAt } as const
  return toEvents(await tellActor(tx, story, post.actorId))
}

async function tellOfPost(ctx: Ctx, tx: Tx, effect: EffectRow): Said {
  const post = await findLiving(tx, text(effect, 'postId'))
  if (!post || post.publishedAt.getTime() < ctx.now().getTime() - newsMs) return nothing
  const story = { fromActorId: post.actorId, postId: post.id, at: effect.createdAt }
  const mentioned = await tellMentioned(tx, { kind: 'mention', ...story })
  const filed = await filePost(tx, post.id, [post.actorId, ...mentioned.map(({ actorId }) => actorId)])
  const isAnswer = post.inReplyToId !== null || post.inReplyToIri !== null
  const isToOthers = isAnswer && post.inReplyToActorId !== post.actorId
  const isForFollowers = post.visibility !== 'direct' && !isToOthers
  const followers = isForFollowers ? await tellFollowers(tx, { kind: 'status', ...story }) : []
  return [...toEvents([...mentioned, ...followers]), ...filed]
}

/** Boosters learn that what they passed on says something else now; an edit may also name somebody for the first time. */
async function tellOfEdit(_ctx: Ctx, tx: Tx, effect: EffectRow): Said {
  const post = await findLiving(tx, text(effect, 'postId'))
  if (!post) return nothing
  const story = { fromActorId: post.actorId, postId: post.id, at: effect.createdAt }
  const boosters = await tellBoosters(tx, { kind: 'update', ...story })
  const mentioned = await tellMentioned(tx, { kind: 'mention', ...story })
  // Whom an edit names for the first time; those who have put the conversation away are left alone.
  const filed = await filePost(
    tx,
    post.id,
    mentioned.map(({ actorId }) => actorId),
  )
  return [...toEvents([...boosters, ...mentioned]), ...filed]
}

/** Who asked and who voted, each once for each end: an edit may set another one. */
async function tellOfEnd(_ctx: Ctx, tx: Tx, effect: EffectRow): Said {
  const post = await findLiving(tx, text(effect, 'postId'))
  if (!post) return nothing
  const story = { kind: 'poll', fromActorId: post.actorId, postId: post.id, at: effect.createdAt } as const
  return toEvents(await tellVoters(tx, story))
}

async function forgetPost(_ctx: Ctx, tx: Tx, effect: EffectRow): Said {
  const postId = text(effect, 'postId')
  await untellPost(tx, postId)
  await unfilePost(tx, postId)
  return nothing
}

async function findLiving(tx: Tx, postId: string): Promise<Post | null> {
  const post = await findPost(tx, postId)
  return post && !post.deletedAt ? post : null
}

/** Takes one notification off the list of the viewer's actor. @throws Problem `notFound` when it is not on it */
export async function dismissNotification(ctx: Ctx, viewer: Viewer, id: string): Promise<void> {
  requireCaring(viewer)
  const isDone = isId(id) && (await transaction(ctx.db, (tx) => dismissOne(tx, viewer.actorId, id, ctx.now())))
  if (!isDone) throw notFound()
}

/** Empties the list of the viewer's actor, for everybody in its team. */
export async function clearNotifications(ctx: Ctx, viewer: Viewer): Promise<void> {
  requireCaring(viewer)
  await transaction(ctx.db, (tx) => dismissAll(tx, viewer.actorId, ctx.now()))
}
