import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createRestAPIClient, type mastodon } from 'masto'
import { closeContext, createContext } from '#src/assemble.ts'
import { type Config, loadConfig } from '#src/config.ts'
import type { Ctx, Viewer } from '#src/context.ts'
import type { Actor } from '#src/features/actors/queries.ts'
import { createLocalActor, ensureInstanceActor } from '#src/features/actors/service.ts'
import { createToken } from '#src/features/oauth/service.ts'
import { createUser } from '#src/features/users/service.ts'
import { startWeb } from '#src/server.ts'
import { startWorkers } from '#workers/main.ts'
import { type Client, createWebClient } from './client.ts'
import { createTestDatabase } from './database.ts'
import { eventually } from './eventually.ts'
import { PASSWORD, uniqueName } from './make.ts'
import { freePort } from './port.ts'

/** Somebody of an instance, with all the ways to speak as them. */
export type Member = Readonly<{
  actor: Actor
  viewer: Viewer
  /** `user@host:port` as other servers write it. */
  acct: string
  /** The id of the actor. */
  iri: string
  token: string
  /** The client API over HTTP. */
  api: Client
  masto: mastodon.rest.Client
}>

/** A running instance: its own database, files, address and, unless told otherwise, workers. */
export type Instance = Readonly<{
  url: string
  /** Host and port, as in ids and handles. */
  host: string
  ctx: Ctx
  /** Environment for a process that works for this instance. */
  env: Readonly<Record<string, string>>
  join(handle: string, traits?: { type?: 'Person' | 'Organization'; isOpen?: boolean }): Promise<Member>
  /** Waits until everything that came in or was done here has had its consequences; failed deliveries may still wait. */
  settle(): Promise<void>
  close(): Promise<void>
}>

/** How an instance differs from a usual one. */
export type InstanceOptions = Readonly<{
  config?: Partial<Config>
  now?: () => Date
  /** `none`: the test starts them itself, as processes, or does without. */
  workers?: 'here' | 'none'
  /** `none`: the test starts it itself, as a process. */
  web?: 'here' | 'none'
  /** A database for it alone, migrated or not; one of the test run's own server when left out. */
  database?: Readonly<{ url: string; drop(): Promise<void> }>
  /** A folder for its files that the test has made and removes. */
  dataDir?: string
}>

const everyScope = ['read', 'write', 'follow', 'push']

/** Starts an instance at http://127.0.0.1 on a free port. Everything of it is real; the network is the loopback. */
export async function startInstance(options: InstanceOptions = {}): Promise<Instance> {
  const [database, dataDir, port] = await Promise.all([
    options.database ?? createTestDatabase(),
    options.dataDir ?? mkdtemp(join(tmpdir(), 'entremise-test-')),
    freePort(),
  ])
  const host = `127.0.0.1:${port}`
  const env = {
    PUBLIC_URL: `http://${host}`,
    PORT: String(port),
    DATA_DIR: dataDir,
    DATABASE_URL: database.url,
    OUTBOUND_ALLOW: '127.0.0.0/8',
    LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'silent',
    ...(options.config?.redisUrl ? { REDIS_URL: options.config.redisUrl } : {}),
  }
  const config = { ...loadConfig(env), ...options.config, databaseUrl: database.url }
  const ctx = createContext(config, options.now ? { now: options.now } : {})
  await ensureInstanceActor(ctx)
  const web = options.web === 'none' ? null : await startWeb(ctx)
  const workers = options.workers === 'none' ? null : await startWorkers(ctx)
  return {
    url: env.PUBLIC_URL,
    host,
    ctx,
    env,
    join: (handle, traits = {}) => joinInstance(ctx, handle, traits),
    settle: () => settle(ctx),
    close: async () => {
      await workers?.close()
      await web?.close()
      await closeContext(ctx)
      await database.drop()
      if (!options.dataDir) await rm(dataDir, { recursive: true, force: true })
    },
  }
}

async function joinInstance(
  ctx: Ctx,
  handle: string,
  { type = 'Person', isOpen = false }: { type?: 'Person' | 'Organization'; isOpen?: boolean },
): Promise<Member> {
  const user = await createUser(ctx, { email: `${uniqueName(handle)}@mail.example`, password: PASSWORD })
  const actor = await createLocalActor(ctx, { handle, type, name: handle, isOpen, ownerUserId: user.id })
  const identity = { userId: user.id, actorId: actor.id, scopes: everyScope, appId: null }
  const { token } = await createToken(ctx, identity)
  return {
    actor,
    viewer: { ...identity, role: 'owner' },
    acct: `${handle}@${ctx.config.handleHost}`,
    iri: ctx.uris.actor(handle),
    token,
    api: createWebClient(ctx.uris.publicUrl, { authorization: `Bearer ${token}` }),
    masto: createRestAPIClient({ url: ctx.uris.publicUrl, accessToken: token }),
  }
}

/** What waits for workers, by table. What failed and waits for its time does not count. */
async function settle(ctx: Ctx): Promise<void> {
  await eventually(
    async () => {
      const [waiting] = await ctx.db.$client<{ facts: number; incoming: number; pieces: number }[]>`
        select (select count(*)::int from effects where finished_at is null and parked_at is null and attempts = 0) as facts,
          (select count(*)::int from inbox_activities where processed_at is null and attempts = 0 and delays = 0) as incoming,
          (select count(*)::int from deliveries where finished_at is null) as pieces`
      const sum = waiting ? waiting.facts + waiting.incoming + waiting.pieces : Number.NaN
      if (sum !== 0) throw new Error(`work is left: ${JSON.stringify(waiting)}`)
    },
    // A job that was under way when its process was killed is done again after half a minute.
    { withinMs: 90_000, everyMs: 15 },
  )
}

/** A part of an instance in a process of its own. */
export type InstanceProcess = Readonly<{
  pid: number
  /** Ends it at once, as a power cut would (SIGKILL). */
  kill(): Promise<void>
  /** Ends it as an operator does (SIGTERM). */
  stop(): Promise<void>
}>

/** Starts `ROLE=worker` of an instance as an operator would, and waits until it runs. */
export const startWorkerProcess = (instance: Instance): Promise<InstanceProcess> =>
  startProcess({ ...instance.env, ROLE: 'worker' })

/** Starts `ROLE=all` of an instance that has neither web server nor workers here, and waits until it runs. */
export const startWholeProcess = (instance: Instance): Promise<InstanceProcess> =>
  startProcess({ ...instance.env, ROLE: 'all' })

/** A web process of an instance: another one at an address of its own, or at `port`, such as the instance's own. */
export async function startWebProcess(
  instance: Instance,
  port: string | undefined = undefined,
): Promise<InstanceProcess & { url: string }> {
  const address = port ?? String(await freePort())
  const running = await startProcess({ ...instance.env, ROLE: 'web', PORT: address })
  return { ...running, url: `http://127.0.0.1:${address}` }
}

async function startProcess(env: Readonly<Record<string, string>>): Promise<InstanceProcess> {
  const program = resolve(import.meta.dirname, '../../src/main.ts')
  const child = spawn(process.execPath, [program], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exit = once(child, 'exit')
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    await exit
  }
  const { pid } = await untilRunning(child).catch(async (error) => {
    if (child.exitCode === null && child.signalCode === null) await end('SIGKILL')
    throw error
  })
  return { pid, kill: () => end('SIGKILL'), stop: () => end('SIGTERM') }
}

async function untilRunning(child: ChildProcess): Promise<{ pid: number }> {
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  }
  const check = () => {
    if (!output.includes('is running')) throw new Error(`the process does not start:\n${output}`)
  }
  // Several of them start side by side on few cores; one that has ended is not waited for.
  await Promise.race([
    eventually(check, { withinMs: 60_000 }),
    once(child, 'exit').then(() => Promise.reject(new Error(`the process ended at once:\n${output}`))),
  ])
  if (child.pid === undefined) throw new Error('there is no process')
  return { pid: child.pid }
}
