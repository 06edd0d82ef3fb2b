import { sql } from 'drizzle-orm'
import type { Db } from './client.ts'

/** Asks the database for a sign of life; throws when it gives none. */
export async function pingDatabase(db: Db): Promise<void> {
  await db.execute(sql`select 1`)
}
