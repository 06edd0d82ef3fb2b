import { and, eq, getTableColumns, isNull, sql } from 'drizzle-orm'
import { inListOrder, type Page } from '#src/core/paging.ts'
import type { Db, Tx } from '#src/db/client.ts'
import { keyset, keysetOrder } from '#src/db/keyset.ts'
import { posts } from '#src/db/schema/posts.ts'
import { emojiReactions, likes } from '#src/db/schema/reactions.ts'
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

/** The post of what an actor has said under the id of an activity: a like, or a reaction with an emoji. */
export async function findPostLikedBy(tx: Tx, actorId: string, activityIri: string): Promise<string | null> {
  const [row] = await tx.execute<{ id: string }>(sql`
    select post_id::text as id from ${likes} where ${likes.activityIri} = ${activityIri} and ${likes.actorId} = ${actorId}
    union all
    select post_id::text from ${emojiReactions}
    where ${emojiReactions.activityIri} = ${activityIri} and ${emojiReactions.actorId} = ${actorId} limit 1`)
  return row?.id ?? null
}

/**
 * Finds the like of a post by an actor and holds it until commit. By an update, since another Like of the actor that comes meanwhile waits for
 * that: it would go by a like that is only locked, though it is deleted next.
 */
export async function holdLike(tx: Tx, actorId: string, postId: string): Promise<Like | null> {
  const [like] = await tx
    .update(likes)
    .set({ activityIri: sql`${likes.activityIri}` })
    .where(and(eq(likes.actorId, actorId), eq(likes.postId, postId)))
    .returning(columns)
  return like ?? null
}

/** Keeps a like under another activity of its actor. */
export async function moveLike(
  tx: Tx,
  id: string,
  { activityIri, attestedById }: Readonly<{ activityIri: string; attestedById: string | null }>,
): Promise<void> {
  await tx.update(likes).set({ activityIri, attestedById }).where(eq(likes.id, id))
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
