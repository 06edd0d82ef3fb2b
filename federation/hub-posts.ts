import type { Ctx } from '#src/context.ts'
import { OutboundError } from '#src/core/outbound/error.ts'
import { findActorByIri } from '#src/features/actors/queries.ts'
import { receivePlacing, receiveRemoval } from '#src/features/groups/receive.ts'
import { findMeantVisibility } from '#src/features/posts/consent-queries.ts'
import type { Post } from '#src/features/posts/queries.ts'
import { receiveBoost } from '#src/features/posts/receive-boosts.ts'
import { receivePostDeleted } from '#src/features/posts/receive-changes.ts'
import { refreshActor } from './actors.ts'
import { readVisibility } from './audience.ts'
import { fetchDocument } from './documents.ts'
import { fetchActivity, findDecision, type Inner, isVouchedFor } from './hub-authority.ts'
import { findTopic, type Hub, isForAll, isForMembers, isInHub, isOpenPost, isSayable, mayBelong } from './hub-scope.ts'
import { isSameOrigin } from './origin.ts'
import type { Activity } from './read/activity.ts'
import { isRefused, type JsonObject } from './read/json.ts'
import { idOf } from './read/values.ts'
import { receiveFarewellHint } from './receive-actors.ts'
import { findKnownPost, isPostGone, receiveDeleteNote, rereadPost, storePostDocument } from './receive-posts.ts'

/** What a group has announced: `announce` is the activity that it signed. */
export type Announced = Readonly<{ hub: Hub; announce: Activity; isLate: boolean }>

const foreign = 'ignored: the post does not belong to the group'

/**
 * Takes a post into a group, with the topic to which it belongs. A topic is shown to the followers of the group once, however often and in
 * whatever form it is announced; an answer is not, or they would see nothing else.
 * @param isNews whether the group announces the post itself, and not a change of it
 */
export async function placePost(ctx: Ctx, announced: Announced, post: Post, isNews: boolean): Promise<string> {
  const { hub } = announced
  // An answer that waits to be let in has its place already, where nobody sees it yet.
  const meant = { ...post, visibility: await findMeantVisibility(ctx.db, post) }
  if (post.boostOfId || !(await isSayable(ctx, hub, meant))) return 'ignored: the post is not for everybody'
  const topic = await findTopic(ctx, hub, post)
  if (!topic) return foreign
  if (isOpenPost(topic) !== isOpenPost(meant)) return 'ignored: its topic is for others'
  const common = { groupId: hub.id, groupIri: hub.iri, topicId: topic.id }
  if (topic.id !== post.id) await receivePlacing(ctx, { ...common, postId: topic.id })
  const outcome = await receivePlacing(ctx, { ...common, postId: post.id })
  if (outcome === 'removed') return 'ignored: the post was removed from the group'
  if (outcome === 'banned') return 'ignored: its author may not take part in the group'
  if (topic.id === post.id && isNews) await showTopic(ctx, announced, post)
  return 'done'
}

/** Shows a topic to the followers of a group, to whom it was announced, whoever is named beside them. */
export async function showTopic(ctx: Ctx, { hub, announce }: Announced, post: Post): Promise<void> {
  const visibility = readVisibility(announce, hub.followersIri)
  await receiveBoost(ctx, {
    actorId: hub.id,
    activityIri: announce.id,
    postId: post.id,
    isTopic: true,
    publishedAt: announce.published ?? ctx.now(),
    visibility: visibility === 'direct' ? 'followers' : visibility,
  })
}

/** A post that a group announces by its id, or as an object of which only its own server can say what it looks like. */
export async function receiveObject(ctx: Ctx, announced: Announced, object: Activity['object']): Promise<string> {
  const { hub } = announced
  const { id, embedded } = object
  if (!id) return 'ignored: the post has no id'
  const known = await findKnownPost(ctx, id)
  if (known) return placePost(ctx, announced, known, true)
  if (ctx.uris.publicUrl === new URL(id).origin) return 'ignored: the post is not there'
  // The group's own server says what its own posts look like.
  const isOwn = embedded !== null && isSameOrigin(id, hub.iri)
  const document = isOwn ? embedded : await readDocument(ctx, id)
  return document ? keepAndPlace(ctx, announced, document) : 'ignored: the post cannot be read'
}

/** Keeps a post that may be believed, if it belongs to the group, and takes it in. */
export async function keepAndPlace(
  ctx: Ctx,
  announced: Announced,
  document: JsonObject,
  isNews = true,
): Promise<string> {
  const id = idOf(document)
  const known = await findKnownPost(ctx, id)
  if (known) return placePost(ctx, announced, known, isNews)
  const { hub, announce } = announced
  if (!isForAll(document) && !isForMembers(hub, announce, document)) return 'ignored: the post is not for everybody'
  if (!(await mayBelong(ctx, announced.hub, document))) return foreign
  const post = await storePostDocument(ctx, document)
  return post ? placePost(ctx, announced, post, isNews) : 'ignored: the post cannot be read'
}

/** The document of a post as its own server serves it; null when it does not. */
async function readDocument(ctx: Ctx, iri: string): Promise<JsonObject | null> {
  const answer = await fetchDocument(ctx, iri)
  return isRefused(answer) || answer.iri !== iri ? null : answer.document
}

/**
 * A post was made. It is believed as it came where its author is vouched for, else as its own server serves it, or as that server serves the
 * activity.
 */
export async function receiveCreateIn(ctx: Ctx, announced: Announced, inner: Inner): Promise<string> {
  const { id } = inner.activity.object
  const known = await findKnownPost(ctx, id)
  if (known) return placePost(ctx, announced, known, true)
  if (!id || ctx.uris.publicUrl === new URL(id).origin) return 'ignored: the post is not there'
  const document = await documentOf(ctx, announced.hub, inner)
  return document ? keepAndPlace(ctx, announced, document) : 'ignored: the post cannot be read'
}

async function documentOf(ctx: Ctx, hub: Hub, inner: Inner): Promise<JsonObject | null> {
  const { activity } = inner
  const own = ownObject(activity)
  if (own && (await isVouchedFor(ctx, hub, inner))) return own
  const read = activity.object.id ? await unlessUnreachable(readDocument(ctx, activity.object.id)) : null
  if (read) return read
  const fetched = await fetchActivity(ctx, activity)
  return fetched && fetched.object.id === activity.object.id ? ownObject(fetched) : null
}

/** For what can be done without an answer, or with another one. */
export async function unlessUnreachable<T>(reading: Promise<T>): Promise<T | null> {
  return reading.catch((error) => {
    if (error instanceof OutboundError) return null
    throw error
  })
}

/** What the actor of an activity has made itself and sent along. */
function ownObject({ actor, object: { id, embedded } }: Activity): JsonObject | null {
  const isOwn = embedded && id && isSameOrigin(id, actor) && idOf(embedded.attributedTo) === actor
  return isOwn ? embedded : null
}

/** A post or a profile was changed: its own server says how. */
export async function receiveUpdateIn(ctx: Ctx, announced: Announced, { activity }: Inner): Promise<string> {
  const { hub } = announced
  const { id } = activity.object
  if (!id || ctx.uris.publicUrl === new URL(id).origin) return 'ignored: it is our own'
  const post = await findKnownPost(ctx, id)
  if (post) return (await isInHub(ctx, hub, post)) ? rereadPost(ctx, post) : foreign
  if (id === hub.iri || (await findActorByIri(ctx.db, id))) {
    return (await refreshActor(ctx, id)) ? 'done' : 'ignored: the profile cannot be read'
  }
  const document = await readDocument(ctx, id)
  return document ? keepAndPlace(ctx, announced, document, false) : 'ignored: the post cannot be read'
}

/**
 * A post was deleted. It is gone when its own server says so. Else it is taken out of the group, and out of nothing else, when somebody says so
 * who decides about what is in it.
 */
export async function receiveDeleteIn(ctx: Ctx, { hub }: Pick<Announced, 'hub'>, inner: Inner): Promise<string> {
  const { activity } = inner
  const { id } = activity.object
  if (id === activity.actor) return receiveFarewellHint(ctx, activity)
  const post = await findKnownPost(ctx, id)
  if (!post) return forgetInAdvance(ctx, hub, inner)
  if (!(await isInHub(ctx, hub, post))) return foreign
  const presence = await askForPost(ctx, post)
  if (presence === 'gone' && post.iri) {
    await receivePostDeleted(ctx, { actorId: post.actorId, iri: post.iri })
    return 'done'
  }
  const decision = await findDecision(ctx, hub, inner)
  if (decision) return takeOut(ctx, hub, { post, byIri: decision.actor })
  // It may be gone: its server is asked again.
  if (presence instanceof OutboundError) throw presence
  return 'ignored: the post is still there, and its removal by nobody who decides'
}

/** Whether a post is gone, as its server says; what kept us from asking when it does not answer: a removal must not wait for it. */
async function askForPost(ctx: Ctx, post: Post): Promise<'gone' | 'there' | OutboundError> {
  if (!post.iri) return 'there'
  try {
    return (await isPostGone(ctx, post)) ? 'gone' : 'there'
  } catch (error) {
    if (error instanceof OutboundError) return error
    throw error
  }
}

/** What its author has withdrawn before it came is refused when it comes. */
async function forgetInAdvance(ctx: Ctx, hub: Hub, inner: Inner): Promise<string> {
  const { id, actor, object } = inner.activity
  const isOwn = object.id !== null && isSameOrigin(object.id, actor) && isSameOrigin(id, actor)
  if (!isOwn || ctx.uris.read(actor)) return 'ignored: we do not have the post'
  return (await isVouchedFor(ctx, hub, inner))
    ? receiveDeleteNote(ctx, inner.activity)
    : 'ignored: we do not have the post'
}

/** Takes a post out of a group whose word about it counts. */
export async function takeOut(
  ctx: Ctx,
  hub: Hub,
  { post, byIri }: Readonly<{ post: Post; byIri: string }>,
): Promise<string> {
  // What belongs to the group and was not announced yet is remembered as removed.
  const topic = await findTopic(ctx, hub, post)
  if (topic) {
    await receivePlacing(ctx, { groupId: hub.id, groupIri: hub.iri, postId: post.id, topicId: topic.id })
  }
  const by = await findActorByIri(ctx.db, byIri)
  await receiveRemoval(ctx, { groupId: hub.id, postId: post.id, byId: by?.id ?? null })
  return 'done'
}
