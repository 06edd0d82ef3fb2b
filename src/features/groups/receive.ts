import type { Ctx } from '#src/context.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { lockByName } from '#src/db/tombstones.ts'
import { emit } from '#src/effects.ts'
import { isKeptOut } from '#src/features/follows/queries.ts'
import { deletePin } from '#src/features/posts/pin-queries.ts'
import { findBoost, findPost } from '#src/features/posts/queries.ts'
import { deleteBoost } from '#src/features/posts/remove-queries.ts'
import { deleteBan, upsertBan } from './ban-queries.ts'
import {
  findPlace,
  insertAnswersBelow,
  insertPlace,
  listPlacesOf,
  markRemoved,
  markRestored,
  type Place,
  setLocked,
} from './place-queries.ts'

/** A post in a group of another server, as that group states it. */
export type Placing = Readonly<{ groupId: string; groupIri: string; postId: string; topicId: string }>

/** All that is said of one post in one group comes one after the other. */
const nameOf = (groupId: string, postId: string) => `place ${groupId} ${postId}`

/**
 * Takes a post into a group, once, with the answers to it that wait for it. `removed`: it was taken out before, and what is late does not bring it
 * back. `banned`: its author may not take part.
 */
export async function receivePlacing(ctx: Ctx, placing: Placing): Promise<'added' | 'already' | 'removed' | 'banned'> {
  const { groupId, postId } = placing
  const now = ctx.now()
  return transaction(ctx.db, async (tx) => {
    await lockByName(tx, nameOf(groupId, postId))
    const place = await findPlace(tx, groupId, postId)
    if (place) return place.removedAt ? 'removed' : 'already'
    const post = await findPost(tx, postId)
    if (!post || (await isKeptOut(tx, groupId, post.actorId, now))) return 'banned'
    const { groupIri, ...row } = placing
    if (!(await insertPlace(tx, { ...row, addedAt: now }))) return 'already'
    await insertAnswersBelow(tx, { ...placing, now })
    return 'added'
  })
}

/** Takes a post out of a group: it is still what it is everywhere else. False when it was not there. */
export async function receiveRemoval(
  ctx: Ctx,
  removal: Readonly<{ groupId: string; postId: string; byId: string | null }>,
): Promise<boolean> {
  return transaction(ctx.db, (tx) => remove(ctx, tx, removal))
}

async function remove(
  ctx: Ctx,
  tx: Tx,
  { groupId, postId, byId }: Readonly<{ groupId: string; postId: string; byId: string | null }>,
): Promise<boolean> {
  await lockByName(tx, nameOf(groupId, postId))
  if (!(await markRemoved(tx, { groupId, postId, byId, now: ctx.now() }))) return false
  await emit(tx, { type: 'place.removed', groupId, postId, actorId: byId }, 'remote')
  await deletePin(tx, groupId, postId)
  const [boost, post] = [await findBoost(tx, groupId, postId), await findPost(tx, postId)]
  if (!boost || !post || !(await deleteBoost(tx, boost.id))) return true
  const withdrawn = { actorId: groupId, targetId: post.actorId, postId, effectId: null }
  const fact = { type: 'boost.undone', boostId: boost.id, ...withdrawn, activityIri: boost.activityIri } as const
  await emit(tx, fact, 'remote')
  return true
}

/** Takes a removal back; the place of the post, or null when it was not removed. */
export async function receiveRestoration(ctx: Ctx, groupId: string, postId: string): Promise<Place | null> {
  return transaction(ctx.db, async (tx) => {
    await lockByName(tx, nameOf(groupId, postId))
    const place = await markRestored(tx, groupId, postId)
    if (place) await emit(tx, { type: 'place.restored', groupId, postId }, 'remote')
    return place
  })
}

/** A topic of a group takes no answers any more, or does again. False when there is no such topic, or it was so. */
export async function receiveLock(
  ctx: Ctx,
  { groupId, topicId, isLocked }: Readonly<{ groupId: string; topicId: string; isLocked: boolean }>,
): Promise<boolean> {
  return transaction(ctx.db, (tx) => setLocked(tx, { groupId, topicId, lockedAt: isLocked ? ctx.now() : null }))
}

/** Somebody may not take part in a group any more. `removesPosts`: what they wrote there is taken out too. */
export type Ban = Readonly<{
  groupId: string
  actorId: string
  byId: string | null
  until: Date | null
  removesPosts: boolean
}>

/** Keeps somebody out of a group, unless that has ended already. */
export async function receiveBan(ctx: Ctx, ban: Ban): Promise<void> {
  const { groupId, actorId, byId, until, removesPosts } = ban
  await transaction(ctx.db, async (tx) => {
    if (until === null || until > ctx.now()) await upsertBan(tx, { groupId, actorId, until })
    if (!removesPosts) return
    // In one order everywhere: two that remove at once must not wait for each other crosswise.
    for (const postId of (await listPlacesOf(tx, groupId, actorId)).sort())
      await remove(ctx, tx, { groupId, postId, byId })
  })
}

/** Lets somebody take part in a group again; what was taken out stays out. */
export async function receiveUnban(ctx: Ctx, groupId: string, actorId: string): Promise<void> {
  await transaction(ctx.db, (tx) => deleteBan(tx, groupId, actorId))
}
