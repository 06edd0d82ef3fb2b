import type { Ctx } from '#src/context.ts'
import { transaction } from '#src/db/client.ts'
import { emit } from '#src/effects.ts'
import { findPost } from './queries.ts'
import { isOpen } from './quote-policy.ts'
import { lockQuoteBy, updateQuote } from './quote-queries.ts'
import { leaveGroups, lockReplyApproval, updateReplyApproval } from './reply-queries.ts'
import { updatePost } from './write-queries.ts'

/** The proof that an answer of ours is let in. */
export type ReplyProof = Readonly<{ postId: string; authorizationIri: string; isAuthorization: boolean }>

/**
 * An answer of ours is let in: others learn of it by an Update of the post. After a no there is nothing left that could be: other servers have
 * been told to forget the answer, and do not take it twice.
 */
export async function receiveReplyAccepted(ctx: Ctx, proof: ReplyProof): Promise<'done' | 'unknown'> {
  const { postId, authorizationIri, isAuthorization } = proof
  return transaction(ctx.db, async (tx) => {
    const [approval, post] = [await lockReplyApproval(tx, postId), await findPost(tx, postId)]
    if (!approval || !post || post.deletedAt || approval.state === 'refused') return 'unknown'
    if (approval.authorizationIri === authorizationIri) return 'done'
    await updateReplyApproval(tx, postId, { state: 'accepted', authorizationIri, isAuthorization })
    await emit(tx, { type: 'reply.accepted', postId })
    return 'done'
  })
}

/**
 * An answer of ours is not let in, or no longer. It stays with its author and those whom it names, and is hidden from everybody else; other
 * servers are asked to forget it.
 */
export async function receiveReplyRefused(ctx: Ctx, postId: string): Promise<'done' | 'unknown'> {
  return transaction(ctx.db, async (tx) => {
    const [approval, post] = [await lockReplyApproval(tx, postId), await findPost(tx, postId)]
    if (!approval || !post || post.deletedAt) return 'unknown'
    if (approval.state === 'refused') return 'done'
    await updateReplyApproval(tx, postId, { state: 'refused' })
    const { actorId, visibility } = post
    if (visibility === 'direct') return 'done'
    await updatePost(tx, postId, { visibility: 'direct', isHeld: true })
    // What is direct in a group is for its members: this is for nobody there any more.
    await leaveGroups(tx, postId, ctx.now())
    const quote = await lockQuoteBy(tx, postId)
    if (quote) await updateQuote(tx, quote.id, { isOpen: isOpen('direct') })
    await emit(tx, { type: 'reply.refused', postId, actorId, visibility })
    return 'done'
  })
}
