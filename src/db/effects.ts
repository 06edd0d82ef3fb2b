import { and, asc, eq, inArray, isNull, lt, lte, or, sql } from 'drizzle-orm'
import type { Db, Tx } from './client.ts'
import { effects } from './schema/effects.ts'

/** A recorded fact as the workers read it. */
export type EffectRow = Readonly<{
  id: string
  type: string
  payload: Record<string, unknown>
  isLocal: boolean
  attempts: number
  createdAt: Date
}>

const columns = {
  id: effects.id,
  type: effects.type,
  payload: sql<Record<string, unknown>>`${effects.payload}`,
  isLocal: effects.isLocal,
  attempts: effects.attempts,
  createdAt: effects.createdAt,
}

/** Writes several facts and rings once. */
export async function insertEffects(
  tx: Tx,
  facts: readonly { type: string; payload: Record<string, unknown>; isLocal: boolean }[],
): Promise<void> {
  if (facts.length === 0) return
  await tx.execute(sql`
    with written as (
      insert into effects (type, payload, is_local)
      select fact->>'type', fact->'payload', (fact->>'isLocal')::boolean
      from jsonb_array_elements(${JSON.stringify(facts)}::jsonb) with ordinality as given (fact, nth) order by nth
    ) select pg_notify(${effectsChannel}, '')`)
}

/** The channel that is rung when a fact is committed. It carries nothing: the rows are the truth. */
export const effectsChannel = 'effects'

/** Writes a fact and rings for the workers; they hear it only if the transaction commits. */
export async function insertEffect(
  tx: Tx,
  effect: { type: string; payload: Record<string, unknown>; isLocal: boolean },
): Promise<string> {
  // Written and rung in one trip: this happens in nearly every transaction.
  const [row] = await tx
    .insert(effects)
    .values(effect)
    .returning({ id: effects.id, rung: sql`pg_notify(${effectsChannel}, '')` })
  if (!row) throw new Error('an effect was not written')
  return row.id
}

/**
 * Locks up to `limit` facts that wait, oldest first, for the length of the transaction; other workers pass them by.
 */
export async function claimEffects(tx: Tx, limit: number, now: Date): Promise<EffectRow[]> {
  return tx
    .select(columns)
    .from(effects)
    .where(
      and(
        isNull(effects.dispatchedAt),
        isNull(effects.parkedAt),
        or(isNull(effects.retryAt), lte(effects.retryAt, now)),
      ),
    )
    .orderBy(asc(effects.id))
    .limit(limit)
    .for('update', { skipLocked: true })
}

/** Marks facts whose consequences are written or handed to a queue. */
export async function markDispatched(tx: Tx, ids: readonly string[], now: Date): Promise<void> {
  if (ids.length === 0) return
  await tx
    .update(effects)
    .set({ dispatchedAt: now })
    .where(inArray(effects.id, [...ids]))
}

/** Marks facts of which nothing is left to do. */
export async function markFinished(db: Db | Tx, ids: readonly string[], now: Date): Promise<void> {
  if (ids.length === 0) return
  await db
    .update(effects)
    .set({ finishedAt: now })
    .where(inArray(effects.id, [...ids]))
}

/** Facts that were handed to a queue before a moment and are not finished: their job may be lost. */
export async function listUnfinished(db: Db, before: Date, limit: number): Promise<EffectRow[]> {
  return db
    .select(columns)
    .from(effects)
    .where(and(lt(effects.dispatchedAt, before), isNull(effects.finishedAt), isNull(effects.parkedAt)))
    .orderBy(asc(effects.dispatchedAt))
    .limit(limit)
}

/** Notes a failure; the fact is tried again at `retryAt`, or parked when that is null. */
export async function markFailed(
  db: Db | Tx,
  id: string,
  failure: { error: string; retryAt: Date | null; now: Date },
): Promise<void> {
  await db
    .update(effects)
    .set({
      attempts: sql`${effects.attempts} + 1`,
      lastError: failure.error.slice(0, 2_000),
      retryAt: failure.retryAt,
      parkedAt: failure.retryAt ? null : failure.now,
    })
    .where(eq(effects.id, id))
}

/** Finds one fact, dispatched or not. */
export async function findEffect(db: Db | Tx, id: string): Promise<EffectRow | null> {
  const [row] = await db.select(columns).from(effects).where(eq(effects.id, id))
  return row ?? null
}

/** Whether a fact of this type about this post still waits to be worked off. Only what waits is read, which is little. */
export async function isPostWaiting(db: Db, type: string, postId: string): Promise<boolean> {
  const isWaiting = or(isNull(effects.dispatchedAt), isNull(effects.finishedAt))
  const rows = await db
    .select({ id: effects.id })
    .from(effects)
    .where(
      and(isNull(effects.parkedAt), isWaiting, eq(effects.type, type), sql`${effects.payload}->>'postId' = ${postId}`),
    )
    .limit(1)
  return rows.length > 0
}

/** Makes facts since a moment wait again, parked ones included; returns how many. */
export async function replayEffects(db: Db, since: Date): Promise<number> {
  const rows = await db
    .update(effects)
    .set({ dispatchedAt: null, finishedAt: null, parkedAt: null, retryAt: null, attempts: 0 })
    .where(sql`${effects.createdAt} >= ${since.toISOString()}`)
    .returning({ id: effects.id })
  return rows.length
}

/** Removes facts that were finished before a moment; returns how many. */
export async function pruneEffects(db: Db, before: Date): Promise<number> {
  const rows = await db.delete(effects).where(lt(effects.finishedAt, before)).returning({ id: effects.id })
  return rows.length
}
