import { describe, expect, it } from 'vitest'
import type { JsonObject } from '#federation/read/json.ts'
import { readPoll } from '#federation/read/poll.ts'

const now = new Date('2026-11-22T12:00:00Z')
const option = (name: unknown, totalItems: unknown = 0) => ({
  type: 'Note',
  name,
  replies: { type: 'Collection', totalItems },
})
const read = (more: JsonObject) => readPoll({ type: 'Question', oneOf: [option('a', 2), option('b', 1)], ...more }, now)

describe('a Question', () => {
  it('is a poll with one choice, or with several', () => {
    const options = { options: ['a', 'b'], tallies: [2, 1] }
    expect(read({ votersCount: 3 })).toEqual({ ...options, votersCount: 3, isMultiple: false, endsAt: null })
    const several = { oneOf: [], anyOf: [option('a', 2), option('b', 1)] }
    expect(read(several)).toEqual({ ...options, votersCount: null, isMultiple: true, endsAt: null })
  })

  it.each([[{ oneOf: undefined }], [{ oneOf: 5 }], [{ oneOf: [null, 'a', { name: '' }, { name: 7 }] }]])(
    'offers nothing with %j',
    (more) => {
      expect(read(more)).toBeNull()
    },
  )

  it('counts what is a count, and nothing else', () => {
    const odd = [
      option('a', -1),
      option('b', 1.5),
      option('c', '3'),
      { name: 'd' },
      option('e', 2 ** 40),
      option('f', 4),
    ]
    expect(read({ oneOf: odd, votersCount: -3 })).toMatchObject({ tallies: [0, 0, 0, 0, 0, 4], votersCount: null })
  })

  it('has options that are texts of a sensible length, and not too many', () => {
    const many = Array.from({ length: 80 }, (_, n) => option(`${n}${'x'.repeat(600)}`))
    const poll = read({ oneOf: many })
    expect(poll?.options).toHaveLength(50)
    expect(poll?.options.every((title) => title.length <= 500)).toBe(true)
  })

  it('ends when it says so, and is over when it is closed', () => {
    const end = '2026-11-23T12:00:00Z'
    expect(read({ endTime: end })?.endsAt).toEqual(new Date(end))
    expect(read({ endTime: 'soon' })?.endsAt).toBeNull()
    expect(read({ endTime: end, closed: '2026-11-22T11:00:00Z' })?.endsAt).toEqual(new Date('2026-11-22T11:00:00Z'))
    expect(read({ endTime: '2026-11-22T10:00:00Z', closed: true })?.endsAt).toEqual(new Date('2026-11-22T10:00:00Z'))
    expect(read({ closed: true })?.endsAt).toEqual(now)
    expect(read({ closed: '2030-01-01T00:00:00Z' })?.endsAt).toEqual(now)
    expect(read({ endTime: end, closed: false })?.endsAt).toEqual(new Date(end))
  })
})
