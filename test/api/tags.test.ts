import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { featureTag, readHashtag } from '#src/features/tags/service.ts'
import { FeaturedTag, Tag } from '#test/contract/schemas.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { createClient, idsOf, type Json } from '#test/support/client.ts'
import { DAY_MS } from '#test/support/clock.ts'
import { takeFacts } from '#test/support/facts.ts'
import { make, uniqueName } from '#test/support/make.ts'
import { linked, walk } from '#test/support/paging.ts'

let test: TestApp
beforeAll(async () => {
  test = await createTestApp()
})
afterAll(() => test.close())

async function somebody(scopes?: string[]) {
  const handle = uniqueName('tagger')
  const { actorId, headers, viewer } = await test.signIn(handle, scopes)
  return { client: createClient(test.app, headers), actorId, viewer, handle }
}

const someActor = async () => (await make.actor(test.ctx)).actor.id
const someTag = () => uniqueName('bread')
const encoded = encodeURIComponent

describe('a hashtag', () => {
  it('tells of the last seven days what everybody may read, and of no other', async () => {
    const [me, tag] = [await somebody(), someTag()]
    const [one, two] = [await someActor(), await someActor()]
    const at = (days: number) => new Date(test.clock.now().getTime() - days * DAY_MS)
    const use = (actorId: string, days: number, more = {}) =>
      make.post(test.ctx, { actorId, hashtags: [tag], publishedAt: at(days), ...more })
    await use(one, 0)
    await use(one, 0)
    await use(two, 0)
    await use(two, 6)
    await use(one, 7)
    await use(one, 0, { visibility: 'unlisted' })
    await use(one, 0, { visibility: 'followers' })
    const { body } = await me.client.get(`/api/v1/tags/${tag}`)
    expect(Tag.parse(body)).toMatchObject({ name: tag, following: false, featuring: false })
    expect(body.history.map(({ uses, accounts }: Json) => `${uses} ${accounts}`)).toEqual([
      '3 2',
      ...Array(5).fill('0 0'),
      '1 1',
    ])
    const today = Math.floor(test.clock.now().getTime() / DAY_MS) * 86_400
    expect(body.history.map(({ day }: Json) => Number(day))).toEqual(
      [0, 1, 2, 3, 4, 5, 6].map((n) => today - n * 86_400),
    )
    const anybody = (await createClient(test.app).get(`/api/v1/tags/${tag}`)).body
    expect(anybody).not.toHaveProperty('following')
    expect(anybody).not.toHaveProperty('featuring')
  })

  it.each(['two words', '12345', 'no-dash', '#'])('is not "%s"', async (text) => {
    const { client } = await somebody()
    expect((await client.get(`/api/v1/tags/${encoded(text)}`)).status).toBe(404)
    for (const act of ['follow', 'unfollow', 'feature', 'unfeature'])
      expect((await client.post(`/api/v1/tags/${encoded(text)}/${act}`)).status).toBe(404)
  })

  it('is the same however it is written', () => {
    expect(readHashtag('#Élan')).toEqual({ name: 'elan', label: 'Élan' })
    expect(readHashtag(' crème_brûlée ')).toEqual({ name: 'creme_brulee', label: 'crème_brûlée' })
    expect(readHashtag('a b')).toBeNull()
    expect(readHashtag('')).toBeNull()
  })
})

describe('a followed hashtag', () => {
  it('brings what everybody may read under it home, once, and nothing more', async () => {
    const [me, tag] = [await somebody(), someTag()]
    const [friend, stranger, blocked, muted] = [
      await someActor(),
      await someActor(),
      await someActor(),
      await someActor(),
    ]
    await make.follow(test.ctx, { followerId: me.actorId, followeeId: friend })
    const followed = await me.client.post(`/api/v1/tags/${tag.toUpperCase()}/follow`)
    expect(Tag.parse(followed.body)).toMatchObject({ following: true })
    const use = async (actorId: string, more = {}) =>
      (await make.post(test.ctx, { actorId, hashtags: [tag, someTag()], ...more })).id
    const shown = [await use(stranger), await use(friend), await use(stranger, { language: 'de' })]
    await use(stranger, { visibility: 'unlisted' })
    await use(stranger, { visibility: 'followers' })
    await make.boost(test.ctx, { actorId: stranger, boostOfId: shown[0] ?? '' })
    await make.post(test.ctx, { actorId: stranger, hashtags: [someTag()] })
    await use(blocked)
    await use(muted)
    await me.client.post(`/api/v1/accounts/${blocked}/block`)
    await me.client.post(`/api/v1/accounts/${muted}/mute`)
    const home = async (query = '') => idsOf(await me.client.get(`/api/v1/timelines/home${query}`))
    for (const query of ['', '?since_id=1', '?min_id=1', '?max_id=9223372036854775800'])
      expect(await home(query)).toEqual(shown.toReversed())
    // Found by the way that asks each hashtag, and by the way that looks at the newest.
    expect(await home('?limit=2')).toEqual(shown.slice(1).toReversed())
    const other = await somebody()
    expect(idsOf(await other.client.get('/api/v1/timelines/home'))).toEqual([])
    const left = await me.client.post(`/api/v1/tags/${tag}/unfollow`)
    expect(Tag.parse(left.body)).toMatchObject({ following: false })
    expect(await home()).toEqual([shown[1]])
  })

  it('may be one that nobody has used, is followed once, and is listed with its days', async () => {
    const me = await somebody()
    const tags = [someTag(), someTag(), someTag()]
    for (const tag of [...tags, tags[0]]) expect((await me.client.post(`/api/v1/tags/${tag}/follow`)).status).toBe(200)
    await make.post(test.ctx, { actorId: await someActor(), hashtags: [tags[1] ?? ''] })
    const { body } = await me.client.get('/api/v1/followed_tags')
    expect(body.map((one: unknown) => Tag.parse(one).name)).toEqual(tags.toReversed())
    expect(body.map(({ following }: Json) => following)).toEqual([true, true, true])
    expect(body[1].history[0]).toMatchObject({ uses: '1', accounts: '1' })
    const path = '/api/v1/followed_tags?limit=2'
    expect(await walk(me.client, path, ({ name }: Json) => name)).toEqual([[tags[2], tags[1]], [tags[0]]])
    const last = await me.client.get(linked(await me.client.get(path), 'next') ?? '')
    const newer = (await me.client.get(linked(last, 'prev') ?? '')).body
    expect(newer.map(({ name }: Json) => name)).toEqual([tags[2], tags[1]])
    expect((await somebody().then(({ client }) => client.get('/api/v1/followed_tags'))).body).toEqual([])
  })

  it('is known by its id, too', async () => {
    const [me, tag] = [await somebody(), someTag()]
    const { id } = (await me.client.post(`/api/v1/tags/${tag}/follow`)).body
    expect((await me.client.get(`/api/v1/tags/${id}`)).body).toMatchObject({ id, name: tag, following: true })
    expect((await me.client.post(`/api/v1/tags/${id}/unfollow`)).body).toMatchObject({ id, following: false })
  })

  it('is one of two hundred at the most', async () => {
    const me = await somebody()
    await test.ctx.db.$client`
      with made as (insert into tags (name, label) select 'many' || n, 'many' || n from generate_series(1, 200) n returning id)
      insert into tag_follows (actor_id, tag_id) select ${me.actorId}, id from made`
    expect((await me.client.post('/api/v1/tags/many1/follow')).status).toBe(200)
    expect((await me.client.post(`/api/v1/tags/${someTag()}/follow`)).status).toBe(422)
  })
})

describe('a featured hashtag', () => {
  it('stands on the profile with its use, and other servers are told', async () => {
    const [me, tag] = [await somebody(), someTag()]
    await make.post(test.ctx, { actorId: me.actorId, hashtags: [tag] })
    const last = new Date(test.clock.now().getTime() - DAY_MS)
    await make.post(test.ctx, { actorId: me.actorId, hashtags: [tag], visibility: 'unlisted', publishedAt: last })
    await make.post(test.ctx, { actorId: me.actorId, hashtags: [tag], visibility: 'followers' })
    await make.post(test.ctx, { actorId: await someActor(), hashtags: [tag] })
    await takeFacts(test.ctx)
    const made = await me.client.post('/api/v1/featured_tags', { name: `#${tag}` })
    expect(FeaturedTag.parse(made.body)).toMatchObject({
      name: tag,
      statuses_count: '2',
      last_status_at: test.clock.now().toISOString().slice(0, 10),
    })
    // Twice is once.
    expect((await me.client.form('POST', '/api/v1/featured_tags', [['name', tag]])).body.id).toBe(made.body.id)
    expect((await me.client.get('/api/v1/featured_tags')).body).toEqual([made.body])
    const anybody = createClient(test.app)
    expect((await anybody.get(`/api/v1/accounts/${me.actorId}/featured_tags`)).body).toEqual([made.body])
    expect((await me.client.get(`/api/v1/tags/${tag}`)).body).toMatchObject({ featuring: true })
    const page = await test.app.inject({ url: `/@${me.handle}` })
    expect(page.body).toContain(`href="/tags/${tag}"`)
    const document = await test.app.inject({
      url: `/users/${me.handle}`,
      headers: { accept: 'application/activity+json' },
    })
    const collection = await test.app.inject({ url: new URL(document.json().featuredTags).pathname })
    expect(collection.json()).toMatchObject({
      id: document.json().featuredTags,
      type: 'Collection',
      totalItems: 1,
      items: [{ type: 'Hashtag', href: `https://here.example/tags/${tag}`, name: `#${tag}` }],
    })
    const gone = await me.client.delete(`/api/v1/featured_tags/${made.body.id}`)
    expect(gone).toMatchObject({ status: 200, body: {} })
    expect((await me.client.get('/api/v1/featured_tags')).body).toEqual([])
    expect(await takeFacts(test.ctx)).toMatchObject([
      { type: 'tag.featured', actorId: me.actorId, name: tag, label: tag, isLocal: true },
      { type: 'tag.unfeatured', actorId: me.actorId, name: tag, label: tag, isLocal: true },
    ])
  })

  it('may be named by the hashtag alone', async () => {
    const [me, tag] = [await somebody(), someTag()]
    expect(Tag.parse((await me.client.post(`/api/v1/tags/${tag}/feature`)).body)).toMatchObject({ featuring: true })
    expect((await me.client.get('/api/v1/featured_tags')).body).toMatchObject([
      { name: tag, statuses_count: '0', last_status_at: null },
    ])
    for (let n = 0; n < 2; n++)
      expect((await me.client.post(`/api/v1/tags/${tag}/unfeature`)).body).toMatchObject({ featuring: false })
    expect((await me.client.get('/api/v1/featured_tags')).body).toEqual([])
  })

  it('is one of ten, and a hashtag', async () => {
    const me = await somebody()
    for (let n = 0; n < 10; n++) await featureTag(test.ctx, me.viewer, { name: `ten${n}`, label: `ten${n}` })
    expect((await me.client.post('/api/v1/featured_tags', { name: 'ten1' })).status).toBe(200)
    expect((await me.client.post('/api/v1/featured_tags', { name: 'eleven' })).status).toBe(422)
    expect((await me.client.post('/api/v1/tags/eleven/feature')).status).toBe(422)
    for (const name of ['', 'no hashtag', '123', undefined]) {
      const answer = await me.client.post('/api/v1/featured_tags', { name })
      expect(answer).toMatchObject({ status: 422, body: { error: 'Validation failed: Tag is invalid' } })
    }
  })

  it('is suggested from what its owner has said openly', async () => {
    const me = await somebody()
    const [often, last, secret, shown] = [someTag(), someTag(), someTag(), someTag()]
    await make.post(test.ctx, { actorId: me.actorId, hashtags: [often, shown] })
    await make.post(test.ctx, { actorId: me.actorId, hashtags: [last] })
    await make.post(test.ctx, { actorId: me.actorId, hashtags: [secret], visibility: 'direct' })
    await make.post(test.ctx, { actorId: await someActor(), hashtags: [someTag()] })
    await me.client.post('/api/v1/featured_tags', { name: shown })
    const { body } = await me.client.get('/api/v1/featured_tags/suggestions')
    expect(body.map((one: unknown) => Tag.parse(one).name)).toEqual([last, often])
  })

  it('belongs to its owner, and to a role that may change the profile (row 27)', async () => {
    const [me, other, tag] = [await somebody(), await somebody(), someTag()]
    const { id } = (await me.client.post('/api/v1/featured_tags', { name: tag })).body
    expect((await other.client.delete(`/api/v1/featured_tags/${id}`)).status).toBe(404)
    expect((await other.client.delete('/api/v1/featured_tags/x')).status).toBe(404)
    expect((await other.client.get('/api/v1/accounts/1/featured_tags')).status).toBe(404)
    const publisher = await make.member(test.ctx, me.actorId, 'publisher')
    await expect(featureTag(test.ctx, publisher, { name: 'a', label: 'a' })).rejects.toMatchObject({ status: 403 })
  })
})

it.each([
  ['POST', '/api/v1/tags/bread/follow', ['read']],
  ['POST', '/api/v1/tags/bread/unfollow', ['write:accounts']],
  ['POST', '/api/v1/tags/bread/feature', ['write:follows']],
  ['POST', '/api/v1/tags/bread/unfeature', ['follow']],
  ['GET', '/api/v1/followed_tags', ['read:accounts']],
  ['GET', '/api/v1/featured_tags', ['read:follows']],
  ['POST', '/api/v1/featured_tags', ['read']],
  ['DELETE', '/api/v1/featured_tags/1', ['read']],
  ['GET', '/api/v1/featured_tags/suggestions', ['write']],
] as const)('asks for the right to %s %s', async (method, url, scopes) => {
  expect((await test.app.inject({ method, url })).statusCode).toBe(401)
  const { headers } = await test.signIn(uniqueName('tagger'), scopes)
  expect((await test.app.inject({ method, url, headers })).statusCode).toBe(403)
})
