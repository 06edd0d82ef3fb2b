import { type Placeholder, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { Page } from '#src/core/paging.ts'
import type { Db } from '#src/db/client.ts'
import { inSpan, pageSize, type Span, spanOf, spanOrder, spanValues } from '#src/db/keyset.ts'
import { prepared } from '#src/db/prepared.ts'
import { follows } from '#src/db/schema/follows.ts'
import { listMembers, lists } from '#src/db/schema/lists.ts'
import { posts } from '#src/db/schema/posts.ts'
import type { List } from '#src/features/lists/queries.ts'
import { isHeard, isQuiet } from '#src/features/mutes/queries.ts'
import { authorVisibleTo, shownTo, visibleTo } from '#src/features/posts/queries.ts'
import { forHomeOf, isWanted } from './home-queries.ts'
import { toPage } from './queries.ts'

const [reader, list, policy] = [sql.placeholder('reader'), sql.placeholder('list'), sql.placeholder('policy')]

type Value = Placeholder | SQL | PgColumn

/** Which answers a list shows, of those that the home timeline would: to the owner and to oneself always. */
const isInPolicy = (of: { reader: Value; list: Value; policy: Value }) => sql`(
  (${posts.inReplyToId} is null and ${posts.inReplyToIri} is null)
  or ${posts.inReplyToActorId} in (${posts.actorId}, ${of.reader})
  or ${of.policy}::text = 'followed'
  or (${of.policy}::text = 'list' and exists (select from ${listMembers} "other"
    where "other".list_id = ${of.list} and "other".member_id = ${posts.inReplyToActorId})))`

/** Who stands in a list and is followed now; the owner may stand in it, too. */
const listed = sql`
  select ${listMembers.memberId} as actor_id, coalesce(${follows.showsBoosts}, true) as shows_boosts, ${follows.languages} as languages
  from ${listMembers} left join ${follows} on ${follows.id} = ${listMembers.followId}
  where ${listMembers.listId} = ${list} and (${follows.state} = 'accepted' or ${listMembers.memberId} = ${reader})
    and ${isHeard(reader, listMembers.memberId)} and ${authorVisibleTo(reader, listMembers.memberId)}`

const ofMembers = prepared((db, size: number, span: Span) => {
  const limit = sql.raw(String(size))
  return db
    .select({ id: sql<string>`newest.id`.as('id') })
    .from(sql`(${listed}) as listed cross join lateral (
      select ${posts.id} from ${posts}
      where ${posts.actorId} = listed.actor_id and ${inSpan(posts.id, span)}
        and ${isWanted(sql`listed.shows_boosts`, sql`listed.languages`)} and ${forHomeOf(reader)} and ${isInPolicy({ reader, list, policy })}
        and ${isQuiet(reader)} and ${shownTo(reader)}
      order by ${spanOrder(posts.id, span)} limit ${limit}
    ) as newest`)
    .orderBy(spanOrder(sql`newest.id`, span))
    .limit(size)
})

/** A page of what the members of a list have published, newest first, as its owner may read it. */
export async function listOfList(db: Db, { id, actorId, repliesPolicy }: List, page: Page): Promise<string[]> {
  const rows = await ofMembers(db, pageSize(page), spanOf(page)).execute({
    ...spanValues(page),
    reader: actorId,
    list: id,
    policy: repliesPolicy,
  })
  return toPage(
    rows.map((row) => ({ id: String(row.id) })),
    page,
  )
}

/** Which of some lists have a post in them, each as its owner may read it: the rule of `listOfList`, asked of one post. */
export async function listListsWithPost(db: Db, postId: string, listIds: readonly string[]): Promise<string[]> {
  const owner = sql`${lists.actorId}`
  const of = { reader: lists.actorId, list: lists.id, policy: lists.repliesPolicy }
  const rows = await db.execute<{ id: string }>(sql`
    select ${lists.id}::text as id from ${posts}
    join ${listMembers} on ${listMembers.memberId} = ${posts.actorId} join ${lists} on ${lists.id} = ${listMembers.listId}
    left join ${follows} on ${follows.id} = ${listMembers.followId}
    where ${posts.id} = ${postId} and ${lists.id} = any(${`{${listIds.join(',')}}`}::bigint[])
      and (${follows.state} = 'accepted' or ${listMembers.memberId} = ${owner}) and ${isHeard(owner, posts.actorId)}
      and ${isWanted(sql`coalesce(${follows.showsBoosts}, true)`, sql`${follows.languages}`)} and ${forHomeOf(owner)}
      and ${isInPolicy(of)} and ${isQuiet(owner)} and ${visibleTo(owner)}`)
  return rows.map(({ id }) => id)
}
