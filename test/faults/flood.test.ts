import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { eventually } from '#test/support/eventually.ts'
import { ACTIVITY_JSON, PUBLIC } from '#test/support/stranger.ts'
import { report, whole } from './scale.ts'
import { set, useOpened } from './stage.ts'

const use = useOpened()

/** Loopback has more addresses than one: the flood comes from another than the honest sender. */
const attacker = '127.0.0.66'

describe('an inbox', { timeout: whole(240_000, 120_000) }, () => {
  it('that is flooded with bad signatures turns them away cheaply, and hears who is honest (fault F16)', async () => {
    const { instance, cast, web } = await set(use, { seconds: 1, perSecond: 2 })
    const { zoe } = cast
    const agent = new Agent({ keepAlive: true, maxSockets: 200 })
    const flood = { perSecond: whole(500, 150), seconds: whole(60, 6) }
    const statuses = new Map<number, number>()
    const body = JSON.stringify(zoe.activity('Create', zoe.note(), { to: [PUBLIC] }))
    const post = async () => {
      const status = await send(`${instance.url}/inbox`, { agent, body, keyId: zoe.keyId })
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }
    const end = performance.now() + flood.seconds * 1_000
    const [reads, honest]: [number[], number[]] = [[], []]
    const flooding = repeat(end, 1_000 / flood.perSecond, post)
    const reading = repeat(end, 100, async () => {
      reads.push(await timed(async () => expect((await fetch(`${instance.url}/about`)).status).toBe(200)))
    })
    const writing = repeat(end, 1_000, async () => {
      const note = zoe.note({ content: '<p>Honest</p>' })
      const activity = zoe.activity('Like', note)
      honest.push(await timed(async () => expect((await zoe.post(`${instance.url}/inbox`, activity)).status).toBe(202)))
    })
    await Promise.all([flooding, reading, writing])
    agent.destroy()
    const { $client: sql } = instance.ctx.db
    await eventually(async () => {
      const left = await sql`select 1 from inbox_activities where processed_at is null`
      expect(left).toHaveLength(0)
    })
    const rssMb = Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${web.pid()}/status`, 'utf8'))?.[1]) / 1024
    const figures = {
      ...flood,
      refused: statuses.get(401) ?? 0,
      turnedAway: (statuses.get(429) ?? 0) + (statuses.get(503) ?? 0),
      pageP95Ms: p95(reads),
      honestP95Ms: p95(honest),
      rssMb: Math.round(rssMb),
    }
    report('F16', 'an inbox is flooded', figures)
    expect([...statuses.keys()].filter((status) => ![401, 429, 503].includes(status))).toEqual([])
    expect(figures.turnedAway).toBeGreaterThan(figures.refused)
    expect(figures.pageP95Ms).toBeLessThan(500)
    expect(figures.honestP95Ms).toBeLessThan(20_000)
    expect(rssMb).toBeLessThan(600)
  })
})

async function repeat(end: number, everyMs: number, act: () => Promise<void>): Promise<void> {
  const begun: Promise<void>[] = []
  for (let next = performance.now(); next < end; next += everyMs) {
    begun.push(act())
    await pause(Math.max(0, next + everyMs - performance.now()))
  }
  await Promise.all(begun)
}

async function timed(work: () => Promise<void>): Promise<number> {
  const before = performance.now()
  await work()
  return Math.round(performance.now() - before)
}

const p95 = (all: readonly number[]) => all.toSorted((a, b) => a - b)[Math.floor(all.length * 0.95)] ?? Number.NaN

async function send(
  url: string,
  { agent, body, keyId }: { agent: Agent; body: string; keyId: string },
): Promise<number> {
  const { host } = new URL(url)
  const headers = {
    host,
    date: new Date().toUTCString(),
    'content-type': ACTIVITY_JSON,
    digest: `SHA-256=${'A'.repeat(43)}=`,
    signature: `keyId="${keyId}",algorithm="rsa-sha256",headers="(request-target) host date digest",signature="${'A'.repeat(344)}"`,
    'content-length': Buffer.byteLength(body),
  }
  const outgoing = httpRequest(url, { method: 'POST', agent, localAddress: attacker, headers })
  outgoing.end(body)
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage]
  answer.resume()
  await once(answer, 'end')
  return answer.statusCode ?? 0
}
