import { and, asc, desc, eq, isNull, sql } from 'drizzle-orm'
import type { Db } from '#src/db/client.ts'
import { postRecipients, posts, tags } from '#src/db/schema/posts.ts'
import { likes } from '#src/db/schema/reactions.ts'
import { visibleTo } from '#src/features/posts/queries.ts'

/** A part of a list of results. */
export type Slice = Readonly<{ limit: number; offset: number }>

/** A text as a part of a LIKE pattern: its own wildcards stand for themselves. */
function containing(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`
}

/** Hashtags that begin with a name, the shortest first. */
export async function listTagNames(db: Db, name: string, slice: Slice): Promise<string[]> {
  const rows = await db
    .select({ name: tags.name })
    .from(tags)
    .where(sql`${tags.name} like ${containing(name).slice(1)}`)
    .orderBy(sql`length(${tags.name})`, asc(tags.name))
    .limit(slice.limit)
    .offset(slice.offset)
  return rows.map((row) => row.name)
}

/**
 * The posts that a reader has to do with and that hold a text: written by it, addressed to it, or liked by it. What others wrote is not
 * searched: they were not asked.
 */
export async function listOwnMatches(
  db: Db,
  search: Slice & { readerId: string; text: string; authorId: string | null },
): Promise<string[]> {
  const { readerId, text, authorId, limit, offset } = search
  const isAddressed = sql`exists (select from ${postRecipients} where ${postRecipients.postId} = ${posts.id} and ${postRecipients.actorId} = ${readerId})`
  const isLiked = sql`exists (select from ${likes} where ${likes.postId} = ${posts.id} and ${likes.actorId} = ${readerId})`
  const rows = await db
    .select({ id: posts.id })
    .from(posts)
    .where(
      and(
        isNull(posts.boostOfId),
        visibleTo(readerId),
        sql`(${posts.actorId} = ${readerId} or ${isAddressed} or ${isLiked})`,
        sql`(coalesce(${posts.source}, ${posts.content}) ilike ${containing(text)} or ${posts.spoilerText} ilike ${containing(text)})`,
        authorId ? eq(posts.actorId, authorId) : undefined,
      ),
    )
    .orderBy(desc(posts.id))
    .limit(limit)
    .offset(offset)
  return rows.map(({ id }) => id)
}
