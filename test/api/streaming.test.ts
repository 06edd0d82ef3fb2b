import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { publishAnnouncement, withdrawAnnouncement } from '#src/features/announcements/service.ts'
import { createToken } from '#src/features/oauth/service.ts'
import { mostConnections } from '#src/features/streams/connection.ts'
import { openSession } from '#src/features/users/sessions.ts'
import { Conversation, Notification, Status, StreamedAnnouncement } from '#test/contract/schemas.ts'
import { eventually } from '#test/support/eventually.ts'
import { make, uniqueName } from '#test/support/make.ts'
import { jpeg } from '#test/support/pictures.ts'
import {
  connect as connectTo,
  inShort,
  type Listener,
  listen as listenTo,
  type Opening,
} from '#test/support/sockets.ts'
import { type Instance, type Member, startInstance } from '#test/support/two-servers.ts'

let instance: Instance
let org: Member
let lea: Member
let noa: Member

beforeAll(async () => {
  instance = await startInstance()
  ;[org, lea, noa] = await Promise.all([
    instance.join('atelier', { type: 'Organization' }),
    instance.join('lea'),
    instance.join('noa'),
  ])
  await make.follow(instance.ctx, { followerId: lea.actor.id, followeeId: org.actor.id })
})
afterAll(() => instance.close())

const open: { close(): void }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) one.close()
  await instance.settle()
})

function kept<T extends { close(): void }>(one: T): T {
  open.push(one)
  return one
}

const connect = async (opening: Opening = {}) => kept(await connectTo(instance.url, opening))
const listen = async (member: Member, stream = 'user', more = {}): Promise<Listener> =>
  kept(await listenTo(instance.url, member.token, { stream, ...more }))

async function tokenFor(member: Member, scopes: string[]) {
  return createToken(instance.ctx, { userId: member.viewer.userId, actorId: member.actor.id, scopes, appId: null })
}

const post = async (member: Member, status: string, more = {}): Promise<string> =>
  (await member.api.post('/api/v1/statuses', { status, ...more })).body.id

async function uploadPicture(member: Member): Promise<string> {
  const form = new FormData()
  form.set('file', new File([new Uint8Array(await jpeg())], 'a.jpg', { type: 'image/jpeg' }))
  const headers = { authorization: `Bearer ${member.token}` }
  const answer = await fetch(`${instance.url}/api/v2/media`, { method: 'POST', headers, body: form })
  const { id } = (await answer.json()) as { id: string }
  // It is made into its sizes first.
  await eventually(async () => expect((await member.api.get(`/api/v1/media/${id}`)).status).toBe(200))
  return id
}

describe('an administrator', () => {
  it('hears of a report at once, and nobody else does', async () => {
    const admin = await instance.join('chief')
    await instance.ctx.db.$client`update users set is_admin = true where id = ${admin.viewer.userId}`
    const [theirs, other] = [await listen(admin, 'user:notification'), await listen(noa, 'user:notification')]
    await lea.api.post('/api/v1/reports', { account_id: org.actor.id, comment: 'Too much bread' })
    await eventually(() => expect(theirs.heard).toHaveLength(1))
    const told = Notification.parse(theirs.heard[0]?.payload)
    expect(told).toMatchObject({ type: 'admin.report', report: { comment: 'Too much bread' } })
    expect(other.heard).toEqual([])
  })
})

describe('a socket', () => {
  it('is opened by a token in the address, in the subprotocol, which comes back, or in the header', async () => {
    expect((await connect({ protocol: lea.token })).socket.protocol).toBe(lea.token)
    await connect({ path: `?access_token=${lea.token}` })
    await connect({ headers: { authorization: `Bearer ${lea.token}` } })
    await expect(connect()).rejects.toThrow('refused: 401')
    await expect(connect({ path: '?access_token=wrong' })).rejects.toThrow('refused: 401')
    const writing = await connect({ protocol: (await tokenFor(noa, ['write'])).token })
    await writing.say({ type: 'subscribe', stream: 'user' })
    expect(writing.problems).toEqual([{ error: 'This action is outside the authorized scopes', status: 403 }])
  })

  it('is never opened by the cookie of a browser, from whatever page (row 76)', async () => {
    const { userId } = lea.viewer
    const session = await openSession(instance.ctx, { userId, actorId: lea.actor.id, userAgent: 'test' })
    const cookie = `entremise_session=${session}`
    for (const origin of [instance.url, 'https://evil.example']) {
      await expect(connect({ headers: { cookie, origin } })).rejects.toThrow('refused: 401')
    }
    // Clients run on pages of their own, and show a token.
    await connect({ protocol: lea.token, headers: { origin: 'https://client.example' } })
  })

  it('says what is wrong with a message, and goes on', async () => {
    const { say, problems, socket } = await connect({ protocol: lea.token })
    const { body: list } = await org.api.post('/api/v1/lists', { title: 'Mine' })
    await say({ type: 'subscribe', stream: 'nothing' })
    await say({ type: 'subscribe', stream: 'constructor' })
    await say({ type: 'subscribe', stream: 'hashtag' })
    await say({ type: 'subscribe', stream: 'list' })
    await say({ type: 'subscribe', stream: 'list', list: list.id })
    await say({ type: 'subscribe', stream: 'list', list: 'x' })
    await say([])
    socket.send('{')
    await say({ type: 'unsubscribe', stream: 'user' })
    expect(problems).toEqual([
      { error: 'Unknown stream type', status: 400 },
      { error: 'Unknown stream type', status: 400 },
      { error: 'Missing tag name parameter', status: 400 },
      { error: 'Missing list name parameter', status: 400 },
      { error: 'Not authorized to stream this list', status: 401 },
      { error: 'Not authorized to stream this list', status: 401 },
      { error: 'The message must be a JSON object', status: 400 },
      { error: 'The message must be a JSON object', status: 400 },
    ])
  })

  it('opens a stream that stands in its address', async () => {
    const one = await connect({ path: `?access_token=${noa.token}&stream=public&only_media=true` })
    const other = await connect({ path: `?access_token=${noa.token}&stream=nothing` })
    await eventually(() => expect(other.problems).toEqual([{ error: 'Unknown stream type', status: 400 }]))
    const picture = await uploadPicture(org)
    await post(org, 'Only words')
    const id = await post(org, 'A picture', { media_ids: [picture] })
    await eventually(() => expect(inShort(one.heard)).toEqual([['update', id]]))
    expect(one.heard[0]?.stream).toEqual(['public:media'])
  })

  it('ends what is too much: messages at once, words that are no text', async () => {
    const [flooding, binary] = [await connect({ protocol: lea.token }), await connect({ protocol: lea.token })]
    for (let n = 0; n < 500; n++) flooding.socket.send(JSON.stringify({ type: 'subscribe', stream: 'list', list: '1' }))
    binary.socket.send(Buffer.from([1, 2, 3]))
    await eventually(() => expect([flooding.ended(), binary.ended()]).toEqual([1008, 1003]))
  })

  it('is cut off when its client does not read, and holds up nobody', async () => {
    const id = await post(lea, '&'.repeat(5_000))
    await instance.settle()
    const [lazy, reading] = [await listen(lea), await listen(lea)]
    lazy.socket.pause()
    // 15 MB: far more than the buffers of the network take.
    const times = 600
    // One by one: what is said twice in one statement is heard once.
    for (let n = 0; n < times; n++) await instance.ctx.streams.publish([{ event: 'update', id }])
    await eventually(() => expect(reading.heard).toHaveLength(times), { withinMs: 50_000 })
    lazy.socket.resume()
    await eventually(() => expect(lazy.ended()).toBe(1006))
    expect(lazy.heard.length).toBeLessThan(times)
  })

  it('is one of a limited number for each identity', async () => {
    const many = await instance.join(uniqueName('many'))
    await Promise.all(Array.from({ length: mostConnections }, () => connect({ protocol: many.token })))
    const surplus = await connect({ protocol: many.token })
    await eventually(() => expect(surplus.ended()).toBe(1013))
    const headers = { authorization: `Bearer ${many.token}` }
    expect((await fetch(`${instance.url}/api/v1/streaming/user`, { headers })).status).toBe(429)
  })

  it('tells nobody of what they may not see (item 27)', async () => {
    const [stranger, follower] = [await listen(noa), await listen(lea)]
    await stranger.say({ type: 'subscribe', stream: 'public' })
    const secret = await post(org, 'For followers', { visibility: 'private' })
    await eventually(() => expect(inShort(follower.heard)).toEqual([['update', secret]]))
    await org.api.delete(`/api/v1/statuses/${secret}`)
    await eventually(() => expect(follower.heard).toHaveLength(2))
    await noa.api.post(`/api/v1/accounts/${org.actor.id}/block`)
    const open = await post(org, 'For everybody')
    await eventually(() => expect(follower.heard).toHaveLength(3))
    await org.api.delete(`/api/v1/statuses/${open}`)
    await eventually(() => expect(inShort(follower.heard)[3]).toEqual(['delete', open]))
    await noa.api.post(`/api/v1/accounts/${org.actor.id}/unblock`)
    await noa.api.post(`/api/v1/accounts/${org.actor.id}/mute`)
    const muted = await post(org, 'For everybody else')
    await eventually(() => expect(inShort(follower.heard)[4]).toEqual(['update', muted]))
    await org.api.delete(`/api/v1/statuses/${muted}`)
    await eventually(() => expect(inShort(follower.heard)[5]).toEqual(['delete', muted]))
    expect(stranger.heard).toEqual([])
    await noa.api.post(`/api/v1/accounts/${org.actor.id}/unmute`)
  })

  it('tells of the public timeline and of hashtags by what is in a post', async () => {
    const { heard, say } = await listen(noa, 'public:local')
    await say({ type: 'subscribe', stream: 'public:media' })
    await say({ type: 'subscribe', stream: 'public:remote' })
    await say({ type: 'subscribe', stream: 'hashtag', tag: 'Émballage' })
    const plain = await post(org, 'Bread')
    const tagged = await post(org, 'Paper #emballage')
    const answer = await post(lea, 'Nice #emballage', { in_reply_to_id: tagged })
    await eventually(() => expect(heard).toHaveLength(4))
    // The label of a stream is what the client called it.
    expect(heard.map(({ stream, payload }) => [stream, payload.id])).toEqual([
      [['public:local'], plain],
      [['public:local'], tagged],
      [['hashtag', 'Émballage'], tagged],
      [['hashtag', 'Émballage'], answer],
    ])
    await say({ type: 'unsubscribe', stream: 'public:local' })
    await post(org, 'More bread')
    const last = await post(org, 'More #emballage')
    await eventually(() => expect(heard.at(-1)?.payload.id).toBe(last))
    expect(heard).toHaveLength(5)
  })

  it('tells streams of hashtags and of pictures of a deletion', async () => {
    const { heard, say } = await listen(noa, 'public:media')
    await say({ type: 'subscribe', stream: 'hashtag', tag: 'Kraft' })
    await say({ type: 'subscribe', stream: 'public:remote:media' })
    const id = await post(org, 'Paper #kraft')
    await eventually(() => expect(heard).toHaveLength(1))
    await org.api.delete(`/api/v1/statuses/${id}`)
    await eventually(() => expect(heard).toHaveLength(3))
    expect(heard.slice(1)).toEqual([
      { stream: ['public:media'], event: 'delete', payload: id },
      { stream: ['hashtag', 'Kraft'], event: 'delete', payload: id },
    ])
  })

  it('tells of boosts, and of their end', async () => {
    const follower = await listen(lea)
    const id = await post(noa, 'Worth it')
    const { body: boost } = await org.api.post(`/api/v1/statuses/${id}/reblog`)
    await eventually(() => expect(inShort(follower.heard)).toEqual([['update', boost.id]]))
    expect(Status.parse(follower.heard[0]?.payload).reblog?.id).toBe(id)
    await org.api.post(`/api/v1/statuses/${id}/unreblog`)
    await eventually(() => expect(inShort(follower.heard)[1]).toEqual(['delete', boost.id]))
  })

  it('does not tell of a boost of what has just been boosted', async () => {
    const follower = await listen(lea)
    const id = await post(noa, 'Worth it twice')
    const { body: boost } = await org.api.post(`/api/v1/statuses/${id}/reblog`)
    await eventually(() => expect(inShort(follower.heard)).toEqual([['update', boost.id]]))
    await lea.api.post(`/api/v1/statuses/${id}/reblog`)
    const last = await post(org, 'And now for something else')
    await eventually(() => expect(follower.heard.at(-1)?.payload.id).toBe(last))
    await instance.settle()
    expect(inShort(follower.heard)).toEqual([
      ['update', boost.id],
      ['update', last],
    ])
  })

  it('tells of a list what its timeline shows, to its owner', async () => {
    const third = await instance.join(uniqueName('third'))
    await make.follow(instance.ctx, { followerId: lea.actor.id, followeeId: third.actor.id })
    const { body: list } = await lea.api.post('/api/v1/lists', { title: 'Makers', replies_policy: 'none' })
    await lea.api.post(`/api/v1/lists/${list.id}/accounts`, { account_ids: [org.actor.id] })
    const one = await listen(lea, 'list', { list: list.id })
    await post(third, 'Not in the list')
    const id = await post(org, 'In the list', { visibility: 'private' })
    await post(org, 'An answer', { in_reply_to_id: await post(third, 'A question') })
    await eventually(() => expect(inShort(one.heard)).toEqual([['update', id]]))
    await org.api.put(`/api/v1/statuses/${id}`, { status: 'Still in the list' })
    await eventually(() => expect(inShort(one.heard)[1]).toEqual(['status.update', id]))
    await org.api.delete(`/api/v1/statuses/${id}`)
    await eventually(() => expect(inShort(one.heard).at(-1)).toEqual(['delete', id]))
    expect(inShort(one.heard)).toEqual([
      ['update', id],
      ['status.update', id],
      ['delete', id],
    ])
    expect(one.heard[0]?.stream).toEqual(['list', list.id])
    await lea.api.delete(`/api/v1/lists/${list.id}`)
    const home = await listen(lea)
    const next = await post(org, 'After its end')
    await eventually(() => expect(inShort(home.heard)).toEqual([['update', next]]))
    expect(one.heard).toHaveLength(3)
  })

  it('shows posts through the filters of who listens, and says when they change', async () => {
    const [one, other] = [await listen(lea), await listen(noa)]
    const filter = { title: 'Diet', context: ['home'], keywords_attributes: [{ keyword: 'bread' }] }
    const { body } = await lea.api.post('/api/v2/filters', filter)
    await eventually(() => expect(one.heard).toHaveLength(1))
    expect(one.heard).toEqual([{ stream: ['user'], event: 'filters_changed' }])
    await post(org, 'Fresh bread')
    await eventually(() => expect(one.heard).toHaveLength(2))
    expect(Status.parse(one.heard[1]?.payload).filtered).toMatchObject([{ keyword_matches: ['bread'] }])
    await lea.api.delete(`/api/v2/filters/${body.id}`)
    await eventually(() => expect(one.heard.at(-1)?.event).toBe('filters_changed'))
    expect(other.heard).toEqual([])
  })

  it('tells of conversations those who are in them', async () => {
    const [one, other] = [await listen(lea, 'direct'), await listen(noa, 'direct')]
    const id = await post(org, '@lea a word', { visibility: 'direct' })
    await eventually(() => expect(one.heard).toHaveLength(1))
    expect(one.heard).toMatchObject([{ stream: ['direct'], event: 'conversation' }])
    expect(Conversation.parse(one.heard[0]?.payload)).toMatchObject({ unread: true, last_status: { id } })
    expect(other.heard).toEqual([])
  })

  it('tells of notifications, to whom they are for', async () => {
    const [one, other] = [await listen(org, 'user:notification'), await listen(lea)]
    const id = await post(org, 'Bread')
    await noa.api.post(`/api/v1/statuses/${id}/favourite`)
    await eventually(() => expect(one.heard).toHaveLength(1))
    expect(one.heard[0]).toMatchObject({ event: 'notification', payload: { type: 'favourite' } })
    Notification.parse(one.heard[0]?.payload)
    expect(other.heard.map(({ event }) => event)).toEqual(['update'])
  })

  it('says when what was held back is let in', async () => {
    const one = await listen(org, 'user:notification')
    const stranger = await instance.join(uniqueName('held'))
    await post(stranger, '@atelier psst', { visibility: 'direct' })
    const requests = await eventually(async () => {
      const { body } = await org.api.get('/api/v1/notifications/requests')
      expect(body).toHaveLength(1)
      return body
    })
    expect(one.heard).toEqual([])
    await org.api.post(`/api/v1/notifications/requests/${requests[0].id}/accept`)
    await eventually(() => expect(one.heard.map(({ event }) => event)).toEqual(['notifications_merged']))
  })

  it('needs the scope of what it tells', async () => {
    const { token } = await tokenFor(lea, ['read:statuses'])
    const { heard, say, problems } = await connect({ protocol: token })
    await say({ type: 'subscribe', stream: 'user:notification' })
    expect(problems).toEqual([{ error: 'This action is outside the authorized scopes', status: 403 }])
    await say({ type: 'subscribe', stream: 'user' })
    const id = await post(lea, 'Mine')
    await noa.api.post(`/api/v1/statuses/${id}/favourite`)
    const next = await post(lea, 'Mine again')
    await eventually(() => expect(heard.at(-1)?.payload.id).toBe(next))
    expect(heard.map(({ event }) => event)).toEqual(['update', 'update'])
  })

  it('ends within five seconds when its token, its person or its role is no longer good (row 32)', async () => {
    const sql = instance.ctx.db.$client
    const { token, id } = await tokenFor(lea, ['read'])
    const [disabled, guest] = [
      await make.member(instance.ctx, org.actor.id, 'analyst'),
      await make.member(instance.ctx, org.actor.id, 'analyst'),
    ]
    const tokens = await Promise.all([disabled, guest].map((viewer) => tokenFor({ ...org, viewer }, ['read'])))
    const sockets = await Promise.all(
      [token, ...tokens.map((one) => one.token)].map((protocol) => connect({ protocol })),
    )
    const stays = await listen(org)
    const abort = new AbortController()
    const headers = { authorization: `Bearer ${token}` }
    const events = await fetch(`${instance.url}/api/v1/streaming/user`, { headers, signal: abort.signal })
    await sql`update oauth_tokens set revoked_at = now() where id = ${id}`
    await sql`update users set disabled_at = now() where id = ${disabled.userId}`
    await sql`delete from memberships where user_id = ${guest.userId}`
    const patience = { withinMs: 5_000, everyMs: 50 }
    await eventually(() => expect(sockets.map(({ ended }) => ended())).toEqual([1008, 1008, 1008]), patience)
    await expect(events.text()).resolves.toContain(':)')
    expect(stays.ended()).toBeNull()
  })
})

type Events = Readonly<{ text(): string; headers: Headers; close(): void }>

/** Server-sent events as they come. */
async function follow(path: string, headers: Record<string, string> = {}): Promise<Events> {
  const abort = new AbortController()
  const answer = await fetch(`${instance.url}/api/v1/streaming${path}`, { headers, signal: abort.signal })
  let text = ''
  const read = async () => {
    for await (const chunk of answer.body ?? []) text += Buffer.from(chunk).toString()
  }
  // It ends by being cut off.
  read().catch(() => {})
  const events = kept({ text: () => text, headers: answer.headers, close: () => abort.abort() })
  await eventually(() => expect(text).toContain(':)\n'))
  return events
}

describe('announcements', () => {
  it('are told to everybody on the stream of their own, with every reaction, and taken back', async () => {
    const [one, other] = [await listen(lea), await listen(noa)]
    const open = await listen(lea, 'public')
    const draft = { text: 'Hello', startsAt: null, endsAt: null, isAllDay: false }
    const id = await publishAnnouncement(instance.ctx, draft)
    await eventually(() => expect(inShort(one.heard)).toEqual([['announcement', id]]))
    await lea.api.put(`/api/v1/announcements/${id}/reactions/${encodeURIComponent('🎉')}`)
    await eventually(() => expect(other.heard).toHaveLength(2))
    await withdrawAnnouncement(instance.ctx, id)
    await eventually(() => expect(other.heard).toHaveLength(3))
    const [told, reacted, gone] = other.heard
    expect(StreamedAnnouncement.parse(told?.payload).id).toBe(id)
    expect(reacted).toEqual({
      stream: ['user'],
      event: 'announcement.reaction',
      payload: { name: '🎉', count: 1, announcement_id: id },
    })
    expect(gone).toEqual({ stream: ['user'], event: 'announcement.delete', payload: id })
    expect(open.heard).toEqual([])
  })
})

describe('server-sent events', () => {
  it('tell the same, one stream for each address', async () => {
    const headers = { authorization: `Bearer ${lea.token}`, origin: 'https://client.example' }
    const events = await follow('/user', headers)
    expect(events.headers.get('content-type')).toBe('text/event-stream')
    expect(events.headers.get('access-control-allow-origin')).toBe('*')
    const id = await post(org, 'Bread')
    await eventually(() => expect(events.text()).toMatch(/event: update\ndata: .*\n\n/))
    const [, data] = /event: update\ndata: (.*)\n\n/.exec(events.text()) ?? []
    expect(Status.parse(JSON.parse(data ?? '')).id).toBe(id)
    await lea.api.post('/api/v2/filters', { title: 'Diet', context: ['home'] })
    await eventually(() => expect(events.text()).toContain('event: filters_changed\ndata: null\n\n'))
  })

  it('have an address for each stream, with the token in the address too', async () => {
    const { body: list } = await lea.api.post('/api/v1/lists', { title: 'Makers' })
    await lea.api.post(`/api/v1/lists/${list.id}/accounts`, { account_ids: [org.actor.id] })
    const token = `access_token=${lea.token}`
    const [all, local, tag, listed, remote, media] = await Promise.all(
      ['/public', '/public/local', '/hashtag/local', '/list', '/public/remote', '/public'].map((path, index) =>
        follow(`${path}?${token}&tag=paper&list=${list.id}${index === 5 ? '&only_media=true' : ''}`),
      ),
    )
    const [direct, told] = await Promise.all([follow(`/direct?${token}`), follow(`/user/notification?${token}`)])
    const id = await post(org, 'Some #paper for @lea')
    await post(org, '@lea a word', { visibility: 'direct' })
    await eventually(() => {
      for (const one of [all, local, tag, listed]) expect(one?.text()).toContain(`"id":"${id}"`)
      expect(direct?.text()).toContain('event: conversation')
      expect(told?.text()).toContain('event: notification')
    })
    for (const one of [remote, media]) expect(one?.text()).not.toContain('event')
  })

  it('are refused where there is no such stream, or none for this client', async () => {
    const ask = async (path: string, token = lea.token) => {
      const answer = await fetch(`${instance.url}/api/v1/streaming${path}`, {
        headers: token ? { authorization: `Bearer ${token}` } : {},
      })
      return [answer.status, (await answer.text()).replace(/^\{"error":"(.*)"\}$/, '$1')]
    }
    expect(await ask('/user', '')).toEqual([401, 'Missing access token'])
    expect((await ask('/user', 'wrong'))[0]).toBe(401)
    expect(await ask('?stream=nothing')).toEqual([400, 'Unknown stream type'])
    expect(await ask('/hashtag')).toEqual([400, 'Missing tag name parameter'])
    expect(await ask('/list')).toEqual([400, 'Missing list name parameter'])
    expect(await ask('/list?list=1')).toEqual([401, 'Not authorized to stream this list'])
    const { token } = await tokenFor(lea, ['read:notifications'])
    expect(await ask('/public', token)).toEqual([403, 'This action is outside the authorized scopes'])
    expect((await ask('/nothing'))[0]).toBe(404)
    expect(await ask('/health', '')).toEqual([200, 'OK'])
  })
})

it('names its address, for newer and older clients', async () => {
  const [newer, older] = [await lea.api.get('/api/v2/instance'), await lea.api.get('/api/v1/instance')]
  const address = instance.url.replace('http:', 'ws:')
  expect(newer.body.configuration.urls.streaming).toBe(address)
  expect(older.body.urls.streaming_api).toBe(address)
})
