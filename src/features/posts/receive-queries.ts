import { sql } from 'drizzle-orm'
import { ids, moments, texts } from '#src/db/arrays.ts'
import type { Tx } from '#src/db/client.ts'
import { isWithdrawnBy } from '#src/db/tombstones.ts'
import { authorVisibleTo, readableBy, type Visibility } from './queries.ts'

/** What has to be known before a remote post is stored. */
export type Arrival = Readonly<{
  /** The post that has its id here already. */
  existing: Readonly<{ id: string; actorId: string; isDeleted: boolean }> | null
  /** Its author is there and not suspended, and has not withdrawn it. */
  isWelcome: boolean
  /** Answers to it have come before it. */
  isAwaited: boolean
  /** So have quotes of it. */
  isQuoted: boolean
  /** The id that it gets when it is new. */
  nextId: string
}>

type ArrivalRow = {
  id: string | null
  actor_id: string
  is_deleted: boolean
  is_author_there: boolean | null
  is_withdrawn: boolean
  is_awaited: boolean
  is_quoted: boolean
  next_id: string
}

/** Asks everything at once: a trip to the database costs more than any of the questions. Hold the locks of their ids (`lockByNames`). */
export async function findArrivals(
  tx: Tx,
  posts: readonly Readonly<{ iri: string; actorId: string; publishedAt: Date }>[],
  now: Date,
): Promise<Arrival[]> {
  const given = sql`unnest(${texts(posts.map(({ iri }) => iri))}, ${ids(posts.map(({ actorId }) => actorId))},
    ${moments(posts.map(({ publishedAt }) => publishedAt))}) with ordinality as given (iri, actor_id, published_at, nth)`
  const rows = await tx.execute<ArrivalRow>(sql`
    select existing.id, existing.actor_id, existing.deleted_at is not null as is_deleted,
      ${authorVisibleTo(null, sql`given.actor_id`)} as is_author_there,
      ${isWithdrawnBy(sql`given.iri`, sql`given.actor_id`, now)} as is_withdrawn,
      exists (select from posts where in_reply_to_iri = given.iri and in_reply_to_id is null) as is_awaited,
      exists (select from quotes where quoted_iri = given.iri and quoted_id is null) as is_quoted,
      make_id(given.published_at) as next_id
    from ${given} left join posts existing on existing.iri = given.iri order by given.nth`)
  return rows.map((row) => ({
    existing: row.id === null ? null : { id: row.id, actorId: row.actor_id, isDeleted: row.is_deleted },
    isWelcome: row.is_author_there === true && !row.is_withdrawn,
    isAwaited: row.is_awaited,
    isQuoted: row.is_quoted,
    nextId: row.next_id,
  }))
}

/** A post that somebody elsewhere boosts and may read, and what the boost gets. */
export type BoostedPost = Readonly<{ actorId: string; visibility: Visibility; nextId: string; publishedAt: Date }>

/** What is boosted, for each boost; null for what the booster may not read, for boosts of boosts, and for what was taken back before it came. */
export async function judgeBoosts(
  tx: Tx,
  boosts: readonly Readonly<{ actorId: string; postId: string; activityIri: string; publishedAt: Date }>[],
  now: Date,
): Promise<(BoostedPost | null)[]> {
  // Never later than now: the order of ids is the order of time.
  const times = boosts.map(({ publishedAt }) => (publishedAt < now ? publishedAt : now))
  const given = sql`unnest(${ids(boosts.map(({ actorId }) => actorId))}, ${ids(boosts.map(({ postId }) => postId))},
    ${texts(boosts.map(({ activityIri }) => activityIri))}, ${moments(times)})
    with ordinality as given (actor_id, post_id, iri, published_at, nth)`
  const rows = await tx.execute<{ nth: string; author_id: string; visibility: Visibility; next_id: string }>(sql`
    select given.nth::text, posts.actor_id::text as author_id, posts.visibility, make_id(given.published_at)::text as next_id
    from ${given} join posts on posts.id = given.post_id
    where posts.boost_of_id is null and ${readableBy(sql`given.actor_id`)}
      and not ${isWithdrawnBy(sql`given.iri`, sql`given.actor_id`, now)}`)
  const byPlace = new Map(rows.map((row) => [Number(row.nth) - 1, row]))
  return times.map((publishedAt, index) => {
    const row = byPlace.get(index)
    return row ? { actorId: row.author_id, visibility: row.visibility, nextId: row.next_id, publishedAt } : null
  })
}
