import { and, eq } from 'drizzle-orm'
import { inListOrder, type Page } from '#src/core/paging.ts'
import type { Db, Tx } from '#src/db/client.ts'
import { keyset, keysetOrder } from '#src/db/keyset.ts'
import { posts } from '#src/db/schema/posts.ts'
import { bookmarks, mutedConversations } from '#src/db/schema/reactions.ts'
import { visibleTo } from '#src/features/posts/queries.ts'
import type { Line } from './queries.ts'

/** Keeps a post for an actor. Keeping it twice is keeping it once. */
export async function insertBookmark(
  tx: Tx,
  bookmark: { actorId: string; userId: string; postId: string },
): Promise<void> {
  await tx.insert(bookmarks).values(bookmark).onConflictDoNothing()
}

/** Keeps a post no longer. */
export async function deleteBookmark(tx: Tx, actorId: string, postId: string): Promise<void> {
  await tx.delete(bookmarks).where(and(eq(bookmarks.actorId, actorId), eq(bookmarks.postId, postId)))
}

/** The posts that an actor keeps and may still see, the last kept first. */
export async function listBookmarked(db: Db, actorId: string, page: Page): Promise<Line[]> {
  const rows = await db
    .select({ id: bookmarks.id, subjectId: bookmarks.postId })
    .from(bookmarks)
    .innerJoin(posts, eq(posts.id, bookmarks.postId))
    .where(and(eq(bookmarks.actorId, actorId), visibleTo(actorId), keyset(bookmarks.id, page)))
    .orderBy(keysetOrder(bookmarks.id, page))
    .limit(page.limit)
  return inListOrder(rows, page)
}

/** Tells an actor nothing more of a conversation. */
export async function muteConversation(tx: Tx, actorId: string, conversationId: string): Promise<void> {
  await tx.insert(mutedConversations).values({ actorId, conversationId }).onConflictDoNothing()
}

/** Tells an actor of a conversation again. */
export async function unmuteConversation(tx: Tx, actorId: string, conversationId: string): Promise<void> {
  await tx
    .delete(mutedConversations)
    .where(and(eq(mutedConversations.actorId, actorId), eq(mutedConversations.conversationId, conversationId)))
}
