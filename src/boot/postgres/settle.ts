import { setTimeout as sleep } from 'node:timers/promises'
import { BootError, errorCode } from '#src/boot/failure.ts'
import { chooseAccount } from './account.ts'
import { findBinaries } from './binaries.ts'
import { prepareCluster } from './cluster.ts'
import { explain } from './explain.ts'
import { type Hold, tryHold } from './hold.ts'
import {
  isPostmaster,
  launch,
  type Postmaster,
  readPidFile,
  removeMisleadingLocks,
  type Settings,
} from './postmaster.ts'
import { prepareSocketFolder, socketFolder, socketPath } from './socket.ts'
import { endPostmaster } from './stop.ts'

/** Where a database lives, and how it is to run when we are the ones who start it. */
export type Place = Readonly<{ dataDir: string; home: string; settings: Settings }>

/** A share in a running PostgreSQL, and its process when we started it. */
export type Settled = Readonly<{ hold: Hold; folder: string; started: Postmaster | null }>

/** How long a server may neither answer nor end. */
const patienceMs = 30_000

/** What the system says when a folder or a disk is not as we need it. */
const outsideCodes = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR'])

/** What a new server says while the old one, or a child of it, is not quite dead, or another one is just writing its number down. */
const notYetGone = /lock file ".*" (already exists|is empty)|pre-existing shared memory block/

/**
 * Gets a share in the PostgreSQL of a folder: in the one that runs there, else in one that it starts.
 * @throws BootError when it cannot be had
 */
export async function settle(place: Place, signal: AbortSignal): Promise<Settled> {
  let started: Postmaster | null = null
  let deadline = Date.now() + patienceMs
  try {
    for (let waitMs = 5; ; waitMs = Math.min(waitMs * 1.5, 500)) {
      signal.throwIfAborted()
      const folder = readPidFile(place.home)?.socketFolder ?? socketFolder(place.home)
      const answer = await tryHold(folder)
      if (typeof answer !== 'string') return { hold: answer, folder, started: winner(started, place) }
      if (Date.now() > deadline) throw new BootError(silence(place, started))
      // Recovery after a crash takes as long as it takes; as long as it says so it is not silent.
      if (answer === 'busy') deadline = Date.now() + patienceMs
      if (started?.hasEnded()) started = readAgain(started, place)
      if (!started && !runs(place)) {
        started = await start(place)
        deadline = Date.now() + patienceMs
      }
      await sleep(waitMs, undefined, { signal })
    }
  } catch (error) {
    if (started) await endPostmaster(place.home, started)
    throw outsideCodes.has(errorCode(error))
      ? new BootError(explain(errorCode(error), place.home), { cause: error })
      : error
  }
}

/** When two start at the same moment one of them ends by itself, and both share the other. */
function winner(started: Postmaster | null, { home }: Place): Postmaster | null {
  return started && started.child.pid === readPidFile(home)?.pid ? started : null
}

/** Null when starting again may help. */
function readAgain(ended: Postmaster, place: Place): null {
  if (notYetGone.test(ended.output())) return null
  throw new BootError(explain(ended.output(), place.home))
}

function runs({ home }: Place): boolean {
  const file = readPidFile(home)
  return file !== null && isPostmaster(file.pid, home)
}

async function start({ dataDir, home, settings }: Place): Promise<Postmaster> {
  const binaries = findBinaries()
  const account = chooseAccount(dataDir, binaries)
  await prepareCluster({ dataDir, home, account, binaries, sync: settings.fsync !== 'off' })
  const folder = socketFolder(home)
  if (folder !== home) prepareSocketFolder(folder, account)
  removeMisleadingLocks(home, socketPath(folder))
  return launch({ dataDir, home, socketFolder: folder, account, binaries, settings })
}

function silence({ home }: Place, started: Postmaster | null): string {
  if (started?.output()) return explain(started.output(), home)
  const pid = readPidFile(home)?.pid
  return `PostgreSQL (process ${pid ?? 'unknown'}) runs in ${home} but does not answer: end it with "kill -INT ${pid ?? '<pid>'}".`
}
