import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isPostmaster } from '#src/boot/postgres/postmaster.ts'
import { isRunning } from '#src/boot/postgres/processes.ts'
import { startPostgres } from '#src/boot/postgres.ts'
import { connect } from '#src/db/connect.ts'

/** Test databases are thrown away, so nothing has to survive a power cut. */
const settings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '300',
  autovacuum: 'off',
}

const prefix = 'entremise-test-postgres-'

/** Starts the PostgreSQL of a test run in a temporary folder. Its user may make databases. */
export async function startTestPostgres(): Promise<{ url: string; stop(): Promise<void> }> {
  await removeLeftovers()
  const dataDir = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`))
  const postgres = await startPostgres({ dataDir, settings })
  await allowDatabases(postgres.url)
  const stop = async () => {
    await postgres.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
  return { url: postgres.url, stop }
}

async function allowDatabases(url: string): Promise<void> {
  const address = new URL(url)
  address.username = 'postgres'
  const admin = connect(address.href, { max: 1 })
  await admin`alter role entremise createdb`
  await admin.end()
}

/** A run that was killed could not clean up: its PostgreSQL still runs, and its folder is still there. */
async function removeLeftovers(): Promise<void> {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(prefix))
  const dead = names.filter((name) => !isRunning(Number.parseInt(name.slice(prefix.length), 10)))
  await Promise.all(dead.map((name) => removeRun(join(tmpdir(), name))))
}

async function removeRun(dataDir: string): Promise<void> {
  const home = join(dataDir, 'postgres')
  const pid = Number.parseInt(await readFile(join(home, 'postmaster.pid'), 'utf8').catch(() => ''), 10)
  if (pid && isPostmaster(pid, home)) process.kill(pid, 'SIGQUIT')
  await rm(dataDir, { recursive: true, force: true, maxRetries: 5 })
}
