import { type SQL, sql } from 'drizzle-orm'
import { ids, texts } from '#src/db/arrays.ts'
import type { Db, Tx } from '#src/db/client.ts'
import { effectsChannel } from '#src/db/effects.ts'
import { inboxChannel } from '#src/db/inbox.ts'

/**
 * What can fail for good: an activity that came (`activity`), what follows of a fact (`fact`), a piece of an audience (`piece`), a delivery
 * to one inbox (`delivery`).
 */
export const jobKinds = ['activity', 'fact', 'piece', 'delivery'] as const

/** One of them. */
export type JobKind = (typeof jobKinds)[number]

/** Work that was given up. `key` names it among those of its kind; `subject` says what it is about: a type, an actor, a server. */
export type ParkedJob = Readonly<{
  kind: JobKind
  key: string
  subject: string
  reason: string
  attempts: number
  parkedAt: Date
}>

/** Every kind in one shape, with the columns of `ParkedJob` and `host` where there is a server. */
const parked: Record<JobKind, SQL> = {
  activity: sql`select 'activity' as kind, id::text as key, actor_iri as subject, coalesce(outcome, '') as reason,
    attempts + delays as attempts, parked_at, null as host from inbox_activities where parked_at is not null`,
  fact: sql`select 'fact', id::text, type, coalesce(last_error, ''), attempts, parked_at, null
    from effects where parked_at is not null`,
  piece: sql`select 'piece', d.id::text, a.type, coalesce(d.last_error, ''), 1, d.parked_at, null
    from deliveries d join activities a on a.id = d.activity_id where d.parked_at is not null`,
  delivery: sql`select 'delivery', r.activity_id || '-' || r.inbox_id, a.type || ' → ' || i.url, r.last_error, r.attempts,
    r.given_up_at, r.host
    from delivery_retries r join activities a on a.id = r.activity_id join inboxes i on i.id = r.inbox_id
    where r.given_up_at is not null`,
}

const parkedOf = (kinds: readonly JobKind[]) =>
  sql.join(
    kinds.map((kind) => parked[kind]),
    sql` union all `,
  )

/** Where a page of the list begins: after this job. */
export type JobPlace = Readonly<{ at: Date; key: string }>

/** Work that was given up, the last first. */
export async function listParked(
  db: Db,
  { kinds, after, limit }: Readonly<{ kinds: readonly JobKind[]; after: JobPlace | null; limit: number }>,
): Promise<ParkedJob[]> {
  const begin = after ? sql`where (parked_at, key) < (${after.at.toISOString()}::timestamptz, ${after.key})` : sql``
  const rows = await db.execute<ParkedJob & { parked_at: Date }>(sql`
    select kind, key, subject, reason, attempts, parked_at
    from (${parkedOf(kinds)}) as job (kind, key, subject, reason, attempts, parked_at, host)
    ${begin} order by parked_at desc, key desc limit ${limit}`)
  return rows.map(({ parked_at: at, ...row }) => ({ ...row, parkedAt: new Date(at) }))
}

/** How much of each kind was given up. */
export async function countParked(db: Db): Promise<Record<JobKind, number>> {
  const [row] = await db.execute<Record<JobKind, string>>(sql`
    select (select count(*) from inbox_activities where parked_at is not null) as activity,
      (select count(*) from effects where parked_at is not null) as fact,
      (select count(*) from deliveries where parked_at is not null) as piece,
      (select count(*) from delivery_retries where given_up_at is not null) as delivery`)
  const of = (kind: JobKind) => Number(row?.[kind] ?? 0)
  return { activity: of('activity'), fact: of('fact'), piece: of('piece'), delivery: of('delivery') }
}

/** The servers to which something was given up. */
export async function listGivenUpHosts(tx: Tx): Promise<string[]> {
  const rows = await tx.execute<{ host: string }>(sql`
    select distinct host from delivery_retries where given_up_at is not null`)
  return rows.map(({ host }) => host)
}

/** One job by its key, or (null) all of its kind. */
export type Wanted = string | null

const isWanted = (key: Wanted) => (key === null ? sql`true` : sql`id = any(${ids([key])})`)

function isDelivery(key: Wanted): SQL {
  if (key === null) return sql`true`
  const [activityId = '', inboxId = ''] = key.split('-')
  return sql`activity_id = any(${ids([activityId])}) and inbox_id = any(${ids([inboxId])})`
}

/** How each kind waits again as if it had never been tried. Nothing goes to `unspoken`: servers with which the instance does not speak. */
const requeueings: Record<JobKind, (key: Wanted, options: { now: string; unspoken: readonly string[] }) => SQL> = {
  // Not as new ones: how long ago they came says nothing of how far the workers are behind.
  activity: (key, { now }) => sql`
    with waiting as (update inbox_activities set processed_at = null, parked_at = null, retry_at = ${now}, attempts = 0,
        delays = 0, outcome = null
      where parked_at is not null and ${isWanted(key)} returning 1)
    select pg_notify(${inboxChannel}, '') from waiting`,
  fact: (key) => sql`
    with waiting as (update effects set dispatched_at = null, finished_at = null, parked_at = null, retry_at = null, attempts = 0
      where parked_at is not null and ${isWanted(key)} returning 1)
    select pg_notify(${effectsChannel}, '') from waiting`,
  // The sweep for forgotten pieces finds it within a quarter of a minute.
  piece: (key) => sql`update deliveries set parked_at = null, last_error = null
    where parked_at is not null and ${isWanted(key)} returning 1`,
  delivery: (key, { now, unspoken }) => sql`
    update delivery_retries set given_up_at = null, due_at = ${now}, first_tried_at = ${now}, attempts = 0
    where given_up_at is not null and ${isDelivery(key)} and not (host = any(${texts(unspoken)})) returning 1`,
}

/** Has work tried again; returns how many. */
export async function requeueParked(
  tx: Tx,
  { kind, key }: Readonly<{ kind: JobKind; key: Wanted }>,
  options: Readonly<{ now: Date; unspoken: readonly string[] }>,
): Promise<number> {
  const { now, unspoken } = options
  return (await tx.execute(requeueings[kind](key, { now: now.toISOString(), unspoken }))).length
}

const discards: Record<JobKind, (key: Wanted) => SQL> = {
  activity: (key) => sql`delete from inbox_activities where parked_at is not null and ${isWanted(key)} returning 1`,
  fact: (key) => sql`delete from effects where parked_at is not null and ${isWanted(key)} returning 1`,
  piece: (key) => sql`delete from deliveries where parked_at is not null and ${isWanted(key)} returning 1`,
  delivery: (key) => sql`delete from delivery_retries where given_up_at is not null and ${isDelivery(key)} returning 1`,
}

/** Throws work away that was given up; returns how many. */
export async function deleteParked(tx: Tx, { kind, key }: Readonly<{ kind: JobKind; key: Wanted }>): Promise<number> {
  return (await tx.execute(discards[kind](key))).length
}

/** Throws away what was given up before a moment, but for deliveries, which have a time of their own. */
export async function pruneParked(db: Db, before: Date): Promise<void> {
  const at = before.toISOString()
  await db.execute(sql`delete from inbox_activities where parked_at < ${at}`)
  await db.execute(sql`delete from effects where parked_at < ${at}`)
  await db.execute(sql`delete from deliveries where parked_at < ${at}`)
}
