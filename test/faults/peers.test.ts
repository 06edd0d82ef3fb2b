import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { createHostHealth } from '#federation/delivery/health.ts'
import { createLimiter } from '#federation/delivery/limiter.ts'
import type { Lane } from '#federation/delivery/piece.ts'
import { deliverDue } from '#federation/delivery/retries.ts'
import { createSigners } from '#federation/delivery/signer.ts'
import { createClock, DAY_MS } from '#test/support/clock.ts'
import { eventually } from '#test/support/eventually.ts'
import { make } from '#test/support/make.ts'
import { type Stranger, startStranger } from '#test/support/stranger.ts'
import { type Instance, type Member, startInstance, startWorkerProcess } from '#test/support/two-servers.ts'
import { report, whole } from './scale.ts'
import { keep, useOpened } from './stage.ts'

const use = useOpened()

async function follow(instance: Instance, org: Member, server: Stranger, name: string): Promise<void> {
  const iri = `${server.url}/people/${name}`
  const inbox = `${iri}/inbox`
  const { id } = await make.remoteActor(instance.ctx, {
    iri,
    host: server.host,
    handle: name,
    inbox,
    sharedInbox: null,
  })
  await make.follow(instance.ctx, { followerId: id, followeeId: org.actor.id })
}

async function publish(org: Member, text: string): Promise<void> {
  expect((await org.api.post('/api/v1/statuses', { status: text })).status).toBe(200)
}

const saidAt = (server: Stranger) => server.deliveries.map(({ json }) => json.object.content as string)

describe('a server elsewhere', { timeout: whole(600_000, 120_000) }, () => {
  it('that is down for a week gets everything then, oldest first, after few attempts (fault F11)', async () => {
    const clock = createClock()
    const instance = use(await startInstance({ now: clock.now }))
    const [down, healthy] = [use(await startStranger()), use(await startStranger())]
    const org = await instance.join('atelier', { type: 'Organization', isOpen: true })
    await follow(instance, org, down, 'rosa')
    await follow(instance, org, healthy, 'emil')
    const { ctx } = instance
    const lane: Lane = {
      ctx,
      limiter: createLimiter(),
      health: createHostHealth(ctx.db, ctx.now),
      signers: createSigners(ctx),
    }
    const drain = async () => {
      while ((await deliverDue(lane)) > 0);
    }
    down.answer({ status: 500 })
    const texts: string[] = []
    for (let halfDay = 0; halfDay < 14; halfDay++) {
      texts.push(`<p>Half day ${halfDay}</p>`)
      await publish(org, `Half day ${halfDay}`)
      await instance.settle()
      expect(saidAt(healthy).at(-1)).toBe(texts.at(-1))
      clock.pass(DAY_MS / 2)
      await drain()
    }
    const attempts = [...Map.groupBy(down.deliveries, ({ json }) => json.id).values()].map((list) => list.length)
    const whileDown = down.deliveries.length
    down.answer({ status: 202 })
    const backAt = performance.now()
    // What waits is due within twelve hours and a fifth.
    clock.pass(0.6 * DAY_MS)
    await drain()
    const took = Math.round(performance.now() - backAt)
    const arrived = saidAt(down).slice(whileDown)
    report('F11', 'a server is down for a week', {
      posts: texts.length,
      mostAttempts: Math.max(...attempts),
      tookMs: took,
    })
    expect(arrived).toEqual(texts)
    expect(Math.max(...attempts)).toBeLessThanOrEqual(30)
    expect(saidAt(healthy)).toEqual(texts)
  })

  it('that hangs holds up nobody else and takes few connections (fault F12)', async () => {
    const instance = use(await startInstance({ workers: 'none' }))
    const healthy = use(await startStranger())
    const hanging = await Promise.all(Array.from({ length: 5 }, async () => use(await startStranger())))
    const org = await instance.join('atelier', { type: 'Organization', isOpen: true })
    for (const server of hanging) {
      server.answer({ delayMs: Number.POSITIVE_INFINITY })
      for (let n = 0; n < 10; n++) await follow(instance, org, server, `p${n}`)
    }
    for (let n = 0; n < 20; n++) await follow(instance, org, healthy, `p${n}`)
    const worker = keep(use, () => startWorkerProcess(instance))
    await worker.start()
    const rssBefore = await rssMb(worker.pid())
    const waits: number[] = []
    const posts = whole(20, 6)
    for (let n = 0; n < posts; n++) {
      const before = performance.now()
      await publish(org, `News ${n}`)
      await eventually(() => expect(healthy.deliveries.length).toBe(20 * (n + 1)), { withinMs: 30_000 })
      const own = healthy.deliveries.slice(20 * n).map(({ at }) => at - before)
      waits.push(...own)
    }
    const p95Ms = Math.round(waits.sort((a, b) => a - b)[Math.floor(waits.length * 0.95)] ?? 0)
    const openAtOnce = Math.max(...hanging.map(mostAtOnce))
    const grownMb = Math.round((await rssMb(worker.pid())) - rssBefore)
    report('F12', 'fifty inboxes hang', { posts, p95Ms, openAtOnce, grownMb })
    expect(p95Ms).toBeLessThan(5_000)
    expect(openAtOnce).toBeLessThanOrEqual(5)
    expect(grownMb).toBeLessThan(100)
  })
})

/** A request is given up after ten seconds: so many that begin within nine are open at once. */
function mostAtOnce({ deliveries }: Stranger): number {
  const starts = deliveries.map(({ at }) => at)
  return Math.max(0, ...starts.map((start) => starts.filter((other) => other >= start && other < start + 9_000).length))
}

async function rssMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024
}
