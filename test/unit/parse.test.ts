import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { maxDocumentBytes, parseDocument } from '#federation/parse.ts'

const parse = (text: string) => parseDocument(Buffer.from(text))
const nested = (depth: number) => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`
const keys = (count: number) => `{${Array.from({ length: count }, (_, index) => `"k${index}":1`).join(',')}}`

describe('a document is read', () => {
  test('with whatever its strings hold', () => {
    const value = { a: 'x:y,{[}]"\\"', 'b:"c': [1, -2.5e3, true, null, { d: 'é😀' }], e: { f: {} }, g: '\\', h: '' }
    expect(parse(JSON.stringify(value))).toEqual({ ok: true, value })
    expect(parse(JSON.stringify(value, null, 2))).toEqual({ ok: true, value })
  })

  test('up to the limits (rule 1)', () => {
    expect(parse(nested(32)).ok).toBe(true)
    expect(parse(keys(10_000)).ok).toBe(true)
    expect(parse(`{"a":"${'x'.repeat(maxDocumentBytes - 8)}"}`).ok).toBe(true)
  })

  test('with the same key in different objects, and with keys that only look like prototypes', () => {
    expect(parse('{"a":{"id":1},"b":[{"id":1},{"id":2}],"id":3}').ok).toBe(true)
    expect(parse('{"constructors":1,"proto":2,"a":"__proto__"}').ok).toBe(true)
  })
})

test.each([
  ['larger than 1 MB', `{"a":"${'x'.repeat(maxDocumentBytes - 7)}"}`, 'too-large'],
  ['deeper than 32', nested(33), 'too-deep'],
  ['very deep', '['.repeat(500_000), 'too-deep'],
  ['deep in objects', `${'{"a":'.repeat(40)}1${'}'.repeat(40)}`, 'too-deep'],
  ['of more than 10,000 keys', keys(10_001), 'too-many-keys'],
  ['of many keys in many objects', `{"a":[${Array(5_001).fill('{"a":1,"b":2}').join(',')}]}`, 'too-many-keys'],
  ['with a repeated key', '{"actor":"https://a.example/","actor":"https://b.example/"}', 'repeated-key'],
  ['with a repeated key far down', '{"a":[{"b":{"id":1,"x":2,"id":1}}]}', 'repeated-key'],
  ['with a key repeated in disguise', '{"actor":1,"\\u0061ctor":2}', 'repeated-key'],
  ['with a repeated object', '{"a":{"b":1,"c":2},"a":{"b":1,"c":2}}', 'repeated-key'],
  ['with __proto__', '{"a":{"__proto__":{"isAdmin":true}}}', 'forbidden-key'],
  ['with __proto__ in disguise', '{"\\u005f_proto__":{}}', 'forbidden-key'],
  ['with constructor', '{"a":{"constructor":{}}}', 'forbidden-key'],
  ['with prototype', '{"a":[[{"prototype":1}]]}', 'forbidden-key'],
  ['that is a list', '[{"id":"https://a.example/1"}]', 'not-an-object'],
  ['that is null', 'null', 'not-an-object'],
  ['that is a string', '"{}"', 'not-an-object'],
  ['that is empty', '', 'not-json'],
  ['that breaks off', '{"a":"b', 'not-json'],
  ['that breaks off after a backslash', '{"a":"\\', 'not-json'],
  ['with a comma too many', '{"a":1,}', 'not-json'],
  ['with a colon too many', '{"a"::1}', 'not-json'],
  ['with single quotes', "{'a':1}", 'not-json'],
  ['with something behind it', '{"a":1}{"b":2}', 'not-json'],
  ['with a byte order mark', '\ufeff{"a":1}', 'not-json'],
  ['with a comment', '{"a":1/*:*/}', 'not-json'],
  ['that is HTML', '<!doctype html><title>404</title>', 'not-json'],
])('a document is refused %s', (_name, text, reason) => {
  expect(parse(text)).toEqual({ ok: false, reason })
})

test('a document is refused when it is not UTF-8', () => {
  expect(parseDocument(Buffer.from('{"a":"é"}', 'latin1'))).toEqual({ ok: false, reason: 'not-utf8' })
  expect(parseDocument(Buffer.from('{"a":1}', 'utf16le'))).toMatchObject({ ok: false })
})

test('no document changes what all objects have (row 52)', () => {
  parse('{"__proto__":{"polluted":true}}')
  expect('polluted' in {}).toBe(false)
})

const lab = '../shared/fixtures/lab'
test.skipIf(!existsSync(lab))(
  'every document that was seen between real servers is read (needs ../shared/fixtures)',
  () => {
    const files = ['gts', 'hollo', 'nodebb'].flatMap((folder) =>
      readdirSync(`${lab}/${folder}`).map((name) => `${lab}/${folder}/${name}`),
    )
    const documents = files.filter(
      (name) => name.endsWith('.json') && !name.endsWith('.http.json') && !name.includes('GET-'),
    )
    const refused = documents.filter((name) => !parseDocument(readFileSync(name)).ok)
    expect(documents.length).toBeGreaterThan(90)
    expect(refused).toEqual([])
  },
)
