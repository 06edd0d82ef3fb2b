import { and, eq, getTableColumns, isNull, or } from 'drizzle-orm'
import { inListOrder, type Page } from '#src/core/paging.ts'
import type { Db, Tx } from '#src/db/client.ts'
import { keyset, keysetOrder } from '#src/db/keyset.ts'
import { posts } from '#src/db/schema/posts.ts'
import { likes } from '#src/db/schema/reactions.ts'
import { authorVisibleTo, visibleTo } from '#src/features/posts/queries.ts'

/** An actor likes a post. */
export type Like = Readonly<typeof likes.$inferSelect>

const columns = getTableColumns(likes)

/** Writes a like; its id, or null when there is one already. */
export async function insertLike(tx: Tx, like: typeof likes.$inferInsert): Promise<string | null> {
  const [row] = await tx.insert(likes).values(like).onConflictDoNothing().returning({ id: likes.id })
  return row?.id ?? null
}

/** Notes the effect from which the id of the Like activity follows. */
export async function setLikeEffect(tx: Tx, id: string, effectId: string): Promise<void> {
  await tx.update(likes).set({ effectId }).where(eq(likes.id, id))
}

/** Finds a like by its id. */
export async function findLike(db: Db | Tx, id: string): Promise<Like | null> {
  const [like] = await db.select(columns).from(likes).where(eq(likes.id, id))
  return like ?? null
}

/** Finds the like of a post by an actor. */
export async function findLikeBetween(db: Db | Tx, actorId: string, postId: string): Promise<Like | null> {
  const [like] = await db
    .select()
    .from(likes)
    .where(and(eq(likes.actorId, actorId), eq(likes.postId, postId)))
  return like ?? null
}

/** Takes an actor's like of a post away; what it was, or null. */
export async function deleteLike(tx: Tx, actorId: string, postId: string): Promise<Like | null> {
  const [like] = await tx
    .delete(likes)
    .where(and(eq(likes.actorId, actorId), eq(likes.postId, postId)))
    .returning(columns)
  return like ?? null
}

/** Takes a like away that came under the id of an activity; what it was, or null. */
export async function deleteLikeByActivity(tx: Tx, actorId: string, activityIri: string): Promise<Like | null> {
  const [like] = await tx
    .delete(likes)
    .where(and(eq(likes.actorId, actorId), eq(likes.activityIri, activityIri)))
    .returning(columns)
  return like ?? null
}

/** Takes a like away that a group alone has witnessed, found by the id of its activity, else by its post; false when there is none. */
export async function deleteAttestedLike(
  tx: Tx,
  like: Readonly<{ actorId: string; attestedById: string; activityIri: string | null; postId: string | null }>,
): Promise<boolean> {
  const { actorId, attestedById, activityIri, postId } = like
  const isIt = [activityIri ? eq(likes.activityIri, activityIri) : [], postId ? eq(likes.postId, postId) : []].flat()
  if (isIt.length === 0) return false
  const rows = await tx
    .delete(likes)
    .where(and(eq(likes.actorId, actorId), eq(likes.attestedById, attestedById), or(...isIt)))
    .returning({ id: likes.id })
  return rows.length > 0
}

/** One line of a list of likes or boosts: its own id, by which it is paged, and what it leads to. */
export type Line = Readonly<{ id: string; subjectId: string }>

/** The posts that an actor likes, the last liked first. */
export async function listLiked(db: Db, actorId: string, page: Page): Promise<Line[]> {
  const rows = await db
    .select({ id: likes.id, subjectId: likes.postId })
    .from(likes)
    .innerJoin(posts, eq(posts.id, likes.postId))
    .where(and(eq(likes.actorId, actorId), visibleTo(actorId), keyset(likes.id, page)))
    .orderBy(keysetOrder(likes.id, page))
    .limit(page.limit)
  return inListOrder(rows, page)
}

/** Who likes a post, the last first, without those whom the reader may not see, and those of whom only a group says so. */
export async function listLikers(db: Db, readerId: string | null, postId: string, page: Page): Promise<Line[]> {
  const rows = await db
    .select({ id: likes.id, subjectId: likes.actorId })
    .from(likes)
    .where(
      and(
        eq(likes.postId, postId),
        isNull(likes.attestedById),
        authorVisibleTo(readerId, likes.actorId),
        keyset(likes.id, page),
      ),
    )
    .orderBy(keysetOrder(likes.id, page))
    .limit(page.limit)
  return inListOrder(rows, page)
}
