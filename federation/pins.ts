import type { Ctx } from '#src/context.ts'
import { receivePin } from '#src/features/posts/pin.ts'
import { receiveFeaturedTag } from '#src/features/tags/service.ts'
import { knowActor } from './actors.ts'
import { plainContext, publicAudience } from './context.ts'
import type { Activity } from './read/activity.ts'
import { readTags } from './read/tags.ts'
import { knowPost } from './receive-posts.ts'

/** A post comes into the collection of those that its author shows first, or leaves it. */
export type Pinning = Readonly<{
  id: string
  type: 'Add' | 'Remove'
  actor: string
  object: string
  featured: string
  followers: string
}>

/** @see https://www.w3.org/TR/activitypub/#add-activity-outbox */
export function toPinning({ id, type, actor, object, featured, followers }: Pinning): object {
  return {
    '@context': plainContext,
    id,
    type,
    actor,
    object,
    target: featured,
    to: [publicAudience],
    cc: [followers],
  }
}

/**
 * An actor may change its own collection alone, and only by its own posts, or by the hashtags that it features, which Mastodon puts under
 * the same target.
 */
export async function receivePinning(ctx: Ctx, activity: Activity, isPinned: boolean): Promise<string> {
  const actor = await knowActor(ctx, activity.actor)
  if (!actor?.featuredIri || activity.target !== actor.featuredIri) return 'ignored: it is no collection of its actor'
  const { embedded } = activity.object
  const [hashtag] = embedded ? readTags({ tag: embedded }).hashtags : []
  if (hashtag) {
    await receiveFeaturedTag(ctx, { actorId: actor.id, text: hashtag.name, isFeatured: isPinned })
    return 'done'
  }
  const post = activity.object.id ? await knowPost(ctx, activity.object.id) : null
  if (!post || post.actorId !== actor.id || post.boostOfId) return 'ignored: it is no post of its actor'
  await receivePin(ctx, { actorId: actor.id, postId: post.id, isPinned })
  return 'done'
}
