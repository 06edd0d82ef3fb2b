import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findAccount, letBeFollowed, letFollow, relationOf } from '#test/support/befriend.ts'
import type { Json } from '#test/support/client.ts'
import { creating, type Neighbours, startNeighbours } from '#test/support/neighbours.ts'
import { checkCavage } from '#test/support/signing.ts'
import { type Answering, PUBLIC, type Stranger, type StrangerActor } from '#test/support/stranger.ts'
import type { Instance, Member } from '#test/support/two-servers.ts'

let neighbours: Neighbours
let instance: Instance
let elsewhere: Stranger
let far: Stranger
let lea: Member
let marc: Member
let nora: Member
let olga: Member
let rosa: StrangerActor

beforeAll(async () => {
  neighbours = await startNeighbours()
  ;({ instance, elsewhere, far, lea, marc, nora, olga, rosa } = neighbours)
})
afterAll(() => neighbours.close())

/** As FEP-8fcf says it, by other means than ours. */
const digestOf = (iris: readonly string[]) =>
  iris
    .map((iri) => BigInt(`0x${createHash('sha256').update(iri).digest('hex')}`))
    .reduce((sum, one) => sum ^ one, 0n)
    .toString(16)
    .padStart(64, '0')

const headerOf = (wire: { headers: Record<string, string> }) =>
  Object.fromEntries(
    [...(wire.headers['collection-synchronization'] ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [
      name,
      value,
    ]),
  )

describe('a delivery', () => {
  let [rita, remo, iris]: StrangerActor[] = []
  let post: Json

  beforeAll(async () => {
    ;[rita, remo, iris] = await Promise.all([elsewhere.actor('rita'), elsewhere.actor('remi'), far.actor('iris')])
    for (const follower of [rita, remo, iris]) if (follower) await letBeFollowed(instance, olga, follower)
    post = (await olga.api.post('/api/v1/statuses', { status: 'For you', visibility: 'private' })).body
    await instance.settle()
  })

  const deliveryOf = (server: Stranger, uri: string) => server.delivered(({ object }) => object?.id === uri)

  it('of what is for followers says who of the server follows, under the signature (item 28)', async () => {
    const followers = instance.ctx.uris.followers('olga')
    const expected = [
      [elsewhere, [rita?.iri ?? '', remo?.iri ?? '']],
      [far, [iris?.iri ?? '']],
    ] as const
    for (const [server, iris] of expected) {
      const delivery = await deliveryOf(server, post.uri)
      const url = instance.ctx.uris.followersOfHost('olga')
      expect(headerOf(delivery)).toEqual({ collectionId: followers, url, digest: digestOf(iris) })
      const olgaDocument = await (await fetch(olga.iri, { headers: { accept: 'application/activity+json' } })).json()
      const signed = checkCavage(delivery, olgaDocument.publicKey.publicKeyPem)
      expect([signed.isTrue, signed.covered.includes('collection-synchronization')]).toEqual([true, true])
    }
  })

  it('leads each server to its own followers, and nobody else to any (item 28)', async () => {
    const { url = '' } = headerOf(await deliveryOf(far, post.uri))
    expect((await iris?.get(url))?.json).toMatchObject({ type: 'OrderedCollection', orderedItems: [iris?.iri] })
    expect((await rosa.get(url)).json.orderedItems).toEqual([rita?.iri, remo?.iri])
    const unsigned = await fetch(url, { headers: { accept: 'application/activity+json' } })
    expect([unsigned.status, await unsigned.text()]).toEqual([401, expect.not.stringContaining('orderedItems')])
  })

  it('of what everybody may read says nothing of followers (item 28)', async () => {
    const { body } = await olga.api.post('/api/v1/statuses', { status: 'For all' })
    expect((await deliveryOf(far, body.uri)).headers['collection-synchronization']).toBeUndefined()
  })
})

describe('what another server says of its followers here', () => {
  let count = 0

  /** Rosa's server says whom it counts, beside a post; what it names is fetched as the server answers. */
  async function hear(
    listed: readonly Json[],
    more: { digest?: string; url?: string; collectionId?: string; answer?: Answering } = {},
  ) {
    neighbours.pass(3_600_001)
    const url = more.url ?? `${elsewhere.url}/people/rosa/followers_here/${++count}`
    const body = { id: url, type: 'OrderedCollection', totalItems: listed.length, orderedItems: listed }
    if (url.startsWith(elsewhere.url)) elsewhere.serve(url, more.answer ?? { body })
    else far.serve(url, { body })
    const { collectionId = rosa.followers, digest = digestOf(listed.filter((one) => typeof one === 'string')) } = more
    await say(`collectionId="${collectionId}", url="${url}", digest="${digest}"`)
    return [...elsewhere.gets, ...far.gets].filter(({ path }) => url.endsWith(path))
  }

  async function say(header: string) {
    const covered = ['(request-target)', 'host', 'date', 'digest', 'collection-synchronization']
    const note = rosa.note({ to: [rosa.followers], cc: [] })
    const headers = { 'collection-synchronization': header }
    const variant = { headers, covered, at: neighbours.now() }
    const answer = await rosa.post(instance.ctx.uris.sharedInbox, creating(rosa, note), variant)
    expect(answer.status).toBe(202)
    await instance.settle()
  }

  const isFollowing = async (member: Member) =>
    (await relationOf(member, await findAccount(member, rosa.acct))).following
  const undone = (member: Member) =>
    elsewhere.deliveries.filter(({ json }) => json.type === 'Undo' && json.actor === member.iri)

  it('is asked nothing more when the two agree (item 28)', async () => {
    expect(await hear([nora.iri, lea.iri, marc.iri])).toEqual([])
    expect(await isFollowing(lea)).toBe(true)
  })

  it('is read, signed, when they do not: who is not counted follows no more (item 28)', async () => {
    const gets = await hear([lea.iri, marc.iri])
    expect(gets.map(({ headers }) => headers.signature?.includes(`${instance.url}/actor#main-key`))).toEqual([true])
    expect(await Promise.all([lea, marc, nora].map(isFollowing))).toEqual([true, true, false])
    expect(undone(nora)).toEqual([])
    await letFollow(nora, elsewhere, rosa)
  })

  it('takes those off its list by an Undo who do not follow, and makes nobody a follower (item 28)', async () => {
    const account = await findAccount(olga, rosa.acct)
    expect(await hear([lea.iri, marc.iri, nora.iri, olga.iri, `${instance.url}/users/nobody`, rosa.iri])).toHaveLength(
      1,
    )
    expect(undone(olga).map(({ json }) => json.object)).toMatchObject([
      { type: 'Follow', actor: olga.iri, object: rosa.iri },
    ])
    expect(await isFollowing(olga)).toBe(false)
    await olga.api.post(`/api/v1/accounts/${account}/follow`)
    await instance.settle()
    expect(await hear([lea.iri, marc.iri, nora.iri, olga.iri])).toHaveLength(1)
    expect(await relationOf(olga, account)).toMatchObject({ following: false, requested: true })
    expect(undone(olga)).toHaveLength(1)
    await olga.api.post(`/api/v1/accounts/${account}/unfollow`)
    await instance.settle()
  })

  it('is read in all its pages, and changes nothing when one is missing or it only counts (item 28)', async () => {
    const at = `${elsewhere.url}/people/rosa/paged`
    const first = { id: `${at}?1`, type: 'OrderedCollectionPage', orderedItems: [lea.iri], next: `${at}?2` }
    const second = { id: `${at}?2`, type: 'OrderedCollectionPage', orderedItems: [marc.iri] }
    const digest = digestOf([lea.iri, marc.iri])
    const answer = { body: { id: at, type: 'OrderedCollection', first } }
    expect(await hear([], { url: at, digest, answer })).toHaveLength(1)
    expect(await isFollowing(nora)).toBe(true)
    await hear([], { digest, answer: { body: { id: at, type: 'OrderedCollection', totalItems: 2 } } })
    await hear([], { digest, answer: { body: { id: at, type: 'OrderedCollection', totalItems: 3, orderedItems: [] } } })
    await hear([], { digest, answer: { status: 500 } })
    await hear([], { digest, answer: { status: 404 } })
    expect(await isFollowing(nora)).toBe(true)
    elsewhere.serve(`${at}?2`, { body: second })
    await hear([], { url: at, digest, answer })
    expect(await Promise.all([lea, marc, nora].map(isFollowing))).toEqual([true, true, false])
    await letFollow(nora, elsewhere, rosa)
  })

  it('counts only of its own collection, on its own server (item 28)', async () => {
    const other = await elsewhere.actor('other')
    expect(await hear([lea.iri], { collectionId: other.followers })).toEqual([])
    expect(await hear([lea.iri], { url: `${far.url}/followers` })).toEqual([])
    expect(await hear([lea.iri], { digest: 'x' })).toEqual([])
    await say('nonsense')
    expect(await Promise.all([lea, marc, nora].map(isFollowing))).toEqual([true, true, true])
  })

  it('is read once in an hour at the most (item 28)', async () => {
    const missing = { digest: digestOf([]), answer: { status: 404 } }
    expect(await hear([], missing)).toHaveLength(1)
    const before = elsewhere.gets.length
    await say(`collectionId="${rosa.followers}", url="${elsewhere.url}/again", digest="${digestOf([])}"`)
    expect(elsewhere.gets.length).toBe(before)
  })

  it('is nobody’s business who only passes a post on (item 28)', async () => {
    neighbours.pass(3_600_001)
    const iris = await far.actor('ines')
    const note = rosa.note({ to: [PUBLIC], cc: [lea.iri] })
    const url = `${elsewhere.url}/people/rosa/stolen`
    elsewhere.serve(url, { body: { id: url, type: 'OrderedCollection', totalItems: 0, orderedItems: [] } })
    const header = `collectionId="${rosa.followers}", url="${url}", digest="${digestOf([])}"`
    const variant = { headers: { 'collection-synchronization': header }, at: neighbours.now() }
    await iris.post(instance.ctx.uris.sharedInbox, rosa.prove(creating(rosa, note)), variant)
    await instance.settle()
    expect(await isFollowing(lea)).toBe(true)
    expect(elsewhere.gets.some(({ path }) => url.endsWith(path))).toBe(false)
  })
})
