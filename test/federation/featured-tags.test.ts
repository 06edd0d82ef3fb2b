import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSession } from '#src/features/users/sessions.ts'
import { sessionCookie } from '#src/http/auth.ts'
import { letBeFollowed, letFollow } from '#test/support/befriend.ts'
import { createWebClient, type Json } from '#test/support/client.ts'
import { PUBLIC, type Stranger, startStranger } from '#test/support/stranger.ts'
import { type Instance, type Member, startInstance } from '#test/support/two-servers.ts'

let instance: Instance
let elsewhere: Stranger
let org: Member

beforeAll(async () => {
  ;[instance, elsewhere] = await Promise.all([startInstance(), startStranger()])
  org = await instance.join('fournil', { type: 'Organization' })
})
afterAll(() => Promise.all([instance.close(), elsewhere.close()]))

describe('a featured hashtag', () => {
  it('is told to followers, and so is its end', async () => {
    await letBeFollowed(instance, org, await elsewhere.actor('rosa'))
    const { body } = await org.api.post('/api/v1/featured_tags', { name: 'Élan' })
    // Two deliveries that are under way at once may overtake each other.
    await instance.settle()
    await org.api.delete(`/api/v1/featured_tags/${body.id}`)
    await instance.settle()
    const told = elsewhere.deliveries.filter(({ json }) => ['Add', 'Remove'].includes(json.type))
    const object = { type: 'Hashtag', name: '#Élan', href: body.url }
    const common = { actor: org.iri, object, target: `${org.iri}/collections/featured` }
    const audience = { to: [PUBLIC], cc: [`${org.iri}/followers`] }
    expect(told.map(({ json }) => json)).toMatchObject([
      { type: 'Add', ...common, ...audience },
      { type: 'Remove', ...common, ...audience },
    ])
  })

  it('of somebody elsewhere comes and goes by their word alone (item 33)', async () => {
    const featured = `${elsewhere.url}/people/emil/featured`
    const [emil, mallory] = [await elsewhere.actor('emil', { featured }), await elsewhere.actor('mallory')]
    const id = await letFollow(org, elsewhere, emil)
    const say = async (from: typeof emil, type: string, name: string) => {
      const object = { type: 'Hashtag', href: `${elsewhere.url}/tags/x`, name }
      const answer = await from.post(`${org.iri}/inbox`, from.activity(type, object as Json, { target: featured }))
      expect(answer.status).toBe(202)
      await instance.settle()
      const { body } = await org.api.get(`/api/v1/accounts/${id}/featured_tags`)
      return body.map((tag: Json) => tag.name)
    }
    expect(await say(mallory, 'Add', '#rye')).toEqual([])
    expect(await say(emil, 'Add', '#12')).toEqual([])
    expect(await say(emil, 'Add', '#rye')).toEqual(['rye'])
    expect(await say(mallory, 'Remove', '#rye')).toEqual(['rye'])
    expect(await say(emil, 'Remove', '#RYE')).toEqual([])
  })
})

describe('the featured hashtags of somebody elsewhere', () => {
  it('are read when somebody here looks at the profile, at most once a day', async () => {
    const iri = `${elsewhere.url}/people/olga/tags`
    const olga = await elsewhere.actor('olga', { featuredTags: iri })
    const tag = (name: string) => ({ type: 'Hashtag', href: `${elsewhere.url}/tags/x`, name })
    let items: Json[] = [
      tag('#Seigle'),
      tag('#12'),
      tag('#épeautre'),
      { type: 'Note', name: '#no' },
      'https://x.example/',
    ]
    let isPaged = false
    const page = () => ({ id: `${iri}?page=1`, type: 'CollectionPage', items })
    elsewhere.serve(iri, () => ({
      body: {
        '@context': ['https://www.w3.org/ns/activitystreams', { Hashtag: 'as:Hashtag' }],
        id: iri,
        type: 'Collection',
        totalItems: items.length,
        ...(isPaged ? { first: page() } : { items }),
      },
    }))
    const found = await org.api.get(`/api/v2/search?q=${encodeURIComponent(olga.acct)}&resolve=true&type=accounts`)
    const { id } = found.body.accounts[0]
    const named = async (api = org.api) =>
      (await api.get(`/api/v1/accounts/${id}/featured_tags`)).body.map(({ name }: Json) => name)
    expect(await named(createWebClient(instance.url))).toEqual([])
    expect(await named()).toEqual(['Seigle', 'épeautre'])
    items = [tag('#avoine')]
    isPaged = true
    expect(await named()).toEqual(['Seigle', 'épeautre'])
    const forget = () => instance.ctx.db.$client`update actors set tags_read_at = null where id = ${id}`
    await instance.ctx.db.$client`update actors set tags_read_at = now() - interval '25 hours' where id = ${id}`
    expect(await named()).toEqual(['avoine'])
    await forget()
    elsewhere.serve(iri, { status: 500 })
    expect(await named()).toEqual(['avoine'])
  })

  it('stand on the profile page, and are read for it', async () => {
    const iri = `${elsewhere.url}/people/paul/tags`
    const paul = await elsewhere.actor('paul', { featuredTags: iri })
    elsewhere.serve(iri, {
      body: {
        '@context': ['https://www.w3.org/ns/activitystreams', { Hashtag: 'as:Hashtag' }],
        id: iri,
        type: 'Collection',
        items: [{ type: 'Hashtag', name: '#Levain' }],
      },
    })
    await org.api.get(`/api/v2/search?q=${encodeURIComponent(paul.acct)}&resolve=true&type=accounts`)
    const { userId } = org.viewer
    const session = await openSession(instance.ctx, { userId, actorId: org.actor.id, userAgent: 'test' })
    const answer = await fetch(`${instance.url}/@${paul.acct}`, {
      headers: { cookie: `${sessionCookie}=${session}`, accept: 'text/html' },
    })
    expect(answer.status).toBe(200)
    expect(await answer.text()).toContain('<bdi>Levain</bdi>')
  })

  it('on another server than their owner are nobody’s', async () => {
    const iri = 'https://other.example/tags'
    const quentin = await elsewhere.actor('quentin', { featuredTags: iri })
    const found = await org.api.get(`/api/v2/search?q=${encodeURIComponent(quentin.acct)}&resolve=true&type=accounts`)
    const rows = await instance.ctx.db
      .$client`select featured_tags_iri as iri from actors where id = ${found.body.accounts[0].id}`
    expect(rows.map((row) => row.iri)).toEqual([null])
  })
})

describe('a server that one identity shuns', () => {
  it('is answered with a Reject, and is not told why', async () => {
    const carl = await elsewhere.actor('carl')
    const other = await instance.join('moulin')
    await org.api.post('/api/v1/domain_blocks', { domain: new URL(elsewhere.url).host })
    for (const member of [org, other]) await carl.post(`${member.iri}/inbox`, carl.activity('Follow', member.iri))
    const { json } = await elsewhere.delivered(
      ({ type, object }) => type === 'Reject' && object?.actor === carl.iri && object?.object === org.iri,
    )
    expect(json.actor).toBe(org.iri)
    await instance.settle()
    expect((await other.api.get('/api/v1/follow_requests')).body).toMatchObject([{ acct: carl.acct }])
    expect(elsewhere.deliveries.map(({ json: one }) => one.type)).not.toContain('Block')
  })
})
