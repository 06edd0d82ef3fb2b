import type { Ctx, Viewer } from '#src/context.ts'
import { createRounds } from '#src/core/batch.ts'
import { recordAct } from '#src/db/audit.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { layTombstone, lockByName, lockByNames } from '#src/db/tombstones.ts'
import { emit, emitReceived } from '#src/effects.ts'
import { notFound } from '#src/errors.ts'
import { findPost, findVisiblePost, type Post } from '#src/features/posts/queries.ts'
import { requireConsent } from '#src/features/posts/reaction-policy.ts'
import { requireReacting } from './policy.ts'
import { deleteLike, insertLike, type Like, setLikeEffect } from './queries.ts'
import { insertRemoteLikes, type LikeOutcome, type RemoteLike } from './receive-queries.ts'
import { type LikeUndo, takeLikeBack } from './undo.ts'

/**
 * Likes a post as the viewer's actor. Liking twice is liking once.
 * @param postId of the post, or of somebody's boost of it
 * @returns the id of the post that is liked
 * @throws Problem `notFound` for what the viewer may not see, `forbidden` where its author does not let them, and for roles that do not react
 */
export async function likePost(ctx: Ctx, viewer: Viewer, postId: string): Promise<string> {
  requireReacting(viewer)
  const found = await findVisiblePost(ctx.db, viewer.actorId, postId)
  const post = found?.boostOfId ? await findVisiblePost(ctx.db, viewer.actorId, found.boostOfId) : found
  if (!post) throw notFound()
  await requireConsent(ctx, viewer, post, 'like')
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

/** Those of one process that come at once are stored in one transaction. */
const rounds = new WeakMap<Ctx, (like: RemoteLike) => Promise<LikeOutcome>>()

/** A remote actor likes a post. It counts once, however often it comes and under whatever id. */
export async function receiveLike(ctx: Ctx, like: RemoteLike): Promise<LikeOutcome> {
  const receive = rounds.get(ctx) ?? createRounds((likes: readonly RemoteLike[]) => receiveLikes(ctx, likes))
  rounds.set(ctx, receive)
  return receive(like)
}

async function receiveLikes(ctx: Ctx, likes: readonly RemoteLike[]): Promise<LikeOutcome[]> {
  return transaction(ctx.db, async (tx) => {
    await lockByNames(
      tx,
      likes.map(({ activityIri }) => activityIri),
    )
    const { outcomes, created } = await insertRemoteLikes(tx, likes, ctx.now())
    await emitReceived(
      tx,
      created.map((likeId) => ({ type: 'like.created', likeId })),
    )
    return outcomes
  })
}

/** A remote actor takes a Like back (`takeLikeBack`). Too early: remembered, so that the like is refused. */
export async function receiveLikeUndone(ctx: Ctx, undo: Omit<LikeUndo, 'attestedById'>): Promise<'undone' | 'unknown'> {
  const { actorId, activityIri } = undo
  return transaction(ctx.db, async (tx) => {
    if (activityIri) await lockByName(tx, activityIri)
    const undone = await takeLikeBack(tx, undo)
    const post = undone && (await findPost(tx, undone.postId))
    if (post && undone.like) await withdraw(tx, { like: undone.like, post, activityIri, origin: 'remote' })
    else if (post)
      await emit(tx, { type: 'reaction.undone', actorId, targetId: post.actorId, postId: post.id }, 'remote')
    // An emoji is stored before the like of the same Like, which may still be on its way.
    if (activityIri && !undone?.like) await layTombstone(tx, { iri: activityIri, actorId, now: ctx.now() })
    return undone ? 'undone' : 'unknown'
  })
}

/**
 * A group takes back what it alone has witnessed. What the actor has said itself is not the group's to take back.
 * @returns false when it has witnessed nothing
 */
export async function receiveAttestedLikeUndone(ctx: Ctx, undo: LikeUndo & { attestedById: string }): Promise<boolean> {
  return transaction(ctx.db, async (tx) => (await takeLikeBack(tx, undo)) !== null)
}
