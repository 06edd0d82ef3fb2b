import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import {
  closeSync,
  fchownSync,
  openSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import { errorCode } from '#src/boot/failure.ts'
import { type Account, commandAs } from './account.ts'
import type { Binaries } from './binaries.ts'
import { isRunning } from './processes.ts'

/** Server settings by name, given at each start so that a new version may change them. */
export type Settings = Readonly<Record<string, string>>

/** What a running PostgreSQL says of itself in its folder. */
export type PidFile = Readonly<{ pid: number; socketFolder: string }>

/** Reads `postmaster.pid`; null when there is none, or when it is only being written. */
export function readPidFile(home: string): PidFile | null {
  const [pid, , , , folder] = readIfThere(join(home, 'postmaster.pid')).split('\n')
  return Number(pid) > 0 && folder ? { pid: Number(pid), socketFolder: folder } : null
}

/** Whether the process of this id is the PostgreSQL of this folder, and not one that was given the number of a dead one. */
export function isPostmaster(pid: number, home: string): boolean {
  if (!isRunning(pid)) return false
  // PostgreSQL works inside its data folder.
  if (process.platform === 'linux') return workingFolder(pid) === realpathSync(home)
  return spawnSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' }).stdout.includes(home)
}

function workingFolder(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch (error) {
    // Gone meanwhile, or somebody else's.
    if (['ENOENT', 'EACCES', 'ESRCH'].includes(errorCode(error))) return null
    throw error
  }
}

/**
 * Removes what a dead PostgreSQL left behind when its number now belongs to an unrelated process (after a restart of the machine or of a
 * container): PostgreSQL itself takes that process for the old server and refuses to start, for ever.
 * @param socketFile its socket, beside which it has a second file with its number
 */
export function removeMisleadingLocks(home: string, socketFile: string): void {
  for (const lock of [join(home, 'postmaster.pid'), `${socketFile}.lock`]) {
    const pid = Number.parseInt(readIfThere(lock), 10)
    if (pid > 0 && isRunning(pid) && !isPostmaster(pid, home)) rmSync(lock, { force: true })
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return ''
    throw error
  }
}

/** A PostgreSQL that we started: the process and what it wrote since. */
export type Postmaster = Readonly<{ child: ChildProcess; output: () => string; hasEnded: () => boolean }>

type Launch = Readonly<{
  dataDir: string
  home: string
  socketFolder: string
  account: Account
  binaries: Binaries
  settings: Settings
}>

/** Starts PostgreSQL, in a session of its own: Ctrl-C in a terminal reaches all of our group, and it must outlive our last query. */
export function launch({ dataDir, home, socketFolder, account, binaries, settings }: Launch): Postmaster {
  const all = { ...defaults(), ...settings, unix_socket_directories: `"${socketFolder.replaceAll('"', '""')}"` }
  const options = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const command = commandAs(account, binaries.postgres, ['-D', home, ...options])
  const log = openLog(join(dataDir, 'postgres.log'))
  // Its owner may be the one who starts us next time.
  if (account.kind === 'other') fchownSync(log.fd, account.uid, account.gid)
  const child = spawn(command.file, command.args, {
    ...command.options,
    cwd: '/',
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  })
  closeSync(log.fd)
  // It may outlive us, when others use it.
  child.unref()
  let failure = ''
  child.on('error', (error) => {
    failure = String(error)
  })
  return {
    child,
    output: () => failure + readFileSync(log.path).subarray(log.start).toString('utf8'),
    hasEnded: () => failure !== '' || child.exitCode !== null || child.signalCode !== null,
  }
}

const mebibyte = 1_048_576

function defaults(): Settings {
  const memory = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY)
  const buffers = Math.min(Math.max(Math.round(memory / 16 / mebibyte), 32), 256)
  return {
    cluster_name: 'entremise',
    listen_addresses: '',
    port: '5432',
    unix_socket_permissions: '0700',
    max_connections: '100',
    shared_buffers: `${buffers}MB`,
    max_wal_size: '512MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // What goes wrong in a statement is told to us, who asked; statements and rows hold what people wrote, so no log keeps them.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_checkpoints: 'off',
  }
}

const maxLogBytes = 1_048_576

function openLog(path: string): { path: string; fd: number; start: number } {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (size > maxLogBytes) renameSync(path, `${path}.1`)
  return { path, fd: openSync(path, 'a', 0o600), start: size > maxLogBytes ? 0 : size }
}
