import { sql } from 'drizzle-orm'
import type { Tx } from '#src/db/client.ts'
import { authorVisibleTo } from './queries.ts'

/** What has to be known before a remote post is stored. */
export type Arrival = Readonly<{
  /** The post that has its id here already. */
  existing: Readonly<{ id: string; actorId: string; isDeleted: boolean }> | null
  /** Its author is there and not suspended, and has not withdrawn it. */
  isWelcome: boolean
  /** Answers to it have come before it. */
  isAwaited: boolean
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
  next_id: string
}

/** Asks everything at once: a trip to the database costs more than any of the questions. Hold the lock of its id (`lockByName`). */
export async function findArrival(
  tx: Tx,
  post: { iri: string; actorId: string; publishedAt: Date; now: Date },
): Promise<Arrival> {
  const { iri, actorId } = post
  const [row] = await tx.execute<ArrivalRow>(sql`
    select existing.id, existing.actor_id, existing.deleted_at is not null as is_deleted,
      ${authorVisibleTo(null, sql`${actorId}::bigint`)} as is_author_there,
      exists (select from tombstones join actors on actors.iri = tombstones.actor_iri
        where tombstones.iri = ${iri} and actors.id = ${actorId} and expires_at > ${post.now.toISOString()}) as is_withdrawn,
      exists (select from posts where in_reply_to_iri = ${iri} and in_reply_to_id is null) as is_awaited,
      make_id(${post.publishedAt.toISOString()}::timestamptz) as next_id
    from (values (1)) as one left join posts existing on existing.iri = ${iri}`)
  if (!row) throw new Error('one row was asked for and none came')
  const existing = row.id === null ? null : { id: row.id, actorId: row.actor_id, isDeleted: row.is_deleted }
  const isWelcome = row.is_author_there === true && !row.is_withdrawn
  return { existing, isWelcome, isAwaited: row.is_awaited, nextId: row.next_id }
}
