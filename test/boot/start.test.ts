import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { isPostmaster, readPidFile } from '#src/boot/postgres/postmaster.ts'
import { connect } from '#src/db/connect.ts'
import { migrateDatabase } from '#src/db/migrate.ts'
import { startTestPostgres } from '#test/support/postgres.ts'

const program = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))

let dataDir: string
let running: ChildProcess[]

beforeEach(async () => {
  dataDir = await realpath(await mkdtemp(join(tmpdir(), 'entremise-start-test-')))
  running = []
})

afterEach(async () => {
  for (const child of running.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
  await rm(dataDir, { recursive: true, force: true })
})

type Run = Readonly<{
  child: ChildProcess
  output: () => string
  complaint: () => string
  exit: Promise<unknown[]>
  /** Resolves with the output as soon as it has these words, rejects when the process ends without them. */
  says: (words: string) => Promise<string>
}>

/** Nothing of what is set on this machine may reach it. */
const usual = () => ({ PATH: process.env.PATH ?? '', DATA_DIR: dataDir, LOG_LEVEL: 'warn' })

function start(env: Record<string, string> = {}, args: string[] = []): Run {
  const child = spawn(process.execPath, ['--disable-warning=FSTDEP023', program, ...args], {
    env: { ...usual(), ...env },
  })
  running.push(child)
  let output = ''
  let complaint = ''
  child.stdout.on('data', (text) => {
    output += text
  })
  child.stderr.on('data', (text) => {
    complaint += text
  })
  const exit = once(child, 'close')
  const says = async (words: string) => {
    const ended = exit.then(() => Promise.reject(new Error(`it ended and said: ${output}${complaint}`)))
    // Whoever loses the race must not be an unhandled rejection.
    ended.catch(() => {})
    while (!output.includes(words)) await Promise.race([once(child.stdout, 'data'), ended])
    return output
  }
  return { child, output: () => output, complaint: () => complaint, exit, says }
}

async function complaintOf(env: Record<string, string>, args: string[] = []): Promise<string> {
  const { exit, output, complaint } = start(env, args)
  const [code] = await exit
  expect({ code, output: output() }).toEqual({ code: 1, output: '' })
  expect(complaint()).not.toMatch(/\n {4}at /)
  return complaint()
}

async function occupy(): Promise<{ port: number; server: Server }> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')
  return { port: address.port, server }
}

async function freePort(): Promise<string> {
  const { port, server } = await occupy()
  server.close()
  await once(server, 'close')
  return String(port)
}

function isDatabaseRunning(): boolean {
  const home = join(dataDir, 'postgres')
  const pid = readPidFile(home)?.pid
  return pid !== undefined && isPostmaster(pid, home)
}

describe('a start that cannot succeed says in one sentence what to do', () => {
  it('about wrong settings, all at once', async () => {
    const said = await complaintOf({ PORT: 'door', ROLE: 'king' })
    expect(said).toMatch(/^Settings need attention:\n {2}- PORT: .*\n {2}- ROLE: .*\n$/)
  })

  it('about a port that is taken, before it touches anything', async () => {
    const { port, server } = await occupy()
    const other = `PORT=${port + 1} PUBLIC_URL=http://localhost:${port + 1}`
    const said = await complaintOf({ PORT: String(port) })
    expect(said).toBe(
      `Port ${port} on 127.0.0.1 is taken: stop the program that has it, or choose another with ${other}.\n`,
    )
    expect(await readdir(dataDir)).toEqual([])
    server.close()
  })

  it('about an address that is not of this machine', async () => {
    expect(await complaintOf({ HOST: '192.0.2.1', PORT: '0' })).toMatch(
      /^HOST: 192\.0\.2\.1 is no address of this machine: .*\n$/,
    )
  })

  it('about a database that does not answer, without its password', async () => {
    const port = await freePort()
    const said = await complaintOf({ DATABASE_URL: `postgres://me:secret@127.0.0.1:${port}/mine`, PORT: '0' })
    expect(said).toBe(`DATABASE_URL: no PostgreSQL answers at 127.0.0.1:${port}: start it, or correct the address.\n`)
  })

  it('about a queue server that does not answer', async () => {
    const port = await freePort()
    const said = await complaintOf({ REDIS_URL: `redis://127.0.0.1:${port}`, PORT: '0' })
    expect(said).toMatch(
      /^REDIS_URL: nothing answers at 127\.0\.0\.1:\d+: start Redis or Valkey there, or correct the address\.\n$/,
    )
  })

  it('about a data folder that is a file', async () => {
    const file = join(dataDir, 'file')
    await writeFile(file, '')
    expect(await complaintOf({ DATA_DIR: file, PORT: '0' })).toMatch(/is not a folder: set DATA_DIR to one.*\n$/)
  })

  it('about a folder for pictures that is none', async () => {
    const file = join(dataDir, 'media-file')
    await writeFile(file, '')
    const complaint = await complaintOf({ PORT: await freePort(), STORAGE_URL: `file://${file}` })
    expect(complaint).toContain(`STORAGE_URL: file://${file} is no folder: set one, or move that file away.`)
  })

  it('about folders where none can be made', async () => {
    expect(await complaintOf({ DATA_DIR: '/proc/entremise', PORT: '0' })).toBe(
      '/proc/entremise cannot be made there: set DATA_DIR to a folder on a disk.\n',
    )
    const complaint = await complaintOf({ PORT: await freePort(), STORAGE_URL: 'file:///proc/entremise' })
    expect(complaint).toBe('STORAGE_URL: file:///proc/entremise does not answer: set a folder on a disk that does.\n')
  })

  it('about an argument that it does not know', async () => {
    expect(await complaintOf({}, ['--deamon'])).toMatch(/^Entremise starts without arguments, or with --demo.*\n$/)
  })

  it('about the demonstration in half a process', async () => {
    expect(await complaintOf({ ROLE: 'web' }, ['--demo'])).toMatch(/^--demo needs both .*\n$/)
  })
})

describe('a start on a PostgreSQL of your own', () => {
  let server: { url: string; stop(): Promise<void> }

  beforeAll(async () => {
    server = await startTestPostgres()
  })

  afterAll(() => server.stop())

  it('says so when the database is not there', async () => {
    const url = new URL(server.url)
    url.pathname = '/missing'
    expect(await complaintOf({ DATABASE_URL: url.href, PORT: '0' })).toMatch(
      /^DATABASE_URL: there is no database missing at .*\n$/,
    )
  })

  it('refuses a database that a newer version has migrated', async () => {
    await migrateDatabase(server.url)
    const sql = connect(server.url, { max: 1, onnotice: () => {} })
    const future = Date.now() + 1e12
    await sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('future', ${future})`
    expect(await complaintOf({ DATABASE_URL: server.url, PORT: '0' })).toMatch(
      /^The database was migrated by a newer version of Entremise\. .*\n$/,
    )
    await sql`delete from drizzle.__drizzle_migrations where hash = 'future'`
    await sql.end()
  })
})

describe('a start', () => {
  it('leads to a set-up page and a healthy instance, and Ctrl-C ends all of it', async () => {
    const port = await freePort()
    const run = start({ PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}` })
    const output = await run.says('Ctrl-C stops it')
    const link = /Set it up\s+(\S+)/.exec(await run.says('Data'))?.[1]
    expect(output).toContain(`Address    http://127.0.0.1:${port}\n`)
    expect((await fetch(link ?? '')).status).toBe(200)
    expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(200)
    expect(isDatabaseRunning()).toBe(true)
    run.child.kill('SIGINT')
    // npm passes on what the terminal has sent already.
    run.child.kill('SIGINT')
    expect(await run.exit).toEqual([0, null])
    expect(run.complaint()).toBe('')
    expect(isDatabaseRunning()).toBe(false)
  })

  const runOnce = async (env: Record<string, string>) => {
    const running = start(env)
    await running.says('is running')
    running.child.kill('SIGTERM')
    await running.exit
  }
  const command = (...args: string[]) => execFileSync(process.execPath, [cli, ...args], { env: usual() })
  const makeAnna = () => {
    command('users', 'create', 'a@mail.example', '--password', 'a long enough password', '--admin')
    return command('actors', 'create', 'anna', '--type', 'person', '--owner', 'a@mail.example', '--json').toString()
  }

  it('may move while nobody knows the instance; commands speak of it as it runs', async () => {
    const [here, there] = [await freePort(), await freePort()]
    await runOnce({ PORT: there, PUBLIC_URL: 'http://first.localhost' })
    await runOnce({ PORT: here })
    expect(makeAnna()).toContain(`http://localhost:${here}/users/anna`)
  })

  it('moves no more when others may know the instance', async () => {
    const [here, there] = [await freePort(), await freePort()]
    await runOnce({ PORT: here })
    makeAnna()
    expect(await complaintOf({ PORT: there })).toBe(
      `PUBLIC_URL: this instance was made at http://localhost:${here}, and other servers know its actors by that: it cannot move to http://localhost:${there}. Set PUBLIC_URL=http://localhost:${here}. For a new instance use another DATA_DIR or DATABASE_URL.\n`,
    )
    const wrong = { PORT: here, HANDLE_HOST: 'example.org' }
    expect(await complaintOf(wrong)).toContain(`HANDLE_HOST: the handles of this instance end in @localhost:${here}`)
    await runOnce({ PORT: there, PUBLIC_URL: `http://localhost:${here}` })
  })

  it('opens no port as a worker', async () => {
    const { port, server } = await occupy()
    const run = start({ ROLE: 'worker', PORT: String(port) })
    expect(await run.says('is running')).toMatch(/^\nThe worker of Entremise \S+ is running/)
    expect(run.output()).not.toContain('Listening')
    run.child.kill('SIGTERM')
    expect(await run.exit).toEqual([0, null])
    server.close()
  })

  it('takes over what a killed one left behind', async () => {
    const port = await freePort()
    const killed = start({ PORT: port })
    await killed.says('is running')
    killed.child.kill('SIGKILL')
    await killed.exit
    expect(isDatabaseRunning()).toBe(true)
    const next = start({ PORT: port })
    await next.says('is running')
    next.child.kill('SIGTERM')
    expect(await next.exit).toEqual([0, null])
    expect(isDatabaseRunning()).toBe(false)
  })

  it('that is interrupted half-way leaves nothing running', async () => {
    const run = start({ PORT: await freePort() })
    const begun = Date.now()
    while ((await readdir(dataDir)).length === 0 && Date.now() - begun < 20_000) await new Promise(setImmediate)
    run.child.kill('SIGINT')
    expect(await run.exit).toEqual([0, null])
    expect(run.output()).toBe('')
    expect(isDatabaseRunning()).toBe(false)
  })

  it('hands the database on between a web process and a worker, whichever ends first', async () => {
    const port = await freePort()
    const web = start({ ROLE: 'web', PORT: port })
    await web.says('is running')
    const worker = start({ ROLE: 'worker' })
    await worker.says('is running')
    web.child.kill('SIGTERM')
    await web.exit
    expect(isDatabaseRunning()).toBe(true)
    worker.child.kill('SIGTERM')
    expect(await worker.exit).toEqual([0, null])
    expect(isDatabaseRunning()).toBe(false)
  })
})
