import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listRoutes } from '#src/cli/api-page.ts'
import { describeApi } from '#src/features/reference/openapi.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import type { Json } from '#test/support/client.ts'
import { countTried, junk, trials } from '#test/support/generated.ts'
import { make } from '#test/support/make.ts'

let test: TestApp
/** Ids of what is there, and headers that speak for somebody. */
let known: readonly string[]
let tokens: readonly Readonly<Record<string, string>>[] = []

/** What the reference says of every method, as programs read it. */
const { paths } = describeApi(await listRoutes(), { url: 'https://here.example', version: '0' }) as Json
const methods = Object.entries(paths as Record<string, Record<string, Json>>).flatMap(([path, byMethod]) =>
  Object.entries(byMethod).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
)
type Described = (typeof methods)[number]

/** Streams never end; what they take is tried in their own tests. */
const tried = methods.filter(({ path }) => !path.startsWith('/api/v1/streaming'))

/** A value for a schema of the reference: mostly one that it lets through. */
function valueFor(schema: Json): fc.Arbitrary<unknown> {
  return fc.oneof({ arbitrary: fittingFor(schema ?? {}), weight: 3 }, { arbitrary: junk, weight: 1 })
}

const words = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.constantFrom(
    '@nobody',
    '#tag https://x.invalid/',
    '👍',
    '%',
    '\\',
    "'",
    '2027-01-01T00:00:00Z',
    'true',
    'fr',
    'home',
  ),
  fc.nat({ max: 40 }).map((at) => known[at % known.length] ?? '1'),
)

function fittingFor(schema: Json): fc.Arbitrary<unknown> {
  if (Array.isArray(schema.enum)) return fc.constantFrom<unknown>(...schema.enum)
  if (schema.const !== undefined) return fc.constant(schema.const)
  const choices: Json[] | undefined = schema.anyOf ?? schema.oneOf
  if (choices) return fc.oneof(...choices.map(fittingFor))
  if (schema.type === 'array') return fc.array(valueFor(schema.items), { maxLength: 5 })
  if (schema.type === 'object') return recordFor(schema.properties ?? {})
  if (schema.type === 'boolean') return fc.constantFrom(true, false, 'true', '0')
  if (schema.type === 'integer' || schema.type === 'number') return fc.oneof(fc.nat({ max: 100 }), fc.integer())
  return words
}

function recordFor(properties: Record<string, Json>): fc.Arbitrary<Record<string, unknown>> {
  const shape = Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, valueFor(schema)]))
  return fc.record(shape, { requiredKeys: [] }) as fc.Arbitrary<Record<string, unknown>>
}

const schemaOf = ({ operation }: Described): Json =>
  Object.values<Json>(operation.requestBody?.content ?? {})[0]?.schema ?? { properties: {} }
const parametersOf = ({ operation }: Described, place: string): Record<string, Json> =>
  Object.fromEntries(
    (operation.parameters as Json[]).filter((one) => one.in === place).map(({ name, schema }) => [name, schema]),
  )

/** A request to one method: `who` speaks, in one of the forms of a body. */
function requestTo(described: Described) {
  return fc.record({
    described: fc.constant(described),
    path: fc.array(fc.oneof(words, words, junk), { minLength: 3, maxLength: 3 }),
    query: recordFor(parametersOf(described, 'query')),
    body: fc.oneof(
      { arbitrary: recordFor(schemaOf(described).properties ?? {}), weight: 9 },
      { arbitrary: junk, weight: 1 },
    ),
    form: fc.constantFrom('json', 'json', 'form', 'multipart', 'broken'),
    who: fc.nat({ max: 11 }),
    headers: fc.record(
      {
        'idempotency-key': words,
        'accept-language': words,
        origin: words,
        accept: words,
        'if-none-match': words,
        range: words,
        authorization: fc.constantFrom('Bearer', 'Bearer x', 'Basic Og==', 'Bearer \u00e9'),
      },
      { requiredKeys: [] },
    ),
    hasHeaders: fc.nat({ max: 5 }),
  })
}
type Request = ReturnType<typeof requestTo> extends fc.Arbitrary<infer Value> ? Value : never

const request = fc.nat({ max: tried.length - 1 }).chain((at) => requestTo(tried[at] as Described))

const textOf = (value: unknown) => (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).slice(0, 3_000)

/** Names as Rails writes them. */
function fieldsOf(body: unknown, prefix = ''): [string, string][] {
  if (typeof body !== 'object' || body === null) return [[prefix || 'x', textOf(body)]]
  return Object.entries(body).flatMap(([name, value]) => {
    const inner = Array.isArray(body) ? `${prefix}[]` : prefix ? `${prefix}[${name}]` : name
    return typeof value === 'object' && value !== null
      ? fieldsOf(value, inner)
      : [[inner, textOf(value)] as [string, string]]
  })
}

const boundary = 'a-boundary'
const multipart = (fields: readonly [string, string][]) =>
  `${fields
    .map(
      ([name, value], at) =>
        `--${boundary}\r\ncontent-disposition: form-data; name="${name.replaceAll(/["\r\n]/g, '')}"${
          at % 4 === 3 ? '; filename="x.png"\r\ncontent-type: image/png' : ''
        }\r\n\r\n${value}\r\n`,
    )
    .join('')}--${boundary}--\r\n`

function payloadOf({ body, form }: Request): { type: string; payload: string } {
  const fields = fieldsOf(body)
  if (form === 'form') {
    return { type: 'application/x-www-form-urlencoded', payload: new URLSearchParams(fields).toString() }
  }
  if (form === 'multipart') return { type: `multipart/form-data; boundary=${boundary}`, payload: multipart(fields) }
  const json = JSON.stringify(body) ?? 'null'
  return { type: 'application/json', payload: form === 'broken' ? json.slice(0, -1) : json }
}

/** Only what can stand in a header at all: the rest never reaches a server. */
const inHeader = (text: string) => text.replaceAll(/[^\x20-\x7e\u00a0-\u00ff]/g, '').trim()

let asked = 0

/** Somebody else every three hundred times: nobody may ask more in five minutes. */
async function speaker(who: number): Promise<Record<string, string>> {
  if (who === 0) return {}
  if (asked++ % 250 === 0) tokens = await newcomers()
  return { ...tokens[who % tokens.length] }
}

async function newcomers() {
  const name = `u${asked}`
  const all = await test.signIn(name)
  const narrow = await test.signIn(name, ['read:accounts'])
  const { actor } = await make.actor(test.ctx)
  const post = await make.post(test.ctx, { actorId: actor.id })
  const own = await make.post(test.ctx, { actorId: all.actorId })
  const asks = await make.post(test.ctx, { actorId: actor.id })
  const poll = await make.poll(test.ctx, { postId: asks.id })
  const picture = await make.picture(test.ctx, { actorId: all.actorId })
  known = [all.actorId, actor.id, post.id, own.id, asks.id, poll.id, picture.id, name, actor.handle]
  return [all.headers, all.headers, all.headers, narrow.headers]
}

async function ask(one: Request): Promise<{ status: number; answer: string; name: string }> {
  const { method, path } = one.described
  let at = 0
  const filled = path.replaceAll(/\{\w+\}/g, () =>
    encodeURIComponent(textOf(one.path[at++]).toWellFormed().slice(0, 200)),
  )
  const query = new URLSearchParams(fieldsOf(one.query)).toString()
  const { type, payload } = payloadOf(one)
  const extra =
    one.hasHeaders === 0 ? Object.entries(one.headers).map(([name, text]) => [name, inHeader(text ?? '')]) : []
  const answer = await test.app.inject({
    method: method as 'GET',
    url: query ? `${filled}?${query}` : filled,
    remoteAddress: `2001:db8:${(asked % 65_536).toString(16)}::1`,
    headers: {
      ...(method === 'GET' ? {} : { 'content-type': type }),
      ...(await speaker(one.who)),
      ...Object.fromEntries(extra),
    },
    ...(method === 'GET' ? {} : { payload }),
  })
  return { status: answer.statusCode, answer: answer.body, name: `${method} ${path}` }
}

/** Asked side by side. */
const perInput = 8
const mostBytes = 900_000_000

beforeAll(async () => {
  test = await createTestApp({ config: { smtpUrl: 'smtp://127.0.0.1:9' } })
  tokens = await newcomers()
})
afterAll(() => test.close())

describe('whatever is asked of the client API', () => {
  it('is answered without a fault (rows 22, 52, 83)', async () => {
    const statuses = new Map<number, number>()
    const property = fc.asyncProperty(
      fc.array(request, { minLength: perInput, maxLength: perInput }),
      async (batch) => {
        const answers = await Promise.all(batch.map(ask))
        expect(answers.filter(({ status }) => status >= 500)).toEqual([])
        for (const { status } of answers) statuses.set(status, (statuses.get(status) ?? 0) + 1)
        countTried(batch.length)
        expect(process.memoryUsage.rss()).toBeLessThan(mostBytes)
      },
    )
    await fc.assert(property, { ...trials({ perInput }), endOnFailure: true })
    // Not all is noise: some of it has its effect.
    expect(statuses.get(200)).toBeGreaterThan(10)
  })
})
