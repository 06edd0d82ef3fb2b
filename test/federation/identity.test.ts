import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findPolicy } from '#src/db/severities.ts'
import { blockHost, unblockHost } from '#src/features/domains/service.ts'
import { findAccount, letBeFollowed } from '#test/support/befriend.ts'
import type { Json } from '#test/support/client.ts'
import { creating, type Neighbours, startNeighbours } from '#test/support/neighbours.ts'
import { PUBLIC, type Stranger, type StrangerActor, startStranger } from '#test/support/stranger.ts'
import { type Instance, type Member, startInstance } from '#test/support/two-servers.ts'

let neighbours: Neighbours
let instance: Instance
let elsewhere: Stranger
let far: Stranger
let lea: Member
let rosa: StrangerActor
let remo: StrangerActor
let mallory: StrangerActor

beforeAll(async () => {
  neighbours = await startNeighbours()
  ;({ instance, elsewhere, far, lea, rosa, remo } = neighbours)
  mallory = await far.actor('mallory')
})
afterAll(() => neighbours.close())

const say: Neighbours['say'] = (...args) => neighbours.say(...args)
const find: Neighbours['find'] = (...args) => neighbours.find(...args)
const lookUp: Neighbours['lookUp'] = (...args) => neighbours.lookUp(...args)
const isNothing = { accounts: [], statuses: [] }
const getsOf = (server: Stranger, url: string) => server.gets.filter(({ path }) => server.url + path === url).length

describe('a document that is fetched', () => {
  it('under a foreign id is believed only where that id leads to it (rows 7, 13) (rule 9)', async () => {
    const genuine = rosa.note({ content: '<p>Genuine</p>' })
    const forged = `${far.url}/uploads/forged.json`
    far.serve(forged, { body: { ...genuine, content: '<p>Forged</p>' } })
    const { statuses } = await lookUp(forged)
    expect(statuses.map(({ content }) => content)).toEqual(['<p>Genuine</p>'])
    const invented = { ...genuine, id: `${elsewhere.url}/notes/never-written` }
    far.serve(`${far.url}/uploads/2.json`, { body: invented })
    expect(await lookUp(`${far.url}/uploads/2.json`)).toMatchObject(isNothing)
  })

  it('by a redirect speaks for nobody but the id at its end (row 3)', async () => {
    const victim = await elsewhere.actor('victim')
    const copied = `${far.url}/people/victim`
    // An open redirect of the victim’s server leads to a document that says it is the victim’s.
    const open = `${elsewhere.url}/leave?to=far`
    far.serve(copied, { body: { ...victim.document, id: open, inbox: `${far.url}/inbox` } })
    elsewhere.serve(open, { status: 302, headers: { location: copied } })
    expect(await lookUp(open)).toMatchObject(isNothing)
    far.serve(copied, { body: { ...victim.document, inbox: `${far.url}/inbox`, name: 'Forged' } })
    const { accounts } = await lookUp(open)
    expect(accounts.map(({ display_name }) => display_name)).toEqual(['victim'])
  })

  it('under an id of another server that leads to it by a redirect is not that server’s (row 3)', async () => {
    const open = `${elsewhere.url}/leave?to=note`
    const copied = `${far.url}/uploads/note.json`
    const note = rosa.note({ id: open, content: '<p>Forged</p>' })
    far.serve(copied, { body: note })
    elsewhere.serve(open, { status: 302, headers: { location: copied } })
    for (const address of [open, copied]) expect(await lookUp(address)).toMatchObject(isNothing)
    await say(rosa, rosa.activity('Announce', open, { to: [PUBLIC] }))
    expect(await find(lea, open)).toBeUndefined()
  })

  it('in whose place its id brings something else is nothing (row 7)', async () => {
    const upload = `${far.url}/uploads/other.json`
    const other = rosa.note()
    far.serve(upload, { body: { ...other, id: `${elsewhere.url}/notes/moved`, content: '<p>Forged</p>' } })
    elsewhere.serve('/notes/moved', { body: { ...other, id: `${elsewhere.url}/notes/elsewhere` } })
    expect(await lookUp(upload)).toMatchObject(isNothing)
  })

  it.each(['application/json', 'text/plain', 'image/png', 'application/ld+json'])(
    'as %s is a file that somebody uploaded (row 12)',
    async (type) => {
      const note = mallory.note()
      far.serve(note.id, { body: note, headers: { 'content-type': type } })
      expect(await lookUp(note.id)).toMatchObject(isNothing)
    },
  )

  it('is not looked for behind alternate links (row 51)', async () => {
    const note = mallory.note()
    const page = `${far.url}/pages/1`
    const link = `<${note.id}>; rel="alternate"; type="application/activity+json"`
    const html = `<link rel="alternate" type="application/activity+json" href="${note.id}">`
    far.serve(page, { body: html, headers: { 'content-type': 'text/html', link } })
    expect(await lookUp(page)).toMatchObject(isNothing)
    expect([getsOf(far, page), getsOf(far, note.id)]).toEqual([1, 0])
  })

  it('by an author of another origin is nobody’s (rows 11, 17) (rule 10)', async () => {
    const claimed = mallory.note({ attributedTo: rosa.iri, url: `${elsewhere.url}/@rosa/1` })
    const list = mallory.note({ attributedTo: [mallory.iri, rosa.iri] })
    for (const { id } of [claimed, list]) expect(await lookUp(id)).toMatchObject(isNothing)
  })
})

describe('what somebody boosts', () => {
  it('is read from its own server, whatever is sent along (row 14) (rule 9)', async () => {
    const genuine = rosa.note({ content: '<p>As written</p>' })
    await say(rosa, rosa.activity('Announce', { ...genuine, content: '<p>Forged</p>' }, { to: [PUBLIC] }))
    expect(await find(lea, genuine.id)).toMatchObject({ content: '<p>As written</p>' })
    const invented = { ...genuine, id: `${far.url}/notes/never-written` }
    await say(rosa, rosa.activity('Announce', invented, { to: [PUBLIC] }))
    expect(await find(lea, invented.id)).toBeUndefined()
  })
})

describe('what is named and would be refused at any other time too', () => {
  const large = { status: 200, body: { content: 'x'.repeat(1_100_000) } }
  const leading = (location: string) => ({ status: 302, headers: { location } })

  it.each([
    ['in a circle', () => leading('/named')],
    ['to an address that is not public', () => leading('https://10.0.0.1/note')],
    ['to no web address', () => leading('ftp://elsewhere.example/note')],
    ['to a name and a password', () => leading('https://me:it@elsewhere.example/note')],
    ['nowhere', () => ({ status: 302 })],
    ['to what is too large', () => large],
    ['to a server that is blocked', () => leading('https://blocked.example/note')],
  ])('is ignored and not tried again where it leads %s', async (_where, answer) => {
    await blockHost(instance.ctx, { host: 'blocked.example', reason: 'test' })
    elsewhere.serve('/named', answer())
    const boost = rosa.activity('Announce', `${elsewhere.url}/named`, { to: [PUBLIC] })
    await say(rosa, boost)
    const [row] = await instance.ctx.db.$client`
      select outcome, attempts, delays, parked_at from inbox_activities where activity_key like ${`%${boost.id}`}`
    expect(row).toEqual({ outcome: expect.stringContaining('ignored: '), attempts: 0, delays: 0, parked_at: null })
  })
})

describe('a sender', () => {
  it('whose key is on a private address is not asked for it (rows 16, 42)', async () => {
    const canary = await startStranger()
    const [, port] = canary.host.split(':')
    for (const host of [`10.0.0.1:${port}`, `[::1]:${port}`, `[::ffff:10.0.0.1]:${port}`]) {
      const iri = `http://${host}/people/x`
      const activity = { ...mallory.activity('Follow', lea.iri), id: `${iri}#1`, actor: iri }
      const answer = await mallory.post(instance.ctx.uris.sharedInbox, activity, { keyId: `${iri}#main-key` })
      expect(answer.status).toBe(401)
    }
    expect(canary.gets).toEqual([])
    await canary.close()
  })
})

describe('a server that is blocked', () => {
  it('comes in by nobody else either: boosts, answers, proofs, searches (row 19)', async () => {
    const iris = await far.actor('iris')
    const [boosted, answered, passedOn, sought] = [1, 2, 3, 4].map(() => iris.note())
    await blockHost(instance.ctx, { host: far.host, reason: 'test' })
    const before = far.gets.length
    await say(rosa, rosa.activity('Announce', boosted.id, { to: [PUBLIC] }))
    const reply = rosa.note({ inReplyTo: answered.id })
    await say(rosa, creating(rosa, reply))
    await say(rosa, iris.prove(creating(iris, { ...passedOn, cc: [lea.iri] })))
    await lookUp(sought.id)
    await lookUp(iris.acct)
    for (const { id } of [boosted, answered, passedOn, sought]) expect(await find(lea, id)).toBeUndefined()
    expect(far.gets.slice(before).map(({ path }) => path)).toEqual([])
    expect(await find(lea, reply.id)).toBeDefined()
    expect(await unblockHost(instance.ctx, far.host)).toBe(true)
  })

  it('is asked nothing where a redirect of another one leads there', async () => {
    const evil = await startStranger()
    const note = (await evil.actor('eva')).note()
    await blockHost(instance.ctx, { host: evil.host, reason: 'test' })
    elsewhere.serve('/go', { status: 302, headers: { location: note.id } })
    expect(await lookUp(`${elsewhere.url}/go`)).toMatchObject(isNothing)
    expect(evil.gets).toEqual([])
    await evil.close()
  })

  it('is blocked with a dot at the end of its name too', async () => {
    expect((await findPolicy(instance.ctx.db, 'evil.example.')).severity).toBe('none')
    await blockHost(instance.ctx, { host: 'evil.example', reason: 'test' })
    for (const host of ['evil.example.', 'evil.example.:8443', 'a.evil.example.'])
      expect((await findPolicy(instance.ctx.db, host)).severity).toBe('block')
    const evil = await startStranger()
    const eve = await evil.actor('eve')
    const dotted = evil.url.replace('127.0.0.1', 'localhost.')
    const activity = JSON.stringify(creating(eve, eve.note({ cc: [lea.iri] }))).replaceAll(evil.url, dotted)
    const keyId = eve.keyId.replace(evil.url, dotted)
    expect((await eve.post(instance.ctx.uris.sharedInbox, activity, { keyId })).status).toBe(401)
    expect(evil.gets).toEqual([])
    await evil.close()
  })
})

describe('a signed GET', () => {
  let hidden: string
  let follower: StrangerActor
  const status = async (answer: Promise<{ status: number }>) => (await answer).status

  beforeAll(async () => {
    follower = await elsewhere.actor('frieda')
    await letBeFollowed(instance, lea, follower)
    hidden = (await lea.api.post('/api/v1/statuses', { status: 'For few', visibility: 'private' })).body.uri
  })

  it('shows a post for followers to who follows, and to their server (item 7)', async () => {
    expect(await status(follower.get(hidden))).toBe(200)
    expect(await status(follower.get(hidden, { scheme: 'rfc9421' }))).toBe(200)
    const server = await elsewhere.actor('instance', { type: 'Application' })
    expect(await status(server.get(hidden))).toBe(200)
  })

  it('shows it to nobody else (item 7)', async () => {
    expect(await status(remo.get(hidden))).toBe(404)
    expect(await status(follower.get(hidden, { scheme: 'none' }))).toBe(404)
    expect(await status(follower.get(hidden, { key: mallory.key }))).toBe(404)
    const other = await far.actor('instance', { type: 'Application' })
    expect(await status(other.get(hidden))).toBe(404)
  })

  it.each([
    ['the collection', { type: 'OrderedCollection', totalItems: 3 }, true, 404],
    ['a page', '<!doctype html>', true, 404],
    ['another word', { is_follower: 'maybe' }, true, 404],
    ['a yes, though everybody can join', { is_follower: true }, false, 404],
    ['a yes', { is_follower: true }, true, 200],
    ['a yes, as Lemmy says it', '', true, 200],
  ])('shows a message to a group to whom its server answers with %s', async (name, body, isLocked, wanted) => {
    const club = await elsewhere.actor(`club${name.length}`, { type: 'Group', manuallyApprovesFollowers: isLocked })
    elsewhere.serve(`${club.followers}?is_follower=${encodeURIComponent(mallory.iri)}`, { body })
    expect(await findAccount(lea, club.acct)).toBeDefined()
    const said = { status: `About @${club.acct}`, visibility: 'direct' }
    const { uri } = (await lea.api.post('/api/v1/statuses', said)).body
    expect(await status(mallory.get(uri))).toBe(wanted)
  })

  it('shows nothing once its author is gone, to servers either', async () => {
    const ida = await instance.join('ida')
    await letBeFollowed(instance, ida, follower)
    const { uri } = (await ida.api.post('/api/v1/statuses', { status: 'For few', visibility: 'private' })).body
    const server = await elsewhere.actor('machine', { type: 'Application' })
    expect(await status(server.get(uri))).toBe(200)
    const { $client: sql } = instance.ctx.db
    await sql`update actors set suspended_at = now() where id = ${ida.actor.id}`
    expect(await status(server.get(uri))).toBe(404)
    await sql`update actors set suspended_at = null, deleted_at = now() where id = ${ida.actor.id}`
    expect(await status(server.get(uri))).toBe(404)
  })

  it('holds with the query signed and without (item 7)', async () => {
    expect(await status(follower.get(`${hidden}?x=1`))).toBe(200)
    const tamper = (wire: { path: string }) => {
      wire.path = `${wire.path}?x=1`
    }
    expect(await status(follower.get(hidden, { tamper }))).toBe(200)
  })

  it('is asked for where the operator wants it, but for who signs for us (item 7)', async () => {
    const closed = await startInstance({ config: { authorizedFetch: true } })
    const member = await closed.join('mona')
    const { id } = await findMona(member, follower)
    expect(id).toBe(member.iri)
    const { uri } = (await member.api.post('/api/v1/statuses', { status: 'Signed for' })).body
    await closed.settle()
    for (const url of [uri, `${member.iri}/outbox`, `${member.iri}/outbox?page=true`]) {
      expect(await status(follower.get(url, { scheme: 'none' }))).toBe(404)
      expect(await status(follower.get(url))).toBe(200)
    }
    await closed.close()
  })

  async function findMona({ iri }: Member, reader: StrangerActor): Promise<Json> {
    const unsigned = await reader.get(iri, { scheme: 'none' })
    expect(unsigned.json).toMatchObject({ id: iri, publicKey: { owner: iri } })
    expect(unsigned.json).not.toHaveProperty('followers')
    const own = await reader.get(`${new URL(iri).origin}/actor`, { scheme: 'none' })
    expect([own.status, own.json.type, own.json.outbox !== undefined]).toEqual([200, 'Application', true])
    const { json } = await reader.get(iri)
    expect(json).toHaveProperty('followers')
    return json
  }
})

describe('an outbox', () => {
  it('has posts as they are, and nothing of what an edit took out (row 24)', async () => {
    const { body } = await lea.api.post('/api/v1/statuses', { status: 'The secret price', visibility: 'public' })
    await instance.settle()
    const inOutbox = async (): Promise<Json> => {
      const { json } = await rosa.get(`${lea.iri}/outbox?page=true`)
      return json.orderedItems.find(({ object }: Json) => object.id === body.uri)
    }
    const before = await inOutbox()
    expect(before).toHaveProperty('proof')
    await lea.api.put(`/api/v1/statuses/${body.id}`, { status: 'No price' })
    await instance.settle()
    for (const activity of [await inOutbox(), (await rosa.get(before.id)).json]) {
      expect(activity).toMatchObject({ id: before.id, type: 'Create', object: { content: '<p>No price</p>' } })
      expect(JSON.stringify(activity)).not.toContain('secret')
      expect(activity).not.toHaveProperty('proof')
    }
  })

  it('has what is for everybody, and nothing else (row 24)', async () => {
    const id = await findAccount(lea, rosa.acct)
    expect(id).toBeDefined()
    const said: Record<string, string> = {}
    for (const visibility of ['public', 'unlisted', 'private', 'direct']) {
      const { body } = await lea.api.post('/api/v1/statuses', { status: `Said @${rosa.acct}`, visibility })
      said[visibility] = body.uri
    }
    await instance.settle()
    const { json } = await rosa.get(`${lea.iri}/outbox?page=true`)
    const shown = json.orderedItems.map(({ object }: Json) => object.id ?? object)
    expect(shown.filter((iri: string) => Object.values(said).includes(iri)).toSorted()).toEqual(
      [said.public, said.unlisted].toSorted(),
    )
  })
})
