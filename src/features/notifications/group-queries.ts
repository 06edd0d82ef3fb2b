import { and, desc, eq, gte, inArray, isNull, lt, type SQL, sql } from 'drizzle-orm'
import type { Db, Tx } from '#src/db/client.ts'
import { markers, notifications } from '#src/db/schema/notifications.ts'
import { memberships } from '#src/db/schema/teams.ts'
import type { GroupKey } from './groups.ts'
import { isShownTo } from './queries.ts'
import type { NotificationKind } from './write-queries.ts'

/** How many people of a group are named with it. */
const sampleSize = 8

/** All of a group, whatever part of it stands on a page. */
export type GroupSize = Readonly<{ count: number; latestId: string; senderIds: readonly string[] }>

function isIn(actorId: string, key: GroupKey): SQL | undefined {
  const isOf = and(eq(notifications.actorId, actorId), isNull(notifications.dismissedAt))
  if ('id' in key) return and(isOf, eq(notifications.id, key.id))
  return and(
    isOf,
    eq(notifications.isFiltered, false),
    eq(notifications.kind, key.kind),
    key.postId ? eq(notifications.postId, key.postId) : isNull(notifications.postId),
    gte(notifications.createdAt, key.from),
    lt(notifications.createdAt, key.to),
  )
}

/** How large a group is, and who is in it, the last first. */
export async function sizeGroup(db: Db, actorId: string, key: GroupKey): Promise<GroupSize | null> {
  const [row] = await db
    .select({
      count: sql<number>`count(*)`.mapWith(Number),
      latestId: sql<string | null>`max(${notifications.id})::text`,
      senderIds: sql<string[] | null>`(array_agg(${notifications.fromActorId}::text
        order by ${notifications.id} desc))[1:${sql.raw(String(sampleSize))}]`,
    })
    .from(notifications)
    .where(and(isIn(actorId, key), isShownTo(actorId)))
  if (!row?.latestId) return null
  return { count: row.count, latestId: row.latestId, senderIds: row.senderIds ?? [] }
}

/** Everybody in a group, the last first, each once. */
export async function listGroupSenders(db: Db, actorId: string, key: GroupKey): Promise<string[]> {
  const rows = await db
    .select({ id: notifications.fromActorId })
    .from(notifications)
    .where(and(isIn(actorId, key), isShownTo(actorId)))
    .orderBy(desc(notifications.id))
    .limit(mostSenders)
  return [...new Set(rows.map(({ id }) => id))]
}

const mostSenders = 1_000

/** Takes a group off the list; the number of notifications in it. */
export async function dismissGroup(tx: Tx, actorId: string, key: GroupKey, now: Date): Promise<number> {
  const rows = await tx
    .update(notifications)
    .set({ dismissedAt: now })
    .where(isIn(actorId, key))
    .returning({ id: notifications.id })
  return rows.length
}

/**
 * The same for each of the actors as which a user may act, of every kind, at most `limit` for each of them: for a number on every page, and
 * so one statement however many they are.
 */
export async function listUnreadOfUser(db: Db, userId: string, limit: number) {
  const reader = sql`${memberships.actorId}`
  const unread = db
    .select({
      id: notifications.id,
      kind: notifications.kind,
      postId: notifications.postId,
      createdAt: notifications.createdAt,
    })
    .from(notifications)
    .where(and(isShownTo(reader), sql`${notifications.id} > ${readUpTo(reader)}`, eq(notifications.isFiltered, false)))
    .orderBy(desc(notifications.id))
    .limit(limit)
    .as('unread')
  return db
    .select({
      actorId: memberships.actorId,
      id: unread.id,
      kind: unread.kind,
      postId: unread.postId,
      createdAt: unread.createdAt,
    })
    .from(memberships)
    .innerJoinLateral(unread, sql`true`)
    .where(eq(memberships.userId, userId))
}

/** Up to where an actor's team has read, as an expression; 0 when it never has. */
const readUpTo = (actor: string | SQL) => sql`coalesce((select ${markers.lastReadId} from ${markers}
  where ${markers.actorId} = ${actor} and ${markers.timeline} = 'notifications'), 0)`

/** The notifications that came after the marker, newest first, as much of them as tells their groups; at most `limit`. */
export async function listUnread(
  db: Db,
  actorId: string,
  { kinds, fromActorId, limit }: { kinds: readonly NotificationKind[]; fromActorId: string | null; limit: number },
) {
  return db
    .select({
      id: notifications.id,
      kind: notifications.kind,
      postId: notifications.postId,
      createdAt: notifications.createdAt,
      fromActorId: notifications.fromActorId,
      actorVersion: sql<string>`''`,
      reportId: notifications.reportId,
      orderId: notifications.orderId,
    })
    .from(notifications)
    .where(
      and(
        isShownTo(actorId),
        sql`${notifications.id} > ${readUpTo(actorId)}`,
        inArray(notifications.kind, [...kinds]),
        fromActorId ? eq(notifications.fromActorId, fromActorId) : eq(notifications.isFiltered, false),
      ),
    )
    .orderBy(desc(notifications.id))
    .limit(limit)
}
