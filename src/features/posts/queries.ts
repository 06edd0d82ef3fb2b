import { and, eq, getTableColumns, isNull, not, or, type Placeholder, type SQL, sql } from 'drizzle-orm'
import { alias, type PgColumn } from 'drizzle-orm/pg-core'
import { isId } from '#src/core/ids.ts'
import { inListOrder, type Page } from '#src/core/paging.ts'
import { ids, texts } from '#src/db/arrays.ts'
import type { Db, Tx } from '#src/db/client.ts'
import { keyset, keysetOrder } from '#src/db/keyset.ts'
import { prepared } from '#src/db/prepared.ts'
import { actors, localActors, type QuotePolicy, type ReplyChoice } from '#src/db/schema/actors.ts'
import { blocks, shunnedHosts } from '#src/db/schema/blocks.ts'
import { follows } from '#src/db/schema/follows.ts'
import { groupModerators, groupPosts } from '#src/db/schema/groups.ts'
import { postRecipients, posts } from '#src/db/schema/posts.ts'

const { raw: _raw, ...postColumns } = getTableColumns(posts)

/** A row of `posts` without the document that it came from. `boostOfId` tells a boost from a post with a text of its own. */
export type Post = Readonly<Omit<typeof posts.$inferSelect, 'raw'>>

/** Who may read; see `visibleTo`. */
export type Visibility = Post['visibility']

/** For whom something is read: an actor's id, a placeholder or expression for one, or null for somebody whom we do not know. */
export type Reader = string | Placeholder | SQL | null

type PostTable = Record<'id' | 'actorId' | 'visibility' | 'isHeld' | 'boostOfId' | 'deletedAt', PgColumn>

const original = alias(posts, 'original')
const authors = alias(actors, 'author')

/**
 * THE rule of who may read a post; every read of posts goes through it. Public and unlisted: everybody. Otherwise the author, whoever
 * is addressed by name, for followers-only posts the followers whose request was accepted, and for what is said to a group alone, and taken
 * by it, its members; nobody else. Never: deleted posts, posts of
 * suspended or deleted authors, posts between two of whom one has blocked the other or the other's server (see `findVisiblePost` for readers
 * elsewhere). A boost needs the same of the post that it shows, and an author who is not limited or whom the reader follows.
 *
 * It is computed when somebody reads and never copied, so that taking a follower off takes effect at once.
 *
 * Every question about another table is a scalar subquery: PostgreSQL asks it of the few rows that come up to it by an index, and cannot
 * turn it into a join with everything there is.
 * @param post the table or an alias of it
 */
export function visibleTo(reader: Reader, post: PostTable = posts): SQL {
  return all(authorVisibleTo(reader, post.actorId), shownTo(reader, post))
}

/** The half of `visibleTo` that is about the author: there, not suspended, and no block between the two, in either direction. */
export function authorVisibleTo(reader: Reader, actorId: PgColumn | SQL): SQL {
  const isBlocked = (by: SQL, whom: SQL) => sql`exists (select from ${blocks}
    where ${blocks.actorId} = ${by} and ${blocks.blockedId} = ${whom})`
  const [author, reads] = [sql`${actorId}`, sql`${reader}`]
  const isApart = sql` and not ${isBlocked(reads, author)} and not ${isBlocked(author, reads)} and not ${isShunned(reads)}`
  return sql`(select ${authors.suspendedAt} is null and ${authors.deletedAt} is null${reader === null ? sql`` : isApart}
    from ${actors} "author" where ${authors.id} = ${actorId})`
}

/**
 * Whether a reader shuns the server of an author. Only who is at home here shuns a server; the list hangs on nothing but the reader, and is
 * read once for a whole query.
 */
function isShunned(reader: SQL): SQL {
  return sql`coalesce(${authors.host} in (select ${shunnedHosts.host} from ${shunnedHosts}
    where ${shunnedHosts.actorId} = ${reader}), false)`
}

/** Whether an author shuns the server of a reader: one who is elsewhere, as whom only other servers ask. */
function isReaderShunned(reader: string | Placeholder | SQL, actorId: PgColumn): SQL {
  return sql`exists (select from ${shunnedHosts} join ${actors} on ${actors.host} = ${shunnedHosts.host}
    where ${shunnedHosts.actorId} = ${actorId} and ${actors.id} = ${reader})`
}

/** The other half: there, meant for the reader, and so is what it boosts. For lists that have asked about each author once. */
export function shownTo(reader: Reader, post: PostTable = posts): SQL {
  const isListed = isListedFor(reader, original.actorId)
  const mayBoost = reader === null ? isListed : sql`(${post.actorId} = ${reader} or ${isListed})`
  const ofVisible = sql`(select ${original.deletedAt} is null and ${addressedTo(reader, original)}
    and ${authorVisibleTo(reader, original.actorId)} and ${mayBoost}
    from ${posts} "original" where ${original.id} = ${post.boostOfId})`
  return all(isNull(post.deletedAt), addressedTo(reader, post), or(isNull(post.boostOfId), ofVisible))
}

/**
 * Whether somebody is told to a reader who did not ask for it: of those who are limited, only their followers hear. Those who are not there
 * any more are for `authorVisibleTo`.
 */
export function isListedFor(reader: Reader, actorId: PgColumn | SQL): SQL {
  const isFollowed = sql` or ${actorId} = ${reader} or exists (select from ${follows}
    where ${follows.followerId} = ${reader} and ${follows.followeeId} = ${actorId} and ${follows.state} = 'accepted')`
  return sql`((select ${authors.standing} <> 'limit' from ${actors} "author" where ${authors.id} = ${actorId})${reader === null ? sql`` : isFollowed})`
}

function addressedTo(reader: Reader, post: PostTable): SQL {
  const isOpen = sql`${post.visibility} in ('public', 'unlisted')`
  if (reader === null) return isOpen
  const isNamed = sql`(select true from ${postRecipients}
    where ${postRecipients.postId} = ${post.id} and ${postRecipients.actorId} = ${reader})`
  // Only the followee's yes makes a follower: a request grants nothing.
  const isFollower = sql`(select true from ${follows}
    where ${follows.followerId} = ${reader} and ${follows.followeeId} = ${post.actorId} and ${follows.state} = 'accepted')`
  return sql`(${isOpen} or ${post.actorId} = ${reader} or (${post.visibility} = 'followers' and ${isFollower}) or ${isNamed}
    or (${post.visibility} = 'direct' and not ${post.isHeld} and ${isSaidToMembers(reader, post)}))`
}

/**
 * Whether an author has addressed a post to a group of which the reader is an accepted member, and the group has it. What its moderators took out they
 * still see, or they could not put it back.
 */
function isSaidToMembers(reader: Reader, post: PostTable): SQL {
  // Not what an author has said to others as well, nor what is no answer any more: that is nobody's removal.
  const looksAfter = sql`(${groupPosts.removedById} <> ${post.actorId} and exists (select from ${groupModerators}
    where ${groupModerators.groupId} = ${groupPosts.groupId} and ${groupModerators.actorId} = ${reader}))`
  return sql`(select true from ${groupPosts}
    join ${postRecipients} on ${postRecipients.postId} = ${groupPosts.postId} and ${postRecipients.actorId} = ${groupPosts.groupId}
    join ${follows} on ${follows.followeeId} = ${groupPosts.groupId} and ${follows.followerId} = ${reader}
      and ${follows.state} = 'accepted'
    where ${groupPosts.postId} = ${post.id} and (${groupPosts.removedAt} is null or ${looksAfter}) limit 1)`
}

function all(...conditions: (SQL | undefined)[]): SQL {
  return sql`(${and(...conditions)})`
}

/** `visibleTo` for a reader who may be elsewhere: there are authors who want nothing to do with its server. */
export function readableBy(reader: Reader): SQL {
  const isShunnedReader = reader === null ? sql`false` : isReaderShunned(reader, posts.actorId)
  return all(visibleTo(reader), not(isShunnedReader))
}

const onePost = prepared((db, isKnown: boolean) =>
  db
    .select(postColumns)
    .from(posts)
    .where(and(eq(posts.id, sql.placeholder('id')), readableBy(isKnown ? sql.placeholder('reader') : null))),
)

/** Finds a post if the reader may see it. `null` says nothing about whether it exists. */
export async function findVisiblePost(db: Db | Tx, reader: string | null, id: string): Promise<Post | null> {
  if (!isId(id)) return null
  const [post] = await onePost(db, reader !== null).execute({ id, reader })
  return post ?? null
}

/** Finds a post whoever may see it, deleted ones too: for rules and for other servers, never to show it to somebody. */
export async function findPost(db: Db | Tx, id: string): Promise<Post | null> {
  if (!isId(id)) return null
  const [post] = await db.select(postColumns).from(posts).where(eq(posts.id, id))
  return post ?? null
}

/** Finds a remote post by its id there, deleted ones too. For addresses of our own see `resolvePostIri` in `service.ts`. */
export async function findPostByIri(db: Db | Tx, iri: string): Promise<Post | null> {
  const [post] = await db.select(postColumns).from(posts).where(eq(posts.iri, iri))
  return post ?? null
}

/** Posts by their ids, as `findPost` finds them, in no order. */
export async function listPosts(db: Db | Tx, wanted: readonly string[]): Promise<Post[]> {
  return db
    .select(postColumns)
    .from(posts)
    .where(sql`${posts.id} = any(${ids(wanted.filter(isId))})`)
}

/** Remote posts by their ids there, as `findPostByIri` finds them, in no order. */
export async function listPostsByIri(db: Db | Tx, iris: readonly string[]): Promise<Post[]> {
  return db
    .select(postColumns)
    .from(posts)
    .where(sql`${posts.iri} = any(${texts(iris)})`)
}

/** Finds the boost of a post by an actor. */
export async function findBoost(db: Db | Tx, actorId: string, postId: string): Promise<Post | null> {
  const [boost] = await db
    .select(postColumns)
    .from(posts)
    .where(and(eq(posts.boostOfId, postId), eq(posts.actorId, actorId), isNull(posts.deletedAt)))
  return boost ?? null
}

/** Finds a remote boost by the id of its activity. */
export async function findBoostByActivity(db: Db | Tx, actorId: string, activityIri: string): Promise<Post | null> {
  const [boost] = await db
    .select(postColumns)
    .from(posts)
    .where(and(eq(posts.activityIri, activityIri), eq(posts.actorId, actorId), isNull(posts.deletedAt)))
  return boost ?? null
}

/** How an actor posts unless it says otherwise. */
export type PostingDefaults = Readonly<{
  visibility: Visibility
  language: string | null
  isSensitive: boolean
  quotePolicy: QuotePolicy
  replyChoice: ReplyChoice
}>

/** The posting defaults of a local actor. */
export async function findPostingDefaults(db: Db | Tx, actorId: string): Promise<PostingDefaults> {
  const [row] = await db
    .select({
      visibility: sql<Visibility>`${localActors.defaultVisibility}`,
      language: localActors.defaultLanguage,
      isSensitive: localActors.defaultSensitive,
      quotePolicy: localActors.defaultQuotePolicy,
      replyChoice: localActors.defaultReplyPolicy,
    })
    .from(localActors)
    .where(eq(localActors.actorId, actorId))
  return (
    row ?? {
      visibility: 'public',
      language: null,
      isSensitive: false,
      quotePolicy: 'nobody',
      replyChoice: 'public',
    }
  )
}

/** Who boosted a post, the last first, as far as the reader may see the boosts. */
export async function listBoosters(
  db: Db,
  reader: string | null,
  postId: string,
  page: Page,
): Promise<{ id: string; actorId: string }[]> {
  const rows = await db
    .select({ id: posts.id, actorId: posts.actorId })
    .from(posts)
    .where(and(eq(posts.boostOfId, postId), visibleTo(reader), keyset(posts.id, page)))
    .orderBy(keysetOrder(posts.id, page))
    .limit(page.limit)
  return inListOrder(rows, page)
}
