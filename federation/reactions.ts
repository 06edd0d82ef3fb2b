import type { Ctx } from '#src/context.ts'
import type { Actor } from '#src/features/actors/queries.ts'
import { hasLocalFollower } from '#src/features/follows/queries.ts'
import { receiveBoost, receiveBoostUndone } from '#src/features/posts/receive-boosts.ts'
import { receiveReaction, receiveReactionUndone } from '#src/features/reactions/emoji.ts'
import type { RemoteLike } from '#src/features/reactions/receive-queries.ts'
import { receiveLike, receiveLikeUndone } from '#src/features/reactions/service.ts'
import { knowActor } from './actors.ts'
import { readVisibility, toAddresses, type Visibility } from './audience.ts'
import { bareContext, plainContext, toTime } from './context.ts'
import type { Activity, InnerActivity } from './read/activity.ts'
import { findKnownPost, knowPost } from './receive-posts.ts'

/** @see https://www.w3.org/TR/activitypub/#like-activity-outbox */
export function toLike(
  like: Readonly<{ id: string; actor: string; object: string; to: readonly string[]; cc: readonly string[] }>,
): object {
  const { id, actor, object, to, cc } = like
  return { '@context': plainContext, id, type: 'Like', actor, object, to, ...(cc.length > 0 ? { cc } : {}) }
}

/** A boost. @see https://www.w3.org/TR/activitypub/#announce-activity-inbox */
export type Boost = Readonly<{
  id: string
  actor: string
  object: string
  /** The author of the post, and the groups in which it is. */
  others: readonly string[]
  followers: string
  visibility: Visibility
  publishedAt: Date
}>

/** A boost names the post by its id alone: Pixelfed and Mastodon fetch it from its author. */
export function toAnnounce(boost: Boost): object {
  return { '@context': bareContext, ...embedAnnounce(boost) }
}

function embedAnnounce(boost: Boost): object {
  const { id, actor, object } = boost
  const { to, cc } = toAddresses(boost.visibility, boost.followers, boost.others)
  return { id, type: 'Announce', actor, object, published: toTime(boost.publishedAt), to, cc }
}

/** Takes a Like or a boost back; the receiver finds it by its id or by actor and object. */
export function toUndo(undo: {
  id: string
  actor: string
  inner: { id: string; type: 'Like' | 'Announce'; object: string }
  to: readonly string[]
  cc: readonly string[]
}): object {
  const { id, actor, inner, to, cc } = undo
  return {
    '@context': inner.type === 'Announce' ? bareContext : plainContext,
    id,
    type: 'Undo',
    actor,
    to,
    cc,
    object: { ...inner, actor },
  }
}

/** @see https://www.w3.org/TR/activitypub/#like-activity-inbox */
export async function receiveLikeActivity(ctx: Ctx, activity: Activity): Promise<string> {
  const post = await findKnownPost(ctx, activity.object.id)
  if (!post) return 'ignored: we do not have the post'
  const actor = await knowActor(ctx, activity.actor)
  if (!actor) return 'ignored: the actor cannot be read'
  return receiveAsLike(ctx, activity, { actorId: actor.id, postId: post.id, activityIri: activity.id })
}

/** A Like counts as one, an EmojiReact apart from them; a Like that tells an emoji does both. */
export async function receiveAsLike(ctx: Ctx, { reaction }: Activity, like: RemoteLike): Promise<string> {
  const emoji = reaction?.emoji
  if (reaction && !emoji) return 'ignored: it reacts with no emoji'
  const outcome =
    reaction && emoji ? await receiveReaction(ctx, { ...like, ...reaction, emoji }) : await receiveLike(ctx, like)
  return outcome === 'refused' ? 'ignored: the post is not for this actor' : 'done'
}

/** Takes a Like back, found by its id or by its post; or an EmojiReact, by its id or by its post and emoji. */
export async function receiveUndoLike(ctx: Ctx, activity: Activity, inner: InnerActivity): Promise<string> {
  const actor = await knowActor(ctx, activity.actor)
  if (!actor) return 'ignored: the actor cannot be read'
  const post = await findKnownPost(ctx, inner.object)
  const undo = { actorId: actor.id, postId: post?.id ?? null, activityIri: inner.id }
  if (inner.reactsWith === undefined) await receiveLikeUndone(ctx, undo)
  else await receiveReactionUndone(ctx, { ...undo, emoji: inner.reactsWith })
  return 'done'
}

/** A post from elsewhere is fetched only when somebody here follows the one who boosts it. */
export async function receiveBoostActivity(ctx: Ctx, activity: Activity, actor: Actor): Promise<string> {
  const known = await findKnownPost(ctx, activity.object.id)
  if (!known && !(await hasLocalFollower(ctx.db, actor.id))) return 'ignored: nobody here follows who boosts it'
  const post = known ?? (activity.object.id ? await knowPost(ctx, activity.object.id) : null)
  if (!post) return 'ignored: the post cannot be read'
  const outcome = await receiveBoost(ctx, {
    actorId: actor.id,
    activityIri: activity.id,
    postId: post.id,
    publishedAt: activity.published ?? ctx.now(),
    visibility: readVisibility(activity, actor.followersIri),
  })
  return outcome === 'refused' ? 'ignored: the post may not be boosted by this actor' : 'done'
}

/** Takes a boost back, found by its id or by its post. */
export async function receiveUndoAnnounce(ctx: Ctx, activity: Activity, inner: InnerActivity): Promise<string> {
  const actor = await knowActor(ctx, activity.actor)
  if (!actor) return 'ignored: the actor cannot be read'
  const post = await findKnownPost(ctx, inner.object)
  await receiveBoostUndone(ctx, { actorId: actor.id, postId: post?.id ?? null, activityIri: inner.id })
  return 'done'
}
