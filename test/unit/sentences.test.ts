import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { listRoutes } from '#src/cli/api-page.ts'
import { draftBody } from '#src/features/posts/fields.ts'
import { validate } from '#src/http/zod.ts'

const routes = await listRoutes()
const parts = routes.flatMap(({ method, url, schema }) =>
  [schema.body, schema.querystring].flatMap((part) =>
    part instanceof z.ZodType ? [{ name: `${method} ${url}`, schema: part }] : [],
  ),
)

/** What a client may send by mistake in place of anything. */
const mistakes = [undefined, null, '', 'bogus', -1.5, 1e300, true, {}, { a: {} }, [], [{}], [null], 'x'.repeat(20_000)]

function namesOf(schema: z.ZodType): string[] {
  const { properties, anyOf } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
  })
  const all = [properties, ...(anyOf ?? []).map((one) => one.properties)]
  return all.flatMap((some) => Object.keys(some ?? {}))
}

function complaint(schema: z.ZodType, data: unknown): string {
  const parsed = validate(schema, data)
  return 'error' in parsed ? `${parsed.error.message} ${JSON.stringify(parsed.error.details)}` : ''
}

describe('what the API says of a body that it cannot read', () => {
  it.each(parts)('is in our own words: $name', ({ schema }) => {
    const names = namesOf(schema)
    const bodies = mistakes.flatMap((mistake) => [mistake, ...names.map((name) => ({ [name]: mistake }))])
    const nested = names.flatMap((name) =>
      ['options', 'alerts', 'keys', 'id'].map((inner) => ({
        [name]: { [inner]: {} },
      })),
    )
    for (const body of [...bodies, ...nested]) {
      expect(complaint(schema, body)).not.toMatch(/invalid |expected|too (big|small)|unrecognized|undefined|\bNaN\b/i)
    }
  })

  it.each([
    [{ visibility: 'limited' }, 'visibility must be public, unlisted, private or direct'],
    [{ quote_approval_policy: 'bogus' }, 'quote_approval_policy must be public, followers or nobody'],
    [{ poll: { options: ['a', 'b'], expires_in: 'abc' } }, 'poll expires_in must be a number of seconds'],
    [{ poll: { options: ['a', 'b'] } }, 'poll expires_in is needed'],
    [{ status: {} }, 'status must be a text'],
    [{ media_ids: {} }, 'media_ids must be a list of texts'],
    [{ language: 7 }, 'language must be a text'],
  ])('says of %j what to send', (body, sentence) => {
    expect(complaint(draftBody, body)).toContain(`Validation failed: ${sentence} {`)
  })
})
