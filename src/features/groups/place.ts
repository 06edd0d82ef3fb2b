import type { Ctx } from '#src/context.ts'
import { type Db, type Tx, transaction } from '#src/db/client.ts'
import { lockByName } from '#src/db/tombstones.ts'
import { emit } from '#src/effects.ts'
import { conflict } from '#src/errors.ts'
import { findBoost, findPost, type Post } from '#src/features/posts/queries.ts'
import { deleteBoost } from '#src/features/posts/remove-queries.ts'
import { insertPost, nextPostId, setEffect } from '#src/features/posts/write-queries.ts'
import { explain } from './messages.ts'
import {
  findPlace,
  insertPlace,
  listPlaces,
  markRemoved,
  markRestored,
  namesOutsiders,
  type PlaceHere,
} from './place-queries.ts'
import { judge, newcomer, type Refusal } from './policy.ts'
import { findStanding, type Group, noteRefusal } from './queries.ts'
import { countPlacesBy } from './topic-queries.ts'

/** What somebody has written, and where in a group it belongs. */
export type Entry = Readonly<{
  group: Group
  post: Post
  /** The place of what it answers there; null for the beginning of a topic. */
  parent: PlaceHere | null
}>

/**
 * Gives a post its place in a group, if the group takes it; a new topic is also shown to the members, as a boost by the group.
 * @returns why it is not taken; `removed` for what was taken out again; null when it was taken, now or before
 */
export async function enterPost(ctx: Ctx, entry: Entry): Promise<Refusal | 'removed' | null> {
  const { group, post, parent } = entry
  return transaction(ctx.db, async (tx) => {
    // What one author says is counted, and two at once must not be one too many.
    await lockByName(tx, `group ${group.actorId} ${post.actorId}`)
    const places = await listPlaces(tx, post.id)
    // Judged once: what has its place keeps it, though the topic was closed or its author went since.
    const place = places.find(({ groupId }) => groupId === group.actorId)
    if (place) return place.removedAt ? 'removed' : null
    const refusal = await judgeEntry(tx, entry, ctx.now())
    if (refusal) return refusal
    const topicId = parent?.topicId ?? post.id
    const isNew = await insertPlace(tx, { groupId: group.actorId, postId: post.id, topicId, addedAt: ctx.now() })
    if (isNew && !parent) await showTopic(tx, { group, post, now: ctx.now() })
    return null
  })
}

async function judgeEntry(tx: Tx, { group, post, parent }: Entry, now: Date): Promise<Refusal | null> {
  const by = { groupId: group.actorId, actorId: post.actorId }
  const since = new Date(now.getTime() - 3_600_000)
  return judge({
    group,
    standing: await findStanding(tx, by.groupId, by.actorId, now),
    visibility: post.visibility,
    namesOutsiders: group.isPrivate && (await namesOutsiders(tx, group.actorId, post)),
    isClosed: parent !== null && (parent.lockedAt !== null || parent.removedAt !== null),
    ...(await countPlacesBy(tx, { ...by, since })),
    isTopic: parent === null,
    now,
  })
}

/**
 * What an edit does to a place: its author may be kept out by now, and then it is not passed on; what is no longer for those who read in the group
 * leaves it.
 */
export async function keepPlace(ctx: Ctx, group: Group, post: Post): Promise<boolean> {
  const { isBanned } = await findStanding(ctx.db, group.actorId, post.actorId, ctx.now())
  if (isBanned) return false
  if (await isForGroup(ctx.db, group, post)) return true
  await transaction(ctx.db, async (tx) => {
    const removal = { groupId: group.actorId, postId: post.id, byId: post.actorId, now: ctx.now() }
    if (await markRemoved(tx, removal)) await hideTopic(tx, group.actorId, post)
  })
  return false
}

/** Whether a post is for those who read in a group, and in a private one for nobody else. */
async function isForGroup(db: Db | Tx, group: Group, post: Post): Promise<boolean> {
  if (!group.isPrivate) return post.visibility === 'public' || post.visibility === 'unlisted'
  return post.visibility === 'direct' && !(await namesOutsiders(db, group.actorId, post))
}

/**
 * Puts a post back that was taken out, and shows a topic to the members again. False when it was not out.
 * @throws Problem `conflict` for what was deleted since, or is no longer for those who read in the group
 */
export async function restorePost(
  tx: Tx,
  { group, postId, now }: Readonly<{ group: Group; postId: string; now: Date }>,
): Promise<boolean> {
  const [post, out] = [await findPost(tx, postId), await findPlace(tx, group.actorId, postId)]
  if (!out?.removedAt) return false
  // Nobody's removal: it answers no more, since who is answered did not let it in.
  if (!post || post.deletedAt || out.removedById === null || !(await isForGroup(tx, group, post)))
    throw conflict('This post is not for the group any more')
  const place = await markRestored(tx, group.actorId, postId)
  if (!place) return false
  if (place.topicId === postId) await showTopic(tx, { group, post, now })
  await emit(tx, { type: 'place.restored', groupId: group.actorId, postId })
  return true
}

/** Where programs know no groups, a topic comes as a boost by the account of the group. */
async function showTopic(
  tx: Tx,
  { group, post, now }: Readonly<{ group: Group; post: Post; now: Date }>,
): Promise<void> {
  const id = await nextPostId(tx, now)
  const visibility = group.isPrivate ? 'followers' : 'public'
  const row = { id, actorId: group.actorId, boostOfId: post.id, visibility, publishedAt: now } as const
  if (await insertPost(tx, row)) await setEffect(tx, id, await emit(tx, { type: 'boost.created', postId: id }))
}

/** Takes the boost of a topic back, when it was taken out. */
export async function hideTopic(tx: Tx, groupId: string, post: Post): Promise<void> {
  const boost = await findBoost(tx, groupId, post.id)
  if (!boost || !(await deleteBoost(tx, boost.id))) return
  const { effectId } = boost
  const withdrawn = { actorId: groupId, targetId: post.actorId, postId: post.id, effectId, activityIri: null }
  await emit(tx, { type: 'boost.undone', boostId: boost.id, ...withdrawn })
}

/** A group explains itself to the same one as often as this. */
const explainAgainMs = newcomer.forMs

/** What somebody wrote to a group that does not take it. */
export type Refused = Readonly<{
  group: Group
  post: Post
  activityIri: string
  reason: Refusal
}>

/** Tells somebody why a group has not taken what it wrote: its program each time, and, once a week, the person in a message of the group. */
export async function refuse(ctx: Ctx, { group, post, activityIri, reason }: Refused): Promise<void> {
  const { actorId: groupId } = group
  const { actorId } = post
  const now = ctx.now()
  await transaction(ctx.db, async (tx) => {
    await emit(tx, { type: 'group.refused', groupId, actorId, activityIri, reason })
    const since = new Date(now.getTime() - explainAgainMs)
    if (await noteRefusal(tx, { groupId, actorId, now, since })) await explain(ctx, tx, { group, post, reason })
  })
}
