import { type SQL, sql } from 'drizzle-orm'
import type { Page } from '#src/core/paging.ts'
import type { Db } from '#src/db/client.ts'
import { inSpan, pageSize, type Span, spanOrder, spanValues } from '#src/db/keyset.ts'
import { prepared } from '#src/db/prepared.ts'
import { follows } from '#src/db/schema/follows.ts'
import { listMembers, lists } from '#src/db/schema/lists.ts'
import { posts, postTags } from '#src/db/schema/posts.ts'
import { tagFollows } from '#src/db/schema/tags.ts'
import { isHeard, isQuiet, type Listener } from '#src/features/mutes/queries.ts'
import { authorVisibleTo, isListedFor, shownTo, visibleTo } from '#src/features/posts/queries.ts'
import { type Entry, falloff, isRepeat } from './repeats.ts'

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
  and ${isOpen} and ${isListedFor(actor, posts.actorId)} and exists (select from ${postTags} where ${postTags.postId} = ${posts.id}
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
    .select({ id: sql<string>`posts.id`.as('id'), boostOfId: sql<string | null>`posts.boost_of_id`.as('boost_of_id') })
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
    .select({
      id: sql<string>`merged.id`.as('id'),
      boostOfId: sql<string | null>`merged.boost_of_id`.as('boost_of_id'),
    })
    .from(sql`(
      (select newest.id, newest.boost_of_id from (${followed}) as followed cross join lateral (
        select ${posts.id}, ${posts.boostOfId} from ${posts}
        where ${posts.actorId} = followed.actor_id and ${inSpan(posts.id, span)}
          and ${isWanted(sql`followed.shows_boosts`, sql`followed.languages`)} and ${forHomeOf(reader)} and ${isQuiet(reader)}
          and ${shownTo(reader)}
        order by ${spanOrder(posts.id, span)} limit ${limit}
      ) as newest
      order by ${spanOrder(sql`newest.id`, span)} limit ${limit})
      union
      select tagged.id, null::bigint from ${tagFollows} cross join lateral (
        select ${posts.id} from ${postTags} join ${posts} on ${posts.id} = ${postTags.postId}
        where ${postTags.tagId} = ${tagFollows.tagId} and ${inSpan(postTags.postId, span)}
          and ${isOpen} and ${isListedFor(reader, posts.actorId)} and ${isWelcomeTo(reader)} and ${visibleTo(reader)}
        order by ${spanOrder(postTags.postId, span)} limit ${limit}
      ) as tagged
      where ${tagFollows.actorId} = ${reader}
    ) as merged`)
    .orderBy(spanOrder(sql`merged.id`, span))
    .limit(size)
})

/** Some of a timeline that follow each other, in the order in which they were read; `isEnd`: there is nothing beyond them. */
type Stretch = Readonly<{ entries: Entry[]; isEnd: boolean }>

/** What comes next at home: upwards from `minId`, else down. */
async function readOn(db: Db, actorId: string, page: Page): Promise<Stretch> {
  const [size, span] = [pageSize(page), page.minId ? 'up' : 'down'] as const
  const values = { ...spanValues(page), reader: actorId }
  const top = await atTheTop(db, size, span).execute(values)
  if (top.length >= page.limit) return { entries: top.map(toEntry), isEnd: false }
  const rows = await ofEach(db, size, span).execute(values)
  return { entries: rows.map(toEntry), isEnd: rows.length < size }
}

function toEntry({ id, boostOfId }: Entry): Entry {
  return { id: String(id), boostOfId: boostOfId === null ? null : String(boostOfId) }
}

/**
 * A page of the home timeline of an actor, newest first: what it and those whom it follows have published, and what stands under
 * the hashtags that it follows; without whom it has muted or set apart in a list, and without boosts of what stands right before them.
 * Nothing is copied when a post is published; who may see it is decided now. Posts to named people are among them when the reader is
 * named, as in Mastodon.
 */
export async function listHome(db: Db, actorId: string, page: Page): Promise<string[]> {
  return page.minId ? listUp(db, actorId, { ...page, minId: page.minId }) : listDown(db, actorId, page)
}

async function listDown(db: Db, actorId: string, { maxId, sinceId, limit }: Page): Promise<string[]> {
  const entries: Entry[] = []
  for (;;) {
    const last = entries.at(-1)
    const stretch = await readOn(db, actorId, { maxId: last?.id ?? maxId, limit: last ? falloff : limit })
    entries.push(...stretch.entries)
    const shown = cutDown({ entries, isEnd: stretch.isEnd }, { sinceId, limit })
    if (shown) return shown
  }
}

/** The page at the top of a stretch; null when it takes more than the stretch to tell. */
function cutDown({ entries, isEnd }: Stretch, { sinceId, limit }: Page): string[] | null {
  const shown: string[] = []
  for (const [at, { id }] of entries.entries()) {
    if (shown.length === limit || (sinceId && BigInt(id) <= BigInt(sinceId))) return shown
    const repeats = isRepeat(entries, at)
    if (repeats === null && !isEnd) return null
    if (!repeats) shown.push(id)
  }
  return isEnd || shown.length === limit ? shown : null
}

async function listUp(db: Db, actorId: string, { maxId, minId, limit }: Page & { minId: string }): Promise<string[]> {
  const above: Entry[] = []
  let below: Entry[] | null = null
  for (;;) {
    const stretch = await readOn(db, actorId, { minId: above.at(-1)?.id ?? minId, limit })
    above.push(...stretch.entries)
    if (above.some(({ boostOfId }) => boostOfId !== null)) below ??= await listUpTo(db, actorId, minId)
    const line = [...above.toReversed(), ...(below ?? [])]
    const shown = above.filter((_, nth) => !isRepeat(line, above.length - 1 - nth)).map(({ id }) => id)
    const page = shown.filter((id) => !maxId || BigInt(id) < BigInt(maxId))
    if (page.length >= limit || page.length < shown.length || stretch.isEnd) return page.slice(0, limit).toReversed()
  }
}

/** An entry, and as many below it as tell whether it is a repeat, or whether a boost above it is. */
async function listUpTo(db: Db, actorId: string, id: string): Promise<Entry[]> {
  return (await readOn(db, actorId, { maxId: String(BigInt(id) + 1n), limit: falloff + 1 })).entries
}

/** Which of some actors have a post in their home timeline: the rule of `listHome`, asked of one post. */
export async function listHomeReaders(db: Db, postId: string, actorIds: readonly string[]): Promise<string[]> {
  const found = await listWithAny(db, [postId], actorIds)
  const [readers, boosted] = [found.map(({ id }) => id), found[0]?.boostOfId]
  if (!boosted) return readers
  // Nearly always nobody has anything that could be repeated.
  const others = await listWithAny(db, await listShowing(db, boosted, postId), readers)
  const repeated = new Set<string>()
  for (const id of new Set(others.map((one) => one.id))) {
    const line = await listUpTo(db, id, postId)
    if (line[0]?.id === postId && isRepeat(line, 0)) repeated.add(id)
  }
  return readers.filter((id) => !repeated.has(id))
}

/** A post and the boosts of it that came before another one, the last first. */
async function listShowing(db: Db, postId: string, beforeId: string): Promise<string[]> {
  const rows = await db.execute<{ id: string }>(sql`select id::text as id from ${posts} where ${posts.deletedAt} is null
    and (${posts.id} = ${postId} or ${posts.boostOfId} = ${postId}) and ${posts.id} < ${beforeId}
    order by ${posts.id} desc limit ${mostShowing}`)
  return rows.map(({ id }) => id)
}

/** What was boosted more often than this is asked about by its last boosts alone. */
const mostShowing = 100

/** Which of some actors have which of some posts at home, repeats among them. */
async function listWithAny(db: Db, postIds: readonly string[], actorIds: readonly string[]): Promise<Entry[]> {
  if (postIds.length === 0) return []
  const one = sql`r.id`
  return db.execute<Entry>(sql`
    select r.id::text as id, ${posts.boostOfId}::text as "boostOfId"
    from ${posts} cross join unnest(${`{${actorIds.join(',')}}`}::bigint[]) as r(id)
    where ${posts.id} = any(${`{${postIds.join(',')}}`}::bigint[]) and ${isAtHomeOf(one)} and ${visibleTo(one)}`)
}
