import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { letBeFollowed, letFollow } from '#test/support/befriend.ts'
import type { Json } from '#test/support/client.ts'
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

  it('of somebody elsewhere comes and goes by their word alone', async () => {
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
