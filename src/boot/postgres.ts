import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { errorCode } from './failure.ts'
import { prepareDataFolder } from './postgres/cluster.ts'
import { tryHold } from './postgres/hold.ts'
import { readPidFile, type Settings } from './postgres/postmaster.ts'
import { type Place, type Settled, settle } from './postgres/settle.ts'
import { removeSocketFolder, socketUrl } from './postgres/socket.ts'
import { endPostmaster, signalPostmaster } from './postgres/stop.ts'

/** A PostgreSQL that runs as long as somebody has a share in it. */
export type Postgres = Readonly<{
  /** The address of the database `entremise`, for `pg`, psql and `connect` of `src/db/connect.ts`. */
  url: string
  /** It ran already: beside another process of ours, or left behind by one that was killed. */
  adopted: boolean
  /** Gives our share up, and shuts PostgreSQL down when it was the last one. */
  stop(): Promise<void>
  /** For an exit that cannot wait: shuts PostgreSQL down when nobody else had a share at our start. Others that came later start it again. */
  abandon(): void
}>

type Options = Readonly<{
  dataDir: string
  /** Told one sentence about what an operator should know. */
  log?: (sentence: string) => void
  /** Server settings beyond our own. */
  settings?: Settings
}>

/** The database, and the user without further rights who owns it: what runs in it cannot read files or start programs. */
const name = 'entremise'

/**
 * Runs PostgreSQL on `<dataDir>/postgres` without opening a port, or joins the one that runs there: the server, the workers and the
 * command line share it, and the last one to leave shuts it down. When it dies under us it is started again.
 * @throws BootError with a sentence for the operator
 */
export async function startPostgres({ dataDir, log = () => {}, settings = {} }: Options): Promise<Postgres> {
  prepareDataFolder(dataDir)
  const folder = realpathSync(dataDir)
  const place = { dataDir: folder, home: join(folder, 'postgres'), settings }
  const stopping = new AbortController()
  const settled = await settle(place, stopping.signal)
  await createDatabase(settled.hold.client)
  const keeper = keep(place, settled, { log, stopping })
  return { url: socketUrl(settled.folder, name, name), adopted: settled.started === null, ...keeper }
}

/** Duplicate role or database, or the same noticed by the index: another process has just made it. */
const madeMeanwhile = new Set(['42710', '42P04', '23505'])

async function createDatabase(client: pg.Client): Promise<void> {
  const { rowCount } = await client.query('select from pg_database where datname = $1', [name])
  if (rowCount) return
  for (const statement of [`create role ${name} login`, `create database ${name} owner ${name}`]) {
    await client.query(statement).catch((error: unknown) => {
      if (!madeMeanwhile.has(errorCode(error))) throw error
    })
  }
}

type Keeping = Readonly<{ log: (sentence: string) => void; stopping: AbortController }>

function keep(place: Place, first: Settled, { log, stopping }: Keeping): Pick<Postgres, 'stop' | 'abandon'> {
  let current: Settled | null = null
  let mending: Promise<void> = Promise.resolve()
  const watch = (settled: Settled) => {
    current = settled
    settled.hold.onLost(() => {
      current = null
      mending = mend()
    })
  }
  const mend = async () => {
    log('PostgreSQL went away; it is being brought back.')
    const settled = await settleAtLast(place, log, stopping.signal)
    if (!settled) return
    watch(settled)
    log('PostgreSQL is back.')
  }
  watch(first)
  return {
    stop: async () => {
      stopping.abort()
      await mending
      await leave(place, current)
      current = null
    },
    abandon: () => {
      if (current?.hold.isAlone) signalPostmaster(place.home, 'SIGINT')
    },
  }
}

/** Tries for ever; null when told to stop. */
async function settleAtLast(place: Place, log: Keeping['log'], signal: AbortSignal): Promise<Settled | null> {
  while (!signal.aborted) {
    try {
      return await settle(place, signal)
    } catch (error) {
      if (signal.aborted) return null
      log(`${error instanceof Error ? error.message : String(error)} Trying again in five seconds.`)
      await sleep(5_000, undefined, { signal }).catch(() => {})
    }
  }
  return null
}

async function leave({ home }: Place, current: Settled | null): Promise<void> {
  const hold = current?.hold ?? (await findHold(home))
  if (!hold) return
  // Nobody can join between the release and the signal: joining needs the lock that `release` took.
  const isLast = await hold.release()
  if (isLast) await endPostmaster(home, current?.started ?? null)
  await hold.close()
  if (isLast) removeSocketFolder(home)
}

/** Our share was lost and PostgreSQL is perhaps back by itself: it must not outlive us for that. */
async function findHold(home: string): Promise<Settled['hold'] | null> {
  const folder = readPidFile(home)?.socketFolder
  const answer = folder ? await tryHold(folder) : 'absent'
  return typeof answer === 'string' ? null : answer
}
