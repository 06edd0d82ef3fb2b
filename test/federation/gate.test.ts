import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signWithLinkedData } from '#federation/reference.ts'
import { blockHost } from '#src/features/domains/service.ts'
import type { Json } from '#test/support/client.ts'
import { eventually } from '#test/support/eventually.ts'
import { digestHeader, type Wire } from '#test/support/signing.ts'
import {
  type Got,
  PUBLIC,
  type Stranger,
  type StrangerActor,
  startStranger,
  type Variant,
} from '#test/support/stranger.ts'
import { type Instance, type Member, startInstance } from '#test/support/two-servers.ts'

const minute = 60_000
const hour = 60 * minute

let instance: Instance
let org: Member
let elsewhere: Stranger
let rosa: StrangerActor
let mallory: StrangerActor
/** Added to the clock of the instance. */
let passed = 0

beforeAll(async () => {
  ;[instance, elsewhere] = await Promise.all([
    startInstance({ now: () => new Date(Date.now() + passed) }),
    startStranger(),
  ])
  org = await instance.join('atelier', { type: 'Organization' })
  ;[rosa, mallory] = await Promise.all([elsewhere.actor('rosa'), elsewhere.actor('mallory')])
})
afterAll(() => Promise.all([instance.close(), elsewhere.close()]))

const inbox = () => instance.ctx.uris.sharedInbox

/** A note of an actor to the organisation that is served nowhere: only the activity that brings it can make it known. */
function letter(from: StrangerActor, more: Json = {}): Json {
  return from.note({ to: [org.iri], cc: [], tag: [{ type: 'Mention', href: org.iri, name: '@atelier' }], ...more })
}

const create = (from: StrangerActor, note: Json, more: Json = {}) =>
  from.activity('Create', note, { to: note.to, cc: note.cc, ...more })

/** Whether the organisation finds a post by its id, after everything was worked off. Nothing is fetched for it. */
async function isKnown(iri: string): Promise<boolean> {
  await instance.settle()
  const { body } = await org.api.get(`/api/v2/search?type=statuses&q=${encodeURIComponent(iri)}`)
  return body.statuses.length === 1
}

describe('an activity is let in', () => {
  const variants: readonly [string, Variant | (() => Variant)][] = [
    ['signed by draft-cavage with rsa-sha256 (item 4)', {}],
    ['signed with the algorithm hs2019 (item 4)', { algorithm: 'hs2019' }],
    ['signed without naming the algorithm (item 4)', { algorithm: null }],
    ['signed with its content type', { covered: ['(request-target)', 'host', 'date', 'digest', 'content-type'] }],
    ['signed by RFC 9421 (item 5)', { scheme: 'rfc9421' }],
    [
      'signed by RFC 9421 over the authority',
      { scheme: 'rfc9421', covered: ['@method', '@target-uri', '@authority', 'content-digest'] },
    ],
    ['dated eleven hours ago (item 6)', () => ({ at: new Date(Date.now() - 11 * hour) })],
    ['dated in fifty minutes (item 6)', () => ({ at: new Date(Date.now() + 50 * minute) })],
    [
      'as ld+json with the profile',
      { headers: { 'content-type': 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"' } },
    ],
    ['as activity+json with a charset', { headers: { 'content-type': 'application/activity+json; charset=utf-8' } }],
    ['with a key named by the actor alone', () => ({ keyId: rosa.iri })],
  ]

  it.each(variants)('%s', async (_name, variant) => {
    const note = letter(rosa)
    const answer = await rosa.post(inbox(), create(rosa, note), typeof variant === 'function' ? variant() : variant)
    expect([answer.status, answer.text]).toEqual([202, ''])
    expect(await isKnown(note.id)).toBe(true)
  })

  it('with a digest in lower case', async () => {
    const note = letter(rosa)
    const activity = Buffer.from(JSON.stringify(create(rosa, note)))
    const digest = digestHeader(activity).replace('SHA', 'sha')
    expect((await rosa.post(inbox(), activity, { headers: { digest } })).status).toBe(202)
    expect(await isKnown(note.id)).toBe(true)
  })

  it('whether the query of the address is signed or not', async () => {
    for (const isSigned of [true, false]) {
      const note = letter(rosa)
      const tamper = (wire: Wire) => {
        wire.path = `${wire.path}?via=proxy`
      }
      const answer = isSigned
        ? await rosa.post(`${inbox()}?via=proxy`, create(rosa, note))
        : await rosa.post(inbox(), create(rosa, note), { tamper })
      expect(answer.status).toBe(202)
      expect(await isKnown(note.id)).toBe(true)
    }
  })

  it('signed with an Ed25519 key that the actor lists (item 5)', async () => {
    const note = letter(rosa)
    const variant = { scheme: 'rfc9421', keyId: `${rosa.iri}#ed25519-key`, key: rosa.assertionKey } as const
    expect((await rosa.post(inbox(), create(rosa, note), variant)).status).toBe(202)
    expect(await isKnown(note.id)).toBe(true)
  })

  it('with a key at an address of its own that serves a stub, as GoToSocial has it (item 7)', async () => {
    const iri = `${elsewhere.url}/people/gundula`
    const keyId = `${iri}/main-key`
    const gundula = await elsewhere.actor('gundula', { publicKey: undefined })
    const publicKey = { ...mallory.document.publicKey, id: keyId, owner: iri }
    gundula.document.publicKey = publicKey
    elsewhere.serve(keyId, {
      body: {
        '@context': gundula.document['@context'],
        id: iri,
        type: 'Person',
        preferredUsername: 'gundula',
        publicKey,
      },
    })
    const note = letter(gundula)
    expect((await gundula.post(inbox(), create(gundula, note), { keyId, key: mallory.key })).status).toBe(202)
    expect(await isKnown(note.id)).toBe(true)
    const { body } = await org.api.get(`/api/v1/accounts/lookup?acct=${gundula.acct}`)
    expect(body.uri).toBe(iri)
  })

  it.each<[string, (activity: Json) => Json]>([
    ['with its type in a list (item 40)', (activity) => ({ ...activity, type: ['Create'] })],
    ['with its actor embedded', (activity) => ({ ...activity, actor: rosa.document })],
    ['with its object in a list', (activity) => ({ ...activity, object: [activity.object] })],
    ['without a context (item 40)', ({ '@context': _, ...activity }) => activity],
    [
      'with a context that nobody can fetch (item 40)',
      (activity) => ({ ...activity, '@context': [activity['@context'], 'https://nowhere.example/ns'] }),
    ],
    [
      'with a signature of linked data, which is not read',
      (activity) => ({ ...activity, signature: { type: 'RsaSignature2017', signatureValue: 'x' } }),
    ],
    [
      'with nulls and numbers where nobody expects them (item 40)',
      (activity) => ({ ...activity, summary: null, cc: [null, 2], target: null }),
    ],
    [
      'under other names that JSON-LD gives',
      ({ actor, ...activity }) => ({
        ...activity,
        '@context': ['https://www.w3.org/ns/activitystreams', { who: { '@id': 'as:actor', '@type': '@id' } }],
        who: actor,
      }),
    ],
  ])('%s', async (_name, shape) => {
    const note = letter(rosa)
    expect((await rosa.post(inbox(), shape(create(rosa, note)))).status).toBe(202)
    expect(await isKnown(note.id)).toBe(true)
  })
})

describe('an activity is refused', () => {
  const usual = ['(request-target)', 'host', 'date', 'digest']
  const without = (name: string): Variant => ({ covered: usual.filter((one) => one !== name) })
  const variants: readonly [string, number, Variant | (() => Variant)][] = [
    ['without a signature', 401, { scheme: 'none' }],
    ['whose signature does not cover the target (rule 2)', 401, without('(request-target)')],
    ['whose signature does not cover the host (rule 2) (row 10)', 401, without('host')],
    ['whose signature does not cover the digest (rule 2) (row 10)', 401, without('digest')],
    ['whose signature does not cover a date (rule 2)', 401, without('date')],
    ['whose signature covers nothing that is named', 401, { covered: [] }],
    ['signed by RFC 9421 without the digest', 401, { scheme: 'rfc9421', covered: ['@method', '@target-uri'] }],
    ['dated thirteen hours ago (item 6) (rule 4)', 401, () => ({ at: new Date(Date.now() - 13 * hour) })],
    ['dated in two hours (item 6) (rule 4)', 401, () => ({ at: new Date(Date.now() + 2 * hour) })],
    ['signed for another server (rule 3)', 401, { headers: { host: 'other.example' } }],
    ['signed by another key than its key id says', 401, () => ({ key: mallory.key })],
    ['with a key id that is no address', 401, { keyId: 'main-key' }],
    ['with a key that is not there', 401, () => ({ keyId: `${rosa.iri}#no-such-key` })],
    ['with a key on a server that is not there', 401, { keyId: 'http://127.0.0.1:9/people/x#main-key' }],
    ['with an unknown algorithm', 401, { algorithm: 'md5' }],
    ['as plain JSON (rule 1)', 415, { headers: { 'content-type': 'application/json' } }],
    ['as ld+json without the profile', 415, { headers: { 'content-type': 'application/ld+json' } }],
    ['as text', 415, { headers: { 'content-type': 'text/plain' } }],
    [
      'whose body is another than was signed (item 6) (rule 5)',
      401,
      {
        tamper: (wire) => {
          wire.body = Buffer.from(wire.body.toString().replace('Note', 'Mote'))
        },
      },
    ],
    [
      'whose digest is another than the body’s (item 6) (rule 5)',
      401,
      { headers: { digest: digestHeader(Buffer.from('{}')) } },
    ],
    [
      'without a digest (item 6) (rule 5)',
      401,
      {
        covered: ['(request-target)', 'host', 'date'],
        tamper: (wire) => {
          delete wire.headers.digest
        },
      },
    ],
    [
      'signed for another inbox',
      401,
      {
        tamper: (wire) => {
          wire.path = '/users/atelier/inbox'
        },
      },
    ],
    [
      'whose signature is garbage',
      401,
      {
        tamper: (wire) => {
          wire.headers.signature = 'keyId=","'
        },
      },
    ],
  ]

  it.each(variants)('%s', async (_name, status, variant) => {
    const note = letter(rosa)
    const answer = await rosa.post(inbox(), create(rosa, note), typeof variant === 'function' ? variant() : variant)
    expect(answer.status).toBe(status)
    expect(answer.json).toEqual({ error: expect.any(String) })
    expect(await isKnown(note.id)).toBe(false)
  })

  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`
  const inText = (json: Json, member: string) => Buffer.from(JSON.stringify(json).replace(/}$/, `,${member}}`))
  it.each<[string, number, (activity: Json) => Json]>([
    ['without an id (rule 8) (row 6)', 400, ({ id: _, ...activity }) => activity],
    ['with an id that is no address', 400, (activity) => ({ ...activity, id: 'x' })],
    [
      'with an id that holds a password (rule 8)',
      400,
      (activity) => ({ ...activity, id: activity.id.replace('//', '//me:pw@') }),
    ],
    [
      'with an id of another origin than its actor (rule 8) (row 4)',
      401,
      (activity) => ({ ...activity, id: `http://127.0.0.1:9/${activity.id.length}` }),
    ],
    ['without an actor', 400, ({ actor: _, ...activity }) => activity],
    ['with several actors (rule 7) (item 40)', 400, (activity) => ({ ...activity, actor: [rosa.iri, mallory.iri] })],
    ['that is no JSON', 400, () => Buffer.from('{"type":')],
    ['that is a list', 400, (activity) => [activity]],
    ['that is empty', 400, () => Buffer.alloc(0)],
    [
      'in which a name comes twice (rule 1) (row 5)',
      400,
      (activity) => inText(activity, '"actor":"http://127.0.0.1:9/"'),
    ],
    ['in which a name comes twice far inside', 400, (activity) => inText(activity, '"tag":[{"a":1,"a":2}]')],
    [
      'that is a hundred levels deep (rule 1) (items 14, 40)',
      400,
      (activity) => inText(activity, `"tag":${nested(100)}`),
    ],
    ['that reaches into prototypes (row 52)', 400, (activity) => inText(activity, '"__proto__":{"isAdmin":true}')],
    [
      'with more than ten thousand names (rule 1)',
      400,
      (activity) => ({ ...activity, tag: Array.from({ length: 10_001 }, () => ({ a: 1 })) }),
    ],
    [
      'of more than a megabyte (rule 1) (row 50) (item 14)',
      413,
      (activity) => ({ ...activity, summary: 'x'.repeat(1_100_000) }),
    ],
    [
      'that is not UTF-8',
      400,
      (activity) =>
        Buffer.concat([
          Buffer.from(JSON.stringify(activity)).subarray(0, -1),
          Buffer.from([0x2c, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
        ]),
    ],
  ])('%s', async (_name, status, shape) => {
    const note = letter(rosa)
    const answer = await rosa.post(inbox(), shape(create(rosa, note)))
    expect(answer.status).toBe(status)
    expect(await isKnown(note.id)).toBe(false)
  })

  it('whose key says that it is somebody’s who does not list it (rule 6) (rows 1, 2)', async () => {
    const thief = await elsewhere.actor('thief')
    thief.document.publicKey = { ...thief.document.publicKey, owner: rosa.iri }
    const note = letter(rosa)
    const answer = await thief.post(inbox(), create(rosa, note))
    expect([answer.status, await isKnown(note.id)]).toEqual([401, false])
  })

  it('whose key lies on another server than its owner (rule 6) (row 2)', async () => {
    const far = await startStranger()
    try {
      const keyId = `${far.url}/keys/1`
      far.serve('/keys/1', {
        body: { id: keyId, type: 'Key', owner: rosa.iri, publicKeyPem: mallory.document.publicKey.publicKeyPem },
      })
      const note = letter(rosa)
      const answer = await mallory.post(inbox(), create(rosa, note), { keyId })
      expect([answer.status, await isKnown(note.id)]).toEqual([401, false])
    } finally {
      await far.close()
    }
  })

  it('whose key is served as plain JSON, as an uploaded file would be (row 12)', async () => {
    const uploader = await elsewhere.actor('uploader')
    elsewhere.serve(uploader.iri, { headers: { 'content-type': 'application/json' }, body: uploader.document })
    const note = letter(uploader)
    const answer = await uploader.post(inbox(), create(uploader, note))
    expect([answer.status, await isKnown(note.id)]).toEqual([401, false])
  })

  it('for somebody who is not here', async () => {
    const answer = await rosa.post(instance.ctx.uris.inbox('nobody'), create(rosa, letter(rosa)))
    expect([answer.status, answer.json]).toEqual([404, { error: 'There is no such inbox' }])
  })

  it('by a server that is blocked, and by those below its name (row 19)', async () => {
    const blocked = await startStranger()
    try {
      const bert = await blocked.actor('bert')
      await blockHost(instance.ctx, { host: blocked.host, reason: 'test' })
      const note = letter(bert)
      const answer = await bert.post(inbox(), create(bert, note))
      expect([answer.status, await isKnown(note.id)]).toEqual([403, false])
      expect(blocked.gets).toEqual([])
      // Nor does anybody else bring in what it says.
      const open = bert.note({ to: [PUBLIC, org.iri] })
      expect((await rosa.post(inbox(), create(bert, open))).status).toBe(202)
      expect(await isKnown(open.id)).toBe(false)
      expect(blocked.gets).toEqual([])
    } finally {
      await blocked.close()
    }
  })
})

describe('what somebody says in the name of another', () => {
  it('has no effect, whatever it is (rules 7, 11) (rows 1, 14, 15)', async () => {
    const note = letter(rosa)
    await rosa.post(inbox(), create(rosa, note))
    expect(await isKnown(note.id)).toBe(true)
    const changed = { ...note, content: '<p>Forged</p>', updated: new Date(Date.now() + 1_000).toISOString() }
    const forged = [
      rosa.activity('Delete', note.id),
      rosa.activity('Update', changed),
      rosa.activity('Update', { ...rosa.document, name: 'Forged' }),
      rosa.activity('Follow', org.iri),
      rosa.activity('Delete', rosa.iri),
    ]
    for (const activity of forged) expect((await mallory.post(inbox(), activity)).status).toBe(202)
    const own = [
      mallory.activity('Delete', note.id),
      mallory.activity('Update', changed),
      mallory.activity('Update', { ...rosa.document, name: 'Forged' }),
      mallory.activity('Delete', rosa.iri),
      mallory.activity('Create', { ...letter(rosa), attributedTo: rosa.iri }),
    ]
    for (const activity of own) expect((await mallory.post(inbox(), activity)).status).toBe(202)
    expect(await isKnown(note.id)).toBe(true)
    expect(await isKnown(own.at(-1)?.object.id)).toBe(false)
    const { body } = await org.api.get(`/api/v1/accounts/lookup?acct=${rosa.acct}`)
    expect(body.display_name).toBe('rosa')
    const posts = await org.api.get(`/api/v2/search?type=statuses&q=${encodeURIComponent(note.id)}`)
    expect(posts.body.statuses[0].content).not.toContain('Forged')
    expect((await org.api.get('/api/v1/follow_requests')).body).toEqual([])
  })

  it('has no effect when it is one of ours', async () => {
    const own = await org.api.post('/api/v1/statuses', { status: 'Ours' })
    const activity = { ...mallory.activity('Delete', own.body.uri), actor: org.iri, id: `${org.iri}/x` }
    expect((await mallory.post(inbox(), activity)).status).toBe(202)
    expect(await isKnown(own.body.uri)).toBe(true)
  })

  it('is believed when it carries a proof by who said it (rule 12)', async () => {
    const note = letter(rosa)
    const answer = await mallory.post(inbox(), rosa.prove(create(rosa, note)))
    expect([answer.status, await isKnown(note.id)]).toEqual([202, true])
  })

  it('is not believed when the proof is of something else, or by somebody else (rule 12)', async () => {
    const [one, other] = [letter(rosa), letter(rosa)]
    const altered = { ...rosa.prove(create(rosa, one)), object: other }
    const borrowed = mallory.prove(create(rosa, one))
    const renamed = { ...borrowed, proof: { ...borrowed.proof, verificationMethod: `${rosa.iri}#ed25519-key` } }
    for (const activity of [altered, borrowed, renamed]) await mallory.post(inbox(), activity)
    expect([await isKnown(one.id), await isKnown(other.id)]).toEqual([false, false])
  })

  it('is not believed for a true signature of linked data, which covers a graph and not a text (rule 12) (row 8)', async () => {
    const note = letter(rosa)
    const key = { keyId: rosa.keyId, privateKeyPem: String(rosa.key.export({ type: 'pkcs8', format: 'pem' })) }
    const signed = await signWithLinkedData(create(rosa, note), key, new Date())
    expect(signed).toHaveProperty('signature.signatureValue')
    expect((await mallory.post(inbox(), signed)).status).toBe(202)
    expect(await isKnown(note.id)).toBe(false)
    expect((await rosa.post(inbox(), signed)).status).toBe(202)
    expect(await isKnown(note.id)).toBe(true)
  })

  it('without a proof is only a hint: the post is read from its author’s server', async () => {
    const note = rosa.note({ to: [PUBLIC], cc: [org.iri], content: '<p>As it is</p>' })
    await mallory.post(inbox(), create(rosa, { ...note, content: '<p>Forged</p>' }))
    await instance.settle()
    const { body } = await org.api.get(`/api/v2/search?type=statuses&q=${encodeURIComponent(note.id)}`)
    expect(body.statuses[0].content).toBe('<p>As it is</p>')
    const edited = { ...note, content: '<p>As it is now</p>', updated: new Date(Date.now() + 1_000).toISOString() }
    elsewhere.serve(note.id, { body: edited })
    await mallory.post(inbox(), rosa.activity('Update', { ...edited, content: '<p>Forged</p>' }))
    await instance.settle()
    const later = await org.api.get(`/api/v1/statuses/${body.statuses[0].id}`)
    expect(later.body.content).toBe('<p>As it is now</p>')
    elsewhere.serve(note.id, { status: 410 })
    await mallory.post(inbox(), rosa.activity('Delete', note.id))
    expect(await isKnown(note.id)).toBe(false)
  })

  it('is no reason to fetch what concerns nobody here', async () => {
    const note = rosa.note()
    const before = elsewhere.gets.length
    await mallory.post(inbox(), create(rosa, note))
    expect(await isKnown(note.id)).toBe(false)
    expect(elsewhere.gets.slice(before).map(({ path }) => path)).toEqual([])
  })

  it('never stands in the way of what its author says (row 4)', async () => {
    const note = letter(rosa)
    const genuine = create(rosa, note)
    const forged = { ...genuine, object: { ...note, content: '<p>Forged</p>' } }
    expect((await mallory.post(inbox(), forged)).status).toBe(202)
    expect((await mallory.post(inbox(), { ...mallory.activity('Create', note), id: genuine.id })).status).toBe(202)
    expect(await isKnown(note.id)).toBe(false)
    expect((await rosa.post(inbox(), genuine)).status).toBe(202)
    expect(await isKnown(note.id)).toBe(true)
  })
})

describe('what comes again', () => {
  const mentions = async () => (await org.api.get('/api/v1/notifications?types[]=mention&limit=80')).body.length

  it('has one effect, whether to the shared inbox, to one’s own, or days later (item 8) (row 90)', async () => {
    const note = letter(rosa)
    const activity = create(rosa, note)
    await rosa.post(inbox(), activity)
    expect(await isKnown(note.id)).toBe(true)
    const before = await mentions()
    await rosa.post(instance.ctx.uris.inbox('atelier'), activity)
    await rosa.post(inbox(), activity)
    await rosa.post(inbox(), create(rosa, note))
    expect(await isKnown(note.id)).toBe(true)
    expect(await mentions()).toBe(before)
  })

  it('does not come back after it was deleted (item 19)', async () => {
    const note = letter(rosa)
    await rosa.post(inbox(), create(rosa, note))
    expect(await isKnown(note.id)).toBe(true)
    await rosa.post(inbox(), rosa.activity('Delete', note.id))
    expect(await isKnown(note.id)).toBe(false)
    await rosa.post(inbox(), create(rosa, note))
    expect(await isKnown(note.id)).toBe(false)
  })

  it('does not come at all when its end came first (item 19)', async () => {
    const note = letter(rosa)
    await rosa.post(inbox(), rosa.activity('Delete', { id: note.id, type: 'Tombstone' }))
    await instance.settle()
    await rosa.post(inbox(), create(rosa, note))
    expect(await isKnown(note.id)).toBe(false)
  })
})

describe('a key that was changed', () => {
  const fetchesOf = (actor: StrangerActor) =>
    elsewhere.gets.filter(({ path }) => elsewhere.url + path === actor.iri).length
  const status = async (answer: Promise<Got>) => (await answer).status

  /** Gives an actor another key under the same id. */
  function changeKey(actor: StrangerActor) {
    const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const publicKeyPem = pair.publicKey.export({ type: 'spki', format: 'pem' })
    actor.document.publicKey = { ...actor.document.publicKey, publicKeyPem }
    return pair.privateKey
  }

  it('is read again, once for all who come with it, and not for who does not have it (item 31)', async () => {
    const rita = await elsewhere.actor('rita')
    const first = letter(rita)
    expect(await status(rita.post(inbox(), create(rita, first)))).toBe(202)
    const key = changeKey(rita)
    const before = fetchesOf(rita)
    const notes = [1, 2, 3, 4].map(() => letter(rita))
    const statuses = await Promise.all(notes.map((note) => status(rita.post(inbox(), create(rita, note), { key }))))
    expect(statuses).toEqual([202, 202, 202, 202])
    for (const note of notes) expect(await isKnown(note.id)).toBe(true)
    expect(fetchesOf(rita) - before).toBe(1)
    expect(await status(rita.post(inbox(), create(rita, letter(rita)), { key: mallory.key }))).toBe(401)
    expect(await status(rita.post(inbox(), create(rita, letter(rita))))).toBe(401)
    expect(fetchesOf(rita) - before).toBe(1)
    passed += 6 * minute
    expect(await status(rita.post(inbox(), create(rita, letter(rita)), { key: mallory.key }))).toBe(401)
    expect(fetchesOf(rita) - before).toBe(2)
  })

  it('may be a new one under a new id', async () => {
    const rika = await elsewhere.actor('rika')
    expect(await status(rika.post(inbox(), create(rika, letter(rika))))).toBe(202)
    const key = changeKey(rika)
    const keyId = `${rika.iri}#key-2`
    rika.document.publicKey.id = keyId
    const note = letter(rika)
    expect(await status(rika.post(inbox(), create(rika, note), { key, keyId }))).toBe(202)
    expect(await isKnown(note.id)).toBe(true)
  })
})

describe('several keys of an actor', () => {
  /** Gives an actor another key beside those that it has. */
  function addKey(actor: StrangerActor, id: string) {
    const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const publicKeyPem = pair.publicKey.export({ type: 'spki', format: 'pem' })
    actor.document.publicKey = [actor.document.publicKey, { id, owner: actor.iri, publicKeyPem }].flat()
    return { key: pair.privateKey, keyId: id }
  }

  const isLetIn = async (from: StrangerActor, variant: Variant = {}) => {
    const note = letter(from)
    const { status } = await from.post(inbox(), create(from, note), variant)
    return status === 202 && (await isKnown(note.id))
  }

  it('all count, each by its id, however it came to be known (item 31)', async () => {
    const [fresh, rita] = [await elsewhere.actor('twokeys'), await elsewhere.actor('onekey')]
    const second = addKey(fresh, `${fresh.iri}#main-key-2`)
    expect(await isLetIn(fresh, second)).toBe(true)
    expect(await isLetIn(fresh)).toBe(true)
    expect(await isLetIn(rita)).toBe(true)
    const [next, elsewhereOnPage] = [addKey(rita, `${rita.iri}#main-key-2`), addKey(rita, `${rita.iri}/keys/3`)]
    await rita.post(inbox(), rita.activity('Update', rita.document))
    await instance.settle()
    const before = elsewhere.gets.length
    for (const variant of [next, elsewhereOnPage, {}]) expect(await isLetIn(rita, variant)).toBe(true)
    expect(elsewhere.gets.slice(before)).toEqual([])
    expect(await isLetIn(rita, { ...next, key: elsewhereOnPage.key })).toBe(false)
    expect(await isLetIn(rita, { ...next, key: mallory.key })).toBe(false)
  })

  it('count no longer when the document drops them (item 31)', async () => {
    const rhea = await elsewhere.actor('dropper')
    const first = rhea.document.publicKey
    const second = addKey(rhea, `${rhea.iri}#main-key-2`)
    expect(await isLetIn(rhea, second)).toBe(true)
    rhea.document.publicKey = rhea.document.publicKey[1]
    await rhea.post(inbox(), rhea.activity('Update', rhea.document), second)
    await instance.settle()
    passed += minute
    expect(await isLetIn(rhea, { keyId: first.id })).toBe(false)
    expect(await isLetIn(rhea, second)).toBe(true)
  })

  it('are not of others: one that somebody else’s document lists is none (rule 6)', async () => {
    const thief = await elsewhere.actor('thief')
    const { key, keyId } = addKey(thief, `${rosa.iri}#main-key-9`)
    expect(await isLetIn(thief)).toBe(true)
    const note = letter(rosa)
    const answer = await rosa.post(inbox(), create(rosa, note), { key, keyId })
    expect([answer.status, await isKnown(note.id)]).toEqual([401, false])
  })
})

describe('an actor who leaves', () => {
  it('and whom nobody here knows causes no work at all (item 30)', async () => {
    const ghost = await elsewhere.actor('ghost')
    const before = elsewhere.gets.length
    const answer = await ghost.post(inbox(), ghost.activity('Delete', ghost.iri))
    await instance.settle()
    expect([answer.status, elsewhere.gets.length - before]).toEqual([202, 0])
  })

  it('is gone with everything, although the key can be fetched no more (item 30)', async () => {
    const leo = await elsewhere.actor('leo')
    const note = letter(leo)
    await leo.post(inbox(), create(leo, note))
    expect(await isKnown(note.id)).toBe(true)
    elsewhere.serve(leo.iri, { status: 410 })
    const farewell = leo.activity('Delete', leo.iri)
    expect((await leo.post(inbox(), farewell)).status).toBe(202)
    expect(await isKnown(note.id)).toBe(false)
    expect((await org.api.get(`/api/v1/accounts/lookup?acct=${leo.acct}`)).status).toBe(404)
    // Mastodon tells every inbox: the second time there is nothing to do and nobody to ask.
    const before = elsewhere.gets.length
    passed += 2 * minute
    expect((await leo.post(inbox(), leo.activity('Delete', leo.iri))).status).toBe(202)
    expect(elsewhere.gets.length).toBe(before)
  })

  it('with a key that we do not have is believed when the server says so too (item 30)', async () => {
    const lara = await elsewhere.actor('lara')
    const note = letter(lara)
    await lara.post(inbox(), create(lara, note))
    expect(await isKnown(note.id)).toBe(true)
    elsewhere.serve(lara.iri, { status: 410 })
    passed += 6 * minute
    const answer = await lara.post(inbox(), lara.activity('Delete', lara.iri), { key: mallory.key })
    expect(answer.status).toBe(202)
    expect(await isKnown(note.id)).toBe(false)
  })

  it('is not gone for what anybody says while their server does not find them (item 30)', async () => {
    const lena = await elsewhere.actor('lena')
    const note = letter(lena)
    await lena.post(inbox(), create(lena, note))
    elsewhere.serve(lena.iri, { status: 404 })
    passed += 6 * minute
    expect((await lena.post(inbox(), lena.activity('Delete', lena.iri), { key: mallory.key })).status).toBe(202)
    expect(await isKnown(note.id)).toBe(true)
  })
})

describe('a server that cannot be reached', () => {
  it('is not asked for the same key again and again', async () => {
    const far = await startStranger()
    const fred = await far.actor('fred')
    far.serve(fred.iri, { status: 500 })
    const answers = []
    for (const _ of [1, 2, 3]) answers.push((await fred.post(inbox(), create(fred, letter(fred)))).status)
    expect(answers).toEqual([401, 401, 401])
    expect(far.gets.length).toBe(1)
    far.serve(fred.iri, { body: fred.document })
    passed += 2 * minute
    const note = letter(fred)
    expect((await fred.post(inbox(), create(fred, note))).status).toBe(202)
    await eventually(async () => expect(await isKnown(note.id)).toBe(true))
    await far.close()
  })
})
