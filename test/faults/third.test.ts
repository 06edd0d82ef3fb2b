import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { siteOf } from '#src/core/site.ts'
import { leaseReceived, storeReceived } from '#src/db/inbox.ts'
import { listParked } from '#src/features/jobs/queries.ts'
import { requeueJobs } from '#src/features/jobs/service.ts'
import { findAccount } from '#test/support/befriend.ts'
import type { Json } from '#test/support/client.ts'
import { type Clock, createClock, DAY_MS } from '#test/support/clock.ts'
import { make } from '#test/support/make.ts'
import { PUBLIC, type Stranger, type StrangerActor, startStranger } from '#test/support/stranger.ts'
import { type Instance, type Member, startInstance } from '#test/support/two-servers.ts'
import { drainInbox } from '#workers/inbox.ts'
import { report } from './scale.ts'

/** Carol follows Rosa, who boosts what Zoe has said on a third server. */
let clock: Clock
let instance: Instance
let carol: Member
let near: Stranger
let third: Stranger
let rosa: StrangerActor
let zoe: StrangerActor

beforeEach(async () => {
  clock = createClock()
  ;[instance, near, third] = await Promise.all([
    startInstance({ now: clock.now, workers: 'none' }),
    startStranger({ now: clock.now }),
    startStranger({ now: clock.now }),
  ])
  carol = await instance.join('carol')
  rosa = await near.actor('rosa')
  zoe = await third.actor('zoe')
  const rosaId = await findAccount(carol, rosa.acct)
  await make.follow(instance.ctx, { followerId: carol.actor.id, followeeId: rosaId })
})
afterEach(() => Promise.all([instance.close(), near.close(), third.close()]))

const inbox = () => instance.ctx.uris.sharedInbox
const boost = async (note: Json) => {
  const activity = rosa.activity('Announce', note.id, { to: [PUBLIC], cc: [rosa.followers] })
  expect((await rosa.post(inbox(), activity)).status).toBe(202)
}
const boosts = async () => {
  const { body } = await carol.api.get('/api/v1/timelines/home')
  return body.flatMap(({ reblog }: Json) => reblog?.uri ?? [])
}
const rows = () => instance.ctx.db.$client`
  select attempts, delays, outcome, body, later_at, parked_at, processed_at from inbox_activities order by id`
const asked = (path: string) => third.gets.filter((get) => get.path === path).length

/** Lets time pass and works off what is due, again and again. */
async function live(times: number, ms: number): Promise<void> {
  for (let n = 0; n < times; n++) {
    clock.pass(ms)
    await drainInbox(instance.ctx)
  }
}

/** So many boosts of what is not there. */
async function flood(actor: StrangerActor, length: number): Promise<void> {
  const many = Array.from({ length }, (_, n) => {
    const activity = actor.activity('Announce', `${third.url}/none/${n}`, { to: [PUBLIC] })
    return {
      ...{ actorIri: actor.iri, activityKey: String(activity.id), authority: 'signature' as const },
      ...{ body: JSON.stringify(activity), signerIri: null, recipientId: null, synchronization: null },
    }
  })
  await storeReceived(instance.ctx.db, many)
}

/** Of the site of a server so many wait already, until tomorrow, in the name of an actor. */
async function putManyAside(actorIri: string, url: string): Promise<void> {
  const tomorrow = new Date(clock.now().getTime() + DAY_MS).toISOString()
  await instance.ctx.db.$client`insert into inbox_activities (actor_iri, activity_key, authority, site, body, later_at)
    select ${actorIri}, 'more ' || n, 'signature', ${siteOf(new URL(url).host)}, '{}', ${tomorrow}
    from generate_series(1, 2000) n`
}

describe('a third server that is needed and does not answer', () => {
  it('for a day: what waits for it is done when it is back, and is nobody’s fault (fault F20)', async () => {
    const note = zoe.note()
    const path = new URL(note.id).pathname
    third.serve(path, { status: 503 })
    await boost(note)
    await drainInbox(instance.ctx)
    await live(24, DAY_MS / 24)
    const requests = asked(path)
    expect(await rows()).toMatchObject([{ attempts: 0, parked_at: null, processed_at: null }])
    third.serve(path, { body: note })
    await live(8, DAY_MS / 24)
    expect(await boosts()).toEqual([note.id])
    report('F20', 'a server is down for a day from which a boosted post is to be fetched', { requests, boosts: 1 })
    expect(requests).toBeLessThan(20)
  })

  it('for longer than two days: what waits is given up with the reason, and is done when it is tried again (fault F20)', async () => {
    const note = zoe.note()
    third.serve(new URL(note.id).pathname, { status: 503 })
    await boost(note)
    await drainInbox(instance.ctx)
    await live(40, DAY_MS / 24)
    expect(await rows()).toMatchObject([{ processed_at: null }])
    await live(30, DAY_MS / 24)
    const [given] = await rows()
    expect(given).toMatchObject({ attempts: 1, outcome: expect.stringMatching(/^OutboundError: .*503/) })
    expect(JSON.parse(given?.body)).toMatchObject({ type: 'Announce', object: note.id })
    const shown = { after: null, limit: 10, kinds: ['activity'] } as const
    expect(await listParked(instance.ctx.db, shown)).toMatchObject([{ subject: rosa.iri, attempts: 19 }])
    third.serve(new URL(note.id).pathname, { body: note })
    expect(await requeueJobs(instance.ctx, { kind: 'activity', key: null }, null)).toBe(1)
    await drainInbox(instance.ctx)
    expect(await boosts()).toEqual([note.id])
  })

  it('is asked once a minute, however much waits for it, and what else comes is done (fault F20)', async () => {
    const notes = Array.from({ length: 40 }, () => zoe.note())
    for (const note of notes) {
      third.serve(new URL(note.id).pathname, { status: 503 })
      await boost(note)
      await drainInbox(instance.ctx)
    }
    const all = () => third.gets.filter(({ path }) => notes.some(({ id }) => id.endsWith(path))).length
    expect(all()).toBe(2)
    await live(3, 61_000)
    expect(all()).toBe(5)
    const own = rosa.note()
    await rosa.post(inbox(), rosa.activity('Create', own, { to: own.to, cc: own.cc }))
    await drainInbox(instance.ctx)
    const { body } = await carol.api.get('/api/v1/timelines/home')
    expect(body.map(({ uri }: Json) => uri)).toContain(own.id)
    for (const note of notes) third.serve(new URL(note.id).pathname, { body: note })
    await live(20, 61_000)
    expect([...(await boosts())].sort()).toEqual(
      notes
        .slice(-20)
        .map(({ id }) => id)
        .sort(),
    )
  })

  it('is asked by nobody so often that others may not, and what is too much waits, and had no delay (fault F20)', async () => {
    const evil = await startStranger({ now: clock.now })
    const mallory = await evil.actor('mallory')
    await make.follow(instance.ctx, { followerId: carol.actor.id, followeeId: await findAccount(carol, mallory.acct) })
    await flood(mallory, 260)
    await drainInbox(instance.ctx)
    const askedByMallory = () => third.gets.filter(({ path }) => path.startsWith('/none/')).length
    expect(askedByMallory()).toBe(250)
    const waiting = (await rows()).filter(({ processed_at }) => !processed_at)
    expect(waiting).toHaveLength(10)
    for (const row of waiting) expect(row).toMatchObject({ attempts: 0, delays: 0, parked_at: null })
    const note = zoe.note()
    await boost(note)
    await drainInbox(instance.ctx)
    expect(await boosts()).toEqual([note.id])
    await live(1, 73_000)
    expect(askedByMallory()).toBe(260)
    await evil.close()
  })

  it('is not taken before it is due, and what is more than two thousand of one site is tried within minutes (fault F20)', async () => {
    const { $client: sql } = instance.ctx.db
    const note = zoe.note()
    const tomorrow = new Date(clock.now().getTime() + DAY_MS).toISOString()
    third.serve(new URL(note.id).pathname, { status: 503 })
    await sql`insert into inbox_activities (actor_iri, activity_key, authority, site, body, later_at)
      select 'https://other.example/' || n, 'waits ' || n, 'signature', 'other.example', '{}', ${tomorrow}
      from generate_series(1, 20000) n`
    await putManyAside(rosa.iri, near.url)
    await sql`analyze inbox_activities`
    expect(await leaseReceived(instance.ctx.db, { now: clock.now(), leaseMs: 1_000, limit: 200 })).toEqual([])
    await boost(note)
    await drainInbox(instance.ctx)
    const last = async () => (await rows()).at(-1)
    expect(await last()).toMatchObject({ attempts: 1, delays: 0, later_at: expect.any(String), processed_at: null })
    third.serve(new URL(note.id).pathname, { body: note })
    await live(1, 7_000)
    expect(await last()).toMatchObject({ outcome: 'done' })
    expect(await boosts()).toEqual([note.id])
  })
  it('costs no attempt where our own bound is reached, and half an hour of that at the most where much waits (fault F20)', async () => {
    await putManyAside(rosa.iri, near.url)
    await flood(rosa, 251)
    await drainInbox(instance.ctx)
    const last = async () => (await rows()).at(-1)
    expect(await last()).toMatchObject({ attempts: 0, delays: 0, later_at: expect.any(String), parked_at: null })
    await flood(rosa, 1)
    await instance.ctx.db
      .$client`update inbox_activities set received_at = ${clock.now().toISOString()}::timestamptz - interval '31 min'
      where later_at is null and processed_at is null`
    await drainInbox(instance.ctx)
    expect(await last()).toMatchObject({
      outcome: expect.stringContaining('at present'),
      parked_at: expect.any(String),
    })
  })
})
