import { and, eq, isNotNull, isNull, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Db, Tx } from '#src/db/client.ts'
import { prepared } from '#src/db/prepared.ts'
import { follows } from '#src/db/schema/follows.ts'
import { groupBans, groupModerators, groupPosts, groups } from '#src/db/schema/groups.ts'
import { postRecipients, posts } from '#src/db/schema/posts.ts'

/** Where a post stands in a group. */
export type Place = Readonly<typeof groupPosts.$inferSelect>

/** A post's place in a group that is kept here. */
export type PlaceHere = Readonly<{
  groupId: string
  topicId: string
  removedAt: Date | null
  /** Since when nobody may answer in its topic. */
  lockedAt: Date | null
}>

/** Finds the place of a post in a group, if it has one, or had one. */
export async function findPlace(db: Db | Tx, groupId: string, postId: string): Promise<Place | null> {
  const [place] = await db
    .select()
    .from(groupPosts)
    .where(and(eq(groupPosts.groupId, groupId), eq(groupPosts.postId, postId)))
  return place ?? null
}

/** Where a post stands among the groups that are kept here. */
export async function listPlaces(db: Db | Tx, postId: string): Promise<PlaceHere[]> {
  return placesHere(db).execute({ id: postId })
}

const topic = alias(groupPosts, 'topic')

const placesHere = prepared((db) =>
  db
    .select({
      groupId: groupPosts.groupId,
      topicId: groupPosts.topicId,
      removedAt: groupPosts.removedAt,
      lockedAt: topic.lockedAt,
    })
    .from(groupPosts)
    .innerJoin(groups, eq(groups.actorId, groupPosts.groupId))
    .leftJoin(topic, and(eq(topic.groupId, groupPosts.groupId), eq(topic.postId, groupPosts.topicId)))
    .where(eq(groupPosts.postId, sql.placeholder('id'))),
)

/** Whether a post is also addressed to somebody who is neither a member of a group nor looks after it. */
export async function namesOutsiders(
  db: Db | Tx,
  groupId: string,
  post: { id: string; actorId: string },
): Promise<boolean> {
  const rows = await db.execute(sql`
    select from ${postRecipients} r where r.post_id = ${post.id} and r.actor_id not in (${groupId}, ${post.actorId})
      and not exists (select from ${follows} f
        where f.follower_id = r.actor_id and f.followee_id = ${groupId} and f.state = 'accepted')
      and not exists (select from ${groupModerators} m where m.group_id = ${groupId} and m.actor_id = r.actor_id)
    limit 1`)
  return rows.length > 0
}

/** Gives a post a place; false when it has or had one. */
export async function insertPlace(
  tx: Tx,
  place: Readonly<{ groupId: string; postId: string; topicId: string; addedAt: Date }>,
): Promise<boolean> {
  const rows = await tx.insert(groupPosts).values(place).onConflictDoNothing().returning({ postId: groupPosts.postId })
  return rows.length > 0
}

/** Takes a post out of a group; false when it is not there, or no longer. */
export async function markRemoved(
  tx: Tx,
  removal: Readonly<{ groupId: string; postId: string; byId: string | null; reason?: string; now: Date }>,
): Promise<boolean> {
  const { groupId, postId, byId, reason = '', now } = removal
  const rows = await tx
    .update(groupPosts)
    .set({ removedAt: now, removedById: byId, removalReason: reason.slice(0, 1_000) })
    .where(and(eq(groupPosts.groupId, groupId), eq(groupPosts.postId, postId), isNull(groupPosts.removedAt)))
    .returning({ postId: groupPosts.postId })
  return rows.length > 0
}

/** Puts a post back that was taken out; what it is then, or null when it was not out. */
export async function markRestored(tx: Tx, groupId: string, postId: string): Promise<Place | null> {
  const [place] = await tx
    .update(groupPosts)
    .set({ removedAt: null, removedById: null, removalReason: '' })
    .where(and(eq(groupPosts.groupId, groupId), eq(groupPosts.postId, postId), isNotNull(groupPosts.removedAt)))
    .returning()
  return place ?? null
}

/** Lets nobody answer in a topic, or everybody again; false when it was so. */
export async function setLocked(
  tx: Tx,
  { groupId, topicId, lockedAt }: Readonly<{ groupId: string; topicId: string; lockedAt: Date | null }>,
): Promise<boolean> {
  const isOther = lockedAt ? isNull(groupPosts.lockedAt) : sql`${groupPosts.lockedAt} is not null`
  const rows = await tx
    .update(groupPosts)
    .set({ lockedAt })
    .where(
      and(eq(groupPosts.groupId, groupId), eq(groupPosts.postId, topicId), eq(groupPosts.topicId, topicId), isOther),
    )
    .returning({ id: groupPosts.postId })
  return rows.length > 0
}

/** The posts of an actor that are in a group. */
export async function listPlacesOf(tx: Tx, groupId: string, actorId: string): Promise<string[]> {
  const rows = await tx
    .select({ postId: groupPosts.postId })
    .from(groupPosts)
    .innerJoin(posts, eq(posts.id, groupPosts.postId))
    .where(and(eq(groupPosts.groupId, groupId), eq(posts.actorId, actorId), isNull(groupPosts.removedAt)))
  return rows.map(({ postId }) => postId)
}

/**
 * Gives a place to answers that came before what they answer: what is below a post that has one now, as far as each says itself that it is for
 * the group.
 */
export async function insertAnswersBelow(
  tx: Tx,
  below: Readonly<{ groupId: string; groupIri: string; postId: string; topicId: string; now: Date }>,
): Promise<void> {
  const { groupId, groupIri, postId, topicId, now } = below
  await tx.execute(sql`
    with recursive down (id, depth) as (
      select ${posts.id}, 1 from ${posts} where ${posts.inReplyToId} = ${postId}
      union
      select ${posts.id}, down.depth + 1 from ${posts} join down on ${posts.inReplyToId} = down.id where down.depth < 100
    )
    insert into ${groupPosts} (group_id, post_id, topic_id, added_at)
    select distinct ${groupId}::bigint, p.id, ${topicId}::bigint, ${now.toISOString()}::timestamptz
    from down join ${posts} p on p.id = down.id
    where p.deleted_at is null and p.boost_of_id is null and p.visibility in ('public', 'unlisted')
      and jsonb_exists(p.raw->'audience', ${groupIri})
      and not exists (select from ${groupBans} b where b.group_id = ${groupId} and b.actor_id = p.actor_id
        and (b.until is null or b.until > ${now.toISOString()}::timestamptz))
    on conflict do nothing`)
}
