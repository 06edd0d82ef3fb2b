import { type SQL, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { actors } from '#src/db/schema/actors.ts'
import { blocks, shunnedHosts } from '#src/db/schema/blocks.ts'
import { follows } from '#src/db/schema/follows.ts'
import { mutes } from '#src/db/schema/mutes.ts'
import { posts } from '#src/db/schema/posts.ts'
import { type quoteState, quotes } from '#src/db/schema/quotes.ts'
import { visibleTo } from './queries.ts'

/** What a post quotes, as its reader finds it. */
export type QuoteRow = Readonly<{
  state: (typeof quoteState.enumValues)[number]
  isLegacy: boolean
  /** Null: we do not have it, or it is gone for good. */
  quotedId: string | null
  /** Who wrote it. */
  quotedActorId: string | null
  /** The id of a quoted post of another server. */
  quotedIri: string | null
  quotedUrl: string | null
  /** Who wrote what is quoted. */
  handle: string | null
  isGone: boolean
  /** The reader may see what is quoted. */
  isVisible: boolean
  isBlocked: boolean
  isShunned: boolean
  isMuted: boolean
}>

const quoted = alias(posts, 'quoted')
const quotedAuthor = alias(actors, 'quoted_author')

/** The quote of each post, for an actor or (null) somebody whom we do not know. It is read only of posts that have one. */
export function quoteOf(reader: SQL | null) {
  const by = (condition: SQL) => (reader === null ? sql`false` : condition)
  const isBlocked = by(sql`exists (select from ${blocks}
    where ${blocks.actorId} = ${reader} and ${blocks.blockedId} = ${quoted.actorId})`)
  const isShunned = by(sql`exists (select from ${shunnedHosts}
    where ${shunnedHosts.actorId} = ${reader} and ${shunnedHosts.host} = ${quotedAuthor.host})`)
  const isMuted = by(sql`exists (select from ${mutes} where ${mutes.actorId} = ${reader}
    and ${mutes.mutedId} = ${quoted.actorId} and (${mutes.expiresAt} is null or ${mutes.expiresAt} > now()))`)
  return sql<QuoteRow | null>`case when ${posts.hasQuote} then (
    select json_build_object('state', ${quotes.state}, 'isLegacy', ${quotes.isLegacy}, 'quotedId', ${quotes.quotedId}::text, 'quotedActorId', ${quoted.actorId}::text,
      'quotedIri', ${quotes.quotedIri}, 'quotedUrl', ${quoted.url}, 'handle', ${quotedAuthor.handle},
      'isGone', ${quoted.id} is null or ${quoted.deletedAt} is not null,
      'isVisible', coalesce(${visibleTo(reader, quoted)}, false),
      'isBlocked', ${isBlocked}, 'isShunned', ${isShunned}, 'isMuted', ${isMuted})
    from ${quotes} left join ${posts} "quoted" on ${quoted.id} = ${quotes.quotedId}
      left join ${actors} "quoted_author" on ${quotedAuthor.id} = ${quoted.actorId}
    where ${quotes.postId} = ${posts.id}) end`.as('quote')
}

/** Whether one actor follows another; asked only where the policy of the post names such people. */
function isFollowing(group: string, follower: SQL, followee: SQL): SQL<boolean> {
  return sql<boolean>`(${group} = any(${posts.quoteAutomatic} || ${posts.quoteManual}) and exists (select from ${follows}
    where ${follows.followerId} = ${follower} and ${follows.followeeId} = ${followee} and ${follows.state} = 'accepted'))`
}

/** How a reader stands to the author of each post, as far as it matters for quoting it. */
export function quoteRelation(reader: SQL) {
  return {
    isFollower: isFollowing('followers', reader, sql`${posts.actorId}`).as('is_follower'),
    isFollowed: isFollowing('following', sql`${posts.actorId}`, reader).as('is_followed'),
  }
}
