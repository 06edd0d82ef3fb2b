import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { actors } from '#src/db/schema/actors.ts'
import { blockActor } from '#src/features/blocks/service.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { open, type Person, somebody, textOf, write } from '#test/support/browsing.ts'
import { make } from '#test/support/make.ts'

let test: TestApp
beforeAll(async () => {
  test = await createTestApp()
})
afterAll(() => test.close())

const find = (q: string, person?: Person, more = {}) =>
  textOf(test, `/search?${new URLSearchParams({ q, ...more })}`, person)

const agree = ({ actorId }: Person) =>
  test.ctx.db.update(actors).set({ isIndexable: true }).where(eq(actors.id, actorId))

describe('the search page', () => {
  it('offers a field on every page of those who act as somebody, and alone when nothing was typed', async () => {
    const me = await somebody(test)
    const page = await textOf(test, '/bookmarks', me)
    expect(page).toMatch(/<form class="find" role="search" method="get" action="\/search">/)
    expect(page).toContain('<a class="find-link" href="/search">')
    expect(await textOf(test, '/search', me)).not.toContain('Nothing found')
    expect(await find('qqqqqqq', me)).toContain('Nothing found')
    expect((await open(test, '/search?q=a&type=books', me)).statusCode).toBe(200)
  })

  it('finds people, posts and hashtags together and apart', async () => {
    const [me, baker] = [await somebody(test), await somebody(test, 'baker')]
    await agree(baker)
    const id = await write(test, baker, 'An epeautre loaf #epeautrebread')
    const all = await find('epeautre', me)
    expect(all).toContain(`${baker.path}/${id}`)
    expect(all).toContain('href="/tags/epeautrebread"')
    expect(await find(baker.handle, me)).toContain(`href="${baker.path}"`)
    const tags = await find('epeautre', me, { type: 'tags' })
    expect(tags).toContain('href="/tags/epeautrebread"')
    expect(tags).not.toContain(`${baker.path}/${id}`)
    expect(await find('epeautre', me, { type: 'posts' })).toContain(`action="${baker.path}/${id}/like"`)
    expect(await find('<script>', me)).toContain('value="<script>"')
  })

  it('shows strangers no posts, and says so', async () => {
    const baker = await somebody(test, 'baker')
    await agree(baker)
    const id = await write(test, baker, 'A spelt loaf')
    const page = await find('spelt')
    expect(page).toContain('Sign in to search posts')
    expect(page).not.toContain(`${baker.path}/${id}`)
    expect(await find(baker.handle)).toContain(`href="${baker.path}"`)
  })

  it('leads from an address or a link to whom or what it means, asking elsewhere only for those who are signed in', async () => {
    const me = await somebody(test)
    const far = await make.remoteActor(test.ctx, { handle: 'zoe', host: 'far.example' })
    expect(await find('@zoe@far.example', me)).toContain('href="/@zoe@far.example"')
    expect(await find(far.iri ?? '', me)).toContain('href="/@zoe@far.example"')
    const id = await write(test, me, 'linked')
    expect(await find(`https://here.example${me.path}/${id}`, me)).toContain(`${me.path}/${id}`)
    const asked: string[] = []
    const { remote } = test.ctx
    const { lookupUrl } = remote
    Object.assign(remote, {
      lookupUrl: async (url: string) => {
        asked.push(url)
        return { kind: 'actor', id: far.id }
      },
    })
    try {
      expect(await find('https://far.example/unknown')).not.toContain('/@zoe@far.example')
      expect(await find('https://far.example/unknown', me)).toContain('href="/@zoe@far.example"')
    } finally {
      Object.assign(remote, { lookupUrl })
    }
    expect(asked).toEqual(['https://far.example/unknown'])
  })

  it('goes through many posts and people by plain links', async () => {
    const me = await somebody(test)
    for (let index = 0; index < 25; index++) await write(test, me, `rye-${index}- ryebread`)
    const posts = (page: string) => [...page.matchAll(/rye-\d+-/g)].map(([word]) => word)
    expect(await find('ryebread', me)).toContain('More posts')
    const first = await find('ryebread', me, { type: 'posts' })
    expect(posts(first)).toHaveLength(20)
    const older = /rel="next" href="([^"]+)"/.exec(first)?.[1] ?? ''
    const second = await textOf(test, older, me)
    expect(posts(second)).toEqual(['rye-4-', 'rye-3-', 'rye-2-', 'rye-1-', 'rye-0-'])
    expect(second).toContain('rel="prev" href="/search?q=ryebread&type=posts"')
    for (let index = 0; index < 22; index++) await make.actor(test.ctx, { handle: `miller${100 + index}` })
    const millers = (page: string) => new Set([...page.matchAll(/href="(\/@miller\d+)"/g)].map(([, href]) => href))
    const people = await find('miller', me, { type: 'people' })
    expect(millers(people).size).toBe(20)
    const rest = await textOf(test, /rel="next" href="([^"]+)"/.exec(people)?.[1] ?? '', me)
    expect(millers(rest).size).toBe(2)
    expect([...millers(rest)].some((href) => millers(people).has(href))).toBe(false)
    expect(rest).toContain('rel="prev" href="/search?q=miller&type=people"')
  })

  it('hides what a block hides', async () => {
    const [me, other] = [await somebody(test), await somebody(test)]
    await agree(other)
    const id = await write(test, other, 'a hidden amaranth')
    expect(await find('amaranth', me)).toContain(`${other.path}/${id}`)
    await blockActor(test.ctx, other.viewer, me.actorId)
    expect(await find('amaranth', me)).not.toContain(`${other.path}/${id}`)
  })
})
