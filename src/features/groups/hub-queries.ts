import { and, asc, eq, gt, isNotNull, isNull, or, sql } from 'drizzle-orm'
import { texts } from '#src/db/arrays.ts'
import type { Db, Tx } from '#src/db/client.ts'
import { actors } from '#src/db/schema/actors.ts'
import { groupBans, groupPosts } from '#src/db/schema/groups.ts'
import { posts } from '#src/db/schema/posts.ts'

/** Where a post stands in a group. */
export type Place = Readonly<typeof groupPosts.$inferSelect>

/** Finds the place of a post in a group, if it has one, or had one. */
export async function findPlace(db: Db | Tx, groupId: string, postId: string): Promise<Place | null> {
  const [place] = await db
    .select()
    .from(groupPosts)
    .where(and(eq(groupPosts.groupId, groupId), eq(groupPosts.postId, postId)))
  return place ?? null
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
  { groupId, postId, byId, now }: Readonly<{ groupId: string; postId: string; byId: string | null; now: Date }>,
): Promise<boolean> {
  const rows = await tx
    .update(groupPosts)
    .set({ removedAt: now, removedById: byId })
    .where(and(eq(groupPosts.groupId, groupId), eq(groupPosts.postId, postId), isNull(groupPosts.removedAt)))
    .returning({ postId: groupPosts.postId })
  return rows.length > 0
}

/** Puts a post back that was taken out; what it is then, or null when it was not out. */
export async function markRestored(tx: Tx, groupId: string, postId: string): Promise<Place | null> {
  const [place] = await tx
    .update(groupPosts)
    .set({ removedAt: null, removedById: null })
    .where(and(eq(groupPosts.groupId, groupId), eq(groupPosts.postId, postId), isNotNull(groupPosts.removedAt)))
    .returning()
  return place ?? null
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

/** Says since when nothing may be answered in a topic, or that it may; false when there is no such topic. */
export async function setLocked(
  tx: Tx,
  { groupId, topicId, lockedAt }: Readonly<{ groupId: string; topicId: string; lockedAt: Date | null }>,
): Promise<boolean> {
  const rows = await tx
    .update(groupPosts)
    .set({ lockedAt })
    .where(and(eq(groupPosts.groupId, groupId), eq(groupPosts.postId, topicId), eq(groupPosts.topicId, topicId)))
    .returning({ postId: groupPosts.postId })
  return rows.length > 0
}

/** Keeps somebody out of a group; the last word about how long counts. */
export async function upsertBan(
  tx: Tx,
  ban: Readonly<{ groupId: string; actorId: string; until: Date | null }>,
): Promise<void> {
  await tx
    .insert(groupBans)
    .values(ban)
    .onConflictDoUpdate({ target: [groupBans.groupId, groupBans.actorId], set: { until: ban.until } })
}

/** Lets somebody in again. */
export async function deleteBan(tx: Tx, groupId: string, actorId: string): Promise<boolean> {
  const rows = await tx
    .delete(groupBans)
    .where(and(eq(groupBans.groupId, groupId), eq(groupBans.actorId, actorId)))
    .returning({ actorId: groupBans.actorId })
  return rows.length > 0
}

/** Whether somebody is kept out of a group at a moment. */
export async function isBanned(db: Db | Tx, groupId: string, actorId: string, now: Date): Promise<boolean> {
  const rows = await db
    .select({ actorId: groupBans.actorId })
    .from(groupBans)
    .where(
      and(
        eq(groupBans.groupId, groupId),
        eq(groupBans.actorId, actorId),
        or(isNull(groupBans.until), gt(groupBans.until, now)),
      ),
    )
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

/** The words of a remote post's document that say for whom it is; null for ours, and for what is deleted. */
export async function findAddressing(db: Db | Tx, postId: string): Promise<Readonly<Record<string, unknown>> | null> {
  const [row] = await db
    .select({
      addressing: sql<Record<string, unknown> | null>`case when ${posts.raw} is not null then jsonb_build_object(
        'audience', ${posts.raw}->'audience', 'to', ${posts.raw}->'to', 'cc', ${posts.raw}->'cc',
        'attributedTo', ${posts.raw}->'attributedTo') end`,
    })
    .from(posts)
    .where(eq(posts.id, postId))
  return row?.addressing ?? null
}

/** A group of another server. */
export type RemoteGroup = Readonly<{ id: string; iri: string }>

/** The groups of other servers in which a post is, those that it came into first before the others. */
export async function listRemoteGroupsOf(db: Db | Tx, postId: string): Promise<RemoteGroup[]> {
  const rows = await db
    .select({ id: actors.id, iri: actors.iri })
    .from(groupPosts)
    .innerJoin(actors, eq(actors.id, groupPosts.groupId))
    .where(
      and(
        eq(groupPosts.postId, postId),
        isNull(groupPosts.removedAt),
        isNotNull(actors.iri),
        isNull(actors.deletedAt),
        isNull(actors.suspendedAt),
      ),
    )
    .orderBy(asc(groupPosts.addedAt), asc(actors.id))
  return rows.flatMap(({ id, iri }) => (iri ? { id, iri } : []))
}

/** Finds the topic of a group by the address of its conversation, as its server names it. */
export async function findTopicByContext(
  db: Db | Tx,
  groupId: string,
  contexts: readonly string[],
): Promise<string | null> {
  const [row] = await db
    .select({ postId: groupPosts.postId })
    .from(groupPosts)
    .innerJoin(posts, eq(posts.id, groupPosts.postId))
    .where(
      and(
        eq(groupPosts.groupId, groupId),
        eq(groupPosts.topicId, groupPosts.postId),
        isNull(groupPosts.removedAt),
        sql`${posts.raw}->>'context' = any(${texts(contexts)})`,
      ),
    )
    .limit(1)
  return row?.postId ?? null
}
