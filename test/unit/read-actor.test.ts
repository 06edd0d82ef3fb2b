import { describe, expect, it } from 'vitest'
import { type ReadActor, readActor } from '#federation/read/actor.ts'
import type { JsonObject } from '#federation/read/json.ts'
import { readKeyDocument } from '#federation/read/keys.ts'

const iri = 'https://a.example/users/alice'
const pem = '-----BEGIN PUBLIC KEY-----\nMII=\n-----END PUBLIC KEY-----\n'
const key = { id: `${iri}#main-key`, owner: iri, publicKeyPem: pem }
const multikey = { id: `${iri}#ed25519`, type: 'Multikey', controller: iri, publicKeyMultibase: 'z6MkTest' }

function make(more: JsonObject): JsonObject {
  return { id: iri, type: 'Person', preferredUsername: 'alice', inbox: `${iri}/inbox`, publicKey: key, ...more }
}

function read(more: JsonObject): ReadActor {
  const actor = readActor(make(more))
  if ('refused' in actor) throw new Error(actor.refused)
  return actor
}

describe('an actor', () => {
  it('needs an id, a name before the @, an inbox and no more', () => {
    expect(read({})).toEqual({
      iri,
      type: 'Person',
      handle: 'alice',
      webfinger: null,
      name: '',
      summary: '',
      url: iri,
      inbox: `${iri}/inbox`,
      sharedInbox: null,
      outbox: null,
      followers: null,
      following: null,
      featured: null,
      featuredTags: null,
      publicKeys: [{ id: key.id, owner: iri, pem }],
      assertionKeys: [],
      isLocked: false,
      isDiscoverable: false,
      isIndexable: false,
      attributionDomains: [],
      isSuspended: false,
      avatarUrl: null,
      headerUrl: null,
      fields: [],
      emojis: [],
      alsoKnownAs: [],
      movedTo: null,
      publishedAt: null,
      attributedTo: null,
      softwareName: null,
      implements: [],
    })
  })

  it('is read whole', () => {
    const actor = read({
      type: ['https://schema.example/Company', 'Organization'],
      webfinger: 'acct:Alice@A.example',
      name: ' Alice\u202e ',
      summary: '<p onclick="x">Hi</p><script>alert(1)</script>',
      url: 'https://a.example/@alice',
      endpoints: { sharedInbox: 'https://a.example/inbox' },
      outbox: { id: `${iri}/outbox`, type: 'OrderedCollection' },
      followers: `${iri}/followers`,
      following: `${iri}/following`,
      featured: `${iri}/featured`,
      featuredTags: `${iri}/collections/tags`,
      assertionMethod: [multikey, 'https://a.example/other-key'],
      manuallyApprovesFollowers: true,
      discoverable: true,
      indexable: true,
      suspended: true,
      icon: { type: 'Image', url: 'https://m.example/a.png' },
      image: [{ type: 'Image', url: [{ type: 'Link', href: 'https://m.example/h.png' }] }],
      alsoKnownAs: 'https://b.example/alice',
      attributionDomains: ['News.example', 'news.example', 'https://a.example/', 5],
      movedTo: { id: 'https://c.example/alice' },
      published: '2020-01-01T00:00:00Z',
      attributedTo: 'https://a.example/users/company',
      generator: { name: 'Program', implements: [{ href: 'https://spec.example/1' }] },
    })
    expect(actor).toMatchObject({
      type: 'Organization',
      webfinger: 'Alice@a.example',
      name: 'Alice',
      summary: '<p>Hi</p>',
      url: 'https://a.example/@alice',
      sharedInbox: 'https://a.example/inbox',
      outbox: `${iri}/outbox`,
      assertionKeys: [{ id: multikey.id, controller: iri, multibase: 'z6MkTest' }],
      isLocked: true,
      isDiscoverable: true,
      isIndexable: true,
      isSuspended: true,
      attributionDomains: ['news.example'],
      avatarUrl: 'https://m.example/a.png',
      headerUrl: 'https://m.example/h.png',
      alsoKnownAs: ['https://b.example/alice'],
      movedTo: 'https://c.example/alice',
      publishedAt: new Date('2020-01-01T00:00:00Z'),
      attributedTo: 'https://a.example/users/company',
      softwareName: 'Program',
      implements: ['https://spec.example/1'],
    })
  })

  it.each([
    ['not-an-actor', { type: 'Note' }],
    ['no-id', { id: 'acct:alice@a.example' }],
    ['no-inbox', { inbox: undefined }],
    ['no-inbox', { inbox: 'ftp://a.example/inbox' }],
    ['no-handle', { id: 'https://a.example/', preferredUsername: undefined }],
  ])('is refused as %s with %j', (refused, more) => {
    expect(readActor(make(more))).toEqual({ refused })
  })

  it.each([
    ['Alice', {}, 'Alice'],
    [undefined, { webfinger: 'ali@a.example' }, 'ali'],
    [undefined, {}, 'alice'],
    ['', {}, 'alice'],
    ['a b', {}, 'alice'],
    ['a@b', {}, 'alice'],
    ['a/../b', {}, 'alice'],
    ['<b>', {}, 'alice'],
    ['x'.repeat(200), {}, 'alice'],
    [5, {}, 'alice'],
    [undefined, { id: 'https://a.example/@ali' }, 'ali'],
    ['dbzer0.example', { id: 'https://a.example/?author=0' }, 'dbzer0.example'],
  ])('called %j with %j is @%s', (preferredUsername, more, handle) => {
    expect(read({ preferredUsername, ...more }).handle).toBe(handle)
  })

  it.each([
    ['https://b.example/@alice', iri],
    ['http://a.example:8080/@alice', iri],
    ['javascript:alert(1)', iri],
    [5, iri],
    [
      [
        { type: 'Link', href: 'https://a.example/feed', mediaType: 'application/rss+xml' },
        { type: 'Link', href: 'https://a.example/page', mediaType: 'text/html' },
      ],
      'https://a.example/page',
    ],
    [['https://a.example/one', 'https://a.example/two'], 'https://a.example/one'],
  ])('with the page %j is shown at %s', (url, expected) => {
    expect(read({ url }).url).toBe(expected)
  })

  it('has the largest of its pictures', () => {
    const icon = [
      { type: 'Image', url: 'https://m.example/s.png', width: 48 },
      { type: 'Image', url: 'https://m.example/l.png', width: 480 },
      'https://m.example/x.png',
    ]
    expect(read({ icon }).avatarUrl).toBe('https://m.example/l.png')
    expect(read({ icon: 'https://m.example/x.png' }).avatarUrl).toBe('https://m.example/x.png')
    expect(read({ icon: { url: 'data:image/png;base64,AA' } }).avatarUrl).toBeNull()
  })

  it('has at most sixteen lines, their values cleaned', () => {
    const line = { type: 'PropertyValue', name: 'Site<b>', value: '<a href="javascript:x">y</a><img src=z>' }
    const { fields } = read({ attachment: [{ type: 'Link', href: 'https://x.example' }, ...Array(30).fill(line)] })
    expect(fields).toHaveLength(16)
    expect(fields[0]).toEqual({ name: 'Site<b>', value: '<span>y</span>' })
  })

  it('is short in every part (row 83)', () => {
    const actor = read({
      name: 'x'.repeat(100_000),
      summary: `<p>${'y'.repeat(1_000_000)}</p>`,
      publicKey: Array(100).fill(key),
      alsoKnownAs: Array.from({ length: 1000 }, (_, index) => `https://b.example/${index}`),
      attachment: [{ type: 'PropertyValue', name: 'n'.repeat(10_000), value: 'v'.repeat(10_000) }],
    })
    expect(actor.name.length).toBe(500)
    expect(actor.summary.length).toBeLessThan(101_000)
    expect(actor.publicKeys.length).toBe(8)
    expect(actor.alsoKnownAs.length).toBe(32)
    expect(actor.fields[0]?.value.length).toBeLessThan(3000)
  })

  it('is not hidden by a flag that is no truth', () => {
    expect(read({ discoverable: 'true', manuallyApprovesFollowers: 1 })).toMatchObject({
      isDiscoverable: false,
      isLocked: false,
    })
  })
})

describe('a key', () => {
  const found = { keyId: key.id, owner: iri, pem, multibase: null }

  it.each([
    ['the actor', make({})],
    ['a stub without an inbox', { id: iri, type: 'Person', preferredUsername: 'alice', publicKey: key }],
    ['a document of its own', { '@context': 'https://w3id.org/security/v1', type: 'CryptographicKey', ...key }],
    ['a document with a controller', { type: 'CryptographicKey', id: key.id, controller: iri, publicKeyPem: pem }],
    ['an actor with several keys', make({ publicKey: [{ ...key, id: `${iri}#old-key` }, key] })],
  ])('is found in %s', (_name, json) => {
    expect(readKeyDocument(json, key.id)).toEqual(found)
  })

  it('is found under the address of its actor', () => {
    expect(readKeyDocument(make({}), iri)).toEqual(found)
  })

  it('is found as a Multikey, alone and in an actor', () => {
    const expected = { keyId: multikey.id, owner: iri, pem: null, multibase: 'z6MkTest' }
    expect(readKeyDocument(multikey, multikey.id)).toEqual(expected)
    expect(readKeyDocument(make({ assertionMethod: multikey }), multikey.id)).toEqual(expected)
  })

  it('is not another one', () => {
    expect(readKeyDocument(make({}), `${iri}#other`)).toEqual({ refused: 'other-key' })
  })

  it.each([
    {},
    { publicKey: 'SCRUBBED' },
    { publicKey: { id: key.id, owner: iri } },
    { publicKey: { id: key.id, publicKeyPem: pem } },
    { publicKey: { ...key, publicKeyPem: 'x'.repeat(100_000) } },
    { publicKey: { ...key, id: '#main-key' } },
  ])('is none in %j', (json) => {
    expect(readKeyDocument(json, key.id)).toEqual({ refused: 'no-key' })
  })
})
