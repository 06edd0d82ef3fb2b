import { preloadedContexts } from '@fedify/vocab-runtime'
import { describe, expect, it } from 'vitest'
import { toAddressing } from '#federation/read/addressing.ts'
import { isObject, listOf, toStorable } from '#federation/read/json.ts'
import { isPlain } from '#federation/read/plain.ts'
import { activityStreams, coreTerms, kindOfContext } from '#federation/read/terms.ts'

const as2 = 'https://www.w3.org/ns/activitystreams'

function withContext(context: unknown, more: object = {}) {
  return { '@context': context, id: 'https://a.example/1', type: 'Note', ...more }
}

describe('a document is plain', () => {
  it.each([
    ['with the context of ActivityStreams', as2],
    ['with well-known contexts', [as2, 'https://w3id.org/security/v1', 'https://gotosocial.org/ns']],
    [
      'with a context that each server of a program serves itself',
      [as2, 'https://p.example/schemas/litepub-0.1.jsonld'],
    ],
    ['with extensions defined inline', [as2, { toot: 'http://joinmastodon.org/ns#', blurhash: 'toot:blurhash' }]],
    ['with a core term defined as what it is', [as2, { likes: { '@id': 'as:likes', '@type': '@id' }, id: '@id' }]],
    ['with a language', [as2, { '@language': 'fr' }]],
    ['with prefixes of its own', [as2, { x: 'https://x.example/ns#', thing: 'x:thing' }]],
    [
      'with terms of the schema.org context that the context after it takes back',
      ['https://w3id.org/identity/v1', as2],
    ],
    ['with an empty context', []],
  ])('%s', (_name, context) => {
    expect(isPlain(withContext(context))).toBe(true)
  })

  it('without any context', () => {
    expect(isPlain({ id: 'https://a.example/1', type: 'Note' })).toBe(true)
  })

  it('whatever its proofs say', () => {
    expect(
      isPlain(withContext(as2, { proof: { '@context': 'https://x.example', 'as:actor': 1 }, signature: { '@id': 1 } })),
    ).toBe(true)
  })

  it('with a text that has no language', () => {
    expect(isPlain(withContext(as2, { contentMap: { '@none': 'x' } }))).toBe(true)
  })
})

describe('a document is not plain', () => {
  it.each([
    ['with a context that nobody knows', [as2, 'https://x.example/ns/v1']],
    ['when a core term means something else', [as2, { actor: 'https://x.example/ns#actor' }]],
    ['when a core term is switched off', [as2, { object: null }]],
    ['when a core term takes another shape', [as2, { content: { '@id': 'as:content', '@container': '@language' } }]],
    ['when a core term gets another type without a meaning', [as2, { to: { '@type': '@vocab' } }]],
    ['when a type means something else', [as2, { Note: 'https://x.example/ns#Article' }]],
    ['when another name stands for a core term', [as2, { by: { '@id': 'as:actor', '@type': '@id' } }]],
    ['when another name stands for it in full', [as2, { by: `${activityStreams}attributedTo` }]],
    ['when another name stands for it by a prefix of its own', [as2, { x: activityStreams, by: 'x:actor' }]],
    ['when another name stands for an extension that we read', [as2, { nsfw: 'as:sensitive' }]],
    ['when another name stands for the id', [as2, { url: '@id' }]],
    ['when another name stands for the id of its own', [as2, { address: '@id' }]],
    ['when the prefix of ActivityStreams means something else', [as2, { as: 'https://x.example/ns#' }]],
    ['when a prefix means two things', [as2, { x: 'https://x.example/ns#' }, { x: 'https://y.example/ns#' }]],
    ['when a term turns a property around', [as2, { mine: { '@reverse': 'as:actor' } }]],
    ['when a term brings a context with it', [as2, { x: { '@id': 'https://x.example/#x', '@context': {} } }]],
    ['when addresses are relative to something', [as2, { '@base': 'https://x.example/' }]],
    ['when it imports a context', [as2, { '@import': 'https://x.example/' }]],
    ['when its names are those of schema.org', [as2, 'https://w3id.org/identity/v1']],
    ['when its context is taken away', [as2, null]],
    ['when its context is nothing', null],
    ['when its context is a number', [as2, 5]],
  ])('%s', (_name, context) => {
    expect(isPlain(withContext(context))).toBe(false)
  })

  it.each([
    ['a keyword as a name', { '@id': 'https://a.example/2' }],
    ['a core term by its prefix', { 'as:actor': 'https://a.example/2' }],
    ['a core term in full', { [`${activityStreams}actor`]: 'https://a.example/2' }],
    ['a key by its prefix', { 'sec:publicKeyPem': 'x' }],
    ['an extension that we read by its prefix', { 'as:manuallyApprovesFollowers': true }],
    ['a value written out', { content: { '@value': 'x', '@language': 'fr' } }],
    ['a graph', { '@graph': [] }],
  ])('with %s, however deep', (_name, more) => {
    expect(isPlain(withContext(as2, { object: [{ tag: more }] }))).toBe(false)
  })

  it('when a part of it has another context', () => {
    expect(isPlain(withContext(as2, { object: { '@context': { actor: 'https://x.example/#a' } } }))).toBe(false)
  })

  it('when it is nested deeper than anything real', () => {
    const deep = Array.from({ length: 100 }).reduce<object>((inner) => ({ object: inner }), {})
    expect(isPlain(withContext(as2, deep))).toBe(false)
  })
})

describe('the contexts that we hold for well known', () => {
  const held = Object.entries(preloadedContexts).map(([url, document]) => ({ url, document }))
  const known = held.filter(({ url }) => kindOfContext(url) === 'known')

  it('are many', () => {
    expect(known.length).toBeGreaterThan(8)
  })

  it.each(known)('leave the core terms alone: $url', ({ document }) => {
    const parts = listOf(isObject(document) ? document['@context'] : null).filter(isObject)
    const changed = parts.flatMap((part) =>
      Object.entries(part).filter(([term, definition]) => {
        const iri = isObject(definition) ? definition['@id'] : definition
        const core = coreTerms.get(term)
        const written = typeof iri === 'string' && iri.startsWith('as:') ? activityStreams + iri.slice(3) : iri
        return core !== undefined && written !== core && !String(iri).startsWith('sec:')
      }),
    )
    expect(changed).toEqual([])
  })

  it('does not take those for harmless that rename', () => {
    expect(kindOfContext('https://w3id.org/identity/v1')).toBe('overriding')
    expect(kindOfContext('http://schema.org/')).toBe('overriding')
  })
})

it('a core term is defined as the context of ActivityStreams defines it', () => {
  const document = preloadedContexts[as2]
  const context = isObject(document) && isObject(document['@context']) ? document['@context'] : {}
  const prefixes = new Map([
    ['as', activityStreams],
    ['ldp', 'http://www.w3.org/ns/ldp#'],
  ])
  for (const [term, definition] of Object.entries(context)) {
    const iri = String(isObject(definition) ? definition['@id'] : definition)
    const [prefix = '', name = ''] = iri.split(':')
    const namespace = prefixes.get(prefix)
    if (coreTerms.has(term))
      expect([term, namespace === undefined ? iri : namespace + name]).toEqual([term, coreTerms.get(term)])
  }
})

describe('a document to be stored', () => {
  it('is the same object when there is nothing to change', () => {
    const json = { a: ['é🦊\n', { b: null }], c: 1 }
    expect(toStorable(json)).toBe(json)
  })

  it('loses what PostgreSQL refuses, in names as in values', () => {
    expect(toStorable({ 'a\u0000': ['b\u0000c', { d: 'x\ud800y' }], e: true })).toEqual({
      a: ['bc', { d: 'x\ufffdy' }],
      e: true,
    })
  })
})

describe('what is kept of the document of a post', () => {
  it('is for whom it is, by whom and where, as ids', () => {
    const group = 'https://a.example/groups/g'
    const document = {
      type: 'Note',
      content: 'x'.repeat(100_000),
      audience: { id: group, type: 'Group', summary: 'x' },
      context: { id: `${group}/topics/1`, type: 'Collection' },
      replies: { id: `${group}/posts/1/replies`, type: 'Collection', first: { items: [] } },
      attributedTo: ['https://a.example/users/a', { id: group }],
      to: 'as:Public',
      cc: [],
    }
    expect(toAddressing(document)).toEqual({
      audience: group,
      context: `${group}/topics/1`,
      replies: `${group}/posts/1/replies`,
      attributedTo: ['https://a.example/users/a', group],
      to: 'https://www.w3.org/ns/activitystreams#Public',
    })
    expect(toAddressing({ context: 'tag:a.example:1', to: null })).toEqual({ context: 'tag:a.example:1' })
  })

  it('has an end, however many are addressed, and the group comes before them (row 82)', () => {
    const to = Array.from({ length: 900 }, (_, n) => `https://a.example/${n}/${'x'.repeat(1_900)}`)
    const kept = toAddressing({ to, cc: to, audience: 'https://a.example/groups/g', context: 'x'.repeat(500_000) })
    expect(kept.audience).toBe('https://a.example/groups/g')
    expect(JSON.stringify(kept).length).toBeLessThan(17_000)
  })
})
