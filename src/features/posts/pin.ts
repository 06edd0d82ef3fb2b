import type { Ctx, Viewer } from '#src/context.ts'
import { recordAct } from '#src/db/audit.ts'
import { transaction } from '#src/db/client.ts'
import { lockByName } from '#src/db/tombstones.ts'
import { emit } from '#src/effects.ts'
import { notFound } from '#src/errors.ts'
import { countPins, deletePin, insertPin, keepPins } from './pin-queries.ts'
import { fieldProblem, postLimits, requirePublisher } from './policy.ts'
import { findVisiblePost } from './queries.ts'

/**
 * Shows a post of the viewer's actor first on its profile.
 * @throws Problem `notFound` for what the viewer may not see, `invalid` for posts of others, boosts, direct posts and one too many
 */
export async function pinPost(ctx: Ctx, viewer: Viewer, postId: string): Promise<void> {
  requirePublisher(viewer, false)
  const { actorId, userId } = viewer
  const post = await findVisiblePost(ctx.db, actorId, postId)
  if (!post) throw notFound()
  if (post.actorId !== actorId) throw fieldProblem('base', 'ERR_INVALID', 'must be a post of your own')
  if (post.boostOfId) throw fieldProblem('base', 'ERR_INVALID', 'may not be a boost')
  if (post.visibility === 'direct') throw fieldProblem('base', 'ERR_INVALID', 'may not be a direct post')
  await transaction(ctx.db, async (tx) => {
    // Two at once must not be one too many.
    await lockByName(tx, `pins of ${actorId}`)
    const isNew = await insertPin(tx, { actorId, userId, postId })
    if (!isNew) return
    if ((await countPins(tx, actorId)) > postLimits.pins)
      throw fieldProblem('base', 'ERR_TOO_MANY', `may be ${postLimits.pins} at the most`)
    await emit(tx, { type: 'post.pinned', postId, actorId })
    await recordAct(tx, { viewer, action: 'post.pinned', subjectId: postId })
  })
}

/** Shows a post in its place again. @throws Problem `notFound` for what the viewer may not see */
export async function unpinPost(ctx: Ctx, viewer: Viewer, postId: string): Promise<void> {
  requirePublisher(viewer, false)
  if (!(await findVisiblePost(ctx.db, viewer.actorId, postId))) throw notFound()
  await transaction(ctx.db, async (tx) => {
    if (!(await deletePin(tx, viewer.actorId, postId))) return
    await emit(tx, { type: 'post.unpinned', postId, actorId: viewer.actorId })
    await recordAct(tx, { viewer, action: 'post.unpinned', subjectId: postId })
  })
}

const mostOfOthers = 50

/** A remote actor shows a post of its own first, or no longer. @param isPinned what it says */
export async function receivePin(ctx: Ctx, pin: { actorId: string; postId: string; isPinned: boolean }): Promise<void> {
  const { actorId, postId, isPinned } = pin
  await transaction(ctx.db, async (tx) => {
    if (!isPinned) return void (await deletePin(tx, actorId, postId))
    // What others show is not ours to refuse, but it must not grow without end.
    if ((await countPins(tx, actorId)) < mostOfOthers) await insertPin(tx, { actorId, userId: null, postId })
  })
}

/** A remote actor shows these posts first, in this order, and no others. */
export async function receivePins(ctx: Ctx, actorId: string, postIds: readonly string[]): Promise<void> {
  await transaction(ctx.db, async (tx) => {
    await keepPins(tx, actorId, postIds)
    // The last pinned is shown first, and is named first.
    for (const postId of postIds.toReversed()) await insertPin(tx, { actorId, userId: null, postId })
  })
}
