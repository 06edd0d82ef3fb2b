import { spawnSync } from 'node:child_process'
import { chownSync, readFileSync, statSync } from 'node:fs'
import { userInfo } from 'node:os'
import { dirname } from 'node:path'
import { BootError } from '#src/boot/failure.ts'
import type { Binaries } from './binaries.ts'

type Ids = Readonly<{ uid: number; gid: number }>

/**
 * As whom PostgreSQL runs, which refuses root.
 * - `self`: as we do.
 * - `namespace`: as we do, but in a user namespace of its own, in which our user has the ids of an ordinary one. This needs no
 *   rights on any folder beyond ours, so it works where another user could not even enter.
 * - `other`: as another user of this system, to whom its files then belong.
 */
export type Account = Readonly<{ kind: 'self' } | ({ kind: 'namespace' } & Ids) | ({ kind: 'other' } & Ids)>

/** A program ready to be spawned as an account. */
export type Command = Readonly<{
  file: string
  args: readonly string[]
  options: Readonly<{ uid?: number; gid?: number }>
}>

/** How to run a program as an account. */
export function commandAs(account: Account, file: string, args: readonly string[]): Command {
  if (account.kind === 'self') return { file, args, options: {} }
  const { uid, gid } = account
  if (account.kind === 'other') return { file, args, options: { uid, gid } }
  const unshare = ['--user', `--map-user=${uid}`, `--map-group=${gid}`, '--', file]
  return { file: 'unshare', args: [...unshare, ...args], options: {} }
}

/**
 * Chooses the account that can run PostgreSQL on a data folder, by trying each.
 * @throws BootError when none can
 */
export function chooseAccount(dataDir: string, binaries: Binaries): Account {
  const isRoot = process.getuid?.() === 0
  if (!isRoot && hasName()) return { kind: 'self' }
  const users = readUsers()
  const found = candidates(dataDir, users, isRoot).find(({ account, reach }) => canRun(account, reach, binaries))
  if (!found) throw new BootError(refusal(isRoot))
  if (found.account.kind === 'other') chownSync(dataDir, found.account.uid, found.account.gid)
  return found.account
}

/** initdb wants a name for its user; containers are often started under a bare number. */
function hasName(): boolean {
  try {
    return userInfo().username !== ''
  } catch {
    return false
  }
}

function readUsers(): Map<string, Ids> {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n')
  const rows = lines.map((line) => line.split(':')).filter((row) => Number(row[2]) > 0)
  return new Map(rows.map(([name = '', , uid, gid]) => [name, { uid: Number(uid), gid: Number(gid) }]))
}

type Candidate = Readonly<{ account: Account; reach: string }>

function candidates(dataDir: string, users: Map<string, Ids>, isRoot: boolean): Candidate[] {
  const ordinary = ['postgres', 'nobody'].map((name) => users.get(name)).filter((ids) => ids !== undefined)
  const [inside = users.values().next().value] = ordinary
  const namespace: Candidate[] = inside ? [{ account: { kind: 'namespace', ...inside }, reach: dataDir }] : []
  if (!isRoot) return namespace
  const { uid, gid } = statSync(dataDir)
  // Started with sudo in somebody's folder: what belongs to that person goes on belonging to them.
  const owner: Candidate[] = uid === 0 ? [] : [{ account: { kind: 'other', uid, gid }, reach: dataDir }]
  // The data folder itself is handed to them only when they are chosen, so their way is tried as far as the folder above.
  const others = ordinary.map((ids): Candidate => ({ account: { kind: 'other', ...ids }, reach: dirname(dataDir) }))
  return [...owner, ...namespace, ...others]
}

function canRun(account: Account, reach: string, binaries: Binaries): boolean {
  const script = 'cd "$1" && exec "$2" --version'
  const { file, args, options } = commandAs(account, '/bin/sh', ['-c', script, 'sh', reach, binaries.postgres])
  return spawnSync(file, args, { ...options, cwd: '/', stdio: 'ignore' }).status === 0
}

function refusal(isRoot: boolean): string {
  const why = isRoot
    ? 'PostgreSQL does not run as root, and this system allows neither a user namespace nor another user to reach the data folder'
    : 'PostgreSQL needs a user with a name, and the user who runs this has none in /etc/passwd'
  return `${why}: start Entremise as an ordinary user with a data folder (DATA_DIR) of their own, or set DATABASE_URL.`
}
