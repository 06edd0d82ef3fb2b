import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { blockedHosts } from '#src/db/schema/blocks.ts'
import { shunHost } from '#src/features/blocks/shun.ts'
import { findFollowBetween } from '#src/features/follows/queries.ts'
import { receiveFollowRequest } from '#src/features/follows/receive.ts'
import { findVisiblePost } from '#src/features/posts/queries.ts'
import { Relationship } from '#test/contract/schemas.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { type Client, createClient, idsOf } from '#test/support/client.ts'
import { takeFacts } from '#test/support/facts.ts'
import { make, uniqueName } from '#test/support/make.ts'
import { walk } from '#test/support/paging.ts'

let test: TestApp
beforeAll(async () => {
  test = await createTestApp()
})
afterAll(() => test.close())
beforeEach(() => takeFacts(test.ctx))

async function somebody(scopes?: string[]) {
  const { actorId, headers, viewer } = await test.signIn(uniqueName('shunner'), scopes)
  return { client: createClient(test.app, headers), actorId, viewer }
}

const path = '/api/v1/domain_blocks'
const shunned = async (client: Client) => (await client.get(path)).body
const someHost = () => `${uniqueName('loud')}.example`

describe('a server that an actor shuns', () => {
  it('loses its follows in both directions, and is told of the ends alone', async () => {
    const { ctx } = test
    const [me, host] = [await somebody(), someHost()]
    const [friend, fan, other] = [
      await make.remoteActor(ctx, { host }),
      await make.remoteActor(ctx, { host }),
      await make.remoteActor(ctx),
    ]
    await make.follow(ctx, { followerId: me.actorId, followeeId: friend.id, effectId: '78' })
    await make.follow(ctx, { followerId: fan.id, followeeId: me.actorId, activityIri: `https://${host}/follows/1` })
    await make.follow(ctx, { followerId: me.actorId, followeeId: other.id })
    const neighbour = await somebody()
    await make.follow(ctx, { followerId: neighbour.actorId, followeeId: friend.id })
    expect(await me.client.post(path, { domain: host.toUpperCase() })).toMatchObject({ status: 200, body: {} })
    const left = [
      await findFollowBetween(ctx.db, me.actorId, friend.id),
      await findFollowBetween(ctx.db, fan.id, me.actorId),
    ]
    expect(left).toEqual([null, null])
    expect(await findFollowBetween(ctx.db, me.actorId, other.id)).not.toBeNull()
    expect(await findFollowBetween(ctx.db, neighbour.actorId, friend.id)).not.toBeNull()
    const facts = (await takeFacts(ctx)).toSorted((a, b) => a.type.localeCompare(b.type))
    expect(facts).toMatchObject([
      { type: 'follow.rejected', actorId: fan.id, targetId: me.actorId, isLocal: true },
      { type: 'follow.undone', actorId: me.actorId, targetId: friend.id, effectId: '78', isLocal: true },
    ])
    const { body } = await me.client.get(`/api/v1/accounts/relationships?id[]=${friend.id}&id[]=${other.id}`)
    expect(body.map((one: unknown) => Relationship.parse(one).domain_blocking)).toEqual([true, false])
  })

  it('is hidden from the actor, and the actor from it, and from nobody else', async () => {
    const { ctx } = test
    const [me, neighbour, host] = [await somebody(), await somebody(), someHost()]
    const there = await make.remoteActor(ctx, { host })
    const theirs = await make.post(ctx, { actorId: there.id, iri: `https://${host}/notes/1` })
    const boost = await make.boost(ctx, { actorId: neighbour.actorId, boostOfId: theirs.id })
    const mine = await make.post(ctx, { actorId: me.actorId })
    await me.client.post(path, { domain: host })
    expect((await me.client.get(`/api/v1/statuses/${theirs.id}`)).status).toBe(404)
    const shown = idsOf(await me.client.get(`/api/v1/accounts/${neighbour.actorId}/statuses`))
    expect(shown).not.toContain(boost.id)
    expect(idsOf(await me.client.get('/api/v1/timelines/public?remote=true'))).not.toContain(theirs.id)
    expect(await findVisiblePost(ctx.db, there.id, mine.id)).toBeNull()
    const elsewhere = await make.remoteActor(ctx)
    expect(await findVisiblePost(ctx.db, elsewhere.id, mine.id)).not.toBeNull()
    expect((await neighbour.client.get(`/api/v1/statuses/${theirs.id}`)).status).toBe(200)
    // The instance's own list is another one.
    expect(await ctx.db.select().from(blockedHosts)).toEqual([])
    await me.client.delete(`${path}?domain=${host}`)
    expect((await me.client.get(`/api/v1/statuses/${theirs.id}`)).status).toBe(200)
  })

  it('is refused when it asks, and not asked', async () => {
    const { ctx } = test
    const [me, host] = [await somebody(), someHost()]
    const there = await make.remoteActor(ctx, { host })
    await me.client.post(path, { domain: host })
    const request = { followerId: there.id, followeeId: me.actorId, activityIri: `https://${host}/f/1`, note: null }
    expect(await receiveFollowRequest(ctx, request)).toBe('rejected')
    expect((await me.client.post(`/api/v1/accounts/${there.id}/follow`)).status).toBe(403)
    const neighbour = await somebody()
    expect(await receiveFollowRequest(ctx, { ...request, followeeId: neighbour.actorId })).toBe('pending')
  })

  it('that asks at the same moment does not stay a follower', async () => {
    const { ctx } = test
    for (let round = 0; round < 5; round++) {
      const [me, host] = [await somebody(), someHost()]
      const there = await make.remoteActor(ctx, { host })
      const request = { followerId: there.id, followeeId: me.actorId, activityIri: `https://${host}/f/1`, note: null }
      await Promise.all([receiveFollowRequest(ctx, request), shunHost(ctx, me.viewer, host)])
      expect(await findFollowBetween(ctx.db, there.id, me.actorId)).toBeNull()
    }
  })
})

describe('the list of them', () => {
  it('is paged, and nobody else’s', async () => {
    const me = await somebody()
    const hosts = [someHost(), someHost(), someHost()]
    for (const domain of [...hosts, hosts[0]]) await me.client.form('POST', path, [['domain', domain ?? '']])
    const pages = await walk(me.client, `${path}?limit=2`, (host: string) => host)
    expect(pages).toEqual([[hosts[2], hosts[1]], [hosts[0]]])
    expect(await shunned((await somebody()).client)).toEqual([])
    await me.client.delete(`${path}?domain=${hosts[1]}`)
    expect(await shunned(me.client)).toEqual([hosts[2], hosts[0]])
    // Taken back twice is taken back once.
    expect((await me.client.delete(`${path}?domain=${hosts[1]}`)).status).toBe(200)
  })

  it('takes the domain of a DELETE from the body, too', async () => {
    const { headers } = await test.signIn(uniqueName('shunner'))
    const [client, host] = [createClient(test.app, headers), someHost()]
    await client.post(path, { domain: host })
    await test.app.inject({ method: 'DELETE', url: path, headers, payload: { domain: host } })
    expect(await shunned(client)).toEqual([])
  })

  it.each([
    ['nothing', {}, "Validation failed: Domain can't be blank"],
    ['a text with spaces', { domain: 'not a domain' }, 'Validation failed: Domain is not a valid domain name'],
    ['an address', { domain: 'https://there.example/' }, 'Validation failed: Domain is not a valid domain name'],
    ['this server', { domain: 'here.example' }, 'Validation failed: Domain is this server itself'],
  ])('takes no %s', async (_what, body, error) => {
    const { client } = await somebody()
    expect(await client.post(path, body)).toMatchObject({ status: 422, body: { error } })
  })

  it('writes domains as handles have them', async () => {
    const { client } = await somebody()
    await client.post(path, { domain: 'Bäckerei.example' })
    expect(await shunned(client)).toEqual(['xn--bckerei-5wa.example'])
  })

  it.each([
    ['GET', ['write:blocks']],
    ['POST', ['read:blocks']],
    ['DELETE', ['read']],
  ] as const)('asks for the right to %s', async (method, scopes) => {
    expect((await test.app.inject({ method, url: path })).statusCode).toBe(401)
    const { headers } = await test.signIn(uniqueName('shunner'), scopes)
    expect((await test.app.inject({ method, url: path, headers })).statusCode).toBe(403)
  })

  it('is not changed by a role that may not', async () => {
    const me = await somebody()
    const analyst = await make.member(test.ctx, me.actorId, 'analyst')
    await expect(shunHost(test.ctx, analyst, someHost())).rejects.toMatchObject({ status: 403 })
  })
})
