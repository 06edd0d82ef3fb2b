import { and, asc, eq, inArray, isNull, type SQL, sql } from 'drizzle-orm'
import type { Db, Tx } from '#src/db/client.ts'
import { actors } from '#src/db/schema/actors.ts'
import { groupPosts } from '#src/db/schema/groups.ts'
import { postRecipients, posts } from '#src/db/schema/posts.ts'
import type { Post } from './queries.ts'

/**
 * Whether a group takes no answers any more in the topic to which a post belongs, as an expression. Only of a group for which the topic was meant: one
 * that is kept here, that its author follows, or that it names as its audience. Who is merely mentioned has no say.
 */
export const isTopicLocked = (): SQL<boolean> => sql<boolean>`((select true from group_posts
  where group_posts.post_id = coalesce(${posts.conversationId}, ${posts.id}) and group_posts.topic_id = group_posts.post_id
    and group_posts.locked_at is not null and group_posts.removed_at is null and ${isMeantForGroup}
  limit 1) is not null)`

const isMeantForGroup = sql`exists (select from posts topic, actors hub
  where topic.id = group_posts.post_id and hub.id = group_posts.group_id
    and hub.deleted_at is null and (hub.host is null or jsonb_exists(topic.raw->'audience', hub.iri) or exists (
      select from follows f where f.follower_id = topic.actor_id and f.followee_id = hub.id and f.state = 'accepted')))`

/** Whether nothing may be answered to a post any more. */
export async function isLocked(db: Db | Tx, postId: string): Promise<boolean> {
  const [row] = await db.select({ isLocked: isTopicLocked() }).from(posts).where(eq(posts.id, postId))
  return row?.isLocked ?? false
}

/**
 * The groups whose members alone read what is answered, and so the answer: those to which that was said, and that have it. A word aside between two
 * members is in none.
 */
export async function listPrivateGroups(db: Db | Tx, parent: Post, visibility: Post['visibility']): Promise<string[]> {
  if (visibility !== 'direct' || parent.visibility !== 'direct') return []
  const isAddressed = and(eq(postRecipients.postId, groupPosts.postId), eq(postRecipients.actorId, groupPosts.groupId))
  const rows = await db
    .select({ id: groupPosts.groupId })
    .from(groupPosts)
    .innerJoin(postRecipients, isAddressed)
    .innerJoin(actors, and(eq(actors.id, groupPosts.groupId), isThere))
    .where(and(eq(groupPosts.postId, parent.id), isNull(groupPosts.removedAt)))
    .orderBy(asc(groupPosts.groupId))
  return rows.map(({ id }) => id)
}

const isThere = and(isNull(actors.deletedAt), isNull(actors.suspendedAt))

/** A group that has taken a post out wants no answers to it. */
const isNowhereRemoved = (postIds: readonly string[]) => sql`not exists (select from ${groupPosts}
  where ${groupPosts.groupId} = ${actors.id} and ${inArray(groupPosts.postId, [...postIds])} and ${groupPosts.removedAt} is not null)`

/**
 * The groups to which an answer goes: those in which what it answers is, or its topic; else those that we know and to which either says to
 * belong, those to which the first post of the conversation is addressed, and who is answered, if that is a group.
 */
export async function listGroupsAbove(db: Db | Tx, parent: Post): Promise<string[]> {
  const rootId = parent.conversationId ?? parent.id
  const above = [...new Set([parent.id, rootId])]
  const placed = await db
    .selectDistinct({ id: groupPosts.groupId })
    .from(groupPosts)
    .innerJoin(actors, eq(actors.id, groupPosts.groupId))
    .where(and(inArray(groupPosts.postId, above), isNull(groupPosts.removedAt), isThere))
    .orderBy(asc(groupPosts.groupId))
  const others = await db
    .selectDistinct({ id: actors.id })
    .from(posts)
    .innerJoin(
      actors,
      and(
        eq(actors.type, 'Group'),
        isThere,
        sql`(${actors.id} = ${posts.actorId} or ${actors.iri} = ${posts.raw}->>'audience'
          or ${actors.iri} in (select jsonb_array_elements_text(case jsonb_typeof(${posts.raw}->'audience')
            when 'array' then ${posts.raw}->'audience' else '[]'::jsonb end))
          or (${posts.id} = ${rootId} and exists (select from ${postRecipients}
            where ${postRecipients.postId} = ${posts.id} and ${postRecipients.actorId} = ${actors.id})))`,
      ),
    )
    .where(and(inArray(posts.id, above), isNull(posts.deletedAt), isNowhereRemoved(above)))
    .orderBy(asc(actors.id))
  const chosen = placed.length > 0 ? placed : others
  return chosen.map(({ id }) => id)
}
