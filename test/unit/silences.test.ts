import { describe, expect, it } from 'vitest'
import { createSilences } from '#federation/silences.ts'
import { OutboundError } from '#src/core/outbound/error.ts'

const refused = new OutboundError('network', 'ECONNREFUSED')

describe('a server that gives no answer', () => {
  it('is asked once a minute from the second time on, until it answers', () => {
    let now = 0
    const silences = createSilences(() => now)
    silences.heard('a', refused)
    expect(silences.mayAsk('a')).toBe(true)
    silences.heard('a', 503)
    expect(silences.mayAsk('a')).toBe(false)
    expect(silences.mayAsk('b')).toBe(true)
    now = 60_000
    expect([silences.mayAsk('a'), silences.mayAsk('a')]).toEqual([true, false])
    silences.heard('a', 200)
    expect(silences.mayAsk('a')).toBe(true)
  })

  it.each([
    ['a document that cannot be made', 500],
    ['one that is not there', 404],
    ['an answer that is too large', new OutboundError('too-large', 'too large')],
  ])('is not one that answers with %s', (_name, outcome) => {
    const silences = createSilences(() => 0)
    for (let n = 0; n < 3; n++) silences.heard('a', outcome)
    expect(silences.mayAsk('a')).toBe(true)
  })
})
