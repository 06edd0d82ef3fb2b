import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPost } from '#src/features/posts/create.ts'
import type { Json } from '#test/support/client.ts'
import { eventually } from '#test/support/eventually.ts'
import { make } from '#test/support/make.ts'
import { phoneJpeg } from '#test/support/pictures.ts'
import { findRedisServer, startRedis } from '#test/support/redis.ts'
import { type Recorded, type Stranger, startStranger } from '#test/support/stranger.ts'
import { type Instance, type Member, startInstance, startWorkerProcess } from '#test/support/two-servers.ts'

const hosts = 10
const inboxesPerHost = 50
const inboxes = hosts * inboxesPerHost

type Redis = Awaited<ReturnType<typeof startRedis>>

const backends = [
  { name: 'PostgreSQL', isMissing: false, open: async (): Promise<Redis> => null },
  { name: 'Redis', isMissing: findRedisServer() === null, open: startRedis },
]

describe.each(backends)('a worker that is killed, with its queues in $name', ({ isMissing, open }) => {
  let redis: Redis
  let instance: Instance
  let neighbour: Instance
  let elsewhere: Stranger[]
  let org: Member
  let rosa: Member

  beforeAll(async () => {
    if (isMissing) return
    redis = await open()
    const config = redis ? { redisUrl: redis.url } : {}
    ;[instance, neighbour, ...elsewhere] = await Promise.all([
      startInstance({ config, workers: 'none' }),
      startInstance(),
      ...Array.from({ length: hosts }, () => startStranger()),
    ])
    ;[org, rosa] = await Promise.all([
      instance.join('atelier', { type: 'Organization', isOpen: true }),
      neighbour.join('rosa'),
    ])
    for (const server of elsewhere) {
      // Slow enough to be killed in the middle.
      server.answer({ status: 202, delayMs: 25 })
      for (let n = 0; n < inboxesPerHost; n++) await addFollower(`${server.url}/people/p${n}`, server.host, `p${n}`)
    }
  })
  afterAll(async () => {
    if (isMissing) return
    await Promise.all([instance.close(), neighbour.close(), ...elsewhere.map((server) => server.close())])
    await redis?.stop()
  })

  /** Somebody with an inbox of their own, as on servers that have no shared one. */
  async function addFollower(iri: string, host: string, handle: string): Promise<void> {
    const inbox = `${iri}/inbox`
    const { id } = await make.remoteActor(instance.ctx, { iri, host, handle, inbox, sharedInbox: null })
    await make.follow(instance.ctx, { followerId: id, followeeId: org.actor.id })
  }

  const received = (): Recorded[] => elsewhere.flatMap(({ deliveries }) => deliveries)

  it.skipIf(isMissing)('loses no delivery of 500: what was under way comes again, the same to the byte', async () => {
    await followForReal()
    let kills = 0
    let worker = await startWorkerProcess(instance)
    try {
      await createPost(instance.ctx, org.viewer, { text: 'Fresh from the workshop', language: 'en' })
      for (const enough of [60, 250]) {
        await eventually(() => expect(received().length).toBeGreaterThan(enough), { withinMs: 60_000, everyMs: 1 })
        await worker.kill()
        kills++
        worker = await startWorkerProcess(instance)
      }
      await eventually(() => expect(paths().size).toBe(inboxes), { withinMs: 60_000, everyMs: 20 })
      await instance.settle()
    } finally {
      await worker.stop()
    }
    // At each kill two for each host may have been on their way, and as many answered but not yet written down.
    expect(received().length).toBeLessThanOrEqual(inboxes + kills * hosts * 4)
    expect(new Set(received().map(({ body }) => body.toString())).size).toBe(1)
    await showsOneEffect()
  })

  const paths = () => new Set(received().map(({ path, headers }) => `${headers.host}${path}`))

  /** A follower on a real server: what comes twice must be there once. */
  async function followForReal(): Promise<void> {
    const { body } = await rosa.api.get(`/api/v2/search?resolve=true&q=${encodeURIComponent(`@${org.acct}`)}`)
    const worker = await startWorkerProcess(instance)
    await rosa.api.post(`/api/v1/accounts/${body.accounts[0].id}/follow`, { notify: true })
    await eventually(async () => {
      const { body: relations } = await rosa.api.get(`/api/v1/accounts/relationships?id[]=${body.accounts[0].id}`)
      expect(relations[0]).toMatchObject({ following: true })
    })
    await worker.stop()
  }

  async function showsOneEffect(): Promise<void> {
    await neighbour.settle()
    const { body: home } = await rosa.api.get('/api/v1/timelines/home')
    expect(home.map(({ content }: Json) => content)).toEqual(['<p>Fresh from the workshop</p>'])
    const { body: told } = await rosa.api.get('/api/v1/notifications?types[]=status')
    expect(told).toHaveLength(1)
  }

  it.skipIf(isMissing)('loses no picture: each has all its sizes, and nothing half-done is left', async () => {
    const picture = await phoneJpeg({ width: 3000, height: 2000 })
    let worker = await startWorkerProcess(instance)
    const ids: string[] = []
    try {
      for (let n = 0; n < 12; n++) ids.push(await upload(picture, n))
      for (const enough of [1, 4]) {
        await eventually(async () => expect(await countReady(ids)).toBeGreaterThanOrEqual(enough), {
          withinMs: 60_000,
          everyMs: 2,
        })
        await worker.kill()
        worker = await startWorkerProcess(instance)
      }
      await eventually(async () => expect(await countReady(ids)).toBe(ids.length), { withinMs: 60_000, everyMs: 50 })
    } finally {
      await worker.stop()
    }
    await Promise.all(ids.map(isWhole))
    expect(await readdir(join(instance.ctx.config.dataDir, 'media', 'tmp'))).toEqual([])
    await eventually(async () => expect(await countMediaProcesses()).toBe(0))
  })

  async function upload(bytes: Buffer, n: number): Promise<string> {
    const form = new FormData()
    form.append('file', new Blob([new Uint8Array(bytes)]), `${n}.jpg`)
    const headers = { authorization: `Bearer ${org.token}` }
    const answer = await fetch(`${instance.url}/api/v2/media`, { method: 'POST', body: form, headers })
    expect([200, 202]).toContain(answer.status)
    return ((await answer.json()) as { id: string }).id
  }

  async function countReady(ids: readonly string[]): Promise<number> {
    const statuses = await Promise.all(ids.map(async (id) => (await org.api.get(`/api/v1/media/${id}`)).status))
    return statuses.filter((status) => status === 200).length
  }

  async function isWhole(id: string): Promise<void> {
    const { body } = await org.api.get(`/api/v1/media/${id}`)
    expect(body).toMatchObject({ blurhash: expect.any(String), meta: { original: { width: 1365, height: 2048 } } })
    for (const address of [body.url, body.preview_url]) {
      const answer = await fetch(address, { headers: { authorization: `Bearer ${org.token}` } })
      expect([answer.status, (await answer.arrayBuffer()).byteLength > 1_000]).toEqual([200, true])
    }
  }

  /** Processes of pictures that have outlived their worker. */
  async function countMediaProcesses(): Promise<number> {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
    const commands = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')))
    const orphans = commands.filter((stat) => / [A-Z] 1 /.test(stat)).map((stat) => stat.split(' ')[0])
    const lines = await Promise.all(orphans.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
    return lines.filter((line) => line.includes('workers/media/process.ts')).length
  }
})
