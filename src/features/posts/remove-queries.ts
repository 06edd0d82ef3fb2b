import { and, eq, isNull } from 'drizzle-orm'
import type { Tx } from '#src/db/client.ts'
import { postEdits, posts, postTags } from '#src/db/schema/posts.ts'
import { quotes } from '#src/db/schema/quotes.ts'
import { deletePoll } from '#src/features/polls/queries.ts'
import { forgetBringing } from './consent-queries.ts'

/**
 * Empties a post and marks it as deleted. Its row stays, so that it is answered for with 410 and a late copy of it is refused; whom it was
 * addressed to stays too, since they must be told. False when it was deleted before.
 */
export async function emptyPost(tx: Tx, id: string, now: Date): Promise<boolean> {
  const rows = await tx
    .update(posts)
    .set({
      deletedAt: now,
      content: '',
      source: null,
      spoilerText: '',
      emojis: [],
      raw: null,
      hasMedia: false,
      cardId: null,
      hasQuote: false,
    })
    .where(and(eq(posts.id, id), isNull(posts.deletedAt)))
    .returning({ id: posts.id })
  if (rows.length === 0) return false
  await tx.delete(postEdits).where(eq(postEdits.postId, id))
  await tx.delete(postTags).where(eq(postTags.postId, id))
  await forgetBringing(tx, id)
  await deletePoll(tx, id)
  await tx.delete(quotes).where(eq(quotes.postId, id))
  // Boosts show what they boost, and so there is nothing left of them.
  await tx
    .update(posts)
    .set({ deletedAt: now })
    .where(and(eq(posts.boostOfId, id), isNull(posts.deletedAt)))
  return true
}

/** Removes a boost; false when it is gone already. */
export async function deleteBoost(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx
    .delete(posts)
    .where(and(eq(posts.id, id), isNull(posts.deletedAt)))
    .returning({ id: posts.id })
  return rows.length > 0
}
