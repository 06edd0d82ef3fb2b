import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { receivePost } from '#src/features/posts/receive.ts'
import { Conversation } from '#test/contract/schemas.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { type Client, createClient, type Json } from '#test/support/client.ts'
import { tellEverybody } from '#test/support/effects.ts'
import { make, uniqueName } from '#test/support/make.ts'

let test: TestApp
beforeAll(async () => {
  test = await createTestApp()
})
afterAll(() => test.close())

type Person = Readonly<{ client: Client; actorId: string; handle: string }>

async function somebody(scopes?: string[]): Promise<Person> {
  const handle = uniqueName('person')
  const { actorId, headers } = await test.signIn(handle, scopes)
  return { client: createClient(test.app, headers), actorId, handle }
}

/** People who follow each other, so that nothing of theirs is held back. */
async function friends(count: number): Promise<Person[]> {
  const all = await Promise.all(Array.from({ length: count }, () => somebody()))
  for (const { actorId: followerId } of all)
    for (const { actorId: followeeId } of all)
      if (followerId !== followeeId) await make.follow(test.ctx, { followerId, followeeId })
  return all
}

async function say(from: Person, to: readonly Person[], more = {}): Promise<string> {
  const status = `${to.map(({ handle }) => `@${handle}`).join(' ')} hello`
  const { body } = await from.client.post('/api/v1/statuses', { status, visibility: 'direct', ...more })
  await tellEverybody(test.ctx)
  return body.id
}

const list = async ({ client }: Person, query = ''): Promise<Json[]> =>
  (await client.get(`/api/v1/conversations${query}`)).body.map((one: unknown) => Conversation.parse(one))

const others = ({ accounts }: Json) => accounts.map(({ id }: { id: string }) => id).toSorted()

describe('a conversation', () => {
  it('is made of direct posts, for each of those who are in it (row 25)', async () => {
    const [a, b, stranger] = (await friends(3)) as [Person, Person, Person]
    const first = await say(a, [b])
    const [mine] = await list(a)
    expect(mine).toMatchObject({ unread: false, last_status: { id: first, visibility: 'direct' } })
    expect(others(mine)).toEqual([b.actorId])
    const [theirs] = await list(b)
    expect(theirs).toMatchObject({ unread: true, last_status: { id: first } })
    expect(others(theirs)).toEqual([a.actorId])
    const answer = await say(b, [a], { in_reply_to_id: first })
    expect(await list(a)).toMatchObject([{ id: mine.id, unread: true, last_status: { id: answer } }])
    expect(await list(b)).toMatchObject([{ id: theirs.id, unread: false, last_status: { id: answer } }])
    expect(await list(stranger)).toEqual([])
    await a.client.post('/api/v1/statuses', { status: `@${b.handle} aloud`, visibility: 'public' })
    await tellEverybody(test.ctx)
    expect(await list(b)).toHaveLength(1)
  })

  it('is one for each circle, even in one thread', async () => {
    const [a, b, c] = (await friends(3)) as [Person, Person, Person]
    const { body: open } = await a.client.post('/api/v1/statuses', { status: 'to all' })
    const fromB = await say(b, [a], { in_reply_to_id: open.id })
    const fromC = await say(c, [a], { in_reply_to_id: open.id })
    expect((await list(a)).map((one) => [one.last_status.id, others(one)])).toEqual([
      [fromC, [c.actorId]],
      [fromB, [b.actorId]],
    ])
    const toBoth = await say(a, [b, c], { in_reply_to_id: fromB })
    const [whole] = await list(a)
    expect([whole.last_status.id, others(whole)]).toEqual([toBoth, [b.actorId, c.actorId].toSorted()])
    expect((await list(b)).map((one) => others(one))).toEqual([[a.actorId, c.actorId].toSorted(), [a.actorId]])
    expect(await list(c)).toHaveLength(2)
  })

  it('with oneself alone has oneself in it', async () => {
    const a = await somebody()
    const id = await say(a, [])
    const [note] = await list(a)
    expect([note.last_status.id, others(note)]).toEqual([id, [a.actorId]])
  })

  it('is read, and taken off the list until somebody goes on', async () => {
    const [a, b] = (await friends(2)) as [Person, Person]
    const first = await say(a, [b])
    const [{ id }] = (await list(b)) as [Json]
    const read = await b.client.post(`/api/v1/conversations/${id}/read`)
    expect(Conversation.parse(read.body)).toMatchObject({ id, unread: false, last_status: { id: first } })
    expect(await list(b)).toMatchObject([{ id, unread: false }])
    for (const other of [
      a.client.post(`/api/v1/conversations/${id}/read`),
      a.client.delete(`/api/v1/conversations/${id}`),
      b.client.delete('/api/v1/conversations/1'),
      b.client.post('/api/v1/conversations/x/read'),
    ])
      expect((await other).status).toBe(404)
    expect((await b.client.delete(`/api/v1/conversations/${id}`)).body).toEqual({})
    expect(await list(b)).toEqual([])
    expect((await b.client.get(`/api/v1/statuses/${first}`)).status).toBe(200)
    await a.client.put(`/api/v1/statuses/${first}`, { status: `@${b.handle} hello again` })
    await tellEverybody(test.ctx)
    expect(await list(b)).toEqual([])
    const second = await say(a, [b], { in_reply_to_id: first })
    expect(await list(b)).toMatchObject([{ unread: true, last_status: { id: second } }])
  })

  it('goes back to what was said before when its last post is deleted, and ends with its only one', async () => {
    const [a, b] = (await friends(2)) as [Person, Person]
    const first = await say(a, [b])
    const second = await say(a, [b], { in_reply_to_id: first })
    for (const [id, left] of [
      [second, [first]],
      [first, []],
    ] as const) {
      await a.client.delete(`/api/v1/statuses/${id}`)
      await tellEverybody(test.ctx)
      for (const one of [a, b]) expect((await list(one)).map(({ last_status: { id: last } }) => last)).toEqual(left)
    }
  })

  it('is for those too whom an edit names', async () => {
    const [a, b, c] = (await friends(3)) as [Person, Person, Person]
    const id = await say(a, [b])
    await a.client.put(`/api/v1/statuses/${id}`, { status: `@${b.handle} @${c.handle} hello` })
    await tellEverybody(test.ctx)
    const [joined] = await list(c)
    expect([joined.last_status.id, others(joined)]).toEqual([id, [a.actorId, b.actorId].toSorted()])
  })

  it('needs its scopes', async () => {
    const a = await somebody(['read:accounts', 'write:conversations'])
    expect((await a.client.get('/api/v1/conversations')).status).toBe(403)
    const b = await somebody(['read'])
    expect((await b.client.post('/api/v1/conversations/1/read')).status).toBe(403)
    expect((await b.client.delete('/api/v1/conversations/1')).status).toBe(403)
    expect((await createClient(test.app).get('/api/v1/conversations')).status).toBe(401)
  })
})

describe('a list of conversations', () => {
  it('is paged by the last post', async () => {
    const [a, b] = (await friends(2)) as [Person, Person]
    const ids: string[] = []
    for (let n = 0; n < 5; n++) ids.unshift(await say(a, [b]))
    const lasts = async (query: string) => (await list(b, query)).map(({ last_status: { id } }) => id)
    expect(await lasts('')).toEqual(ids)
    expect(await lasts('?limit=2')).toEqual(ids.slice(0, 2))
    expect(await lasts(`?max_id=${ids[1]}&limit=2`)).toEqual(ids.slice(2, 4))
    expect(await lasts(`?since_id=${ids[3]}&limit=2`)).toEqual(ids.slice(0, 2))
    expect(await lasts(`?min_id=${ids[3]}&limit=2`)).toEqual(ids.slice(1, 3))
    const { headers } = await b.client.get('/api/v1/conversations?limit=2')
    expect(String(headers.link)).toContain(`max_id=${ids[1]}`)
    expect(String(headers.link)).toContain(`min_id=${ids[0]}`)
    expect((await b.client.get('/api/v1/conversations?limit=x')).status).toBe(422)
  })

  it('has nothing of who is blocked, in either direction', async () => {
    const [a, b, c] = (await friends(3)) as [Person, Person, Person]
    await say(b, [a])
    await say(b, [a, c])
    await a.client.post(`/api/v1/accounts/${b.actorId}/block`)
    expect(await list(a)).toEqual([])
    // Of the larger circle somebody is left for the other side.
    expect((await list(b)).map((one) => others(one))).toEqual([[c.actorId]])
    await say(c, [a, b])
    const [seen] = await list(a)
    expect(others(seen)).toEqual([c.actorId])
    expect(JSON.stringify(seen.accounts)).not.toContain(b.handle)
  })

  it('has nothing of who is muted, until that ends', async () => {
    const [a, b, c] = (await friends(3)) as [Person, Person, Person]
    const alone = await say(b, [a])
    const whole = await say(c, [a, b])
    await a.client.post(`/api/v1/accounts/${b.actorId}/mute`, { notifications: false })
    await say(b, [a, c], { in_reply_to_id: whole })
    expect((await list(a)).map((one) => [one.last_status.id, others(one)])).toEqual([[whole, [c.actorId]]])
    await a.client.post(`/api/v1/accounts/${b.actorId}/unmute`)
    expect((await list(a)).at(-1)?.last_status.id).toBe(alone)
  })

  it('has nothing that the policy holds back, until it is let through', async () => {
    const [a, stranger, other] = [await somebody(), await somebody(), await somebody()]
    const id = await say(stranger, [a])
    await say(other, [a])
    expect(await list(a)).toEqual([])
    const { body: requests } = await a.client.get('/api/v1/notifications/requests')
    const requestOf = ({ actorId }: Person) =>
      requests.find(({ account }: { account: { id: string } }) => account.id === actorId).id
    await a.client.post(`/api/v1/notifications/requests/${requestOf(other)}/dismiss`)
    expect(await list(a)).toEqual([])
    await a.client.post(`/api/v1/notifications/requests/${requestOf(stranger)}/accept`)
    expect(await list(a)).toMatchObject([{ unread: true, last_status: { id } }])
  })

  it('is not touched by what is said in a muted thread', async () => {
    const [a, b] = (await friends(2)) as [Person, Person]
    const first = await say(a, [b])
    await b.client.post(`/api/v1/statuses/${first}/mute`)
    await say(a, [b], { in_reply_to_id: first })
    expect(await list(b)).toMatchObject([{ last_status: { id: first } }])
  })

  it('does not name who is addressed without being mentioned', async () => {
    const [a, remote, hidden] = [await somebody(), await make.remoteActor(test.ctx), await make.remoteActor(test.ctx)]
    await make.follow(test.ctx, { followerId: a.actorId, followeeId: remote.id })
    await receivePost(test.ctx, {
      ...incoming(),
      actorId: remote.id,
      recipientIds: [a.actorId, hidden.id],
      mentionIds: [a.actorId],
    })
    await tellEverybody(test.ctx)
    const [seen] = await list(a)
    expect(others(seen)).toEqual([remote.id])
  })
})

function incoming() {
  return {
    iri: `https://there.example/notes/${uniqueName('direct')}`,
    url: null,
    visibility: 'direct' as const,
    content: '<p>psst</p>',
    spoilerText: '',
    isSensitive: false,
    language: null,
    inReplyToIri: null,
    context: null,
    publishedAt: test.ctx.now(),
    editedAt: null,
    hashtags: [],
    attachments: [],
    poll: null,
    emojis: [],
    ...{ quote: null, quoteAutomatic: [], quoteManual: [] },
    raw: {},
  }
}
