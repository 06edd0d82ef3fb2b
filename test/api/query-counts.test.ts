import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cards } from '#src/db/schema/cards.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import type { Json } from '#test/support/client.ts'
import { tellEverybody } from '#test/support/effects.ts'
import { make, uniqueName } from '#test/support/make.ts'
import { countQueries } from '#test/support/queries.ts'

let test: TestApp
beforeAll(async () => {
  test = await createTestApp()
})
afterAll(() => test.close())

type World = Readonly<{ size: number; headers: { authorization: string }; addresses: Readonly<Record<string, string>> }>

/** Posts of all kinds by several authors, with a reader who has to do with all of them. */
async function world(size: number): Promise<World> {
  const { headers, actorId } = await test.signIn(uniqueName('reader'))
  const send = (method: 'POST' | 'PUT', url: string, payload: object = {}) =>
    test.app.inject({ method, url, headers, payload })
  const list = (await send('POST', '/api/v1/lists', { title: 'Everybody' })).json().id
  const root = await make.post(test.ctx, { actorId })
  const tag = uniqueName('tag')
  const authors: string[] = []
  for (let n = 0; n < size; n++) {
    const local = await test.signIn(uniqueName('author'))
    const author = n % 2 === 0 ? { id: local.actorId, iri: '' } : await make.remoteActor(test.ctx)
    await test.app.inject({ method: 'POST', url: `/api/v1/statuses/${root.id}/favourite`, headers: local.headers })
    authors.push(author.id)
    await make.follow(test.ctx, { followerId: actorId, followeeId: author.id })
    await make.follow(test.ctx, { followerId: author.id, followeeId: actorId })
    const iri = n % 2 === 0 ? {} : { iri: `${author.iri}/notes/${n}` }
    const [card] = await test.ctx.db
      .insert(cards)
      .values({
        url: `https://page.example/${uniqueName('p')}`,
        title: 'A page',
        creatorId: author.id,
        readAt: test.ctx.now(),
      })
      .returning({ id: cards.id })
    const post = await make.post(test.ctx, {
      ...{ ...iri, actorId: author.id, hashtags: [tag], recipientIds: [actorId], inReplyToId: root.id },
      ...{ inReplyToActorId: actorId, conversationId: root.id, hasMedia: n % 2 === 0, cardId: card?.id ?? null },
    })
    if (n % 2 === 0) await make.picture(test.ctx, { actorId: author.id, postId: post.id, position: 0 })
    else await make.poll(test.ctx, { postId: post.id, voterIds: [actorId] })
    await make.boost(test.ctx, {
      actorId: author.id,
      boostOfId: (await make.post(test.ctx, { actorId: author.id })).id,
    })
    await send('POST', `/api/v1/statuses/${post.id}/favourite`)
    await send('POST', `/api/v1/statuses/${post.id}/bookmark`)
    await send('POST', '/api/v1/statuses', { status: 'Mine', language: 'en' })
  }
  await send('POST', `/api/v1/lists/${list}/accounts`, { account_ids: authors })
  await send('POST', '/api/v2/filters', { title: 'All', context: ['home'], keywords_attributes: [{ keyword: 'post' }] })
  await tellEverybody(test.ctx)
  const id = (name: string) => authors.map((author) => `${name}[]=${author}`).join('&')
  return {
    size,
    headers,
    addresses: {
      home: '/api/v1/timelines/home?limit=40',
      list: `/api/v1/timelines/list/${list}?limit=40`,
      public: '/api/v1/timelines/public?limit=40',
      tag: `/api/v1/timelines/tag/${tag}?limit=40`,
      own: `/api/v1/accounts/${actorId}/statuses?limit=40`,
      context: `/api/v1/statuses/${root.id}/context`,
      favourites: '/api/v1/favourites?limit=40',
      bookmarks: '/api/v1/bookmarks?limit=40',
      notifications: '/api/v1/notifications?limit=40',
      groups: '/api/v2/notifications?limit=40',
      followers: `/api/v1/accounts/${actorId}/followers?limit=40`,
      members: `/api/v1/lists/${list}/accounts?limit=40`,
      accounts: `/api/v1/accounts?${id('id')}`,
      relationships: `/api/v1/accounts/relationships?${id('id')}`,
      search: `/api/v2/search?q=Mine&type=statuses&limit=40`,
    },
  }
}

async function count({ headers, addresses, size }: World, name: string): Promise<number> {
  const url = addresses[name] ?? ''
  // What a process reads once, and what a token remembers of its use, is not what a list costs.
  await test.app.inject({ url, headers })
  return countQueries(test.ctx.db, async () => {
    const answer = await test.app.inject({ url, headers })
    expect(lengthOf(answer.json()), url).toBeGreaterThanOrEqual(size)
  })
}

/** How much a list holds, whatever it is wrapped in; what is said of the same post in a group counts as often as it was said. */
function lengthOf(body: Json): number {
  if (Array.isArray(body)) return body.length
  const groups = body.notification_groups?.map((group: Json) => group.notifications_count)
  if (groups) return groups.reduce((sum: number, one: number) => sum + one, 0)
  return (body.statuses ?? body.descendants).length
}

/** Notifications are read in four steps at the most until there are enough groups. */
const furtherSteps: Readonly<Record<string, number>> = { groups: 3 }

describe('a list of forty', () => {
  it('takes as many queries as one of ten', async () => {
    const [small, large] = [await world(10), await world(40)]
    const counts: Record<string, readonly [number, number]> = {}
    for (const name of Object.keys(large.addresses)) counts[name] = [await count(small, name), await count(large, name)]
    expect(counts.home?.[0]).toBeGreaterThan(0)
    const mixed = await test.app.inject({ url: large.addresses.tag ?? '', headers: large.headers })
    const shown: Json[] = mixed.json()
    for (const part of ['poll', 'card']) expect(shown.filter((status) => status[part]).length).toBeGreaterThan(5)
    expect(shown.filter((status) => status.media_attachments.length > 0).length).toBeGreaterThan(5)
    const grown = Object.entries(counts).filter(([name, [few, many]]) => many > few + (furtherSteps[name] ?? 0))
    expect(grown).toEqual([])
  })
})

describe('a page of home', () => {
  /** A reader of a friend who has written 60 posts, and boosted `boosts` by strangers after them; what a page costs. */
  async function costOf(boosts: number): Promise<number> {
    const { headers, actorId } = await test.signIn(uniqueName('reader'))
    const friend = await make.actor(test.ctx)
    await make.follow(test.ctx, { followerId: actorId, followeeId: friend.actor.id })
    for (let n = 0; n < 60; n++) await make.post(test.ctx, { actorId: friend.actor.id })
    for (let n = 0; n < boosts; n++) {
      const post = await make.post(test.ctx, { actorId: (await make.actor(test.ctx)).actor.id })
      await make.boost(test.ctx, { actorId: friend.actor.id, boostOfId: post.id })
    }
    const url = '/api/v1/timelines/home?limit=20'
    await test.app.inject({ url, headers })
    return countQueries(test.ctx.db, async () => {
      const shown: Json[] = (await test.app.inject({ url, headers })).json()
      expect([shown.length, shown.filter(({ reblog }) => reblog !== null).length]).toEqual([20, boosts])
    })
  }

  it('asks once more where it has boosts, however many', async () => {
    const [without, one, many] = [await costOf(0), await costOf(1), await costOf(12)]
    expect([one, many]).toEqual([without + 1, without + 1])
  })
})
