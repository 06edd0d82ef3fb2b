import { and, asc, eq, inArray, isNull, type SQL, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Db } from '#src/db/client.ts'
import { prepared } from '#src/db/prepared.ts'
import { actors } from '#src/db/schema/actors.ts'
import { media } from '#src/db/schema/media.ts'
import { oauthApps } from '#src/db/schema/oauth.ts'
import { postRecipients, posts, postTags, tags } from '#src/db/schema/posts.ts'
import { likes } from '#src/db/schema/reactions.ts'
import type { MediaRow } from './publication-queries.ts'
import { visibleTo } from './queries.ts'

/** What a status is made of, and what the reader has done with it. */
export type StatusRow = Awaited<ReturnType<typeof listStatusRows>>[number]

/** Somebody whom a post names. `host` and `url` are null for ours. */
export type MentionRow = Readonly<{
  postId: string
  actorId: string
  handle: string
  host: string | null
  iri: string | null
  url: string | null
}>

/** A hashtag of a post. */
export type TagRow = Readonly<{ postId: string; name: string; label: string }>

const ids = () => sql`any(${sql.placeholder('ids')}::bigint[])`
const reader = sql.placeholder('reader')
const boost = alias(posts, 'boost')
const mine = alias(posts, 'mine')

/** The column list is written out: every one costs at every status of every timeline. */
const statusColumns = {
  id: posts.id,
  actorId: posts.actorId,
  iri: posts.iri,
  url: posts.url,
  visibility: posts.visibility,
  content: posts.content,
  source: posts.source,
  spoilerText: posts.spoilerText,
  isSensitive: posts.isSensitive,
  language: posts.language,
  inReplyToId: posts.inReplyToId,
  inReplyToActorId: posts.inReplyToActorId,
  boostOfId: posts.boostOfId,
  hasMedia: posts.hasMedia,
  emojis: posts.emojis,
  effectId: posts.effectId,
  activityIri: posts.activityIri,
  likesCount: posts.likesCount,
  boostsCount: posts.boostsCount,
  repliesCount: posts.repliesCount,
  publishedAt: posts.publishedAt,
  editedAt: posts.editedAt,
}

/** The reader's like and boost of the post itself: on a boost, of what it shows. */
const isLiked = sql<boolean>`exists (select from ${likes}
  where ${likes.postId} = coalesce(${posts.boostOfId}, ${posts.id}) and ${likes.actorId} = ${reader})`.as('is_liked')
const isBoosted = sql<boolean>`exists (select from ${posts} ${sql.raw('"mine"')}
  where ${mine.boostOfId} = coalesce(${posts.boostOfId}, ${posts.id}) and ${mine.actorId} = ${reader} and ${mine.deletedAt} is null)`.as(
  'is_boosted',
)

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
      appName: oauthApps.name,
      appWebsite: oauthApps.website,
    })
    .from(posts)
    // Which program somebody uses is told to nobody else.
    .leftJoin(oauthApps, and(eq(oauthApps.id, posts.appId), sql`${posts.actorId} = ${reader}`))
    .where(and(isAskedFor, visibleTo(reader)))
    .prepare('status_rows_for_reader'),
)

const rowsForAnybody = prepared((db) =>
  db
    .select({
      ...statusColumns,
      isLiked: sql<boolean>`false`.as('is_liked'),
      isBoosted: sql<boolean>`false`.as('is_boosted'),
      appName: sql<string | null>`null`.as('app_name'),
      appWebsite: sql<string | null>`null`.as('app_website'),
    })
    .from(posts)
    .where(and(isAskedFor, visibleTo(null)))
    .prepare('status_rows_for_anybody'),
)

/** The posts of a list that a reader may see, and the posts that the boosts among them show; in no order. */
export async function listStatusRows(db: Db, actorId: string | null, postIds: readonly string[]) {
  if (actorId === null) return rowsForAnybody(db).execute({ ids: toArray(postIds) })
  return rowsForReader(db).execute({ ids: toArray(postIds), reader: actorId })
}

const mentions = prepared((db) =>
  db
    .select({
      postId: postRecipients.postId,
      actorId: actors.id,
      handle: actors.handle,
      host: actors.host,
      iri: actors.iri,
      url: actors.url,
    })
    .from(postRecipients)
    .innerJoin(actors, eq(actors.id, postRecipients.actorId))
    .where(and(sql`${postRecipients.postId} = ${ids()}`, eq(postRecipients.isMention, true)))
    .orderBy(asc(postRecipients.postId), asc(postRecipients.position))
    .prepare('status_mentions'),
)

/** Whom posts name, in the order of their texts. */
export async function listMentions(db: Db, postIds: readonly string[]): Promise<MentionRow[]> {
  return mentions(db).execute({ ids: toArray(postIds) })
}

const hashtags = prepared((db) =>
  db
    .select({ postId: postTags.postId, name: tags.name, label: tags.label })
    .from(postTags)
    .innerJoin(tags, eq(tags.id, postTags.tagId))
    .where(sql`${postTags.postId} = ${ids()}`)
    .orderBy(asc(tags.id))
    .prepare('status_hashtags'),
)

/** The hashtags of posts. */
export async function listTags(db: Db, postIds: readonly string[]): Promise<TagRow[]> {
  return hashtags(db).execute({ ids: toArray(postIds) })
}

const pictures = prepared((db) =>
  db
    .select()
    .from(media)
    .where(and(sql`${media.postId} = ${ids()}`, isNull(media.deletedAt)))
    .orderBy(asc(media.postId), asc(media.position), asc(media.id))
    .prepare('status_pictures'),
)

/** The pictures of posts, in their order. */
export async function listPicturesOf(db: Db, postIds: readonly string[]): Promise<MediaRow[]> {
  if (postIds.length === 0) return []
  return pictures(db).execute({ ids: toArray(postIds) })
}

/** PostgreSQL's own spelling of an array; ids are digits. */
function toArray(values: readonly string[]): string {
  return `{${values.join(',')}}`
}

/** Pictures of an earlier version of a post that are still there. */
export async function listPicturesById(db: Db, pictureIds: readonly string[]): Promise<MediaRow[]> {
  if (pictureIds.length === 0) return []
  return db
    .select()
    .from(media)
    .where(and(inArray(media.id, [...pictureIds]), isNull(media.deletedAt)))
}
