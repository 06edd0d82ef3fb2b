import { eq, lt } from 'drizzle-orm'
import type { Db, Tx } from '#src/db/client.ts'
import { begunUploads } from '#src/db/schema/media.ts'

/** Notes that a file is about to be stored. */
export async function noteUpload(db: Db, key: string, begunAt: Date): Promise<void> {
  await db.insert(begunUploads).values({ key, begunAt })
}

/** The file has its row, or is gone. */
export async function forgetUpload(db: Db | Tx, key: string): Promise<void> {
  await db.delete(begunUploads).where(eq(begunUploads.key, key))
}

/** The folders of uploads that were begun before some moment and never ended. */
export async function listAbandoned(db: Db, before: Date): Promise<string[]> {
  const rows = await db.select({ key: begunUploads.key }).from(begunUploads).where(lt(begunUploads.begunAt, before))
  return rows.map(({ key }) => key)
}
