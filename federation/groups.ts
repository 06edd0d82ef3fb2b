import type { Ctx } from '#src/context.ts'
import { isPostWaiting } from '#src/db/effects.ts'
import { type Actor, findActor, findActorByIri, listLocalActors } from '#src/features/actors/queries.ts'
import { type Deed, receiveDeed } from '#src/features/groups/moderate.ts'
import { enterPost, keepPlace, refuse } from '#src/features/groups/place.ts'
import { listPlaces, type PlaceHere } from '#src/features/groups/place-queries.ts'
import { findGroup, findGroupByHandle, findStanding, type Group } from '#src/features/groups/queries.ts'
import { findBringing, forgetBringing } from '#src/features/posts/consent-queries.ts'
import { isRecipient } from '#src/features/posts/publication-queries.ts'
import { findPost, findPostByIri, findVisiblePost, type Post } from '#src/features/posts/queries.ts'
import { keepBringing } from '#src/features/posts/receive-consents.ts'
import { findLocalTarget, knowActor } from './actors.ts'
import { passOn, type Said } from './group-passing.ts'
import { isLiking, keyOfLiking } from './group-reactions.ts'
import { lookupsOf } from './known.ts'
import type { Outgoing } from './outgoing.ts'
import { type Activity, type ActivityType, readActivity } from './read/activity.ts'
import { isIgnored, isObject, isRefused, type JsonObject } from './read/json.ts'
import { addressesOf, dateOf, idOf } from './read/values.ts'

type Consider = (ctx: Ctx, said: Said, speaker: Actor) => Promise<void>

/**
 * What a group of ours does with what is said. Whatever is not here it passes by: above all what others announce, or activities could go
 * round in circles between groups.
 */
const considered: Partial<Record<ActivityType, Consider>> = {
  Create: considerPost,
  Update: considerChange,
  Delete: considerChange,
  Like: considerLike,
  Lock: considerDeed,
  Block: considerDeed,
  Add: considerDeed,
  Remove: considerDeed,
  Undo: considerUndo,
}

/**
 * Gives what was said a place in the groups of ours that it concerns, and passes it on to their members, once. Call it after the activity
 * was done, and only for what is vouched for.
 * @see https://w3id.org/fep/1b12
 */
export async function passThroughGroups(ctx: Ctx, said: Said): Promise<void> {
  const consider = considered[said.activity.type]
  if (!consider || !(await lookupsOf(ctx).hasGroups())) return
  const { actor } = said.activity
  const speaker = ctx.uris.read(actor) ? await findLocalTarget(ctx, actor) : await findActorByIri(ctx.db, actor)
  if (isHeard(speaker)) await consider(ctx, said, speaker)
}

function isHeard(speaker: Actor | null): speaker is Actor {
  return speaker !== null && !speaker.deletedAt && !speaker.suspendedAt && speaker.type !== 'Group'
}

/** The same for what one of ours has said. */
export async function passOwnThroughGroups(ctx: Ctx, { type, body }: Outgoing): Promise<void> {
  if (!(type in considered) || !(await lookupsOf(ctx).hasGroups())) return
  const activity = readActivity(JSON.parse(body) as JsonObject)
  if (isRefused(activity) || isIgnored(activity)) throw new Error('an activity of ours cannot be read')
  await passThroughGroups(ctx, { activity, body })
}

/** A post that answers nothing begins a topic where it is addressed to a group; an answer belongs where what it answers is. */
async function considerPost(ctx: Ctx, said: Said, speaker: Actor): Promise<void> {
  const post = await findSubject(ctx, said.activity.object.id)
  if (!post || post.deletedAt || post.actorId !== speaker.id || post.boostOfId || !isOwn(said.activity)) return
  if (post.inReplyToId === null && post.inReplyToIri === null) {
    for (const group of await listAddressed(ctx, said.activity)) await enter(ctx, said, { group, post, parent: null })
    return
  }
  const places = post.inReplyToId ? await listPlaces(ctx.db, post.inReplyToId) : []
  if (places.length === 0 && speaker.host === null) await waitForPlace(ctx, post)
  await enterBelow(ctx, said, post)
}

/** An answer belongs where what it answers is. */
async function enterBelow(ctx: Ctx, said: Said, post: Post): Promise<void> {
  for (const parent of post.inReplyToId ? await listPlaces(ctx.db, post.inReplyToId) : []) {
    const group = await findGroup(ctx.db, parent.groupId)
    if (group) await enter(ctx, said, { group, post, parent })
  }
}

/** What has to come before it is not there yet: nothing is wrong, and it is done again as often as it takes. */
export class NotYet extends Error {
  override readonly name = 'NotYet'
}

/**
 * Where what it answers was said here a moment ago, it may be that its place comes later than the answer: jobs keep no order.
 * @throws NotYet so that the job is done again in a while
 */
async function waitForPlace(ctx: Ctx, { id, inReplyToId }: Post): Promise<void> {
  if (!inReplyToId || !(await isPostWaiting(ctx.db, 'post.created', inReplyToId))) return
  throw new NotYet(`post ${id} waits until what it answers has its place`)
}

/** What is sent along speaks for the actor, or the group would put words into the mouth of somebody else. */
function isOwn({ actor, object: { embedded } }: Activity): boolean {
  return embedded === null || idOf(embedded.attributedTo) === actor
}

type Entering = Readonly<{ group: Group; post: Post; parent: PlaceHere | null }>

async function enter(ctx: Ctx, said: Said, entering: Entering): Promise<void> {
  // It waits until whom it answers lets it in, and enters then.
  if (entering.post.isHeld) return keepBringing(ctx, entering.post.id, said.body)
  const { visibility, id } = entering.post
  const isOpen = visibility === 'public' || visibility === 'unlisted'
  // A word aside, from one member to another, is none of the group's business.
  if (!isOpen && !(await isRecipient(ctx.db, id, entering.group.actorId))) return
  const { group, post } = entering
  const reason = await enterPost(ctx, entering)
  if (reason === 'removed') return
  // One post is passed on once, whatever its Create is called.
  if (!reason) return passOn(ctx, group, said, { authorId: post.actorId, key: post.id, postId: post.id })
  await refuse(ctx, { group, post, activityIri: said.activity.id, reason })
}

/** An answer from elsewhere that was held is let in: the groups of ours in which it belongs take it now. */
export async function passAdmittedThroughGroups(ctx: Ctx, postId: string): Promise<void> {
  const [post, body] = [await findPost(ctx.db, postId), await findBringing(ctx.db, postId)]
  const activity = body === null ? null : readActivity(JSON.parse(body) as JsonObject)
  if (!post || post.deletedAt || body === null || !activity || isRefused(activity) || isIgnored(activity)) return
  if (isHeard(await findActor(ctx.db, post.actorId))) await enterBelow(ctx, { activity, body }, post)
  await forgetBringing(ctx.db, postId)
}

/** What an author changes or takes back changes in the group; what a moderator deletes is only taken out of it. */
async function considerChange(ctx: Ctx, said: Said, speaker: Actor): Promise<void> {
  const { type, object, content } = said.activity
  const post = await findSubject(ctx, object.id)
  if (!post) return
  // Of what waits the groups are to take the newest words.
  if (type === 'Update' && post.isHeld && post.actorId === speaker.id && isOwn(said.activity))
    await enterBelow(ctx, said, post)
  for (const { groupId, removedAt } of await listPlaces(ctx.db, post.id)) {
    const group = await findGroup(ctx.db, groupId)
    if (!group) continue
    if (post.actorId === speaker.id) await considerOwnChange(ctx, said, { group, post, isRemoved: removedAt !== null })
    else if (type === 'Delete' && !removedAt) {
      const deed = { deed: 'remove', postId: post.id, reason: content ?? '' } as const
      await considerModeration(ctx, said, { group, speaker, deed })
    }
  }
}

type Changed = Readonly<{ group: Group; post: Post; isRemoved: boolean }>

async function considerOwnChange(ctx: Ctx, said: Said, { group, post, isRemoved }: Changed): Promise<void> {
  const authorId = post.actorId
  // Where it was taken out some may still have it.
  if (post.deletedAt || (said.activity.type === 'Delete' && post.isHeld))
    return passOn(ctx, group, said, { authorId, key: post.id })
  if (said.activity.type !== 'Update' || post.isHeld || isRemoved || !isOwn(said.activity)) return
  if (await keepPlace(ctx, group, post)) await passOn(ctx, group, said, { authorId, postId: post.id })
}

/** Nobody writes so much with a like: more would be a letter to all members. */
const longestReaction = 8_000

async function considerLike(ctx: Ctx, said: Said, speaker: Actor): Promise<void> {
  const { id: iri, object, reaction } = said.activity
  const post = await findSubject(ctx, object.id)
  const liking = post && { speaker, post, iri, emoji: reaction?.isLike === false ? reaction.emoji : undefined }
  if (liking && (await isLiking(ctx, liking))) await passReactionOn(ctx, said, { ...liking, key: keyOfLiking(liking) })
}

/** Only of a like that was passed on is it passed on that it was taken back. */
async function considerUnlike(ctx: Ctx, said: Said, speaker: Actor): Promise<void> {
  const { id: iri = null, object = null, reactsWith: emoji } = said.activity.inner ?? {}
  const post = await findSubject(ctx, object)
  const liking = post && { speaker, post, iri, emoji }
  if (!liking || (await isLiking(ctx, liking))) return
  await passReactionOn(ctx, said, { ...liking, key: keyOfLiking(liking), after: 'Like' })
}

type Reaction = Readonly<{ speaker: Actor; post: Post; key: string; after?: 'Like' }>

async function passReactionOn(ctx: Ctx, said: Said, { speaker, post, key, after }: Reaction): Promise<void> {
  if (said.body.length > longestReaction || !(await findVisiblePost(ctx.db, speaker.id, post.id))) return
  for (const { groupId, removedAt } of await listPlaces(ctx.db, post.id)) {
    const group = removedAt ? null : await findGroup(ctx.db, groupId)
    if (!group) continue
    const { isBanned, memberSince } = await findStanding(ctx.db, groupId, speaker.id, ctx.now())
    if (isBanned || (group.isPrivate && memberSince === null)) continue
    await passOn(ctx, group, said, { authorId: speaker.id, key, postId: post.id, ...(after ? { after } : {}) })
  }
}

/** What moderators take back. */
const undone: ReadonlySet<ActivityType> = new Set(['Lock', 'Block', 'Delete'])

async function considerUndo(ctx: Ctx, said: Said, speaker: Actor): Promise<void> {
  const { inner, object } = said.activity
  if (inner?.actor && inner.actor !== said.activity.actor) return
  if (inner?.type === 'Like') return considerUnlike(ctx, said, speaker)
  const inside = object.embedded && readActivity({ ...object.embedded, id: object.id ?? said.activity.id })
  if (!inside || isRefused(inside) || isIgnored(inside)) return
  if (undone.has(inside.type)) await doDeed(ctx, said, { speaker, about: inside, isUndone: true })
}

async function considerDeed(ctx: Ctx, said: Said, speaker: Actor): Promise<void> {
  await doDeed(ctx, said, { speaker, about: said.activity, isUndone: false })
}

type Doing = Readonly<{ speaker: Actor; about: Activity; isUndone: boolean }>

/** What a moderator who is at home elsewhere does in a group of ours. Ours do it on our pages. */
async function doDeed(ctx: Ctx, said: Said, doing: Doing): Promise<void> {
  const { speaker, about } = doing
  if (speaker.host === null) return
  const deed = await readDeed(ctx, doing)
  if (!deed) return
  for (const group of await listConcerned(ctx, about, deed))
    await considerModeration(ctx, said, { group, speaker, deed })
}

async function listConcerned(ctx: Ctx, about: Activity, deed: Deed): Promise<Group[]> {
  if (about.target) {
    const named = await findByAddress(ctx, about.target.replace(/\/(moderators|collections\/featured)$/, ''))
    return named ? [named] : []
  }
  if (!('postId' in deed)) return []
  const places = await listPlaces(ctx.db, deed.postId)
  const found = await Promise.all(places.map(({ groupId }) => findGroup(ctx.db, groupId)))
  return found.filter((group) => group !== null)
}

async function readDeed(ctx: Ctx, { about, isUndone }: Doing): Promise<Deed | null> {
  const { type, object, target, raw } = about
  if (type === 'Lock') {
    const post = await findSubject(ctx, object.id)
    return post && { deed: isUndone ? 'unlock' : 'lock', postId: post.id }
  }
  if (type === 'Delete') {
    const post = await findSubject(ctx, object.id)
    return post && { deed: 'restore', postId: post.id }
  }
  if (type === 'Add' || type === 'Remove') return readCollectionDeed(ctx, { type, object: object.id, target })
  if (type !== 'Block' || !target || !object.id) return null
  const whom = await knowActor(ctx, object.id)
  if (!whom) return null
  if (isUndone) return { deed: 'unban', targetId: whom.id }
  const until = dateOf(raw.endTime) ?? dateOf(raw.expires)
  const reason = about.content ?? ''
  const told = { until: until?.toISOString() ?? null, reason, removesPosts: raw.removeData === true }
  return { deed: 'ban', targetId: whom.id, ...told }
}

type CollectionDeed = Readonly<{ type: 'Add' | 'Remove'; object: string | null; target: string | null }>

async function readCollectionDeed(ctx: Ctx, { type, object, target }: CollectionDeed): Promise<Deed | null> {
  if (!object || !target) return null
  if (target.endsWith('/moderators')) {
    const whom = await knowActor(ctx, object)
    return whom && { deed: type === 'Add' ? 'appoint' : 'dismiss', targetId: whom.id }
  }
  const post = await findSubject(ctx, object)
  return post && { deed: type === 'Add' ? 'pin' : 'unpin', postId: post.id }
}

type Moderation = Readonly<{ group: Group; speaker: Actor; deed: Deed }>

async function considerModeration(ctx: Ctx, said: Said, { group, speaker, deed }: Moderation): Promise<void> {
  if (await receiveDeed(ctx, group.actorId, speaker.id, deed)) await passOn(ctx, group, said, { authorId: speaker.id })
}

/** A post that an address names, deleted ones too. */
async function findSubject(ctx: Ctx, iri: string | null): Promise<Post | null> {
  const target = iri ? ctx.uris.read(iri) : null
  if (target) return target.kind === 'post' ? findPost(ctx.db, target.id) : null
  return iri ? findPostByIri(ctx.db, iri) : null
}

/** Addresses that are looked at: nobody writes to more groups. */
const mostAddressed = 100

/** The groups of ours to which something is addressed. */
async function listAddressed(ctx: Ctx, { to, cc, raw, object: { embedded } }: Activity): Promise<Group[]> {
  const inner = isObject(embedded) ? [embedded.to, embedded.cc, embedded.audience] : []
  const addresses = new Set([...to, ...cc, ...[raw.audience, ...inner].flatMap(addressesOf)])
  const handles = [...addresses].flatMap((iri) => {
    const target = ctx.uris.read(iri)
    return target?.kind === 'actor' ? target.handle : []
  })
  const named = await listLocalActors(ctx.db, [...new Set(handles)].slice(0, mostAddressed))
  const found = named.filter(({ type }) => type === 'Group').map(({ id }) => findGroup(ctx.db, id))
  return (await Promise.all(found)).filter((group) => group !== null)
}

async function findByAddress(ctx: Ctx, iri: string): Promise<Group | null> {
  const target = ctx.uris.read(iri)
  return target?.kind === 'actor' ? findGroupByHandle(ctx.db, target.handle) : null
}
