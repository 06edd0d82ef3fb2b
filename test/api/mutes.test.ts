import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { audit } from '#src/db/schema/audit.ts'
import { mutes } from '#src/db/schema/mutes.ts'
import { deleteActor } from '#src/features/actors/service.ts'
import { listDeaf } from '#src/features/mutes/queries.ts'
import { expireMutes, muteActor } from '#src/features/mutes/service.ts'
import { listHomeReaders } from '#src/features/timelines/home-queries.ts'
import { MutedAccount, Relationship } from '#test/contract/schemas.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { type Client, createClient, idsOf, type Json } from '#test/support/client.ts'
import { tellEverybody } from '#test/support/effects.ts'
import { make, uniqueName } from '#test/support/make.ts'
import { linked, walk } from '#test/support/paging.ts'

let test: TestApp
beforeAll(async () => {
  test = await createTestApp()
})
afterAll(() => test.close())

async function somebody(scopes?: string[]) {
  const handle = uniqueName('muter')
  const { actorId, headers, viewer } = await test.signIn(handle, scopes)
  return { client: createClient(test.app, headers), actorId, viewer, handle }
}

const mute = async (client: Client, id: string, body = {}) => {
  const answer = await client.post(`/api/v1/accounts/${id}/mute`, body)
  expect(answer.status).toBe(200)
  return Relationship.parse(answer.body)
}

describe('a mute', () => {
  it('is told by the relationship, with its notifications unless one says otherwise', async () => {
    const [me, other] = [await somebody(), await somebody()]
    expect(await mute(me.client, other.actorId)).toMatchObject({
      id: other.actorId,
      muting: true,
      muting_notifications: true,
      muting_expires_at: null,
    })
    expect(await mute(me.client, other.actorId, { notifications: false })).toMatchObject({
      muting_notifications: false,
    })
    const { body } = await other.client.get(`/api/v1/accounts/relationships?id[]=${me.actorId}`)
    expect(body[0]).toMatchObject({ muting: false, muting_notifications: false })
    const ended = await me.client.post(`/api/v1/accounts/${other.actorId}/unmute`)
    expect(Relationship.parse(ended.body)).toMatchObject({ muting: false, muting_notifications: false })
    const acts = await test.ctx.db.select({ action: audit.action }).from(audit).where(eq(audit.actorId, me.actorId))
    expect(acts.map(({ action }) => action)).toEqual(['mute.created', 'mute.removed'])
  })

  it('ends by itself when it has a duration, and is swept', async () => {
    const [me, other] = [await somebody(), await somebody()]
    const expiresAt = new Date(test.clock.now().getTime() + 3_600_000).toISOString()
    expect(await mute(me.client, other.actorId, { duration: 3_600 })).toMatchObject({ muting_expires_at: expiresAt })
    const [listed] = (await me.client.get('/api/v1/mutes')).body
    expect(MutedAccount.parse(listed)).toMatchObject({ id: other.actorId, mute_expires_at: expiresAt })
    const row = eq(mutes.actorId, me.actorId)
    expect(await expireMutes(test.ctx)).toBe(0)
    await test.ctx.db
      .update(mutes)
      .set({ expiresAt: new Date(test.clock.now().getTime() - 1_000) })
      .where(row)
    // From its moment on it counts no more, whether it was swept or not.
    expect((await me.client.get('/api/v1/mutes')).body).toEqual([])
    const { body } = await me.client.get(`/api/v1/accounts/relationships?id[]=${other.actorId}`)
    expect(body[0]).toMatchObject({ muting: false, muting_expires_at: null })
    await make.post(test.ctx, { actorId: other.actorId })
    expect(idsOf(await me.client.get('/api/v1/timelines/public'))).toHaveLength(1)
    expect(await expireMutes(test.ctx)).toBe(1)
    expect(await test.ctx.db.select().from(mutes).where(row)).toEqual([])
  })

  it('is made anew with another end, and without one', async () => {
    const [me, other] = [await somebody(), await somebody()]
    await mute(me.client, other.actorId, { duration: 60 })
    expect(await mute(me.client, other.actorId, { duration: 0 })).toMatchObject({
      muting: true,
      muting_expires_at: null,
    })
  })

  it.each([
    ['a duration that is no number', { duration: 'soon' }, 422],
    ['a negative duration', { duration: -1 }, 422],
    ['notifications that are neither yes nor no', { notifications: 'maybe' }, 422],
  ])('is refused for %s', async (_what, body, status) => {
    const [me, other] = [await somebody(), await somebody()]
    expect((await me.client.post(`/api/v1/accounts/${other.actorId}/mute`, body)).status).toBe(status)
  })

  it('cannot be made against oneself, nobody, or by a role that may not', async () => {
    const [me, other] = [await somebody(), await somebody()]
    expect((await me.client.post(`/api/v1/accounts/${me.actorId}/mute`)).status).toBe(403)
    for (const act of ['mute', 'unmute']) expect((await me.client.post(`/api/v1/accounts/1/${act}`)).status).toBe(404)
    const analyst = await make.member(test.ctx, me.actorId, 'analyst')
    const input = { actorId: other.actorId, hidesNotifications: true, durationMs: null }
    await expect(muteActor(test.ctx, analyst, input)).rejects.toMatchObject({ status: 403 })
  })

  it.each([
    ['GET', '/api/v1/mutes', ['write:mutes']],
    ['POST', '/api/v1/accounts/1/mute', ['read']],
    ['POST', '/api/v1/accounts/1/unmute', ['write:blocks']],
  ] as const)('asks for the right to %s %s', async (method, url, scopes) => {
    expect((await test.app.inject({ method, url })).statusCode).toBe(401)
    const { headers } = await test.signIn(uniqueName('muter'), scopes)
    expect((await test.app.inject({ method, url, headers })).statusCode).toBe(403)
  })

  it('is listed to its owner, page by page, the last first, and ends with the other', async () => {
    const [me, gone] = [await somebody(), await somebody()]
    const others = [await somebody(), await somebody(), await somebody()].map(({ actorId }) => actorId)
    for (const id of [gone.actorId, ...others]) await mute(me.client, id)
    await deleteActor(test.ctx, gone.viewer, gone.actorId)
    const pages = await walk(me.client, '/api/v1/mutes?limit=2', ({ id }: Json) => id)
    expect(pages).toEqual([[others[2], others[1]], [others[0]]])
    const rest = await me.client.get('/api/v1/mutes?limit=2')
    const newer = await me.client.get(linked(rest, 'prev') ?? '')
    expect(newer.body).toEqual([])
    const [newest] = await test.ctx.db
      .select({ id: mutes.id })
      .from(mutes)
      .where(eq(mutes.mutedId, others[0] ?? ''))
    expect(idsOf(await me.client.get(`/api/v1/mutes?since_id=${newest?.id}`))).toEqual([others[2], others[1]])
    expect(idsOf(await me.client.get(`/api/v1/mutes?min_id=${newest?.id}&limit=1`))).toEqual([others[1]])
    expect((await somebody().then(({ client }) => client.get('/api/v1/mutes'))).body).toEqual([])
  })
})

describe('whoever is muted', () => {
  /** Somebody, a friend who is muted, and another friend. */
  async function friends(wishes = {}) {
    const [me, muted, friend] = [await somebody(), await somebody(), await somebody()]
    for (const followeeId of [muted.actorId, friend.actorId])
      await make.follow(test.ctx, { followerId: me.actorId, followeeId })
    await mute(me.client, muted.actorId, wishes)
    return { me, muted, friend }
  }

  it('is absent from home: own posts, boosts of them, posts that name them', async () => {
    const { me, muted, friend } = await friends()
    const own = await make.post(test.ctx, { actorId: muted.actorId })
    const boost = await make.boost(test.ctx, { actorId: friend.actorId, boostOfId: own.id })
    const named = await make.post(test.ctx, { actorId: friend.actorId, recipientIds: [muted.actorId] })
    const mine = await make.post(test.ctx, { actorId: me.actorId, recipientIds: [muted.actorId] })
    const plain = await make.post(test.ctx, { actorId: friend.actorId })
    const hidden = [own.id, boost.id, named.id]
    for (const path of ['', `?max_id=9223372036854775800`, `?since_id=1`, `?min_id=1`]) {
      const ids = idsOf(await me.client.get(`/api/v1/timelines/home${path}`))
      expect(ids).toEqual([plain.id, mine.id])
      expect(ids.filter((id) => hidden.includes(id))).toEqual([])
    }
    await me.client.post(`/api/v1/accounts/${muted.actorId}/unmute`)
    expect(idsOf(await me.client.get('/api/v1/timelines/home'))).toEqual([
      plain.id,
      mine.id,
      named.id,
      // The boost stands right above it, and so is left out.
      own.id,
    ])
  })

  it('is absent from the public and hashtag timelines, from threads and from search', async () => {
    const { me, muted, friend } = await friends()
    const word = uniqueName('hush')
    const question = await make.post(test.ctx, { actorId: friend.actorId, content: `<p>${word}</p>`, hashtags: [word] })
    const answer = await make.post(test.ctx, {
      actorId: muted.actorId,
      inReplyToId: question.id,
      inReplyToActorId: friend.actorId,
      conversationId: question.id,
      content: `<p>${word} louder</p>`,
      hashtags: [word],
      recipientIds: [me.actorId],
    })
    const below = await make.post(test.ctx, {
      actorId: friend.actorId,
      inReplyToId: answer.id,
      inReplyToActorId: muted.actorId,
      conversationId: question.id,
    })
    const own = await make.post(test.ctx, { actorId: muted.actorId, hashtags: [word] })
    const ids = async (path: string) => idsOf(await me.client.get(path))
    expect(await ids('/api/v1/timelines/public?limit=40')).not.toContain(own.id)
    expect(await ids(`/api/v1/timelines/tag/${word}`)).toEqual([question.id])
    const thread = (await me.client.get(`/api/v1/statuses/${question.id}/context`)).body
    expect(thread.descendants.map(({ id }: Json) => id)).toEqual([below.id])
    const above = (await me.client.get(`/api/v1/statuses/${below.id}/context`)).body
    expect(above.ancestors.map(({ id }: Json) => id)).toEqual([question.id])
    const found = (await me.client.get(`/api/v2/search?q=${word}&type=statuses`)).body
    expect(found.statuses.map(({ id }: Json) => id)).not.toContain(answer.id)
    // Who looks for them finds them.
    expect(await ids(`/api/v1/accounts/${muted.actorId}/statuses`)).toContain(own.id)
    expect((await me.client.get(`/api/v1/statuses/${own.id}`)).status).toBe(200)
    const others = await somebody()
    expect(idsOf(await others.client.get(`/api/v1/timelines/tag/${word}`))).toContain(own.id)
    const page = await test.browse(me.handle)
    const shown = await test.app.inject({ url: `/@${friend.handle}/${question.id}`, headers: page.headers })
    expect(shown.body).toContain(below.id)
    expect(shown.body).not.toContain('louder')
  })

  it.each([
    [{}, []],
    [{ notifications: false }, ['mention']],
  ])('is told of as the wish %o says', async (wishes, kinds) => {
    const { me, muted } = await friends(wishes)
    const before = await muted.client.post('/api/v1/statuses', { status: `@${me.handle} hello` })
    expect(before.status).toBe(200)
    await tellEverybody(test.ctx)
    const told = async () => (await me.client.get('/api/v1/notifications')).body.map(({ type }: Json) => type)
    expect(await told()).toEqual(kinds)
    const grouped = (await me.client.get('/api/v2/notifications')).body.notification_groups
    expect(grouped.map(({ type }: Json) => type)).toEqual(kinds)
    expect((await me.client.get('/api/v1/notifications/unread_count')).body.count).toBe(kinds.length)
    // What was told before the mute is hidden while it lasts.
    await me.client.post(`/api/v1/accounts/${muted.actorId}/unmute`)
    await muted.client.post('/api/v1/statuses', { status: `@${me.handle} again` })
    await tellEverybody(test.ctx)
    expect(await told()).toEqual(['mention', ...kinds])
    await mute(me.client, muted.actorId)
    expect(await told()).toEqual([])
  })
})

it('whoever is muted is not heard in open streams either, by whom they were muted', async () => {
  const [me, other, gone] = [await somebody(), await somebody(), await somebody()]
  for (const one of [me, gone]) await mute(one.client, other.actorId)
  await test.ctx.db
    .update(mutes)
    .set({ expiresAt: new Date(0) })
    .where(eq(mutes.actorId, gone.actorId))
  const post = await make.post(test.ctx, { actorId: other.actorId })
  const everybody = [me.actorId, other.actorId, gone.actorId]
  expect([...(await listDeaf(test.ctx.db, post.id, everybody))]).toEqual([me.actorId])
  expect(await listHomeReaders(test.ctx.db, post.id, everybody)).toEqual([other.actorId])
})

describe('a private note', () => {
  it('is written, read by its team alone, and forgotten', async () => {
    const [me, other] = [await somebody(), await somebody()]
    const note = async (body: object) => {
      const answer = await me.client.post(`/api/v1/accounts/${other.actorId}/note`, body)
      return Relationship.parse(answer.body).note
    }
    expect(await note({ comment: ' Met at the market\r\nLikes rye ' })).toBe('Met at the market\nLikes rye')
    expect(await note({ comment: 'Baker' })).toBe('Baker')
    const { body } = await other.client.get(`/api/v1/accounts/relationships?id[]=${me.actorId}`)
    expect(body[0].note).toBe('')
    const mate = await make.member(test.ctx, me.actorId, 'responder')
    expect(mate.actorId).toBe(me.actorId)
    expect(await note({})).toBe('')
    const [relation] = (await me.client.get(`/api/v1/accounts/relationships?id[]=${other.actorId}`)).body
    expect(relation.note).toBe('')
  })

  it('may be about anybody who is there, oneself too, and has an end', async () => {
    const me = await somebody()
    const own = await me.client.form('POST', `/api/v1/accounts/${me.actorId}/note`, [['comment', 'me']])
    expect(own.body.note).toBe('me')
    expect((await me.client.post('/api/v1/accounts/1/note', { comment: 'x' })).status).toBe(404)
    const long = await me.client.post(`/api/v1/accounts/${me.actorId}/note`, { comment: 'x'.repeat(2_001) })
    expect(long).toMatchObject({ status: 422, body: { details: { comment: [{ error: 'ERR_TOO_LONG' }] } } })
    const reader = await somebody(['read'])
    expect((await reader.client.post(`/api/v1/accounts/${me.actorId}/note`, { comment: 'x' })).status).toBe(403)
  })
})
