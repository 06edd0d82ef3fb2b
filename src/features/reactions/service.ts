import type { Ctx, Viewer } from '#src/context.ts'
import { recordAct } from '#src/db/audit.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { isWithdrawn, layTombstone, lockByName } from '#src/db/tombstones.ts'
import { emit } from '#src/effects.ts'
import { notFound } from '#src/errors.ts'
import { findPost, findVisiblePost, type Post } from '#src/features/posts/queries.ts'
import { requireReacting } from './policy.ts'
import { deleteLike, deleteLikeByActivity, insertLike, type Like, setLikeEffect } from './queries.ts'

/**
 * Likes a post as the viewer's actor. Liking twice is liking once.
 * @param postId of the post, or of somebody's boost of it
 * @returns the id of the post that is liked
 * @throws Problem `notFound` for what the viewer may not see, `forbidden` for roles that do not react
 */
export async function likePost(ctx: Ctx, viewer: Viewer, postId: string): Promise<string> {
  requireReacting(viewer)
  const found = await findVisiblePost(ctx.db, viewer.actorId, postId)
  const post = found?.boostOfId ? await findVisiblePost(ctx.db, viewer.actorId, found.boostOfId) : found
  if (!post) throw notFound()
  await transaction(ctx.db, async (tx) => {
    const { actorId, userId } = viewer
    const likeId = await insertLike(tx, { actorId, userId, postId: post.id })
    if (!likeId) return
    await setLikeEffect(tx, likeId, await emit(tx, { type: 'like.created', likeId }))
    await recordAct(tx, { viewer, action: 'like.created', subjectId: post.id })
  })
  return post.id
}

/**
 * Takes a like back; there is nothing to do when there is none.
 * @returns the id of the post
 */
export async function unlikePost(ctx: Ctx, viewer: Viewer, postId: string): Promise<string> {
  requireReacting(viewer)
  const found = await findPost(ctx.db, postId)
  const post = found?.boostOfId ? await findPost(ctx.db, found.boostOfId) : found
  if (!post) throw notFound()
  await transaction(ctx.db, async (tx) => {
    const like = await deleteLike(tx, viewer.actorId, post.id)
    if (!like) return
    await withdraw(tx, { like, post, activityIri: null, origin: 'local' })
    await recordAct(tx, { viewer, action: 'like.undone', subjectId: post.id })
  })
  return post.id
}

async function withdraw(
  tx: Tx,
  {
    like,
    post,
    activityIri,
    origin,
  }: { like: Like; post: Post; activityIri: string | null; origin: 'local' | 'remote' },
): Promise<void> {
  const { actorId, postId, effectId } = like
  await emit(tx, { type: 'like.undone', actorId, targetId: post.actorId, postId, effectId, activityIri }, origin)
}

/**
 * A remote actor likes a post. It counts once, however often it comes and under whatever id.
 * @returns 'refused' for posts that the actor may not see, and for likes that it took back before they came
 */
export async function receiveLike(
  ctx: Ctx,
  { actorId, postId, activityIri }: { actorId: string; postId: string; activityIri: string },
): Promise<'created' | 'already' | 'refused'> {
  return transaction(ctx.db, async (tx) => {
    await lockByName(tx, activityIri)
    if (await isWithdrawn(tx, { iri: activityIri, actorId, now: ctx.now() })) return 'refused'
    const post = await findVisiblePost(tx, actorId, postId)
    if (!post || post.boostOfId) return 'refused'
    const likeId = await insertLike(tx, { actorId, postId, activityIri })
    if (!likeId) return 'already'
    await emit(tx, { type: 'like.created', likeId }, 'remote')
    return 'created'
  })
}

/** A remote actor takes a like back: found by the id of its activity, else by its post. Too early: remembered, so that the like is refused. */
export async function receiveLikeUndone(
  ctx: Ctx,
  undo: { actorId: string; postId: string | null; activityIri: string | null },
): Promise<'undone' | 'unknown'> {
  const { actorId, postId, activityIri } = undo
  return transaction(ctx.db, async (tx) => {
    if (activityIri) await lockByName(tx, activityIri)
    const byActivity = activityIri ? await deleteLikeByActivity(tx, actorId, activityIri) : null
    const like = byActivity ?? (postId ? await deleteLike(tx, actorId, postId) : null)
    const post = like && (await findPost(tx, like.postId))
    if (like && post) {
      await withdraw(tx, { like, post, activityIri, origin: 'remote' })
      return 'undone'
    }
    if (activityIri) await layTombstone(tx, { iri: activityIri, actorId, now: ctx.now() })
    return 'unknown'
  })
}
