import { and, asc, desc, eq, gt, gte, isNull, lt, type SQL, sql } from 'drizzle-orm'
import type { Db } from '#src/db/client.ts'
import { actors } from '#src/db/schema/actors.ts'
import { pollBallots, polls } from '#src/db/schema/polls.ts'
import { postRecipients, posts, postTags, tags } from '#src/db/schema/posts.ts'
import { bookmarks, likes } from '#src/db/schema/reactions.ts'
import { isHeard } from '#src/features/mutes/queries.ts'
import { isListedFor, visibleTo } from '#src/features/posts/queries.ts'
import type { PostSearch } from './operators.ts'

/** A part of a list of results. */
export type Slice = Readonly<{ limit: number; offset: number }>

/** A text as a part of a LIKE pattern: its own wildcards stand for themselves. */
function containing(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`
}

/** Hashtags that begin with a name and under which somebody has spoken openly, the shortest first: what is said among few has none to be found. */
export async function listTagNames(db: Db, name: string, slice: Slice): Promise<string[]> {
  const rows = await db
    .select({ name: tags.name })
    .from(tags)
    .where(
      sql`${tags.name} like ${containing(name).slice(1)} and exists (select from ${postTags}
        join ${posts} on ${posts.id} = ${postTags.postId}
        where ${postTags.tagId} = ${tags.id} and ${posts.visibility} in ('public', 'unlisted') and ${posts.deletedAt} is null)`,
    )
    .orderBy(sql`length(${tags.name})`, asc(tags.name))
    .limit(slice.limit)
    .offset(slice.offset)
  return rows.map((row) => row.name)
}

/** Where in a list of posts a search goes on. */
export type PostSlice = Slice & Readonly<{ maxId?: string | undefined; minId?: string | undefined }>

/**
 * The posts that hold what is looked for, newest first: those that a reader has to do with (`libraryOf`), and those for everybody whose
 * authors agreed to be found (`indexable`). Of others nobody asked whether they may be searched.
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
        isListedFor(readerId, posts.actorId),
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
  const isKnown = isInLibrary(readerId)
  const isOpen = sql`(${posts.visibility} = 'public' and exists (
    select from ${actors} where ${actors.id} = ${posts.actorId} and ${actors.isIndexable}))`
  return { library: isKnown, public: isOpen, all: sql`(${isKnown} or ${isOpen})` }[within]
}

/**
 * What an actor remembers, as Mastodon has it: posts that it wrote, was named in, liked, boosted, kept, or voted in.
 * @see https://docs.joinmastodon.org/user/network/#search
 */
function isInLibrary(readerId: string): SQL {
  const isAddressed = sql`exists (select from ${postRecipients} where ${postRecipients.postId} = ${posts.id} and ${postRecipients.actorId} = ${readerId})`
  const isLiked = sql`exists (select from ${likes} where ${likes.postId} = ${posts.id} and ${likes.actorId} = ${readerId})`
  const isKept = sql`exists (select from ${bookmarks} where ${bookmarks.postId} = ${posts.id} and ${bookmarks.actorId} = ${readerId})`
  const isBoosted = sql`exists (select from ${posts} as boost
    where boost.boost_of_id = ${posts.id} and boost.actor_id = ${readerId} and boost.deleted_at is null)`
  const isVoted = sql`exists (select from ${polls} join ${pollBallots} on ${pollBallots.pollId} = ${polls.id}
    where ${polls.postId} = ${posts.id} and ${pollBallots.actorId} = ${readerId})`
  return sql`(${posts.actorId} = ${readerId} or ${isAddressed} or ${isLiked} or ${isKept} or ${isBoosted} or ${isVoted})`
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
