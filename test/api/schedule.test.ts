import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { media } from '#src/db/schema/media.ts'
import { posts } from '#src/db/schema/posts.ts'
import { scheduledPosts } from '#src/db/schema/schedule.ts'
import { listDisposable } from '#src/features/media/queries.ts'
import { createPost } from '#src/features/posts/create.ts'
import { failureMail } from '#src/features/schedule/mail.ts'
import { publishDue } from '#src/features/schedule/publish.ts'
import { ErrorBody, ScheduledStatus, Status } from '#test/contract/schemas.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { type Client, createClient, idsOf, type Json } from '#test/support/client.ts'
import { DAY_MS } from '#test/support/clock.ts'
import { takeFacts } from '#test/support/facts.ts'
import { make, uniqueName } from '#test/support/make.ts'

let test: TestApp
beforeAll(async () => {
  test = await createTestApp()
})
afterAll(() => test.close())
beforeEach(async () => {
  await test.ctx.db.delete(scheduledPosts)
  await takeFacts(test.ctx)
})

async function somebody(scopes?: string[]) {
  const handle = uniqueName('planner')
  const { actorId, headers, viewer, userId } = await test.signIn(handle, scopes)
  return { client: createClient(test.app, headers), actorId, viewer, userId, handle }
}

const minute = 60_000
const ahead = (ms: number) => new Date(test.clock.now().getTime() + ms).toISOString()
const anybody = () => createClient(test.app)

async function plan(client: Client, more: object = {}, headers: Record<string, string> = {}): Promise<Json> {
  const body = { status: 'Later', scheduled_at: ahead(10 * minute), ...more }
  const answer = await client.post('/api/v1/statuses', body, headers)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return answer.body
}

const planned = async (client: Client) => (await client.get('/api/v1/scheduled_statuses')).body
const postsOf = ({ actorId }: { actorId: string }) => test.ctx.db.select().from(posts).where(eq(posts.actorId, actorId))

async function publishAfter(ms: number) {
  test.clock.pass(ms)
  await publishDue(test.ctx)
}

describe('a post with a time', () => {
  it('waits with all that was said, and is published then', async () => {
    const me = await somebody()
    const pictures = [await make.picture(test.ctx, me), await make.picture(test.ctx, me)].map(({ id }) => id)
    const parent = (await me.client.post('/api/v1/statuses', { status: 'Before' })).body
    const said = {
      status: 'All of it #later',
      spoiler_text: 'warning',
      visibility: 'unlisted',
      language: 'fr',
      in_reply_to_id: parent.id,
      media_ids: pictures,
    }
    const at = ahead(10 * minute)
    const waiting = ScheduledStatus.parse(await plan(me.client, { ...said, scheduled_at: at }))
    expect(waiting).toMatchObject({
      scheduled_at: at,
      params: {
        text: said.status,
        spoiler_text: 'warning',
        sensitive: true,
        visibility: 'unlisted',
        language: 'fr',
        in_reply_to_id: parent.id,
        media_ids: pictures,
        poll: null,
        idempotency: null,
      },
      media_attachments: pictures.map((id) => ({ id })),
    })
    expect((await me.client.get(`/api/v1/scheduled_statuses/${waiting.id}`)).body).toEqual(waiting)
    await publishAfter(10 * minute - 1)
    expect(await postsOf(me)).toHaveLength(1)
    await publishAfter(1)
    const { body } = await me.client.get(`/api/v1/accounts/${me.actorId}/statuses`)
    expect(Status.parse(body[0])).toMatchObject({
      created_at: at,
      spoiler_text: 'warning',
      visibility: 'unlisted',
      language: 'fr',
      in_reply_to_id: parent.id,
      media_attachments: pictures.map((id) => ({ id })),
      tags: [{ name: 'later' }],
    })
    expect(await planned(me.client)).toEqual([])
    expect((await me.client.get(`/api/v1/scheduled_statuses/${waiting.id}`)).status).toBe(404)
  })

  it('may have a poll, which begins then', async () => {
    const me = await somebody()
    const poll = { options: ['a', 'b'], expires_in: 600, multiple: true, hide_totals: true }
    expect(ScheduledStatus.parse(await plan(me.client, { poll })).params.poll).toEqual(poll)
    await publishAfter(10 * minute)
    const { body } = await me.client.get(`/api/v1/accounts/${me.actorId}/statuses`)
    expect(body[0].poll).toMatchObject({ multiple: true, expires_at: ahead(10 * minute) })
  })

  it('is read from forms, and as a day, and in other zones', async () => {
    const me = await somebody()
    const send = async (at: string) =>
      (
        await me.client.form('POST', '/api/v1/statuses', [
          ['status', 'a'],
          ['scheduled_at', at],
        ])
      ).body.scheduled_at
    const year = test.clock.now().getUTCFullYear() + 1
    expect(await send(`${year}-03-28T14:05:00+02:00`)).toBe(`${year}-03-28T12:05:00.000Z`)
    expect(await send(`${year}-03-28`)).toBe(`${year}-03-28T00:00:00.000Z`)
    expect(await send(`${year}-03-28T14:05`)).toBe(`${year}-03-28T14:05:00.000Z`)
    expect((await me.client.post('/api/v1/statuses', { status: 'a', scheduled_at: '' })).body.content).toBe('<p>a</p>')
  })

  it('is published at once when that is past, and refused when it is too soon', async () => {
    const me = await somebody()
    const past = await me.client.post('/api/v1/statuses', { status: 'a', scheduled_at: ahead(-1) })
    expect(Status.parse(past.body).content).toBe('<p>a</p>')
    const soon = await me.client.post('/api/v1/statuses', { status: 'a', scheduled_at: ahead(5 * minute - 1) })
    expect([soon.status, ErrorBody.parse(soon.body).error]).toEqual([422, expect.stringContaining('five minutes')])
    expect((await me.client.post('/api/v1/statuses', { status: 'a', scheduled_at: ahead(5 * minute) })).status).toBe(
      200,
    )
  })

  it.each([
    [{ status: '' }],
    [{ status: 'a'.repeat(5_001) }],
    [{ media_ids: ['1'] }],
    [{ poll: { options: ['a'], expires_in: 300 } }],
    [{ status: Array.from({ length: 51 }, (_, index) => `@someone${index}`).join(' ') }],
  ])('is refused at once for what could not be published: %#', async (more) => {
    const me = await somebody()
    const body = { status: 'a', scheduled_at: ahead(10 * minute), ...more }
    expect((await me.client.post('/api/v1/statuses', body)).status).toBe(422)
    expect(await planned(me.client)).toEqual([])
  })

  it('answers only what its author may see', async () => {
    const [me, other] = [await somebody(), await somebody()]
    const { body } = await other.client.post('/api/v1/statuses', { status: 'a', visibility: 'private' })
    const answer = { status: 'b', in_reply_to_id: body.id, scheduled_at: ahead(10 * minute) }
    expect((await me.client.post('/api/v1/statuses', answer)).status).toBe(404)
  })

  it('is kept under its key, also after it was published', async () => {
    const me = await somebody()
    const headers = { 'idempotency-key': uniqueName('key') }
    const at = ahead(10 * minute)
    const send = () => me.client.post('/api/v1/statuses', { status: 'once', scheduled_at: at }, headers)
    const [first, second] = await Promise.all([send(), send()])
    expect(first.body).toMatchObject({ id: second.body.id, params: { idempotency: headers['idempotency-key'] } })
    expect(await planned(me.client)).toHaveLength(1)
    await publishAfter(10 * minute)
    expect(Status.parse((await send()).body).content).toBe('<p>once</p>')
    expect(await postsOf(me)).toHaveLength(1)
  })

  it('is limited to 25 for a day and 300 in all, however fast they come', async () => {
    const me = await somebody()
    const day = (n: number) => ahead(n * DAY_MS)
    const answers = await Promise.all(
      Array.from({ length: 27 }, () => me.client.post('/api/v1/statuses', { status: 'a', scheduled_at: day(2) })),
    )
    expect(answers.filter(({ status }) => status === 422)).toHaveLength(2)
    const full = await me.client.post('/api/v1/statuses', { status: 'a', scheduled_at: day(2) })
    expect([full.status, full.body.error]).toEqual([422, expect.stringContaining('25')])
    await plan(me.client, { scheduled_at: day(3) })
    const draft = { text: 'a', spoilerText: '', isSensitive: false, visibility: 'public', language: null } as const
    const row = (n: number) => ({
      actorId: me.actorId,
      userId: me.userId,
      scheduledAt: new Date(day(10 + n)),
      draft: { ...draft, inReplyToId: null, mediaIds: [], poll: null },
    })
    await test.ctx.db.insert(scheduledPosts).values(Array.from({ length: 274 }, (_, n) => row(n)))
    const most = await me.client.post('/api/v1/statuses', { status: 'a', scheduled_at: day(4) })
    expect([most.status, most.body.error]).toEqual([422, expect.stringContaining('300')])
    const [{ id } = { id: '' }] = await planned(me.client)
    expect((await me.client.put(`/api/v1/scheduled_statuses/${id}`, { scheduled_at: day(2) })).status).toBe(422)
    expect((await me.client.put(`/api/v1/scheduled_statuses/${id}`, { scheduled_at: day(5) })).status).toBe(200)
  })
})

describe('the list of scheduled posts', () => {
  it('is one’s own, page by page (row 35)', async () => {
    const [me, other] = [await somebody(), await somebody()]
    const ids: string[] = []
    for (let n = 0; n < 5; n++) ids.unshift((await plan(me.client, { scheduled_at: ahead((20 - n) * minute) })).id)
    const list = (query: string) => me.client.get(`/api/v1/scheduled_statuses?${query}`)
    expect(idsOf(await list(''))).toEqual(ids)
    const first = await list('limit=2')
    expect(idsOf(first)).toEqual(ids.slice(0, 2))
    expect(first.headers.link).toContain(`max_id=${ids[1]}`)
    expect(first.headers.link).toContain(`min_id=${ids[0]}`)
    expect(idsOf(await list(`max_id=${ids[1]}`))).toEqual(ids.slice(2))
    expect(idsOf(await list(`since_id=${ids[3]}&limit=1`))).toEqual([ids[0]])
    expect(idsOf(await list(`min_id=${ids[3]}&limit=1`))).toEqual([ids[2]])
    expect((await list('limit=none')).status).toBe(422)
    expect(await planned(other.client)).toEqual([])
    for (const method of ['get', 'delete'] as const) {
      expect((await other.client[method](`/api/v1/scheduled_statuses/${ids[0]}`)).status).toBe(404)
    }
    const body = { scheduled_at: ahead(DAY_MS) }
    expect((await other.client.put(`/api/v1/scheduled_statuses/${ids[0]}`, body)).status).toBe(404)
  })

  it('needs a token, its scopes, and a role that publishes', async () => {
    const [me, reader] = [await somebody(), await somebody(['read:accounts'])]
    const { id } = await plan(me.client)
    for (const path of ['', `/${id}`]) {
      expect((await anybody().get(`/api/v1/scheduled_statuses${path}`)).status).toBe(401)
      expect((await reader.client.get(`/api/v1/scheduled_statuses${path}`)).status).toBe(403)
    }
    expect((await reader.client.delete(`/api/v1/scheduled_statuses/${id}`)).status).toBe(403)
    expect((await reader.client.put(`/api/v1/scheduled_statuses/${id}`)).status).toBe(403)
    await test.ctx.db.$client`update memberships set role = 'analyst' where actor_id = ${me.actorId}`
    expect((await me.client.get('/api/v1/scheduled_statuses')).status).toBe(403)
    expect((await me.client.get(`/api/v1/scheduled_statuses/${id}`)).status).toBe(403)
  })
})

describe('a scheduled post', () => {
  it('can be given another time', async () => {
    const me = await somebody()
    const { id } = await plan(me.client)
    const move = (body: object) => me.client.put(`/api/v1/scheduled_statuses/${id}`, body)
    const at = ahead(30 * minute)
    expect(ScheduledStatus.parse((await move({ scheduled_at: at })).body).scheduled_at).toBe(at)
    expect((await move({})).body.scheduled_at).toBe(at)
    expect((await move({ scheduled_at: ahead(minute) })).status).toBe(422)
    expect((await move({ scheduled_at: 'tomorrow' })).status).toBe(422)
    await publishAfter(20 * minute)
    expect(await postsOf(me)).toEqual([])
    await publishAfter(10 * minute)
    expect(await postsOf(me)).toHaveLength(1)
    expect((await move({ scheduled_at: ahead(30 * minute) })).status).toBe(404)
  })

  it('can be given up, and then its pictures are free', async () => {
    const me = await somebody()
    const { id: picture } = await make.picture(test.ctx, me)
    const { id } = await plan(me.client, { media_ids: [picture] })
    const taken = await me.client.post('/api/v1/statuses', { status: 'a', media_ids: [picture] })
    expect(taken.status).toBe(422)
    expect((await me.client.delete(`/api/v1/media/${picture}`)).status).toBe(422)
    expect((await me.client.delete(`/api/v1/scheduled_statuses/${id}`)).body).toEqual({})
    expect((await me.client.delete(`/api/v1/scheduled_statuses/${id}`)).status).toBe(404)
    await publishAfter(10 * minute)
    expect(await postsOf(me)).toEqual([])
    expect((await me.client.post('/api/v1/statuses', { status: 'a', media_ids: [picture] })).status).toBe(200)
  })

  it('holds its pictures for as long as it waits', async () => {
    const me = await somebody()
    const { id: picture } = await make.picture(test.ctx, me)
    await plan(me.client, { media_ids: [picture], scheduled_at: ahead(30 * DAY_MS) })
    test.clock.pass(29 * DAY_MS)
    const disposable = await listDisposable(test.ctx.db, test.clock.now())
    expect(disposable.map(({ id }) => id)).not.toContain(picture)
  })

  it('is published once, whoever looks and however often', async () => {
    const me = await somebody()
    for (let n = 0; n < 10; n++) await plan(me.client)
    test.clock.pass(10 * minute)
    await Promise.all(Array.from({ length: 4 }, () => publishDue(test.ctx)))
    await publishDue(test.ctx)
    expect(await postsOf(me)).toHaveLength(10)
    const facts = await takeFacts(test.ctx)
    expect(facts.filter(({ type }) => type === 'post.created')).toHaveLength(10)
  })

  it('is published late rather than never when nobody looked at its time', async () => {
    const me = await somebody()
    await plan(me.client)
    await publishAfter(3 * DAY_MS)
    expect(await postsOf(me)).toHaveLength(1)
  })

  it('keeps to its instant when clocks on walls are changed in between', async () => {
    const me = await somebody()
    // Paris sets its clocks forward on 28 March 2027 at 01:00 UTC, and back on 31 October at 01:00 UTC.
    for (const [written, at] of [
      ['2027-03-27T12:00:00.000Z', '2027-03-28T09:00:00+02:00'],
      ['2027-10-30T12:00:00.000Z', '2027-10-31T09:00:00+01:00'],
    ] as const) {
      test.clock.set(new Date(written))
      const { scheduled_at: instant } = await plan(me.client, { scheduled_at: at })
      expect(instant).toBe(new Date(at).toISOString())
      const before = (await postsOf(me)).length
      test.clock.set(new Date(new Date(instant).getTime() - 1))
      await publishDue(test.ctx)
      expect(await postsOf(me)).toHaveLength(before)
      await publishAfter(1)
      expect(await postsOf(me)).toHaveLength(before + 1)
    }
  })
})

describe('what cannot be published at its time', () => {
  async function failed(me: Awaited<ReturnType<typeof somebody>>, failure: string) {
    await publishAfter(10 * minute)
    await publishDue(test.ctx)
    const [row] = await test.ctx.db.select().from(scheduledPosts).where(eq(scheduledPosts.actorId, me.actorId))
    expect(row).toMatchObject({ failure })
    expect((await postsOf(me)).filter(({ source }) => source === 'Later')).toEqual([])
    const facts = (await takeFacts(test.ctx)).filter(({ type }) => type === 'schedule.failed')
    expect(facts).toMatchObject([{ scheduledPostId: row?.id, isLocal: true }])
    return String(row?.id)
  }

  it('stays, tells its author, and can be given another time', async () => {
    const me = await somebody()
    const { id: picture } = await make.picture(test.ctx, me)
    await plan(me.client, { media_ids: [picture] })
    await test.ctx.db.delete(media).where(eq(media.id, picture))
    const id = await failed(me, 'pictures')
    expect(ScheduledStatus.parse((await planned(me.client))[0])).toMatchObject({ id, media_attachments: [] })
    const message = await failureMail(test.ctx, { scheduledPostId: id })
    expect(message?.text).toContain('pictures')
    expect(message?.text).toContain('https://here.example/scheduled')
    const move = { scheduled_at: ahead(10 * minute) }
    expect((await me.client.put(`/api/v1/scheduled_statuses/${id}`, move)).status).toBe(200)
    expect(await failureMail(test.ctx, { scheduledPostId: id })).toBeNull()
    await failed(me, 'pictures')
  })

  it('is not published by somebody whose role was withdrawn, nor by who may no longer sign in', async () => {
    for (const withdraw of [
      (me: { actorId: string }) =>
        test.ctx.db.$client`update memberships set role = 'analyst' where actor_id = ${me.actorId}`,
      (me: { actorId: string }) => test.ctx.db.$client`delete from memberships where actor_id = ${me.actorId}`,
      (me: { userId: string }) => test.ctx.db.$client`update users set disabled_at = now() where id = ${me.userId}`,
    ]) {
      const me = await somebody()
      await plan(me.client)
      await withdraw(me)
      await failed(me, 'role')
    }
  })

  it('answers nothing that is gone', async () => {
    const me = await somebody()
    const { body } = await me.client.post('/api/v1/statuses', { status: 'Before' })
    await plan(me.client, { in_reply_to_id: body.id })
    await me.client.delete(`/api/v1/statuses/${body.id}`)
    await failed(me, 'parent')
  })

  it('is tried again after a fault of ours, and then its author is told', async () => {
    const me = await somebody()
    await plan(me.client, { status: 'Later @somebody@nowhere.invalid' })
    const lookupHandle = () => Promise.reject(new Error('a fault'))
    const ctx = { ...test.ctx, remote: { ...test.ctx.remote, lookupHandle } }
    const attempts = async () =>
      (await test.ctx.db.select().from(scheduledPosts).where(eq(scheduledPosts.actorId, me.actorId)))[0]
    test.clock.pass(10 * minute)
    await publishDue(ctx)
    await publishDue(ctx)
    expect(await attempts()).toMatchObject({ attempts: 1, failure: null })
    for (let n = 0; n < 4; n++) {
      test.clock.pass(minute)
      await publishDue(ctx)
    }
    expect(await attempts()).toMatchObject({ failure: 'other' })
    expect((await takeFacts(test.ctx)).map(({ type }) => type)).toContain('schedule.failed')
  })

  it('is published when the fault is over', async () => {
    const me = await somebody()
    await plan(me.client)
    test.clock.pass(10 * minute)
    const db = new Proxy(test.ctx.db, {
      get: (target, name) =>
        name === 'transaction' ? () => Promise.reject(new Error('the database is away')) : Reflect.get(target, name),
    })
    await expect(publishDue({ ...test.ctx, db })).rejects.toThrow('away')
    await publishDue(test.ctx)
    expect(await postsOf(me)).toHaveLength(1)
  })
})

describe('the same key', () => {
  it('of a post that was published without a time is not published again', async () => {
    const me = await somebody()
    const key = uniqueName('key')
    await plan(me.client, {}, { 'idempotency-key': key })
    await createPost(test.ctx, me.viewer, { text: 'Later', idempotencyKey: key })
    await publishAfter(10 * minute)
    expect(await postsOf(me)).toHaveLength(1)
    expect(await planned(me.client)).toEqual([])
  })
})
