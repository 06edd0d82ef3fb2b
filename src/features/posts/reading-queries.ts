import { sql } from 'drizzle-orm'
import type { Db } from '#src/db/client.ts'

/** The address of a collection that a document names, as its id alone or as an object. Pleroma and others name conversations by tags, too. */
const named = (name: 'context' | 'replies') => {
  const value = sql.raw(`one.raw->'${name}'`)
  const iri = sql`coalesce(${value}->>'id', case jsonb_typeof(${value}) when 'string' then ${value}#>>'{}' end)`
  return sql`substring(${iri} from '^https?://.+$')`
}

/** Because of what a conversation is to be read: a post in it that came in, or one that somebody looks at. */
export type ReadingWish = Readonly<{ postId: string; isOpened: boolean; dueAt: Date; now: Date }>

/**
 * Asks for the rest of a conversation: once when a post of it comes in and it began elsewhere; and when somebody looks at a post of it, but
 * not again for a quarter of an hour, then two hours, then a day. By the collection that names it, or else by the answers to the first
 * post, or to the one that is looked at.
 * @param ours what our own addresses begin with: what is at home here is whole
 */
export async function wishReading(db: Db, wish: ReadingWish, ours: string): Promise<void> {
  const { postId, isOpened, dueAt, now } = wish
  await db.execute(sql`
    insert into thread_readings as known (iri, post_id, due_at)
    select iri, post_id, ${dueAt.toISOString()}::timestamptz from (
      select one.id = asked.id as is_asked, case when starts_with(${named('context')}, ${ours}) then null else ${named('context')} end as context,
        ${named('replies')} as replies, one.id as post_id
      from posts asked join posts one on one.id in (asked.id, asked.conversation_id)
      where asked.id = ${postId} and one.iri is not null and one.deleted_at is null
        and one.visibility in ('public', 'unlisted')
        and (${isOpened} or exists (select from posts root where root.id = asked.conversation_id and root.iri is not null))
    ) as found, lateral (select coalesce(context, replies) as iri) as either
    where length(iri) <= 2048
    order by context is null, is_asked = ${isOpened} desc limit 1
    on conflict (iri) do update set due_at = excluded.due_at, post_id = excluded.post_id
    where ${isOpened} and known.due_at is null and known.read_at <= ${now.toISOString()}::timestamptz
      - case known.reads when 1 then interval '15 minutes' when 2 then interval '2 hours' else interval '1 day' end`)
}

/** A conversation to be read. */
export type Reading = Readonly<{ iri: string; postId: string; position: number }>

/** Takes conversations that are due, for `leaseMs`: who takes them and is killed leaves them to others after that. */
export async function leaseReadings(
  db: Db,
  { now, leaseMs, limit }: Readonly<{ now: Date; leaseMs: number; limit: number }>,
): Promise<Reading[]> {
  const until = new Date(now.getTime() + leaseMs).toISOString()
  const rows = await db.execute<{ iri: string; post_id: string; position: number }>(sql`
    update thread_readings t set due_at = ${until} from (
      select iri from thread_readings where due_at <= ${now.toISOString()}
      order by due_at limit ${limit} for update skip locked
    ) as due where t.iri = due.iri
    returning t.iri, t.post_id, t.position`)
  return rows.map(({ iri, post_id, position }) => ({ iri, postId: String(post_id), position }))
}

/** Notes that a conversation is to be read on from a place in it. */
export async function continueReading(
  db: Db,
  iri: string,
  next: Readonly<{ position: number; dueAt: Date }>,
): Promise<void> {
  await db.execute(sql`
    update thread_readings set position = ${next.position}, due_at = ${next.dueAt.toISOString()} where iri = ${iri}`)
}

/** Notes that a conversation was read to its end. */
export async function endReading(db: Db, iri: string, now: Date): Promise<void> {
  await db.execute(sql`
    update thread_readings set position = 0, due_at = null, reads = reads + 1, read_at = ${now.toISOString()}
    where iri = ${iri}`)
}

/** Forgets conversations that were read before a moment. */
export async function pruneReadings(db: Db, before: Date): Promise<void> {
  await db.execute(sql`delete from thread_readings where due_at is null and read_at < ${before.toISOString()}`)
}

/** Where a post of another server says that the rest of its conversation is. */
export async function findThreadIris(
  db: Db,
  postId: string,
): Promise<{ context: string | null; replies: string | null } | null> {
  const [row] = await db.execute<{ context: string | null; replies: string | null }>(sql`
    select ${named('context')} as context, ${named('replies')} as replies from posts one
    where one.id = ${postId} and one.iri is not null and one.deleted_at is null`)
  return row ?? null
}
