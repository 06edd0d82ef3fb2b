import { and, asc, eq, gte, isNotNull, isNull, lte, sql } from 'drizzle-orm'
import { isId } from '#src/core/ids.ts'
import { inListOrder, type Page } from '#src/core/paging.ts'
import type { Db, Tx } from '#src/db/client.ts'
import { keyset, keysetOrder } from '#src/db/keyset.ts'
import { media } from '#src/db/schema/media.ts'
import { scheduledPosts } from '#src/db/schema/schedule.ts'
import type { Media } from '#src/features/media/queries.ts'

/** A post that is to be published later, or could not be at its time. */
export type ScheduledPost = Readonly<typeof scheduledPosts.$inferSelect>

/** Why a post could not be published. */
export type ScheduleFailure = NonNullable<ScheduledPost['failure']>

/** Writes a post that is to be published later; its id. */
export async function insertScheduled(tx: Tx, values: typeof scheduledPosts.$inferInsert): Promise<string> {
  const [row] = await tx.insert(scheduledPosts).values(values).returning({ id: scheduledPosts.id })
  if (!row) throw new Error('a scheduled post was not written')
  return row.id
}

/** What came of an earlier sending under the same key since a moment. */
export async function findByKey(
  db: Db | Tx,
  { userId, actorId, key }: { userId: string; actorId: string; key: string },
  since: Date,
): Promise<string | null> {
  const [row] = await db
    .select({ id: scheduledPosts.id })
    .from(scheduledPosts)
    .where(
      and(
        eq(scheduledPosts.actorId, actorId),
        eq(scheduledPosts.userId, userId),
        eq(scheduledPosts.idempotencyKey, key),
        gte(scheduledPosts.createdAt, since),
      ),
    )
    .limit(1)
  return row?.id ?? null
}

/** Finds one of an actor's own. */
export async function findScheduled(db: Db | Tx, actorId: string, id: string): Promise<ScheduledPost | null> {
  if (!isId(id)) return null
  const [row] = await db
    .select()
    .from(scheduledPosts)
    .where(and(eq(scheduledPosts.id, id), eq(scheduledPosts.actorId, actorId)))
  return row ?? null
}

/** Finds one, whosever it is: for the workers. */
export async function findAnyScheduled(db: Db, id: string): Promise<ScheduledPost | null> {
  const [row] = await db.select().from(scheduledPosts).where(eq(scheduledPosts.id, id))
  return row ?? null
}

/** A page of an actor's own, the last written first. */
export async function listScheduled(db: Db, actorId: string, page: Page): Promise<ScheduledPost[]> {
  const rows = await db
    .select()
    .from(scheduledPosts)
    .where(and(eq(scheduledPosts.actorId, actorId), keyset(scheduledPosts.id, page)))
    .orderBy(keysetOrder(scheduledPosts.id, page))
    .limit(page.limit)
  return inListOrder(rows, page)
}

/** All of an actor's own in the order of their time. */
export async function listPlanned(db: Db, actorId: string, limit: number): Promise<ScheduledPost[]> {
  return db
    .select()
    .from(scheduledPosts)
    .where(eq(scheduledPosts.actorId, actorId))
    .orderBy(asc(scheduledPosts.scheduledAt), asc(scheduledPosts.id))
    .limit(limit)
}

/** How many of an actor's could not be published and wait for a decision. */
export async function countFailed(db: Db, actorId: string): Promise<number> {
  return db.$count(scheduledPosts, and(eq(scheduledPosts.actorId, actorId), isNotNull(scheduledPosts.failedAt)))
}

/** How many an actor has scheduled, in all and for the day (in UTC) of a moment, but for one. */
export async function countScheduled(
  tx: Tx,
  { actorId, at, exceptId }: { actorId: string; at: Date; exceptId: string | null },
): Promise<{ total: number; daily: number }> {
  const day = at.toISOString().slice(0, 10)
  const [row] = await tx
    .select({
      total: sql<number>`count(*)::int`,
      daily: sql<number>`count(*) filter (where (${scheduledPosts.scheduledAt} at time zone 'UTC')::date = ${day}::date)::int`,
    })
    .from(scheduledPosts)
    .where(and(eq(scheduledPosts.actorId, actorId), sql`${scheduledPosts.id} is distinct from ${exceptId}::bigint`))
  return row ?? { total: 0, daily: 0 }
}

/** Sets another time; what failed is to be tried again then. False when it is gone. */
export async function moveScheduled(tx: Tx, id: string, scheduledAt: Date): Promise<boolean> {
  const rows = await tx
    .update(scheduledPosts)
    .set({ scheduledAt, failedAt: null, failure: null, retryAt: null, attempts: 0 })
    .where(eq(scheduledPosts.id, id))
    .returning({ id: scheduledPosts.id })
  return rows.length > 0
}

/** Removes one; false when it is gone already. */
export async function deleteScheduled(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.delete(scheduledPosts).where(eq(scheduledPosts.id, id)).returning({ id: scheduledPosts.id })
  return rows.length > 0
}

/** Locks one that is still due; false when another worker has published it, or its author has changed his mind. */
export async function lockDue(tx: Tx, id: string, now: Date): Promise<boolean> {
  const rows = await tx
    .select({ id: scheduledPosts.id })
    .from(scheduledPosts)
    .where(and(eq(scheduledPosts.id, id), isDue(now)))
    .for('update')
  return rows.length > 0
}

function isDue(now: Date) {
  const dueAt = sql`coalesce(${scheduledPosts.retryAt}, ${scheduledPosts.scheduledAt})`
  return and(isNull(scheduledPosts.failedAt), lte(dueAt, now.toISOString()))
}

/** What is to be published now, the longest due first. */
export async function listDue(db: Db, now: Date, limit: number): Promise<ScheduledPost[]> {
  return db
    .select()
    .from(scheduledPosts)
    .where(isDue(now))
    .orderBy(sql`coalesce(${scheduledPosts.retryAt}, ${scheduledPosts.scheduledAt})`, asc(scheduledPosts.id))
    .limit(limit)
}

/** Has one tried again later. */
export async function postpone(tx: Tx, id: string, retryAt: Date): Promise<void> {
  await tx
    .update(scheduledPosts)
    .set({ retryAt, attempts: sql`${scheduledPosts.attempts} + 1` })
    .where(and(eq(scheduledPosts.id, id), isNull(scheduledPosts.failedAt)))
}

/** Notes that one could not be published; false when that is known already, or it is gone. */
export async function markFailure(tx: Tx, id: string, failure: ScheduleFailure, now: Date): Promise<boolean> {
  const rows = await tx
    .update(scheduledPosts)
    .set({ failure, failedAt: now })
    .where(and(eq(scheduledPosts.id, id), isDue(now)))
    .returning({ id: scheduledPosts.id })
  return rows.length > 0
}

/** The pictures that are held for some posts. */
export async function listHeld(db: Db, ids: readonly string[]): Promise<Media[]> {
  if (ids.length === 0) return []
  return db
    .select()
    .from(media)
    .where(and(sql`${media.scheduledPostId} = any(${`{${ids.join(',')}}`}::bigint[])`, isNull(media.deletedAt)))
}
