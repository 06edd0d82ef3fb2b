import { and, eq, inArray, isNull, type SQL, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { idArray } from '#src/db/arrays.ts'
import type { Db } from '#src/db/client.ts'
import { prepared } from '#src/db/prepared.ts'
import { actors } from '#src/db/schema/actors.ts'
import { filterVersions } from '#src/db/schema/filters.ts'
import { media } from '#src/db/schema/media.ts'
import { oauthApps } from '#src/db/schema/oauth.ts'
import { postRecipients, posts, postTags, tags } from '#src/db/schema/posts.ts'
import { bookmarks, likes, mutedConversations, pins } from '#src/db/schema/reactions.ts'
import { cardOf } from '#src/features/cards/queries.ts'
import type { Media, ShownMedia } from '#src/features/media/queries.ts'
import { pollOf } from '#src/features/polls/queries.ts'
import { productsOfPost } from '#src/features/products/posted-queries.ts'
import type { Hashtag } from './hashtags.ts'
import { visibleTo } from './queries.ts'
import { quoteOf, quoteRelation } from './quoted-queries.ts'
import { reactionsOfPost } from './reaction-queries.ts'
import { isTopicLocked } from './topic-queries.ts'

/** What a status is made of, and what the reader has done with it. */
export type StatusRow = Awaited<ReturnType<typeof listStatusRows>>[number]

/** Somebody whom a post names. `host` and `url` are null for ours. */
export type MentionRow = Readonly<{
  actorId: string
  handle: string
  host: string | null
  iri: string | null
  url: string | null
}>

const ids = () => sql`any(${sql.placeholder('ids')}::bigint[])`
const reader = sql.placeholder('reader')
const boost = alias(posts, 'boost')
const mine = alias(posts, 'mine')

const author = alias(actors, 'writer')

/** What belongs to each post comes with it: a query of its own for each kind costs more than it reads. Ids as texts: JSON has no 64 bits. */
const pictures = sql<ShownMedia[] | null>`case when ${posts.hasMedia} then (
  select json_agg(json_build_object('id', ${media.id}::text, 'key', ${media.key}, 'kind', ${media.kind}, 'width', ${media.width},
    'height', ${media.height}, 'blurhash', ${media.blurhash}, 'focusX', ${media.focusX}, 'focusY', ${media.focusY},
    'description', ${media.description}, 'variants', ${media.variants}, 'remoteUrl', ${media.remoteUrl})
    order by ${media.position}, ${media.id})
  from ${media} where ${media.postId} = ${posts.id} and ${media.deletedAt} is null) end`.as('pictures')

const mentions = sql<MentionRow[] | null>`(
  select json_agg(json_build_object('actorId', ${actors.id}::text, 'handle', ${actors.handle}, 'host', ${actors.host},
    'iri', ${actors.iri}, 'url', ${actors.url}) order by ${postRecipients.position})
  from ${postRecipients} join ${actors} on ${actors.id} = ${postRecipients.actorId}
  where ${postRecipients.postId} = ${posts.id} and ${postRecipients.isMention})`.as('mentions')

const hashtags = sql<Hashtag[] | null>`(
  select json_agg(json_build_object('name', ${tags.name}, 'label', ${tags.label}) order by ${tags.id})
  from ${postTags} join ${tags} on ${tags.id} = ${postTags.tagId} where ${postTags.postId} = ${posts.id})`.as(
  'hashtags',
)

/** The column list is written out: every one costs at every status of every timeline. */
const statusColumns = {
  id: posts.id,
  actorId: posts.actorId,
  handle: author.handle,
  /** The version of the author's row: see `loadAccounts`. */
  actorVersion: sql<string>`${author}.xmin::text`.as('actor_version'),
  iri: posts.iri,
  url: posts.url,
  visibility: posts.visibility,
  content: posts.content,
  spoilerText: posts.spoilerText,
  isSensitive: posts.isSensitive,
  language: posts.language,
  inReplyToId: posts.inReplyToId,
  /** What it answers was deleted: an id that leads nowhere helps nobody. */
  isParentGone: sql<boolean>`case when ${posts.inReplyToId} is null then false else (
    select "parent".deleted_at is not null from ${posts} "parent" where "parent".id = ${posts.inReplyToId}) end`.as(
    'is_parent_gone',
  ),
  inReplyToActorId: posts.inReplyToActorId,
  boostOfId: posts.boostOfId,
  emojis: posts.emojis,
  effectId: posts.effectId,
  activityIri: posts.activityIri,
  likesCount: posts.likesCount,
  boostsCount: posts.boostsCount,
  repliesCount: posts.repliesCount,
  quotesCount: posts.quotesCount,
  quoteAutomatic: posts.quoteAutomatic,
  quoteManual: posts.quoteManual,
  /** It belongs to a topic in which nothing may be answered any more. */
  isLocked: isTopicLocked().as('is_locked'),
  publishedAt: posts.publishedAt,
  editedAt: posts.editedAt,
  card: cardOf(sql`${posts.cardId}`).as('card'),
  pictures,
  products: productsOfPost().as('products'),
  mentions,
  hashtags,
  reactions: reactionsOfPost().as('reactions'),
}

/**
 * Whether there is such a row, asked for each post by an index. Of `exists` PostgreSQL may make a list of all that a reader has ever liked,
 * read before the first post.
 */
const has = (rows: SQL) => sql<boolean>`((select true from ${rows}) is not null)`

/** The reader's like and boost of the post itself: on a boost, of what it shows. */
const isLiked = has(sql`${likes}
  where ${likes.postId} = coalesce(${posts.boostOfId}, ${posts.id}) and ${likes.actorId} = ${reader}`).as('is_liked')
const isBoosted = has(sql`${posts} ${sql.raw('"mine"')}
  where ${mine.boostOfId} = coalesce(${posts.boostOfId}, ${posts.id}) and ${mine.actorId} = ${reader} and ${mine.deletedAt} is null`).as(
  'is_boosted',
)

const isBookmarked = has(sql`${bookmarks}
  where ${bookmarks.postId} = coalesce(${posts.boostOfId}, ${posts.id}) and ${bookmarks.actorId} = ${reader}`).as(
  'is_bookmarked',
)
const isMuted = has(sql`${mutedConversations}
  where ${mutedConversations.conversationId} = coalesce(${posts.conversationId}, ${posts.id})
    and ${mutedConversations.actorId} = ${reader}`).as('is_muted')
const isPinned =
  sql<boolean>`(${posts.actorId} = ${reader} and ${has(sql`${pins} where ${pins.postId} = ${posts.id} and ${pins.actorId} = ${reader}`)})`.as(
    'is_pinned',
  )

/** Asked once for all rows: which version of the reader's filters they are to be shown through. */
const filtersVersion = sql<number | null>`(select ${filterVersions.version} from ${filterVersions}
  where ${filterVersions.actorId} = ${reader})`.as('filters_version')

/** Those asked for, and what the boosts among them show. */
const isAskedFor: SQL = sql`${posts.id} in (
  select unnest(${sql.placeholder('ids')}::bigint[]) union
  select ${boost.boostOfId} from ${posts} ${sql.raw('"boost"')} where ${boost.id} = ${ids()} and ${boost.boostOfId} is not null)`

const rowsForReader = prepared((db) =>
  db
    .select({
      ...statusColumns,
      isLiked,
      isBoosted,
      isBookmarked,
      isMuted,
      isPinned,
      poll: pollOf(sql`${posts.id}`, sql`${reader}`).as('poll'),
      quote: quoteOf(sql`${reader}`),
      ...quoteRelation(sql`${reader}`),
      filtersVersion,
      appName: oauthApps.name,
      appWebsite: oauthApps.website,
    })
    .from(posts)
    .innerJoin(author, eq(author.id, posts.actorId))
    // Which program somebody uses is told to nobody else.
    .leftJoin(oauthApps, and(eq(oauthApps.id, posts.appId), sql`${posts.actorId} = ${reader}`))
    .where(and(isAskedFor, visibleTo(reader))),
)

const rowsForAnybody = prepared((db) =>
  db
    .select({
      ...statusColumns,
      isLiked: sql<boolean>`false`.as('is_liked'),
      isBoosted: sql<boolean>`false`.as('is_boosted'),
      isBookmarked: sql<boolean>`false`.as('is_bookmarked'),
      isMuted: sql<boolean>`false`.as('is_muted'),
      isPinned: sql<boolean>`false`.as('is_pinned'),
      poll: pollOf(sql`${posts.id}`, null).as('poll'),
      quote: quoteOf(null),
      isFollower: sql<boolean>`false`.as('is_follower'),
      isFollowed: sql<boolean>`false`.as('is_followed'),
      filtersVersion: sql<number | null>`null`.as('filters_version'),
      appName: sql<string | null>`null`.as('app_name'),
      appWebsite: sql<string | null>`null`.as('app_website'),
    })
    .from(posts)
    .innerJoin(author, eq(author.id, posts.actorId))
    .where(and(isAskedFor, visibleTo(null))),
)

/** The posts of a list that a reader may see, and the posts that the boosts among them show; in no order. */
export async function listStatusRows(db: Db, actorId: string | null, postIds: readonly string[]) {
  if (actorId === null) return rowsForAnybody(db).execute({ ids: idArray(postIds) })
  return rowsForReader(db).execute({ ids: idArray(postIds), reader: actorId })
}

/** Pictures of an earlier version of a post that are still there. */
export async function listPicturesById(db: Db, pictureIds: readonly string[]): Promise<Media[]> {
  if (pictureIds.length === 0) return []
  return db
    .select()
    .from(media)
    .where(and(inArray(media.id, [...pictureIds]), isNull(media.deletedAt)))
}
