import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listHomeReaders } from '#src/features/timelines/home-queries.ts'
import { AnonymousStatus, Status } from '#test/contract/schemas.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { type Answer, type Client, createClient, idsOf } from '#test/support/client.ts'
import { make, uniqueName } from '#test/support/make.ts'

let test: TestApp
beforeAll(async () => {
  test = await createTestApp()
})
afterAll(() => test.close())

async function somebody(): Promise<{ client: Client; actorId: string; handle: string }> {
  const handle = uniqueName('reader')
  const { actorId, headers } = await test.signIn(handle)
  return { client: createClient(test.app, headers), actorId, handle }
}

const someActor = async () => (await make.actor(test.ctx)).actor.id

/** The address behind a relation of the Link header, as a path; null when there is none. */
function linked(answer: Answer, rel: 'next' | 'prev'): string | null {
  const link = String(answer.headers.link ?? '')
  return new RegExp(`<https://here.example([^>]+)>; rel="${rel}"`).exec(link)?.[1] ?? null
}

/** Every page from the first to the last, by the links that the server gives. */
async function walk(client: Client, path: string): Promise<string[][]> {
  const pages: string[][] = []
  for (let next: string | null = path; next; ) {
    const answer = await client.get(next)
    if (answer.body.length > 0) pages.push(idsOf(answer))
    next = linked(answer, 'next')
  }
  return pages
}

describe('home', () => {
  it('has one’s own posts and those of whom one follows, newest first, and nobody else’s', async () => {
    const me = await somebody()
    const friend = await someActor()
    const stranger = await someActor()
    await make.follow(test.ctx, { followerId: me.actorId, followeeId: friend })
    const first = await make.post(test.ctx, { actorId: friend, visibility: 'followers' })
    await make.post(test.ctx, { actorId: stranger })
    const second = await make.post(test.ctx, { actorId: me.actorId, visibility: 'direct' })
    const third = await make.post(test.ctx, { actorId: friend, visibility: 'unlisted' })
    const answer = await me.client.get('/api/v1/timelines/home')
    expect(idsOf(answer)).toEqual([third.id, second.id, first.id])
    for (const status of answer.body) Status.parse(status)
  })

  it('waits for the yes: a request shows nothing yet (item 27) (row 21)', async () => {
    const me = await somebody()
    const friend = await someActor()
    await make.follow(test.ctx, { followerId: me.actorId, followeeId: friend, state: 'pending' })
    await make.post(test.ctx, { actorId: friend })
    expect((await me.client.get('/api/v1/timelines/home')).body).toEqual([])
  })

  it('has remote posts in the order of the time at which they were published, whenever they came', async () => {
    const me = await somebody()
    const remote = await make.remoteActor(test.ctx)
    await make.follow(test.ctx, { followerId: me.actorId, followeeId: remote.id })
    const at = (minutes: number) => new Date(test.clock.now().getTime() - minutes * 60_000)
    const post = (minutes: number) =>
      make.post(test.ctx, {
        actorId: remote.id,
        iri: `https://there.example/${uniqueName('p')}`,
        publishedAt: at(minutes),
      })
    const [newer, oldest, middle] = [await post(1), await post(30), await post(10)]
    expect(idsOf(await me.client.get('/api/v1/timelines/home'))).toEqual([newer.id, middle.id, oldest.id])
  })

  /** Somebody with a friend who writes and several who boost. */
  async function circle() {
    const me = await somebody()
    const [writer, first, second] = [await someActor(), await someActor(), await someActor()]
    for (const followeeId of [writer, first, second])
      await make.follow(test.ctx, { followerId: me.actorId, followeeId })
    const write = async (count = 1) => {
      const ids: string[] = []
      for (let n = 0; n < count; n++) {
        test.clock.pass(1_000)
        ids.unshift((await make.post(test.ctx, { actorId: writer })).id)
      }
      return ids
    }
    const boost = async (actorId: string, boostOfId: string) => {
      test.clock.pass(1_000)
      return (await make.boost(test.ctx, { actorId, boostOfId })).id
    }
    return { me, first, second, write, boost }
  }

  it('leaves out a boost of what stands among the forty before it, and shows one beyond', async () => {
    const { me, first, second, write, boost } = await circle()
    const [post = ''] = await write()
    const others = await write(39)
    const close = await boost(first, post)
    const home = async () => idsOf(await me.client.get('/api/v1/timelines/home?limit=80'))
    expect(await home()).toEqual([...others, post])
    expect(await listHomeReaders(test.ctx.db, close, [me.actorId])).toEqual([])
    const far = await boost(second, others[38] ?? '')
    // 39 others and the boost that is not shown stand between the two.
    expect(await home()).toEqual([...others, post])
    const later = await boost(second, post)
    expect(await home()).toEqual([...others, post])
    const [next = ''] = await write()
    await write(38)
    const shown = await boost(first, next)
    expect((await home())[0]).not.toBe(shown)
    const alone = await boost(first, others[20] ?? '')
    expect((await home())[0]).toBe(alone)
    expect(await listHomeReaders(test.ctx.db, alone, [me.actorId])).toEqual([me.actorId])
    expect(await home()).not.toContain(far)
    expect(await home()).not.toContain(later)
  })

  it('shows one boost of a post by strangers, the first, and the next when that is far away', async () => {
    const { me, first, second, write, boost } = await circle()
    const post = await make.post(test.ctx, { actorId: await someActor() })
    const one = await boost(first, post.id)
    const other = await boost(second, post.id)
    expect(idsOf(await me.client.get('/api/v1/timelines/home'))).toEqual([one])
    expect(await listHomeReaders(test.ctx.db, other, [me.actorId, first, second])).toEqual([second])
    await write(40)
    const again = await boost(me.actorId, post.id)
    expect(idsOf(await me.client.get('/api/v1/timelines/home'))[0]).toBe(again)
  })

  it('pages over boosts that are left out without losing or repeating anything, down, up, and since', async () => {
    const { me, first, second, write, boost } = await circle()
    const shown: string[] = []
    for (let n = 0; n < 12; n++) {
      const [post = ''] = await write()
      for (const actorId of [first, second, first, second]) await boost(actorId, post)
      const strange = await make.post(test.ctx, { actorId: await someActor() })
      const passedOn = await boost(first, strange.id)
      for (const actorId of [second, me.actorId]) await boost(actorId, strange.id)
      shown.unshift(passedOn, post)
    }
    for (const limit of [1, 5, 20, 40]) {
      const pages = await walk(me.client, `/api/v1/timelines/home?limit=${limit}`)
      expect(pages.flat()).toEqual(shown)
      // Every page but the last is full: nothing shows where something was left out.
      expect(pages.slice(0, -1).every((page) => page.length === limit)).toBe(true)
    }
    const oldest = shown.at(-1) ?? ''
    const climbed = [oldest]
    for (let at: string | undefined = oldest; at; ) {
      const above = idsOf(await me.client.get(`/api/v1/timelines/home?limit=5&min_id=${at}`))
      climbed.unshift(...above)
      at = above[0]
    }
    expect(climbed).toEqual(shown)
    const since = idsOf(await me.client.get(`/api/v1/timelines/home?limit=40&since_id=${shown[10]}`))
    expect(since).toEqual(shown.slice(0, 10))
    const between = `max_id=${shown[2]}&min_id=${shown[9]}`
    expect(idsOf(await me.client.get(`/api/v1/timelines/home?limit=40&${between}`))).toEqual(shown.slice(3, 9))
    expect(idsOf(await me.client.get(`/api/v1/timelines/home?limit=3&${between}`))).toEqual(shown.slice(6, 9))
    const within = `max_id=${shown[2]}&since_id=${shown[9]}`
    expect(idsOf(await me.client.get(`/api/v1/timelines/home?limit=3&${within}`))).toEqual(shown.slice(3, 6))
  })

  it('has boosts of those whose boosts are wanted', async () => {
    const me = await somebody()
    const [wanted, unwanted, author] = [await someActor(), await someActor(), await someActor()]
    await make.follow(test.ctx, { followerId: me.actorId, followeeId: wanted })
    await make.follow(test.ctx, { followerId: me.actorId, followeeId: unwanted, showsBoosts: false })
    const post = await make.post(test.ctx, { actorId: author })
    const boost = await make.boost(test.ctx, { actorId: wanted, boostOfId: post.id })
    await make.boost(test.ctx, { actorId: unwanted, boostOfId: post.id })
    const answer = await me.client.get('/api/v1/timelines/home')
    expect(idsOf(answer)).toEqual([boost.id])
    expect(answer.body[0].reblog.id).toBe(post.id)
  })

  it('has answers only where one knows both sides, or is one of them', async () => {
    const me = await somebody()
    const [friend, other, stranger] = [await someActor(), await someActor(), await someActor()]
    for (const followeeId of [friend, other]) await make.follow(test.ctx, { followerId: me.actorId, followeeId })
    const answer = async (actorId: string, to: string) => {
      const question = await make.post(test.ctx, {
        actorId: to,
        publishedAt: new Date(test.clock.now().getTime() - 86_400_000),
      })
      return (await make.post(test.ctx, { actorId, inReplyToId: question.id, inReplyToActorId: to })).id
    }
    const shown = [
      await answer(friend, other),
      await answer(friend, friend),
      await answer(friend, me.actorId),
      await answer(me.actorId, stranger),
    ]
    const hidden = [
      await answer(friend, stranger),
      (await make.post(test.ctx, { actorId: friend, inReplyToIri: 'https://there.example/unknown' })).id,
    ]
    const ids = idsOf(await me.client.get('/api/v1/timelines/home'))
    expect(shown.map((id) => ids.includes(id))).toEqual([true, true, true, true])
    expect(hidden.map((id) => ids.includes(id))).toEqual([false, false])
  })

  it('keeps to the languages that were asked for', async () => {
    const me = await somebody()
    const friend = await someActor()
    await make.follow(test.ctx, { followerId: me.actorId, followeeId: friend, languages: ['fr'] })
    const french = await make.post(test.ctx, { actorId: friend, language: 'fr' })
    await make.post(test.ctx, { actorId: friend, language: 'de' })
    const unsaid = await make.post(test.ctx, { actorId: friend })
    expect(idsOf(await me.client.get('/api/v1/timelines/home'))).toEqual([unsaid.id, french.id])
  })

  it('is walked through page by page, each post once, and ends', async () => {
    const me = await somebody()
    const friends = [await someActor(), await someActor(), await someActor()]
    for (const followeeId of friends) await make.follow(test.ctx, { followerId: me.actorId, followeeId })
    const ids: string[] = []
    for (let index = 0; index < 25; index++) {
      const actorId = friends[index % 3] ?? me.actorId
      ids.unshift((await make.post(test.ctx, { actorId, visibility: index % 2 ? 'followers' : 'public' })).id)
    }
    const pages = await walk(me.client, '/api/v1/timelines/home?limit=10')
    expect(pages.map((page) => page.length)).toEqual([10, 10, 5])
    expect(pages.flat()).toEqual(ids)
  })

  it('is read on from the newest that was seen: since_id jumps to the top, min_id goes on where one was', async () => {
    const me = await somebody()
    const ids: string[] = []
    for (let index = 0; index < 6; index++) ids.push((await make.post(test.ctx, { actorId: me.actorId })).id)
    const [, , third, fourth, fifth, sixth] = ids
    const read = async (query: string) => idsOf(await me.client.get(`/api/v1/timelines/home?limit=2&${query}`))
    expect(await read(`since_id=${third}`)).toEqual([sixth, fifth])
    expect(await read(`min_id=${third}`)).toEqual([fifth, fourth])
    expect(await read(`max_id=${fourth}&since_id=${third}`)).toEqual([])
    const first = await me.client.get(`/api/v1/timelines/home?limit=2&min_id=${third}`)
    expect(idsOf(await me.client.get(linked(first, 'prev') ?? ''))).toEqual([sixth])
  })

  it('answers 422 for ids that cannot be, and takes 40 at the most', async () => {
    const me = await somebody()
    expect((await me.client.get('/api/v1/timelines/home?max_id=abc')).status).toBe(422)
    expect((await me.client.get('/api/v1/timelines/home?max_id=9999999999999999999')).status).toBe(422)
    expect((await me.client.get('/api/v1/timelines/home?limit=0')).status).toBe(422)
    expect((await me.client.get('/api/v1/timelines/home?limit=4000')).status).toBe(200)
  })

  it('is for users only', async () => {
    expect((await createClient(test.app).get('/api/v1/timelines/home')).status).toBe(401)
  })
})

describe('public', () => {
  it('has public posts from here and elsewhere, but no boosts, no answers to others, nothing unlisted', async () => {
    const author = await someActor()
    const remote = await make.remoteActor(test.ctx)
    const here = await make.post(test.ctx, { actorId: author, hasMedia: true })
    const there = await make.post(test.ctx, { actorId: remote.id, iri: `https://there.example/${uniqueName('p')}` })
    const own = await make.post(test.ctx, { actorId: author, inReplyToId: here.id, inReplyToActorId: author })
    await make.post(test.ctx, { actorId: author, visibility: 'unlisted' })
    await make.post(test.ctx, { actorId: author, inReplyToId: there.id, inReplyToActorId: remote.id })
    await make.boost(test.ctx, { actorId: author, boostOfId: there.id })
    const client = createClient(test.app)
    const read = async (query: string) =>
      idsOf(await client.get(`/api/v1/timelines/public?limit=3&min_id=${BigInt(here.id) - 1n}${query}`))
    expect(await read('')).toEqual([own.id, there.id, here.id])
    expect(await read('&local=true')).toEqual([own.id, here.id])
    expect(await read('&remote=1')).toEqual([there.id])
    expect(await read('&only_media=true')).toEqual([here.id])
    expect(await read('&local=true&remote=true')).toEqual([])
    for (const status of (await client.get('/api/v1/timelines/public')).body) AnonymousStatus.parse(status)
  })
})

describe('a hashtag', () => {
  const tagged = (actorId: string, hashtags: string[], more = {}) => make.post(test.ctx, { actorId, hashtags, ...more })

  it('finds posts whatever the case and the accents', async () => {
    const author = await someActor()
    const name = uniqueName('Été')
    const post = await tagged(author, [name])
    const client = createClient(test.app)
    for (const spelling of [name, name.toUpperCase(), name.replaceAll('É', 'e').replaceAll('é', 'e')]) {
      expect(idsOf(await client.get(`/api/v1/timelines/tag/${encodeURIComponent(spelling)}`))).toEqual([post.id])
    }
    expect((await client.get('/api/v1/timelines/tag/nobodyusedthis')).body).toEqual([])
  })

  it('is combined with others: any, all and none of them', async () => {
    const author = await someActor()
    const [a, b, c] = [uniqueName('a'), uniqueName('b'), uniqueName('c')]
    const [onlyA, ab, abc, onlyB] = [
      await tagged(author, [a]),
      await tagged(author, [a, b]),
      await tagged(author, [a, b, c], { hasMedia: true }),
      await tagged(author, [b]),
    ]
    const client = createClient(test.app)
    const read = async (query: string) => idsOf(await client.get(`/api/v1/timelines/tag/${a}?${query}`))
    expect(await read('')).toEqual([abc.id, ab.id, onlyA.id])
    expect(await read(`any[]=${b}`)).toEqual([onlyB.id, abc.id, ab.id, onlyA.id])
    expect(await read(`all[]=${b}`)).toEqual([abc.id, ab.id])
    expect(await read(`all[]=${b}&all[]=${c}`)).toEqual([abc.id])
    expect(await read(`none[]=${c}`)).toEqual([ab.id, onlyA.id])
    expect(await read(`all[]=neverused${a}`)).toEqual([])
    expect(await read('only_media=true')).toEqual([abc.id])
    expect((await walk(client, `/api/v1/timelines/tag/${a}?any[]=${b}&limit=3`)).map((page) => page.length)).toEqual([
      3, 1,
    ])
  })
})

describe("an actor's posts", () => {
  it('are all there, or without answers, without boosts, only those with pictures, only those with a hashtag', async () => {
    const author = await someActor()
    const other = await make.post(test.ctx, { actorId: await someActor() })
    const plain = await make.post(test.ctx, { actorId: author, hashtags: ['wanted'] })
    const answer = await make.post(test.ctx, {
      actorId: author,
      inReplyToId: other.id,
      inReplyToActorId: await someActor(),
    })
    const goingOn = await make.post(test.ctx, { actorId: author, inReplyToId: plain.id, inReplyToActorId: author })
    const boost = await make.boost(test.ctx, { actorId: author, boostOfId: other.id })
    const picture = await make.post(test.ctx, { actorId: author, hasMedia: true })
    const client = createClient(test.app)
    const read = async (query: string) => idsOf(await client.get(`/api/v1/accounts/${author}/statuses?${query}`))
    expect(await read('')).toEqual([picture.id, boost.id, goingOn.id, answer.id, plain.id])
    expect(await read('exclude_replies=true')).toEqual([picture.id, boost.id, goingOn.id, plain.id])
    expect(await read('exclude_reblogs=1')).toEqual([picture.id, goingOn.id, answer.id, plain.id])
    expect(await read('only_media=true')).toEqual([picture.id])
    expect(await read('tagged=Wanted')).toEqual([plain.id])
    expect(await read('tagged=unheardof')).toEqual([])
    expect(await read('pinned=true')).toEqual([])
    expect((await walk(client, `/api/v1/accounts/${author}/statuses?limit=2`)).map((page) => page.length)).toEqual([
      2, 2, 1,
    ])
  })

  it('of nobody are not found', async () => {
    const client = createClient(test.app)
    expect((await client.get('/api/v1/accounts/1/statuses')).status).toBe(404)
    expect((await client.get('/api/v1/accounts/abc/statuses')).status).toBe(404)
  })
})
