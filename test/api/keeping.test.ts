import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { effects } from '#src/db/schema/effects.ts'
import { pinPost, receivePin } from '#src/features/posts/pin.ts'
import { Status } from '#test/contract/schemas.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { type Client, createClient, idsOf } from '#test/support/client.ts'
import { tellEverybody } from '#test/support/effects.ts'
import { make, uniqueName } from '#test/support/make.ts'

let test: TestApp
beforeAll(async () => {
  test = await createTestApp()
})
afterAll(() => test.close())

async function somebody(scopes?: string[]) {
  const handle = uniqueName('person')
  const { actorId, headers, viewer } = await test.signIn(handle, scopes)
  return { client: createClient(test.app, headers), actorId, viewer, handle }
}

const write = async (client: Client, status: string, more = {}): Promise<string> =>
  (await client.post('/api/v1/statuses', { status, ...more })).body.id

describe('a bookmark', () => {
  it('keeps a post for its reader alone, until it is taken away', async () => {
    const [writer, reader] = [await somebody(), await somebody()]
    const ids = [await write(writer.client, '1'), await write(writer.client, '2'), await write(writer.client, '3')]
    for (const id of [...ids, ...ids]) {
      const { body } = await reader.client.post(`/api/v1/statuses/${id}/bookmark`)
      expect(Status.parse(body)).toMatchObject({ id, bookmarked: true })
    }
    expect((await writer.client.get(`/api/v1/statuses/${ids[0]}`)).body.bookmarked).toBe(false)
    expect(idsOf(await writer.client.get('/api/v1/bookmarks'))).toEqual([])
    const first = await reader.client.get('/api/v1/bookmarks?limit=2')
    expect(idsOf(first)).toEqual([ids[2], ids[1]])
    const next = new URL(String(/<([^>]+)>; rel="next"/.exec(String(first.headers.link))?.[1]))
    expect(idsOf(await reader.client.get(next.pathname + next.search))).toEqual([ids[0]])
    const { body } = await reader.client.post(`/api/v1/statuses/${ids[1]}/unbookmark`)
    expect(body).toMatchObject({ id: ids[1], bookmarked: false })
    expect(idsOf(await reader.client.get('/api/v1/bookmarks'))).toEqual([ids[2], ids[0]])
  })

  it('shows nothing that its reader may no longer see', async () => {
    const [writer, reader] = [await somebody(), await somebody()]
    const follow = await make.follow(test.ctx, { followerId: reader.actorId, followeeId: writer.actorId })
    const id = await write(writer.client, 'for followers', { visibility: 'private' })
    await reader.client.post(`/api/v1/statuses/${id}/bookmark`)
    await test.ctx.db.$client`delete from follows where id = ${follow.id}`
    expect(idsOf(await reader.client.get('/api/v1/bookmarks'))).toEqual([])
    expect((await reader.client.post(`/api/v1/statuses/${id}/bookmark`)).status).toBe(404)
    expect((await reader.client.post('/api/v1/statuses/1/bookmark')).status).toBe(404)
  })

  it('of a boost is one of what it shows, and needs its scope', async () => {
    const [writer, reader, other] = [await somebody(), await somebody(), await somebody(['write:favourites', 'read'])]
    const id = await write(writer.client, 'a')
    const boost = (await other.client.post(`/api/v1/statuses/${id}/bookmark`)).status
    expect(boost).toBe(403)
    const { body } = await writer.client.post(`/api/v1/statuses/${id}/reblog`)
    await reader.client.post(`/api/v1/statuses/${body.id}/bookmark`)
    expect(idsOf(await reader.client.get('/api/v1/bookmarks'))).toEqual([id])
  })
})

describe('a muted conversation', () => {
  it('tells its reader nothing more, whoever says it', async () => {
    const [writer, other] = [await somebody(), await somebody()]
    const id = await write(writer.client, 'a')
    expect((await writer.client.post(`/api/v1/statuses/${id}/mute`)).body).toMatchObject({ id, muted: true })
    const answer = await write(other.client, `@${writer.handle} b`, { in_reply_to_id: id })
    await other.client.post(`/api/v1/statuses/${id}/favourite`)
    await tellEverybody(test.ctx)
    expect((await writer.client.get('/api/v1/notifications')).body).toEqual([])
    expect((await writer.client.get(`/api/v1/statuses/${answer}`)).body.muted).toBe(true)
    expect((await other.client.get(`/api/v1/statuses/${id}`)).body.muted).toBe(false)
    expect((await writer.client.post(`/api/v1/statuses/${id}/unmute`)).body.muted).toBe(false)
    await write(other.client, `@${writer.handle} c`, { in_reply_to_id: id })
    await tellEverybody(test.ctx)
    expect((await writer.client.get('/api/v1/notifications')).body).toHaveLength(1)
  })
})

describe('a pin', () => {
  it('shows a post first, to whom the post is shown', async () => {
    const [writer, reader] = [await somebody(), await somebody()]
    const [open, closed] = [await write(writer.client, 'a'), await write(writer.client, 'b', { visibility: 'private' })]
    for (const id of [open, closed]) {
      const { body } = await writer.client.post(`/api/v1/statuses/${id}/pin`)
      expect(Status.parse(body)).toMatchObject({ id, pinned: true })
    }
    const pinned = ({ client }: { client: Client }) =>
      client.get(`/api/v1/accounts/${writer.actorId}/statuses?pinned=true`)
    expect(idsOf(await pinned(writer))).toEqual([closed, open])
    expect(idsOf(await pinned(reader))).toEqual([open])
    expect((await reader.client.get(`/api/v1/statuses/${open}`)).body).not.toHaveProperty('pinned')
    const served = await test.app.inject(`/users/${writer.handle}/collections/featured`)
    expect(served.json()).toMatchObject({
      totalItems: 1,
      orderedItems: [`https://here.example/users/${writer.handle}/statuses/${open}`],
    })
    expect((await writer.client.post(`/api/v1/statuses/${open}/unpin`)).body.pinned).toBe(false)
    expect(idsOf(await pinned(reader))).toEqual([])
  })

  it('stands first on the pages of its author, once', async () => {
    const writer = await somebody()
    const [oldest, newer] = [await write(writer.client, 'the oldest'), await write(writer.client, 'the newer')]
    await writer.client.post(`/api/v1/statuses/${oldest}/pin`)
    for (const path of [`/@${writer.handle}`, `/@${writer.handle}/with_replies`]) {
      const { body } = await test.app.inject(path)
      const places = [oldest, newer].map((id) => body.indexOf(`/@${writer.handle}/${id}"`))
      expect(places[0]).toBeGreaterThan(0)
      expect(places[0]).toBeLessThan(Number(places[1]))
      expect(body.split('Pinned').length, path).toBe(2)
      expect(body.split('the oldest').length, path).toBe(2)
    }
    const { body: next } = await test.app.inject(`/@${writer.handle}?max_id=${newer}`)
    expect(next).toContain('the oldest')
    expect(next).not.toContain('Pinned')
  })

  it('is for five posts of one’s own that are no boosts and not direct', async () => {
    const [writer, other] = [await somebody(), await somebody()]
    const foreign = await write(other.client, 'a')
    const direct = await write(writer.client, `@${other.handle} b`, { visibility: 'direct' })
    const { body: boost } = await writer.client.post(`/api/v1/statuses/${foreign}/reblog`)
    for (const id of [foreign, direct, boost.id])
      expect((await writer.client.post(`/api/v1/statuses/${id}/pin`)).status).toBe(422)
    expect((await other.client.post(`/api/v1/statuses/${direct}/pin`)).status).toBe(422)
    const ids = await Promise.all(Array.from({ length: 6 }, (_, n) => write(writer.client, String(n))))
    const outcomes = await Promise.allSettled(ids.map((id) => pinPost(test.ctx, writer.viewer, id)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(5)
    const [deleted] = ids.filter((_id, n) => outcomes[n]?.status === 'fulfilled')
    await writer.client.delete(`/api/v1/statuses/${deleted}`)
    const last = ids[outcomes.findIndex(({ status }) => status === 'rejected')]
    expect((await writer.client.post(`/api/v1/statuses/${last}/pin`)).status).toBe(200)
  })

  it('is a fact once, however often it is asked for', async () => {
    const writer = await somebody()
    const id = await write(writer.client, 'a')
    for (const act of ['pin', 'pin', 'unpin', 'unpin']) await writer.client.post(`/api/v1/statuses/${id}/${act}`)
    const facts = await test.ctx.db
      .select({ type: effects.type })
      .from(effects)
      .where(sql`${effects.payload} ->> 'postId' = ${id} and ${effects.type} like '%pinned'`)
      .orderBy(effects.id)
    expect(facts.map(({ type }) => type)).toEqual(['post.pinned', 'post.unpinned'])
  })

  it('of somebody elsewhere is shown on their profile', async () => {
    const [reader, remote] = [await somebody(), await make.remoteActor(test.ctx)]
    const post = await make.post(test.ctx, { actorId: remote.id, iri: 'https://there.example/notes/pinned' })
    const pin = { actorId: remote.id, postId: post.id }
    await receivePin(test.ctx, { ...pin, isPinned: true })
    const pinned = () => reader.client.get(`/api/v1/accounts/${remote.id}/statuses?pinned=true`)
    expect(idsOf(await pinned())).toEqual([post.id])
    await receivePin(test.ctx, { ...pin, isPinned: false })
    expect(idsOf(await pinned())).toEqual([])
  })
})
