import { setTimeout as sleep } from 'node:timers/promises'
import { isPostmaster, type Postmaster, readPidFile } from './postmaster.ts'

/** SIGINT is PostgreSQL's fast shutdown: it ends all sessions and writes everything down. */
const politelyMs = 12_000

/** SIGQUIT is its immediate one: nothing committed is lost, the next start replays the log. */
const atOnceMs = 4_000

/** Tells the PostgreSQL of a folder to shut down, without waiting. */
export function signalPostmaster(home: string, signal: 'SIGINT' | 'SIGQUIT'): boolean {
  const pid = readPidFile(home)?.pid
  if (!pid || !isPostmaster(pid, home)) return false
  process.kill(pid, signal)
  return true
}

/** Shuts the PostgreSQL of a folder down and waits until it is gone. */
export async function endPostmaster(home: string, started: Postmaster | null): Promise<void> {
  const isGone = () => (started?.hasEnded() ?? true) && !isAlive(home)
  // One that has not written its pid file yet is known by its process alone.
  if (!signalPostmaster(home, 'SIGINT')) started?.child.kill('SIGINT')
  if (await until(isGone, politelyMs)) return
  if (!signalPostmaster(home, 'SIGQUIT')) started?.child.kill('SIGQUIT')
  await until(isGone, atOnceMs)
}

function isAlive(home: string): boolean {
  const pid = readPidFile(home)?.pid
  return pid !== undefined && isPostmaster(pid, home)
}

async function until(isTrue: () => boolean, ms: number): Promise<boolean> {
  for (const end = Date.now() + ms; Date.now() < end; await sleep(10)) if (isTrue()) return true
  return isTrue()
}
