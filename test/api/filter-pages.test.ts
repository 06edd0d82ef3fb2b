import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listFilters } from '#src/features/filters/queries.ts'
import { createFilter } from '#src/features/filters/service.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import {
  befriend,
  flashOf,
  giveRole,
  open,
  type Person,
  send,
  somebody,
  textOf,
  write,
} from '#test/support/browsing.ts'
import { formWith } from '#test/support/forms.ts'

let test: TestApp
beforeAll(async () => {
  test = await createTestApp()
})
afterAll(() => test.close())

const filtersOf = ({ actorId }: Person) => listFilters(test.ctx.db, actorId)
const word = (index: number, keyword: string, more: Record<string, string> = {}) =>
  Object.fromEntries(
    Object.entries({ keyword, ...more }).map(([name, value]) => [`keywords_attributes[${index}][${name}]`, value]),
  )

describe('the filters', () => {
  it('are made with words, places, an end, and what happens', async () => {
    const me = await somebody(test)
    expect(await textOf(test, '/settings/filters', me)).toContain('Nothing is filtered')
    const form = formWith((await open(test, '/settings/filters/new', me)).body, 'title')
    expect(form).toMatchObject({ action: '/settings/filters', method: 'post' })
    const answer = await send(test, me, form.action, {
      title: 'Fruit',
      context: ['home', 'thread'],
      filter_action: 'hide',
      expires_in: '3600',
      ...word(0, 'quince', { whole_word: 'true' }),
      ...word(1, 'medlar tree'),
      ...word(2, ''),
    })
    expect([answer.headers.location, flashOf(answer)]).toEqual(['/settings/filters', expect.stringContaining('saved')])
    const [filter, ...others] = await filtersOf(me)
    expect(others).toEqual([])
    expect(filter).toMatchObject({ title: 'Fruit', contexts: ['home', 'thread'], action: 'hide' })
    expect(filter?.expiresAt?.getTime()).toBe(test.clock.now().getTime() + 3_600_000)
    expect(filter?.keywords.map(({ keyword, isWholeWord }) => [keyword, isWholeWord])).toEqual([
      ['quince', true],
      ['medlar tree', false],
    ])
    expect(await textOf(test, '/settings/filters', me)).toContain('quince and medlar tree')
    const friend = await somebody(test)
    await befriend(test, me, friend)
    await write(test, friend, 'A quince')
    expect(await textOf(test, '/', me)).not.toContain('A quince')
  })

  it('are changed: a word added, one changed, one emptied; and deleted', async () => {
    const me = await somebody(test)
    const id = await createFilter(test.ctx, me.viewer, {
      title: 'Fruit',
      contexts: ['home'],
      action: 'warn',
      expiresAt: new Date(test.clock.now().getTime() + 86_400_000),
      keywords: ['a', 'b', 'c'].map((keyword) => ({ keyword, isWholeWord: true })),
    })
    const page = (await open(test, `/settings/filters/${id}`, me)).body
    expect(page).toContain('<option value="keep" selected>')
    const [a, b, c] = (await filtersOf(me))[0]?.keywords ?? []
    const fields = { title: 'Fruits', context: 'public', filter_action: 'blur', expires_in: 'keep' }
    await send(test, me, `/settings/filters/${id}`, {
      ...fields,
      ...word(0, 'a', { id: a?.id ?? '' }),
      ...word(1, '', { id: b?.id ?? '', whole_word: 'true' }),
      ...word(2, 'cc', { id: c?.id ?? '', whole_word: 'true' }),
      ...word(3, 'd', { whole_word: 'true' }),
    })
    const [filter] = await filtersOf(me)
    expect(filter).toMatchObject({ title: 'Fruits', contexts: ['public'], action: 'blur' })
    expect(filter?.expiresAt).not.toBeNull()
    expect(filter?.keywords.map(({ keyword, isWholeWord }) => [keyword, isWholeWord])).toEqual([
      ['a', false],
      ['cc', true],
      ['d', true],
    ])
    await send(test, me, `/settings/filters/${id}`, { ...fields, expires_in: '' })
    expect((await filtersOf(me))[0]?.expiresAt).toBeNull()
    expect(flashOf(await send(test, me, `/settings/filters/${id}/delete`))).toContain('deleted')
    expect(await filtersOf(me)).toEqual([])
  })

  it.each([
    [{ title: '', context: 'home' }, 'Give the filter a name'],
    [{ title: 'x'.repeat(257), context: 'home' }, 'Give the filter a name'],
    [{ title: 'Kept', context: [] }, 'Choose at least one place.'],
    [{ title: 'Kept', context: 'home', ...word(0, 'w'.repeat(513)) }, 'A word may have 512 characters'],
  ])('give back what cannot be used', async (fields, sentence) => {
    const me = await somebody(test)
    const sent = { filter_action: 'warn', expires_in: '', ...word(1, 'kept word'), ...fields }
    const answer = await send(test, me, '/settings/filters', sent)
    expect([answer.statusCode, answer.body]).toEqual([422, expect.stringContaining(sentence)])
    expect(answer.body).toContain('value="kept word"')
    expect(await filtersOf(me)).toEqual([])
  })

  it('are one’s own, and not for roles that only look', async () => {
    const [me, other] = [await somebody(test), await somebody(test)]
    const draft = { title: 'Mine', contexts: ['home'], action: 'warn', expiresAt: null, keywords: [] } as const
    const id = await createFilter(test.ctx, me.viewer, draft)
    expect((await open(test, `/settings/filters/${id}`, other)).statusCode).toBe(404)
    const fields = { title: 'x', context: 'home' }
    for (const url of [`/settings/filters/${id}`, `/settings/filters/${id}/delete`])
      expect((await send(test, other, url, fields)).statusCode).toBe(404)
    await giveRole(test, me, 'analyst')
    for (const url of ['/settings/filters', '/settings/filters/new', `/settings/filters/${id}`])
      expect((await open(test, url, me)).statusCode).toBe(403)
    expect((await send(test, me, '/settings/filters', fields)).statusCode).toBe(403)
  })
})
