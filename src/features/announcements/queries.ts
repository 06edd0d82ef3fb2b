import { and, asc, eq, isNull, type SQL, sql } from 'drizzle-orm'
import { isId } from '#src/core/ids.ts'
import type { Db, Tx } from '#src/db/client.ts'
import { announcementDismissals, announcementReactions, announcements } from '#src/db/schema/announcements.ts'
import { customEmojis } from '#src/db/schema/emoji.ts'

/**
 * An emoji with which people answered: how many, and whether the reader is among them. `key` and `file` are those of the picture when it is
 * one of ours.
 */
export type ReactionRow = Readonly<{
  name: string
  count: number
  me: boolean
  key: string | null
  file: string | null
}>

/** An announcement as somebody reads it. */
export type AnnouncementRow = Readonly<
  typeof announcements.$inferSelect & { isDismissed: boolean; reactions: readonly ReactionRow[] | null }
>

/** What is announced and not over; where only days count, the last one counts whole. */
function isPresent(now: Date): SQL | undefined {
  return and(
    isNull(announcements.withdrawnAt),
    sql`(${announcements.endsAt} is null
      or ${announcements.endsAt} + case when ${announcements.isAllDay} then interval '1 day' else interval '0' end > ${now.toISOString()})`,
  )
}

/** A reader of null is nobody. */
function columnsFor(userId: string | null) {
  const { id, content, names, startsAt, endsAt, isAllDay, publishedAt, updatedAt, withdrawnAt } = announcements
  return {
    ...{ id, content, names, startsAt, endsAt, isAllDay, publishedAt, updatedAt, withdrawnAt },
    isDismissed: sql<boolean>`exists (select from ${announcementDismissals}
      where ${announcementDismissals.announcementId} = ${id} and ${announcementDismissals.userId} = ${userId}::bigint)`,
    // Of two emojis that had one shortcode, the later one is shown.
    reactions: sql<
      ReactionRow[] | null
    >`(select json_agg(json_build_object('name', r.name, 'count', r.count, 'me', r.me,
        'key', ${customEmojis.key}, 'file', ${customEmojis.file}) order by r.first, r.name) from (
      select ${announcementReactions.name} as name, count(*)::int as count, min(${announcementReactions.createdAt}) as first,
        coalesce(bool_or(${announcementReactions.userId} = ${userId}::bigint), false) as me,
        max(${announcementReactions.customEmojiId}) as emoji_id
      from ${announcementReactions} where ${announcementReactions.announcementId} = ${id} group by 1) r
      left join ${customEmojis} on ${customEmojis.id} = r.emoji_id)`,
  }
}

/** What is announced now, in order of time. */
export async function listAnnouncements(
  db: Db,
  { userId, now, withDismissed }: { userId: string | null; now: Date; withDismissed: boolean },
): Promise<AnnouncementRow[]> {
  const columns = columnsFor(userId)
  return db
    .select(columns)
    .from(announcements)
    .where(and(isPresent(now), withDismissed ? undefined : sql`not ${columns.isDismissed}`))
    .orderBy(asc(sql`coalesce(${announcements.startsAt}, ${announcements.publishedAt})`), asc(announcements.id))
}

/** One that is announced now. */
export async function findAnnouncement(db: Db | Tx, id: string, now: Date): Promise<AnnouncementRow | null> {
  if (!isId(id)) return null
  const [row] = await db
    .select(columnsFor(null))
    .from(announcements)
    .where(and(eq(announcements.id, id), isPresent(now)))
  return row ?? null
}

/** Locks one that is announced now, so that answers to it come one after the other. */
export async function lockAnnouncement(tx: Tx, id: string, now: Date): Promise<boolean> {
  if (!isId(id)) return false
  const rows = await tx
    .select({ id: announcements.id })
    .from(announcements)
    .where(and(eq(announcements.id, id), isPresent(now)))
    .for('update')
  return rows.length > 0
}

/** Writes an announcement. */
export async function insertAnnouncement(tx: Tx, values: typeof announcements.$inferInsert): Promise<string> {
  const [row] = await tx.insert(announcements).values(values).returning({ id: announcements.id })
  if (!row) throw new Error('the announcement was not written')
  return row.id
}

/** Writes another text of one. */
export async function updateAnnouncement(
  tx: Tx,
  id: string,
  change: Pick<typeof announcements.$inferInsert, 'content' | 'names' | 'updatedAt'>,
): Promise<void> {
  await tx.update(announcements).set(change).where(eq(announcements.id, id))
}

/** Takes one back; false when it is not announced. */
export async function markWithdrawn(tx: Tx, id: string, now: Date): Promise<boolean> {
  const rows = await tx
    .update(announcements)
    .set({ withdrawnAt: now })
    .where(and(eq(announcements.id, id), isNull(announcements.withdrawnAt)))
    .returning({ id: announcements.id })
  return rows.length > 0
}

/** Takes back what is over. @returns the ids */
export async function withdrawOver(tx: Tx, now: Date): Promise<string[]> {
  const rows = await tx
    .update(announcements)
    .set({ withdrawnAt: now })
    .where(and(isNull(announcements.withdrawnAt), sql`not (${isPresent(now)})`))
    .returning({ id: announcements.id })
  return rows.map(({ id }) => id)
}

/** Notes that somebody has read one. */
export async function insertDismissal(tx: Tx, row: { userId: string; announcementId: string }): Promise<void> {
  await tx.insert(announcementDismissals).values(row).onConflictDoNothing()
}

type Reaction = Readonly<{ announcementId: string; userId: string; name: string }>

/** The different emojis with which people answered one. */
export async function listReactionNames(tx: Tx, announcementId: string): Promise<string[]> {
  const rows = await tx
    .selectDistinct({ name: announcementReactions.name })
    .from(announcementReactions)
    .where(eq(announcementReactions.announcementId, announcementId))
  return rows.map(({ name }) => name)
}

/** Writes an answer; false when it is there already. */
export async function insertReaction(
  tx: Tx,
  row: Reaction & { customEmojiId: string | null; createdAt: Date },
): Promise<boolean> {
  const rows = await tx
    .insert(announcementReactions)
    .values(row)
    .onConflictDoNothing()
    .returning({ name: announcementReactions.name })
  return rows.length > 0
}

/** Takes an answer back; false when there is none. */
export async function deleteReaction(tx: Tx, { announcementId, userId, name }: Reaction): Promise<boolean> {
  const rows = await tx
    .delete(announcementReactions)
    .where(
      and(
        eq(announcementReactions.announcementId, announcementId),
        eq(announcementReactions.userId, userId),
        eq(announcementReactions.name, name),
      ),
    )
    .returning({ name: announcementReactions.name })
  return rows.length > 0
}
