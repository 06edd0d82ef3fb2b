import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { type Client, createClient, type Json } from '#test/support/client.ts'
import { tellEverybody } from '#test/support/effects.ts'
import { make, uniqueName } from '#test/support/make.ts'
import { linked } from '#test/support/paging.ts'

/*
 * Every list that has pages, with each of the parameters by which a client turns them. Cursors are those of the Link header: many lists are
 * in an order of which their entities say nothing, such as when something was bookmarked.
 */

let test: TestApp
beforeAll(async () => {
  test = await createTestApp()
})
afterAll(() => test.close())

/** How many things stand in each list. */
const size = 6

async function somebody() {
  const { actorId, headers, viewer } = await test.signIn(uniqueName('reader'))
  return { client: createClient(test.app, headers), actorId, viewer }
}
type Somebody = Awaited<ReturnType<typeof somebody>>

const someActor = async (more: Parameters<typeof make.actor>[1] = {}) =>
  (await make.actor(test.ctx, { isOpen: true, isDiscoverable: true, ...more })).actor.id

const ok = async (answer: ReturnType<Client['get']>) => {
  const { status, body } = await answer
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`)
  return body
}

/** Does something as often as there are to be things in the list, a second apart. */
async function times(act: (n: number) => Promise<unknown>): Promise<void> {
  for (let n = 0; n < size; n++) {
    test.clock.pass(1_000)
    await act(n)
  }
}

const byId = ({ id }: Json): string => id

/** A list: how it is filled, where it is, and what tells its things apart. The newest comes first. */
type List = Readonly<{
  name: string
  fill(me: Somebody): Promise<string>
  read?: (item: Json) => string
  itemsOf?: (body: Json) => Json[]
  /** `limit=0` is for everything at once. */
  hasAll?: true
}>

async function postsOf(actorId: string, more: object = {}): Promise<void> {
  await times(() => make.post(test.ctx, { actorId, ...more }))
}

const actingOn = (act: string, kind: 'statuses' | 'accounts') => async (me: Somebody) => {
  const author = await someActor()
  await times(async () => {
    const id = kind === 'accounts' ? await someActor() : (await make.post(test.ctx, { actorId: author })).id
    await ok(me.client.post(`/api/v1/${kind}/${id}/${act}`))
  })
}

const after = (act: (me: Somebody) => Promise<unknown>, path: string) => async (me: Somebody) => {
  await act(me)
  return path
}

const reactingTo = (act: 'favourite' | 'reblog', path: string) => async (me: Somebody) => {
  const { id } = await make.post(test.ctx, { actorId: me.actorId })
  await times(async () => ok((await somebody()).client.post(`/api/v1/statuses/${id}/${act}`)))
  return `/api/v1/statuses/${id}/${path}`
}

const writingTo = async (me: Somebody, visibility: string): Promise<void> => {
  const { username } = await ok(me.client.get('/api/v1/accounts/verify_credentials'))
  await times(async () =>
    ok((await somebody()).client.post('/api/v1/statuses', { status: `@${username} hello`, visibility })),
  )
  await tellEverybody(test.ctx)
}

const lists: readonly List[] = [
  {
    name: 'the home timeline',
    fill: async (me) => {
      await postsOf(me.actorId)
      return '/api/v1/timelines/home'
    },
  },
  {
    name: 'the public timeline',
    fill: async () => {
      await postsOf(await someActor())
      return '/api/v1/timelines/public?local=true'
    },
  },
  {
    name: 'the timeline of a hashtag',
    fill: async () => {
      const tag = uniqueName('bread')
      await postsOf(await someActor(), { hashtags: [tag] })
      return `/api/v1/timelines/tag/${tag}`
    },
  },
  {
    name: 'the timeline of a list',
    fill: async ({ client, actorId: followerId }) => {
      const followeeId = await someActor()
      await make.follow(test.ctx, { followerId, followeeId })
      const { id } = await ok(client.post('/api/v1/lists', { title: 'Bakers' }))
      await ok(client.post(`/api/v1/lists/${id}/accounts`, { account_ids: [followeeId] }))
      await postsOf(followeeId)
      return `/api/v1/timelines/list/${id}`
    },
  },
  {
    name: 'the posts of an account',
    fill: async (me) => {
      await postsOf(me.actorId)
      return `/api/v1/accounts/${me.actorId}/statuses`
    },
  },
  {
    name: 'followers',
    fill: async ({ actorId: followeeId }) => {
      await times(async () => make.follow(test.ctx, { followeeId, followerId: await someActor() }))
      return `/api/v1/accounts/${followeeId}/followers`
    },
  },
  {
    name: 'whom somebody follows',
    fill: async ({ actorId: followerId }) => {
      await times(async () => make.follow(test.ctx, { followerId, followeeId: await someActor() }))
      return `/api/v1/accounts/${followerId}/following`
    },
  },
  {
    name: 'requests to follow',
    fill: async ({ actorId: followeeId }) => {
      await times(async () => make.follow(test.ctx, { followeeId, followerId: await someActor(), state: 'pending' }))
      return '/api/v1/follow_requests'
    },
  },
  { name: 'blocks', fill: after(actingOn('block', 'accounts'), '/api/v1/blocks') },
  { name: 'mutes', fill: after(actingOn('mute', 'accounts'), '/api/v1/mutes') },
  {
    name: 'blocked servers',
    fill: async ({ client }) => {
      await times(async () => ok(client.post('/api/v1/domain_blocks', { domain: `${uniqueName('far')}.example` })))
      return '/api/v1/domain_blocks'
    },
    read: String,
  },
  { name: 'favourites', fill: after(actingOn('favourite', 'statuses'), '/api/v1/favourites') },
  { name: 'bookmarks', fill: after(actingOn('bookmark', 'statuses'), '/api/v1/bookmarks') },
  {
    name: 'recommended accounts',
    fill: async (me) => {
      await times(async () => {
        const followeeId = await someActor()
        await make.follow(test.ctx, { followerId: me.actorId, followeeId })
        await ok(me.client.post(`/api/v1/accounts/${followeeId}/endorse`))
      })
      return '/api/v1/endorsements'
    },
  },
  {
    name: 'followed hashtags',
    fill: async ({ client }) => {
      await times(async () => ok(client.post(`/api/v1/tags/${uniqueName('topic')}/follow`)))
      return '/api/v1/followed_tags'
    },
    read: ({ name }) => name,
  },
  {
    name: 'the accounts of a list',
    hasAll: true,
    fill: async ({ client, actorId: followerId }) => {
      const { id } = await ok(client.post('/api/v1/lists', { title: 'Bakers' }))
      await times(async () => {
        const followeeId = await someActor()
        await make.follow(test.ctx, { followerId, followeeId })
        await ok(client.post(`/api/v1/lists/${id}/accounts`, { account_ids: [followeeId] }))
      })
      return `/api/v1/lists/${id}/accounts`
    },
  },
  {
    name: 'conversations',
    fill: async (me) => {
      // Private words of strangers wait until they are let through.
      await ok(me.client.patch('/api/v2/notifications/policy', { for_private_mentions: 'accept' }))
      await writingTo(me, 'direct')
      return '/api/v1/conversations'
    },
  },
  { name: 'notifications', fill: after((me) => writingTo(me, 'public'), '/api/v1/notifications') },
  {
    name: 'notifications in groups',
    fill: after((me) => writingTo(me, 'public'), '/api/v2/notifications'),
    read: ({ group_key }) => group_key,
    itemsOf: ({ notification_groups }) => notification_groups,
  },
  {
    name: 'requests to be notified',
    fill: async (me) => {
      await ok(me.client.patch('/api/v2/notifications/policy', { for_not_following: 'filter' }))
      await writingTo(me, 'public')
      return '/api/v1/notifications/requests'
    },
  },
  {
    name: 'planned posts',
    fill: async ({ client }) => {
      await times(async (n) => {
        const scheduled_at = new Date(test.clock.now().getTime() + (n + 1) * 3_600_000).toISOString()
        await ok(client.post('/api/v1/statuses', { status: 'Later', scheduled_at }))
      })
      return '/api/v1/scheduled_statuses'
    },
  },
  { name: 'who boosted a post', fill: reactingTo('reblog', 'reblogged_by') },
  { name: 'who likes a post', fill: reactingTo('favourite', 'favourited_by') },
  {
    name: 'quotes of a post',
    fill: async (me) => {
      const { id: quotedId } = await make.post(test.ctx, { actorId: me.actorId })
      await times(async () => {
        const { id: postId } = await make.post(test.ctx, { actorId: await someActor() })
        await make.quote(test.ctx, { postId, quotedId })
      })
      return `/api/v1/statuses/${quotedId}/quotes`
    },
  },
]

const join = (path: string, query: string) => `${path}${path.includes('?') ? '&' : '?'}${query}`

describe.each(lists)('$name', ({ fill, read = byId, itemsOf = (body) => body, hasAll }) => {
  let me: Somebody
  let path = ''
  let keys: string[] = []
  let cursors: string[] = []
  const ask = async (query: string) => itemsOf(await ok(me.client.get(join(path, query)))).map(read)

  beforeAll(async () => {
    me = await somebody()
    path = await fill(me)
    keys = (await ask(`limit=${size}`)).slice(0, size)
    cursors = await cursorsOf()
  })

  /** One thing to a page: the way on and the way back are those of this one thing. */
  async function cursorsOf(): Promise<string[]> {
    const found: string[] = []
    for (let next: string | null = join(path, 'limit=1'); next && found.length < size; ) {
      const answer = await me.client.get(next)
      next = linked(answer, 'next')
      const cursor = new URL(`https://here.example${next}`).searchParams.get('max_id')
      expect(linked(answer, 'prev')).toContain(`min_id=${cursor}`)
      found.push(cursor ?? '')
    }
    return found
  }

  it('has each thing once, with a place by which it is found again', () => {
    expect(new Set(keys).size).toBe(size)
    expect(new Set(cursors).size).toBe(size)
  })

  it('begins with the newest, and is as long as `limit` says', async () => {
    expect(await ask('limit=2')).toEqual(keys.slice(0, 2))
    expect((await ask('')).slice(0, size)).toEqual(keys)
    // More than there may be is cut, and not an error.
    expect((await ask('limit=4000')).slice(0, size)).toEqual(keys)
  })

  it('goes on below `max_id`', async () => {
    expect(await ask(`max_id=${cursors[1]}&limit=2`)).toEqual(keys.slice(2, 4))
  })

  it('ends above `since_id`, and has the newest of those', async () => {
    expect(await ask(`since_id=${cursors[4]}&limit=2`)).toEqual(keys.slice(0, 2))
    expect(await ask(`since_id=${cursors[2]}`)).toEqual(keys.slice(0, 2))
  })

  it('begins right above `min_id`', async () => {
    expect(await ask(`min_id=${cursors[4]}&limit=2`)).toEqual(keys.slice(2, 4))
    expect(await ask(`min_id=${cursors[0]}`)).toEqual([])
  })

  it('takes a cursor that is empty as none', async () => {
    expect(await ask('max_id=&since_id=&min_id=&limit=2')).toEqual(keys.slice(0, 2))
  })

  it('is turned both ways by its links, and ends', async () => {
    const first = await me.client.get(join(path, 'limit=4'))
    const second = await me.client.get(linked(first, 'next') ?? '')
    expect(
      itemsOf(second.body)
        .map(read)
        .slice(0, size - 4),
    ).toEqual(keys.slice(4))
    const back = await me.client.get(linked(second, 'prev') ?? '')
    expect(itemsOf(back.body).map(read)).toEqual(keys.slice(0, 4))
    const whole = await me.client.get(join(path, `max_id=${cursors.at(-2)}&limit=40`))
    expect(linked(whole, 'next')).toBeNull()
  })

  it.each(['max_id=nothing', 'since_id=nothing', 'min_id=nothing', 'limit=nothing', 'limit=0'])(
    'says what is wrong with %s',
    async (query) => {
      const { status, body } = await me.client.get(join(path, query))
      if (query === 'limit=0' && hasAll) return expect([status, body.map(read)]).toEqual([200, keys])
      expect([status, body.error]).toEqual([422, expect.stringMatching(/^Validation failed: \w+ must be/i)])
    },
  )
})
