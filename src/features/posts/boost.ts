import type { Ctx, Viewer } from '#src/context.ts'
import { recordAct } from '#src/db/audit.ts'
import { transaction } from '#src/db/client.ts'
import { emit } from '#src/effects.ts'
import { forbidden, notFound } from '#src/errors.ts'
import { requireStaying } from '#src/features/actors/move-queries.ts'
import { mayBoost, requirePublisher } from './policy.ts'
import { findBoost, findPost, findPostingDefaults, findVisiblePost, type Post, type Visibility } from './queries.ts'
import { requireConsent } from './reaction-policy.ts'
import { deleteBoost } from './remove-queries.ts'
import { insertPost, nextPostId, setEffect } from './write-queries.ts'

/** Who may be shown a boost; a boost to named people does not exist. */
export type BoostVisibility = Exclude<Visibility, 'direct'>

/**
 * Shows a post to the followers of the viewer's actor. Boosting twice is boosting once.
 * @param postId of the post, or of somebody's boost of it
 * @returns the id of the boost
 * @throws Problem `notFound` for what the viewer may not see, `forbidden` for what may not be passed on, or not by them, and for roles that do not publish
 */
export async function boostPost(
  ctx: Ctx,
  viewer: Viewer,
  postId: string,
  visibility?: BoostVisibility,
): Promise<string> {
  const found = await findVisiblePost(ctx.db, viewer.actorId, postId)
  const post = found?.boostOfId ? await findVisiblePost(ctx.db, viewer.actorId, found.boostOfId) : found
  if (!post) throw notFound()
  requirePublisher(viewer, false)
  await requireStaying(ctx.db, viewer.actorId)
  if (!mayBoost(viewer.actorId, post)) throw forbidden('This post is not for everybody, and so it cannot be boosted')
  await requireConsent(ctx, viewer, post, 'boost')
  return transaction(ctx.db, async (tx) => {
    const usual = visibility ?? (await findPostingDefaults(tx, viewer.actorId)).visibility
    const id = await nextPostId(tx, ctx.now())
    const isNew = await insertPost(tx, {
      id,
      actorId: viewer.actorId,
      userId: viewer.userId,
      appId: viewer.appId,
      boostOfId: post.id,
      visibility: toBoostVisibility(post, usual),
      publishedAt: ctx.now(),
    })
    if (!isNew) return getBoost(await findBoost(tx, viewer.actorId, post.id))
    await setEffect(tx, id, await emit(tx, { type: 'boost.created', postId: id }))
    await recordAct(tx, { viewer, action: 'boost.created', subjectId: post.id })
    return id
  })
}

/** An author's boost of a followers-only post goes to the same followers. */
function toBoostVisibility(post: Post, wanted: Visibility): Visibility {
  if (post.visibility === 'followers' || wanted === 'direct') return 'followers'
  return wanted
}

function getBoost(boost: Post | null): string {
  if (!boost) throw new Error('a boost was there when it was written and gone when it was read')
  return boost.id
}

/**
 * Takes a boost back; there is nothing to do when there is none.
 * @param postId of the post, or of the viewer's boost of it
 */
export async function undoBoost(ctx: Ctx, viewer: Viewer, postId: string): Promise<void> {
  requirePublisher(viewer, false)
  const found = await findPost(ctx.db, postId)
  const post = found?.boostOfId ? await findPost(ctx.db, found.boostOfId) : found
  if (!post) throw notFound()
  await transaction(ctx.db, async (tx) => {
    const boost = await findBoost(tx, viewer.actorId, post.id)
    if (!boost || !(await deleteBoost(tx, boost.id))) return
    const { actorId, effectId } = boost
    const withdrawn = { actorId, targetId: post.actorId, postId: post.id, effectId, activityIri: null }
    await emit(tx, { type: 'boost.undone', boostId: boost.id, ...withdrawn })
    await recordAct(tx, { viewer, action: 'boost.undone', subjectId: post.id })
  })
}
