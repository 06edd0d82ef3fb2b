import { expect, it } from 'vitest'
import { readActivity } from '#federation/read/activity.ts'
import { readActor } from '#federation/read/actor.ts'
import { isObject, type JsonObject, toStorable } from '#federation/read/json.ts'
import { readKeyDocument } from '#federation/read/keys.ts'
import { readNote } from '#federation/read/note.ts'
import { isPlain } from '#federation/read/plain.ts'
import { canonicalise } from '#federation/reference.ts'

const alice = 'https://a.example/users/alice'

/** A document with everything that any reader looks at, in its usual shape. */
const whole: JsonObject = {
  '@context': [
    'https://www.w3.org/ns/activitystreams',
    { toot: 'http://joinmastodon.org/ns#', x: { '@id': 'toot:x' } },
  ],
  id: 'https://a.example/1',
  actor: { id: alice },
  object: { id: 'https://a.example/2', type: 'Follow', actor: alice, object: alice },
  target: alice,
  to: ['as:Public', { id: alice }],
  cc: alice,
  published: '2026-01-01T00:00:00Z',
  updated: '2026-01-01T00:00:00Z',
  content: '<p>x</p>',
  contentMap: { fr: '<p>x</p>' },
  mediaType: 'text/html',
  language: { identifier: 'fr' },
  name: 'x',
  nameMap: { fr: 'x' },
  summary: 'x',
  url: [{ type: 'Link', href: 'https://a.example/@1', mediaType: 'text/html' }],
  attributedTo: [{ type: 'Person', id: alice }],
  inReplyTo: { id: 'https://a.example/3' },
  context: 'https://a.example/c',
  attachment: [
    { type: 'Image', url: { href: 'https://m.example/1.jpg' }, name: 'x', blurhash: 'x', focalPoint: [0, 0], width: 1 },
  ],
  tag: [{ type: 'Emoji', name: ':x:', icon: { url: 'https://m.example/x.png' }, href: alice }],
  likes: { totalItems: 1 },
  preferredUsername: 'alice',
  webfinger: 'alice@a.example',
  inbox: `${alice}/inbox`,
  endpoints: { sharedInbox: 'https://a.example/inbox' },
  publicKey: { id: `${alice}#key`, owner: alice, publicKeyPem: 'x' },
  assertionMethod: [{ id: `${alice}#key`, controller: alice, publicKeyMultibase: 'z' }],
  icon: { url: 'https://m.example/i.png', width: 1 },
  image: 'https://m.example/h.png',
  alsoKnownAs: [alice],
  movedTo: alice,
  generator: { name: 'x', implements: [{ href: 'https://x.example' }] },
}

const junk: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  '',
  ' ',
  'https://',
  '\u0000\ud800',
  [],
  [[]],
  [null, [null]],
  {},
  { id: {} },
  { type: {}, href: [], url: { url: { href: 5 } } },
  { toString: 'x', length: -1, constructor: null, hasOwnProperty: 1 },
  JSON.parse('{"__proto__": {"id": "https://x.example/1"}}'),
  Array.from({ length: 300 }, () => ({ '@value': 1 })),
]

/** Named by their text: a list as a case would be taken apart. */
const cases = junk.map((value) => [JSON.stringify(value).slice(0, 80), value] as const)

/** The document with each of its values, at any depth, replaced by `value` in turn. */
function replacements(json: unknown, value: unknown): unknown[] {
  if (Array.isArray(json))
    return json.flatMap((item, at) => replacements(item, value).map((changed) => json.with(at, changed)))
  if (!isObject(json)) return [value]
  const inner = Object.entries(json).flatMap(([key, old]) =>
    replacements(old, value).map((changed) => ({ ...json, [key]: changed })),
  )
  return [value, ...inner]
}

const types = [
  'Accept',
  'Create',
  'Flag',
  'Move',
  'Person',
  'Note',
  'Article',
  'Video',
  'Question',
  'Image',
  ['Note', 5],
  {},
]

it.each(cases)('readers answer whatever stands in the place of a value: %s (item 40)', (_name, value) => {
  const documents = replacements(whole, value).filter(isObject)
  expect(documents.length).toBeGreaterThan(75)
  for (const document of documents) {
    for (const type of types) {
      const json = { ...document, type }
      const now = new Date()
      const answers = [readActivity(json), readActor(json), readNote(json, now), readKeyDocument(json, `${alice}#key`)]
      expect(answers.every(isObject)).toBe(true)
      expect(typeof isPlain(json)).toBe('boolean')
      expect(isObject(toStorable(json))).toBe(true)
    }
  }
})

// One of each kind: the long way takes a hundred times as long.
it.each(cases.filter((_, at) => at % 3 === 0))('JSON-LD answers too: %s', async (_name, value) => {
  for (const document of replacements(whole, value).filter(isObject)) {
    expect(isObject(await canonicalise({ ...document, type: 'Create' }))).toBe(true)
  }
})
