import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startWeb } from '#src/server.ts'
import { Conversation, Notification, Status } from '#test/contract/schemas.ts'
import type { Json } from '#test/support/client.ts'
import { eventually } from '#test/support/eventually.ts'
import { make } from '#test/support/make.ts'
import { freePort } from '#test/support/port.ts'
import { type Instance, type Member, startInstance } from '#test/support/two-servers.ts'

let instance: Instance
/** A second web process of the same instance. */
let second: Awaited<ReturnType<typeof startWeb>>
let org: Member
let lea: Member
let noa: Member

beforeAll(async () => {
  instance = await startInstance()
  const port = await freePort()
  second = await startWeb({ ...instance.ctx, config: { ...instance.ctx.config, port } })
  ;[org, lea, noa] = await Promise.all([
    instance.join('atelier', { type: 'Organization' }),
    instance.join('lea'),
    instance.join('noa'),
  ])
  await make.follow(instance.ctx, { followerId: lea.actor.id, followeeId: org.actor.id })
})
afterAll(async () => {
  await second.close()
  await instance.close()
})

const open: { close(): void }[] = []
afterEach(() => {
  for (const one of open.splice(0)) one.close()
})

type Said = { stream: string[]; event: string; payload?: Json }

/** A socket, with everything that it has heard. */
async function connect(
  member: Member,
  { path = '', protocol, at = instance.url }: { path?: string; protocol?: string; at?: string } = {},
) {
  const socket = new WebSocket(`${at.replace('http', 'ws')}/api/v1/streaming${path}`, protocol)
  open.push(socket)
  const heard: Said[] = []
  const problems: Json[] = []
  let ended: number | null = null
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data))
    if (message.error) problems.push(message)
    else heard.push({ ...message, ...('payload' in message ? { payload: parse(message.payload) } : {}) })
  })
  socket.addEventListener('close', ({ code }) => {
    ended = code
  })
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve())
    socket.addEventListener('error', () => reject(new Error('the socket was refused')))
  })
  const say = async (message: object) => {
    socket.send(JSON.stringify(message))
    // An answer to nonsense comes after what was said before it.
    const before = problems.length
    socket.send('{}')
    await eventually(() => expect(problems.length).toBeGreaterThan(before))
    problems.pop()
  }
  return { socket, heard, problems, say, member, ended: () => ended }
}

const parse = (payload?: string): Json => (payload?.startsWith('{') ? JSON.parse(payload) : payload)

const post = async (member: Member, status: string, more = {}): Promise<string> =>
  (await member.api.post('/api/v1/statuses', { status, ...more })).body.id

/** Streams open from the first connection on; what is said before it is heard by nobody. */
async function listen(member: Member, stream = 'user', more = {}) {
  const one = await connect(member, { path: `?access_token=${member.token}`, ...more })
  await one.say({ type: 'subscribe', stream, ...more })
  return one
}

const events = (heard: readonly Said[]) => heard.map(({ event, payload }) => [event, payload.id ?? payload])

describe('a socket', () => {
  it('is opened by a token in the address or the subprotocol, which comes back', async () => {
    expect((await connect(lea, { protocol: lea.token })).socket.protocol).toBe(lea.token)
    await connect(lea, { path: `?access_token=${lea.token}` })
    await expect(connect(lea)).rejects.toThrow('refused')
    await expect(connect(lea, { path: '?access_token=wrong' })).rejects.toThrow('refused')
    const answer = await fetch(`${instance.url}/api/v1/streaming/user`)
    expect([answer.status, await answer.json()]).toEqual([401, { error: 'Missing access token' }])
  })

  it('says what is wrong with a message, and goes on', async () => {
    const { say, problems } = await connect(lea, { protocol: lea.token })
    await say({ type: 'subscribe', stream: 'nothing' })
    await say({ type: 'subscribe', stream: 'hashtag' })
    await say({ type: 'sing' })
    expect(problems).toEqual([
      { error: 'Unknown stream type', status: 404 },
      { error: 'No tag for stream provided', status: 400 },
      { error: 'The type must be subscribe or unsubscribe', status: 400 },
    ])
  })

  it('tells followers of what is posted, edited and deleted, on every web process', async () => {
    const [here, there] = [await listen(lea), await listen(lea, 'user', { at: second.address })]
    const id = await post(org, 'Bread', { visibility: 'private' })
    await eventually(() => {
      for (const { heard } of [here, there]) expect(events(heard)).toEqual([['update', id]])
    })
    Status.parse(here.heard[0]?.payload)
    expect(here.heard[0]?.stream).toEqual(['user'])
    await org.api.put(`/api/v1/statuses/${id}`, { status: 'Better bread' })
    await eventually(() => expect(there.heard[1]?.event).toBe('status.update'))
    expect(there.heard[1]?.payload.content).toContain('Better bread')
    await org.api.delete(`/api/v1/statuses/${id}`)
    await eventually(() => expect(events(here.heard)[2]).toEqual(['delete', id]))
  })

  it('tells nobody of what they may not see', async () => {
    const [stranger, follower] = [await listen(noa), await listen(lea)]
    await stranger.say({ type: 'subscribe', stream: 'public' })
    const secret = await post(org, 'For followers', { visibility: 'private' })
    await eventually(() => expect(events(follower.heard)).toEqual([['update', secret]]))
    await org.api.delete(`/api/v1/statuses/${secret}`)
    await eventually(() => expect(events(follower.heard)).toHaveLength(2))
    await noa.api.post(`/api/v1/accounts/${org.actor.id}/block`)
    const open = await post(org, 'For everybody')
    await eventually(() => expect(events(follower.heard)).toHaveLength(3))
    expect(stranger.heard).toEqual([])
    await noa.api.post(`/api/v1/accounts/${org.actor.id}/unblock`)
    await org.api.delete(`/api/v1/statuses/${open}`)
    await instance.settle()
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
    expect(heard.map(({ stream, payload }) => [stream, payload.id])).toEqual([
      [['public:local'], plain],
      [['public:local'], tagged],
      [['hashtag', 'emballage'], tagged],
      [['hashtag', 'emballage'], answer],
    ])
    await say({ type: 'unsubscribe', stream: 'public:local' })
    await post(org, 'More bread')
    const last = await post(org, 'More #emballage')
    await eventually(() => expect(heard.at(-1)?.payload.id).toBe(last))
    expect(heard).toHaveLength(5)
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
    const [one, other] = [await listen(org, 'user:notification'), await listen(lea, 'user')]
    const id = await post(org, 'Bread')
    await noa.api.post(`/api/v1/statuses/${id}/favourite`)
    await eventually(() => expect(one.heard).toHaveLength(1))
    expect(one.heard[0]).toMatchObject({ event: 'notification', payload: { type: 'favourite' } })
    Notification.parse(one.heard[0]?.payload)
    expect(other.heard.map(({ event }) => event)).toEqual(['update'])
  })

  it('needs the scope of what it asks for', async () => {
    const { body } = await org.api.get('/api/v1/apps/verify_credentials')
    expect(body.error).toBeDefined()
    const { createToken } = await import('#src/features/oauth/service.ts')
    const narrow = { userId: lea.viewer.userId, actorId: lea.actor.id, scopes: ['read:statuses'], appId: null }
    const { token } = await createToken(instance.ctx, narrow)
    const { heard, say, problems } = await connect(lea, { protocol: token })
    await say({ type: 'subscribe', stream: 'user:notification' })
    expect(problems).toEqual([{ error: 'This action is outside the authorized scopes', status: 403 }])
    await say({ type: 'subscribe', stream: 'user' })
    const id = await post(lea, 'Mine')
    await noa.api.post(`/api/v1/statuses/${id}/favourite`)
    const next = await post(lea, 'Mine again')
    await eventually(() => expect(heard.at(-1)?.payload.id).toBe(next))
    expect(heard.map(({ event }) => event)).toEqual(['update', 'update'])
  })

  it('ends when its token is revoked, within five seconds', async () => {
    const { createToken } = await import('#src/features/oauth/service.ts')
    const mine = { userId: lea.viewer.userId, actorId: lea.actor.id, scopes: ['read'], appId: null }
    const { token, id } = await createToken(instance.ctx, mine)
    const { ended } = await connect(lea, { protocol: token })
    await instance.ctx.db.$client`update oauth_tokens set revoked_at = now() where id = ${id}`
    await eventually(() => expect(ended()).toBe(1008), { withinMs: 5_000, everyMs: 50 })
  })
})

describe('server-sent events', () => {
  it('tell the same, one stream for each address', async () => {
    const abort = new AbortController()
    open.push({ close: () => abort.abort() })
    const headers = { authorization: `Bearer ${lea.token}`, origin: 'https://client.example' }
    const answer = await fetch(`${instance.url}/api/v1/streaming/user`, { headers, signal: abort.signal })
    expect(answer.headers.get('content-type')).toBe('text/event-stream')
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    const read = async () => {
      while (!text.includes('event: update')) text += (await reader?.read())?.value ?? ''
    }
    const reading = read()
    await eventually(() => expect(text).toContain(':)'))
    const id = await post(org, 'Bread')
    await reading
    while (!text.endsWith('\n\n')) text += (await reader?.read())?.value ?? ''
    const [, data] = /event: update\ndata: (.*)\n/.exec(text) ?? []
    expect(Status.parse(JSON.parse(data ?? '')).id).toBe(id)
  })

  it('are refused where there is no such stream', async () => {
    const ask = async (path: string) =>
      (await fetch(`${instance.url}/api/v1/streaming${path}`, { headers: { authorization: `Bearer ${lea.token}` } }))
        .status
    expect(await ask('?stream=nothing')).toBe(404)
    expect(await ask('/hashtag')).toBe(422)
    expect(await ask('/health')).toBe(200)
  })
})
