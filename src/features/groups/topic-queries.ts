import { and, count, eq, gt, isNull, sql } from 'drizzle-orm'
import { inListOrder, type Page } from '#src/core/paging.ts'
import type { Db, Tx } from '#src/db/client.ts'
import { keyset, keysetOrder } from '#src/db/keyset.ts'
import { groupPosts } from '#src/db/schema/groups.ts'
import { posts } from '#src/db/schema/posts.ts'
import { visibleTo } from '#src/features/posts/queries.ts'

/** How many topics somebody has begun in a group since a moment. */
export async function countTopicsBy(
  db: Db | Tx,
  { groupId, actorId, since }: Readonly<{ groupId: string; actorId: string; since: Date }>,
): Promise<number> {
  const [row] = await db
    .select({ topics: count() })
    .from(groupPosts)
    .innerJoin(posts, eq(posts.id, groupPosts.postId))
    .where(
      and(
        eq(groupPosts.groupId, groupId),
        eq(groupPosts.topicId, groupPosts.postId),
        eq(posts.actorId, actorId),
        gt(groupPosts.addedAt, since),
      ),
    )
  return row?.topics ?? 0
}

/** A line of a group's feed. */
export type Topic = Readonly<{ postId: string; replies: number; lastAt: Date; isLocked: boolean }>

/** The topics of a group that a reader may see, the newest first. */
export async function listTopics(db: Db, groupId: string, readerId: string | null, page: Page): Promise<Topic[]> {
  const ofTopic = sql`from group_posts said join posts p on p.id = said.post_id where said.group_id = ${groupId}
    and said.topic_id = ${groupPosts.postId} and said.removed_at is null and p.deleted_at is null`
  const rows = await db
    .select({
      postId: groupPosts.postId,
      replies: sql<number>`(select count(*)::int - 1 ${ofTopic})`,
      lastAt: sql<Date>`(select max(said.added_at) ${ofTopic})`.mapWith((value) => new Date(value)),
      isLocked: sql<boolean>`${groupPosts.lockedAt} is not null`,
    })
    .from(groupPosts)
    .innerJoin(posts, eq(posts.id, groupPosts.postId))
    .where(
      and(
        eq(groupPosts.groupId, groupId),
        eq(groupPosts.topicId, groupPosts.postId),
        isNull(groupPosts.removedAt),
        visibleTo(readerId),
        keyset(groupPosts.postId, page),
      ),
    )
    .orderBy(keysetOrder(groupPosts.postId, page))
    .limit(page.limit)
  return inListOrder(rows, page)
}
