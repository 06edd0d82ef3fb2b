import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { closeContext, createContext } from '#src/assemble.ts'
import { startPostgres } from '#src/boot/postgres.ts'
import { loadConfig } from '#src/config.ts'
import type { Ctx } from '#src/context.ts'
import { migrateDatabase } from '#src/db/migrate.ts'
import { ensureInstanceActor } from '#src/features/actors/service.ts'

/** An instance as it runs for real: PostgreSQL, a web process and a worker process, and a context of our own to fill it. */
export type Stage = Readonly<{
  ctx: Ctx
  url: string
  /** Computing so far, in seconds, of all its processes with PostgreSQL's. */
  cpuSeconds(): number
  /** What starting took, until both were ready. */
  startCpuSeconds: { web: number; worker: number }
  /** The same by who did it: a worker counts with the processes in which it makes pictures. */
  cpuParts(): { web: number; worker: number; postgres: number }
  /** Memory that belongs to it (PSS), in MB, without PostgreSQL. */
  memoryMb(): { web: number; worker: number }
  close(): Promise<void>
}>

/** How requests per second and computing are counted: by the kernel, in hundredths of a second. */
const ticksPerSecond = 100

/** Starts an instance on loopback: as two processes or, as `npm start` does by itself, as one that is both. */
export async function openStage({ isOne = false } = {}): Promise<Stage> {
  const dataDir = await mkdtemp(join(tmpdir(), 'entremise-bench-'))
  const port = await freePort()
  const postgres = await startPostgres({ dataDir })
  await migrateDatabase(postgres.url)
  const env = {
    PATH: process.env.PATH ?? '',
    // As `npm start` has it.
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? '',
    MALLOC_ARENA_MAX: process.env.MALLOC_ARENA_MAX ?? '',
    DATA_DIR: dataDir,
    DATABASE_URL: postgres.url,
    PORT: String(port),
    PUBLIC_URL: `http://localhost:${port}`,
    OUTBOUND_ALLOW: 'localhost,127.0.0.0/8,::1',
    LOG_LEVEL: 'error',
  }
  const ctx = createContext({ ...loadConfig(env), databaseUrl: postgres.url })
  await ensureInstanceActor(ctx)
  const web = start(isOne ? 'all' : 'web', env)
  const worker = isOne ? web : start('worker', env)
  const url = `http://localhost:${port}`
  await Promise.all([untilReady(url), untilListening(ctx)])
  const startCpuSeconds = { web: cpuOf([web.pid]), worker: cpuOf([worker.pid]) }
  return {
    startCpuSeconds,
    ctx,
    url,
    cpuSeconds: () => cpuOf([web.pid, worker.pid, ...childrenOf(worker.pid), ...postgresPids(dataDir)]),
    cpuParts: () => ({
      web: cpuOf([web.pid]),
      worker: cpuOf([worker.pid, ...childrenOf(worker.pid)]),
      postgres: cpuOf(postgresPids(dataDir)),
    }),
    memoryMb: () => ({
      web: pssOf(web.pid),
      worker: [...(isOne ? [] : [worker.pid]), ...childrenOf(worker.pid)].reduce(
        (sum: number, pid) => sum + pssOf(pid),
        0,
      ),
    }),
    close: async () => {
      await Promise.all([end(web), end(worker)])
      await closeContext(ctx)
      await postgres.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

function start(role: 'web' | 'worker' | 'all', env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, ['src/main.ts'], {
    env: { ...env, ROLE: role },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await ended
}

async function untilReady(url: string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const answer = await fetch(`${url}/health/ready`).catch(() => null)
    if (answer?.ok) return
    await wait(50)
  }
  throw new Error('the instance did not start')
}

/** A worker says by nothing else that it is ready. */
async function untilListening({ db }: Ctx): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const listening = await db.$client`select from pg_stat_activity where query ilike 'listen "inbox"%'`
    if (listening.length > 0) return
    await wait(50)
  }
  throw new Error('the worker did not start')
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

/** The processes in which a worker makes pictures. */
function childrenOf(pid: number | undefined): number[] {
  return processes()
    .filter(({ parent }) => parent === pid)
    .map((child) => child.pid)
}

/** Every process of the PostgreSQL that runs on a folder: the postmaster and its children. */
function postgresPids(dataDir: string): number[] {
  const all = processes()
  const postmasters = all.filter(({ command }) => command.includes(`${dataDir}/postgres`)).map(({ pid }) => pid)
  return [...postmasters, ...all.filter(({ parent }) => postmasters.includes(parent)).map(({ pid }) => pid)]
}

function processes(): { pid: number; parent: number; command: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ')
        return [{ pid: Number(name), parent: Number(fieldsOf(Number(name))[1]), command }]
      } catch {
        return []
      }
    })
}

/** The fields of /proc/PID/stat after the name, which may hold spaces: state, parent, … @see proc(5) */
function fieldsOf(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return text.slice(text.lastIndexOf(')') + 2).split(' ')
}

function cpuOf(pids: readonly (number | undefined)[]): number {
  let ticks = 0
  for (const pid of new Set(pids)) {
    try {
      // utime, stime, and those of children that have ended.
      if (pid)
        ticks += fieldsOf(pid)
          .slice(11, 15)
          .reduce((sum, field) => sum + Number(field), 0)
    } catch {
      // A backend of PostgreSQL that ended meanwhile: its time is in the postmaster's children now.
    }
  }
  return ticks / ticksPerSecond
}

/** The proportional set size of a process in MB. */
function pssOf(pid: number | undefined): number {
  const path = `/proc/${pid}/smaps_rollup`
  // One that has ended meanwhile has none.
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  return Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0) / 1024
}
