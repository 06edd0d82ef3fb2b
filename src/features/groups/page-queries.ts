import { and, asc, desc, eq, isNotNull, isNull, notExists, or, sql } from 'drizzle-orm'
import type { Page } from '#src/core/paging.ts'
import { ids } from '#src/db/arrays.ts'
import type { Db } from '#src/db/client.ts'
import { keyset, keysetOrder } from '#src/db/keyset.ts'
import { prepared } from '#src/db/prepared.ts'
import { actors } from '#src/db/schema/actors.ts'
import { follows } from '#src/db/schema/follows.ts'
import { groupModerators, groupPosts, groups } from '#src/db/schema/groups.ts'
import { posts } from '#src/db/schema/posts.ts'
import { pins } from '#src/db/schema/reactions.ts'
import { reports } from '#src/db/schema/reports.ts'
import { visibleTo } from '#src/features/posts/queries.ts'
import type { Group, GroupRole } from './queries.ts'

/** A group in a list: what it is, and what it is to who reads. */
export type GroupRow = Pick<Group, 'actorId' | 'isPrivate' | 'isLocked'> &
  Readonly<{ role: GroupRole | null; follow: (typeof follows.$inferSelect)['state'] | null; waiting: number }>

/** Some groups that are kept here as a reader finds them, in no order; `waiting` counts who asks to come in, for those who look after it. */
export async function listGroupRows(db: Db, groupIds: readonly string[], readerId: string | null): Promise<GroupRow[]> {
  const isAsking = sql`from ${follows} asking where asking.followee_id = ${groups.actorId} and asking.state = 'pending'`
  return db
    .select({
      actorId: groups.actorId,
      isPrivate: groups.isPrivate,
      isLocked: actors.isLocked,
      role: groupModerators.role,
      follow: follows.state,
      waiting: sql<number>`case when ${groupModerators.role} is null then 0 else (select count(*)::int ${isAsking}) end`,
    })
    .from(groups)
    .innerJoin(actors, eq(actors.id, groups.actorId))
    .leftJoin(
      groupModerators,
      and(eq(groupModerators.groupId, groups.actorId), sql`${groupModerators.actorId} = ${readerId}`),
    )
    .leftJoin(follows, and(eq(follows.followeeId, groups.actorId), sql`${follows.followerId} = ${readerId}`))
    .where(sql`${groups.actorId} = any(${ids(groupIds)})`)
}

/** All groups that are kept here, oldest first. */
export async function listGroupIds(db: Db): Promise<string[]> {
  const rows = await db
    .select({ id: groups.actorId })
    .from(groups)
    .innerJoin(actors, and(eq(actors.id, groups.actorId), isNull(actors.deletedAt)))
    .orderBy(asc(groups.actorId))
  return rows.map(({ id }) => id)
}

/** How many ask to come into the groups that somebody looks after. */
export async function countAsking(db: Db, actorId: string): Promise<number> {
  const [row] = await db
    .select({ asking: sql<number>`count(*)::int` })
    .from(groupModerators)
    .innerJoin(actors, and(eq(actors.id, groupModerators.groupId), isNull(actors.deletedAt)))
    .innerJoin(follows, and(eq(follows.followeeId, groupModerators.groupId), eq(follows.state, 'pending')))
    .where(eq(groupModerators.actorId, actorId))
  return row?.asking ?? 0
}

/** How many ask to come into a group, for those who look after it; none for others. */
export async function countWaiting(
  db: Db,
  { group, standing }: Readonly<{ group: Pick<Group, 'actorId'>; standing: Readonly<{ role: GroupRole | null }> }>,
): Promise<number> {
  if (standing.role === null) return 0
  return db.$count(follows, and(eq(follows.followeeId, group.actorId), eq(follows.state, 'pending')))
}

/** A member in a list, which is paged by the id of its follow. */
export type MemberRow = Readonly<{ id: string; actorId: string; since: Date }>

/** The members of a group who do not look after it, those who came last first. */
export async function listMembers(db: Db, groupId: string, page: Page): Promise<MemberRow[]> {
  const looksAfter = db
    .select({ one: sql`1` })
    .from(groupModerators)
    .where(and(eq(groupModerators.groupId, groupId), eq(groupModerators.actorId, follows.followerId)))
  return db
    .select({
      id: follows.id,
      actorId: follows.followerId,
      since: sql<Date>`coalesce(${follows.decidedAt}, ${follows.requestedAt})`.mapWith(follows.requestedAt),
    })
    .from(follows)
    .innerJoin(actors, and(eq(actors.id, follows.followerId), isNull(actors.deletedAt), isNull(actors.suspendedAt)))
    .where(
      and(
        eq(follows.followeeId, groupId),
        eq(follows.state, 'accepted'),
        notExists(looksAfter),
        keyset(follows.id, page),
      ),
    )
    .orderBy(keysetOrder(follows.id, page))
    .limit(page.limit)
}

/** A group to which a post belongs, here or elsewhere. */
export type PostedIn = Readonly<{
  groupId: string
  topicId: string
  isLocked: boolean
  isPinned: boolean
  /** It was taken out, and can be put back: only told to those who look after the group. */
  isRemoved: boolean
  /** What the reader is there. */
  role: GroupRole | null
}>

/** The groups to which a post belongs. */
export async function listGroupsOf(db: Db, postId: string, readerId: string | null): Promise<PostedIn[]> {
  return groupsOf(db).execute({ id: postId, reader: readerId })
}

/**
 * Whether what was taken out is still for those who read in the group: an author may have said otherwise, and so may who is answered, which is nobody's
 * removal.
 */
const isRestorable = sql`${groupPosts.removedById} is not null and exists (select from ${groups} g join ${posts} p on p.id = ${groupPosts.postId}
  where g.actor_id = ${groupPosts.groupId} and (p.visibility = 'direct') = g.is_private and p.visibility <> 'followers')`

const groupsOf = prepared((db) =>
  db
    .select({
      groupId: groupPosts.groupId,
      topicId: groupPosts.topicId,
      isLocked: sql<boolean>`coalesce((select topic.locked_at is not null from ${groupPosts} topic
        where topic.group_id = ${groupPosts.groupId} and topic.post_id = ${groupPosts.topicId}), false)`.as(
        'is_locked',
      ),
      isPinned: sql<boolean>`exists (select from ${pins}
        where ${pins.actorId} = ${groupPosts.groupId} and ${pins.postId} = ${groupPosts.postId})`.as('is_pinned'),
      isRemoved: sql<boolean>`${groupPosts.removedAt} is not null`.as('is_removed'),
      role: groupModerators.role,
    })
    .from(groupPosts)
    .innerJoin(actors, and(eq(actors.id, groupPosts.groupId), isNull(actors.deletedAt), isNull(actors.suspendedAt)))
    .leftJoin(
      groupModerators,
      and(
        eq(groupModerators.groupId, groupPosts.groupId),
        sql`${groupModerators.actorId} = ${sql.placeholder('reader')}`,
      ),
    )
    .where(
      and(
        eq(groupPosts.postId, sql.placeholder('id')),
        or(isNull(groupPosts.removedAt), and(isNotNull(groupModerators.role), isRestorable)),
      ),
    )
    .orderBy(asc(groupPosts.groupId)),
)

/** The posts in a group about which reports wait that the reader may see, the last reported first. */
export async function listReported(db: Db, groupId: string, readerId: string): Promise<string[]> {
  const rows = await db
    .select({ id: posts.id })
    .from(groupPosts)
    .innerJoin(posts, eq(posts.id, groupPosts.postId))
    .innerJoin(reports, sql`${reports.resolvedAt} is null and ${posts.id} = any(${reports.postIds})`)
    .where(and(eq(groupPosts.groupId, groupId), isNull(groupPosts.removedAt), visibleTo(readerId)))
    .groupBy(posts.id)
    .orderBy(desc(sql`max(${reports.id})`))
    .limit(50)
  return rows.map(({ id }) => id)
}

/** A post that was taken out of a group. */
export type RemovedRow = Readonly<{ postId: string; removedAt: Date; byId: string | null; reason: string }>

/** What was taken out of a group lately and can be put back, as far as the reader may see it, the last one first. */
export async function listRemoved(db: Db, groupId: string, readerId: string): Promise<RemovedRow[]> {
  return db
    .select({
      postId: groupPosts.postId,
      removedAt: sql<Date>`${groupPosts.removedAt}`.mapWith(groupPosts.removedAt),
      byId: groupPosts.removedById,
      reason: groupPosts.removalReason,
    })
    .from(groupPosts)
    .innerJoin(posts, eq(posts.id, groupPosts.postId))
    .where(and(eq(groupPosts.groupId, groupId), isNotNull(groupPosts.removedAt), isRestorable, visibleTo(readerId)))
    .orderBy(desc(groupPosts.removedAt), desc(groupPosts.postId))
    .limit(mostRemoved)
}

/** What was taken out before these is left as it is. */
const mostRemoved = 30
