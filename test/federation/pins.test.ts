import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findAccount, letBeFollowed, letFollow } from '#test/support/befriend.ts'
import { createWebClient, type Json } from '#test/support/client.ts'
import { PUBLIC, type Stranger, startStranger } from '#test/support/stranger.ts'
import { type Instance, type Member, startInstance } from '#test/support/two-servers.ts'
import { drainInbox } from '#workers/inbox.ts'

const collection = { '@context': 'https://www.w3.org/ns/activitystreams', type: 'OrderedCollection' }

let instance: Instance
let elsewhere: Stranger
let org: Member

beforeAll(async () => {
  ;[instance, elsewhere] = await Promise.all([startInstance(), startStranger()])
  org = await instance.join('atelier', { type: 'Organization' })
})
afterAll(() => Promise.all([instance.close(), elsewhere.close()]))

describe('a pinned post', () => {
  it('is told to followers when everybody may read it, and so is its end', async () => {
    await letBeFollowed(instance, org, await elsewhere.actor('rosa'))
    const [open, closed] = [
      (await org.api.post('/api/v1/statuses', { status: 'a' })).body,
      (await org.api.post('/api/v1/statuses', { status: 'b', visibility: 'private' })).body,
    ]
    for (const { id } of [closed, open]) await org.api.post(`/api/v1/statuses/${id}/pin`)
    // Two deliveries at once may overtake each other.
    await instance.settle()
    await org.api.post(`/api/v1/statuses/${open.id}/unpin`)
    await instance.settle()
    const told = elsewhere.deliveries.filter(({ json }) => ['Add', 'Remove'].includes(json.type))
    const target = `${org.iri}/collections/featured`
    const common = { actor: org.iri, object: open.uri, target, to: [PUBLIC], cc: [`${org.iri}/followers`] }
    expect(told.map(({ json }) => json)).toMatchObject([
      { type: 'Add', ...common },
      { type: 'Remove', ...common },
    ])
  })

  it('of somebody elsewhere comes and goes by their word alone (item 33)', async () => {
    const featured = `${elsewhere.url}/people/emil/featured`
    const [emil, mallory] = [await elsewhere.actor('emil', { featured }), await elsewhere.actor('mallory')]
    const id = await letFollow(org, elsewhere, emil)
    const [note, foreign] = [emil.note(), mallory.note()]
    const say = async (from: typeof emil, type: string, object: Json) => {
      const answer = await from.post(`${org.iri}/inbox`, from.activity(type, object, { target: featured }))
      expect(answer.status).toBe(202)
      await instance.settle()
      const { body } = await org.api.get(`/api/v1/accounts/${id}/statuses?pinned=true`)
      return body.map(({ uri }: Json) => uri)
    }
    expect(await say(mallory, 'Add', note.id)).toEqual([])
    expect(await say(emil, 'Add', foreign.id)).toEqual([])
    expect(await say(emil, 'Add', note.id)).toEqual([note.id])
    expect(await say(mallory, 'Remove', note.id)).toEqual([note.id])
    expect(await say(emil, 'Remove', note.id)).toEqual([])
  })

  it('of somebody elsewhere is read when somebody here looks at the profile, at most once a day', async () => {
    const featured = `${elsewhere.url}/people/olga/featured`
    const [olga, mallory] = [await elsewhere.actor('olga', { featured }), await elsewhere.actor('mallet')]
    const [first, second, foreign] = [olga.note(), olga.note(), mallory.note()]
    let items: Json[] = [first.id, second, foreign.id, `${elsewhere.url}/notes/nowhere`]
    elsewhere.serve(featured, () => ({
      body: {
        '@context': 'https://www.w3.org/ns/activitystreams',
        id: featured,
        type: 'OrderedCollection',
        totalItems: items.length,
        orderedItems: items,
      },
    }))
    const found = await org.api.get(`/api/v2/search?q=${encodeURIComponent(olga.acct)}&resolve=true&type=accounts`)
    const { id } = found.body.accounts[0]
    const pinned = async (api = org.api) =>
      (await api.get(`/api/v1/accounts/${id}/statuses?pinned=true`)).body.map(({ uri }: Json) => uri)
    expect(await pinned(createWebClient(instance.url))).toEqual([])
    expect(await pinned()).toEqual([first.id, second.id])
    items = [second.id]
    expect(await pinned()).toEqual([first.id, second.id])
    await instance.ctx.db.$client`update actors set pins_read_at = now() - interval '25 hours' where id = ${id}`
    expect(await pinned()).toEqual([second.id])
    await instance.ctx.db.$client`update actors set pins_read_at = null where id = ${id}`
    elsewhere.serve(featured, { status: 500 })
    expect(await pinned()).toEqual([second.id])
  })

  it.each([
    ['goes before it can be read is not shown', []],
    ['cannot be read at first is shown when it can', ['late']],
  ] as const)('of somebody elsewhere that %s (item 33)', async (_what, left) => {
    let passed = 0
    const now = () => new Date(Date.now() + passed)
    const [here, there] = await Promise.all([startInstance({ now, workers: 'none' }), startStranger({ now })])
    const reader = await here.join('lea')
    const featured = `${there.url}/people/emil/featured`
    const emil = await there.actor('emil', { featured })
    const id = await findAccount(reader, emil.acct)
    const note = emil.note()
    const path = new URL(note.id).pathname
    const items = left.map(() => note.id)
    there.serve(featured, { body: { ...collection, id: featured, totalItems: items.length, orderedItems: items } })
    there.serve(path, { status: 503 })
    const say = async (type: string) => {
      await emil.post(here.ctx.uris.sharedInbox, emil.activity(type, note.id, { target: featured }))
      await drainInbox(here.ctx)
    }
    await say('Add')
    there.serve(path, { body: note })
    if (items.length === 0) await say('Remove')
    passed = 60_000
    await drainInbox(here.ctx)
    const rows = await here.ctx.db.$client`select outcome, delays from inbox_activities order by id`
    expect(rows[0]).toMatchObject({ outcome: 'done', delays: 1 })
    const pins = await here.ctx.db
      .$client`select iri from pins join posts on posts.id = post_id where pins.actor_id = ${id}`
    expect(pins.map(({ iri }) => iri)).toEqual(items)
    await Promise.all([here.close(), there.close()])
  })
})
