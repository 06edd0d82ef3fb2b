import { and, eq, isNull, type SQL, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { inListOrder, type Page } from '#src/core/paging.ts'
import type { Db, Tx } from '#src/db/client.ts'
import { keyset, keysetOrder } from '#src/db/keyset.ts'
import { actors } from '#src/db/schema/actors.ts'
import { follows } from '#src/db/schema/follows.ts'
import { posts } from '#src/db/schema/posts.ts'
import { quotes } from '#src/db/schema/quotes.ts'
import { isHeard } from '#src/features/mutes/queries.ts'
import { visibleTo } from './queries.ts'
import type { QuoteGroups, Relation } from './quote-policy.ts'

/** That a post quotes another one, and what the author of that says to it. */
export type Quote = Readonly<typeof quotes.$inferSelect>

async function findOne(db: Db | Tx, condition: SQL | undefined): Promise<Quote | null> {
  const [row] = await db.select().from(quotes).where(condition)
  return row ?? null
}

/** Finds what a post quotes. */
export async function findQuoteBy(db: Db | Tx, postId: string): Promise<Quote | null> {
  return findOne(db, eq(quotes.postId, postId))
}

/** Finds a quote by its own id, from which the address of its stamp follows when what is quoted is ours. */
export async function findQuote(db: Db | Tx, id: string): Promise<Quote | null> {
  return findOne(db, eq(quotes.id, id))
}

/** Finds a quote by the effect that made our request. */
export async function findQuoteByEffect(db: Db | Tx, effectId: string): Promise<Quote | null> {
  return findOne(db, eq(quotes.effectId, effectId))
}

/** Finds a quote by the stamp of another server. */
export async function findQuoteByAuthorization(db: Db | Tx, authorizationIri: string): Promise<Quote | null> {
  const [row] = await db.select().from(quotes).where(eq(quotes.authorizationIri, authorizationIri)).limit(1)
  return row ?? null
}

/** Locks the quotes that a stamp of another server allows, until the transaction ends; `isOurs`: the post that quotes is. */
export async function listByAuthorization(
  tx: Tx,
  authorizationIri: string,
): Promise<{ id: string; postId: string; isOurs: boolean }[]> {
  return tx
    .select({ id: quotes.id, postId: quotes.postId, isOurs: sql<boolean>`${posts.iri} is null` })
    .from(quotes)
    .innerJoin(posts, eq(posts.id, quotes.postId))
    .where(and(eq(quotes.authorizationIri, authorizationIri), eq(quotes.state, 'accepted')))
    .for('update', { of: quotes })
}

/** Locks what a post quotes until the transaction ends. */
export async function lockQuoteBy(tx: Tx, postId: string): Promise<Quote | null> {
  const [row] = await tx.select().from(quotes).where(eq(quotes.postId, postId)).for('update')
  return row ?? null
}

/** Writes what a post quotes; its id. */
export async function insertQuote(tx: Tx, values: typeof quotes.$inferInsert): Promise<string> {
  const [row] = await tx.insert(quotes).values(values).returning({ id: quotes.id })
  if (!row) throw new Error('a quote was not written')
  await tx.update(posts).set({ hasQuote: true }).where(eq(posts.id, values.postId))
  return row.id
}

/** Changes what is known of a quote. */
export async function updateQuote(
  tx: Tx,
  id: string,
  change: Partial<
    Pick<Quote, 'state' | 'authorizationIri' | 'requestIri' | 'effectId' | 'quotedId' | 'isOpen' | 'isLegacy'>
  >,
): Promise<void> {
  await tx.update(quotes).set(change).where(eq(quotes.id, id))
}

/** A post quotes nothing any more. */
export async function deleteQuote(tx: Tx, postId: string): Promise<void> {
  await tx.delete(quotes).where(eq(quotes.postId, postId))
  await tx.update(posts).set({ hasQuote: false }).where(eq(posts.id, postId))
}

/** Joins the quotes that came before what they quote to it. What they are worth is found out when they are read again. */
export async function adoptQuotes(tx: Tx, quoted: { id: string; iri: string }): Promise<void> {
  await tx
    .update(quotes)
    .set({ quotedId: quoted.id })
    .where(and(eq(quotes.quotedIri, quoted.iri), isNull(quotes.quotedId)))
}

/** Says who may quote a post from now on; false when that is what was so already. */
export async function updateQuoteGroups(tx: Tx, postId: string, groups: QuoteGroups): Promise<boolean> {
  const [automatic, manual] = [[...groups.quoteAutomatic], [...groups.quoteManual]]
  const rows = await tx
    .update(posts)
    .set({ quoteAutomatic: automatic, quoteManual: manual })
    .where(
      and(
        eq(posts.id, postId),
        isNull(posts.deletedAt),
        sql`(${posts.quoteAutomatic}, ${posts.quoteManual}) is distinct from (${sql.param(automatic, posts.quoteAutomatic)}, ${sql.param(manual, posts.quoteManual)})`,
      ),
    )
    .returning({ id: posts.id })
  return rows.length > 0
}

/** How an actor stands to another one who wrote something. */
export async function findRelation(db: Db | Tx, actorId: string, authorId: string): Promise<Relation> {
  const isFollowing = (follower: string, followee: string) => sql<boolean>`exists (select from ${follows}
    where ${follows.followerId} = ${follower} and ${follows.followeeId} = ${followee} and ${follows.state} = 'accepted')`
  const [row] = await db
    .select({ isFollower: isFollowing(actorId, authorId), isFollowed: isFollowing(authorId, actorId) })
    .from(sql`(values (1)) as one`)
  return { isAuthor: actorId === authorId, isFollower: row?.isFollower ?? false, isFollowed: row?.isFollowed ?? false }
}

/** Whose quotes are wanted: those with the consent of the author of the quoted post, or those that ask for it. */
export type QuotesWanted = Readonly<{ reader: string | null; quotedId: string; state: 'accepted' | 'pending' }>

/** A page of the posts that quote a post, the last first, as far as a reader may and wants to see them. */
export async function listQuoting(db: Db, { reader, quotedId, state }: QuotesWanted, page: Page): Promise<string[]> {
  const rows = await db
    .select({ id: posts.id })
    .from(quotes)
    .innerJoin(posts, eq(posts.id, quotes.postId))
    .where(
      and(
        eq(quotes.quotedId, quotedId),
        eq(quotes.state, state),
        // A mere link of an older program asks for nothing.
        state === 'pending' ? eq(quotes.isLegacy, false) : undefined,
        visibleTo(reader),
        reader === null ? undefined : isHeard(reader, posts.actorId),
        keyset(quotes.postId, page),
      ),
    )
    .orderBy(keysetOrder(quotes.postId, page))
    .limit(page.limit)
  return inListOrder(rows, page).map(({ id }) => id)
}

/** How many posts ask whether they may quote one, as far as its author may see them; no more than a hundred are counted. */
export async function countWaitingQuotes(db: Db, authorId: string, quotedId: string): Promise<number> {
  return (await listQuoting(db, { reader: authorId, quotedId, state: 'pending' }, { limit: 100 })).length
}

/** Both ends of a quote, as much of them as their addresses need. */
export type QuoteEnds = Readonly<{ quote: Quote; quoting: QuoteEnd; quoted: QuoteEnd | null }>

/** One of the two posts. `iri`, `host` and `authorIri` are null when it is ours. */
export type QuoteEnd = Readonly<{
  id: string
  iri: string | null
  url: string | null
  isGone: boolean
  authorId: string
  handle: string
  host: string | null
  authorIri: string | null
}>

const quotedPost = alias(posts, 'quoted_post')
const quotedBy = alias(actors, 'quoted_by')

/** A quote with both its ends. */
export async function findQuoteEnds(db: Db | Tx, postId: string): Promise<QuoteEnds | null> {
  const [row] = await db
    .select({
      quote: quotes,
      quoting: endOf(posts, actors),
      // Null where there is none: the join may find nothing.
      quoted: sql<QuoteEnd | null>`case when ${quotedPost.id} is not null then json_build_object('id', ${quotedPost.id}::text,
        'iri', ${quotedPost.iri}, 'url', ${quotedPost.url}, 'isGone', ${quotedPost.deletedAt} is not null,
        'authorId', ${quotedBy.id}::text, 'handle', ${quotedBy.handle}, 'host', ${quotedBy.host}, 'authorIri', ${quotedBy.iri}) end`,
    })
    .from(quotes)
    .innerJoin(posts, eq(posts.id, quotes.postId))
    .innerJoin(actors, eq(actors.id, posts.actorId))
    .leftJoin(quotedPost, eq(quotedPost.id, quotes.quotedId))
    .leftJoin(quotedBy, eq(quotedBy.id, quotedPost.actorId))
    .where(eq(quotes.postId, postId))
  return row ?? null
}

function endOf(post: typeof posts, author: typeof actors) {
  return {
    id: post.id,
    iri: post.iri,
    url: post.url,
    isGone: sql<boolean>`${post.deletedAt} is not null`,
    authorId: author.id,
    handle: author.handle,
    host: author.host,
    authorIri: author.iri,
  }
}
