import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { receiveFollowRejected } from '#src/features/follows/receive.ts'
import { removeFollower } from '#src/features/follows/service.ts'
import { createList, listLimits } from '#src/features/lists/service.ts'
import { Account, List, Status } from '#test/contract/schemas.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { type Client, createClient, idsOf, type Json } from '#test/support/client.ts'
import { make, uniqueName } from '#test/support/make.ts'
import { linked, walk } from '#test/support/paging.ts'

let test: TestApp
beforeAll(async () => {
  test = await createTestApp()
})
afterAll(() => test.close())

async function somebody(scopes?: string[]) {
  const { actorId, headers, viewer } = await test.signIn(uniqueName('lister'), scopes)
  return { client: createClient(test.app, headers), actorId, viewer }
}

type Somebody = Awaited<ReturnType<typeof somebody>>

const someActor = async () => (await make.actor(test.ctx)).actor.id

async function someFriend({ actorId: followerId }: Somebody, more = {}): Promise<string> {
  const followeeId = await someActor()
  await make.follow(test.ctx, { followerId, followeeId, ...more })
  return followeeId
}

async function someList({ client }: Somebody, body: object = {}, members: string[] = []): Promise<string> {
  const { body: list } = await client.post('/api/v1/lists', { title: uniqueName('list'), ...body })
  if (members.length > 0) {
    const added = await client.post(`/api/v1/lists/${list.id}/accounts`, { account_ids: members })
    expect(added).toMatchObject({ status: 200, body: {} })
  }
  return list.id
}

const membersOf = async (client: Client, id: string) => idsOf(await client.get(`/api/v1/lists/${id}/accounts`))
const timeline = async (client: Client, id: string, query = '') =>
  idsOf(await client.get(`/api/v1/timelines/list/${id}${query}`))

describe('lists', () => {
  it('are made, changed, read and deleted by their owner alone (row 27)', async () => {
    const [me, other] = [await somebody(), await somebody()]
    const made = await me.client.post('/api/v1/lists', { title: ' Bakers ' })
    expect(List.parse(made.body)).toMatchObject({ title: 'Bakers', replies_policy: 'list', exclusive: false })
    const { id } = made.body
    const second = await me.client.form('POST', '/api/v1/lists', [
      ['title', 'Millers'],
      ['replies_policy', 'none'],
      ['exclusive', 'true'],
    ])
    expect(List.parse(second.body)).toMatchObject({ title: 'Millers', replies_policy: 'none', exclusive: true })
    const changed = await me.client.put(`/api/v1/lists/${id}`, { title: 'Cooks', replies_policy: 'followed' })
    expect(changed.body).toEqual({ id, title: 'Cooks', replies_policy: 'followed', exclusive: false })
    // What is not named stays.
    expect((await me.client.put(`/api/v1/lists/${second.body.id}`, { title: 'Mills' })).body.exclusive).toBe(true)
    expect((await me.client.get('/api/v1/lists')).body.map(({ title }: Json) => title)).toEqual(['Cooks', 'Mills'])
    expect(List.parse((await me.client.get(`/api/v1/lists/${id}`)).body).title).toBe('Cooks')
    expect((await other.client.get('/api/v1/lists')).body).toEqual([])
    for (const path of [`/api/v1/lists/${id}`, `/api/v1/lists/${id}/accounts`, `/api/v1/timelines/list/${id}`]) {
      expect((await other.client.get(path)).status).toBe(404)
    }
    expect((await other.client.put(`/api/v1/lists/${id}`, { title: 'x' })).status).toBe(404)
    expect((await other.client.delete(`/api/v1/lists/${id}`)).status).toBe(404)
    expect(await me.client.delete(`/api/v1/lists/${id}`)).toMatchObject({ status: 200, body: {} })
    expect((await me.client.get(`/api/v1/lists/${id}`)).status).toBe(404)
    expect((await me.client.get('/api/v1/lists/none')).status).toBe(404)
  })

  it.each([
    ['without a title', {}, "Validation failed: Title can't be blank"],
    ['with an unknown policy', { title: 'x', replies_policy: 'some' }, /replies_policy must be followed, list or none/],
    ['with a long title', { title: 'x'.repeat(257) }, /Title is too long/],
  ])('are refused %s', async (_what, body, error) => {
    const me = await somebody()
    const id = await someList(me)
    for (const answer of [
      await me.client.post('/api/v1/lists', body),
      await me.client.put(`/api/v1/lists/${id}`, body),
    ]) {
      expect(answer.status).toBe(422)
      expect(answer.body.error).toMatch(error)
    }
  })

  it('are no more than a hundred', async () => {
    const me = await somebody()
    for (let n = 0; n < listLimits.lists; n++) await createList(test.ctx, me.viewer, { title: `${n}` })
    expect((await me.client.post('/api/v1/lists', { title: 'one more' })).status).toBe(422)
  })

  it.each([
    ['GET', '/api/v1/lists', ['read:follows']],
    ['GET', '/api/v1/lists/1', ['write:lists']],
    ['POST', '/api/v1/lists', ['read:lists']],
    ['PUT', '/api/v1/lists/1', ['read']],
    ['DELETE', '/api/v1/lists/1', ['read']],
    ['GET', '/api/v1/lists/1/accounts', ['write']],
    ['POST', '/api/v1/lists/1/accounts', ['follow']],
    ['DELETE', '/api/v1/lists/1/accounts', ['read']],
    ['GET', '/api/v1/accounts/1/lists', ['read:accounts']],
    ['GET', '/api/v1/timelines/list/1', ['read:statuses']],
  ] as const)('ask for the right to %s %s', async (method, url, scopes) => {
    expect((await test.app.inject({ method, url })).statusCode).toBe(401)
    const { headers } = await test.signIn(uniqueName('lister'), scopes)
    expect((await test.app.inject({ method, url, headers })).statusCode).toBe(403)
  })

  it('are not made by a role that only reads', async () => {
    const me = await somebody()
    const analyst = await make.member(test.ctx, me.actorId, 'analyst')
    await expect(createList(test.ctx, analyst, { title: 'x' })).rejects.toMatchObject({ status: 403 })
  })
})

describe('the members of a list', () => {
  it('are followed actors, come once, and are told by list and by account', async () => {
    const me = await somebody()
    const [friend, asked, stranger] = [
      await someFriend(me),
      await someFriend(me, { state: 'pending' }),
      await someActor(),
    ]
    const id = await someList(me, {}, [friend, asked, me.actorId])
    const { body } = await me.client.get(`/api/v1/lists/${id}/accounts`)
    expect(body.map((one: unknown) => Account.parse(one).id).toSorted()).toEqual([friend, asked, me.actorId].toSorted())
    const add = (ids: string[]) => me.client.post(`/api/v1/lists/${id}/accounts`, { account_ids: ids })
    expect((await add([stranger])).status).toBe(404)
    expect((await add(['1'])).status).toBe(404)
    expect((await add(['somebody'])).status).toBe(404)
    expect(await add([friend])).toMatchObject({
      status: 422,
      body: { error: 'Validation failed: Account has already been taken' },
    })
    // All or none.
    const next = await someFriend(me)
    expect((await add([next, stranger])).status).toBe(404)
    expect(await membersOf(me.client, id)).not.toContain(next)
    expect((await me.client.post('/api/v1/lists/1/accounts', { account_ids: [friend] })).status).toBe(404)
    expect(idsOf(await me.client.get(`/api/v1/accounts/${friend}/lists`))).toEqual([id])
    expect((await me.client.get(`/api/v1/accounts/${stranger}/lists`)).body).toEqual([])
    expect((await me.client.get('/api/v1/accounts/1/lists')).status).toBe(404)
  })

  it('are taken out by ids in the address or in the body', async () => {
    const me = await somebody()
    const [a, b, c] = [await someFriend(me), await someFriend(me), await someFriend(me)]
    const id = await someList(me, {}, [a, b, c])
    const path = `/api/v1/lists/${id}/accounts`
    expect(await me.client.delete(`${path}?account_ids[]=${a}`)).toMatchObject({ status: 200, body: {} })
    const { headers } = await test.signIn(uniqueName('stranger'))
    const foreign = await test.app.inject({ method: 'DELETE', url: path, headers, payload: { account_ids: [b] } })
    expect(foreign.statusCode).toBe(404)
    expect((await membersOf(me.client, id)).toSorted()).toEqual([b, c].toSorted())
    const left = await me.client.form('DELETE', path, [['account_ids[]', b]])
    expect(left.status).toBe(200)
    expect(await membersOf(me.client, id)).toEqual([c])
  })

  it('are paged, and all there with limit=0', async () => {
    const me = await somebody()
    const friends = [await someFriend(me), await someFriend(me), await someFriend(me)]
    const id = await someList(me)
    for (const one of friends) await me.client.post(`/api/v1/lists/${id}/accounts`, { account_ids: [one] })
    const path = `/api/v1/lists/${id}/accounts`
    const [a, b, c] = friends
    expect(await walk(me.client, `${path}?limit=2`, ({ id: one }: Json) => one)).toEqual([[c, b], [a]])
    const last = await me.client.get(linked(await me.client.get(`${path}?limit=2`), 'next') ?? '')
    expect(idsOf(await me.client.get(linked(last, 'prev') ?? ''))).toEqual([c, b])
    expect(idsOf(await me.client.get(`${path}?limit=0`))).toEqual([c, b, a])
  })

  it('leave with the follow, however it ends', async () => {
    const me = await somebody()
    const [left, blocked, taken] = [await someFriend(me), await someFriend(me), await make.actor(test.ctx)]
    const remote = await make.remoteActor(test.ctx)
    for (const followeeId of [taken.actor.id, remote.id])
      await make.follow(test.ctx, { followerId: me.actorId, followeeId })
    const asked = await make.remoteActor(test.ctx)
    await make.follow(test.ctx, { followerId: me.actorId, followeeId: asked.id, state: 'pending' })
    const all = [left, blocked, taken.actor.id, remote.id, asked.id]
    const id = await someList(me, {}, all)
    const ends: [string, () => Promise<unknown>][] = [
      [left, () => me.client.post(`/api/v1/accounts/${left}/unfollow`)],
      [blocked, () => me.client.post(`/api/v1/accounts/${blocked}/block`)],
      [taken.actor.id, () => removeFollower(test.ctx, taken.viewer, me.actorId)],
      ...[remote.id, asked.id].map((followeeId): [string, () => Promise<unknown>] => [
        followeeId,
        () => receiveFollowRejected(test.ctx, { followeeId, followerId: me.actorId, effectId: null }),
      ]),
    ]
    for (const [actorId, end] of ends) {
      expect(await membersOf(me.client, id)).toContain(actorId)
      await end()
      expect(await membersOf(me.client, id)).not.toContain(actorId)
    }
    expect(await membersOf(me.client, id)).toEqual([])
  })
})

describe('the timeline of a list', () => {
  it('has what its members publish and nobody else, page by page', async () => {
    const me = await somebody()
    const [member, friend, asked] = [
      await someFriend(me),
      await someFriend(me),
      await someFriend(me, { state: 'pending' }),
    ]
    const id = await someList(me, {}, [member, asked])
    const first = await make.post(test.ctx, { actorId: member, visibility: 'followers' })
    const mine = await make.post(test.ctx, { actorId: me.actorId })
    const theirs = await make.post(test.ctx, { actorId: friend })
    const hidden = await make.post(test.ctx, { actorId: asked })
    const boost = await make.boost(test.ctx, { actorId: member, boostOfId: theirs.id })
    const last = await make.post(test.ctx, { actorId: member })
    const answer = await me.client.get(`/api/v1/timelines/list/${id}`)
    for (const status of answer.body) Status.parse(status)
    expect(idsOf(answer)).toEqual([last.id, boost.id, first.id])
    expect(idsOf(answer)).not.toContain(hidden.id)
    const pages = await walk(me.client, `/api/v1/timelines/list/${id}?limit=2`, ({ id: one }: Json) => one)
    expect(pages).toEqual([[last.id, boost.id], [first.id]])
    expect(await timeline(me.client, id, `?min_id=${first.id}&limit=1`)).toEqual([boost.id])
    expect(await timeline(me.client, id, `?since_id=${first.id}&limit=1`)).toEqual([last.id])
    // The owner may stand in its own list.
    await me.client.post(`/api/v1/lists/${id}/accounts`, { account_ids: [me.actorId] })
    expect(await timeline(me.client, id)).toEqual([last.id, boost.id, mine.id, first.id])
  })

  it('keeps to what is wanted of a follow, and to mutes', async () => {
    const me = await somebody()
    const [quiet, muted] = [await someFriend(me, { showsBoosts: false, languages: ['fr'] }), await someFriend(me)]
    const id = await someList(me, {}, [quiet, muted])
    const french = await make.post(test.ctx, { actorId: quiet, language: 'fr' })
    await make.post(test.ctx, { actorId: quiet, language: 'de' })
    const other = await make.post(test.ctx, { actorId: await someActor() })
    await make.boost(test.ctx, { actorId: quiet, boostOfId: other.id })
    await make.post(test.ctx, { actorId: muted })
    await me.client.post(`/api/v1/accounts/${muted}/mute`)
    expect(await timeline(me.client, id)).toEqual([french.id])
  })

  it.each([
    ['followed', ['follower', 'member', 'self', 'owner']],
    ['list', ['member', 'self', 'owner']],
    ['none', ['self', 'owner']],
  ])('shows with the policy %s answers to %j', async (policy, expected) => {
    const me = await somebody()
    const [member, fellow, friend, stranger] = [
      await someFriend(me),
      await someFriend(me),
      await someFriend(me),
      await someActor(),
    ]
    const id = await someList(me, { replies_policy: policy }, [member, fellow])
    const targets = { follower: friend, member: fellow, self: member, owner: me.actorId, stranger }
    const answers = new Map<string, string>()
    for (const [name, to] of Object.entries(targets)) {
      const asked = await make.post(test.ctx, {
        actorId: to,
        publishedAt: new Date(test.clock.now().getTime() - 60_000),
      })
      const reply = { actorId: member, inReplyToId: asked.id, inReplyToActorId: to }
      answers.set((await make.post(test.ctx, reply)).id, name)
    }
    const shown = (await timeline(me.client, id)).flatMap((one) => answers.get(one) ?? [])
    expect(shown.toSorted()).toEqual(expected.toSorted())
  })

  it('takes its members out of home when it is exclusive', async () => {
    const me = await somebody()
    const [member, friend] = [await someFriend(me), await someFriend(me)]
    const id = await someList(me, { exclusive: true }, [member, me.actorId])
    const theirs = await make.post(test.ctx, { actorId: member })
    const mine = await make.post(test.ctx, { actorId: me.actorId })
    const other = await make.post(test.ctx, { actorId: friend })
    const home = async (query = '') => idsOf(await me.client.get(`/api/v1/timelines/home${query}`))
    expect(await home()).toEqual([other.id, mine.id])
    expect(await home('?since_id=1')).toEqual([other.id, mine.id])
    expect(await timeline(me.client, id)).toEqual([mine.id, theirs.id])
    await me.client.put(`/api/v1/lists/${id}`, { title: 'open', exclusive: false })
    expect(await home()).toEqual([other.id, mine.id, theirs.id])
  })
})
