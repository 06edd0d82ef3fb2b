import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { transaction } from '#src/db/client.ts'
import { blocks } from '#src/db/schema/blocks.ts'
import { effects } from '#src/db/schema/effects.ts'
import { follows } from '#src/db/schema/follows.ts'
import { emit } from '#src/effects.ts'
import { acceptFollow, requestFollow, undoFollow } from '#src/features/follows/service.ts'
import { dismissNotification } from '#src/features/notifications/service.ts'
import { receiveLike } from '#src/features/reactions/service.ts'
import { Notification } from '#test/contract/schemas.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { type Client, createClient, idsOf } from '#test/support/client.ts'
import { tellEverybody } from '#test/support/effects.ts'
import { make, uniqueName } from '#test/support/make.ts'

let test: TestApp
beforeAll(async () => {
  test = await createTestApp()
})
afterAll(() => test.close())

async function somebody() {
  const handle = uniqueName('person')
  const { actorId, viewer, headers } = await test.signIn(handle)
  return { client: createClient(test.app, headers), actorId, viewer, handle }
}

const write = async (client: Client, status: string, more = {}) =>
  (await client.post('/api/v1/statuses', { status, ...more })).body.id as string

/** What somebody is told, newest first, as type and sender. */
async function told(client: Client, query = ''): Promise<[string, string, string | undefined][]> {
  await tellEverybody(test.ctx)
  const { body } = await client.get(`/api/v1/notifications${query}`)
  return body.map((one: unknown) => {
    const { type, account, ...rest } = Notification.parse(one)
    return [type, account.id, 'status' in rest ? rest.status.id : undefined]
  })
}

describe('people are told', () => {
  it('of likes and boosts of what they wrote, and no longer when these are taken back', async () => {
    const [writer, fan] = [await somebody(), await somebody()]
    const id = await write(writer.client, 'a')
    await fan.client.post(`/api/v1/statuses/${id}/favourite`)
    await fan.client.post(`/api/v1/statuses/${id}/reblog`)
    expect(await told(writer.client)).toEqual([
      ['reblog', fan.actorId, id],
      ['favourite', fan.actorId, id],
    ])
    await fan.client.post(`/api/v1/statuses/${id}/unfavourite`)
    expect(await told(writer.client)).toEqual([['reblog', fan.actorId, id]])
    await fan.client.post(`/api/v1/statuses/${id}/unreblog`)
    expect(await told(writer.client)).toEqual([])
  })

  it('of likes from elsewhere', async () => {
    const writer = await somebody()
    const id = await write(writer.client, 'a')
    const remote = await make.remoteActor(test.ctx)
    const like = { actorId: remote.id, postId: id, activityIri: 'https://there.example/likes/1' }
    expect(await receiveLike(test.ctx, like)).toBe('created')
    expect(await receiveLike(test.ctx, { ...like, activityIri: 'https://there.example/likes/2' })).toBe('already')
    expect(await told(writer.client)).toEqual([['favourite', remote.id, id]])
  })

  it('when they are named, once, also by an edit', async () => {
    const [writer, reader, late] = [await somebody(), await somebody(), await somebody()]
    const id = await write(writer.client, `@${reader.handle} hello`)
    expect(await told(reader.client)).toEqual([['mention', writer.actorId, id]])
    await writer.client.put(`/api/v1/statuses/${id}`, { status: `@${reader.handle} @${late.handle} hello` })
    expect(await told(reader.client)).toEqual([['mention', writer.actorId, id]])
    expect(await told(late.client)).toEqual([['mention', writer.actorId, id]])
  })

  it('of new posts of whom they asked to be told, but not of boosts and answers to others, nor twice', async () => {
    const [writer, reader] = [await somebody(), await somebody()]
    await make.follow(test.ctx, { followerId: reader.actorId, followeeId: writer.actorId, notifies: true })
    const other = await make.post(test.ctx, { actorId: (await make.actor(test.ctx)).actor.id })
    const first = await write(writer.client, 'one', { visibility: 'private' })
    const second = await write(writer.client, 'two', { in_reply_to_id: first })
    await write(writer.client, 'three', { in_reply_to_id: other.id })
    await write(writer.client, 'four', { visibility: 'direct' })
    await writer.client.post(`/api/v1/statuses/${other.id}/reblog`)
    const named = await write(writer.client, `@${reader.handle} five`)
    expect(await told(reader.client)).toEqual([
      ['mention', writer.actorId, named],
      ['status', writer.actorId, second],
      ['status', writer.actorId, first],
    ])
  })

  it('when what they boosted says something else, for each edit anew', async () => {
    const [writer, fan] = [await somebody(), await somebody()]
    const id = await write(writer.client, 'one')
    await fan.client.post(`/api/v1/statuses/${id}/reblog`)
    await writer.client.put(`/api/v1/statuses/${id}`, { status: 'two' })
    await told(fan.client)
    const first = idsOf(await fan.client.get('/api/v1/notifications'))
    await writer.client.put(`/api/v1/statuses/${id}`, { status: 'three' })
    expect(await told(fan.client)).toEqual([['update', writer.actorId, id]])
    expect(idsOf(await fan.client.get('/api/v1/notifications'))).not.toEqual(first)
  })

  it('of requests to follow them, then of the follower, then of nothing', async () => {
    const [one, other] = [await somebody(), await somebody()]
    await requestFollow(test.ctx, other.viewer, { actorId: one.actorId })
    expect(await told(one.client)).toEqual([['follow_request', other.actorId, undefined]])
    await acceptFollow(test.ctx, one.viewer, other.actorId)
    expect(await told(one.client)).toEqual([['follow', other.actorId, undefined]])
    await undoFollow(test.ctx, other.viewer, one.actorId)
    expect(await told(one.client)).toEqual([])
  })

  it('of nothing that they did themselves', async () => {
    const writer = await somebody()
    const id = await write(writer.client, `@${writer.handle} me`)
    await writer.client.post(`/api/v1/statuses/${id}/favourite`)
    await writer.client.post(`/api/v1/statuses/${id}/reblog`)
    expect(await told(writer.client)).toEqual([])
  })

  it('of nobody with whom there is a block, whenever it was made', async () => {
    for (const isBefore of [true, false]) {
      const [writer, other] = [await somebody(), await somebody()]
      const block = () => test.ctx.db.insert(blocks).values({ actorId: writer.actorId, blockedId: other.actorId })
      if (isBefore) await block()
      await make
        .post(test.ctx, { actorId: other.actorId, recipientIds: [writer.actorId] })
        .then(({ id }) => transaction(test.ctx.db, (tx) => emit(tx, { type: 'post.created', postId: id })))
      await tellEverybody(test.ctx)
      if (!isBefore) await block()
      expect(await told(writer.client)).toEqual([])
    }
  })

  it('of nothing old that was only fetched now', async () => {
    const reader = await somebody()
    const remote = await make.remoteActor(test.ctx)
    const publishedAt = new Date(test.clock.now().getTime() - 11 * 86_400_000)
    const post = {
      actorId: remote.id,
      iri: `https://there.example/${uniqueName('p')}`,
      publishedAt,
      recipientIds: [reader.actorId],
    }
    const { id } = await make.post(test.ctx, post)
    await transaction(test.ctx.db, (tx) => emit(tx, { type: 'post.created', postId: id }, 'remote'))
    expect(await told(reader.client)).toEqual([])
  })

  it('of nothing any more when the post is deleted', async () => {
    const [writer, reader] = [await somebody(), await somebody()]
    const id = await write(writer.client, `@${reader.handle} hello`)
    expect(await told(reader.client)).toHaveLength(1)
    await writer.client.delete(`/api/v1/statuses/${id}`)
    // Hidden at once, removed when the fact is worked off.
    expect((await reader.client.get('/api/v1/notifications')).body).toEqual([])
    await tellEverybody(test.ctx)
    const rows = await test.ctx.db.$client`select 1 from notifications where post_id = ${id}`
    expect(rows).toHaveLength(0)
  })

  it('once, when a fact is worked off twice (row 88)', async () => {
    const [writer, fan] = [await somebody(), await somebody()]
    const id = await write(writer.client, 'a')
    await fan.client.post(`/api/v1/statuses/${id}/favourite`)
    await tellEverybody(test.ctx)
    await test.ctx.db.update(effects).set({ dispatchedAt: null }).where(eq(effects.type, 'like.created'))
    expect(await told(writer.client)).toHaveLength(1)
  })
})

describe('the list', () => {
  /** Somebody who was followed, named and liked by three people. */
  async function busy() {
    const me = await somebody()
    const people = [await somebody(), await somebody(), await somebody()]
    const id = await write(me.client, 'a')
    for (const { client, actorId } of people) {
      await make.follow(test.ctx, { followerId: actorId, followeeId: me.actorId })
      const [follow] = await test.ctx.db
        .select({ id: follows.id })
        .from(follows)
        .where(and(eq(follows.followerId, actorId), eq(follows.followeeId, me.actorId)))
      await transaction(test.ctx.db, (tx) =>
        emit(tx, { type: 'follow.accepted', followId: follow?.id ?? '', activityIri: null }),
      )
      await write(client, `@${me.handle}`)
      await client.post(`/api/v1/statuses/${id}/favourite`)
    }
    await tellEverybody(test.ctx)
    return { ...me, people }
  }

  it('is cut by type and by sender', async () => {
    const { client, people } = await busy()
    const types = async (query: string) => (await told(client, query)).map(([type]) => type)
    expect(await types('')).toHaveLength(9)
    expect(await types('?types[]=mention')).toEqual(['mention', 'mention', 'mention'])
    expect(await types('?types[]=mention&types[]=follow&exclude_types[]=follow')).toEqual([
      'mention',
      'mention',
      'mention',
    ])
    expect(await types('?exclude_types[]=mention&exclude_types[]=favourite')).toEqual(['follow', 'follow', 'follow'])
    expect(await types('?types[]=poll')).toEqual([])
    expect((await types(`?account_id=${people[1]?.actorId}`)).sort()).toEqual(['favourite', 'follow', 'mention'])
  })

  it('is walked through page by page', async () => {
    const { client } = await busy()
    const all = idsOf(await client.get('/api/v1/notifications'))
    const first = await client.get('/api/v1/notifications?limit=4')
    expect(idsOf(first)).toEqual(all.slice(0, 4))
    const next = /<https:\/\/here.example([^>]+)>; rel="next"/.exec(String(first.headers.link))?.[1] ?? ''
    expect(idsOf(await client.get(next))).toEqual(all.slice(4, 8))
    expect(idsOf(await client.get(`/api/v1/notifications?min_id=${all[5]}&limit=2`))).toEqual(all.slice(3, 5))
  })

  it('gives one by its id, to whom it belongs', async () => {
    const [{ client }, other] = [await busy(), await somebody()]
    const [id] = idsOf(await client.get('/api/v1/notifications'))
    expect(Notification.parse((await client.get(`/api/v1/notifications/${id}`)).body).id).toBe(id)
    expect((await other.client.get(`/api/v1/notifications/${id}`)).status).toBe(404)
    expect((await client.get('/api/v1/notifications/abc')).status).toBe(404)
  })

  it('is emptied one by one or at once, by who may', async () => {
    const [me, other] = [await busy(), await somebody()]
    const [id = ''] = idsOf(await me.client.get('/api/v1/notifications'))
    expect((await other.client.post(`/api/v1/notifications/${id}/dismiss`)).status).toBe(404)
    const analyst = await make.member(test.ctx, me.actorId, 'analyst')
    await expect(dismissNotification(test.ctx, analyst, id)).rejects.toMatchObject({ status: 403 })
    expect(await me.client.post(`/api/v1/notifications/${id}/dismiss`)).toMatchObject({ status: 200, body: {} })
    expect((await me.client.post(`/api/v1/notifications/${id}/dismiss`)).status).toBe(404)
    expect((await me.client.get('/api/v1/notifications')).body).toHaveLength(8)
    expect(await me.client.post('/api/v1/notifications/clear')).toMatchObject({ status: 200, body: {} })
    expect((await me.client.get('/api/v1/notifications')).body).toEqual([])
  })

  it('is for tokens that may read notifications', async () => {
    const { headers } = await test.signIn(uniqueName('poster'), ['write', 'read:statuses'])
    expect((await createClient(test.app, headers).get('/api/v1/notifications')).status).toBe(403)
    expect((await createClient(test.app).get('/api/v1/notifications')).status).toBe(401)
  })
})
