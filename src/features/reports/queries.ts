import { and, desc, eq, inArray, isNull } from 'drizzle-orm'
import type { Db, Tx } from '#src/db/client.ts'
import { posts } from '#src/db/schema/posts.ts'
import { reports } from '#src/db/schema/reports.ts'
import { visibleTo } from '#src/features/posts/queries.ts'

/** A report. */
export type Report = Readonly<typeof reports.$inferSelect>

/** Writes a report; null when it came under the same id before. */
export async function insertReport(tx: Tx, report: typeof reports.$inferInsert): Promise<Report | null> {
  const [row] = await tx.insert(reports).values(report).onConflictDoNothing().returning()
  return row ?? null
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
  return db.select().from(reports).where(isNull(reports.resolvedAt)).orderBy(desc(reports.id)).limit(200)
}

/** Notes that a report was dealt with; false when there is none that waits. */
export async function resolveReport(db: Db | Tx, id: string, now: Date): Promise<boolean> {
  const rows = await db
    .update(reports)
    .set({ resolvedAt: now })
    .where(and(eq(reports.id, id), isNull(reports.resolvedAt)))
    .returning({ id: reports.id })
  return rows.length > 0
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
