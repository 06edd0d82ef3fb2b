import { verifyObject } from '@fedify/fedify'
import { verifySignature } from '@fedify/fedify/sig'
import { Activity, Emoji, Note } from '@fedify/vocab'
import { preloadedContexts } from '@fedify/vocab-runtime'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addAlias } from '#src/features/moves/aliases.ts'
import { moveActor, takeBackMove } from '#src/features/moves/service.ts'
import type { Json } from '#test/support/client.ts'
import { plantEmoji } from '#test/support/emoji.ts'
import { eventually } from '#test/support/eventually.ts'
import { jpeg } from '#test/support/pictures.ts'
import { checkCavage, checkRfc9421, isProven } from '#test/support/signing.ts'
import {
  ACTIVITY_JSON,
  PUBLIC,
  type Recorded,
  type Stranger,
  type StrangerActor,
  startStranger,
} from '#test/support/stranger.ts'
import { type Instance, type Member, startInstance } from '#test/support/two-servers.ts'

let instance: Instance
let org: Member
let elsewhere: Stranger
let rosa: StrangerActor
/** What the organisation's document says, as everybody reads it. */
let orgDocument: Json

beforeAll(async () => {
  ;[instance, elsewhere] = await Promise.all([startInstance(), startStranger()])
  org = await instance.join('atelier', { type: 'Organization' })
  rosa = await elsewhere.actor('rosa')
  await rosa.post(instance.ctx.uris.inbox('atelier'), rosa.activity('Follow', org.iri))
  const [request] = await eventually(async () => {
    const { body } = await org.api.get('/api/v1/follow_requests')
    expect(body).toHaveLength(1)
    return body
  })
  await org.api.post(`/api/v1/follow_requests/${request.id}/authorize`)
  await elsewhere.delivered((activity) => activity.type === 'Accept')
  orgDocument = await getDocument(org.iri)
})
afterAll(() => Promise.all([instance.close(), elsewhere.close()]))

async function getDocument(iri: string): Promise<Json> {
  const answer = await fetch(iri, { headers: { accept: ACTIVITY_JSON } })
  expect(answer.status, iri).toBe(200)
  return answer.json()
}

/** Does something and waits for the activity that it becomes. */
async function sent(act: () => Promise<unknown>, type: string): Promise<Recorded> {
  const before = elsewhere.deliveries.length
  await act()
  return eventually(() => {
    const found = elsewhere.deliveries.slice(before).find(({ json }) => json.type === type)
    if (!found) throw new Error(`no ${type} was delivered`)
    return found
  })
}

const post = (body: object) => org.api.post('/api/v1/statuses', body)

async function upload(description?: string, focus?: string): Promise<string> {
  const form = new FormData()
  form.set('file', new Blob([new Uint8Array(await jpeg({ width: 900, height: 600 }))], { type: 'image/jpeg' }), 'a.jpg')
  if (description) form.set('description', description)
  if (focus) form.set('focus', focus)
  const headers = { authorization: `Bearer ${org.token}` }
  const answer = await fetch(`${instance.url}/api/v2/media`, { method: 'POST', headers, body: form })
  const { id } = (await answer.json()) as { id: string }
  await eventually(async () => expect((await org.api.get(`/api/v1/media/${id}`)).status).toBe(200))
  return id
}

/** A post of the stranger that the instance has, by its id there. */
async function known(note: Json): Promise<string> {
  await rosa.post(instance.ctx.uris.sharedInbox, rosa.activity('Create', note, { to: note.to, cc: note.cc }))
  return eventually(async () => {
    const { body } = await org.api.get(`/api/v2/search?type=statuses&resolve=true&q=${encodeURIComponent(note.id)}`)
    expect(body.statuses).toHaveLength(1)
    return body.statuses[0].id
  })
}

const allowedContexts = [
  'https://www.w3.org/ns/activitystreams',
  'https://w3id.org/security/v1',
  'https://w3id.org/security/data-integrity/v1',
  'https://w3id.org/security/multikey/v1',
]
const allowedTags = /^(p|br|a|span|em|strong|del|code|pre|blockquote|ul|ol|li|h[1-3])$/
const allowedClasses = ['mention', 'hashtag', 'u-url', 'h-card', 'invisible', 'ellipsis', 'quote-inline']

/** What Mastodon asks for before it passes something on. */
async function expectSigned(document: Json): Promise<void> {
  expect(document.signature).toMatchObject({ type: 'RsaSignature2017', creator: `${org.iri}#main-key` })
  expect(await verifySignature(document, loaders), document.type).not.toBeNull()
}

/** The emission profile: what every document of ours keeps to, whoever reads it as plain JSON. */
function expectPlain(document: Json): void {
  const contexts = document['@context']
  expect(Array.isArray(contexts)).toBe(true)
  for (const context of contexts) {
    if (typeof context === 'string') expect(allowedContexts).toContain(context)
  }
  expect(contexts.filter((context: Json) => typeof context !== 'string').length).toBeLessThanOrEqual(1)
  expectPlainParts(document)
}

function expectPlainParts(part: Json): void {
  for (const [key, value] of Object.entries<Json>(part)) {
    if (key === '@context' || key === 'proof' || key === 'signature' || value === null) continue
    if (['to', 'cc', 'tag', 'attachment'].includes(key)) expect(Array.isArray(value), key).toBe(true)
    if (['actor', 'attributedTo', 'inReplyTo', 'id', 'url'].includes(key)) expect(typeof value, key).toBe('string')
    if (['published', 'updated', 'deleted'].includes(key)) expect(value).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    if (key === 'id') expect(new URL(value).origin).toBe(instance.url)
    if (key === 'content' || key === 'summary') expectPlainHtml(value)
    for (const inner of [value].flat()) {
      expect(['as:Public', 'Public']).not.toContain(inner)
      if (typeof inner === 'object') expectPlainParts(inner)
    }
  }
}

function expectPlainHtml(html: string): void {
  for (const [, name = ''] of html.matchAll(/<\/?([a-z0-9]+)/g)) expect(name).toMatch(allowedTags)
  for (const [, names = ''] of html.matchAll(/class="([^"]*)"/g)) {
    for (const name of names.split(' ')) expect(allowedClasses).toContain(name)
  }
}

const documentLoader = async (url: string) => ({
  contextUrl: null,
  documentUrl: url,
  document: Object.hasOwn(preloadedContexts, url) ? preloadedContexts[url] : await getDocument(url.replace(/#.*/, '')),
})
const loaders = { contextLoader: documentLoader, documentLoader }

describe('a delivery', () => {
  it('is signed as every program reads it, over exactly what is sent', async () => {
    const delivery = await sent(() => post({ status: 'A word' }), 'Create')
    const { publicKeyPem } = orgDocument.publicKey
    expect(checkCavage(delivery, publicKeyPem)).toEqual({
      isTrue: true,
      keyId: `${org.iri}#main-key`,
      algorithm: 'rsa-sha256',
      covered: ['(request-target)', 'host', 'date', 'digest'],
    })
    expect(delivery.headers).toMatchObject({ host: elsewhere.host, 'content-type': 'application/activity+json' })
    expect(delivery.headers.digest).toMatch(/^SHA-256=[A-Za-z0-9+/]{43}=$/)
    expect(delivery.headers['user-agent']).toMatch(/^Entremise\/\d+\.\d+\.\d+ \(\+http:\/\/127\.0\.0\.1:\d+\/\)$/)
    expect(Math.abs(Date.parse(delivery.headers.date ?? '') - Date.now())).toBeLessThan(60_000)
    expect([delivery.method, delivery.path]).toEqual(['POST', '/inbox'])
  })

  it('of a short note takes few bytes', async () => {
    const text =
      'A plain note of a usual length, with neither pictures nor names nor anything else that has to be told.'
    const { body } = await sent(() => post({ status: text, language: 'en' }), 'Create')
    expect(body.length).toBeLessThanOrEqual(2_300)
  })

  it('is signed by RFC 9421 where the other way is refused, and from then on at once (item 5)', async () => {
    const picky = await startStranger()
    try {
      const pia = await picky.actor('pia')
      picky.answer(({ headers }) => ({ status: headers['signature-input'] ? 202 : 401 }))
      await pia.post(instance.ctx.uris.inbox('atelier'), pia.activity('Follow', org.iri))
      const { body } = await eventually(async () => {
        const answer = await org.api.get('/api/v1/follow_requests')
        expect(answer.body).toHaveLength(1)
        return answer
      })
      await org.api.post(`/api/v1/follow_requests/${body[0].id}/authorize`)
      const accepted = await picky.delivered((_, { headers }) => headers['signature-input'] !== undefined)
      expect(picky.deliveries.map(({ headers }) => 'signature-input' in headers)).toEqual([false, true])
      expect(picky.deliveries[0]?.body).toEqual(accepted.body)
      expect(checkRfc9421(accepted, picky.url, orgDocument.publicKey.publicKeyPem)).toMatchObject({
        isTrue: true,
        keyId: `${org.iri}#main-key`,
        covered: expect.arrayContaining(['@method', '@target-uri', 'content-digest']),
        created: expect.stringMatching(/^\d{10}$/),
      })
      await instance.settle()
      await post({ status: 'For the one who reads RFC 9421' })
      await picky.delivered((activity) => activity.type === 'Create')
      expect(picky.deliveries.map(({ headers }) => 'signature-input' in headers)).toEqual([false, true, true])
    } finally {
      await org.api.post(`/api/v1/accounts/${await accountId(`pia@${picky.host}`)}/remove_from_followers`)
      await instance.settle()
      await picky.close()
    }
  })
})

async function accountId(acct: string): Promise<string> {
  return (await org.api.get(`/api/v1/accounts/lookup?acct=${acct}`)).body.id
}

describe('a post', () => {
  it('with pictures, a warning, a name and a hashtag says all of it in the words that others read', async () => {
    const pictures = [await upload('A box, open', '-0.5,0.25'), await upload()]
    const delivery = await sent(
      () =>
        post({
          status: `For @${rosa.acct}: <b>not bold</b> #Éco\nhttps://example.org/a-long-path-that-has-to-be-cut-somewhere`,
          media_ids: pictures,
          spoiler_text: 'Cardboard',
          language: 'fr',
        }),
      'Create',
    )
    const { object: note, ...create } = delivery.json
    expectPlain(delivery.json)
    expect(create).toMatchObject({ type: 'Create', actor: org.iri, to: [PUBLIC], published: note.published })
    expect(note).toMatchObject({
      type: 'Note',
      attributedTo: org.iri,
      summary: 'Cardboard',
      sensitive: true,
      contentMap: { fr: note.content },
      to: [PUBLIC],
      cc: [`${org.iri}/followers`, rosa.iri],
    })
    expect(create.cc).toEqual(note.cc)
    expect(new URL(note.url).host).toBe(new URL(note.id).host)
    expect(note.content).toContain(`<a class="u-url mention" href="${elsewhere.url}/@rosa">@<span>rosa</span></a>`)
    expect(note.content).toContain('&lt;b&gt;')
    expect(note.tag).toEqual([
      { type: 'Mention', href: rosa.iri, name: `@${rosa.acct}` },
      { type: 'Hashtag', href: `${instance.url}/tags/eco`, name: '#Éco' },
    ])
    expect(note.attachment).toEqual([
      {
        type: 'Image',
        mediaType: 'image/jpeg',
        url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/media\/[0-9a-f]{32}\/[\w.-]+\.jpg$/),
        name: 'A box, open',
        width: 900,
        height: 600,
        blurhash: expect.stringMatching(/^[^\s]{6,64}$/),
        focalPoint: [-0.5, 0.25],
      },
      expect.not.objectContaining({ name: expect.anything() }),
    ])
    const [inline] = delivery.json['@context'].filter((context: Json) => typeof context === 'object')
    expect(inline).toMatchObject({
      toot: 'http://joinmastodon.org/ns#',
      blurhash: 'toot:blurhash',
      focalPoint: { '@container': '@list', '@id': 'toot:focalPoint' },
      sensitive: 'as:sensitive',
      Hashtag: 'as:Hashtag',
    })
    expect((await fetch(note.attachment[0].url)).headers.get('content-type')).toBe('image/jpeg')
  })

  it.each([
    ['public', [PUBLIC], ['followers']],
    ['unlisted', ['followers'], [PUBLIC]],
    ['private', ['followers'], []],
    ['direct', ['rosa'], []],
  ])(
    'that is %s is addressed to whom it is for, and says so in the same words everywhere',
    async (visibility, to, cc) => {
      const spell = (name: string) => ({ followers: `${org.iri}/followers`, rosa: rosa.iri })[name] ?? name
      const text = visibility === 'direct' ? `@${rosa.acct} ${visibility}` : visibility
      const { json } = await sent(() => post({ status: text, visibility }), 'Create')
      expectPlain(json)
      expect([json.to, json.cc, json.object.to, json.object.cc]).toEqual(
        [to, cc, to, cc].map((names) => names.map(spell)),
      )
    },
  )

  it('for everybody carries a proof that holds, and that no change survives (rule 12)', async () => {
    const { json } = await sent(async () => post({ status: 'Proven', media_ids: [await upload('x')] }), 'Create')
    const [{ publicKeyMultibase, id, controller }] = orgDocument.assertionMethod
    expect(json.proof).toMatchObject({ cryptosuite: 'eddsa-jcs-2022', verificationMethod: id })
    expect([controller, id]).toEqual([org.iri, `${org.iri}#ed25519-key`])
    expect(isProven(json, publicKeyMultibase)).toBe(true)
    const altered = structuredClone(json)
    altered.object.attachment[0].blurhash = 'LEHV6nWB2yk8pyo0adR*.7kCMdnj'
    expect(isProven(altered, publicKeyMultibase)).toBe(false)
    expect(await verifyObject(Activity, json, loaders)).not.toBeNull()
    expect(await verifyObject(Activity, altered, loaders)).toBeNull()
    expect(json.signature).toBeUndefined()
  })

  it('with an emoji is plain too, keeps its proof, and a library reads the emoji', async () => {
    await plantEmoji(instance.ctx, 'kiln')
    const { json } = await sent(() => post({ status: 'Lit :kiln:' }), 'Create')
    expectPlain(json)
    expect(isProven(json, orgDocument.assertionMethod[0].publicKeyMultibase)).toBe(true)
    const note = await Note.fromJsonLd({ '@context': json['@context'], ...json.object }, loaders)
    const tags = []
    for await (const tag of note.getTags(loaders)) tags.push(tag)
    const [emoji] = tags
    expect(emoji).toBeInstanceOf(Emoji)
    expect(emoji?.name?.toString()).toBe(':kiln:')
  })

  it('for some carries none: it is nobody to pass it on', async () => {
    const { json } = await sent(() => post({ status: 'Not proven', visibility: 'private' }), 'Create')
    expect([json.proof, json.signature]).toEqual([undefined, undefined])
  })

  it('is edited with a newer time, and deleted as a tombstone', async () => {
    const created = await post({ status: 'Befor' })
    const { id } = created.body
    const update = await sent(() => org.api.put(`/api/v1/statuses/${id}`, { status: 'Before' }), 'Update')
    expectPlain(update.json)
    expect(update.json.object).toMatchObject({ id: created.body.uri, type: 'Note', content: '<p>Before</p>' })
    expect(update.json.object.updated).toBe(update.json.updated)
    expect(Date.parse(update.json.updated)).toBeGreaterThanOrEqual(Date.parse(update.json.object.published))
    const end = await sent(() => org.api.delete(`/api/v1/statuses/${id}`), 'Delete')
    expectPlain(end.json)
    expect(end.json).toMatchObject({
      actor: org.iri,
      to: [PUBLIC],
      cc: [`${org.iri}/followers`],
      object: { id: created.body.uri, type: 'Tombstone' },
    })
    for (const { json } of [update, end]) {
      expect(isProven(json, orgDocument.assertionMethod[0].publicKeyMultibase)).toBe(true)
      await expectSigned(json)
    }
  })
})

describe('a reply', () => {
  it('in public to somebody elsewhere has a linked-data signature too, by which Mastodon passes it on (item 24)', async () => {
    const note = rosa.note()
    const parent = await known(note)
    const reply = { status: `@${rosa.acct} Yes`, in_reply_to_id: parent }
    const { json } = await sent(() => post(reply), 'Create')
    expectPlain(json)
    expect(json.object).toMatchObject({ inReplyTo: note.id, cc: [`${org.iri}/followers`, rosa.iri] })
    await expectSigned(json)
    expect(isProven(json, orgDocument.assertionMethod[0].publicKeyMultibase)).toBe(true)
    const { '@context': _, ...altered } = { ...json, object: { ...json.object, content: '<p>No</p>' } }
    expect(await verifySignature({ '@context': json['@context'], ...altered }, loaders)).toBeNull()
  })

  it('has none when it is not for everybody, or answers one of ours (item 24)', async () => {
    const parent = await known(rosa.note({ to: [org.iri], cc: [], tag: [{ type: 'Mention', href: org.iri }] }))
    const quiet = await sent(
      () => post({ status: `@${rosa.acct} Hush`, in_reply_to_id: parent, visibility: 'direct' }),
      'Create',
    )
    expect(quiet.json.signature).toBeUndefined()
    const own = await post({ status: 'First' })
    await instance.settle()
    const second = await sent(() => post({ status: 'Second', in_reply_to_id: own.body.id }), 'Create')
    expect(second.json.object.inReplyTo).toBe(own.body.uri)
    expect(second.json.signature).toBeUndefined()
    expect(second.json.object.context).toBe(`${instance.url}/contexts/${own.body.id}`)
  })
})

describe('what is said about posts of others', () => {
  let note: Json
  let id: string

  beforeAll(async () => {
    note = rosa.note()
    id = await known(note)
  })

  it('is a Like with a bare object, and an Undo that holds it', async () => {
    const like = await sent(() => org.api.post(`/api/v1/statuses/${id}/favourite`), 'Like')
    expectPlain(like.json)
    expect(like.json).toMatchObject({ actor: org.iri, object: note.id, to: [rosa.iri] })
    const undo = await sent(() => org.api.post(`/api/v1/statuses/${id}/unfavourite`), 'Undo')
    expectPlain(undo.json)
    const { '@context': _context, to: _to, ...inner } = like.json
    expect(undo.json).toMatchObject({ actor: org.iri, to: [rosa.iri], object: inner })
  })

  it('is an Announce with a bare object, and an Undo that holds it', async () => {
    const announce = await sent(() => org.api.post(`/api/v1/statuses/${id}/reblog`), 'Announce')
    expectPlain(announce.json)
    expect(announce.json).toMatchObject({
      actor: org.iri,
      object: note.id,
      to: [PUBLIC],
      cc: [`${org.iri}/followers`, rosa.iri],
    })
    const undo = await sent(() => org.api.post(`/api/v1/statuses/${id}/unreblog`), 'Undo')
    expectPlain(undo.json)
    for (const { json } of [announce, undo]) {
      expect(isProven(json, orgDocument.assertionMethod[0].publicKeyMultibase)).toBe(true)
      await expectSigned(json)
    }
    expect(undo.json.object).toMatchObject({ id: announce.json.id, type: 'Announce', object: note.id })
  })

  it('is a boost of one’s own followers-only post for the same followers, and so is its Undo', async () => {
    const own = await post({ status: 'For few', visibility: 'private' })
    const announce = await sent(() => org.api.post(`/api/v1/statuses/${own.body.id}/reblog`), 'Announce')
    const undo = await sent(() => org.api.post(`/api/v1/statuses/${own.body.id}/unreblog`), 'Undo')
    for (const { json } of [announce, undo]) {
      expect([json.to, json.cc].flat()).not.toContain(PUBLIC)
      expect([json.proof, json.signature]).toEqual([undefined, undefined])
      expect((await fetch(json.id, { headers: { accept: ACTIVITY_JSON } })).status).toBe(404)
    }
  })
})

describe('what is said between a follower and a followee', () => {
  it('is an Accept that embeds the Follow (item 25)', () => {
    const follow = elsewhere.deliveries.find(({ json }) => json.type === 'Accept')
    expectPlain({ ...follow?.json, object: { ...follow?.json.object, id: `${instance.url}/x` } })
    expect(follow?.json).toMatchObject({
      actor: org.iri,
      to: [rosa.iri],
      object: { type: 'Follow', actor: rosa.iri, object: org.iri, id: expect.stringContaining(elsewhere.url) },
    })
  })

  it('is a Follow and an Undo with one id and bare ends', async () => {
    const { body } = await org.api.get(`/api/v2/search?resolve=true&type=accounts&q=${encodeURIComponent(rosa.acct)}`)
    const path = `/api/v1/accounts/${body.accounts[0].id}`
    const follow = await sent(() => org.api.post(`${path}/follow`), 'Follow')
    expectPlain(follow.json)
    expect(follow.json).toMatchObject({ actor: org.iri, object: rosa.iri, to: [rosa.iri] })
    const undo = await sent(() => org.api.post(`${path}/unfollow`), 'Undo')
    expectPlain(undo.json)
    const { '@context': _context, to: _to, ...inner } = follow.json
    expect(undo.json).toMatchObject({ actor: org.iri, to: [rosa.iri], object: inner })
  })
})

describe('a profile', () => {
  it('is sent whole when it is changed', async () => {
    const update = await sent(patchProfile, 'Update')
    expectPlain({ ...update.json, object: { ...update.json.object, generator: undefined } })
    expect(update.json).toMatchObject({ actor: org.iri, to: [PUBLIC] })
    expect(update.json.object).toMatchObject({
      id: org.iri,
      type: 'Organization',
      summary: '<p>Paper</p>',
      manuallyApprovesFollowers: true,
      publicKey: { owner: org.iri },
      endpoints: { sharedInbox: `${instance.url}/inbox` },
    })
    expect(isProven(update.json, orgDocument.assertionMethod[0].publicKeyMultibase)).toBe(true)
    expect(await verifyObject(Activity, update.json, loaders)).not.toBeNull()
  })
})

describe('a move (item 29)', () => {
  it('is an Update with the former accounts, and then one with the new place and a Move', async () => {
    const mover = { actorId: org.actor.id, viewer: org.viewer }
    const named = await sent(() => addAlias(instance.ctx, mover, rosa.acct), 'Update')
    expectPlain({ ...named.json, object: { ...named.json.object, generator: undefined } })
    expect(named.json.object.alsoKnownAs).toEqual([rosa.iri])
    expect((await getDocument(org.iri)).alsoKnownAs).toEqual([rosa.iri])
    const fresh = await elsewhere.actor('fresh', { alsoKnownAs: [org.iri] })
    const move = await sent(() => moveActor(instance.ctx, mover, fresh.iri), 'Move')
    expectPlain(move.json)
    const ends = { actor: org.iri, object: org.iri, target: fresh.iri }
    expect(move.json).toMatchObject({ ...ends, to: [`${org.iri}/followers`], cc: [PUBLIC] })
    expect((await getDocument(org.iri)).movedTo).toBe(fresh.iri)
    await instance.settle()
    const back = await sent(() => takeBackMove(instance.ctx, mover), 'Update')
    expect(back.json.object).not.toHaveProperty('movedTo')
    expect(await getDocument(org.iri)).not.toHaveProperty('movedTo')
  })
})

async function patchProfile(): Promise<void> {
  const answer = await fetch(`${instance.url}/api/v1/accounts/update_credentials`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${org.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ note: 'Paper' }),
  })
  expect(answer.status).toBe(200)
}

describe('the id of an activity', () => {
  it('leads to the very bytes that were sent, for those who got them', async () => {
    await instance.settle()
    expect(elsewhere.deliveries.length).toBeGreaterThan(20)
    for (const { json, body } of elsewhere.deliveries) {
      const audience = [json.to, json.cc].flat()
      const unsigned = await fetch(json.id, { headers: { accept: ACTIVITY_JSON } })
      const mayBeGone = json.type === 'Create' || json.type === 'Update' || json.type === 'Announce'
      if (!audience.includes(PUBLIC)) expect(unsigned.status, json.type).toBe(404)
      const { status, text } = await rosa.get(json.id)
      if (status === 404 && mayBeGone) continue
      expect([status, text], json.type).toEqual([200, body.toString()])
    }
  })

  it('leads nowhere when there is none such', async () => {
    for (const id of ['1', '99999999999999999999', 'x', `${Date.now()}`]) {
      expect((await rosa.get(`${instance.url}/activities/${id}`)).status).toBe(404)
    }
  })
})
