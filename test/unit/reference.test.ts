import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { verifySignature } from '@fedify/fedify/sig'
import { preloadedContexts } from '@fedify/vocab-runtime'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { readActivity } from '#federation/read/activity.ts'
import { readActor } from '#federation/read/actor.ts'
import { isRefused, type JsonObject } from '#federation/read/json.ts'
import { readNote } from '#federation/read/note.ts'
import { isPlain } from '#federation/read/plain.ts'
import {
  canonicalise,
  hasLinkedDataSignature,
  signWithLinkedData,
  withoutLinkedDataSignature,
} from '#federation/reference.ts'

const as2 = 'https://www.w3.org/ns/activitystreams'
const alice = 'https://a.example/users/alice'
const bob = 'https://b.example/users/bob'
const follow = { id: 'https://a.example/follows/1', type: 'Follow', object: bob }

afterEach(() => vi.restoreAllMocks())

async function canonical(json: JsonObject): Promise<JsonObject> {
  const result = await canonicalise(json)
  expect(isRefused(result)).toBe(false)
  expect(isPlain(result)).toBe(true)
  return result
}

describe('an unusual document', () => {
  it('with another name for the actor is read by what it means', async () => {
    const context = [as2, { by: { '@id': 'as:actor', '@type': '@id' } }]
    const json = await canonical({ '@context': context, ...follow, by: alice })
    expect(readActivity(json)).toMatchObject({ type: 'Follow', actor: alice, object: { id: bob } })
  })

  it('with two names for the actor has two actors, and is refused (row 5)', async () => {
    const context = [as2, { by: { '@id': 'as:actor', '@type': '@id' } }]
    const json = await canonical({ '@context': context, ...follow, actor: 'https://c.example/carol', by: alice })
    expect(readActivity(json)).toEqual({ refused: 'several-actors' })
  })

  it('with the actor written twice, once by its prefix, has two actors (row 9)', async () => {
    const json = await canonical({
      '@context': as2,
      ...follow,
      actor: alice,
      'as:actor': { id: 'https://c.example/carol' },
    })
    expect(readActivity(json)).toEqual({ refused: 'several-actors' })
  })

  it('in which a name of ours means something else loses it', async () => {
    const context = [as2, { object: 'https://x.example/ns#object' }]
    const json = await canonical({ '@context': context, ...follow, actor: alice })
    expect(readActivity(json)).toEqual({ refused: 'no-object' })
  })

  it('in expanded form is read as any other', async () => {
    const as = (name: string) => `${as2}#${name}`
    const json = await canonical({
      '@id': 'https://a.example/creates/1',
      '@type': [as('Create')],
      [as('actor')]: [{ '@id': alice }],
      [as('to')]: [{ '@id': as('Public') }],
      [as('object')]: [
        {
          '@id': 'https://a.example/notes/1',
          '@type': [as('Note')],
          [as('attributedTo')]: [{ '@id': alice }],
          [as('content')]: [{ '@value': 'Hello' }, { '@value': 'Salut', '@language': 'fr' }],
          // Without its datatype, as careless programs write it.
          [as('published')]: [{ '@value': '2026-01-01T00:00:00Z' }],
          [as('sensitive')]: [{ '@value': true }],
          [as('attachment')]: [
            {
              '@type': [as('Image')],
              [as('url')]: [{ '@id': 'https://m.example/1.jpg' }],
              [as('name')]: [{ '@value': 'A box' }],
              'http://joinmastodon.org/ns#focalPoint': [{ '@list': [{ '@value': 0.5 }, { '@value': -0.25 }] }],
            },
          ],
        },
      ],
    })
    const activity = readActivity(json)
    expect(activity).toMatchObject({ type: 'Create', actor: alice, to: [`${as2}#Public`] })
    const embedded = 'object' in activity ? activity.object.embedded : null
    expect(readNote(embedded ?? {}, new Date())).toMatchObject({
      attributedTo: alice,
      content: 'Hello',
      language: 'fr',
      isSensitive: true,
      publishedAt: new Date('2026-01-01T00:00:00Z'),
      attachments: [{ url: 'https://m.example/1.jpg', description: 'A box', focus: { x: 0.5, y: -0.25 } }],
    })
  })

  it('with names half written out, as Fedify 2.3 embeds actors, is read whole', async () => {
    const json = await canonical({
      '@context': as2,
      id: alice,
      type: 'Person',
      preferredUsername: 'alice',
      inbox: `${alice}/inbox`,
      'as:manuallyApprovesFollowers': true,
      'http://joinmastodon.org/ns#featured': { id: `${alice}/featured` },
      'https://w3id.org/security#assertionMethod': {
        id: `${alice}#key`,
        type: 'https://w3id.org/security#Multikey',
        'https://w3id.org/security#controller': { id: alice },
        'https://w3id.org/security#publicKeyMultibase': {
          type: 'https://w3id.org/security#multibase',
          '@value': 'z6MkTest',
        },
      },
    })
    expect(readActor(json)).toMatchObject({
      isLocked: true,
      featured: `${alice}/featured`,
      assertionKeys: [{ id: `${alice}#key`, controller: alice, multibase: 'z6MkTest' }],
    })
  })

  it('without a context is ActivityStreams', async () => {
    expect(readActivity(await canonical({ ...follow, 'as:actor': { id: alice } }))).toMatchObject({ actor: alice })
  })

  it('with a property that is called as our refusals are is not refused for it', async () => {
    const json = await canonical({ '@context': as2, ...follow, 'as:actor': { id: alice }, refused: 'x', ignored: 'x' })
    expect(readActivity(json)).toMatchObject({ actor: alice })
  })

  it('in a language that its context sets keeps its text', async () => {
    const context = [as2, { '@language': 'fr', by: 'as:actor' }]
    const json = await canonical({
      '@context': context,
      id: 'https://a.example/1',
      type: 'Note',
      attributedTo: alice,
      content: 'Salut',
    })
    expect(readNote(json, new Date())).toMatchObject({ content: 'Salut', language: 'fr' })
  })
})

describe('a context that nobody knows', () => {
  it('is left out where ActivityStreams is named, and nothing is fetched', async () => {
    const fetched = vi.spyOn(globalThis, 'fetch')
    const json = await canonical({ '@context': [as2, 'https://x.example/ns/v1'], ...follow, actor: alice })
    expect(readActivity(json)).toMatchObject({ actor: alice, object: { id: bob } })
    expect(fetched).not.toHaveBeenCalled()
  })

  it('refuses a document that rests on it alone, and nothing is fetched', async () => {
    const fetched = vi.spyOn(globalThis, 'fetch')
    expect(await canonicalise({ '@context': 'https://x.example/ns/v1', ...follow, actor: alice })).toEqual({
      refused: 'unknown-context',
    })
    expect(fetched).not.toHaveBeenCalled()
  })
})

describe('a document is refused', () => {
  const nested = Array.from({ length: 60 }).reduce<object>((inner) => ({ tag: inner }), {})
  const definitions = Object.fromEntries(Array.from({ length: 600 }, (_, index) => [`t${index}`, 'as:name']))

  it.each([
    ['too-deep', { tag: nested }],
    ['too-large', { tag: Array.from({ length: 10_000 }, () => 'x') }],
    ['too-many-contexts', { tag: Array.from({ length: 100 }, () => ({ '@context': {} })) }],
    ['too-many-definitions', { '@context': [as2, definitions] }],
    ['malformed-context', { '@context': [as2, { x: { '@id': 'as:tag', '@context': {} } }] }],
    ['malformed-context', { '@context': [as2, { '@import': 'https://x.example' }] }],
    ['malformed-context', { '@context': [as2, 5] }],
    ['malformed-json-ld', { '@context': [as2, { x: 5 }] }],
    ['malformed-json-ld', { id: { a: 1 } }],
    ['not-a-tree', { tag: { '@graph': [{ id: 'https://a.example/1', type: 'Note' }] } }],
    ['not-a-tree', { tag: { '@reverse': { 'as:actor': { id: 'https://a.example/1', type: 'Note' } } } }],
  ])('as %s', async (refused, more) => {
    expect(await canonicalise({ '@context': as2, ...follow, ...more })).toEqual({ refused })
  })

  it('that speaks of two things', async () => {
    const graph = [{ id: 'https://a.example/1' }, { id: 'https://a.example/2' }].map((thing) => ({
      ...thing,
      type: 'Note',
    }))
    expect(await canonicalise({ '@context': as2, '@graph': graph })).toEqual({ refused: 'not-a-tree' })
  })

  it('or read in less than two seconds', async () => {
    const aliases = (index: number) =>
      Object.fromEntries(
        Array.from({ length: 15 }, (_, term) => [`t${index}_${term}`, { '@id': 'as:tag', '@type': '@id' }]),
      )
    const parts = Array.from({ length: 30 }, (_, index) => ({
      '@context': aliases(index),
      [`t${index}_1`]: Array.from({ length: 50 }, (_, item) => ({
        id: `https://a.example/${index}/${item}`,
        type: 'Note',
      })),
    }))
    const start = performance.now()
    await canonical({ '@context': as2, ...follow, tag: parts })
    expect(performance.now() - start).toBeLessThan(2000)
  })
})

describe('a Linked Data signature', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const key = {
    keyId: `${alice}#main-key`,
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
  const created = new Date('2026-11-22T12:00:00Z')
  const contextLoader = async (url: string) => ({
    contextUrl: null,
    documentUrl: url,
    document: preloadedContexts[url],
  })
  const reply = {
    '@context': [
      as2,
      'https://w3id.org/security/v1',
      { toot: 'http://joinmastodon.org/ns#', blurhash: 'toot:blurhash' },
    ],
    id: `https://a.example/creates/${randomUUID()}`,
    type: 'Create',
    actor: alice,
    to: [`${as2}#Public`],
    cc: [bob],
    object: {
      id: 'https://a.example/notes/1',
      type: 'Note',
      attributedTo: alice,
      content: '<p>Hello</p>',
      blurhash: 'x',
    },
  }

  /** Whether Fedify, which verifies as Mastodon does, takes the signature for that of the key. */
  async function isVerified(json: JsonObject): Promise<boolean> {
    const { CryptographicKey } = await import('@fedify/vocab')
    const spki = publicKey.export({ type: 'spki', format: 'der' })
    const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
    const imported = await crypto.subtle.importKey('spki', spki, algorithm, true, ['verify'])
    const cached = new CryptographicKey({ id: new URL(key.keyId), owner: new URL(alice), publicKey: imported })
    const keyCache = { get: async () => cached, set: async () => {} }
    const verified = await verifySignature(json, {
      contextLoader,
      keyCache,
      documentLoader: () => Promise.reject(new Error('Nothing is to be fetched')),
    })
    return verified !== null
  }

  it('is one that others verify', async () => {
    const signed = await signWithLinkedData(reply, key, created)
    expect(signed).toMatchObject({
      ...reply,
      signature: { type: 'RsaSignature2017', creator: key.keyId, created: '2026-11-22T12:00:00.000Z' },
    })
    expect(await isVerified(signed)).toBe(true)
  })

  it('does not hold for another text', async () => {
    const signed = await signWithLinkedData(reply, key, created)
    expect(await isVerified({ ...signed, object: { ...reply.object, content: '<p>Forged</p>' } })).toBe(false)
  })

  it('covers the extensions whose names are defined', async () => {
    const signed = await signWithLinkedData(reply, key, created)
    expect(await isVerified({ ...signed, object: { ...reply.object, blurhash: 'y' } })).toBe(false)
  })

  it('is the same when it is made again', async () => {
    expect(await signWithLinkedData(reply, key, created)).toEqual(await signWithLinkedData(reply, key, created))
  })

  it('is made without the network, and not at all with a context that is not at hand', async () => {
    const fetched = vi.spyOn(globalThis, 'fetch')
    await expect(
      signWithLinkedData({ ...reply, '@context': [as2, 'https://x.example/ns'] }, key, created),
    ).rejects.toThrow()
    expect(fetched).not.toHaveBeenCalled()
  })

  it('is seen, and taken away', async () => {
    const signed = await signWithLinkedData(reply, key, created)
    expect(hasLinkedDataSignature(signed)).toBe(true)
    expect(hasLinkedDataSignature(reply)).toBe(false)
    expect(hasLinkedDataSignature({ ...reply, signature: 'x' })).toBe(false)
    expect(withoutLinkedDataSignature(signed)).toEqual(reply)
  })
})
