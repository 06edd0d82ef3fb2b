import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Tx } from '#src/db/client.ts'
import { filterKeywords, filterPosts, filters, filterVersions } from '#src/db/schema/filters.ts'
import type { FilteredPost, Keyword } from './queries.ts'

/**
 * Says that an actor's filters change. It comes first in every change: the row is locked by it, and so one change comes after the other and none
 * of the limits is passed by two at once.
 */
export async function raiseVersion(tx: Tx, actorId: string): Promise<void> {
  await tx
    .insert(filterVersions)
    .values({ actorId, version: 1 })
    .onConflictDoUpdate({ target: filterVersions.actorId, set: { version: sql`${filterVersions.version} + 1` } })
}

/** Writes a filter; its id. */
export async function insertFilter(tx: Tx, filter: typeof filters.$inferInsert): Promise<string> {
  const [row] = await tx.insert(filters).values(filter).returning({ id: filters.id })
  if (!row) throw new Error('the filter was not written')
  return row.id
}

/** What can be changed of a filter. */
export type FilterChange = Partial<Pick<typeof filters.$inferInsert, 'title' | 'contexts' | 'action' | 'expiresAt'>>

/** Changes a filter. */
export async function updateFilter(tx: Tx, id: string, change: FilterChange): Promise<void> {
  if (Object.keys(change).length > 0) await tx.update(filters).set(change).where(eq(filters.id, id))
}

/** Takes a filter of an actor away with everything in it; false when it is not there. */
export async function deleteFilter(tx: Tx, actorId: string, id: string): Promise<boolean> {
  const rows = await tx
    .delete(filters)
    .where(and(eq(filters.actorId, actorId), eq(filters.id, id)))
    .returning({ id: filters.id })
  return rows.length > 0
}

/** A keyword as somebody wants it. */
export type KeywordInput = Readonly<{ keyword: string; isWholeWord: boolean }>

/** Adds keywords to a filter, in their order. */
export async function insertKeywords(tx: Tx, filterId: string, keywords: readonly KeywordInput[]): Promise<Keyword[]> {
  if (keywords.length === 0) return []
  return tx
    .insert(filterKeywords)
    .values(keywords.map((keyword) => ({ filterId, ...keyword })))
    .returning()
}

/** Changes a keyword. */
export async function updateKeyword(tx: Tx, id: string, change: Partial<KeywordInput>): Promise<void> {
  if (Object.keys(change).length > 0) await tx.update(filterKeywords).set(change).where(eq(filterKeywords.id, id))
}

/** Takes keywords away. */
export async function deleteKeywords(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await tx.delete(filterKeywords).where(inArray(filterKeywords.id, [...ids]))
}

/** Makes a filter find a post; null when it does so already. */
export async function insertFilteredPost(tx: Tx, filterId: string, postId: string): Promise<FilteredPost | null> {
  const [row] = await tx.insert(filterPosts).values({ filterId, postId }).onConflictDoNothing().returning()
  return row ?? null
}

/** Makes a filter no longer find a post. */
export async function deleteFilteredPost(tx: Tx, id: string): Promise<void> {
  await tx.delete(filterPosts).where(eq(filterPosts.id, id))
}
