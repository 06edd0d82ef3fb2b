import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isPostmaster, readPidFile } from '#src/boot/postgres/postmaster.ts'
import { socketFolder } from '#src/boot/postgres/socket.ts'
import { type Postgres, startPostgres } from '#src/boot/postgres.ts'
import { connect } from '#src/db/connect.ts'

const program = fileURLToPath(new URL('./postgres-process.ts', import.meta.url))
const isRoot = process.getuid?.() === 0
const fast = { fsync: 'off' }

let folder: string
let dataDir: string
let cleanUp: (() => Promise<unknown>)[]

beforeEach(async () => {
  // mkdtemp makes a folder that only its owner may enter.
  folder = await realpath(await mkdtemp(join(tmpdir(), 'entremise-postgres-test-')))
  dataDir = join(folder, 'data')
  cleanUp = []
})

afterEach(async () => {
  for (const step of cleanUp.reverse()) await step()
  await rm(folder, { recursive: true, force: true })
})

async function start(): Promise<Postgres> {
  const postgres = await startPostgres({ dataDir, settings: fast })
  cleanUp.push(() => postgres.stop())
  return postgres
}

type Other = Readonly<{
  process: ChildProcess
  url: string
  adopted: boolean
  error?: string
  stop(): Promise<void>
  kill(): Promise<void>
}>

async function startOther(env: Record<string, string> = {}): Promise<Other> {
  const child = fork(program, [dataDir], { env: { ...process.env, ...env } })
  const exit = once(child, 'exit')
  const [answer] = (await Promise.race([once(child, 'message'), exit])) as [
    { url: string; adopted: boolean; error?: string },
  ]
  if (answer.error) await exit
  const stop = async () => {
    if (child.connected) child.send('stop')
    await exit
  }
  const kill = async () => {
    child.kill('SIGKILL')
    await exit
  }
  cleanUp.push(stop)
  return { process: child, ...answer, stop, kill }
}

function postmasterPid(): number | null {
  const home = join(dataDir, 'postgres')
  const pid = readPidFile(home)?.pid
  return pid && isPostmaster(pid, home) ? pid : null
}

async function ask(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const sql = connect(url, { max: 1, onnotice: () => {} })
  try {
    return [...(await sql.unsafe(statement))]
  } finally {
    await sql.end({ timeout: 5 })
  }
}

async function eventually(isTrue: () => Promise<boolean> | boolean): Promise<void> {
  for (const end = Date.now() + 20_000; !(await isTrue()); await sleep(20))
    if (Date.now() > end) throw new Error('it never came true')
}

describe('PostgreSQL from npm', () => {
  it('starts in a folder that only its owner may enter, as root too, and leaves nothing running', async () => {
    const postgres = await start()
    expect(postgres.adopted).toBe(false)
    expect((await stat(dataDir)).mode & 0o777).toBe(0o700)
    expect(await ask(postgres.url, 'select current_database() as name')).toEqual([{ name: 'entremise' }])
    const pid = postmasterPid()
    expect(pid).not.toBeNull()
    await postgres.stop()
    expect(postmasterPid()).toBeNull()
    expect(() => process.kill(pid ?? 0, 0)).toThrow('ESRCH')
  })

  it('opens no port, and gives its user no rights beyond the own database', async () => {
    const { url } = await start()
    expect(await ask(url, 'show listen_addresses')).toEqual([{ listen_addresses: '' }])
    expect(await ask(url, 'select rolsuper as super from pg_roles where rolname = current_user')).toEqual([
      { super: false },
    ])
    await expect(ask(url, "copy (select 1) to program 'true'")).rejects.toThrow('permission denied')
    await expect(
      ask(url, 'create extension pg_trgm; create extension unaccent; create schema queues'),
    ).resolves.toBeDefined()
  })

  it('is reached by both drivers when the path has a space and signs of its own', async () => {
    dataDir = join(folder, 'my "data", 100%20 sûr')
    const { url } = await start()
    expect(await ask(url, 'select 1 as one')).toEqual([{ one: 1 }])
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    await client.end()
  })

  it('is reached when the path is longer than a socket address may be', async () => {
    dataDir = join(folder, 'long'.repeat(40))
    const postgres = await start()
    expect(await ask(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }])
    const socket = socketFolder(join(dataDir, 'postgres'))
    expect((await stat(socket)).mode & 0o777).toBe(0o700)
    await postgres.stop()
    await expect(stat(socket)).rejects.toThrow('ENOENT')
  })

  it("does not put its socket into a folder that is somebody else's to enter", async () => {
    dataDir = join(folder, 'long'.repeat(40))
    const socket = socketFolder(join(dataDir, 'postgres'))
    await mkdir(socket)
    await chmod(socket, 0o777)
    cleanUp.push(() => rm(socket, { recursive: true }))
    await expect(start()).rejects.toThrow('must be a folder that only you may enter')
  })

  it('knows letters beyond ASCII in words, in trigrams and in upper case', async () => {
    const { url } = await start()
    await ask(url, 'create extension pg_trgm')
    expect(
      await ask(url, "select upper('été') as upper, to_tsvector('simple', 'ÉCOLE Привет')::text as words"),
    ).toEqual([{ upper: 'ÉTÉ', words: "'école':1 'привет':2" }])
    expect(await ask(url, "select similarity('ПРИВЕТ', 'привет') as same")).toEqual([{ same: 1 }])
  })

  it('keeps what was committed when everything is killed', async () => {
    const first = await startOther()
    await ask(first.url, 'create table kept as select generate_series(1, 1000) as n')
    const pid = postmasterPid()
    await first.kill()
    process.kill(pid ?? 0, 'SIGKILL')
    const { url } = await start()
    expect(await ask(url, 'select count(*)::int as n from kept')).toEqual([{ n: 1000 }])
  })

  it('joins the one that a killed process left behind, and shuts it down at the end', async () => {
    const first = await startOther()
    await ask(first.url, 'create table kept as select 1 as n')
    const pid = postmasterPid()
    await first.kill()
    const second = await start()
    expect(second.adopted).toBe(true)
    expect(postmasterPid()).toBe(pid)
    expect(await ask(second.url, 'select n from kept')).toEqual([{ n: 1 }])
    await second.stop()
    expect(postmasterPid()).toBeNull()
  })

  it('goes on for the others when one process leaves, and ends with the last, whoever started it', async () => {
    const server = await startOther()
    const command = await startOther()
    expect([server.adopted, command.adopted]).toEqual([false, true])
    const pid = postmasterPid()
    await command.stop()
    expect(postmasterPid()).toBe(pid)
    const later = await startOther()
    await server.stop()
    expect(postmasterPid()).toBe(pid)
    expect(await ask(later.url, 'select 1 as one')).toEqual([{ one: 1 }])
    await later.stop()
    expect(postmasterPid()).toBeNull()
  })

  it('is shared by processes that make it at the same moment', async () => {
    const both = await Promise.all([startOther(), startOther()])
    expect(both.map(({ error }) => error)).toEqual([undefined, undefined])
    for (const { url } of both) expect(await ask(url, 'select 1 as one')).toEqual([{ one: 1 }])
    expect(await readdir(dataDir)).toEqual(['postgres', 'postgres.log'])
    await Promise.all(both.map((other) => other.stop()))
    expect(postmasterPid()).toBeNull()
  })

  it('starts at once when the last one is just shutting it down', async () => {
    const first = await startOther()
    const [, second] = await Promise.all([first.stop(), start()])
    expect(await ask(second.url, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  it('is brought back when it dies while it is used', async () => {
    const said: string[] = []
    const postgres = await startPostgres({ dataDir, settings: fast, log: (sentence) => said.push(sentence) })
    cleanUp.push(() => postgres.stop())
    const pid = postmasterPid()
    process.kill(pid ?? 0, 'SIGKILL')
    await eventually(() => said.includes('PostgreSQL is back.'))
    expect(postmasterPid()).not.toBe(pid)
    expect(await ask(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  it('is told to end by a process that cannot wait', async () => {
    const postgres = await start()
    postgres.abandon()
    // Before we would bring it back.
    await postgres.stop()
    await eventually(() => postmasterPid() === null)
  })

  it('starts when the pid file of a dead one names a process that has nothing to do with it', async () => {
    await (await start()).stop()
    const home = join(dataDir, 'postgres')
    const lines = [process.ppid, home, 1, 5432, home, '', '1 1', 'ready']
    await writeFile(join(home, 'postmaster.pid'), `${lines.join('\n')}\n`)
    await writeFile(join(home, '.s.PGSQL.5432.lock'), `${lines.slice(0, 5).join('\n')}\n`)
    const { url, adopted } = await start()
    expect(adopted).toBe(false)
    expect(await ask(url, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  it('begins anew after a first start that was cut off', async () => {
    const draft = join(dataDir, 'postgres.new-999999999')
    await mkdir(draft, { recursive: true })
    await writeFile(join(draft, 'PG_VERSION'), '18\n')
    await start()
    expect(await readdir(dataDir)).toEqual(['postgres', 'postgres.log'])
  })

  it('writes into its log no statement and nothing that people wrote', async () => {
    const { url } = await start()
    await ask(url, 'create table people (email text unique)')
    const insert = "insert into people values ('alice@example.org')"
    await ask(url, insert)
    await expect(ask(url, insert)).rejects.toThrow('duplicate key')
    const log = await readFile(join(dataDir, 'postgres.log'), 'utf8')
    expect(log).toContain('ready to accept connections')
    expect(log).not.toMatch(/alice|insert into/)
  })
})

describe('PostgreSQL from npm says what to do', () => {
  it('about a database of another version', async () => {
    await mkdir(join(dataDir, 'postgres'), { recursive: true })
    await writeFile(join(dataDir, 'postgres', 'PG_VERSION'), '17\n')
    await expect(start()).rejects.toThrow(
      /belongs to PostgreSQL 17 and this version of Entremise brings PostgreSQL \d+: dump it/,
    )
  })

  it('about files that are no database', async () => {
    await mkdir(join(dataDir, 'postgres'), { recursive: true })
    await writeFile(join(dataDir, 'postgres', 'letter.txt'), 'dear all')
    await expect(start()).rejects.toThrow('holds files but no database: move them away')
    expect(await readdir(join(dataDir, 'postgres'))).toEqual(['letter.txt'])
  })

  it('about a data folder that is a file', async () => {
    await writeFile(dataDir, '')
    await expect(start()).rejects.toThrow(`${dataDir} is not a folder: set DATA_DIR to one`)
  })

  it.skipIf(isRoot)('about a data folder that it may not enter', async () => {
    await mkdir(dataDir, { mode: 0o000 })
    await expect(start()).rejects.toThrow(`may not read and write ${dataDir}: give it to that user`)
  })

  it('about a damaged database', async () => {
    await (await start()).stop()
    await writeFile(join(dataDir, 'postgres', 'global', 'pg_control'), 'x'.repeat(8192))
    await expect(start()).rejects.toThrow(/is damaged|PostgreSQL did not start/)
  })

  it.runIf(isRoot && process.platform === 'linux')('to root where no other user can stand in', async () => {
    await mkdir(join(folder, 'bin'))
    await writeFile(join(folder, 'bin', 'unshare'), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
    const other = await startOther({ PATH: `${join(folder, 'bin')}:${process.env.PATH}` })
    expect(other.error).toMatch(/^PostgreSQL does not run as root.*: start Entremise as an ordinary user/)
  })
})
