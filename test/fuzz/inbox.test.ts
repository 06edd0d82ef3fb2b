import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import type { Json } from '#test/support/client.ts'
import { countTried, junk, trials } from '#test/support/generated.ts'
import { make } from '#test/support/make.ts'
import { digestHeader, signCavage, type Wire } from '#test/support/signing.ts'
import { ACTIVITY_JSON, PUBLIC, type Stranger, type StrangerActor, startStranger } from '#test/support/stranger.ts'
import { drainInbox } from '#workers/inbox.ts'

let test: TestApp
let elsewhere: Stranger
let strangers: StrangerActor[]
/** What somebody elsewhere may speak about: our organisation, its posts, theirs. */
const here = { org: '', posts: ['', ''] }

beforeAll(async () => {
  test = await createTestApp({ config: { outboundAllow: ['127.0.0.0/8'] } })
  elsewhere = await startStranger({ now: test.clock.now })
  strangers = await Promise.all(['rosa', 'rita', 'leo', 'lara'].map((name) => elsewhere.actor(name)))
  const { actor } = await make.actor(test.ctx, { handle: 'atelier', type: 'Organization', isOpen: true })
  const posts = [await make.post(test.ctx, { actorId: actor.id }), await make.post(test.ctx, { actorId: actor.id })]
  await make.poll(test.ctx, { postId: posts[1]?.id ?? '' })
  here.org = test.ctx.uris.actor('atelier')
  here.posts = posts.map(({ id }) => test.ctx.uris.post('atelier', id))
})
afterAll(() => Promise.all([test.close(), elsewhere.close()]))

/** What is said to whom in an activity that is right. */
const letterOf = (from: StrangerActor, more: Json = {}): Json => ({
  // For nobody at first: what is for all is served, and a server that serves a hundred thousand notes would take the memory.
  ...from.note({ to: [], cc: [] }),
  ...{
    to: [PUBLIC],
    cc: [here.org, from.followers],
    tag: [
      { type: 'Mention', href: here.org, name: '@atelier' },
      { type: 'Hashtag', href: `${elsewhere.url}/tags/Été`, name: '#Été' },
      {
        type: 'Emoji',
        id: `${elsewhere.url}/emojis/1`,
        name: ':x:',
        icon: { type: 'Image', url: `${elsewhere.url}/x.png` },
      },
    ],
    attachment: [
      {
        type: 'Image',
        mediaType: 'image/png',
        url: `${elsewhere.url}/1.png`,
        name: 'A',
        blurhash: 'LEHV6nWB2yk8',
        width: 9,
        height: 9,
      },
    ],
    contentMap: { fr: '<p>Été</p>' },
    summary: 'Warning',
    sensitive: true,
    inReplyTo: here.posts[0],
    ...more,
  },
})
const questionOf = (from: StrangerActor) =>
  letterOf(from, {
    type: 'Question',
    oneOf: [
      { type: 'Note', name: 'A', replies: { type: 'Collection', totalItems: 1 } },
      { type: 'Note', name: 'B', replies: { type: 'Collection', totalItems: 0 } },
    ],
    endTime: '2100-01-01T00:00:00Z',
    votersCount: 1,
  })

/** An activity of each kind that is right. */
const kinds: readonly ((from: StrangerActor) => Json)[] = [
  (from) => from.activity('Create', letterOf(from), { to: [PUBLIC], cc: [here.org] }),
  (from) => from.activity('Create', questionOf(from), { to: [PUBLIC], cc: [here.org] }),
  (from) => from.activity('Create', from.note({ name: 'One', inReplyTo: here.posts[1], to: [here.org], cc: [] })),
  (from) => from.activity('Update', letterOf(from, { updated: '2100-01-01T00:00:00Z' })),
  (from) => from.activity('Update', from.document),
  (from) => from.activity('Delete', { type: 'Tombstone', id: `${elsewhere.url}/notes/1` }),
  (from) => from.activity('Follow', here.org),
  (from) => from.activity('Undo', from.activity('Follow', here.org)),
  (from) => from.activity('Like', here.posts[0], { content: ':x:' }),
  (from) => from.activity('Undo', from.activity('Like', here.posts[0])),
  (from) => from.activity('Announce', here.posts[0], { to: [PUBLIC], cc: [from.followers] }),
  (from) => from.activity('Undo', from.activity('Announce', here.posts[0])),
  (from) => from.activity('Accept', { type: 'Follow', id: `${here.org}/follows/1`, actor: here.org, object: from.iri }),
  (from) => from.activity('Reject', { type: 'Follow', id: `${here.org}/follows/1`, actor: here.org, object: from.iri }),
  (from) => from.activity('Block', here.org),
  (from) => from.activity('Flag', [here.org, ...here.posts], { content: 'Spam' }),
  (from) => from.activity('Move', from.iri, { target: `${elsewhere.url}/people/rosa` }),
  (from) => from.activity('Add', letterOf(from).id, { target: `${from.iri}/featured` }),
  (from) => from.activity('Remove', letterOf(from).id, { target: `${from.iri}/featured` }),
  (from) => from.activity('QuoteRequest', here.posts[0], { instrument: letterOf(from, { quote: here.posts[0] }) }),
  (from) => from.prove(from.activity('Create', letterOf(from), { to: [PUBLIC], cc: [here.org] })),
]

const properties = ['id', 'type', 'actor', 'object', 'to', 'cc', 'target', 'attributedTo', 'inReplyTo', 'tag', 'url']
const others = [
  '@context',
  '@id',
  '@type',
  '@graph',
  '@value',
  'as:actor',
  'proof',
  'signature',
  '__proto__',
  'instrument',
]

/** A change of one value somewhere in a document; `at` and `from` say where. */
const change = fc.record({
  kind: fc.constantFrom('replace', 'replace', 'remove', 'wrap', 'double', 'embed', 'swap', 'rename', 'add', 'text'),
  at: fc.nat({ max: 999 }),
  from: fc.nat({ max: 999 }),
  name: fc.constantFrom(...properties, ...others),
  value: junk,
})
type Change = typeof change extends fc.Arbitrary<infer Value> ? Value : never

/** A value, where it stands. */
type Place = Readonly<{ holder: Json; key: string; value: Json }>

function placesIn(holder: Json): Place[] {
  if (typeof holder !== 'object' || holder === null) return []
  return Object.entries(holder).flatMap(([key, value]) => [{ holder, key, value }, ...placesIn(value)])
}

const textOf = (value: Json) => (typeof value === 'string' ? value : JSON.stringify(value))

/** `__proto__` is to be a name like others. */
function define(holder: Json, name: string, value: Json): void {
  Object.defineProperty(holder, name, { value, enumerable: true, configurable: true, writable: true })
}

function apply(document: Json, { kind, at, from, name, value: other }: Change): Json {
  const places = placesIn(document)
  const place = places[at % places.length]
  if (!place) return document
  const { holder, key, value } = place
  const put = (changed: Json) => {
    holder[key] = changed
  }
  if (kind === 'replace') put(structuredClone(other))
  if (kind === 'wrap') put([value])
  if (kind === 'double') put([value, structuredClone(value)])
  if (kind === 'embed') put({ id: value, type: other })
  if (kind === 'swap') put(structuredClone(places[from % places.length]?.value))
  if (kind === 'text') put(textOf(value) + textOf(other))
  if (kind === 'remove' || kind === 'rename') delete holder[key]
  if (kind === 'rename') define(holder, name, value)
  if (kind === 'add' && !Array.isArray(holder)) define(holder, name, structuredClone(other))
  return document
}

/** What is done to the request around it, mostly nothing. */
const garbled = fc.record({
  header: fc.constantFrom('signature', 'digest', 'date', 'content-type', 'host', 'signature-input'),
  text: fc.oneof(
    fc.string({ unit: 'grapheme-ascii', maxLength: 60 }),
    fc.constantFrom('keyId="x",headers="date",signature="AA=="', 'sig1=()', 'SHA-256=', ',,,', 'application/json'),
  ),
  isBefore: fc.boolean(),
})
const rarely = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ arbitrary: fc.constant(null), weight: 12 }, { arbitrary, weight: 1 })
const posted = fc.record({
  who: fc.nat({ max: 3 }),
  kind: fc.nat({ max: kinds.length - 1 }),
  changes: fc.array(change, { maxLength: 4 }),
  /** Bytes that are written into the body before it is signed. */
  scratch: rarely(fc.tuple(fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 4 }))),
  garbled: rarely(garbled),
  path: fc.constantFrom(
    '/inbox',
    '/inbox',
    '/users/atelier/inbox',
    '/actor/inbox',
    '/users/nobody/inbox',
    '/inbox?x=%00',
  ),
})
type Posted = typeof posted extends fc.Arbitrary<infer Value> ? Value : never

function bodyOf({ kind, changes, scratch }: Posted, from: StrangerActor): Buffer {
  const right = structuredClone(kinds[kind % kinds.length]?.(from))
  const body = Buffer.from(JSON.stringify(changes.reduce(apply, right)))
  if (scratch) Buffer.from(scratch[1]).copy(body, scratch[0] % body.length)
  return body
}

const covered = ['(request-target)', 'host', 'date', 'digest']

let batches = 0

/** Each batch comes from elsewhere: who sends a hundred in a minute whose signature does not hold is turned away unread. */
const addressOf = (n: number) => `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`

/** Sends one, signed as it should be unless it is garbled. */
async function post(one: Posted): Promise<number> {
  const from = strangers[one.who % strangers.length] as StrangerActor
  const body = bodyOf(one, from)
  const date = test.clock.now().toUTCString()
  const headers = { host: 'here.example', date, digest: digestHeader(body), 'content-type': ACTIVITY_JSON }
  const wire: Wire = { method: 'POST', path: one.path, headers, body }
  const garble = () => one.garbled && Object.assign(headers, { [one.garbled.header]: one.garbled.text })
  if (one.garbled?.isBefore) garble()
  wire.headers.signature = signCavage(wire, { keyId: from.keyId, key: from.key, covered, algorithm: 'rsa-sha256' })
  if (!one.garbled?.isBefore) garble()
  const answer = await test.app.inject({
    ...{ method: 'POST', url: one.path, headers: wire.headers, payload: body },
    remoteAddress: addressOf(batches),
  })
  return answer.statusCode
}

/** What is worked off at once. */
const perInput = 16
const allowed = [202, 400, 401, 403, 404, 413, 415]
/** What all the rows of a hundred thousand activities leave in the memory of a process that keeps none of them. */
const mostBytes = 700_000_000

/** Undoes what would silence the strangers for the rest of the run; a quarter of an hour later keys may be read again. */
async function restore(): Promise<void> {
  const sql = test.ctx.db.$client
  await sql`delete from inbox_activities`
  await sql`delete from blocks`
  await sql`update actors set deleted_at = null, suspended_at = null, moved_to_iri = null where host = ${elsewhere.host}`
  elsewhere.gets.length = 0
  test.clock.pass(15 * 60_000)
}

describe('whatever is posted to an inbox', () => {
  it('is answered without a fault, and worked off without one (item 40)', async () => {
    const outcomes = new Map<string, number>()
    const count = (name: string) => outcomes.set(name, (outcomes.get(name) ?? 0) + 1)
    const property = fc.asyncProperty(fc.array(posted, { minLength: perInput, maxLength: perInput }), async (batch) => {
      batches++
      const statuses = await Promise.all(batch.map(post))
      expect(statuses.filter((status) => !allowed.includes(status))).toEqual([])
      await drainInbox(test.ctx)
      const rows = await test.ctx.db.$client<{ attempts: number; outcome: string }[]>`
        select attempts, outcome from inbox_activities`
      // That another server does not answer is no fault of ours: it is asked again.
      const faults = rows.filter(({ attempts, outcome }) => attempts > 0 && !outcome.startsWith('OutboundError'))
      expect(faults).toEqual([])
      for (const { outcome } of rows) count(outcome.split(':')[0] ?? '')
      await restore()
      countTried(batch.length)
      expect(process.memoryUsage.rss()).toBeLessThan(mostBytes)
    })
    await fc.assert(property, trials({ perInput }))
    // Not all is noise: some of it has its effect.
    expect(outcomes.get('done')).toBeGreaterThan(10)
  })
})
