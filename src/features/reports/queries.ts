import { and, asc, count, eq, inArray, isNotNull, isNull, sql } from 'drizzle-orm'
import type { Page } from '#src/core/paging.ts'
import type { Db, Tx } from '#src/db/client.ts'
import { keyset, keysetOrder } from '#src/db/keyset.ts'
import { actors } from '#src/db/schema/actors.ts'
import { posts } from '#src/db/schema/posts.ts'
import { reportNotes, reports } from '#src/db/schema/reports.ts'
import { users } from '#src/db/schema/users.ts'
import { visibleTo } from '#src/features/posts/queries.ts'

/** A report. */
export type Report = Readonly<typeof reports.$inferSelect>

/** Writes a report; null when it came under the same id before. */
export async function insertReport(tx: Tx, report: typeof reports.$inferInsert): Promise<Report | null> {
  const [row] = await tx.insert(reports).values(report).onConflictDoNothing().returning()
  return row ?? null
}

/** How many reports came from the server of an actor since a moment. */
export async function countReportsBeside(tx: Tx, actorId: string, since: Date): Promise<number> {
  const [row] = await tx
    .select({ count: count() })
    .from(reports)
    .innerJoin(actors, eq(actors.id, reports.actorId))
    .where(
      and(
        sql`${reports.id} > make_id(${since.toISOString()}::timestamptz)`,
        sql`${actors.host} = (select own.host from ${actors} own where own.id = ${actorId})`,
      ),
    )
  return row?.count ?? 0
}

/** Finds a report. */
export async function findReport(db: Db | Tx, id: string): Promise<Report | null> {
  const [row] = await db.select().from(reports).where(eq(reports.id, id))
  return row ?? null
}

/** Some reports, in no order. */
export async function listReports(db: Db, ids: readonly string[]): Promise<Report[]> {
  return db
    .select()
    .from(reports)
    .where(inArray(reports.id, [...ids]))
}

/** What waits for those who run the instance, newest first. */
export async function listOpenReports(db: Db): Promise<Report[]> {
  return listQueue(db, { isOpen: true, limit: 200 })
}

/** A page of the reports that wait, or that were dealt with, newest first. */
export async function listQueue(db: Db, { isOpen, ...page }: Page & { isOpen: boolean }): Promise<Report[]> {
  const state = isOpen ? isNull(reports.resolvedAt) : isNotNull(reports.resolvedAt)
  return db
    .select()
    .from(reports)
    .where(and(state, keyset(reports.id, page)))
    .orderBy(keysetOrder(reports.id, page))
    .limit(page.limit)
}

/** Notes that a report was dealt with; false when there is none that waits. */
export async function resolveReport(
  db: Db | Tx,
  id: string,
  now: Date,
  userId: string | null = null,
): Promise<boolean> {
  const rows = await db
    .update(reports)
    .set({ resolvedAt: now, resolvedUserId: userId })
    .where(and(eq(reports.id, id), isNull(reports.resolvedAt)))
    .returning({ id: reports.id })
  return rows.length > 0
}

/** Lets a report wait again; false when it does. */
export async function reopenReport(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx
    .update(reports)
    .set({ resolvedAt: null, resolvedUserId: null })
    .where(and(eq(reports.id, id), isNotNull(reports.resolvedAt)))
    .returning({ id: reports.id })
  return rows.length > 0
}

/** Says who looks after a report. */
export async function assignReport(tx: Tx, id: string, userId: string | null): Promise<void> {
  await tx.update(reports).set({ assignedUserId: userId }).where(eq(reports.id, id))
}

/** Notes that the target's server is told; false when it was. */
export async function markForwarded(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx
    .update(reports)
    .set({ isForwarded: true })
    .where(and(eq(reports.id, id), eq(reports.isForwarded, false)))
    .returning({ id: reports.id })
  return rows.length > 0
}

/** What an administrator wrote about a report, and by which address that one signs in. */
export type ReportNote = Readonly<{ id: string; text: string; email: string | null; createdAt: Date }>

/** The notes about a report, oldest first. */
export async function listNotes(db: Db, reportId: string): Promise<ReportNote[]> {
  return db
    .select({ id: reportNotes.id, text: reportNotes.text, email: users.email, createdAt: reportNotes.createdAt })
    .from(reportNotes)
    .leftJoin(users, eq(users.id, reportNotes.userId))
    .where(eq(reportNotes.reportId, reportId))
    .orderBy(asc(reportNotes.id))
    .limit(200)
}

/** Writes a note about a report. */
export async function insertNote(
  tx: Tx,
  note: { reportId: string; userId: string | null; text: string },
): Promise<void> {
  await tx.insert(reportNotes).values(note)
}

/** Takes a note away; false when there was none. */
export async function deleteNote(tx: Tx, reportId: string, id: string): Promise<boolean> {
  const rows = await tx
    .delete(reportNotes)
    .where(and(eq(reportNotes.reportId, reportId), eq(reportNotes.id, id)))
    .returning({ id: reportNotes.id })
  return rows.length > 0
}

/** By which addresses administrators sign in, by their ids. */
export async function listEmails(db: Db, userIds: readonly (string | null)[]): Promise<ReadonlyMap<string, string>> {
  const wanted = userIds.filter((id) => id !== null)
  if (wanted.length === 0) return new Map()
  const rows = await db.select({ id: users.id, email: users.email }).from(users).where(inArray(users.id, wanted))
  return new Map(rows.map(({ id, email }) => [id, email]))
}

/** Those of some posts that an author wrote and the reader may see. */
export async function listPostsOf(
  db: Db | Tx,
  authorId: string,
  readerId: string,
  ids: readonly string[],
): Promise<{ id: string; iri: string | null }[]> {
  if (ids.length === 0) return []
  return db
    .select({ id: posts.id, iri: posts.iri })
    .from(posts)
    .where(and(inArray(posts.id, [...ids]), eq(posts.actorId, authorId), isNull(posts.boostOfId), visibleTo(readerId)))
}
