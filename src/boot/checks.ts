import { once } from 'node:events'
import { createServer, connect as openSocket } from 'node:net'
import type postgres from 'postgres'
import type { Config } from '#src/config.ts'
import type { Storage } from '#src/core/storage.ts'
import { Problem } from '#src/errors.ts'
import { BootError, errorCode } from './failure.ts'

/** Where the web process is to listen. */
type Door = Pick<Config, 'port' | 'host' | 'publicUrl'>

/** Where pictures are to be kept. */
type Place = Pick<Config, 'storageUrl' | 'dataDir'>

/**
 * Tries the door before anything is started or changed behind it.
 * @throws BootError when it cannot be opened
 */
export async function checkPort({ port, host, publicUrl }: Door): Promise<void> {
  const server = createServer()
  try {
    await once(server.listen({ port, host }), 'listening')
  } catch (error) {
    throw new BootError(doorSentence(errorCode(error), { port, host, publicUrl }), { cause: error })
  }
  server.close()
  await once(server, 'close')
}

function doorSentence(code: string, { port, host, publicUrl }: Door): string {
  if (code === 'EADDRINUSE') {
    const other = port === 65_535 ? 3000 : port + 1
    // On the machine itself the port is part of the address that people use.
    const address = new URL(publicUrl).hostname === 'localhost' ? ` PUBLIC_URL=http://localhost:${other}` : ''
    return `Port ${port} on ${host} is taken: stop the program that has it, or choose another with PORT=${other}${address}.`
  }
  if (code === 'EACCES') return `This user may not listen on port ${port}: choose one above 1023, such as PORT=3000.`
  if (code === 'EADDRNOTAVAIL')
    return `HOST: ${host} is no address of this machine: try 127.0.0.1, or 0.0.0.0 for all of them.`
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `HOST: the name ${host} is not known: write an address, such as 127.0.0.1.`
  return `Port ${port} on ${host} cannot be opened (${code}): choose others with PORT and HOST.`
}

/** How long a server elsewhere may take to answer at our start. */
const answerMs = 5_000

/**
 * Asks whether anything listens where the queues are to live: their client would wait for it for ever, without a word.
 * @throws BootError when nothing does
 */
export async function checkRedis(redisUrl: string): Promise<void> {
  const { hostname, port } = new URL(redisUrl)
  const address = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 6379) }
  const socket = openSocket(address)
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(answerMs) })
  } catch (error) {
    const where = `${address.host}:${address.port}`
    const sentence = `REDIS_URL: nothing answers at ${where}: start Redis or Valkey there, or correct the address.`
    throw new BootError(sentence, { cause: error })
  } finally {
    socket.destroy()
  }
}

/**
 * Makes and removes a folder where pictures are kept, so that a wrong one is told now and not by the first upload.
 * @throws BootError when this user may not write there
 */
export async function checkStorage(storage: Storage, { storageUrl, dataDir }: Place): Promise<void> {
  const where = storageUrl ? `STORAGE_URL: ${storageUrl}` : `DATA_DIR: ${dataDir}`
  try {
    // A network disk may hang, and so does making a folder in the kernel's own file systems.
    const late = once(AbortSignal.timeout(answerMs), 'abort').then(() => {
      throw new BootError(`${where} does not answer: set a folder on a disk that does.`)
    })
    await Promise.race([storage.withScratch('writable', async () => {}), late])
  } catch (error) {
    const sentence = storageSentences[errorCode(error)]
    if (error instanceof BootError) throw error
    if (sentence) throw new BootError(`${where} ${sentence}`, { cause: error })
    // A full disk is told to who uploads; everything else works without room for pictures.
    if (!(error instanceof Problem)) throw error
  }
}

const notWritable =
  'cannot be read and written by the user who runs Entremise: give it to that user (chown -R), or set another folder.'

const storageSentences: Readonly<Record<string, string>> = {
  EACCES: notWritable,
  EPERM: notWritable,
  EROFS: 'is on a disk that cannot be written: mount it for writing, or set another folder.',
  ENOTDIR: 'is no folder: set one, or move that file away.',
  EEXIST: 'is no folder: set one, or move that file away.',
}

/** The oldest PostgreSQL that the schema and the queues run on. */
const oldestPostgres = 150_000

/**
 * Asks an operator's own PostgreSQL whether it will do.
 * @throws BootError when it does not answer, refuses us or is too old
 */
export async function checkDatabase(url: string): Promise<void> {
  const { connect } = await import('#src/db/connect.ts')
  const sql = connect(url, { max: 1, connect_timeout: answerMs / 1_000, onnotice: () => {} })
  try {
    const [row] =
      await sql`select current_setting('server_version_num')::int as version, current_setting('server_version') as name`
    if (Number(row?.version) >= oldestPostgres) return
    throw new BootError(`DATABASE_URL: PostgreSQL 15 or newer is needed, and this is ${String(row?.name)}: upgrade it.`)
  } catch (error) {
    throw error instanceof BootError ? error : new BootError(databaseSentence(error, url), { cause: error })
  } finally {
    await sql.end({ timeout: 1 })
  }
}

function databaseSentence(error: unknown, url: string): string {
  const code = errorCode(error)
  const { username, pathname, hostname, port, searchParams } = new URL(url)
  const where = searchParams.get('host') ?? `${hostname || 'localhost'}:${port || 5432}`
  if (['28P01', '28000'].includes(code))
    return `DATABASE_URL: PostgreSQL at ${where} refuses the user ${username}: check name and password.`
  if (code === '3D000')
    return `DATABASE_URL: there is no database ${pathname.slice(1)} at ${where}: create it with createdb.`
  if (code === '53300') return `DATABASE_URL: PostgreSQL at ${where} has no connection left: raise its max_connections.`
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `DATABASE_URL: the host ${hostname} is not known: correct the address.`
  const unreachable = ['ECONNREFUSED', 'ENOENT', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'CONNECT_TIMEOUT', '57P03']
  if (unreachable.includes(code))
    return `DATABASE_URL: no PostgreSQL answers at ${where}: start it, or correct the address.`
  return `DATABASE_URL: PostgreSQL at ${where} cannot be used: ${isServerError(error) ? error.message : code || String(error)}.`
}

/** What the server said is for the operator; other messages may hold the address with its password. */
function isServerError(error: unknown): error is postgres.PostgresError {
  return error instanceof Error && error.name === 'PostgresError'
}
