import { desc, eq, inArray, sql } from 'drizzle-orm'
import { ids } from './arrays.ts'
import type { Db, Tx } from './client.ts'
import { activities, deliveries } from './schema/deliveries.ts'

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
  /** The post whose words stand in it: who may not read that, or no longer, may not fetch it either. */
  postId?: string | null
}>

/** Stores what is passed on. */
export async function storeForwarded(tx: Tx, forwarded: ForwardedActivity): Promise<void> {
  const { key, isOpen, postId = null, ...activity } = forwarded
  const shown = isOpen ? { postId, recipientIds: null } : { postId: null, recipientIds: [] }
  await tx.insert(activities).values({ ...activity, ...shown, forwardedKey: key })
}

/** Whether something was passed on before. */
export async function isForwarded(tx: Tx, key: string): Promise<boolean> {
  const rows = await tx.select({ id: activities.id }).from(activities).where(eq(activities.forwardedKey, key))
  return rows.length > 0
}

/** How much was passed on to the followers of an actor since a moment, by the beginning of its keys. The index is by actor and time, which ids are made of. */
export async function countForwarded(
  tx: Tx,
  { actorId, keysFrom, since }: Readonly<{ actorId: string; keysFrom: string; since: Date }>,
): Promise<number> {
  const from = sql`make_id(${since.toISOString()}::timestamptz)`
  const isFrom = sql`starts_with(${activities.forwardedKey}, ${keysFrom})`
  return tx.$count(activities, sql`${activities.actorId} = ${actorId} and ${activities.id} > ${from} and ${isFrom}`)
}

/** Finds an activity by its id. Of what was passed on long ago only the fact is left: then there is none. */
export async function findActivity(db: Db | Tx, id: string): Promise<StoredActivity | null> {
  const [row] = await db.select().from(activities).where(eq(activities.id, id))
  return row && row.body !== '' ? row : null
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
  /** It has said lately that it is not there. */
  isDoubtful: boolean
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
    select i.id, i.url, i.host, h.failures, h.retry_at, h.signature_scheme, i.gone_answers, wanted.digest
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
  gone_answers: number
}

function toPendingInbox(row: InboxRow): PendingInbox {
  const { id, url, host, failures, digest } = row
  const retryAt = row.retry_at ? new Date(row.retry_at) : null
  const isDoubtful = row.gone_answers > 0
  return { id: String(id), url, host, failures, retryAt, scheme: row.signature_scheme, digest, isDoubtful }
}

/** Notes which inboxes of a piece are dealt with. */
export async function markDone(db: Db | Tx, deliveryId: string, inboxIds: readonly string[]): Promise<void> {
  await db.execute(sql`
    update deliveries set done_ids = done_ids || ${ids(inboxIds)} where id = ${deliveryId}`)
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
 * stays, a week later still, when nothing is left that waits or may be made to wait again.
 */
export async function pruneDeliveries(db: Db, before: Date): Promise<void> {
  await db.execute(sql`delete from deliveries where finished_at < ${before.toISOString()}`)
  await db.execute(sql`delete from delivery_retries where given_up_at < ${before.toISOString()}`)
  await db.execute(sql`
    update activities a set body = '' where forwarded_key is not null and body <> ''
      and created_at < ${before.toISOString()}::timestamptz - interval '7 days'
      and not exists (select from deliveries d where d.activity_id = a.id)
      and not exists (select from delivery_retries r where r.activity_id = a.id)`)
}

/** The private key and the name with which an actor of ours signs. */
export type SignerRow = Readonly<{ handle: string; isInstance: boolean; privateKeyPem: string; keyNumber: number }>

/** Finds the key of a local actor; null for remote actors and for those that are gone for good. */
export async function findSigner(db: Db, actorId: string): Promise<SignerRow | null> {
  const [row] = await db.execute<{ handle: string; is_instance: boolean; pem: string; key_number: number }>(sql`
    select a.handle, a.type = 'Application' as is_instance, l.rsa_private_key_pem as pem, l.key_number
    from actors a join local_actors l on l.actor_id = a.id where a.id = ${actorId}`)
  if (!row) return null
  return { handle: row.handle, isInstance: row.is_instance, privateKeyPem: row.pem, keyNumber: row.key_number }
}

/** Deletes the activities of an actor that is gone for good. */
export async function deleteActivities(tx: Tx, actorIds: readonly string[]): Promise<void> {
  await tx.delete(activities).where(inArray(activities.actorId, [...actorIds]))
}
