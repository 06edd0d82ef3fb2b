import { desc, eq, inArray, type SQL, sql } from 'drizzle-orm'
import type { Db, Tx } from './client.ts'
import { activities, deliveries } from './schema/deliveries.ts'

/** Inboxes in one piece of an audience: one job each (a job costs more than a signature). */
export const pieceSize = 100

/** What is stored of an outgoing activity. */
export type StoredActivity = Readonly<{
  id: string
  actorId: string
  type: string
  body: string
  postId: string | null
  recipientIds: readonly string[] | null
}>

/** Stores an activity once; a repeated effect finds it there, so that it goes out under one id with one body. */
export async function storeActivity(tx: Tx, activity: StoredActivity): Promise<void> {
  await tx
    .insert(activities)
    .values({ ...activity, recipientIds: activity.recipientIds ? [...activity.recipientIds] : null })
    .onConflictDoNothing()
}

/** What somebody elsewhere said, to be passed on: `key` makes it pass once. */
export type ForwardedActivity = Readonly<{
  id: string
  actorId: string
  type: string
  body: string
  key: string
  /** Left out: it is not ours to show, so nobody may fetch it. */
  isOpen?: boolean
}>

/** Stores what is passed on. */
export async function storeForwarded(tx: Tx, { key, isOpen, ...activity }: ForwardedActivity): Promise<void> {
  const recipientIds = isOpen ? null : []
  await tx.insert(activities).values({ ...activity, postId: null, recipientIds, forwardedKey: key })
}

/** Whether something was passed on before. */
export async function isForwarded(tx: Tx, key: string): Promise<boolean> {
  const rows = await tx.select({ id: activities.id }).from(activities).where(eq(activities.forwardedKey, key))
  return rows.length > 0
}

/** How much from one origin was passed on to the followers of an actor since a moment. Its index is by actor and time, which ids are made of. */
export async function countForwarded(
  tx: Tx,
  { actorId, origin, since }: Readonly<{ actorId: string; origin: string; since: Date }>,
): Promise<number> {
  const from = sql`make_id(${since.toISOString()}::timestamptz)`
  const isFrom = sql`starts_with(${activities.forwardedKey}, ${`${origin}/`})`
  return tx.$count(activities, sql`${activities.actorId} = ${actorId} and ${activities.id} > ${from} and ${isFrom}`)
}

/** Finds an activity by its id. */
export async function findActivity(db: Db | Tx, id: string): Promise<StoredActivity | null> {
  const [row] = await db.select().from(activities).where(eq(activities.id, id))
  return row ?? null
}

/** The activities of a list of ids, newest first; what was not stored yet is left out. */
export async function listActivities(db: Db, ids: readonly string[]): Promise<StoredActivity[]> {
  if (ids.length === 0) return []
  return db
    .select()
    .from(activities)
    .where(inArray(activities.id, [...ids]))
    .orderBy(desc(activities.id))
}

/** Who gets an activity. */
export type AudienceRows = Readonly<{
  followersOf: string | null
  actorIds: readonly string[]
  /** The named ones get it in their own inboxes. */
  isPersonal: boolean
  /** Inboxes that are nobody's: those of relays. */
  inboxIds: readonly string[]
  isEverybody: boolean
  /** The one host that does not get it: what is passed on comes from there. */
  exceptHost: string | null
  /** Each host is told by a digest which of its actors are the followers (FEP-8fcf). */
  isSynchronised: boolean
}>

/**
 * Cuts an audience into pieces, each server's shared inbox once, sorted by host so that a piece meets a host's connections together.
 * Done once for an activity: the second call returns the pieces that are not finished.
 * @returns ids of deliveries
 */
export async function cutAudience(tx: Tx, activityId: string, audience: AudienceRows): Promise<string[]> {
  const existing = await tx
    .select({ id: deliveries.id, finishedAt: deliveries.finishedAt })
    .from(deliveries)
    .where(eq(deliveries.activityId, activityId))
  if (existing.length > 0) return existing.filter((row) => !row.finishedAt).map((row) => row.id)
  if (audience.isPersonal) await insertOwnInboxes(tx, audience.actorIds)
  const parts = partsOf(audience)
  if (parts.length === 0) return []
  const digests = digestsOf(audience)
  const rows = await tx.execute<{ id: string }>(sql`
    with audience as (${sql.join(parts, sql` union `)}), digests as (${digests}), open as (
      select i.id, digests.digest, (row_number() over (order by i.host, i.id) - 1) / ${pieceSize}::int as piece
      from (select distinct inbox_id from audience) audience join inboxes i on i.id = audience.inbox_id
        left join digests on digests.host = i.host
      where i.gone_at is null and i.host is distinct from ${audience.exceptHost}
    )
    insert into deliveries (activity_id, inbox_ids, digests)
    select ${activityId}::bigint, array_agg(id order by id),
      case when count(digest) > 0 then array_agg(digest order by id) end from open group by piece
    returning id`)
  return rows.map((row) => String(row.id))
}

/** Inboxes of single actors have rows only once something goes there: all else goes to the inbox that their server shares. */
async function insertOwnInboxes(tx: Tx, actorIds: readonly string[]): Promise<void> {
  await tx.execute(sql`
    insert into inboxes (url, host) select a.inbox, shared.host from actors a join inboxes shared on shared.id = a.delivery_inbox_id
    where a.id = any(${idArray(actorIds)}) and a.inbox is not null
    on conflict do nothing`)
}

/** Only those parts of an audience that there are: planning one that there is not costs as much as planning one that there is. */
function partsOf({ followersOf, actorIds, isPersonal, inboxIds, isEverybody }: AudienceRows): SQL[] {
  const followers = sql`select a.delivery_inbox_id as inbox_id from follows f join actors a on a.id = f.follower_id
    where f.followee_id = ${followersOf} and f.state = 'accepted'
      and a.host is not null and a.deleted_at is null and a.suspended_at is null`
  const inbox = isPersonal ? sql`(select i.id from inboxes i where i.url = a.inbox)` : sql`a.delivery_inbox_id`
  const named = sql`select ${inbox} as inbox_id from actors a
    where a.id = any(${idArray(actorIds)}) and a.host is not null and a.deleted_at is null and a.standing <> 'block'`
  const everybody = sql`select i.id as inbox_id from inboxes i where i.url in (
    select coalesce(a.shared_inbox, a.inbox) from actors a
    where a.host is not null and a.deleted_at is null and a.standing <> 'block')`
  return [
    ...(followersOf === null ? [] : [followers]),
    ...(actorIds.length === 0 ? [] : [named]),
    ...(inboxIds.length === 0 ? [] : [sql`select unnest(${idArray(inboxIds)}) as inbox_id`]),
    ...(isEverybody ? [everybody] : []),
  ]
}

/**
 * The digest of the followers on each host: the SHA-256 of their ids, each bit of it odd or even. All hosts at once and once for an activity,
 * since it reads every follower.
 * @see https://w3id.org/fep/8fcf
 */
function digestsOf({ followersOf, isSynchronised }: AudienceRows): SQL {
  if (!isSynchronised) return sql`select null::text as host, null::text as digest where false`
  const part = (from: number) =>
    sql`lpad(to_hex(substring(bits from ${sql.raw(String(from))} for 64)::bit(64)::bigint), 16, '0')`
  return sql`select host, ${sql.join([1, 65, 129, 193].map(part), sql` || `)} as digest from (
    select split_part(a.iri, '/', 3) as host,
      bit_xor(('x' || encode(sha256(convert_to(a.iri, 'UTF8')), 'hex'))::bit(256)) as bits
    from follows f join actors a on a.id = f.follower_id
    where f.followee_id = ${followersOf} and f.state = 'accepted' and a.host is not null and a.deleted_at is null
    group by 1) as followers`
}

function idArray(ids: readonly string[]) {
  return sql`${`{${ids.join(',')}}`}::bigint[]`
}

/** An inbox to which a piece still has to go, with what is known of its host. */
export type PendingInbox = Readonly<{
  id: string
  url: string
  host: string
  failures: number
  retryAt: Date | null
  scheme: 'cavage' | 'rfc9421' | null
  /** The digest of the author's followers on its host, when that is said along. */
  digest: string | null
}>

/** A piece with all that is needed to send it, but the key (that is looked up by `actorId` and kept in memory). */
export type PendingDelivery = Readonly<{
  id: string
  activityId: string
  actorId: string
  /** The name of that actor. */
  handle: string
  body: string
  inboxes: PendingInbox[]
}>

/** Loads what is left of a piece; null when it is finished or gone. */
export async function loadDelivery(db: Db, id: string): Promise<PendingDelivery | null> {
  const [piece] = await db.execute<PieceRow>(sql`
    select d.id, d.activity_id, a.actor_id, s.handle, a.body
    from deliveries d join activities a on a.id = d.activity_id join actors s on s.id = a.actor_id
    where d.id = ${id} and d.finished_at is null and d.parked_at is null`)
  if (!piece) return null
  const inboxes = await db.execute<InboxRow>(sql`
    select i.id, i.url, i.host, h.failures, h.retry_at, h.signature_scheme, wanted.digest
    from deliveries d, unnest(d.inbox_ids, d.digests) with ordinality as wanted (inbox_id, digest, n)
    join inboxes i on i.id = wanted.inbox_id join hosts h on h.host = i.host
    where d.id = ${id} and i.gone_at is null and not (wanted.inbox_id = any(d.done_ids))
    order by wanted.n`)
  return {
    id: String(piece.id),
    activityId: String(piece.activity_id),
    actorId: String(piece.actor_id),
    handle: piece.handle,
    body: piece.body,
    inboxes: inboxes.map(toPendingInbox),
  }
}

type PieceRow = { id: string; activity_id: string; actor_id: string; handle: string; body: string }

type InboxRow = {
  digest: string | null
  id: string
  url: string
  host: string
  failures: number
  retry_at: Date | null
  signature_scheme: 'cavage' | 'rfc9421' | null
}

function toPendingInbox(row: InboxRow): PendingInbox {
  const { id, url, host, failures, digest } = row
  const retryAt = row.retry_at ? new Date(row.retry_at) : null
  return { id: String(id), url, host, failures, retryAt, scheme: row.signature_scheme, digest }
}

/** Notes which inboxes of a piece are dealt with. */
export async function markDone(db: Db | Tx, deliveryId: string, inboxIds: readonly string[]): Promise<void> {
  await db.execute(sql`
    update deliveries set done_ids = done_ids || ${idArray(inboxIds)} where id = ${deliveryId}`)
}

/** Closes a piece: everything in it was delivered, is gone, or has its own retry. */
export async function finishDelivery(db: Db, deliveryId: string, now: Date): Promise<void> {
  await db.update(deliveries).set({ finishedAt: now }).where(eq(deliveries.id, deliveryId))
}

/** Parks a piece that could not be worked off, with the reason: an administrator may have it tried again. */
export async function parkDelivery(db: Db, deliveryId: string, failure: { error: string; now: Date }): Promise<void> {
  const parked = { parkedAt: failure.now, lastError: failure.error.slice(0, 500) }
  await db.update(deliveries).set(parked).where(eq(deliveries.id, deliveryId))
}

/** Pieces that wait for longer than a job should take: their job was lost. */
export async function listForgotten(db: Db, before: Date, limit: number): Promise<string[]> {
  const rows = await db.execute<{ id: string }>(sql`
    select id from deliveries where finished_at is null and parked_at is null and created_at < ${before.toISOString()} order by id limit ${limit}`)
  return rows.map((row) => String(row.id))
}

/**
 * Removes finished pieces older than a moment. Activities stay, since they can be fetched; of those that were passed on only the fact
 * stays, a week later still, when the last retry has been given up.
 */
export async function pruneDeliveries(db: Db, before: Date): Promise<void> {
  await db.execute(sql`
    update activities set body = '' where forwarded_key is not null and body <> ''
      and created_at < ${before.toISOString()}::timestamptz - interval '7 days'`)
  await db.execute(sql`delete from deliveries where finished_at < ${before.toISOString()}`)
  await db.execute(sql`delete from delivery_retries where given_up_at < ${before.toISOString()}`)
}

/** The private key and the name with which an actor of ours signs. */
export type SignerRow = Readonly<{ handle: string; isInstance: boolean; privateKeyPem: string }>

/** Finds the key of a local actor; null for remote actors and for those that are gone for good. */
export async function findSigner(db: Db, actorId: string): Promise<SignerRow | null> {
  const [row] = await db.execute<{ handle: string; is_instance: boolean; pem: string }>(sql`
    select a.handle, a.type = 'Application' as is_instance, l.rsa_private_key_pem as pem
    from actors a join local_actors l on l.actor_id = a.id where a.id = ${actorId}`)
  return row ? { handle: row.handle, isInstance: row.is_instance, privateKeyPem: row.pem } : null
}

/** Deletes the activities of an actor that is gone for good. */
export async function deleteActivities(tx: Tx, actorIds: readonly string[]): Promise<void> {
  await tx.delete(activities).where(inArray(activities.actorId, [...actorIds]))
}
