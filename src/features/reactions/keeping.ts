import type { Ctx, Viewer } from '#src/context.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { notFound } from '#src/errors.ts'
import { findVisiblePost, type Post } from '#src/features/posts/queries.ts'
import { deleteBookmark, insertBookmark, muteConversation, unmuteConversation } from './bookmark-queries.ts'
import { requireReacting } from './policy.ts'

/** What an actor may do with a post for itself alone. */
export type Keeping = 'bookmark' | 'unbookmark' | 'mute' | 'unmute'

const acts: Record<Keeping, (tx: Tx, viewer: Viewer, post: Post) => Promise<void>> = {
  bookmark: (tx, { actorId, userId }, { id: postId }) => insertBookmark(tx, { actorId, userId, postId }),
  unbookmark: (tx, { actorId }, { id }) => deleteBookmark(tx, actorId, id),
  mute: (tx, { actorId }, post) => muteConversation(tx, actorId, conversationOf(post)),
  unmute: (tx, { actorId }, post) => unmuteConversation(tx, actorId, conversationOf(post)),
}

/** A post that answers nothing and that nobody answered is a conversation of its own. */
function conversationOf({ id, conversationId }: Post): string {
  return conversationId ?? id
}

/**
 * Keeps a post, or mutes its conversation, for the viewer's actor. Twice is once.
 * @param postId of the post, or of somebody's boost of it
 * @throws Problem `notFound` for what the viewer may not see, `forbidden` for roles that do not react
 */
export async function keepPost(ctx: Ctx, viewer: Viewer, keeping: Keeping, postId: string): Promise<void> {
  requireReacting(viewer)
  const found = await findVisiblePost(ctx.db, viewer.actorId, postId)
  const post = found?.boostOfId ? await findVisiblePost(ctx.db, viewer.actorId, found.boostOfId) : found
  if (!post) throw notFound()
  await transaction(ctx.db, (tx) => acts[keeping](tx, viewer, post))
}
