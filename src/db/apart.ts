import { type SQL, sql } from 'drizzle-orm'

/** From whom others are apart, by what was decided before a moment; null: until now. */
export type Parting = Readonly<{ actorId: string | SQL; before: Date | null }>

/**
 * Whether an actor of ours and another one have nothing to do with each other: one has blocked the other, or ours shuns the server of the
 * other. The same as `readableBy` decides of a reader elsewhere.
 */
export function isApart({ actorId, before }: Parting, other: Readonly<{ id: SQL; host: SQL }>): SQL {
  const isOlder = olderThan(before)
  return sql`exists (select from blocks b where b.actor_id = ${actorId} and b.blocked_id = ${other.id}${isOlder(sql`b`)})
    or exists (select from blocks b where b.actor_id = ${other.id} and b.blocked_id = ${actorId}${isOlder(sql`b`)})
    or exists (select from shunned_hosts s where s.actor_id = ${actorId} and s.host = ${other.host}${isOlder(sql`s`)})`
}

/** The inboxes through which those are reached who are apart from an actor of ours. */
export function apartFrom({ actorId, before }: Parting): SQL {
  const isOlder = olderThan(before)
  return sql`select a.delivery_inbox_id from blocks b join actors a on a.id = b.blocked_id
      where b.actor_id = ${actorId} and a.delivery_inbox_id is not null${isOlder(sql`b`)}
    union all select a.delivery_inbox_id from blocks b join actors a on a.id = b.actor_id
      where b.blocked_id = ${actorId} and a.delivery_inbox_id is not null${isOlder(sql`b`)}
    union all select i.id from shunned_hosts s join inboxes i on i.host = s.host
      where s.actor_id = ${actorId}${isOlder(sql`s`)}`
}

const olderThan = (before: Date | null) => (row: SQL) =>
  before === null ? sql`` : sql` and ${row}.created_at < ${before.toISOString()}`
