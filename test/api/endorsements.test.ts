import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { receiveBlock } from '#src/features/blocks/service.ts'
import { endorse } from '#src/features/endorsements/service.ts'
import { Account, Relationship } from '#test/contract/schemas.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { createClient, idsOf, type Json } from '#test/support/client.ts'
import { make, uniqueName } from '#test/support/make.ts'
import { walk } from '#test/support/paging.ts'

let test: TestApp
beforeAll(async () => {
  test = await createTestApp()
})
afterAll(() => test.close())

async function somebody(scopes?: string[]) {
  const { actorId, headers, viewer } = await test.signIn(uniqueName('host'), scopes)
  const client = createClient(test.app, headers)
  const friend = async (more = {}) => {
    const followeeId = (await make.actor(test.ctx)).actor.id
    await make.follow(test.ctx, { followerId: actorId, followeeId, ...more })
    return followeeId
  }
  const act = (id: string, name: string) => client.post(`/api/v1/accounts/${id}/${name}`)
  return { client, actorId, viewer, friend, act }
}

describe('an endorsement', () => {
  it.each([
    ['endorse', 'unendorse'],
    ['pin', 'unpin'],
  ])('is made by %s and ends by %s', async (name, undo) => {
    const me = await somebody()
    const friend = await me.friend()
    for (let n = 0; n < 2; n++)
      expect(Relationship.parse((await me.act(friend, name)).body)).toMatchObject({ id: friend, endorsed: true })
    const own = await me.client.get('/api/v1/endorsements')
    expect(own.body.map((one: unknown) => Account.parse(one).id)).toEqual([friend])
    const anybody = createClient(test.app)
    expect(idsOf(await anybody.get(`/api/v1/accounts/${me.actorId}/endorsements`))).toEqual([friend])
    expect(Relationship.parse((await me.act(friend, undo)).body)).toMatchObject({ endorsed: false })
    expect((await anybody.get(`/api/v1/accounts/${me.actorId}/endorsements`)).body).toEqual([])
  })

  it('is of somebody whom one follows, by a role that may change the profile', async () => {
    const [me, stranger] = [await somebody(), await somebody()]
    const asked = await me.friend({ state: 'pending' })
    for (const id of [stranger.actorId, asked]) expect((await me.act(id, 'endorse')).status).toBe(422)
    for (const name of ['endorse', 'unendorse']) expect((await me.act('1', name)).status).toBe(404)
    expect((await me.client.get('/api/v1/accounts/1/endorsements')).status).toBe(404)
    const friend = await me.friend()
    const publisher = await make.member(test.ctx, me.actorId, 'publisher')
    await expect(endorse(test.ctx, publisher, friend)).rejects.toMatchObject({ status: 403 })
  })

  it('ends with the follow, and does not come back with it', async () => {
    const me = await somebody()
    const friend = await me.friend()
    await me.act(friend, 'endorse')
    await me.act(friend, 'unfollow')
    expect((await me.client.get('/api/v1/endorsements')).body).toEqual([])
    await make.follow(test.ctx, { followerId: me.actorId, followeeId: friend })
    expect((await me.client.get('/api/v1/endorsements')).body).toEqual([])
  })

  it('is shown only to whom the endorsed is, page by page, the last first', async () => {
    const [me, other] = [await somebody(), await somebody()]
    const friends = [await me.friend(), await me.friend(), await me.friend()]
    for (const id of friends) await me.act(id, 'endorse')
    const path = `/api/v1/accounts/${me.actorId}/endorsements`
    const [a, b, c] = friends
    for (const list of [path, '/api/v1/endorsements'])
      expect(await walk(me.client, `${list}?limit=2`, ({ id }: Json) => id)).toEqual([[c, b], [a]])
    await receiveBlock(test.ctx, {
      actorId: b ?? '',
      blockedId: other.actorId,
      activityIri: 'https://there.example/blocks/1',
    })
    expect(idsOf(await other.client.get(path))).toEqual([c, a])
    expect(idsOf(await createClient(test.app).get(path))).toEqual([c, b, a])
  })
})

it.each([
  ['POST', '/api/v1/accounts/1/endorse', ['write:follows']],
  ['POST', '/api/v1/accounts/1/unendorse', ['read']],
  ['POST', '/api/v1/accounts/1/pin', ['follow']],
  ['POST', '/api/v1/accounts/1/unpin', ['read']],
  ['GET', '/api/v1/endorsements', ['read:follows']],
] as const)('asks for the right to %s %s', async (method, url, scopes) => {
  expect((await test.app.inject({ method, url })).statusCode).toBe(401)
  const { headers } = await test.signIn(uniqueName('host'), scopes)
  expect((await test.app.inject({ method, url, headers })).statusCode).toBe(403)
})
