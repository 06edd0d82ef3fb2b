import { and, asc, desc, eq, gt, gte, isNull, lt, type SQL, sql } from 'drizzle-orm'
import type { Db } from '#src/db/client.ts'
import { actors } from '#src/db/schema/actors.ts'
import { postRecipients, posts, tags } from '#src/db/schema/posts.ts'
import { likes } from '#src/db/schema/reactions.ts'
import { isHeard } from '#src/features/mutes/queries.ts'
import { visibleTo } from '#src/features/posts/queries.ts'
import type { PostSearch } from './operators.ts'

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

/** Where in a list of posts a search goes on. */
export type PostSlice = Slice & Readonly<{ maxId?: string | undefined; minId?: string | undefined }>

/**
 * The posts that hold what is looked for, newest first: those that a reader has to do with (written by it, addressed to it, or liked by
 * it), and those for everybody whose authors agreed to be found (`indexable`). Of others nobody asked whether they may be searched.
 */
export async function listMatches(
  db: Db,
  search: PostSlice & { readerId: string; authorId: string | null; wanted: PostSearch },
): Promise<string[]> {
  const { readerId, authorId, wanted, limit, offset, maxId, minId } = search
  const rows = await db
    .select({ id: posts.id })
    .from(posts)
    .where(
      and(
        isNull(posts.boostOfId),
        isNull(posts.deletedAt),
        isHeard(readerId, posts.actorId),
        wanted.words
          ? sql`post_words(${posts.content}, ${posts.spoilerText}) @@ words_wanted(${wanted.words})`
          : undefined,
        isWithin(wanted.within, readerId),
        ...conditionsOf(wanted),
        authorId ? eq(posts.actorId, authorId) : undefined,
        maxId ? lt(posts.id, maxId) : undefined,
        minId ? gt(posts.id, minId) : undefined,
        visibleTo(readerId),
      ),
    )
    .orderBy(desc(posts.id))
    .limit(limit)
    .offset(offset)
  return rows.map(({ id }) => id)
}

function isWithin(within: PostSearch['within'], readerId: string): SQL {
  const isAddressed = sql`exists (select from ${postRecipients} where ${postRecipients.postId} = ${posts.id} and ${postRecipients.actorId} = ${readerId})`
  const isLiked = sql`exists (select from ${likes} where ${likes.postId} = ${posts.id} and ${likes.actorId} = ${readerId})`
  const isMine = sql`(${posts.actorId} = ${readerId} or ${isAddressed} or ${isLiked})`
  const isOpen = sql`(${posts.visibility} = 'public' and exists (
    select from ${actors} where ${actors.id} = ${posts.actorId} and ${actors.isIndexable}))`
  return { library: isMine, public: isOpen, all: sql`(${isMine} or ${isOpen})` }[within]
}

const conditions = {
  media: sql`${posts.hasMedia}`,
  image: sql`${posts.hasMedia}`,
  link: sql`${posts.content} like '%<a href="http%'`,
  embed: sql`${posts.content} like '%<a href="http%'`,
  reply: sql`(${posts.inReplyToId} is not null or ${posts.inReplyToIri} is not null)`,
  sensitive: sql`${posts.isSensitive}`,
} as const

function conditionsOf({ has, is, language, since, until }: PostSearch): (SQL | undefined)[] {
  return [
    ...[...has, ...is].map((name) => conditions[name]),
    language ? sql`lower(split_part(${posts.language}, '-', 1)) = ${language}` : undefined,
    since ? gte(posts.publishedAt, since) : undefined,
    until ? lt(posts.publishedAt, until) : undefined,
  ]
}
