import type { Ctx } from '#src/context.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { isWithdrawn, layTombstone, lockByName } from '#src/db/tombstones.ts'
import { emit } from '#src/effects.ts'
import { mayBoost } from './policy.ts'
import { findBoost, findBoostByActivity, findPost, findVisiblePost, type Post, type Visibility } from './queries.ts'
import { deleteBoost } from './remove-queries.ts'
import { insertPost, nextPostId } from './write-queries.ts'

/** A remote actor shows a post to its followers. */
export type RemoteBoost = Readonly<{
  actorId: string
  activityIri: string
  /** The post here, ours or remote. */
  postId: string
  publishedAt: Date
  visibility: Visibility
}>

/**
 * Stores a remote boost, once for each actor and post. Refused: what the booster may not read or pass on, and what it has taken back
 * already.
 */
export async function receiveBoost(ctx: Ctx, boost: RemoteBoost): Promise<'created' | 'already' | 'refused'> {
  const { actorId, activityIri } = boost
  return transaction(ctx.db, async (tx) => {
    await lockByName(tx, activityIri)
    const isLate = await isWithdrawn(tx, { iri: activityIri, actorId, now: ctx.now() })
    const post = isLate ? null : await findVisiblePost(tx, actorId, boost.postId)
    if (!post || post.boostOfId || !mayBoost(actorId, post)) return 'refused'
    const id = await store(ctx, tx, boost, post)
    if (!id) return 'already'
    await emit(tx, { type: 'boost.created', postId: id }, 'remote')
    return 'created'
  })
}

async function store(ctx: Ctx, tx: Tx, boost: RemoteBoost, post: Post): Promise<string | null> {
  const { actorId, activityIri } = boost
  const publishedAt = boost.publishedAt < ctx.now() ? boost.publishedAt : ctx.now()
  const id = await nextPostId(tx, publishedAt)
  // The boost of a followers-only post by its author goes to the same followers, whatever it says.
  const visibility = post.visibility === 'followers' ? 'followers' : boost.visibility
  const isNew = await insertPost(tx, { id, actorId, activityIri, boostOfId: post.id, visibility, publishedAt })
  return isNew ? id : null
}

/** A remote actor takes a boost back: found by the id of its activity, else by its post. Too early: remembered, so that the boost is refused. */
export async function receiveBoostUndone(
  ctx: Ctx,
  undo: { actorId: string; activityIri: string | null; postId: string | null },
): Promise<'undone' | 'unknown'> {
  const { actorId, activityIri, postId } = undo
  return transaction(ctx.db, async (tx) => {
    if (activityIri) await lockByName(tx, activityIri)
    const byActivity = activityIri ? await findBoostByActivity(tx, actorId, activityIri) : null
    const boost = byActivity ?? (postId ? await findBoost(tx, actorId, postId) : null)
    if (boost?.boostOfId && (await deleteBoost(tx, boost.id))) {
      const post = { postId: boost.boostOfId, targetId: await authorOf(tx, boost.boostOfId) }
      const fact = { type: 'boost.undone', boostId: boost.id, actorId, ...post, effectId: null, activityIri } as const
      await emit(tx, fact, 'remote')
      return 'undone'
    }
    if (activityIri) await layTombstone(tx, { iri: activityIri, actorId, now: ctx.now() })
    return 'unknown'
  })
}

async function authorOf(tx: Tx, postId: string): Promise<string> {
  const post = await findPost(tx, postId)
  if (!post) throw new Error('a boost had nothing that it boosts')
  return post.actorId
}
