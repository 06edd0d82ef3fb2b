import { createHash } from 'node:crypto'
import { chownSync, lstatSync, mkdirSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BootError, errorCode } from '#src/boot/failure.ts'
import type { Account } from './account.ts'

/** Part of the socket's file name; nothing listens on a port of this number. */
const port = 5432

/** What the address of a unix socket may hold without its closing zero: 108 bytes on Linux, 104 on macOS. */
const maxPathBytes = process.platform === 'darwin' ? 103 : 107

/** The socket's file in a folder. */
export function socketPath(folder: string): string {
  return join(folder, `.s.PGSQL.${port}`)
}

/** The folder for the socket of a database folder: that folder itself, or a short one for it where its path is too long. */
export function socketFolder(home: string): string {
  if (Buffer.byteLength(socketPath(home)) <= maxPathBytes) return home
  return join(tmpdir(), `entremise-${createHash('sha256').update(home).digest('hex').slice(0, 16)}`)
}

/**
 * Makes the folder for the socket when it is not the database folder itself. Whoever may enter it may use the database, so it has to be
 * ours alone.
 * @throws BootError when somebody else's folder has the name
 */
export function prepareSocketFolder(folder: string, account: Account): void {
  const uid = account.kind === 'other' ? account.uid : process.getuid?.()
  try {
    mkdirSync(folder, { mode: 0o700 })
    if (account.kind === 'other') chownSync(folder, account.uid, account.gid)
  } catch (error) {
    const status = lstatSync(folder, { throwIfNoEntry: false })
    if (!status) throw new BootError(`The folder ${folder} for PostgreSQL's socket cannot be made: ${String(error)}`)
    if (status.isDirectory() && status.uid === uid && (status.mode & 0o077) === 0) return
    throw new BootError(
      `${folder} must be a folder that only you may enter, for PostgreSQL's socket: remove it and start again.`,
    )
  }
}

/** Takes away what `prepareSocketFolder` made, once the server is gone and its socket with it. */
export function removeSocketFolder(home: string): void {
  const folder = socketFolder(home)
  if (folder === home) return
  try {
    rmdirSync(folder)
  } catch (error) {
    // Not there, or a next server has just put its socket into it.
    if (!['ENOENT', 'ENOTEMPTY'].includes(errorCode(error))) throw error
  }
}

/**
 * The address of a database behind a socket, in libpq's form: the folder is the parameter `host`. `pg`, psql and pg_dump read it as it
 * is; for postgres.js use `connect` of `src/db/connect.ts`.
 */
export function socketUrl(folder: string, user: string, database: string): string {
  return `postgres://${user}@localhost/${database}?host=${encodeURIComponent(folder)}&sslmode=disable`
}
