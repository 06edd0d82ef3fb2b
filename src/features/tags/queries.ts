import { and, eq, inArray, isNull, notInArray, sql } from 'drizzle-orm'
import type { Page } from '#src/core/paging.ts'
import type { Db, Tx } from '#src/db/client.ts'
import { keyset, keysetOrder } from '#src/db/keyset.ts'
import { posts, postTags, tags } from '#src/db/schema/posts.ts'
import { featuredTags, tagFollows } from '#src/db/schema/tags.ts'
import type { Hashtag } from '#src/features/posts/hashtags.ts'
import { isListedFor, visibleTo } from '#src/features/posts/queries.ts'

/** A hashtag with its id, and what a reader has done with it. */
export type TagRow = Hashtag & Readonly<{ id: string; isFollowed: boolean; isFeatured: boolean }>

/** The hashtags with these folded names that anybody has used or followed, as a reader (null: somebody unknown) has them. */
export async function listTags(db: Db | Tx, readerId: string | null, names: readonly string[]): Promise<TagRow[]> {
  if (names.length === 0) return []
  const has = (table: typeof tagFollows | typeof featuredTags) =>
    readerId === null
      ? sql<boolean>`false`
      : sql<boolean>`exists (select from ${table} where ${table.tagId} = "tags"."id" and ${table.actorId} = ${readerId})`
  return db
    .select({
      id: tags.id,
      name: tags.name,
      label: tags.label,
      isFollowed: has(tagFollows),
      isFeatured: has(featuredTags),
    })
    .from(tags)
    .where(inArray(tags.name, [...names]))
}

/** The folded name of a hashtag by its id. */
export async function findTagName(db: Db, id: string): Promise<string | null> {
  const [row] = await db.select({ name: tags.name }).from(tags).where(eq(tags.id, id))
  return row?.name ?? null
}

/** The id of a hashtag, which is made when nobody has used it yet. */
export async function ensureTag(tx: Tx, { name, label }: Hashtag): Promise<string> {
  // The update changes nothing: it makes PostgreSQL return the row that is there.
  const [row] = await tx
    .insert(tags)
    .values({ name, label })
    .onConflictDoUpdate({ target: tags.name, set: { name: sql`excluded.name` } })
    .returning({ id: tags.id })
  if (!row) throw new Error(`the hashtag ${name} was not stored`)
  return row.id
}

/** How often something was used on a day, and by how many. `day` is its first moment in UTC. */
export type DayOfUse = Readonly<{ day: Date; uses: number; accounts: number }>

/** A day of a hashtag. */
export type TagDay = DayOfUse & Readonly<{ tagId: string }>

/** The days since a moment on which hashtags were used in what everybody may read. */
export async function listTagDays(db: Db, tagIds: readonly string[], since: Date): Promise<TagDay[]> {
  if (tagIds.length === 0) return []
  const rows = await db.execute<{ tag_id: string; day: string; uses: string; accounts: string }>(sql`
    select ${postTags.tagId}::text as tag_id, date_trunc('day', ${posts.publishedAt} at time zone 'UTC')::date::text as day,
      count(*) as uses, count(distinct ${posts.actorId}) as accounts
    from ${postTags} join ${posts} on ${posts.id} = ${postTags.postId}
    where ${inArray(postTags.tagId, [...tagIds])} and ${posts.publishedAt} >= ${since.toISOString()}
      and ${posts.visibility} = 'public' and ${isListedFor(null, posts.actorId)} and ${visibleTo(null)}
    group by 1, 2`)
  return rows.map((row) => ({
    tagId: row.tag_id,
    day: new Date(row.day),
    uses: Number(row.uses),
    accounts: Number(row.accounts),
  }))
}

/** The hashtags under which an actor has spoken openly and that it does not feature, by its last post with each. */
export async function listUsedTags(db: Db, actorId: string, limit: number): Promise<string[]> {
  const rows = await db.execute<{ name: string }>(sql`
    select ${tags.name} as name from ${posts}
    join ${postTags} on ${postTags.postId} = ${posts.id} join ${tags} on ${tags.id} = ${postTags.tagId}
    where ${posts.actorId} = ${actorId} and ${posts.visibility} in ('public', 'unlisted') and ${visibleTo(actorId)}
      and not exists (select from ${featuredTags} where ${featuredTags.actorId} = ${actorId} and ${featuredTags.tagId} = ${tags.id})
    group by ${tags.id} order by max(${posts.id}) desc limit ${limit}`)
  return rows.map(({ name }) => name)
}

type TagKey = Readonly<{ actorId: string; tagId: string }>

/** A page of the hashtags that an actor follows, the last first: the id by which the list is paged, and the folded name. */
export async function listFollowedTags(db: Db, actorId: string, page: Page): Promise<{ id: string; name: string }[]> {
  return db
    .select({ id: tagFollows.id, name: tags.name })
    .from(tagFollows)
    .innerJoin(tags, eq(tags.id, tagFollows.tagId))
    .where(and(eq(tagFollows.actorId, actorId), keyset(tagFollows.id, page)))
    .orderBy(keysetOrder(tagFollows.id, page))
    .limit(page.limit)
}

/** How many hashtags an actor follows. */
export async function countTagFollows(tx: Tx, actorId: string): Promise<number> {
  return tx.$count(tagFollows, eq(tagFollows.actorId, actorId))
}

/** Writes that an actor follows a hashtag. */
export async function insertTagFollow(tx: Tx, row: TagKey): Promise<void> {
  await tx.insert(tagFollows).values(row).onConflictDoNothing()
}

/** Takes it back. */
export async function deleteTagFollow(tx: Tx, { actorId, tagId }: TagKey): Promise<void> {
  await tx.delete(tagFollows).where(and(eq(tagFollows.actorId, actorId), eq(tagFollows.tagId, tagId)))
}

/** A hashtag on a profile, with how often and when last its owner has used it openly. */
export type FeaturedTagRow = Hashtag &
  Readonly<{ id: string; tagId: string; postsCount: number; lastPostAt: Date | null }>

/** The hashtags that an actor features, in the order in which it chose them. Counted is what everybody may read. */
export async function listFeaturedTags(db: Db | Tx, actorId: string): Promise<FeaturedTagRow[]> {
  const used = sql`select count(*) as posts, max(${posts.publishedAt}) as last_at
    from ${postTags} join ${posts} on ${posts.id} = ${postTags.postId}
    where ${postTags.tagId} = ${featuredTags.tagId} and ${posts.actorId} = ${featuredTags.actorId}
      and ${posts.visibility} in ('public', 'unlisted') and ${posts.boostOfId} is null and ${isNull(posts.deletedAt)}`
  const rows = await db.execute<
    Record<'id' | 'tag_id' | 'name' | 'label' | 'posts', string> & { last_at: Date | null }
  >(sql`
    select ${featuredTags.id}::text as id, ${featuredTags.tagId}::text as tag_id, ${tags.name} as name, ${tags.label} as label,
      used.posts, used.last_at
    from ${featuredTags} join ${tags} on ${tags.id} = ${featuredTags.tagId} cross join lateral (${used}) as used
    where ${featuredTags.actorId} = ${actorId} order by ${featuredTags.id}`)
  return rows.map(({ id, tag_id: tagId, name, label, posts: count, last_at: lastAt }) => ({
    id,
    tagId,
    name,
    label,
    postsCount: Number(count),
    lastPostAt: lastAt === null ? null : new Date(lastAt),
  }))
}

/** How many hashtags an actor features. */
export async function countFeaturedTags(tx: Tx, actorId: string): Promise<number> {
  return tx.$count(featuredTags, eq(featuredTags.actorId, actorId))
}

/** Writes that an actor features a hashtag; false when it did before. */
export async function insertFeaturedTag(tx: Tx, row: TagKey & { userId: string | null }): Promise<boolean> {
  const rows = await tx.insert(featuredTags).values(row).onConflictDoNothing().returning({ id: featuredTags.id })
  return rows.length > 0
}

/** Takes it back; false when there was nothing to take back. */
export async function deleteFeaturedTag(tx: Tx, { actorId, tagId }: TagKey): Promise<boolean> {
  const rows = await tx
    .delete(featuredTags)
    .where(and(eq(featuredTags.actorId, actorId), eq(featuredTags.tagId, tagId)))
    .returning({ id: featuredTags.id })
  return rows.length > 0
}

/** Leaves an actor only those featured hashtags that it still has. */
export async function keepFeaturedTags(tx: Tx, actorId: string, tagIds: readonly string[]): Promise<void> {
  const isGone = tagIds.length > 0 ? notInArray(featuredTags.tagId, [...tagIds]) : undefined
  await tx.delete(featuredTags).where(and(eq(featuredTags.actorId, actorId), isGone))
}

/** The hashtag behind a line of an actor's featured ones. */
export async function findFeaturedTag(
  tx: Tx,
  actorId: string,
  id: string,
): Promise<(Hashtag & { tagId: string }) | null> {
  const [row] = await tx
    .select({ tagId: tags.id, name: tags.name, label: tags.label })
    .from(featuredTags)
    .innerJoin(tags, eq(tags.id, featuredTags.tagId))
    .where(and(eq(featuredTags.id, id), eq(featuredTags.actorId, actorId)))
  return row ?? null
}
