import { execFile } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { findMedia } from '#src/features/media/queries.ts'
import { storeUpload } from '#src/features/media/service.ts'
import { createPost } from '#src/features/posts/create.ts'
import type { Json } from '#test/support/client.ts'
import { eventually } from '#test/support/eventually.ts'
import { make } from '#test/support/make.ts'
import { phoneJpeg } from '#test/support/pictures.ts'
import { findRedisServer, startRedis } from '#test/support/redis.ts'
import { PUBLIC, type Recorded, type Stranger, type StrangerActor, startStranger } from '#test/support/stranger.ts'
import {
  type Instance,
  type InstanceOptions,
  type Member,
  startInstance,
  startWholeProcess,
  startWorkerProcess,
} from '#test/support/two-servers.ts'
import { startWorkers } from '#workers/main.ts'

const hasRedis = findRedisServer() !== null
const inPostgres: typeof startRedis = async () => null
const backends = hasRedis ? [inPostgres, startRedis] : [inPostgres]
const where = hasRedis ? 'in PostgreSQL and in Redis' : 'in PostgreSQL; in Redis it is skipped, since there is none'

/** Everything has to be as it should this long after the start that follows a kill. */
const withinMs = 60_000

/** With both backends side by side: most of the time passes in waiting for the locks of what was killed to run out. */
async function withEach(options: InstanceOptions, test: (scene: Scene) => Promise<void>): Promise<void> {
  const outcomes = await Promise.allSettled(backends.map((open) => withInstance(open, options, test)))
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
}

describe(`a process that is killed, with its queues ${where}`, { timeout: 300_000 }, () => {
  it('loses no delivery of 500: what was under way comes again, the same to the byte (row 93) (fault F1)', () =>
    withEach({ workers: 'none' }, killDeliveries))

  it('loses no picture: each has all its sizes, and nothing half-done is left', () =>
    withEach({ workers: 'none' }, killPictures))

  it('loses nothing that it had answered when it was all in one, and does nothing twice (fault F2)', () =>
    withEach({ workers: 'none', web: 'none' }, killEverything))
})

type Scene = Readonly<{ instance: Instance; org: Member; use<T extends { close(): Promise<void> }>(thing: T): T }>

/** An instance with an organisation, its queues in a store of its own; all that is used with it is closed afterwards. */
async function withInstance(
  open: typeof startRedis,
  options: InstanceOptions,
  test: (scene: Scene) => Promise<void>,
): Promise<void> {
  const redis = await open()
  const instance = await startInstance({ ...options, config: redis ? { redisUrl: redis.url } : {} })
  const used: { close(): Promise<void> }[] = [instance]
  const use: Scene['use'] = (thing) => {
    used.push(thing)
    return thing
  }
  try {
    await test({ instance, org: await instance.join('atelier', { type: 'Organization', isOpen: true }), use })
  } finally {
    for (const thing of used.reverse()) await thing.close()
    await redis?.stop()
  }
}

const hosts = 10
const inboxesPerHost = 50
const inboxes = hosts * inboxesPerHost

async function killDeliveries({ instance, org, use }: Scene): Promise<void> {
  const neighbour = use(await startInstance())
  const rosa = await neighbour.join('rosa')
  await followForReal(instance, org, rosa)
  const crowd = await gatherCrowd({ instance, org, use })
  const kills = [150, 180]

  const before = await countFrom(neighbour, org.iri)
  await createPost(instance.ctx, org.viewer, { text: 'Fresh from the workshop', language: 'en' })
  const release = use(await lockTable(neighbour, 'inbox_activities'))
  const cutOff: string[] = []
  for (const [n, more] of kills.entries()) {
    crowd.holdAfter(crowd.received().length + more)
    const worker = await startWorkerProcess(instance)
    try {
      await eventually(() => expect(crowd.held().length).toBeGreaterThanOrEqual(hosts), { withinMs, everyMs: 2 })
      if (n === 0) await eventually(() => waitsForLock(neighbour), { withinMs: 5_000, everyMs: 2 })
    } finally {
      await worker.kill()
    }
    cutOff.push(...crowd.held())
    if (n === 0) await release.close()
    expect(crowd.inboxesReached()).toBeLessThan(inboxes)
  }
  // What had come in full before the kill is there, and nobody but the receiver knows it.
  await eventually(async () => expect(await countFrom(neighbour, org.iri)).toBe(before + 1))

  crowd.holdAfter(Number.POSITIVE_INFINITY)
  // Killed once more before the locks of the last one have run out.
  await (await startWorkerProcess(instance)).kill()
  const restartedAt = performance.now()
  const worker = await startWorkerProcess(instance)
  try {
    await eventually(() => expect(crowd.inboxesReached()).toBe(inboxes), { withinMs, everyMs: 20 })
    await instance.settle()
    expect(performance.now() - restartedAt).toBeLessThan(withinMs)
  } finally {
    await worker.stop()
  }
  sawAllOfIt(crowd, cutOff, kills.length)
  expect(crowd.received()[0]?.json).toMatchObject({
    type: 'Create',
    object: { content: '<p>Fresh from the workshop</p>' },
  })
  expect(await countRetries(instance)).toBe(0)
  await showsOneEffect(neighbour, rosa, org)
}

type Crowd = Readonly<{
  received(): Recorded[]
  /** How many inboxes have got something. */
  inboxesReached(): number
  /** How often each inbox was posted to. */
  times(): Map<string, number>
  /** From this request on none is answered; those that were not answered before are forgotten. */
  holdAfter(total: number): void
  /** The inboxes whose request is not answered. */
  held(): string[]
}>

/** Five hundred followers with an inbox each, as on servers that have no shared one. */
async function gatherCrowd({ instance, org, use }: Scene): Promise<Crowd> {
  const servers: Stranger[] = []
  let holdFrom = Number.POSITIVE_INFINITY
  let held: string[] = []
  const received = () => servers.flatMap(({ deliveries }) => deliveries)
  const answer = (delivery: Recorded) => {
    if (received().length < holdFrom) return { status: 202, delayMs: 5 }
    held.push(inboxOf(delivery))
    return { delayMs: Number.POSITIVE_INFINITY }
  }
  for (let n = 0; n < hosts; n++) {
    const server = use(await startStranger())
    server.answer(answer)
    servers.push(server)
    for (let i = 0; i < inboxesPerHost; i++) {
      await addFollower({ instance, org }, { host: server.host, handle: `p${i}`, iri: `${server.url}/people/p${i}` })
    }
  }
  const times = () => new Map([...Map.groupBy(received(), inboxOf)].map(([inbox, list]) => [inbox, list.length]))
  const holdAfter = (total: number) => {
    holdFrom = total
    held = []
  }
  return { received, times, holdAfter, inboxesReached: () => times().size, held: () => [...held] }
}

const inboxOf = ({ path, headers }: Recorded) => `${headers.host}${path}`

async function addFollower(
  { instance, org }: Pick<Scene, 'instance' | 'org'>,
  who: { iri: string; host: string; handle: string },
): Promise<string> {
  const { id } = await make.remoteActor(instance.ctx, { ...who, inbox: `${who.iri}/inbox`, sharedInbox: null })
  await make.follow(instance.ctx, { followerId: id, followeeId: org.actor.id })
  return id
}

/** What was cut off came again, the same to the byte; besides, at the most what was answered and not yet written down. */
function sawAllOfIt(crowd: Crowd, cutOff: readonly string[], kills: number): void {
  const times = crowd.times()
  expect(times.size).toBe(inboxes)
  expect(cutOff.length).toBeGreaterThanOrEqual(hosts * kills)
  for (const inbox of cutOff) expect([inbox, (times.get(inbox) ?? 0) > 1]).toEqual([inbox, true])
  expect(Math.max(...times.values())).toBeLessThanOrEqual(1 + kills)
  // Two for each host may have been on their way at a kill, and as many answered but not yet written down.
  expect(crowd.received().length).toBeLessThanOrEqual(inboxes + kills * hosts * 4)
  expect(new Set(crowd.received().map(({ body }) => body.toString())).size).toBe(1)
}

/** A follower on a real server: what comes twice must be there once. */
async function followForReal(instance: Instance, org: Member, rosa: Member): Promise<void> {
  const { body } = await rosa.api.get(`/api/v2/search?resolve=true&q=${encodeURIComponent(`@${org.acct}`)}`)
  const workers = await startWorkers(instance.ctx)
  await rosa.api.post(`/api/v1/accounts/${body.accounts[0].id}/follow`, { notify: true })
  await eventually(async () => {
    const { body: relations } = await rosa.api.get(`/api/v1/accounts/relationships?id[]=${body.accounts[0].id}`)
    expect(relations[0]).toMatchObject({ following: true })
  })
  await instance.settle()
  await workers.close()
}

/** Keeps everybody from writing to a table until closed, so that a kill meets who is about to. */
async function lockTable({ ctx }: Instance, table: 'inbox_activities' | 'posts'): Promise<{ close(): Promise<void> }> {
  const { promise: wish, resolve: release } = Promise.withResolvers<void>()
  const { promise: isLocked, resolve: locked } = Promise.withResolvers<void>()
  const ended = ctx.db.$client.begin(async (sql) => {
    await sql`lock table ${sql(table)} in exclusive mode`
    locked()
    await wish
  })
  await Promise.race([isLocked, ended])
  return {
    close: async () => {
      release()
      await ended
    },
  }
}

async function waitsForLock({ ctx }: Instance): Promise<void> {
  const waiting = await ctx.db.$client`
    select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
      and query like '%insert into inbox_activities%'`
  expect(waiting).toHaveLength(1)
}

async function countFrom({ ctx }: Instance, actorIri: string): Promise<number> {
  return (await ctx.db.$client`select 1 from inbox_activities where actor_iri = ${actorIri}`).length
}

async function countRetries({ ctx }: Instance): Promise<number> {
  return (await ctx.db.$client`select 1 from delivery_retries`).length
}

async function showsOneEffect(neighbour: Instance, rosa: Member, org: Member): Promise<void> {
  await neighbour.settle()
  const { body: home } = await rosa.api.get('/api/v1/timelines/home')
  expect(home.map(({ content }: Json) => content)).toEqual(['<p>Fresh from the workshop</p>'])
  const { body: told } = await rosa.api.get('/api/v1/notifications?types[]=status')
  expect(told.map(({ account }: Json) => account.acct)).toEqual([org.acct])
}

const pictures = 8

async function killPictures({ instance, org }: Scene): Promise<void> {
  const picture = await phoneJpeg({ width: 3000, height: 2000 })
  const upload = () => storeUpload(instance.ctx, org.viewer, { stream: Readable.from([picture]) })
  const rows = await Promise.all(Array.from({ length: pictures }, upload))
  const ids = rows.map(({ id }) => id)
  for (const enough of [0, 2]) {
    const worker = await startWorkerProcess(instance)
    let decoders: number[] = []
    try {
      await eventually(
        async () => {
          expect(await countReady(instance, ids)).toBeGreaterThanOrEqual(enough)
          // What is there once a decoder has begun is that it has something to clear up.
          expect((await listTemporary(instance)).length).toBeGreaterThan(0)
          decoders = await childrenOf(worker.pid)
          expect(decoders.length).toBeGreaterThan(0)
        },
        { withinMs, everyMs: 2 },
      )
    } finally {
      await worker.kill()
    }
    expect(await countReady(instance, ids)).toBeLessThan(pictures)
    expect(await listTemporary(instance)).not.toEqual([])
    await eventually(async () => expect(await livingOf(decoders)).toEqual([]), { withinMs: 10_000 })
  }
  const restartedAt = performance.now()
  const worker = await startWorkerProcess(instance)
  try {
    await eventually(async () => expect(await countReady(instance, ids)).toBe(pictures), { withinMs, everyMs: 50 })
    expect(performance.now() - restartedAt).toBeLessThan(withinMs)
  } finally {
    await worker.stop()
  }
  for (const id of ids) await isWhole(org, id)
  await holdsOnlySizes(instance, ids)
}

const isReady = async ({ ctx }: Instance, id: string) => (await findMedia(ctx.db, id))?.state === 'ready'

async function countReady(instance: Instance, ids: readonly string[]): Promise<number> {
  const states = await Promise.all(ids.map((id) => isReady(instance, id)))
  return states.filter(Boolean).length
}

const listTemporary = ({ ctx }: Instance) => readdir(join(ctx.config.dataDir, 'media', 'tmp'))

/** The processes that a process has started. */
async function childrenOf(parent: number): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid='])
  const pairs = stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number))
  return pairs.flatMap(([pid, ppid]) => (pid !== undefined && ppid === parent ? [pid] : []))
}

/** Those of some processes that still do something. One that has ended and was not yet fetched by its parent does nothing. */
async function livingOf(pids: readonly number[]): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,stat='])
  const states = new Map(stdout.split('\n').map((line) => line.trim().split(/\s+/) as [string, string]))
  return pids.filter((pid) => states.get(String(pid))?.startsWith('Z') === false)
}

async function isWhole(org: Member, id: string): Promise<void> {
  const { body } = await org.api.get(`/api/v1/media/${id}`)
  expect(body).toMatchObject({ blurhash: expect.any(String), meta: { original: { width: 1365, height: 2048 } } })
  for (const address of [body.url, body.preview_url]) {
    const answer = await fetch(address, { headers: { authorization: `Bearer ${org.token}` } })
    expect(answer.status).toBe(200)
    expect((await sharp(Buffer.from(await answer.arrayBuffer())).metadata()).format).toMatch(/jpeg|webp/)
  }
}

/** Each size is in the storage to its last byte, and nothing else is: no upload, no half, no file of nobody. */
async function holdsOnlySizes(instance: Instance, ids: readonly string[]): Promise<void> {
  const { ctx } = instance
  const wanted: string[] = []
  for (const id of ids) {
    const row = await findMedia(ctx.db, id)
    for (const { file, bytes } of row?.variants ?? []) {
      wanted.push(`${row?.key}/${file}`)
      const stored = await ctx.storage.open(`${row?.key}/${file}`)
      stored?.stream.destroy()
      expect(stored?.size).toBe(bytes)
    }
  }
  const entries = await readdir(join(ctx.config.dataDir, 'media'), { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  expect(files.map((path) => path.split('/').slice(-2).join('/')).sort()).toEqual(wanted.sort())
  expect(await listTemporary(instance)).toEqual([])
}

const notes = 30
const posts = 8

async function killEverything({ instance, org, use }: Scene): Promise<void> {
  const elsewhere = use(await startStranger())
  const zoe = await elsewhere.actor('zoe')
  // They follow each other: of what strangers write, ten an hour are told.
  const zoeId = await addFollower({ instance, org }, { iri: zoe.iri, host: elsewhere.host, handle: 'zoe' })
  await make.follow(instance.ctx, { followerId: org.actor.id, followeeId: zoeId })
  const letters = Array.from({ length: notes }, (_, n) => toLetter(org, zoe, n))
  const kit = { answered: 0, uploads: [] as string[] }
  const work = () => [
    inTurn(notes, (n) => send(instance, zoe, letters[n]), kit),
    inTurn(posts, (n) => publish(org, n), kit),
    inTurn(3, () => uploadTo(org, kit.uploads), kit),
  ]
  let running = await startWholeProcess(instance)
  const lock = use(await lockTable(instance, 'posts'))
  const all = Promise.all(work())
  // It is awaited below; until then a failure in it must not be an unhandled rejection.
  all.catch(() => {})
  try {
    for (const enough of [8, 20]) {
      await eventually(() => expect(kit.answered).toBeGreaterThanOrEqual(enough), { withinMs, everyMs: 1 })
      if (enough === 8) await eventually(async () => expect(await countTaken(instance)).toBeGreaterThan(0))
      await running.kill()
      await lock.close()
      expect(kit.answered).toBeLessThan(notes + posts + 3)
      running = await startWholeProcess(instance)
    }
    const restartedAt = performance.now()
    await all
    await instance.settle()
    await eventually(async () => expect(await countReady(instance, kit.uploads)).toBe(kit.uploads.length), { withinMs })
    expect(performance.now() - restartedAt).toBeLessThan(withinMs)
    await showsEachOnce(org, elsewhere)
  } finally {
    await running.stop()
  }
}

/** Activities that a worker has taken and not worked off. */
async function countTaken({ ctx }: Instance): Promise<number> {
  return (await ctx.db.$client`select 1 from inbox_activities where processed_at is null and retry_at is not null`)
    .length
}

/** Does something several times in a row, each until it is answered, as clients and servers try again. */
async function inTurn(times: number, act: (n: number) => Promise<void>, kit: { answered: number }): Promise<void> {
  for (let n = 0; n < times; n++) {
    await eventually(() => act(n), { withinMs, everyMs: 50 })
    kit.answered++
  }
}

/** A post that names the organisation, under an id that stays the same however often it is sent. */
function toLetter(org: Member, zoe: StrangerActor, n: number): Json {
  const tag = [{ type: 'Mention', href: org.iri, name: `@${org.acct}` }]
  const note = zoe.note({ content: `<p>Letter ${n}</p>`, to: [PUBLIC], cc: [org.iri], tag })
  return zoe.activity('Create', note, { to: note.to, cc: note.cc })
}

async function send({ url }: Instance, zoe: StrangerActor, letter: Json): Promise<void> {
  expect((await zoe.post(`${url}/inbox`, letter)).status).toBe(202)
}

async function publish(org: Member, n: number): Promise<void> {
  const { status } = await org.api.post('/api/v1/statuses', { status: `News ${n}` }, { 'idempotency-key': `news-${n}` })
  expect(status).toBe(200)
}

async function uploadTo(org: Member, uploads: string[]): Promise<void> {
  const form = new FormData()
  form.append('file', new Blob([new Uint8Array(await phoneJpeg({ width: 1800, height: 1200 }))]), 'workshop.jpg')
  const headers = { authorization: `Bearer ${org.token}` }
  const answer = await fetch(`${new URL(org.iri).origin}/api/v2/media`, { method: 'POST', body: form, headers })
  expect([200, 202]).toContain(answer.status)
  uploads.push(((await answer.json()) as { id: string }).id)
}

async function showsEachOnce(org: Member, elsewhere: Stranger): Promise<void> {
  const { body: told } = await org.api.get('/api/v1/notifications?types[]=mention&limit=40')
  const letters = Array.from({ length: notes }, (_, n) => `<p>Letter ${n}</p>`)
  expect(told.map(({ status }: Json) => status.content).sort()).toEqual(letters.sort())
  const { body: own } = await org.api.get(`/api/v1/accounts/${org.actor.id}/statuses?limit=40`)
  const news = Array.from({ length: posts }, (_, n) => `<p>News ${n}</p>`)
  expect(own.map(({ content }: Json) => content).sort()).toEqual(news)
  const sent = Map.groupBy(elsewhere.deliveries, ({ json }) => json.id as string)
  expect([...sent.values()].map(([first]) => first?.json.object.content).sort()).toEqual(news)
  for (const same of sent.values()) expect(new Set(same.map(({ body }) => body.toString())).size).toBe(1)
}
