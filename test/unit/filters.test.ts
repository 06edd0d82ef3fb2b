import { describe, expect, it } from 'vitest'
import { compileFilters, matchFilters } from '#src/features/filters/match.ts'
import type { WholeFilter } from '#src/features/filters/queries.ts'
import { within } from '../support/cpu-time.ts'

const now = new Date('2026-11-28T12:00:00Z')

function filter(keywords: readonly string[], more: Partial<WholeFilter> & { isWholeWord?: boolean } = {}): WholeFilter {
  const { isWholeWord = true, ...rest } = more
  return {
    id: '1',
    actorId: '1',
    userId: null,
    title: 'a',
    contexts: ['home'],
    action: 'warn',
    expiresAt: null,
    createdAt: now,
    posts: [],
    ...rest,
    keywords: keywords.map((keyword) => ({ id: '1', filterId: '1', keyword, isWholeWord, createdAt: now })),
  }
}

const found = (one: WholeFilter, text: string) =>
  matchFilters(compileFilters([one]), { postIds: ['7'], texts: ['', text] }, now).flatMap(({ keywords }) => keywords)

const isFound = (keyword: string, text: string, isWholeWord = true) =>
  found(filter([keyword], { isWholeWord }), text).length > 0

describe('a keyword', () => {
  it('is found whatever its case, in every script', () => {
    expect(isFound('Bread', 'BREAD and butter')).toBe(true)
    expect(isFound('éclair', 'Un ÉCLAIR au chocolat')).toBe(true)
    expect(isFound('éclair', 'Un e\u0301clair')).toBe(true)
    expect(isFound('ΟΔΟΣ', 'η οδος')).toBe(true)
    expect(isFound('οδος', 'ΟΔΟΣΑ', false)).toBe(true)
    expect(isFound('abc', 'ａｂｃ')).toBe(true)
    expect(isFound('eclair', 'éclair')).toBe(false)
  })

  it('of whole words is not found inside of longer ones', () => {
    for (const text of ['cats', 'scat', 'cat_', 'cat1', 'écat', 'cat\u0301', '𝒜cat'.normalize('NFC')])
      expect(isFound('cat', text), text).toBe(false)
    for (const text of ['cat', 'a cat.', '(cat)', 'cat-like', '#cat', 'scat cat', 'cat😀', '😀cat'])
      expect(isFound('cat', text), text).toBe(true)
    expect(isFound('cat', 'scatter', false)).toBe(true)
    expect(isFound('кот', 'который')).toBe(false)
    expect(isFound('猫', '子猫がいる')).toBe(false)
    expect(isFound('猫', '子猫がいる', false)).toBe(true)
    expect(isFound('a-b', 'a-bc a-b')).toBe(true)
    expect(isFound('cat', 'cats\u{1d400} scat,cat')).toBe(true)
  })

  it('that begins with a sign begins anywhere', () => {
    expect(isFound('#cat', 'a#cat')).toBe(true)
    expect(isFound('#cat', '#cats')).toBe(false)
    expect(isFound('@there.example', 'lea@there.example!')).toBe(true)
  })

  it('is text, never a pattern', () => {
    expect(isFound('a.c', 'abc', false)).toBe(false)
    expect(isFound('(a+)+$', 'the (a+)+$ pattern', false)).toBe(true)
    expect(isFound('[', 'a [ b', false)).toBe(true)
  })

  it('of several words is found across line breaks, but not across two texts', () => {
    expect(isFound('fresh bread', 'fresh\nbread')).toBe(true)
    expect(isFound('fresh  bread', 'fresh bread')).toBe(true)
    const [match] = matchFilters(compileFilters([filter(['a b'])]), { postIds: ['7'], texts: ['a', 'b'] }, now)
    expect(match).toBeUndefined()
  })
})

describe('a filter', () => {
  it('says which of its keywords it found, as they were written', () => {
    expect(found(filter(['Bread', 'butter', 'jam']), 'jam on bread')).toEqual(['Bread', 'jam'])
  })

  it('finds posts by name, also as what a boost shows', () => {
    const posts = [{ id: '1', filterId: '1', postId: '7', createdAt: now }]
    const matches = matchFilters(compileFilters([filter([], { posts })]), { postIds: ['8', '7'], texts: [] }, now)
    expect(matches).toMatchObject([{ keywords: [], postIds: ['7'] }])
  })

  it('finds nothing when it has expired, or is empty', () => {
    expect(found(filter(['bread'], { expiresAt: now }), 'bread')).toEqual([])
    expect(found(filter(['bread'], { expiresAt: new Date(now.getTime() + 1) }), 'bread')).toEqual(['bread'])
    expect(compileFilters([filter([])])).toEqual([])
  })

  it('takes no longer than reading, whatever is written', () => {
    // Each is found at every letter, and is never a whole word.
    const keywords = Array.from({ length: 500 }, (_, n) => 'a'.repeat((n % 100) + 1))
    const compiled = compileFilters([filter(keywords)])
    within(300, () => matchFilters(compiled, { postIds: [], texts: ['a'.repeat(5_000)] }, now))
  })
})
