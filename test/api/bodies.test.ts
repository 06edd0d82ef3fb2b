import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { createClient } from '#test/support/client.ts'
import { make, uniqueName } from '#test/support/make.ts'

let test: TestApp
beforeAll(async () => {
  test = await createTestApp()
})
afterAll(() => test.close())

async function somebody() {
  const { headers } = await test.signIn(uniqueName('sender'))
  return { headers, client: createClient(test.app, headers) }
}

/** A request as some clients make every one: it says that it is JSON, and there is nothing in it. */
async function sendNothing(method: 'POST' | 'DELETE', url: string, headers: Record<string, string>) {
  const answer = await test.app.inject({ method, url, headers: { ...headers, 'content-type': 'application/json' } })
  return { status: answer.statusCode, body: answer.json() }
}

describe('a body of JSON that is empty', () => {
  it('is no body', async () => {
    const { client, headers } = await somebody()
    const { body: post } = await client.post('/api/v1/statuses', { status: 'like me' })
    const liked = await sendNothing('POST', `/api/v1/statuses/${post.id}/favourite`, headers)
    expect(liked).toMatchObject({ status: 200, body: { favourited: true } })
    expect(await sendNothing('DELETE', `/api/v1/statuses/${post.id}`, headers)).toMatchObject({ status: 200 })
    expect(await sendNothing('POST', '/api/v1/statuses', headers)).toMatchObject({ status: 422 })
  })

  it('is told from one that is broken', async () => {
    const { client } = await somebody()
    const more = { 'content-type': 'application/json' }
    expect(await client.form('POST', '/api/v1/lists', [['title', 'a']])).toMatchObject({ status: 200 })
    expect(await client.post('/api/v1/lists', '{"title":' as never, more)).toMatchObject({ status: 400 })
  })
})

describe('fields in the query of what is written', () => {
  it('count as in the body', async () => {
    const { client, headers } = await somebody()
    const created = await sendNothing('POST', '/api/v1/lists?title=Near&replies_policy=none&exclusive=true', headers)
    expect(created.body).toMatchObject({ title: 'Near', replies_policy: 'none', exclusive: true })
    const { actor: other } = await make.actor(test.ctx, { isOpen: true })
    const follow = await client.post(`/api/v1/accounts/${other.id}/follow?reblogs=false&notify=true`)
    expect(follow.body).toMatchObject({ showing_reblogs: false, notifying: true })
    const added = await client.post(`/api/v1/lists/${created.body.id}/accounts?account_ids[]=${other.id}`)
    expect(added.status).toBe(200)
  })

  it('give way to the body, of whatever form', async () => {
    const { client } = await somebody()
    const path = '/api/v1/lists?title=address&exclusive=true'
    const wanted = { title: 'body', exclusive: true }
    expect((await client.post(path, { title: 'body' })).body).toMatchObject(wanted)
    expect((await client.form('POST', path, [['title', 'body']])).body).toMatchObject(wanted)
    expect((await client.multipart('POST', path, [['title', 'body']])).body).toMatchObject(wanted)
  })

  it('are refused like those of a body', async () => {
    const { client } = await somebody()
    expect(await client.post('/api/v1/statuses?status=a&visibility=friends')).toMatchObject({ status: 422 })
  })

  it('do not count for OAuth: an address is written down in too many places for a secret', async () => {
    const answer = await createClient(test.app).post('/oauth/token?grant_type=client_credentials')
    expect(answer.body).toMatchObject({ error: 'invalid_request', error_description: 'grant_type is missing' })
  })
})

describe('fields that are too many or nested too deeply', () => {
  const deep = 'a[b][c][d][e][f]'
  const many = Array.from({ length: 1_001 }, (_, at) => [`n${at}`, '1'] as const)
  const queries = [
    `${deep}=1`,
    `${encodeURIComponent(deep)}=1`,
    new URLSearchParams(many.map((one) => [...one])).toString(),
  ]

  // A query is read before there is a route, where nobody would catch what is thrown: the process would end.
  it.each(queries)('are refused in a query, by pages and for servers too (case %#)', async (query) => {
    for (const path of ['/api/v1/timelines/public', '/', '/.well-known/webfinger']) {
      const { statusCode } = await test.app.inject({ url: `${path}?${query}`, headers: { accept: 'text/html' } })
      expect([path, statusCode]).toEqual([path, 422])
    }
    expect((await test.app.inject({ method: 'POST', url: `/inbox?${query}`, payload: '{}' })).statusCode).toBe(422)
  })

  it('are refused in forms of both kinds', async () => {
    const { client } = await somebody()
    for (const fields of [[[deep, '1'] as const], many]) {
      const path = '/api/v1/lists'
      expect((await client.form('POST', path, fields)).status).toBe(422)
      if (fields !== many) expect((await client.multipart('POST', path, fields)).status).toBe(422)
    }
  })
})

describe('a text with a NUL in it, which no text is', () => {
  it.each([
    ['GET', '/api/v1/accounts/lookup?acct=%00', undefined],
    ['POST', '/oauth/revoke', { token: 'x', client_id: '\u0000', client_secret: 'x' }],
  ] as const)('is refused by %s %s', async (method, url, payload) => {
    const { headers } = await somebody()
    const answer = await test.app.inject({ method, url, headers, ...(payload ? { payload } : {}) })
    expect(answer.statusCode).toBe(422)
  })
})
