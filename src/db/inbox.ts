import { sql } from 'drizzle-orm'
import { siteOf } from '#src/core/site.ts'
import { ids, texts } from './arrays.ts'
import type { Db } from './client.ts'

/** The channel that is rung when an activity was stored. */
export const inboxChannel = 'inbox'

/** The channel on which a worker says for how many milliseconds activities have waited before it took them. */
export const inboxLagChannel = 'inbox_lag'

/** A verified activity, as it is stored before it is acknowledged. */
export type Received = Readonly<{
  actorIri: string
  activityKey: string
  authority: Authority
  /** Who signed the request, when that was not its actor. */
  signerIri: string | null
  body: string
  recipientId: string | null
  /** The header `Collection-Synchronization`, when the author's own signature came with it. */
  synchronization: string | null
}>

/** What vouches for an activity: its actor's HTTP signature, an object proof by its actor, or nothing: then it is only a hint. */
export type Authority = 'signature' | 'proof' | 'none'

/** For all that nobody has signed. No site has such a name: what anybody can say of a server is not counted as what it says. */
const unsigned = '(unsigned)'

function answerableSite({ authority, signerIri, actorIri }: Received): string {
  if (authority === 'none' && signerIri === null) return unsigned
  return siteOf(new URL(signerIri ?? actorIri).host)
}

/** Stores verified activities in one statement and rings for the workers; what is known already is passed by. */
export async function storeReceived(db: Db, items: readonly Received[]): Promise<void> {
  const rows = items.map(
    (item) =>
      sql`(${item.actorIri}, ${item.activityKey}, ${item.authority}, ${item.signerIri},
        ${answerableSite(item)}, ${item.body}, ${item.recipientId}::bigint, ${item.synchronization})`,
  )
  await db.execute(sql`
    with stored as (
      insert into inbox_activities (actor_iri, activity_key, authority, signer_iri, site, body, recipient_id,
        synchronization)
      values ${sql.join(rows, sql`, `)} on conflict (actor_iri, activity_key) do nothing returning 1
    ) select pg_notify(${inboxChannel}, '') where exists (select from stored)`)
}

/** A stored activity that a worker has taken. */
export type InboxRow = Readonly<{
  id: string
  actorIri: string
  authority: Authority
  signerIri: string | null
  /** Who answers for it; not its actor's where somebody else brought it. */
  site: string
  body: string
  recipientId: string | null
  synchronization: string | null
  attempts: number
  /** How often it was put aside, since another server did not answer. */
  delays: number
  receivedAt: Date
}>

/**
 * One that was just taken; `waitedMs`: after how long, by the clock of the database. `isNew`: for the first time; any other has waited for something
 * else than its turn.
 */
export type LeasedRow = InboxRow & Readonly<{ waitedMs: number; isNew: boolean }>

/** Of whom nothing is taken. */
export type Except = Readonly<{ actors: readonly string[]; sites: readonly string[] }>

/**
 * Takes activities that wait, oldest first, and leases them for `leaseMs`; but none of some actors and sites. Those that were put aside and are
 * not due are not read, however many there are; of those that are due, a quarter of the limit comes first, and the others after what is new.
 */
export async function leaseReceived(
  db: Db,
  options: { now: Date; leaseMs: number; limit: number; except?: Except },
): Promise<LeasedRow[]> {
  const [now, until] = [options.now, new Date(options.now.getTime() + options.leaseMs)].map((at) => at.toISOString())
  const { actors = [], sites = [] } = options.except ?? {}
  const isOther = sql.join([
    actors.length === 0 ? sql`` : sql`and actor_iri <> all(${texts(actors)})`,
    sites.length === 0 ? sql`` : sql`and site <> all(${texts(sites)})`,
  ])
  const rows = await db.execute<{
    id: string
    actor_iri: string
    authority: Authority
    signer_iri: string | null
    site: string
    body: string
    recipient_id: string | null
    synchronization: string | null
    attempts: number
    delays: number
    received_at: Date
    waited_ms: number
    is_new: boolean
  }>(sql`
    with fresh as (
      select id, retry_at is null as is_new from inbox_activities
      where processed_at is null and later_at is null and (retry_at is null or retry_at <= ${now}) ${isOther}
      order by id limit ${options.limit} for update skip locked
    ), due as (
      select id, later_at from inbox_activities where later_at <= ${now} ${isOther}
      order by later_at limit ${options.limit} for update skip locked
    )
    update inbox_activities i set retry_at = ${until}, later_at = null
    where i.id = any(array(select id from (
      select id, 2 as turn from fresh union all
      select id, case when row_number() over (order by later_at) <= ${Math.ceil(options.limit / 4)} then 1 else 3 end from due
    ) as waiting order by turn, id limit ${options.limit}))
    returning i.id, i.actor_iri, i.authority, i.signer_iri, i.site, i.body, i.recipient_id, i.synchronization,
      i.attempts, i.delays, i.received_at, (extract(epoch from clock_timestamp() - i.received_at) * 1000)::int as waited_ms,
      i.id = any(array(select id from fresh where is_new)) as is_new`)
  return rows
    .map((row) => ({
      id: String(row.id),
      actorIri: row.actor_iri,
      authority: row.authority,
      signerIri: row.signer_iri,
      site: row.site,
      body: row.body,
      recipientId: row.recipient_id === null ? null : String(row.recipient_id),
      synchronization: row.synchronization,
      attempts: row.attempts,
      delays: row.delays,
      receivedAt: new Date(row.received_at),
      waitedMs: row.waited_ms,
      isNew: row.is_new,
    }))
    .sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1))
}

/** Tells those who take activities in how far the workers are behind. */
export async function announceLag(db: Db, waitedMs: number): Promise<void> {
  await db.execute(sql`select pg_notify(${inboxLagChannel}, ${String(waitedMs)})`)
}

/** Prolongs the lease of activities that are still being worked off; ends it, where `until` is now. */
export async function renewLeases(db: Db, rows: readonly string[], until: Date): Promise<void> {
  if (rows.length === 0) return
  await db.execute(sql`
    update inbox_activities set retry_at = ${until.toISOString()}
    where id = any(${ids(rows)}) and processed_at is null`)
}

/** Notes what came of activities. Their bodies are emptied: what matters of them is in the rows that they caused. */
export async function finishReceived(
  db: Db,
  outcomes: readonly { id: string; outcome: string }[],
  now: Date,
): Promise<void> {
  if (outcomes.length === 0) return
  const rows = outcomes.map(({ id, outcome }) => sql`(${id}::bigint, ${outcome.slice(0, 300)})`)
  await db.execute(sql`
    update inbox_activities i set processed_at = ${now.toISOString()}, outcome = done.outcome, body = ''
    from (values ${sql.join(rows, sql`, `)}) as done (id, outcome) where i.id = done.id`)
}

/** Notes a failure. The activity is tried again at `retryAt`; null parks it, with its body, for an operator to look at. */
export async function failReceived(
  db: Db,
  id: string,
  failure: { error: string; retryAt: Date | null; now: Date },
): Promise<void> {
  await db.execute(sql`
    update inbox_activities set attempts = attempts + 1, outcome = ${failure.error.slice(0, 300)},
      retry_at = ${failure.retryAt?.toISOString() ?? null}::timestamptz,
      processed_at = case when ${failure.retryAt === null} then ${failure.now.toISOString()}::timestamptz end,
      parked_at = case when ${failure.retryAt === null} then ${failure.now.toISOString()}::timestamptz end
    where id = ${id}`)
}

/**
 * Puts activities aside. `countsAs`: whether that was a delay, since another server does not answer, or an attempt, where that has gone on enough;
 * or neither, since a bound of our own lets them wait.
 */
export async function putAside(
  db: Db,
  rows: readonly string[],
  { error, until, countsAs }: { error: string; until: Date; countsAs: 'delay' | 'attempt' | null },
): Promise<void> {
  if (rows.length === 0) return
  await db.execute(sql`
    update inbox_activities set delays = delays + ${countsAs === 'delay' ? 1 : 0},
      attempts = attempts + ${countsAs === 'attempt' ? 1 : 0}, outcome = ${error.slice(0, 300)}, retry_at = null,
      later_at = ${until.toISOString()} where id = any(${ids(rows)}) and processed_at is null`)
}

/** Whether so many of those that one site has brought are put aside already. */
export async function isMuchPutAside(db: Db, site: string, most: number): Promise<boolean> {
  const rows = await db.execute(sql`
    select from inbox_activities where later_at is not null and site = ${site} offset ${most - 1} limit 1`)
  return rows.length > 0
}

/** How many of the activities that one site has brought are parked. */
export async function countParked(db: Db, site: string): Promise<number> {
  const [row] = await db.execute<{ parked: number }>(sql`
    select count(*)::int as parked from inbox_activities where parked_at is not null and site = ${site}`)
  return row?.parked ?? 0
}

/** Removes activities that were worked off before a moment, but for parked ones, and tombstones that have expired. */
export async function pruneReceived(db: Db, before: Date, now: Date): Promise<void> {
  await db.execute(sql`delete from inbox_activities where processed_at < ${before.toISOString()} and parked_at is null`)
  await db.execute(sql`delete from tombstones where expires_at < ${now.toISOString()}`)
}
