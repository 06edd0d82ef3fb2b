import { execFileSync } from 'node:child_process'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readPidFile } from '#src/boot/postgres/postmaster.ts'
import { type Postgres, startPostgres } from '#src/boot/postgres.ts'
import { connect } from '#src/db/connect.ts'
import { migrateDatabase } from '#src/db/migrate.ts'
import { eventually } from '#test/support/eventually.ts'

/** A PostgreSQL of a test's own, as `npm start` runs it, which may be ended in every way. */
export type OwnPostgres = Readonly<{
  url: string
  /** Its folder. */
  dataDir: string
  /** Ends it at once (SIGQUIT) as a fault of its own does, and waits until it is there again: it is brought back as `npm start` brings it back. */
  crash(): Promise<void>
  stop(): Promise<void>
  start(): Promise<void>
  close(): Promise<void>
}>

/**
 * Starts one with the migrated schema.
 * @param sizeMb on a disk of this size, for which one has to be root; where there is room when left out
 */
export async function openPostgres(sizeMb?: number): Promise<OwnPostgres> {
  const dataDir = await realpath(await mkdtemp(join(tmpdir(), 'entremise-fault-')))
  if (sizeMb) execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m,mode=0755`, 'tmpfs', dataDir])
  const settings = { max_connections: '120', max_wal_size: '64MB', min_wal_size: '32MB' }
  const start = () => startPostgres({ dataDir, settings })
  let running: Postgres | null = await start()
  const { url } = running
  await migrateDatabase(url)
  const stop = async () => {
    await running?.stop()
    running = null
  }
  return {
    url,
    dataDir,
    crash: async () => {
      const before = pidIn(dataDir)
      process.kill(before, 'SIGQUIT')
      await eventually(async () => {
        if (pidIn(dataDir) === before) throw new Error('it has not ended yet')
        await answers(url)
      })
    },
    stop,
    start: async () => {
      running = await start()
    },
    close: async () => {
      await stop()
      if (sizeMb) execFileSync('umount', [dataDir])
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

function pidIn(dataDir: string): number {
  const pid = readPidFile(join(dataDir, 'postgres'))?.pid
  if (!pid) throw new Error('there is no PostgreSQL')
  return pid
}

async function answers(url: string): Promise<void> {
  const sql = connect(url, { max: 1 })
  await sql`select 1`.finally(() => sql.end({ timeout: 1 }))
}

/** Whether this process may mount a disk of a certain size. */
export function mayMount(): boolean {
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' })
    return process.getuid?.() === 0
  } catch {
    return false
  }
}
