import { and, eq, isNull, or, type SQL, sql } from 'drizzle-orm'
import { inListOrder, type Page } from '#src/core/paging.ts'
import type { Db } from '#src/db/client.ts'
import { inSpan, pageSize, type Span, spanOf, spanOrder, spanValues } from '#src/db/keyset.ts'
import { prepared } from '#src/db/prepared.ts'
import { actors } from '#src/db/schema/actors.ts'
import { notifications } from '#src/db/schema/notifications.ts'
import { posts } from '#src/db/schema/posts.ts'
import { isToldOf } from '#src/features/mutes/queries.ts'
import { authorVisibleTo, type Reader, visibleTo } from '#src/features/posts/queries.ts'
import { type GivenReaction, reactionsBy } from '#src/features/reactions/emoji-queries.ts'
import { isFitFor } from './staff-queries.ts'
import type { NotificationKind } from './write-queries.ts'

/** A line of an actor's list. */
export type NotificationRow = Readonly<{
  id: string
  kind: NotificationKind
  fromActorId: string
  actorVersion: string
  postId: string | null
  reportId: string | null
  orderId: string | null
  createdAt: Date
  /** Of a like: the emojis with which its sender has reacted. */
  reactions: readonly GivenReaction[] | null
}>

const columns = {
  id: notifications.id,
  kind: notifications.kind,
  fromActorId: notifications.fromActorId,
  /** The version of the sender's row: see `loadAccounts`. */
  actorVersion: sql<string>`${actors}.xmin::text`.as('actor_version'),
  postId: notifications.postId,
  reportId: notifications.reportId,
  orderId: notifications.orderId,
  createdAt: notifications.createdAt,
  reactions: sql<GivenReaction[] | null>`case when ${notifications.kind} = 'favourite'
    then ${reactionsBy(notifications.fromActorId, notifications.postId)} end`.as('reactions'),
}

const actor = sql.placeholder('actor')

/**
 * Not dismissed, from somebody who is there and whom no block and no mute hides, about a post only as long as the actor may see it, and
 * about the instance only as long as it is for administrators alone.
 */
export function isShownTo(actor: Reader): SQL | undefined {
  return and(
    sql`${notifications.actorId} = ${actor}`,
    isNull(notifications.dismissedAt),
    isFitFor(actor),
    actor === null ? undefined : isToldOf(actor, notifications.fromActorId),
    authorVisibleTo(actor, notifications.fromActorId),
    or(
      isNull(notifications.postId),
      sql`exists (select from ${posts} where ${posts.id} = ${notifications.postId} and ${visibleTo(actor)})`,
    ),
  )
}

const isShown = isShownTo(actor)

const lines = prepared((db, size: number, span: Span) =>
  db
    .select(columns)
    .from(notifications)
    .innerJoin(actors, eq(actors.id, notifications.fromActorId))
    .where(
      and(
        isShown,
        inSpan(notifications.id, span),
        sql`${notifications.kind}::text = any(${sql.placeholder('kinds')}::text[])`,
        sql`(${sql.placeholder('from')}::bigint is null or ${notifications.fromActorId} = ${sql.placeholder('from')})`,
        sql`(${sql.placeholder('filtered')}::boolean or not ${notifications.isFiltered})`,
      ),
    )
    .orderBy(spanOrder(notifications.id, span))
    .limit(size),
)

/** Which lines of the list are wanted. */
export type Wanted = Readonly<{
  kinds: readonly NotificationKind[]
  fromActorId: string | null
  /** Those too that the actor's policy holds back. */
  withFiltered: boolean
}>

/** A page of what an actor was told, newest first. */
export async function listNotifications(
  db: Db,
  actorId: string,
  wanted: Wanted,
  page: Page,
): Promise<NotificationRow[]> {
  const values = {
    actor: actorId,
    kinds: `{${wanted.kinds.join(',')}}`,
    from: wanted.fromActorId,
    filtered: wanted.withFiltered,
  }
  const rows = await lines(db, pageSize(page), spanOf(page)).execute({ ...spanValues(page), ...values })
  return inListOrder(rows.slice(0, page.limit), page)
}

const oneLine = prepared((db) =>
  db
    .select(columns)
    .from(notifications)
    .innerJoin(actors, eq(actors.id, notifications.fromActorId))
    .where(and(isShown, eq(notifications.id, sql.placeholder('id')))),
)

/** Finds one line of an actor's own list. */
export async function findNotification(db: Db, actorId: string, id: string): Promise<NotificationRow | null> {
  const [row] = await oneLine(db).execute({ actor: actorId, id })
  return row ?? null
}
