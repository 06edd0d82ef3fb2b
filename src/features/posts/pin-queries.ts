import { and, count, desc, eq, isNull, notInArray, sql } from 'drizzle-orm'
import { inListOrder, type Page } from '#src/core/paging.ts'
import type { Db, Tx } from '#src/db/client.ts'
import { inSpan, isUpwards, pageSize, type Span, spanOf, spanOrder, spanValues } from '#src/db/keyset.ts'
import { prepared } from '#src/db/prepared.ts'
import { posts } from '#src/db/schema/posts.ts'
import { pins } from '#src/db/schema/reactions.ts'
import { visibleTo } from './queries.ts'

/** Shows a post first; false when it is shown so already. */
export async function insertPin(
  tx: Tx,
  pin: { actorId: string; userId: string | null; postId: string },
): Promise<boolean> {
  const rows = await tx.insert(pins).values(pin).onConflictDoNothing().returning({ id: pins.id })
  return rows.length > 0
}

/** Shows a post in its place again; false when it is there. */
export async function deletePin(tx: Tx, actorId: string, postId: string): Promise<boolean> {
  const rows = await tx
    .delete(pins)
    .where(and(eq(pins.actorId, actorId), eq(pins.postId, postId)))
    .returning({ id: pins.id })
  return rows.length > 0
}

/** Leaves an actor only those pins that it still has. */
export async function keepPins(tx: Tx, actorId: string, postIds: readonly string[]): Promise<void> {
  const isGone = postIds.length > 0 ? notInArray(pins.postId, [...postIds]) : undefined
  await tx.delete(pins).where(and(eq(pins.actorId, actorId), isGone))
}

/** How many posts an actor shows first. */
export async function countPins(tx: Tx, actorId: string): Promise<number> {
  const [row] = await tx
    .select({ pinned: count() })
    .from(pins)
    .innerJoin(posts, eq(posts.id, pins.postId))
    .where(and(eq(pins.actorId, actorId), isNull(posts.deletedAt)))
  return row?.pinned ?? 0
}

const pinned = prepared((db, size: number, span: Span, isKnown: boolean) =>
  db
    .select({ id: pins.postId })
    .from(pins)
    .innerJoin(posts, eq(posts.id, pins.postId))
    .where(
      and(
        eq(pins.actorId, sql.placeholder('actor')),
        inSpan(pins.postId, span),
        visibleTo(isKnown ? sql.placeholder('reader') : null),
      ),
    )
    .orderBy(isUpwards(span) ? spanOrder(pins.postId, span) : desc(pins.id))
    .limit(size),
)

/** The posts that an actor shows first and the reader may see, the last pinned first. */
export async function listPinned(db: Db, actorId: string, readerId: string | null, page: Page): Promise<string[]> {
  const query = pinned(db, pageSize(page), spanOf(page), readerId !== null)
  const rows = await query.execute({ ...spanValues(page), actor: actorId, reader: readerId })
  return inListOrder(
    rows.slice(0, page.limit).map(({ id }) => id),
    page,
  )
}
