import pg from 'pg'
import { errorCode } from '#src/boot/failure.ts'
import { socketUrl } from './socket.ts'

/**
 * A share in a running PostgreSQL: a connection with a shared advisory lock, which ends with our process however that dies. Whoever
 * gives up the last share turns the light off.
 */
export type Hold = Readonly<{
  /** The connection, as the superuser and to the database `postgres`. */
  client: pg.Client
  /** Nobody else had a share when this one was taken. */
  isAlone: boolean
  /** Calls back once when the connection ends although `close` was not called. */
  onLost(callback: () => void): void
  /** Gives the share up; true when it was the last one, and then nobody gets another while the connection lasts. */
  release(): Promise<boolean>
  close(): Promise<void>
}>

/** Any number that nothing else in the database `postgres` takes as an advisory lock. */
const lockKey = 727_002

/** Nothing listens yet or any more. */
const absentCodes = new Set(['ENOENT', 'ECONNREFUSED'])

/** It starts, recovers, shuts down, or broke off while we were talking: it may answer in a moment. */
const busyCodes = new Set(['57P01', '57P02', '57P03', 'ECONNRESET', 'EPIPE'])

/**
 * Takes a share in the PostgreSQL behind a socket.
 * @returns `absent` when nothing listens there, `busy` when it is worth asking again
 */
export async function tryHold(socketFolder: string): Promise<Hold | 'absent' | 'busy'> {
  const client = new pg.Client({
    connectionString: socketUrl(socketFolder, 'postgres', 'postgres'),
    application_name: 'entremise hold',
    connectionTimeoutMillis: 5_000,
  })
  let onLost = (): void => {}
  // An error is followed by the end, which is what counts.
  client.on('error', () => {})
  client.once('end', () => onLost())
  try {
    await client.connect()
    const isAlone = await share(client)
    if (isAlone === null) return await close(client, 'busy')
    return {
      client,
      isAlone,
      onLost: (callback) => {
        onLost = callback
      },
      release: () => {
        onLost = () => {}
        return release(client)
      },
      close: async () => {
        onLost = () => {}
        await client.end()
      },
    }
  } catch (error) {
    if (absentCodes.has(errorCode(error))) return await close(client, 'absent')
    if (mayAnswerLater(error)) return await close(client, 'busy')
    await close(client, 'busy')
    throw error
  }
}

async function close<T>(client: pg.Client, result: T): Promise<T> {
  await client.end()
  return result
}

function mayAnswerLater(error: unknown): boolean {
  // `pg` has no code for what it notices itself.
  const brokeOff = error instanceof Error && /Connection terminated|timeout expired|not queryable/.test(error.message)
  return brokeOff || busyCodes.has(errorCode(error))
}

/** True: shared with nobody; false: with others; null: somebody is about to stop the server. */
async function share(client: pg.Client): Promise<boolean | null> {
  const isAlone = await ask(client, 'pg_try_advisory_lock')
  if (!(await ask(client, 'pg_try_advisory_lock_shared'))) return null
  if (isAlone) await ask(client, 'pg_advisory_unlock')
  return isAlone
}

async function release(client: pg.Client): Promise<boolean> {
  try {
    await ask(client, 'pg_advisory_unlock_shared')
    return await ask(client, 'pg_try_advisory_lock')
  } catch (error) {
    // The server is going down already, or is gone: there is nothing to give up.
    if (mayAnswerLater(error)) return false
    throw error
  }
}

async function ask(client: pg.Client, name: string): Promise<boolean> {
  const { rows } = await client.query<{ answer: boolean }>(`select ${name}($1) as answer`, [lockKey])
  return rows[0]?.answer === true
}
