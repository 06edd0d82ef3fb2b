import type { Ctx } from '#src/context.ts'
import { type Actor, findActor } from '#src/features/actors/queries.ts'
import { isHostBlocked } from '#src/features/blocks/service.ts'
import { receivePin, receivePins } from '#src/features/posts/pin.ts'
import type { Post } from '#src/features/posts/queries.ts'
import { receiveFeaturedTag } from '#src/features/tags/service.ts'
import { knowActor } from './actors.ts'
import { readItems } from './collections.ts'
import { plainContext, publicAudience } from './context.ts'
import { fetchDocument } from './documents.ts'
import { isHub, isInHub, isOpenPost } from './hub-scope.ts'
import type { Activity } from './read/activity.ts'
import { isRefused } from './read/json.ts'
import { readTags } from './read/tags.ts'
import { idsOf } from './read/values.ts'
import { knowPost } from './receive-posts.ts'
import { readFeaturedTags } from './tags.ts'

/** Posts that are looked at in a collection: more than anybody shows first, fewer than could keep us busy. */
const mostPins = 10

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
 * the same target. `isLate`: what was said after it may have been done before it; then the collection itself is read, and says what holds.
 */
export async function receivePinning(
  ctx: Ctx,
  activity: Activity,
  { isPinned, isLate }: Readonly<{ isPinned: boolean; isLate: boolean }>,
): Promise<string> {
  const actor = await knowActor(ctx, activity.actor)
  if (!actor?.featuredIri || activity.target !== actor.featuredIri) return 'ignored: it is no collection of its actor'
  const { embedded } = activity.object
  const [hashtag] = embedded ? readTags({ tag: embedded }).hashtags : []
  if (hashtag) {
    if (isLate && actor.featuredTagsIri) await readFeaturedTags(ctx, actor.id)
    else await receiveFeaturedTag(ctx, { actorId: actor.id, text: hashtag.name, isFeatured: isPinned })
    return 'done'
  }
  const post = activity.object.id ? await knowPost(ctx, activity.object.id) : null
  if (!post || !(await mayPin(ctx, actor, post))) return 'ignored: it is no post of its actor'
  if (isLate) await readPins(ctx, actor.id)
  else await receivePin(ctx, { actorId: actor.id, postId: post.id, isPinned })
  return 'done'
}

/** An actor shows its own posts first, and a group those that belong to it. */
async function mayPin(ctx: Ctx, actor: Actor, post: Post): Promise<boolean> {
  if (post.boostOfId) return false
  if (post.actorId === actor.id) return true
  return isHub(actor) && isOpenPost(post) && (await isInHub(ctx, actor, post))
}

/** Reads the posts that an actor of another server shows first. Only posts of its own count, each read at its own address. */
export async function readPins(ctx: Ctx, actorId: string): Promise<null> {
  const actor = await findActor(ctx.db, actorId)
  if (!actor?.featuredIri || (await isHostBlocked(ctx.db, new URL(actor.featuredIri).host))) return null
  const collection = await fetchDocument(ctx, actor.featuredIri)
  if (isRefused(collection)) return null
  const postIds: string[] = []
  // Misskey embeds the posts, Mastodon lists either.
  for (const iri of idsOf(await readItems(ctx, collection.document), mostPins)) {
    // One that cannot be read now does not take the others with it.
    const post = await knowPost(ctx, iri).catch((error: unknown) => {
      ctx.log.info({ iri, err: error }, 'a pinned post could not be fetched')
      return null
    })
    if (post && (await mayPin(ctx, actor, post))) postIds.push(post.id)
  }
  await receivePins(ctx, actor.id, postIds)
  return null
}
