import { and, eq, gt, inArray, isNull, lt, or, type SQL, sql } from 'drizzle-orm'
import type { Page } from '#src/core/paging.ts'
import type { Db, Tx } from '#src/db/client.ts'
import { keyset, keysetOrder } from '#src/db/keyset.ts'
import { actors } from '#src/db/schema/actors.ts'
import { follows } from '#src/db/schema/follows.ts'
import { groupBans } from '#src/db/schema/groups.ts'
import { memberships } from '#src/db/schema/teams.ts'
import type { MemberRole } from '#src/features/teams/policy.ts'
import type { FollowState, NextState } from './states.ts'

/** The row of a pair of actors. */
export type Follow = Readonly<typeof follows.$inferSelect>

/** Finds a follow by its id. */
export async function findFollow(db: Db | Tx, id: string): Promise<Follow | null> {
  return findOne(db, eq(follows.id, id))
}

/** Finds the follow of a pair. */
export async function findFollowBetween(db: Db | Tx, followerId: string, followeeId: string): Promise<Follow | null> {
  return findOne(db, and(eq(follows.followerId, followerId), eq(follows.followeeId, followeeId)))
}

/** Finds a remote follower's follow by the id of its activity, as it was last received. */
export async function findFollowByActivity(
  db: Db | Tx,
  followerId: string,
  activityIri: string,
): Promise<Follow | null> {
  return findOne(db, and(eq(follows.followerId, followerId), eq(follows.activityIri, activityIri)))
}

/** Finds a local follower's follow by the effect that made its activity. */
export async function findFollowByEffect(db: Db | Tx, followeeId: string, effectId: string): Promise<Follow | null> {
  return findOne(db, and(eq(follows.followeeId, followeeId), eq(follows.effectId, effectId)))
}

/** Finds a local follower's follow by the id of the Accept that let it in, as it was last received. */
export async function findFollowByAccept(db: Db | Tx, followeeId: string, acceptIri: string): Promise<Follow | null> {
  return findOne(db, and(eq(follows.followeeId, followeeId), eq(follows.acceptIri, acceptIri)))
}

async function findOne(db: Db | Tx, condition: SQL | undefined): Promise<Follow | null> {
  const [row] = await db.select().from(follows).where(condition)
  return row ?? null
}

/** Whether anybody here follows an actor, so that what it publishes is of use. */
export async function hasLocalFollower(db: Db | Tx, actorId: string): Promise<boolean> {
  const rows = await db
    .select({ id: follows.id })
    .from(follows)
    .innerJoin(actors, eq(actors.id, follows.followerId))
    .where(
      and(
        eq(follows.followeeId, actorId),
        eq(follows.state, 'accepted'),
        isNull(actors.host),
        isNull(actors.deletedAt),
      ),
    )
    .limit(1)
  return rows.length > 0
}

/** Writes the row of a pair that has none; null when there is one. */
export async function insertFollow(tx: Tx, row: typeof follows.$inferInsert): Promise<Follow | null> {
  const [inserted] = await tx.insert(follows).values(row).onConflictDoNothing().returning()
  return inserted ?? null
}

/** The columns that may change while the state stays. */
export type FollowChange = Partial<
  Pick<
    typeof follows.$inferInsert,
    | 'acceptIri'
    | 'activityIri'
    | 'isJoin'
    | 'effectId'
    | 'note'
    | 'showsBoosts'
    | 'notifies'
    | 'languages'
    | 'requestedAt'
    | 'requestedBy'
    | 'decidedAt'
    | 'decidedBy'
    | 'lastSentAt'
  >
>

/** Changes a follow without moving it. */
export async function updateFollow(tx: Tx, id: string, change: FollowChange): Promise<void> {
  if (Object.keys(change).length > 0) await tx.update(follows).set(change).where(eq(follows.id, id))
}

/** Moves a follow from one state to another; null when it was not (or no longer) in the first. */
export async function moveFollow<From extends FollowState>(
  tx: Tx,
  follow: Pick<Follow, 'id'> & { from: From },
  to: NextState<From>,
  change: FollowChange,
): Promise<Follow | null> {
  const [moved] = await tx
    .update(follows)
    .set({ ...change, state: to })
    .where(and(eq(follows.id, follow.id), eq(follows.state, follow.from)))
    .returning()
  return moved ?? null
}

/** Whether a group keeps somebody out. */
export async function isKeptOut(db: Db | Tx, groupId: string, actorId: string, now: Date): Promise<boolean> {
  const holds = or(isNull(groupBans.until), gt(groupBans.until, now))
  return (await db.$count(groupBans, and(eq(groupBans.groupId, groupId), eq(groupBans.actorId, actorId), holds))) > 0
}

/** Removes a follow. */
export async function deleteFollow(tx: Tx, id: string): Promise<void> {
  await tx.delete(follows).where(eq(follows.id, id))
}

/** What somebody may do as an actor; null: nothing. */
export async function findRole(db: Db | Tx, userId: string, actorId: string): Promise<MemberRole | null> {
  const [row] = await db
    .select({ role: memberships.role })
    .from(memberships)
    .where(and(eq(memberships.userId, userId), eq(memberships.actorId, actorId)))
  return row?.role ?? null
}

/** One end of the follows of an actor. */
export type FollowList = Readonly<{ actorId: string; end: 'followers' | 'following'; state: FollowState }>

/** A page of the follows of an actor: the id by which the list is paged, and who stands at the other end. */
export async function listFollows(db: Db, list: FollowList, page: Page): Promise<{ id: string; actorId: string }[]> {
  const [mine, theirs] =
    list.end === 'followers' ? [follows.followeeId, follows.followerId] : [follows.followerId, follows.followeeId]
  return db
    .select({ id: follows.id, actorId: theirs })
    .from(follows)
    .innerJoin(actors, eq(actors.id, theirs))
    .where(
      and(
        eq(mine, list.actorId),
        eq(follows.state, list.state),
        isNull(actors.deletedAt),
        isNull(actors.suspendedAt),
        keyset(follows.id, page),
      ),
    )
    .orderBy(keysetOrder(follows.id, page))
    .limit(page.limit)
}

/** The followers of an actor whom another actor follows, newest first. */
export async function listFamiliar(db: Db, actorId: string, viewerActorId: string, limit: number): Promise<string[]> {
  const followed = db
    .select({ id: follows.followeeId })
    .from(follows)
    .where(and(eq(follows.followerId, viewerActorId), eq(follows.state, 'accepted')))
  const rows = await db
    .select({ id: follows.followerId })
    .from(follows)
    .where(and(eq(follows.followeeId, actorId), eq(follows.state, 'accepted'), inArray(follows.followerId, followed)))
    .orderBy(sql`${follows.id} desc`)
    .limit(limit)
  return rows.map(({ id }) => id)
}

/** Turns requests to ours that were made before a moment into refusals; returns how many. */
export async function expirePending(db: Db, before: Date, now: Date): Promise<number> {
  const ours = db.select({ id: actors.id }).from(actors).where(isNull(actors.host))
  const rows = await db
    .update(follows)
    .set({ state: 'rejected', decidedAt: now })
    .where(and(eq(follows.state, 'pending'), lt(follows.requestedAt, before), inArray(follows.followeeId, ours)))
    .returning({ id: follows.id })
  return rows.length
}

/** How many wait for an answer of each actor as which a user may act. Actors for whom nobody waits are left out. */
export async function countRequests(db: Db, userId: string): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .select({ actorId: memberships.actorId, count: sql<number>`count(*)`.mapWith(Number) })
    .from(memberships)
    .innerJoin(follows, and(eq(follows.followeeId, memberships.actorId), eq(follows.state, 'pending')))
    .where(eq(memberships.userId, userId))
    .groupBy(memberships.actorId)
  return new Map(rows.map(({ actorId, count }) => [actorId, count]))
}

/** Forgets refusals that were given before a moment. */
export async function forgetRejected(db: Db, before: Date): Promise<void> {
  await db.delete(follows).where(and(eq(follows.state, 'rejected'), lt(follows.decidedAt, before)))
}

/**
 * Finds requests of ours for which one of the moments after `afterMs` has come since they were last sent, to servers that answer without
 * asking anybody, and has their stored activities delivered once more: the same id, the same bytes. A request that is still being tried is
 * left to that.
 * @returns how many
 */
export async function resendPending(tx: Tx, afterMs: readonly number[], now: Date): Promise<number> {
  const at = now.toISOString()
  const steps = sql.join(
    afterMs.map((ms) => sql`(${ms / 1_000}::int * interval '1 second')`),
    sql`, `,
  )
  const rows = await tx.execute(sql`
    with due as (
      update follows f set last_sent_at = ${at} from actors a
      where a.id = f.followee_id and f.state = 'pending' and f.effect_id is not null
        and a.host is not null and not a.is_locked and a.deleted_at is null and a.suspended_at is null
        and exists (
          select from unnest(array[${steps}]) as step
          where f.requested_at + step <= ${at} and f.requested_at + step > coalesce(f.last_sent_at, f.requested_at))
      returning f.effect_id, a.delivery_inbox_id
    )
    insert into deliveries (activity_id, inbox_ids)
    select due.effect_id, array[i.id] from due
    join activities on activities.id = due.effect_id
    join inboxes i on i.id = due.delivery_inbox_id and i.gone_at is null
    where not exists (
      select from delivery_retries r
      where r.activity_id = due.effect_id and r.inbox_id = i.id and r.given_up_at is null)
    returning id`)
  return rows.length
}
