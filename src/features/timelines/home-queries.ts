import { type SQL, sql } from 'drizzle-orm'
import type { Page } from '#src/core/paging.ts'
import type { Db } from '#src/db/client.ts'
import { inSpan, pageSize, type Span, spanOf, spanOrder, spanValues } from '#src/db/keyset.ts'
import { prepared } from '#src/db/prepared.ts'
import { follows } from '#src/db/schema/follows.ts'
import { listMembers, lists } from '#src/db/schema/lists.ts'
import { posts, postTags } from '#src/db/schema/posts.ts'
import { tagFollows } from '#src/db/schema/tags.ts'
import { isHeard, isQuiet, type Listener } from '#src/features/mutes/queries.ts'
import { authorVisibleTo, shownTo, visibleTo } from '#src/features/posts/queries.ts'
import { toPage } from './queries.ts'

const reader = sql.placeholder('reader')

/** What a follower wants of the one who is followed: boosts or none, some languages or all. */
export const isWanted = (showsBoosts: SQL, languages: SQL) => sql`((${showsBoosts} or ${posts.boostOfId} is null)
  and (${languages} is null or ${posts.language} is null or ${posts.language} = any(${languages})))`

/**
 * An answer is shown to those who follow both sides, to the one who is answered, and when somebody goes on with what they said; one whose
 * parent we do not have is not. As Mastodon decides; one's own posts are all there.
 */
export const forHomeOf = (actor: Listener) => sql`(
  ${posts.actorId} = ${actor}
  or (${posts.inReplyToId} is null and ${posts.inReplyToIri} is null)
  or ${posts.inReplyToActorId} in (${posts.actorId}, ${actor})
  or (select true from ${follows} where ${follows.followerId} = ${actor}
    and ${follows.followeeId} = ${posts.inReplyToActorId} and ${follows.state} = 'accepted'))`

/** Who stands in a list that takes them out of an actor's home timeline, as a subquery that is read once for a query. */
const setApartBy = (actor: Listener) => sql`(select ${listMembers.memberId} from ${lists}
  join ${listMembers} on ${listMembers.listId} = ${lists.id} where ${lists.actorId} = ${actor} and ${lists.isExclusive})`

/** Neither muted nor set apart in a list; one's own posts are all there. */
const isWelcomeTo = (actor: Listener) => sql`(
  (${posts.actorId} = ${actor} or ${posts.actorId} not in ${setApartBy(actor)}) and ${isQuiet(actor)})`

/** What everybody may read under a hashtag. */
const isOpen = sql`(${posts.visibility} = 'public' and ${posts.boostOfId} is null)`

/** What stands under a hashtag that an actor follows, whoever says it. The first half is asked once. */
const isTaggedFor = (actor: Listener) => sql`(exists (select from ${tagFollows} where ${tagFollows.actorId} = ${actor})
  and ${isOpen} and exists (select from ${postTags} where ${postTags.postId} = ${posts.id}
    and ${postTags.tagId} in (select ${tagFollows.tagId} from ${tagFollows} where ${tagFollows.actorId} = ${actor})))`

/** THE rule of what stands in an actor's home timeline, asked of one post; who may read it is the other half (`visibleTo`). */
export function isAtHomeOf(actor: Listener): SQL {
  return sql`(((${posts.actorId} = ${actor} or (
      select ${isWanted(sql`${follows.showsBoosts}`, sql`${follows.languages}`)} from ${follows}
      where ${follows.followerId} = ${actor} and ${follows.followeeId} = ${posts.actorId} and ${follows.state} = 'accepted'))
      and ${forHomeOf(actor)} or ${isTaggedFor(actor)})
    and ${isWelcomeTo(actor)})`
}

/** How many of the newest posts are looked through before each followed actor is asked. */
const windowSize = 400

/**
 * The posts for a reader among the newest of all: most of what an instance has is there because somebody here follows its author, and so
 * a page is nearly always found at the top, however many are followed.
 */
const atTheTop = prepared((db, size: number, span: Span) => {
  const order = spanOrder(posts.id, span)
  return db
    .select({ id: sql<string>`posts.id`.as('id') })
    .from(sql`(select * from ${posts} where ${posts.deletedAt} is null and ${inSpan(posts.id, span)} order by ${order}
      limit ${sql.raw(String(windowSize))}) as posts`)
    .where(sql`${isAtHomeOf(reader)} and ${visibleTo(reader)}`)
    .orderBy(order)
    .limit(size)
})

/** Whom a reader follows, and the reader. What can be asked once for each of them is asked here and not at each of their posts. */
const followed = sql`
  select ${follows.followeeId} as actor_id, ${follows.showsBoosts} as shows_boosts, ${follows.languages} as languages
  from ${follows}
  where ${follows.followerId} = ${reader} and ${follows.state} = 'accepted' and ${follows.followeeId} not in ${setApartBy(reader)}
    and ${isHeard(reader, follows.followeeId)} and ${authorVisibleTo(reader, follows.followeeId)}
  union all select ${reader}::bigint, true, null`

/** The newest of each actor that is followed and of each hashtag, by their indexes, merged. */
const ofEach = prepared((db, size: number, span: Span) => {
  const limit = sql.raw(String(size))
  return db
    .select({ id: sql<string>`merged.id`.as('id') })
    .from(sql`(
      (select newest.id from (${followed}) as followed cross join lateral (
        select ${posts.id} from ${posts}
        where ${posts.actorId} = followed.actor_id and ${inSpan(posts.id, span)}
          and ${isWanted(sql`followed.shows_boosts`, sql`followed.languages`)} and ${forHomeOf(reader)} and ${isQuiet(reader)}
          and ${shownTo(reader)}
        order by ${spanOrder(posts.id, span)} limit ${limit}
      ) as newest
      order by ${spanOrder(sql`newest.id`, span)} limit ${limit})
      union
      select tagged.id from ${tagFollows} cross join lateral (
        select ${posts.id} from ${postTags} join ${posts} on ${posts.id} = ${postTags.postId}
        where ${postTags.tagId} = ${tagFollows.tagId} and ${inSpan(postTags.postId, span)}
          and ${isOpen} and ${isWelcomeTo(reader)} and ${visibleTo(reader)}
        order by ${spanOrder(postTags.postId, span)} limit ${limit}
      ) as tagged
      where ${tagFollows.actorId} = ${reader}
    ) as merged`)
    .orderBy(spanOrder(sql`merged.id`, span))
    .limit(size)
})

/**
 * A page of the home timeline of an actor, newest first: what it and those whom it follows have published, and what stands under
 * the hashtags that it follows; without whom it has muted or set apart in a list. Nothing is copied when a post
 * is published; who may see it is decided now. Posts to named people are among them when the reader is named, as in Mastodon.
 */
export async function listHome(db: Db, actorId: string, page: Page): Promise<string[]> {
  const [size, span] = [pageSize(page), spanOf(page)]
  const values = { ...spanValues(page), reader: actorId }
  const top = span === 'down' || span === 'up' ? await atTheTop(db, size, span).execute(values) : []
  const rows = top.length >= page.limit ? top : await ofEach(db, size, span).execute(values)
  return toPage(
    rows.map(({ id }) => ({ id: String(id) })),
    page,
  )
}

/** Which of some actors have a post in their home timeline: the rule of `listHome`, asked of one post. */
export async function listHomeReaders(db: Db, postId: string, actorIds: readonly string[]): Promise<string[]> {
  const one = sql`r.id`
  const rows = await db.execute<{ id: string }>(sql`
    select r.id::text as id from ${posts} cross join unnest(${`{${actorIds.join(',')}}`}::bigint[]) as r(id)
    where ${posts.id} = ${postId} and ${isAtHomeOf(one)} and ${visibleTo(one)}`)
  return rows.map(({ id }) => id)
}
