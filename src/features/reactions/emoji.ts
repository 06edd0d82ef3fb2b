import type { Ctx } from '#src/context.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { layTombstone, lockByName } from '#src/db/tombstones.ts'
import { emit } from '#src/effects.ts'
import { insertCopies } from '#src/features/emoji/queries.ts'
import { findPost } from '#src/features/posts/queries.ts'
import {
  deleteAttestedReaction,
  deleteReaction,
  deleteReactionByActivity,
  insertReaction,
  type Reaction,
  type RemoteReaction,
} from './emoji-queries.ts'
import type { LikeOutcome } from './receive-queries.ts'
import { receiveLike } from './service.ts'

/** A remote actor reacts to a post with an emoji. A Like with one is told as the like that it is. */
export async function receiveReaction(ctx: Ctx, reaction: RemoteReaction): Promise<LikeOutcome> {
  const { isLike, emoji, pictureUrl, ...like } = reaction
  const outcome = await transaction(ctx.db, async (tx) => {
    await lockByName(tx, like.activityIri)
    const written = await insertReaction(tx, reaction, ctx.now())
    if (written.id && pictureUrl) await insertCopies(tx, [{ shortcode: emoji.replaceAll(':', ''), url: pictureUrl }])
    if (written.id && !isLike && !like.attestedById)
      await emit(tx, { type: 'reaction.created', reactionId: written.id }, 'remote')
    return written.outcome
  })
  return isLike ? receiveLike(ctx, like) : outcome
}

/** A reaction that is no Like is taken back. */
export type ReactionUndo = Readonly<{
  actorId: string
  postId: string | null
  activityIri: string | null
  emoji: string | null
}>

/** A remote actor takes a reaction back, found by the id of its activity, else by its post and emoji; likes stay. Too early: it is remembered. */
export async function receiveReactionUndone(ctx: Ctx, undo: ReactionUndo): Promise<'undone' | 'unknown'> {
  const { actorId, postId, activityIri, emoji } = undo
  return transaction(ctx.db, async (tx) => {
    if (activityIri) await lockByName(tx, activityIri)
    const byActivity = activityIri ? await deleteReactionByActivity(tx, actorId, activityIri) : null
    const reaction = byActivity ?? (postId && emoji ? await deleteReaction(tx, { actorId, postId, emoji }) : null)
    if (reaction) await withdrawReaction(tx, reaction)
    else if (activityIri) await layTombstone(tx, { iri: activityIri, actorId, now: ctx.now() })
    return reaction ? 'undone' : 'unknown'
  })
}

async function withdrawReaction(tx: Tx, { actorId, postId }: Reaction): Promise<void> {
  const post = await findPost(tx, postId)
  if (post) await emit(tx, { type: 'reaction.undone', actorId, targetId: post.actorId, postId }, 'remote')
}

/**
 * A group takes a reaction back that it alone has witnessed.
 * @returns false when it has witnessed none
 */
export async function receiveAttestedReactionUndone(
  ctx: Ctx,
  undo: ReactionUndo & { attestedById: string },
): Promise<boolean> {
  return transaction(ctx.db, (tx) => deleteAttestedReaction(tx, undo))
}
