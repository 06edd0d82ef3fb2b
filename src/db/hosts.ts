import { sql } from 'drizzle-orm'
import { texts } from './arrays.ts'
import type { Db, Tx } from './client.ts'

/** One delivery that is tried again on its own. */
export type Retry = Readonly<{
  activityId: string
  inboxId: string
  url: string
  host: string
  attempts: number
  firstTriedAt: Date
  actorId: string
  body: string
  failures: number
  scheme: 'cavage' | 'rfc9421' | null
  /** Its inbox has said lately that it is not there. */
  isDoubtful: boolean
}>

/** A failed delivery: when to try again, if at all, and why it failed. */
export type Failure = Readonly<{
  activityId: string
  inboxId: string
  host: string
  dueAt: Date
  error: string
  /** It was refused for good: kept so that an administrator can see why. */
  isFinal?: boolean
}>

/** Gives each failed delivery a row of its own. */
export async function storeFailures(db: Db | Tx, failures: readonly Failure[], now: Date): Promise<void> {
  if (failures.length === 0) return
  const rows = failures.map(
    (failure) =>
      sql`(${failure.activityId}::bigint, ${failure.inboxId}::bigint, ${failure.host}, 1, ${now.toISOString()}::timestamptz,
        ${failure.dueAt.toISOString()}::timestamptz, ${failure.error.slice(0, 500)},
        ${failure.isFinal ? now.toISOString() : null}::timestamptz)`,
  )
  await db.execute(sql`
    insert into delivery_retries (activity_id, inbox_id, host, attempts, first_tried_at, due_at, last_error, given_up_at)
    values ${sql.join(rows, sql`, `)} on conflict do nothing`)
}

/**
 * Takes retries that are due, oldest first, and leases them for `leaseMs`: other workers pass them by, and a lost worker's come back.
 * A host that failed lately is only probed: one of its retries at a time, until one succeeds.
 */
export async function leaseRetries(
  db: Db,
  options: { now: Date; leaseMs: number; limit: number; perHost: number },
): Promise<Retry[]> {
  const now = options.now.toISOString()
  const until = new Date(options.now.getTime() + options.leaseMs).toISOString()
  const rows = await db.execute<RetryRow>(sql`
    with ranked as (
      select r.activity_id, r.inbox_id, h.failures,
        row_number() over (partition by r.host order by r.activity_id) as n
      from delivery_retries r join hosts h on h.host = r.host
      where r.given_up_at is null and r.due_at <= ${now}
    ), chosen as (
      select r.activity_id, r.inbox_id from delivery_retries r
      join ranked using (activity_id, inbox_id)
      where ranked.n <= case when ranked.failures >= 2 then 1 else ${options.perHost}::int end
      order by r.activity_id limit ${options.limit} for update of r skip locked
    )
    update delivery_retries r set due_at = ${until}
    from chosen, inboxes i, hosts h, activities a
    where r.activity_id = chosen.activity_id and r.inbox_id = chosen.inbox_id
      and i.id = r.inbox_id and h.host = r.host and a.id = r.activity_id
    returning r.activity_id, r.inbox_id, i.url, r.host, r.attempts, r.first_tried_at, a.actor_id, a.body, h.failures, h.signature_scheme,
      i.gone_answers`)
  return rows.map(toRetry).sort((a, b) => (BigInt(a.activityId) < BigInt(b.activityId) ? -1 : 1))
}

type RetryRow = {
  activity_id: string
  inbox_id: string
  url: string
  host: string
  attempts: number
  first_tried_at: Date
  actor_id: string
  body: string
  failures: number
  signature_scheme: 'cavage' | 'rfc9421' | null
  gone_answers: number
}

function toRetry(row: RetryRow): Retry {
  const { url, host, attempts, body, failures } = row
  return {
    activityId: String(row.activity_id),
    inboxId: String(row.inbox_id),
    actorId: String(row.actor_id),
    firstTriedAt: new Date(row.first_tried_at),
    scheme: row.signature_scheme,
    isDoubtful: row.gone_answers > 0,
    url,
    host,
    attempts,
    body,
    failures,
  }
}

/** The hosts for which something waits to be tried again. */
export async function listWaitedFor(tx: Tx): Promise<string[]> {
  const rows = await tx.execute<{ host: string }>(sql`
    select distinct host from delivery_retries where given_up_at is null`)
  return rows.map(({ host }) => host)
}

/** Gives up what waits to be tried again at some hosts, since the instance does not speak with them. */
export async function giveUpHosts(tx: Tx, blocked: readonly string[], now: Date): Promise<void> {
  await tx.execute(sql`
    update delivery_retries set given_up_at = ${now.toISOString()}, last_error = 'the server is blocked'
    where given_up_at is null and host = any(${texts(blocked)})`)
}

/** A retry that succeeded, or whose inbox is gone, is over. */
export async function removeRetry(db: Db, retry: { activityId: string; inboxId: string }): Promise<void> {
  await db.execute(sql`
    delete from delivery_retries where activity_id = ${retry.activityId} and inbox_id = ${retry.inboxId}`)
}

/** Sets a retry's next time; null gives it up. */
export async function postponeRetry(
  db: Db,
  retry: { activityId: string; inboxId: string },
  next: { dueAt: Date | null; error: string; now: Date },
): Promise<void> {
  await db.execute(sql`
    update delivery_retries set attempts = attempts + 1, last_error = ${next.error.slice(0, 500)},
      due_at = coalesce(${next.dueAt?.toISOString() ?? null}::timestamptz, due_at),
      given_up_at = case when ${next.dueAt === null} then ${next.now.toISOString()}::timestamptz end
    where activity_id = ${retry.activityId} and inbox_id = ${retry.inboxId}`)
}

/** A host answered as it should: it is healthy again, and what waited for it is due at once. */
export async function noteSuccess(db: Db, host: string, scheme: 'cavage' | 'rfc9421', now: Date): Promise<void> {
  const at = now.toISOString()
  await db.execute(sql`
    update hosts set failures = 0, failing_since = null, retry_at = null, last_error = null,
      signature_scheme = ${scheme}::signature_scheme, last_success_at = ${at} where host = ${host}`)
  await db.execute(sql`
    update delivery_retries set due_at = ${at} where host = ${host} and given_up_at is null and due_at > ${at}`)
}

/** A host did not answer as it should. `retryAt` is when it may be tried again. */
export async function noteFailure(
  db: Db,
  host: string,
  failure: { error: string; retryAt: Date; now: Date },
): Promise<void> {
  await db.execute(sql`
    update hosts set failures = failures + 1, failing_since = coalesce(failing_since, ${failure.now.toISOString()}),
      retry_at = ${failure.retryAt.toISOString()}, last_error = ${failure.error.slice(0, 500)} where host = ${host}`)
}

/** An inbox is gone when it has said so on three days: the second answer counts a day after the first, the third two days after it. */
const goneAfterAnswers = 3

/**
 * An inbox says that it does not exist (any more). That may be the mistake of an hour, so it counts once a day; when it is gone, what waits
 * for it is given up, and nothing is sent there until its server is heard of again.
 * @returns whether it is gone
 */
export async function noteGone(
  db: Db,
  inboxId: string,
  { error, now }: { error: string; now: Date },
): Promise<boolean> {
  const at = sql`${now.toISOString()}::timestamptz`
  const rows = await db.execute(sql`
    update inboxes set gone_answers = gone_answers + 1, gone_since = coalesce(gone_since, ${at}),
      gone_at = case when gone_answers + 1 >= ${goneAfterAnswers}::int then ${at} end
    where id = ${inboxId} and gone_at is null
      and (gone_since is null or gone_since + gone_answers * interval '24 hours' <= ${at})
    returning gone_at is not null as is_gone`)
  // Not counted: an answer of the same day, or one more after the last.
  const isGone = rows[0] ? Boolean(rows[0].is_gone) : await isInboxGone(db, inboxId)
  if (!rows[0] || !isGone) return isGone
  await db.execute(sql`
    update delivery_retries r set given_up_at = ${at}, last_error = ${error.slice(0, 500)} from inboxes i
    where i.id = ${inboxId} and r.host = i.host and r.inbox_id = i.id and r.given_up_at is null`)
  return true
}

async function isInboxGone(db: Db, inboxId: string): Promise<boolean> {
  const rows = await db.execute(sql`select from inboxes where id = ${inboxId} and gone_at is not null`)
  return rows.length > 0
}

/** An inbox has taken something after it had said that it is not there: then it is. */
export async function forgetGoneAnswers(db: Db, inboxId: string): Promise<void> {
  await db.execute(sql`
    update inboxes set gone_answers = 0, gone_since = null, gone_at = null where id = ${inboxId} and gone_answers > 0`)
}

/** We heard from these servers: their inboxes are there again. */
export async function reviveInboxes(db: Db | Tx, hosts: readonly string[]): Promise<void> {
  await db.execute(sql`
    update inboxes set gone_answers = 0, gone_since = null, gone_at = null
    where host = any(${texts(hosts)}) and gone_at is not null`)
}
