import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { blockActor } from '#src/features/blocks/service.ts'
import { createFilter } from '#src/features/filters/service.ts'
import { muteActor } from '#src/features/mutes/service.ts'
import { boostPost } from '#src/features/posts/boost.ts'
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
import { make } from '#test/support/make.ts'

let test: TestApp
beforeAll(async () => {
  test = await createTestApp()
})
afterAll(() => test.close())

const linkOf = (page: string, rel: 'next' | 'prev') => new RegExp(`rel="${rel}" href="([^"]+)"`).exec(page)?.[1] ?? null

/** Follows the links of a pager to the end and back, and says which of the words were met on each page. */
async function leaf(person: Person, path: string, words: RegExp): Promise<{ down: string[][]; up: string[][] }> {
  const met = async (url: string) => {
    const page = await textOf(test, url, person)
    return { page, found: [...page.matchAll(words)].map(([word]) => word) }
  }
  const down: string[][] = []
  const up: string[][] = []
  let last = path
  for (let url: string | null = path; url; ) {
    const { page, found } = await met(url)
    down.push(found)
    last = url
    url = linkOf(page, 'next')
  }
  for (let url: string | null = last; url; ) {
    const { page, found } = await met(url)
    up.unshift(found)
    url = linkOf(page, 'prev')
  }
  return { down, up }
}

describe('an address that somebody has mistyped', () => {
  it.each([
    '/?max_id=abc',
    '/public?from=bogus&min_id=x',
    '/search?type=bogus&max_id=x&offset=-1&q=a&q=b',
    '/notifications?max_id=abc',
    '/settings/blocked?list=bogus',
    '/requests?max_id=abc',
    '/compose?reply=1&reply=2',
    '/tags/bread?max_id=abc',
    '/@ME?max_id=abc',
    '/@ME/followers?max_id=abc',
  ])('opens the page as without it: %s', async (url) => {
    const me = await somebody(test)
    const { statusCode, body } = await open(test, url.replace('ME', me.handle), me)
    expect([statusCode, /must be|Invalid/.exec(body)]).toEqual([200, null])
  })

  it('says nothing in English where something cannot be done', async () => {
    const me = await somebody(test)
    await giveRole(test, me, 'analyst')
    const { statusCode, body } = await test.app.inject({
      url: '/compose',
      headers: { accept: 'text/html', 'accept-language': 'fr', ...me.headers },
    })
    expect(statusCode).toBe(403)
    expect(body).toContain('Votre rôle ne le permet pas')
    expect(body).not.toContain('Your role')
  })
})

describe('home', () => {
  it('shows what those whom one follows say and pass on, and what one says oneself', async () => {
    const [me, friend, far] = [await somebody(test), await somebody(test), await somebody(test)]
    expect(await textOf(test, '/', me)).toContain('Quiet so far')
    await befriend(test, me, friend)
    const passedOn = await write(test, far, 'From afar')
    await write(test, far, 'Not for me')
    await write(test, friend, 'From a friend', { visibility: 'followers' })
    await write(test, me, 'From myself')
    await boostPost(test.ctx, friend.viewer, passedOn)
    const page = await textOf(test, '/', me)
    for (const words of ['From afar', 'From a friend', 'From myself']) expect(page).toContain(words)
    expect(page).toContain(`Boosted by ${friend.handle}`)
    expect(page).toContain(`id="post-${passedOn}"`)
    expect(page).not.toContain('Not for me')
  })

  it('shows what several pass on once', async () => {
    const [me, one, other, far] = await Promise.all([1, 2, 3, 4].map(() => somebody(test)))
    if (!me || !one || !other || !far) throw new Error('somebody is missing')
    await befriend(test, me, one)
    await befriend(test, me, other)
    const id = await write(test, far, 'Passed on twice')
    await boostPost(test.ctx, one.viewer, id)
    await boostPost(test.ctx, other.viewer, id)
    expect((await textOf(test, '/', me)).match(/Passed on twice/g)).toHaveLength(1)
  })

  it('shows nothing that a mute, a block or a filter keeps away', async () => {
    const [me, muted, blocked, friend] = await Promise.all([1, 2, 3, 4].map(() => somebody(test)))
    if (!me || !muted || !blocked || !friend) throw new Error('somebody is missing')
    for (const followee of [muted, blocked, friend]) await befriend(test, me, followee)
    const [unheard, unseen] = [await write(test, muted, 'unheard'), await write(test, blocked, 'unseen')]
    for (const id of [unheard, unseen]) await boostPost(test.ctx, friend.viewer, id)
    await write(test, friend, 'a quince')
    const passed = await write(test, await somebody(test), 'somebody’s medlar')
    await boostPost(test.ctx, friend.viewer, passed)
    await muteActor(test.ctx, me.viewer, { actorId: muted.actorId, hidesNotifications: true, durationMs: null })
    await blockActor(test.ctx, me.viewer, blocked.actorId)
    const filter = { title: 'Fruit', contexts: ['home'], action: 'hide', expiresAt: null } as const
    const keywords = ['quince', 'medlar'].map((keyword) => ({ keyword, isWholeWord: true }))
    await createFilter(test.ctx, me.viewer, { ...filter, keywords })
    const page = await textOf(test, '/', me)
    for (const words of ['unheard', 'unseen', 'quince', 'medlar']) expect(page).not.toContain(words)
  })

  it('goes on to the oldest and back to the newest, every post once', async () => {
    const me = await somebody(test)
    const all = Array.from({ length: 45 }, (_, index) => `nr-${index}-`)
    for (const words of all) await write(test, me, words)
    const { down, up } = await leaf(me, '/', /nr-\d+-/g)
    expect(down.map(({ length }) => length)).toEqual([20, 20, 5])
    expect(down.flat()).toEqual(all.toReversed())
    expect(up[0]).toEqual(down[0])
    expect(new Set(up.flat())).toEqual(new Set(all))
  })

  it('is the house’s face to strangers, and so is the page about it to everybody', async () => {
    const me = await somebody(test)
    expect((await open(test, '/about')).statusCode).toBe(200)
    expect(await textOf(test, '/about', me)).toContain('class="opening')
    expect(await textOf(test, '/', me)).not.toContain('class="opening')
  })
})

describe('public posts', () => {
  it('are those from here for strangers, and from everywhere for those who are signed in', async () => {
    const [me, other] = [await somebody(test), await somebody(test)]
    const far = await make.remoteActor(test.ctx)
    await make.post(test.ctx, { actorId: far.id, iri: `${far.iri}/1`, content: '<p>from elsewhere</p>' })
    await write(test, other, 'from here')
    await write(test, other, 'quietly', { visibility: 'unlisted' })
    for (const url of ['/public', '/public?from=everywhere']) {
      const page = await textOf(test, url)
      expect(page).toContain('from here')
      expect(page).not.toContain('from elsewhere')
      expect(page).not.toContain('quietly')
      expect(page).not.toContain('action="/@')
    }
    expect(await textOf(test, '/public', me)).not.toContain('from elsewhere')
    expect(await textOf(test, '/public?from=everywhere', me)).toContain('from elsewhere')
    await blockActor(test.ctx, me.viewer, far.id)
    expect(await textOf(test, '/public?from=everywhere', me)).not.toContain('from elsewhere')
  })
})

describe('what is put aside', () => {
  it('is bookmarked and liked from a list, to which one comes back', async () => {
    const [me, other] = [await somebody(test), await somebody(test)]
    const id = await write(test, other, 'worth keeping')
    expect(await textOf(test, '/bookmarks', me)).toContain('Nothing kept yet')
    expect(await textOf(test, '/favourites', me)).toContain('Nothing liked yet')
    const page = (await open(test, '/public', me)).body
    for (const act of ['bookmark', 'like', 'boost']) {
      const action = `${other.path}/${id}/${act}`
      expect(page).toContain(`action="${action}"`)
      const answer = await send(test, me, action, { next: `/public#post-${id}` })
      expect([answer.statusCode, answer.headers.location]).toEqual([303, `/public#post-${id}`])
    }
    for (const url of ['/bookmarks', '/favourites']) {
      expect(await textOf(test, url, me)).toContain('worth keeping')
      expect(await textOf(test, url, other)).not.toContain('worth keeping')
    }
    const evil = await send(test, me, `${other.path}/${id}/unbookmark`, { next: 'https://evil.example/' })
    expect(evil.headers.location).toBe('/')
    expect(await textOf(test, '/bookmarks', me)).not.toContain('worth keeping')
    await blockActor(test.ctx, other.viewer, me.actorId)
    expect(await textOf(test, '/favourites', me)).not.toContain('worth keeping')
  })

  it('is not changed by roles that only look', async () => {
    const [me, other] = [await somebody(test), await somebody(test)]
    const id = await write(test, other, 'looked at')
    await giveRole(test, me, 'analyst')
    expect((await open(test, '/public', me)).body).not.toContain(`${other.path}/${id}/bookmark`)
    expect((await send(test, me, `${other.path}/${id}/bookmark`)).statusCode).toBe(403)
  })
})

describe('the page of a post', () => {
  it('shows one’s own first on the profile, five at the most, and takes that back', async () => {
    const me = await somebody(test)
    const ids: string[] = []
    for (let index = 0; index < 6; index++) ids.push(await write(test, me, `nr ${index}`))
    expect((await open(test, `${me.path}/${ids[0]}`, me)).body).toContain(`action="${me.path}/${ids[0]}/pin"`)
    const answers = []
    for (const id of ids) answers.push(flashOf(await send(test, me, `${me.path}/${id}/pin`)))
    expect(answers.slice(0, 5).every((text) => text.includes('is now shown first'))).toBe(true)
    expect(answers[5]).toContain('5 posts are shown first already')
    expect((await open(test, `${me.path}/${ids[0]}`, me)).body).toContain('/unpin"')
    expect(flashOf(await send(test, me, `${me.path}/${ids[0]}/unpin`))).toContain('back in its place')
    const stranger = await somebody(test)
    expect((await open(test, `${me.path}/${ids[0]}`, stranger)).body).not.toContain('/pin"')
    expect((await send(test, stranger, `${me.path}/${ids[0]}/pin`)).statusCode).toBe(422)
  })

  it('mutes its conversation, and leads to what can be done about its author', async () => {
    const [me, other] = [await somebody(test), await somebody(test)]
    const id = await write(test, other, 'long talk')
    const path = `${other.path}/${id}`
    const page = (await open(test, path, me)).body
    expect(page).toContain(`href="/report?account=${other.actorId}&amp;post=${id}"`)
    expect(page).toContain(`href="${other.path}/relation"`)
    expect((await send(test, me, `${path}/mute`)).headers.location).toBe(path)
    expect((await open(test, path, me)).body).toContain(`action="${path}/unmute"`)
    expect((await open(test, path, other)).body).not.toContain('href="/report')
    expect((await open(test, path)).body).not.toContain('/mute"')
  })
})
