import { and, asc, desc, eq, isNull, or, type SQL, sql } from 'drizzle-orm'
import { inListOrder, type Page } from '#src/core/paging.ts'
import type { Db } from '#src/db/client.ts'
import { pageBounds, pageSize } from '#src/db/keyset.ts'
import { prepared } from '#src/db/prepared.ts'
import { notifications } from '#src/db/schema/notifications.ts'
import { posts } from '#src/db/schema/posts.ts'
import { authorVisibleTo, visibleTo } from '#src/features/posts/queries.ts'
import type { NotificationKind } from './write-queries.ts'

/** A line of an actor's list. */
export type NotificationRow = Readonly<{
  id: string
  kind: NotificationKind
  fromActorId: string
  postId: string | null
  createdAt: Date
}>

const columns = {
  id: notifications.id,
  kind: notifications.kind,
  fromActorId: notifications.fromActorId,
  postId: notifications.postId,
  createdAt: notifications.createdAt,
}

const actor = sql.placeholder('actor')

/** Not dismissed, from somebody who is there and whom no block hides, and about a post only as long as the actor may see it. */
const isShown: SQL | undefined = and(
  sql`${notifications.actorId} = ${actor}`,
  isNull(notifications.dismissedAt),
  authorVisibleTo(actor, notifications.fromActorId),
  or(
    isNull(notifications.postId),
    sql`exists (select from ${posts} where ${posts.id} = ${notifications.postId} and ${visibleTo(actor)})`,
  ),
)

const lines = prepared((db, size: number, isUpward: boolean) =>
  db
    .select(columns)
    .from(notifications)
    .where(
      and(
        isShown,
        sql`${notifications.id} < ${sql.placeholder('before')} and ${notifications.id} > ${sql.placeholder('after')}`,
        sql`${notifications.kind}::text = any(${sql.placeholder('kinds')}::text[])`,
        sql`(${sql.placeholder('from')}::bigint is null or ${notifications.fromActorId} = ${sql.placeholder('from')})`,
      ),
    )
    .orderBy(isUpward ? asc(notifications.id) : desc(notifications.id))
    .limit(size)
    .prepare(`notifications_${size}_${isUpward}`),
)

/** Which lines of the list are wanted. */
export type Wanted = Readonly<{ kinds: readonly NotificationKind[]; fromActorId: string | null }>

/** A page of what an actor was told, newest first. */
export async function listNotifications(
  db: Db,
  actorId: string,
  wanted: Wanted,
  page: Page,
): Promise<NotificationRow[]> {
  const rows = await lines(db, pageSize(page), page.minId !== undefined).execute({
    ...pageBounds(page),
    actor: actorId,
    kinds: `{${wanted.kinds.join(',')}}`,
    from: wanted.fromActorId,
  })
  return inListOrder(rows.slice(0, page.limit), page)
}

const oneLine = prepared((db) =>
  db
    .select(columns)
    .from(notifications)
    .where(and(isShown, eq(notifications.id, sql.placeholder('id'))))
    .prepare('notification'),
)

/** Finds one line of an actor's own list. */
export async function findNotification(db: Db, actorId: string, id: string): Promise<NotificationRow | null> {
  const [row] = await oneLine(db).execute({ actor: actorId, id })
  return row ?? null
}
