import { and, eq, inArray, isNotNull, isNull, type SQL, sql } from 'drizzle-orm'
import { isId } from '#src/core/ids.ts'
import { inListOrder, type Page } from '#src/core/paging.ts'
import type { Db } from '#src/db/client.ts'
import { inSpan, pageSize, type Span, spanOf, spanOrder, spanValues } from '#src/db/keyset.ts'
import { prepared } from '#src/db/prepared.ts'
import { actors } from '#src/db/schema/actors.ts'
import { posts, postTags, tags } from '#src/db/schema/posts.ts'
import { isHeard } from '#src/features/mutes/queries.ts'
import { isListedFor, visibleTo } from '#src/features/posts/queries.ts'

/** Whose posts, seen from here. */
export type Origin = 'all' | 'local' | 'remote'

const reader = sql.placeholder('reader')

/** An answer knows what it answers, or only its address. One to oneself goes on with what one said. */
const isNoAnswer = sql`((${posts.inReplyToId} is null and ${posts.inReplyToIri} is null)
  or ${posts.inReplyToActorId} = ${posts.actorId})`

function originOf(origin: string): SQL | undefined {
  if (origin === 'all') return undefined
  return origin === 'local' ? isNull(posts.iri) : isNotNull(posts.iri)
}

/** Wishes that no index helps with are parameters, so that they do not multiply the prepared queries. */
const unless = (name: string, condition: SQL) => sql`(${sql.placeholder(name)}::boolean or ${condition})`

/** Public posts with a text of their own: the words that the partial indexes have. */
const isListed = and(eq(posts.visibility, sql`'public'`), isNull(posts.boostOfId), isNull(posts.deletedAt))

const publicPosts = prepared((db, size: number, span: Span, origin: string, isKnown: boolean) =>
  db
    .select({ id: posts.id })
    .from(posts)
    .where(
      and(
        isListed,
        originOf(origin),
        unless('withoutMedia', eq(posts.hasMedia, true)),
        isNoAnswer,
        inSpan(posts.id, span),
        isKnown ? isHeard(reader, posts.actorId) : undefined,
        isListedFor(isKnown ? reader : null, posts.actorId),
        visibleTo(isKnown ? reader : null),
      ),
    )
    .orderBy(spanOrder(posts.id, span))
    .limit(size),
)

/** Who reads, and what of a timeline. */
export type Selection = Readonly<{ readerId: string | null; origin: Origin; onlyMedia: boolean; page: Page }>

/** A page of what everybody here and elsewhere says to everybody, newest first; answers to others are left out. */
export async function listPublic(db: Db, { readerId, origin, onlyMedia, page }: Selection): Promise<string[]> {
  const query = publicPosts(db, pageSize(page), spanOf(page), origin, readerId !== null)
  return toPage(await query.execute({ ...spanValues(page), reader: readerId, withoutMedia: !onlyMedia }), page)
}

const presentActor = prepared((db) =>
  db
    .select({ id: actors.id })
    .from(actors)
    .where(and(eq(actors.id, sql.placeholder('actor')), isNull(actors.deletedAt))),
)

/** Whether an actor is there. Its row with its pictures is not needed to list what it says, and costs more than the list. */
export async function isActorThere(db: Db, actorId: string): Promise<boolean> {
  return isId(actorId) && (await presentActor(db).execute({ actor: actorId })).length > 0
}

const postsOfActor = prepared((db, size: number, span: Span, isKnown: boolean) =>
  db
    .select({ id: posts.id })
    .from(posts)
    .where(
      and(
        eq(posts.actorId, sql.placeholder('actor')),
        isNull(posts.deletedAt),
        unless('withReplies', isNoAnswer),
        unless('withBoosts', isNull(posts.boostOfId)),
        unless('withoutMedia', eq(posts.hasMedia, true)),
        sql`(${sql.placeholder('tag')}::bigint is null or exists (select from ${postTags}
          where ${postTags.postId} = ${posts.id} and ${postTags.tagId} = ${sql.placeholder('tag')}))`,
        inSpan(posts.id, span),
        visibleTo(isKnown ? reader : null),
      ),
    )
    .orderBy(spanOrder(posts.id, span))
    .limit(size),
)

/** What of an actor's posts is wanted. */
export type ActorSelection = Readonly<{
  actorId: string
  readerId: string | null
  withReplies: boolean
  withBoosts: boolean
  onlyMedia: boolean
  /** The id of a hashtag. */
  tagId: string | null
  page: Page
}>

/** A page of an actor's posts that the reader may see, newest first. */
export async function listOfActor(db: Db, selection: ActorSelection): Promise<string[]> {
  const { actorId: actor, readerId, withReplies, withBoosts, onlyMedia, tagId: tag, page } = selection
  const wishes = { actor, withReplies, withBoosts, withoutMedia: !onlyMedia, tag }
  const query = postsOfActor(db, pageSize(page), spanOf(page), readerId !== null)
  return toPage(await query.execute({ ...spanValues(page), ...wishes, reader: readerId }), page)
}

/** Which hashtags a post must have: one of `any`, every one of `all`, none of `none`; ids. */
export type TagSelection = Selection &
  Readonly<{ any: readonly string[]; all: readonly string[]; none: readonly string[] }>

/** A page of public posts with hashtags, newest first. */
export async function listTagged(
  db: Db,
  { readerId, origin, onlyMedia, page, any, all, none }: TagSelection,
): Promise<string[]> {
  const { before, after } = spanValues(page)
  const has = (tagIds: readonly string[]) =>
    sql`exists (select from ${postTags} where ${postTags.postId} = ${posts.id} and ${inArray(postTags.tagId, [...tagIds])})`
  const rows = await db
    .selectDistinct({ id: posts.id })
    .from(postTags)
    .innerJoin(posts, eq(posts.id, postTags.postId))
    .where(
      and(
        inArray(postTags.tagId, [...any]),
        sql`${postTags.postId} < ${before} and ${postTags.postId} > ${after}`,
        ...all.map((tagId) => has([tagId])),
        none.length > 0 ? sql`not ${has(none)}` : undefined,
        isListed,
        originOf(origin),
        onlyMedia ? eq(posts.hasMedia, true) : undefined,
        readerId === null ? undefined : isHeard(readerId, posts.actorId),
        isListedFor(readerId, posts.actorId),
        visibleTo(readerId),
      ),
    )
    .orderBy(spanOrder(posts.id, spanOf(page)))
    .limit(page.limit)
  return toPage(rows, page)
}

/** The ids of hashtags by their folded names; what nobody has used yet is left out. */
export async function listTagIds(db: Db, names: readonly string[]): Promise<Map<string, string>> {
  if (names.length === 0) return new Map()
  const rows = await db
    .select({ id: tags.id, name: tags.name })
    .from(tags)
    .where(inArray(tags.name, [...names]))
  return new Map(rows.map(({ id, name }) => [name, id]))
}

/** Cuts to the page and puts it into the order of the list. */
export function toPage(rows: readonly { id: string }[], page: Page): string[] {
  return inListOrder(
    rows.slice(0, page.limit).map(({ id }) => id),
    page,
  )
}
