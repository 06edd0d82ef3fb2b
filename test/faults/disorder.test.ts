import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createGroup } from '#src/features/groups/service.ts'
import { letFollow } from '#test/support/befriend.ts'
import type { Json } from '#test/support/client.ts'
import { type Clock, createClock } from '#test/support/clock.ts'
import { eventually } from '#test/support/eventually.ts'
import { PUBLIC, type Stranger, type StrangerActor, startStranger } from '#test/support/stranger.ts'
import { type Instance, type Member, startInstance } from '#test/support/two-servers.ts'
import { drainInbox } from '#workers/inbox.ts'
import { report } from './scale.ts'

let clock: Clock
let instance: Instance
let elsewhere: Stranger
let org: Member
let zoe: StrangerActor

beforeAll(async () => {
  clock = createClock()
  ;[instance, elsewhere] = await Promise.all([startInstance({ now: clock.now }), startStranger({ now: clock.now })])
  org = await instance.join('atelier', { type: 'Organization', isOpen: true })
  zoe = await elsewhere.actor('zoe')
  await letFollow(org, elsewhere, zoe)
})
afterAll(() => Promise.all([instance.close(), elsewhere.close()]))

const inbox = () => `${instance.url}/inbox`
const tell = async (activity: Json) => expect((await zoe.post(inbox(), activity)).status).toBe(202)

async function home(): Promise<string[]> {
  await instance.settle()
  const { body } = await org.api.get('/api/v1/timelines/home')
  return body.map(({ content }: Json) => content)
}

const create = (note: Json) => zoe.activity('Create', note, { to: note.to, cc: note.cc })

describe('what comes', () => {
  it('twenty times at once, by both inboxes, has one effect (fault F14)', async () => {
    const tag = [{ type: 'Mention', href: org.iri, name: `@${org.acct}` }]
    const note = zoe.note({ content: '<p>Once</p>', cc: [org.iri], tag })
    const activity = create(note)
    const copies = Array.from({ length: 20 }, (_, n) => zoe.post(n % 2 ? inbox() : `${org.iri}/inbox`, activity))
    for (const { status } of await Promise.all(copies)) expect(status).toBe(202)
    expect((await home()).filter((content) => content === '<p>Once</p>')).toHaveLength(1)
    const { body: told } = await org.api.get('/api/v1/notifications?types[]=mention')
    expect(told).toHaveLength(1)
  })

  it('as a Delete before its Create never comes to life (fault F14)', async () => {
    const note = zoe.note({ content: '<p>Never</p>' })
    elsewhere.serve(note.id, { status: 410 })
    await tell(zoe.activity('Delete', { id: note.id, type: 'Tombstone' }, { to: [PUBLIC] }))
    await instance.settle()
    await tell(create(note))
    expect(await home()).not.toContain('<p>Never</p>')
  })

  it('as Updates in any order ends with the newest (fault F14)', async () => {
    const note = zoe.note({ content: '<p>Version 0</p>' })
    await tell(create(note))
    await instance.settle()
    const base = clock.now().getTime()
    clock.pass(600_000)
    const at = (minutes: number) => new Date(base + minutes * 60_000).toISOString()
    for (const n of [2, 3, 1]) {
      const edited = { ...note, content: `<p>Version ${n}</p>`, updated: at(n) }
      await tell(zoe.activity('Update', edited, { to: note.to, cc: note.cc }))
      await instance.settle()
    }
    expect((await home()).filter((content) => content.startsWith('<p>Version'))).toEqual(['<p>Version 3</p>'])
  })

  it('as an Undo before its Like stays undone (fault F14)', async () => {
    const { body: post } = await org.api.post('/api/v1/statuses', { status: 'Do you like this?' })
    const like = zoe.activity('Like', post.uri)
    await tell(zoe.activity('Undo', like))
    await instance.settle()
    await tell(like)
    await instance.settle()
    const { body } = await org.api.get(`/api/v1/statuses/${post.id}`)
    expect(body.favourites_count).toBe(0)
  })
})

describe('what can never be worked off', () => {
  it('is parked with its reason after five attempts and nine minutes, and holds up nobody (fault F15)', async () => {
    const { $client: sql } = instance.ctx.db
    await sql`insert into inbox_activities (actor_iri, activity_key, authority, body)
      values (${zoe.iri}, ${`${elsewhere.url}/poison`}, 'signature', '{ this is no JSON')`
    const poison = async () =>
      (
        await sql`select attempts, outcome, body from inbox_activities where activity_key = ${`${elsewhere.url}/poison`}`
      )[0]
    const beganAt = clock.now().getTime()
    for (let attempts = 1; attempts <= 5; attempts++) {
      await drainInbox(instance.ctx)
      expect(await poison()).toMatchObject({ attempts })
      await tell(create(zoe.note({ content: `<p>Beside it ${attempts}</p>` })))
      expect(await home()).toContain(`<p>Beside it ${attempts}</p>`)
      clock.pass(1_500 * 4 ** attempts + 1_000)
    }
    const parkedAfterMs = clock.now().getTime() - beganAt
    expect(await poison()).toMatchObject({
      outcome: expect.stringMatching(/^SyntaxError: .*JSON/),
      body: '{ this is no JSON',
    })
    report('F15', 'an activity that cannot be read', { attempts: 5, lastAttemptAfterS: 511 })
    expect(parkedAfterMs).toBeGreaterThan(500_000)
    await drainInbox(instance.ctx)
    expect(await poison()).toMatchObject({ attempts: 5 })
  })

  it('is given up where a hundred of its server are parked, and takes no room (fault F15)', async () => {
    const { $client: sql } = instance.ctx.db
    await sql`insert into inbox_activities (actor_iri, activity_key, authority, site, body, processed_at, parked_at)
      select 'https://a' || n || '.greedy.example/', 'greedy ' || n, 'signature', 'greedy.example', '{', now(), now() from generate_series(1, 100) n`
    await sql`insert into inbox_activities (actor_iri, activity_key, authority, site, body, attempts) values
      ('https://b.greedy.example/', 'greedy 101', 'signature', 'greedy.example', '{', 4),
      ('https://modest.example/1', 'modest', 'signature', 'modest.example', '{', 4)`
    await drainInbox(instance.ctx)
    const rows = await sql`select outcome, body, parked_at is not null as parked from inbox_activities
      where activity_key in ('greedy 101', 'modest') order by activity_key`
    expect(rows).toMatchObject([
      { outcome: expect.stringMatching(/^given up: SyntaxError/), body: '', parked: false },
      { outcome: expect.stringMatching(/^SyntaxError/), body: '{', parked: true },
    ])
  })

  it('is not an answer of ours that waits until what it answers has its place: that goes as late as it takes (fault F15)', async () => {
    const { ctx } = instance
    const { $client: sql } = ctx.db
    await createGroup(ctx, org.viewer, { handle: 'hub', name: 'Hub' })
    const { body: post } = await org.api.post('/api/v1/statuses', { status: 'Which glue?' })
    await instance.settle()
    // It was handed to its queue, which has not come to it.
    await sql`update effects set finished_at = null, dispatched_at = now() + interval '1 day'
      where type = 'post.created' and payload->>'postId' = ${post.id}`
    const { body } = await org.api.post('/api/v1/statuses', { status: 'The white one', in_reply_to_id: post.id })
    const fact = async () =>
      (
        await sql`select parked_at, finished_at, dispatched_at from effects
          where type = 'post.created' and payload->>'postId' = ${body.id}`
      )[0]
    // Five attempts take less.
    await wait(25_000)
    expect(await fact()).toMatchObject({ parked_at: null, finished_at: null })
    await sql`update effects set finished_at = now() where type = 'post.created' and payload->>'postId' = ${post.id}`
    await sql`update effects set dispatched_at = ${new Date(clock.now().getTime() - 60_000).toISOString()}
      where type = 'post.created' and payload->>'postId' = ${body.id}`
    await eventually(async () => expect((await fact())?.finished_at).not.toBeNull(), { withinMs: 30_000 })
  }, 90_000)

  it('as a fact of ours is parked too, and facts after it are worked off (fault F15)', async () => {
    const { $client: sql } = instance.ctx.db
    await sql`insert into effects (type, payload, is_local) values ('follow.requested', '{"followId": "no number"}', true)`
    const poison = async () =>
      (await sql`select attempts, parked_at, last_error from effects where payload->>'followId' = 'no number'`)[0]
    for (let n = 0; n < 8 && !(await poison())?.parked_at; n++) {
      const before = (await poison())?.attempts
      const { body: post } = await org.api.post('/api/v1/statuses', { status: `Meanwhile ${n}` })
      await eventually(async () => expect((await poison())?.attempts).toBeGreaterThan(n === 0 ? 0 : before))
      expect((await org.api.get(`/api/v1/statuses/${post.id}`)).status).toBe(200)
      clock.pass(600_000)
    }
    expect(await poison()).toMatchObject({ attempts: 5, last_error: expect.stringContaining('Failed query') })
    await instance.settle()
  })
})
