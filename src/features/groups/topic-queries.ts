import { and, count, desc, eq, gt, isNull, type SQL, sql } from 'drizzle-orm'
import { inListOrder, type Page } from '#src/core/paging.ts'
import type { Db, Tx } from '#src/db/client.ts'
import { keyset, keysetOrder } from '#src/db/keyset.ts'
import { groupPosts } from '#src/db/schema/groups.ts'
import { posts } from '#src/db/schema/posts.ts'
import { pins } from '#src/db/schema/reactions.ts'
import { visibleTo } from '#src/features/posts/queries.ts'

/** How many topics somebody has begun in a group since a moment, and how much they have said there in all. */
export async function countPlacesBy(
  db: Db | Tx,
  { groupId, actorId, since }: Readonly<{ groupId: string; actorId: string; since: Date }>,
): Promise<{ topicsOfLate: number; postsOfLate: number }> {
  const isTopic = eq(groupPosts.topicId, groupPosts.postId)
  const [row] = await db
    .select({ topicsOfLate: sql<number>`count(*) filter (where ${isTopic})::int`, postsOfLate: count() })
    .from(groupPosts)
    .innerJoin(posts, eq(posts.id, groupPosts.postId))
    .where(and(eq(groupPosts.groupId, groupId), eq(posts.actorId, actorId), gt(groupPosts.addedAt, since)))
  return row ?? { topicsOfLate: 0, postsOfLate: 0 }
}

/** A line of a group's feed. */
export type Topic = Readonly<{
  postId: string
  /** The newest of what is said in it: its place in the feed. */
  lastPostId: string
  replies: number
  lastAt: Date
  isLocked: boolean
}>

/** When a topic was pinned in a group, as an order; null: it is not. */
const pinnedIn = (groupId: string) =>
  sql`(select ${pins.id} from ${pins} where ${pins.actorId} = ${groupId} and ${pins.postId} = ${groupPosts.postId})`

/** The topics of a group that a reader may see, but the pinned ones; those in which something was said last come first. */
export async function listTopics(db: Db, groupId: string, readerId: string | null, page: Page): Promise<Topic[]> {
  const isNext = keyset(groupPosts.lastPostId, page)
  const rows = await selectTopics(db, groupId, and(visibleTo(readerId), isNext, sql`${pinnedIn(groupId)} is null`))
    .orderBy(keysetOrder(groupPosts.lastPostId, page))
    .limit(page.limit)
  return inListOrder(rows, page)
}

/** The topics that a group shows first, the last pinned first. */
export async function listPinnedTopics(db: Db, groupId: string, readerId: string | null): Promise<Topic[]> {
  return selectTopics(db, groupId, and(visibleTo(readerId), sql`${pinnedIn(groupId)} is not null`))
    .orderBy(desc(pinnedIn(groupId)))
    .limit(mostPinned)
}

/** Topics that stand before the others. */
const mostPinned = 10

function selectTopics(db: Db, groupId: string, which: SQL | undefined) {
  const ofTopic = sql`from group_posts said join posts p on p.id = said.post_id where said.group_id = ${groupId}
    and said.topic_id = ${groupPosts.postId} and said.removed_at is null and p.deleted_at is null and not p.is_held`
  return db
    .select({
      postId: groupPosts.postId,
      lastPostId: sql<string>`coalesce(${groupPosts.lastPostId}, ${groupPosts.postId})::text`,
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
        which,
      ),
    )
}
