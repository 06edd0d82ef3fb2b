import { and, asc, eq, getTableColumns, sql } from 'drizzle-orm'
import type { Db, Tx } from '#src/db/client.ts'
import { filterKeywords, filterPosts, filters } from '#src/db/schema/filters.ts'

/** A filter without what it finds. */
export type Filter = Readonly<typeof filters.$inferSelect>

/** A word by which a filter finds posts. */
export type Keyword = Readonly<typeof filterKeywords.$inferSelect>

/** A post that a filter finds. */
export type FilteredPost = Readonly<typeof filterPosts.$inferSelect>

/** A filter with everything by which it finds posts. */
export type WholeFilter = Readonly<Filter & { keywords: readonly Keyword[]; posts: readonly FilteredPost[] }>

/** The filters of an actor in the order in which they were made, in three queries however many they are. */
export async function listFilters(db: Db | Tx, actorId: string, id?: string): Promise<WholeFilter[]> {
  const isWanted = and(eq(filters.actorId, actorId), id ? eq(filters.id, id) : undefined)
  const [rows, keywords, posts] = [
    await db.select().from(filters).where(isWanted).orderBy(asc(filters.id)),
    await db
      .select(getTableColumns(filterKeywords))
      .from(filterKeywords)
      .innerJoin(filters, eq(filters.id, filterKeywords.filterId))
      .where(isWanted)
      .orderBy(asc(filterKeywords.id)),
    await db
      .select(getTableColumns(filterPosts))
      .from(filterPosts)
      .innerJoin(filters, eq(filters.id, filterPosts.filterId))
      .where(isWanted)
      .orderBy(asc(filterPosts.id)),
  ]
  const keywordsOf = Map.groupBy(keywords, ({ filterId }) => filterId)
  const postsOf = Map.groupBy(posts, ({ filterId }) => filterId)
  return rows.map((row) => ({ ...row, keywords: keywordsOf.get(row.id) ?? [], posts: postsOf.get(row.id) ?? [] }))
}

/** Finds a filter of an actor. */
export async function findFilter(db: Db | Tx, actorId: string, id: string): Promise<WholeFilter | null> {
  const [filter] = await listFilters(db, actorId, id)
  return filter ?? null
}

/** Finds a keyword of an actor's filters. */
export async function findKeyword(db: Db | Tx, actorId: string, id: string): Promise<Keyword | null> {
  const [keyword] = await db
    .select(getTableColumns(filterKeywords))
    .from(filterKeywords)
    .innerJoin(filters, eq(filters.id, filterKeywords.filterId))
    .where(and(eq(filters.actorId, actorId), eq(filterKeywords.id, id)))
  return keyword ?? null
}

/** Finds what makes an actor's filter find a post. */
export async function findFilteredPost(db: Db | Tx, actorId: string, id: string): Promise<FilteredPost | null> {
  const [post] = await db
    .select(getTableColumns(filterPosts))
    .from(filterPosts)
    .innerJoin(filters, eq(filters.id, filterPosts.filterId))
    .where(and(eq(filters.actorId, actorId), eq(filterPosts.id, id)))
  return post ?? null
}

/** How much an actor filters by. */
export async function countFiltering(
  tx: Tx,
  actorId: string,
): Promise<Readonly<{ filters: number; keywords: number; posts: number }>> {
  const ofActor = sql`select ${filters.id} from ${filters} where ${filters.actorId} = ${actorId}`
  const [row] = await tx.execute<{ filters: number; keywords: number; posts: number }>(sql`select
    (select count(*)::int from (${ofActor}) as f) as filters,
    (select count(*)::int from ${filterKeywords} where ${filterKeywords.filterId} in (${ofActor})) as keywords,
    (select count(*)::int from ${filterPosts} where ${filterPosts.filterId} in (${ofActor})) as posts`)
  return row ?? { filters: 0, keywords: 0, posts: 0 }
}
