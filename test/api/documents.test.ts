import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { actors } from '#src/db/schema/actors.ts'
import { posts } from '#src/db/schema/posts.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { type MadeActor, make, uniqueName } from '#test/support/make.ts'

let test: TestApp
let org: MadeActor
let postId: string

beforeAll(async () => {
  test = await createTestApp({ config: { handleHost: 'org.example', smtpUrl: 'smtp://127.0.0.1:9' } })
  org = await make.actor(test.ctx, { handle: 'atelier', type: 'Organization' })
  postId = (await make.post(test.ctx, { actorId: org.actor.id })).id
})
afterAll(() => test.close())

const get = (url: string, headers: Record<string, string> = {}) => test.app.inject({ url, headers })
const webFinger = (resource: string) =>
  get(`/.well-known/webfinger?resource=${encodeURIComponent(resource)}`, { origin: 'https://client.example' })
const iri = 'https://here.example/users/atelier'

describe('WebFinger', () => {
  it.each([
    'acct:atelier@org.example',
    'acct:atelier@here.example',
    'acct:Atelier@ORG.example',
    'atelier@org.example',
    iri,
    'https://here.example/@atelier',
  ])('leads from %s to the actor (item 1)', async (resource) => {
    const answer = await webFinger(resource)
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['content-type']).toMatch(/^application\/jrd\+json/)
    expect(answer.headers['access-control-allow-origin']).toBe('*')
    const { subject, links } = answer.json()
    expect(subject).toBe('acct:atelier@org.example')
    expect(links).toContainEqual({ rel: 'self', type: 'application/activity+json', href: iri })
  })

  it('leads from the bare address to the actor of the instance (item 1)', async () => {
    const { links } = (await webFinger('https://here.example/')).json()
    expect(links).toContainEqual(expect.objectContaining({ rel: 'self', href: 'https://here.example/actor' }))
  })

  it('knows nobody else, and says what it wants to be asked (item 1)', async () => {
    for (const resource of ['acct:nobody@org.example', 'acct:atelier@other.example', 'https://here.example/@nobody']) {
      expect([resource, (await webFinger(resource)).statusCode]).toEqual([resource, 404])
    }
    expect((await get('/.well-known/webfinger')).statusCode).toBe(400)
  })
})

describe('what the server says of itself', () => {
  it('begins at host-meta and NodeInfo, whose links lead to it (item 2)', async () => {
    const meta = await get('/.well-known/host-meta')
    expect(meta.headers['content-type']).toMatch(/^application\/xrd\+xml/)
    expect(meta.body).toContain('template="https://here.example/.well-known/webfinger?resource={uri}"')
    const { links } = (await get('/.well-known/nodeinfo')).json()
    expect(links.map(({ rel }: { rel: string }) => rel)).toEqual([
      'http://nodeinfo.diaspora.software/ns/schema/2.0',
      'http://nodeinfo.diaspora.software/ns/schema/2.1',
      'https://www.w3.org/ns/activitystreams#Application',
    ])
    expect(links[2].href).toBe('https://here.example/actor')
  })

  it.each(['2.0', '2.1'])('is NodeInfo %s (item 2)', async (version) => {
    const answer = await get(`/nodeinfo/${version}`)
    expect(answer.headers['content-type']).toContain(`schema/${version}#`)
    expect(answer.json()).toMatchObject({
      version,
      software: { name: 'entremise', version: expect.stringMatching(/^\d+\.\d+\.\d+/) },
      protocols: ['activitypub'],
      openRegistrations: false,
      usage: { users: { total: expect.any(Number) }, localPosts: expect.any(Number) },
    })
  })
})

const asDocument = [
  'application/activity+json',
  'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
  'application/ld+json',
  'application/json',
]
const asPage = ['text/html', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', '*/*']

describe('one address', () => {
  const addresses = () => [`/@atelier`, `/users/atelier`, `/@atelier/${postId}`, `/users/atelier/statuses/${postId}`]

  it.each(asDocument)('is a document for who accepts %s (item 3)', async (accept) => {
    for (const url of addresses()) {
      const answer = await get(url, { accept })
      expect([url, answer.statusCode]).toEqual([url, 200])
      expect(answer.headers['content-type']).toMatch(/^application\/activity\+json/)
      expect(String(answer.headers.vary).toLowerCase()).toContain('accept')
      expect(answer.json().id).toBe(url.includes(postId) ? `${iri}/statuses/${postId}` : iri)
    }
  })

  it.each(asPage)('is a page for who accepts %s, or leads to one (item 3) (row 79)', async (accept) => {
    for (const url of addresses()) {
      const answer = await get(url, { accept })
      expect(String(answer.headers.vary).toLowerCase()).toContain('accept')
      const page = answer.statusCode === 302 ? await get(String(answer.headers.location), { accept }) : answer
      expect(page.headers['content-type']).toMatch(/^text\/html/)
      expect(page.body).toMatch(/<link rel="alternate" href="[^"]+" type="application\/activity\+json">/)
    }
  })

  it('says what was there when it is gone (item 3)', async () => {
    const gone = await make.actor(test.ctx, { handle: uniqueName('gone') })
    const { id } = await make.post(test.ctx, { actorId: org.actor.id })
    const deletedAt = test.ctx.now()
    await test.ctx.db.update(actors).set({ deletedAt }).where(eq(actors.id, gone.actor.id))
    await test.ctx.db.update(posts).set({ deletedAt, content: '' }).where(eq(posts.id, id))
    for (const url of [`/users/${gone.actor.handle}`, `/users/atelier/statuses/${id}`]) {
      const answer = await get(url, { accept: 'application/activity+json' })
      expect([url, answer.statusCode, answer.json().type]).toEqual([url, 410, 'Tombstone'])
    }
  })

  it('with an id that can be none is not there', async () => {
    const most = '9'.repeat(19)
    const accept = 'application/activity+json'
    for (const url of [`/contexts/${most}`, `/users/atelier/statuses/${most}`, `/activities/${most}`]) {
      expect([url, (await get(url, { accept })).statusCode]).toEqual([url, 404])
    }
    expect((await get(`/users/atelier/outbox?page=true&max_id=${most}`, { accept })).statusCode).toBe(200)
  })
})

describe('the host of what we say', () => {
  it('is the configured one, whatever is asked for (row 80)', async () => {
    const evil = { host: 'evil.example', 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' }
    const urls = ['/', '/@atelier', `/@atelier/${postId}`, '/about', '/login', '/api/v2/instance', '/oauth/authorize']
    for (const url of [...urls, '/.well-known/nodeinfo', '/.well-known/oauth-authorization-server']) {
      const { body, headers } = await get(url, { ...evil, accept: 'text/html' })
      expect([url, `${body}${JSON.stringify(headers)}`.includes('evil.example')]).toEqual([url, false])
    }
    const document = await get('/users/atelier', { ...evil, accept: 'application/activity+json' })
    expect(document.json().inbox).toBe(`${iri}/inbox`)
  })
})
