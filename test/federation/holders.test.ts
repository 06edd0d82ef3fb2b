import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { letBeFollowed } from '#test/support/befriend.ts'
import type { Json } from '#test/support/client.ts'
import { creating, type Neighbours, startNeighbours } from '#test/support/neighbours.ts'
import { PUBLIC, type StrangerActor } from '#test/support/stranger.ts'

let n: Neighbours
beforeEach(async () => {
  n = await startNeighbours()
})
afterEach(() => n.close())

const post = async (status: string, more: Json = {}): Promise<Json> => {
  const { body } = await n.lea.api.post('/api/v1/statuses', { status, ...more })
  await n.instance.settle()
  return body
}
const edit = async (id: string, status: string) => {
  await n.lea.api.put(`/api/v1/statuses/${id}`, { status })
  await n.instance.settle()
}
const remove = async (id: string) => {
  await n.lea.api.delete(`/api/v1/statuses/${id}`)
  await n.instance.settle()
}
const block = async (actor: StrangerActor) => {
  const { body } = await n.lea.api.get(`/api/v1/accounts/lookup?acct=${actor.acct}`)
  await n.lea.api.post(`/api/v1/accounts/${body.id}/block`, {})
  await n.instance.settle()
}
const lookUp = (actor: StrangerActor) =>
  n.lea.api.get(`/api/v2/search?resolve=true&q=${encodeURIComponent(actor.acct)}`)
const quoting = (by: StrangerActor, own: Json) => by.note({ quote: own.uri, content: 'Look' })
const types = () => n.far.deliveries.map(({ json }) => json?.type)
const isTold = (words: string) => n.far.deliveries.some(({ json }) => JSON.stringify(json).includes(words))

describe('a post that is changed or deleted', () => {
  const ways: [string, (by: StrangerActor, own: Json) => Json][] = [
    ['boosted', (by, own) => by.activity('Announce', own.uri, { to: [PUBLIC], cc: [by.followers] })],
    ['liked', (by, own) => by.activity('Like', own.uri)],
    ['reacted to', (by, own) => by.activity('EmojiReact', own.uri, { content: '🔥' })],
    ['answered', (by, own) => creating(by, by.note({ inReplyTo: own.uri, content: 'Indeed' }))],
    ['asked to quote', (by, own) => by.activity('QuoteRequest', own.uri, { instrument: quoting(by, own) })],
  ]
  it.each(ways)('is told so where somebody %s it (item 19)', async (_way, activityOf) => {
    const fern = await n.far.actor('fern')
    const own = await post('A lamp', { quote_approval_policy: 'public' })
    await n.say(fern, activityOf(fern, own))
    n.far.deliveries.length = 0
    await edit(own.id, 'A better lamp')
    await remove(own.id)
    expect(types()).toEqual(['Update', 'Delete'])
  })

  it('is told so where one of ours has boosted it to (item 19)', async () => {
    const fern = await n.far.actor('fern')
    await letBeFollowed(n.instance, n.marc, fern)
    const own = await post('A lamp')
    await n.marc.api.post(`/api/v1/statuses/${own.id}/reblog`)
    await n.instance.settle()
    n.far.deliveries.length = 0
    await edit(own.id, 'A better lamp')
    await remove(own.id)
    expect(types()).toEqual(expect.arrayContaining(['Update', 'Delete']))
  })

  it('is taken back from a former follower, who gets no edit of what is for followers (item 19)', async () => {
    const fern = await n.far.actor('fern')
    await letBeFollowed(n.instance, n.lea, fern)
    const own = await post('For followers', { visibility: 'private' })
    const open = await post('For all')
    await n.say(fern, fern.activity('Undo', fern.activity('Follow', n.instance.ctx.uris.actor('lea'))))
    n.far.deliveries.length = 0
    await edit(own.id, 'HIDDEN')
    expect(types()).toEqual([])
    await edit(open.id, 'For all, better')
    await remove(own.id)
    expect(types()).toEqual(['Update', 'Delete'])
    expect(isTold('HIDDEN')).toBe(false)
  })
})

describe('whom the author has blocked', () => {
  it('is told of no edit, served none, nor is its server; and of the deletion', async () => {
    const [fern, app, remo] = [await n.far.actor('fern'), await n.far.actor('app', { type: 'Application' }), n.remo]
    await lookUp(fern)
    const own = await post(`@${fern.acct} @${remo.acct} Hello`, { visibility: 'direct' })
    await block(fern)
    n.far.deliveries.length = 0
    await edit(own.id, `@${remo.acct} HIDDEN`)
    expect(isTold('HIDDEN')).toBe(false)
    const got = await Promise.all([fern, app].map((by) => by.get(own.uri, { at: n.now() })))
    expect(got.map(({ status }) => status)).toEqual([404, 404])
    await remove(own.id)
    expect(types()).toEqual(['Delete'])
  })

  it('is told of nothing that names it later, nor of its deletion, nor served it', async () => {
    const [fern, app] = [await n.far.actor('fern'), await n.far.actor('app', { type: 'Application' })]
    await lookUp(fern)
    await block(fern)
    n.far.deliveries.length = 0
    const own = await post(`@${fern.acct} HIDDEN`, { visibility: 'private' })
    const got = await Promise.all([fern, app].map((by) => by.get(own.uri, { at: n.now() })))
    expect(got.map(({ status }) => status)).toEqual([404, 404])
    await remove(own.id)
    expect(types()).toEqual([])
  })
  it('is all of a server that the author shuns (item 19)', async () => {
    const fern = await n.far.actor('fern')
    await lookUp(fern)
    const own = await post(`@${fern.acct} Hello`)
    await n.lea.api.post('/api/v1/domain_blocks', { domain: n.far.host })
    await n.instance.settle()
    n.far.deliveries.length = 0
    await edit(own.id, `@${fern.acct} HIDDEN`)
    expect(types()).toEqual([])
    await remove(own.id)
    expect(types()).toEqual(['Delete'])
  })
})
