import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commands } from '#src/cli/run.ts'
import {
  editAnnouncement,
  endAnnouncements,
  publishAnnouncement,
  withdrawAnnouncement,
} from '#src/features/announcements/service.ts'
import { openSession } from '#src/features/users/sessions.ts'
import { sessionCookie } from '#src/http/auth.ts'
import { Announcement } from '#test/contract/schemas.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { createClient, idsOf, type Json } from '#test/support/client.ts'
import { DAY_MS } from '#test/support/clock.ts'
import { takeFacts } from '#test/support/facts.ts'
import { make, uniqueName } from '#test/support/make.ts'

let test: TestApp
beforeAll(async () => {
  test = await createTestApp()
})
afterAll(() => test.close())

async function somebody(scopes?: readonly string[]) {
  const handle = uniqueName('person')
  const { actorId, userId, viewer, headers } = await test.signIn(handle, scopes)
  return { handle, actorId, userId, viewer, client: createClient(test.app, headers) }
}

const plain = { startsAt: null, endsAt: null, isAllDay: false }
const announce = (text: string, more = {}) => publishAnnouncement(test.ctx, { text, ...plain, ...more })
const soon = (ms: number) => new Date(test.clock.now().getTime() + ms)
const path = '/api/v1/announcements'

describe('announcements', () => {
  it('are told to everybody who signs in, with what they name', async () => {
    const me = await somebody()
    const post = await make.post(test.ctx, { actorId: me.actorId })
    const secret = await make.post(test.ctx, { actorId: me.actorId, visibility: 'followers' })
    const at = (id: string) => `https://here.example/@${me.handle}/${id}`
    const remote = await make.remoteActor(test.ctx)
    const text = `Thanks @${me.handle} and @${remote.handle}@${remote.host} for ${at(post.id)} and ${at(secret.id)} <b> #Fête`
    const id = await announce(text)
    const { body } = await me.client.get(path)
    const found = body.map((one: unknown) => Announcement.parse(one)).find((one: Json) => one.id === id)
    expect(found).toMatchObject({
      starts_at: null,
      ends_at: null,
      all_day: false,
      read: false,
      published_at: test.clock.now().toISOString(),
      updated_at: test.clock.now().toISOString(),
      statuses: [{ id: post.id, url: at(post.id) }],
      tags: [{ name: 'Fête', url: 'https://here.example/tags/fete' }],
      reactions: [],
    })
    expect(found.content).toContain('&lt;b&gt;')
    expect(found.mentions).toEqual([
      { id: me.actorId, username: me.handle, url: `https://here.example/@${me.handle}`, acct: me.handle },
      { id: remote.id, username: remote.handle, url: remote.url, acct: `${remote.handle}@${remote.host}` },
    ])
    expect((await createClient(test.app).get(path)).status).toBe(401)
  })

  it('are read by each person once, whichever identity they act as', async () => {
    const [me, other] = [await somebody(), await somebody()]
    const id = await announce('Read me')
    expect(await me.client.post(`${path}/${id}/dismiss`)).toMatchObject({ status: 200, body: {} })
    expect((await me.client.post(`${path}/${id}/dismiss`)).status).toBe(200)
    expect(idsOf(await me.client.get(path))).not.toContain(id)
    const all = (await me.client.get(`${path}?with_dismissed=true`)).body
    expect(all.find((one: Json) => one.id === id)).toMatchObject({ read: true })
    const second = await make.actor(test.ctx, { handle: uniqueName('second'), userId: me.userId })
    const { headers } = await test.signIn(second.actor.handle)
    expect((await createClient(test.app, headers).get(path)).status).toBe(200)
    expect(idsOf(await other.client.get(path))).toContain(id)
    for (const none of ['1', 'x']) expect((await me.client.post(`${path}/${none}/dismiss`)).status).toBe(404)
  })

  it('are there until they are over or taken back, and those that come first stand first', async () => {
    const me = await somebody()
    const ids = async () => idsOf(await me.client.get(path))
    const [late, early, past] = [
      await announce('Late', { startsAt: soon(3 * DAY_MS) }),
      await announce('Early', { startsAt: soon(DAY_MS), endsAt: soon(2 * DAY_MS) }),
      await announce('Over soon', { endsAt: soon(1_000) }),
    ]
    expect((await ids()).filter((id) => [late, early, past].includes(id))).toEqual([past, early, late])
    await takeFacts(test.ctx)
    test.clock.pass(1_001)
    expect(await ids()).not.toContain(past)
    expect((await me.client.post(`${path}/${past}/dismiss`)).status).toBe(404)
    await endAnnouncements(test.ctx)
    await endAnnouncements(test.ctx)
    expect(await withdrawAnnouncement(test.ctx, early)).toBe(true)
    expect(await withdrawAnnouncement(test.ctx, early)).toBe(false)
    expect(await ids()).not.toContain(early)
    expect(await takeFacts(test.ctx)).toMatchObject([
      { type: 'announcement.withdrawn', announcementId: past },
      { type: 'announcement.withdrawn', announcementId: early },
    ])
  })

  it('of whole days last to the end of the last one', async () => {
    const me = await somebody()
    const today = new Date(test.clock.now().toISOString().slice(0, 10))
    const id = await announce('Today', { startsAt: today, endsAt: today, isAllDay: true })
    const found = async () => (await me.client.get(path)).body.find((one: Json) => one.id === id)
    expect(await found()).toMatchObject({ all_day: true, starts_at: today.toISOString(), ends_at: today.toISOString() })
    test.clock.set(new Date(today.getTime() + DAY_MS - 1))
    expect(await found()).toBeDefined()
    test.clock.pass(1)
    expect(await found()).toBeUndefined()
  })

  it('can be worded anew', async () => {
    const me = await somebody()
    const id = await announce('First')
    test.clock.pass(1_000)
    expect(await editAnnouncement(test.ctx, id, 'Second')).toBe(true)
    expect((await me.client.get(path)).body.find((one: Json) => one.id === id)).toMatchObject({
      content: '<p>Second</p>',
      updated_at: test.clock.now().toISOString(),
    })
    expect(await editAnnouncement(test.ctx, '1', 'Third')).toBe(false)
  })

  it.each([
    ['nothing', ' ', {}],
    ['too much', 'x'.repeat(5_001), {}],
    ['what is past', 'x', { endsAt: new Date(0) }],
    ['what ends before it begins', 'x', { startsAt: new Date(2_000_000_000_000), endsAt: new Date(1_990_000_000_000) }],
    ['whole days without a day', 'x', { isAllDay: true }],
  ])('say more than %s', async (_what, text, more) => {
    await expect(announce(text, more)).rejects.toMatchObject({ status: 422 })
  })
})

describe('reactions', () => {
  it('are counted, those first that came first, and known to who gave them', async () => {
    const [me, other] = [await somebody(), await somebody()]
    const id = await announce('React')
    const react = (who: typeof me, name: string) =>
      who.client.put(`${path}/${id}/reactions/${encodeURIComponent(name)}`)
    await takeFacts(test.ctx)
    expect(await react(me, '🎉')).toMatchObject({ status: 200, body: {} })
    test.clock.pass(1)
    for (const [who, name] of [
      [me, '🎉'],
      [other, '🎉'],
      [other, '❤'],
      [me, '👩🏽‍🌾'],
    ] as const)
      expect((await react(who, name)).status).toBe(200)
    const reactions = async (who: typeof me) => {
      const { body } = await who.client.get(path)
      return Announcement.parse(body.find((one: Json) => one.id === id)).reactions
    }
    expect((await reactions(me))[0]).toEqual({ name: '🎉', count: 2, me: true })
    expect(await reactions(me)).toEqual(
      expect.arrayContaining([
        { name: '❤️', count: 1, me: false },
        { name: '👩🏽‍🌾', count: 1, me: true },
      ]),
    )
    // The same twice says nothing new.
    expect(await takeFacts(test.ctx)).toHaveLength(4)
    const undo = () => me.client.delete(`${path}/${id}/reactions/${encodeURIComponent('🎉')}`)
    expect(await undo()).toMatchObject({ status: 200, body: {} })
    expect((await undo()).status).toBe(200)
    expect(await reactions(me)).toContainEqual({ name: '🎉', count: 1, me: false })
    expect(await takeFacts(test.ctx)).toMatchObject([{ type: 'announcement.reacted', announcementId: id, name: '🎉' }])
  })

  it('are emojis, and eight different ones at the most', async () => {
    const [me, other] = [await somebody(), await somebody()]
    const id = await announce('React again')
    const react = (name: string, who = me) => who.client.put(`${path}/${id}/reactions/${encodeURIComponent(name)}`)
    for (const name of ['bongoCat', 'x', '1', '#', '🎉🎉', ' ']) {
      expect(await react(name)).toMatchObject({
        status: 422,
        body: { error: 'Validation failed: Name is not a recognized emoji' },
      })
    }
    for (const name of '🍎🍐🍊🍋🍌🍉🍇🍓') expect((await react(name)).status).toBe(200)
    expect((await react('🍒')).status).toBe(422)
    expect((await react('🍓', other)).status).toBe(200)
    for (const none of ['1', 'x']) {
      expect((await me.client.put(`${path}/${none}/reactions/%F0%9F%8E%89`)).status).toBe(404)
      expect((await me.client.delete(`${path}/${none}/reactions/%F0%9F%8E%89`)).status).toBe(404)
    }
  })

  it('and reading need their rights', async () => {
    const id = await announce('Rights')
    const reader = await somebody(['read'])
    const name = encodeURIComponent('🎉')
    expect((await reader.client.get(path)).status).toBe(200)
    expect((await reader.client.post(`${path}/${id}/dismiss`)).status).toBe(403)
    expect((await reader.client.put(`${path}/${id}/reactions/${name}`)).status).toBe(403)
    expect((await reader.client.delete(`${path}/${id}/reactions/${name}`)).status).toBe(403)
    const visitor = createClient(test.app)
    expect((await visitor.post(`${path}/${id}/dismiss`)).status).toBe(401)
    expect((await visitor.put(`${path}/${id}/reactions/${name}`)).status).toBe(401)
  })
})

describe('on the pages here', () => {
  it('stand on every page of who is signed in until they have read them', async () => {
    for (const { id } of (await (await somebody()).client.get(path)).body) await withdrawAnnouncement(test.ctx, id)
    const { headers } = await test.browse(uniqueName('reader'))
    const day = new Date('2031-12-31')
    const id = await announce('The house is <closed>', { endsAt: day, isAllDay: true })
    const page = async (more = {}) =>
      (await test.app.inject({ url: '/compose?x=1', headers: { ...headers, ...more } })).body
    expect(await page()).toContain('The house is &lt;closed&gt;')
    expect(await page()).toContain('Until 31 December 2031')
    expect(await page({ 'accept-language': 'fr' })).toContain('Jusqu’au 31 décembre 2031')
    expect((await test.app.inject({ url: '/' })).body).not.toContain('The house is')
    const action = `/announcements/${id}/dismiss`
    expect(await page()).toContain(`action="${action}"`)
    const send = (more: Record<string, string>, next: string) =>
      test.app.inject({
        method: 'POST',
        url: action,
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...more },
        payload: `next=${encodeURIComponent(next)}`,
      })
    expect((await send({}, '/')).statusCode).toBe(401)
    expect((await send({ ...headers, 'sec-fetch-site': 'cross-site' }, '/')).statusCode).toBe(403)
    expect(await send(headers, '//evil.example/')).toMatchObject({ statusCode: 303, headers: { location: '/' } })
    expect((await send(headers, '/compose?x=1')).headers.location).toBe('/compose?x=1')
    expect(await page()).not.toContain('The house is')
  })

  it('stand there for who acts as nobody, too', async () => {
    const id = await announce('For everybody')
    const { id: userId } = await make.user(test.ctx)
    const token = await openSession(test.ctx, { userId, actorId: null, userAgent: 'test' })
    const headers = { cookie: `${sessionCookie}=${token}` }
    expect((await test.app.inject({ url: '/', headers })).body).toContain('For everybody')
    await test.app.inject({ method: 'POST', url: `/announcements/${id}/dismiss`, headers })
    expect((await test.app.inject({ url: '/', headers })).body).not.toContain('For everybody')
  })
})

describe('the command line', () => {
  const run = (name: string, words: string[], options = {}) => {
    const command = commands.find((one) => one.name === name)
    if (command?.needs !== 'context') throw new Error(`there is no command ${name}`)
    return command.run({ words, options }, test.ctx)
  }

  it('adds, words anew, lists and removes', async () => {
    const times = { starts: '2031-01-01', ends: '2031-01-02T18:00+01:00' }
    const { data } = await run('announcements add', ['Hello'], times)
    const { id } = data as { id: string }
    await run('announcements edit', [id, 'Hello again'])
    const listed = (await run('announcements list', [])).data as { id: string }[]
    expect(listed.find((one) => one.id === id)).toEqual({
      id,
      text: 'Hello again',
      startsAt: new Date('2031-01-01T00:00:00Z'),
      endsAt: new Date('2031-01-02T17:00:00Z'),
      isAllDay: false,
    })
    expect((await run('announcements remove', [id])).data).toEqual({ id, wasShown: true })
    expect((await run('announcements remove', [id])).data).toEqual({ id, wasShown: false })
    expect((await run('announcements remove', ['x'])).data).toEqual({ id: 'x', wasShown: false })
    for (const starts of ['tomorrow', '2031-01-01T10:00', '2031-02-31T10:00Z'])
      await expect(run('announcements add', ['x'], { starts })).rejects.toThrow('--starts must be a day')
  })
})
