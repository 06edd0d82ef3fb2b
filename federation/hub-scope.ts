import type { Ctx } from '#src/context.ts'
import type { Actor } from '#src/features/actors/queries.ts'
import { findAddressing } from '#src/features/groups/hub-queries.ts'
import { findPlace } from '#src/features/groups/place-queries.ts'
import { isRecipient } from '#src/features/posts/publication-queries.ts'
import type { Post } from '#src/features/posts/queries.ts'
import { lookupsOf } from './known.ts'
import type { Activity } from './read/activity.ts'
import type { JsonObject } from './read/json.ts'
import { publicIri } from './read/terms.ts'
import { addressesOf, firstIdOf, idsOf } from './read/values.ts'
import { findKnownPost } from './receive-posts.ts'

/** A group of another server. */
export type Hub = Actor & Readonly<{ iri: string }>

/** Whether an actor is a group that is at home elsewhere. */
export function isHub(actor: Actor | null): actor is Hub {
  return actor !== null && actor.type === 'Group' && actor.iri !== null
}

/** Authors that are looked at: PeerTube names the account and its channel. */
const mostAuthors = 10

/**
 * What a document says itself of the group to which it belongs. `audience` decides where it names somebody; else it is enough that the group is
 * addressed, or, as PeerTube writes it, one of those to whom it is attributed.
 * @see https://w3id.org/fep/1b12
 */
export function claimOf(document: JsonObject, groupIri: string): 'this' | 'another' | 'none' {
  const audience = addressesOf(document.audience).filter((iri) => iri !== publicIri)
  if (audience.includes(groupIri)) return 'this'
  if (audience.length > 0) return 'another'
  const named = [document.to, document.cc].flatMap(addressesOf)
  const isNamed = named.includes(groupIri) || idsOf(document.attributedTo, mostAuthors).includes(groupIri)
  return isNamed ? 'this' : 'none'
}

/** Whether a document is for everybody. */
export function isForAll({ to, cc }: JsonObject): boolean {
  return [to, cc].some((addresses) => addressesOf(addresses).includes(publicIri))
}

/**
 * Whether a group announces to its members alone what is for them alone. Its author has addressed it to the group, or the group would pass on what
 * was said to somebody else.
 */
export function isForMembers(hub: Hub, announce: Activity, document: JsonObject): boolean {
  const { followersIri, iri } = hub
  const heard = [...announce.to, ...announce.cc]
  const isAmongThem = followersIri !== null && heard.includes(followersIri) && !heard.includes(publicIri)
  return isAmongThem && [document.to, document.cc].flatMap(addressesOf).includes(iri)
}

/** Whether a post may be in a group: it is for everybody, or was said to the group directly. */
export async function isSayable(ctx: Ctx, hub: Hub, post: Post): Promise<boolean> {
  return isOpenPost(post) || (post.visibility === 'direct' && (await isRecipient(ctx.db, post.id, hub.id)))
}

/** Whether a post that we have is for everybody. */
export function isOpenPost({ visibility }: Pick<Post, 'visibility'>): boolean {
  return visibility === 'public' || visibility === 'unlisted'
}

/** The same of a post that we have, by its document as its own server served it; ours belong to groups to which they are addressed. */
export async function claimOfPost(ctx: Ctx, hub: Hub, post: Post): Promise<'this' | 'another' | 'none'> {
  if (post.iri === null) return (await isRecipient(ctx.db, post.id, hub.id)) ? 'this' : 'none'
  const addressing = await findAddressing(ctx.db, post.id)
  return addressing ? claimOf(addressing, hub.iri) : 'none'
}

/**
 * The topic of a group to which a post belongs: the first post of its conversation, when the group has it, or it says itself that it is for the
 * group. A group has no say about any other post. Null when it is none of its topics, or when we do not know what the post answers.
 */
export async function findTopic(ctx: Ctx, hub: Hub, post: Post): Promise<Post | null> {
  if ((await findPlace(ctx.db, hub.id, post.id)) === null && (await claimOfPost(ctx, hub, post)) === 'another')
    return null
  const root = await findRoot(ctx, post)
  if (!root) return null
  const isTopic = (await findPlace(ctx.db, hub.id, root.id)) !== null || (await claimOfPost(ctx, hub, root)) === 'this'
  return isTopic ? root : null
}

async function findRoot(ctx: Ctx, post: Post): Promise<Post | null> {
  const isFirst = post.conversationId === null || post.conversationId === post.id
  const root = isFirst ? post : await lookupsOf(ctx).post(post.conversationId ?? '')
  if (!root || root.deletedAt || root.boostOfId) return null
  return root.inReplyToId === null && root.inReplyToIri === null ? root : null
}

/** Whether a group may say something about a post. */
export async function isInHub(ctx: Ctx, hub: Hub, post: Post): Promise<boolean> {
  return (await findPlace(ctx.db, hub.id, post.id)) !== null || (await findTopic(ctx, hub, post)) !== null
}

/** Whether a document that we do not have yet may belong to a group: asked before anything is kept, or fetched because of it. */
export async function mayBelong(ctx: Ctx, hub: Hub, document: JsonObject): Promise<boolean> {
  const claim = claimOf(document, hub.iri)
  if (claim === 'another') return false
  const parent = await findKnownPost(ctx, firstIdOf(document.inReplyTo))
  return parent ? (await findTopic(ctx, hub, parent)) !== null : claim === 'this'
}
