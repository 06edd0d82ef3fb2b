import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import type postgres from 'postgres'
import { connect } from './connect.ts'

const folder = fileURLToPath(new URL('../../drizzle', import.meta.url))

/** Any number that nothing else in this database takes as an advisory lock. */
const lockKey = 727_001

/** Thrown when the database was written by a newer version of the program. */
export class NewerDatabaseError extends Error {
  constructor() {
    super(
      'The database was migrated by a newer version of Entremise. Start that version, or restore a backup made before.',
    )
  }
}

/**
 * Brings the schema up to date. Several processes may call it at once: one migrates, the others wait for it.
 * @throws NewerDatabaseError when the database is ahead of this code
 */
export async function migrateDatabase(url: string): Promise<void> {
  const client = connect(url, { max: 1, onnotice: () => {} })
  try {
    const newest = await newestMigration()
    if ((await appliedUntil(client)) === newest) return
    await client`select pg_advisory_lock(${lockKey})`
    const applied = await appliedUntil(client)
    if (applied > newest) throw new NewerDatabaseError()
    if (applied < newest) await migrate(drizzle(client), { migrationsFolder: folder })
  } finally {
    await client.end({ timeout: 5 })
  }
}

async function newestMigration(): Promise<number> {
  const journal = JSON.parse(await readFile(`${folder}/meta/_journal.json`, 'utf8')) as { entries: { when: number }[] }
  return Math.max(...journal.entries.map((entry) => entry.when))
}

async function appliedUntil(client: postgres.Sql): Promise<number> {
  const [table] = await client`select to_regclass('drizzle.__drizzle_migrations') as name`
  if (!table?.name) return 0
  const [row] = await client`select max(created_at) as last from drizzle.__drizzle_migrations`
  return Number(row?.last ?? 0)
}
