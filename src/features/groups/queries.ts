import { and, asc, desc, eq, isNull, ne, or, sql } from 'drizzle-orm'
import type { Db, Tx } from '#src/db/client.ts'
import { actors } from '#src/db/schema/actors.ts'
import { follows } from '#src/db/schema/follows.ts'
import { groupModerators, groupRefusals, groups } from '#src/db/schema/groups.ts'
import { isKeptOut } from '#src/features/follows/queries.ts'

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
    .where(and(eq(groups.actorId, actorId), isNull(actors.deletedAt), isNull(actors.suspendedAt)))
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

/**
 * Forgets the settings of a group and who looks after it, as if it had never been kept here. What was taken out of it stays marked, or it would come
 * back below its topic.
 */
export async function deleteGroup(tx: Tx, actorId: string): Promise<void> {
  await tx.delete(groups).where(eq(groups.actorId, actorId))
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
    isKeptOut(db, groupId, actorId, now),
  ])
  return {
    role: banned ? null : (moderator?.role ?? null),
    memberSince: member ? (member.since ?? member.asked) : null,
    isBanned: banned,
  }
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

/** Whether somebody who is there owns a group beside an actor. */
export async function hasOtherOwner(db: Db | Tx, groupId: string, actorId: string): Promise<boolean> {
  const rows = await db
    .select({ actorId: groupModerators.actorId })
    .from(groupModerators)
    .innerJoin(actors, eq(actors.id, groupModerators.actorId))
    .where(
      and(
        eq(groupModerators.groupId, groupId),
        eq(groupModerators.role, 'owner'),
        ne(groupModerators.actorId, actorId),
        isNull(actors.deletedAt),
        isNull(actors.suspendedAt),
      ),
    )
    .limit(1)
  return rows.length > 0
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
