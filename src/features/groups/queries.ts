import { and, asc, desc, eq, gt, isNull, or, sql } from 'drizzle-orm'
import type { Db, Tx } from '#src/db/client.ts'
import { actors } from '#src/db/schema/actors.ts'
import { follows } from '#src/db/schema/follows.ts'
import { groupBans, groupModerators, groupPosts, groupRefusals, groups } from '#src/db/schema/groups.ts'
import { posts } from '#src/db/schema/posts.ts'

/** The settings of a group that is kept here, with what of its actor they hang on. */
export type Group = Readonly<typeof groups.$inferSelect & { handle: string; isLocked: boolean }>

/** Who looks after a group. */
export type GroupRole = (typeof groupModerators.$inferSelect)['role']

const columns = {
  actorId: groups.actorId,
  posting: groups.posting,
  isPrivate: groups.isPrivate,
  rules: groups.rules,
  question: groups.question,
  handle: actors.handle,
  isLocked: actors.isLocked,
}

/** Whether any group is kept here: most of what is said need not be asked about any further where there is none. */
export async function hasGroups(db: Db): Promise<boolean> {
  const rows = await db.select({ id: groups.actorId }).from(groups).limit(1)
  return rows.length > 0
}

/** Finds a group that is kept here, unless it was deleted. */
export async function findGroup(db: Db | Tx, actorId: string): Promise<Group | null> {
  const [group] = await db
    .select(columns)
    .from(groups)
    .innerJoin(actors, eq(actors.id, groups.actorId))
    .where(and(eq(groups.actorId, actorId), isNull(actors.deletedAt)))
  return group ?? null
}

/** Finds a group that is kept here by its handle. */
export async function findGroupByHandle(db: Db | Tx, handle: string): Promise<Group | null> {
  const [group] = await db
    .select(columns)
    .from(groups)
    .innerJoin(actors, eq(actors.id, groups.actorId))
    .where(and(sql`lower(${actors.handle}) = ${handle.toLowerCase()}`, isNull(actors.host), isNull(actors.deletedAt)))
  return group ?? null
}

/** The groups that are kept here and may be found: those of a reader first, then those with the most members. */
export async function listGroups(db: Db, readerId: string | null): Promise<string[]> {
  const isMine = sql`exists (select from ${follows} where ${follows.followerId} = ${readerId}
    and ${follows.followeeId} = ${groups.actorId} and ${follows.state} = 'accepted')`
  const rows = await db
    .select({ id: groups.actorId })
    .from(groups)
    .innerJoin(actors, eq(actors.id, groups.actorId))
    .where(and(isNull(actors.deletedAt), isNull(actors.suspendedAt), or(eq(actors.isDiscoverable, true), isMine)))
    .orderBy(desc(isMine), desc(actors.followersCount), asc(groups.actorId))
    .limit(200)
  return rows.map(({ id }) => id)
}

/** Writes the settings of a new group. */
export async function insertGroup(tx: Tx, row: typeof groups.$inferInsert): Promise<void> {
  await tx.insert(groups).values(row)
}

/** Changes the settings of a group. */
export async function updateGroup(
  tx: Tx,
  actorId: string,
  change: Partial<Omit<typeof groups.$inferInsert, 'actorId'>>,
): Promise<void> {
  if (Object.keys(change).length > 0) await tx.update(groups).set(change).where(eq(groups.actorId, actorId))
}

/** What somebody is to a group that is kept here. */
export type Standing = Readonly<{
  role: GroupRole | null
  /** Since when it is a member; null for who is none. */
  memberSince: Date | null
  isBanned: boolean
}>

/** Finds what somebody is to a group. */
export async function findStanding(db: Db | Tx, groupId: string, actorId: string, now: Date): Promise<Standing> {
  const [[moderator], [member], banned] = await Promise.all([
    db
      .select({ role: groupModerators.role })
      .from(groupModerators)
      .where(and(eq(groupModerators.groupId, groupId), eq(groupModerators.actorId, actorId))),
    db
      .select({ since: follows.decidedAt, asked: follows.requestedAt })
      .from(follows)
      .where(and(eq(follows.followerId, actorId), eq(follows.followeeId, groupId), eq(follows.state, 'accepted'))),
    isBanned(db, groupId, actorId, now),
  ])
  return {
    role: moderator?.role ?? null,
    memberSince: member ? (member.since ?? member.asked) : null,
    isBanned: banned,
  }
}

async function isBanned(db: Db | Tx, groupId: string, actorId: string, now: Date): Promise<boolean> {
  const holds = or(isNull(groupBans.until), gt(groupBans.until, now))
  return (await db.$count(groupBans, and(eq(groupBans.groupId, groupId), eq(groupBans.actorId, actorId), holds))) > 0
}

/** Keeps somebody out of a group until a moment, or for good. */
export async function upsertBan(tx: Tx, ban: typeof groupBans.$inferInsert): Promise<void> {
  await tx
    .insert(groupBans)
    .values(ban)
    .onConflictDoUpdate({ target: [groupBans.groupId, groupBans.actorId], set: { until: ban.until ?? null } })
}

/** Lets somebody in again; false when it was not kept out. */
export async function deleteBan(tx: Tx, groupId: string, actorId: string): Promise<boolean> {
  const rows = await tx
    .delete(groupBans)
    .where(and(eq(groupBans.groupId, groupId), eq(groupBans.actorId, actorId)))
    .returning({ actorId: groupBans.actorId })
  return rows.length > 0
}

/** Whom a group keeps out, the latest first. */
export async function listBans(db: Db, groupId: string): Promise<{ actorId: string; until: Date | null }[]> {
  return db
    .select({ actorId: groupBans.actorId, until: groupBans.until })
    .from(groupBans)
    .where(eq(groupBans.groupId, groupId))
    .orderBy(desc(groupBans.createdAt))
    .limit(500)
}

/** Makes somebody a moderator, or changes its role. */
export async function upsertModerator(tx: Tx, row: typeof groupModerators.$inferInsert): Promise<void> {
  await tx
    .insert(groupModerators)
    .values(row)
    .onConflictDoUpdate({ target: [groupModerators.groupId, groupModerators.actorId], set: { role: row.role } })
}

/** Takes a moderator's part away; false when there was none. */
export async function deleteModerator(tx: Tx, groupId: string, actorId: string): Promise<boolean> {
  const rows = await tx
    .delete(groupModerators)
    .where(and(eq(groupModerators.groupId, groupId), eq(groupModerators.actorId, actorId)))
    .returning({ actorId: groupModerators.actorId })
  return rows.length > 0
}

/** Who looks after a group, owners first. */
export async function listModerators(db: Db | Tx, groupId: string): Promise<{ actorId: string; role: GroupRole }[]> {
  return db
    .select({ actorId: groupModerators.actorId, role: groupModerators.role })
    .from(groupModerators)
    .where(eq(groupModerators.groupId, groupId))
    .orderBy(asc(groupModerators.role), asc(groupModerators.createdAt))
}

/** A post's place in a group that is kept here. */
export type Place = Readonly<{
  groupId: string
  topicId: string
  removedAt: Date | null
  /** Since when nobody may answer in its topic. */
  lockedAt: Date | null
}>

/** Where a post stands among the groups that are kept here. */
export async function listPlaces(db: Db | Tx, postId: string): Promise<Place[]> {
  return db
    .select({
      groupId: groupPosts.groupId,
      topicId: groupPosts.topicId,
      removedAt: groupPosts.removedAt,
      lockedAt: sql<Date | null>`(select topic.locked_at from group_posts topic
        where topic.group_id = ${groupPosts.groupId} and topic.post_id = ${groupPosts.topicId})`.mapWith((value) =>
        value === null ? null : new Date(value),
      ),
    })
    .from(groupPosts)
    .innerJoin(groups, eq(groups.actorId, groupPosts.groupId))
    .where(eq(groupPosts.postId, postId))
}

/** Gives a post its place; false when it has it already. */
export async function insertPlace(
  tx: Tx,
  place: Readonly<{ groupId: string; postId: string; topicId: string; addedAt: Date }>,
): Promise<boolean> {
  const rows = await tx.insert(groupPosts).values(place).onConflictDoNothing().returning({ id: groupPosts.postId })
  return rows.length > 0
}

/** Takes a post out of a group; false when it was out, or never in. */
export async function markRemoved(
  tx: Tx,
  { groupId, postId, byId, now }: Readonly<{ groupId: string; postId: string; byId: string; now: Date }>,
): Promise<boolean> {
  const rows = await tx
    .update(groupPosts)
    .set({ removedAt: now, removedById: byId })
    .where(and(eq(groupPosts.groupId, groupId), eq(groupPosts.postId, postId), isNull(groupPosts.removedAt)))
    .returning({ id: groupPosts.postId })
  return rows.length > 0
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

/** What somebody has said in a group that is still there: to be taken out with its author. */
export async function listPlacedBy(tx: Tx, groupId: string, actorId: string): Promise<string[]> {
  const rows = await tx
    .select({ id: groupPosts.postId })
    .from(groupPosts)
    .innerJoin(posts, eq(posts.id, groupPosts.postId))
    .where(and(eq(groupPosts.groupId, groupId), eq(posts.actorId, actorId), isNull(groupPosts.removedAt)))
  return rows.map(({ id }) => id)
}

/** Notes that a group explains itself to somebody; false when it has done so since a moment. */
export async function noteRefusal(
  tx: Tx,
  { groupId, actorId, now, since }: Readonly<{ groupId: string; actorId: string; now: Date; since: Date }>,
): Promise<boolean> {
  const rows = await tx
    .insert(groupRefusals)
    .values({ groupId, actorId, toldAt: now })
    .onConflictDoUpdate({
      target: [groupRefusals.groupId, groupRefusals.actorId],
      set: { toldAt: now },
      setWhere: sql`${groupRefusals.toldAt} < ${since.toISOString()}`,
    })
    .returning({ toldAt: groupRefusals.toldAt })
  return rows.length > 0
}
