import { and, desc, eq, inArray, sql } from 'drizzle-orm'
import { inListOrder, type Page } from '#src/core/paging.ts'
import type { Db, Tx } from '#src/db/client.ts'
import { keyset, keysetOrder } from '#src/db/keyset.ts'
import { notificationPermissions, notificationRequests, notifications } from '#src/db/schema/notifications.ts'
import { authorVisibleTo } from '#src/features/posts/queries.ts'

/** Somebody whose notifications wait for the actor's yes. */
export type RequestRow = Readonly<{
  id: string
  fromActorId: string
  lastPostId: string | null
  createdAt: Date
  updatedAt: Date
  count: number
}>

const waiting = sql`(select count(*)::int from ${notifications} where ${notifications.actorId} = ${notificationRequests.actorId}
  and ${notifications.fromActorId} = ${notificationRequests.fromActorId} and ${notifications.isFiltered}
  and ${notifications.dismissedAt} is null)`

const columns = {
  id: notificationRequests.id,
  fromActorId: notificationRequests.fromActorId,
  lastPostId: notificationRequests.lastPostId,
  createdAt: notificationRequests.createdAt,
  updatedAt: notificationRequests.updatedAt,
  count: sql<number>`${waiting}`.mapWith(Number),
}

const isOf = (actorId: string) =>
  and(eq(notificationRequests.actorId, actorId), authorVisibleTo(actorId, notificationRequests.fromActorId))

/** A page of who waits, newest first. */
export async function listRequests(db: Db, actorId: string, page: Page): Promise<RequestRow[]> {
  const rows = await db
    .select(columns)
    .from(notificationRequests)
    .where(and(isOf(actorId), keyset(notificationRequests.id, page)))
    .orderBy(keysetOrder(notificationRequests.id, page))
    .limit(page.limit)
  return inListOrder(rows, page)
}

/** Finds some of an actor's own requests by their ids. */
export async function findRequests(db: Db | Tx, actorId: string, ids: readonly string[]): Promise<RequestRow[]> {
  if (ids.length === 0) return []
  return db
    .select(columns)
    .from(notificationRequests)
    .where(and(isOf(actorId), inArray(notificationRequests.id, [...ids])))
    .orderBy(desc(notificationRequests.id))
}

/** How many wait, and how many notifications of theirs. */
export async function countWaiting(db: Db, actorId: string): Promise<{ requests: number; notifications: number }> {
  const [row] = await db
    .select({
      requests: sql<number>`count(*)`.mapWith(Number),
      notifications: sql<number>`coalesce(sum(${waiting}), 0)`.mapWith(Number),
    })
    .from(notificationRequests)
    .where(isOf(actorId))
  return row ?? { requests: 0, notifications: 0 }
}

const isFrom = (actorId: string, senders: readonly string[]) =>
  and(eq(notifications.actorId, actorId), inArray(notifications.fromActorId, [...senders]), notifications.isFiltered)

/** Lets senders through, now and from now on; the posts that waited to be told of, oldest first. */
export async function allowSenders(tx: Tx, actorId: string, senders: readonly string[]): Promise<string[]> {
  await tx
    .insert(notificationPermissions)
    .values(senders.map((fromActorId) => ({ actorId, fromActorId })))
    .onConflictDoNothing()
  const rows = await tx
    .update(notifications)
    .set({ isFiltered: false })
    .where(isFrom(actorId, senders))
    .returning({ id: notifications.id, kind: notifications.kind, postId: notifications.postId })
  await removeRequests(tx, actorId, senders)
  return rows
    .filter(({ kind }) => kind === 'mention')
    .toSorted((a, b) => Number(BigInt(a.id) - BigInt(b.id)))
    .flatMap(({ postId }) => postId ?? [])
}

/** Takes off the list what senders have sent so far; what they send later waits again. */
export async function dismissSenders(tx: Tx, actorId: string, senders: readonly string[]): Promise<void> {
  await tx.delete(notifications).where(isFrom(actorId, senders))
  await removeRequests(tx, actorId, senders)
}

async function removeRequests(tx: Tx, actorId: string, senders: readonly string[]): Promise<void> {
  await tx
    .delete(notificationRequests)
    .where(and(eq(notificationRequests.actorId, actorId), inArray(notificationRequests.fromActorId, [...senders])))
}
