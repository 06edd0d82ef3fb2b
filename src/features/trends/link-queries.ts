import { inArray, sql } from 'drizzle-orm'
import type { Db } from '#src/db/client.ts'
import { cards } from '#src/db/schema/cards.ts'
import { posts } from '#src/db/schema/posts.ts'
import { isListedFor, visibleTo } from '#src/features/posts/queries.ts'
import type { DayOfUse } from '#src/features/tags/queries.ts'
import type { Slice } from './queries.ts'

/** Whether a post is for everybody, and says so without a warning. */
const isOpen = sql`${posts.visibility} = 'public' and not ${posts.isSensitive}
  and ${isListedFor(null, posts.actorId)} and ${visibleTo(null)}`

/**
 * Cards of the pages to which several people have linked since a moment in what everybody may read; those to which more people did come
 * first. One person alone makes no trend.
 */
export async function listTrendingCards(db: Db, { limit, offset, since }: Slice): Promise<string[]> {
  const rows = await db.execute<{ id: string }>(sql`
    select ${cards.id}::text as id from ${posts} join ${cards} on ${cards.id} = ${posts.cardId}
    where ${posts.publishedAt} >= ${since.toISOString()} and ${isOpen} and ${cards.readAt} is not null
    group by ${cards.id} having count(distinct ${posts.actorId}) > 1
    order by count(distinct ${posts.actorId}) desc, count(*) desc, ${cards.id} desc
    limit ${limit} offset ${offset}`)
  return rows.map(({ id }) => id)
}

/** The days since a moment on which pages were linked to in what everybody may read. */
export async function listLinkDays(
  db: Db,
  cardIds: readonly string[],
  since: Date,
): Promise<(DayOfUse & { cardId: string })[]> {
  if (cardIds.length === 0) return []
  const rows = await db.execute<{ card_id: string; day: string; uses: string; accounts: string }>(sql`
    select ${posts.cardId}::text as card_id, date_trunc('day', ${posts.publishedAt} at time zone 'UTC')::date::text as day,
      count(*) as uses, count(distinct ${posts.actorId}) as accounts
    from ${posts} where ${inArray(posts.cardId, [...cardIds])} and ${posts.publishedAt} >= ${since.toISOString()} and ${isOpen}
    group by 1, 2`)
  return rows.map(({ card_id: cardId, day, uses, accounts }) => ({
    cardId,
    day: new Date(day),
    uses: Number(uses),
    accounts: Number(accounts),
  }))
}
