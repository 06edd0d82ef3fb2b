import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { actors } from '#src/db/schema/actors.ts'
import { blockHost } from '#src/features/domains/service.ts'
import { Account, AnonymousStatus, Suggestion, Tag } from '#test/contract/schemas.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { type Client, createClient, idsOf, type Json } from '#test/support/client.ts'
import { make, uniqueName } from '#test/support/make.ts'

let test: TestApp
let visitor: Client
beforeAll(async () => {
  test = await createTestApp()
  visitor = createClient(test.app)
})
afterAll(() => test.close())

async function somebody() {
  const { actorId, headers, viewer } = await test.signIn(uniqueName('person'))
  return { actorId, viewer, client: createClient(test.app, headers) }
}

const found = (values: Partial<typeof actors.$inferInsert> = {}) =>
  make.actor(test.ctx, { isDiscoverable: true, ...values })

describe('the directory', () => {
  it('lists who agreed to be found, those first who spoke last', async () => {
    const early = await found({ lastPostAt: new Date('2026-01-01') })
    const late = await found({ lastPostAt: new Date('2026-02-01') })
    const silent = await found()
    const hidden = await found({ isDiscoverable: false })
    const gone = await found({ suspendedAt: new Date() })
    const remote = await make.remoteActor(test.ctx, { isDiscoverable: true, lastPostAt: new Date('2026-03-01') })
    const answer = await visitor.get('/api/v1/directory')
    for (const account of answer.body) Account.parse(account)
    const ids = idsOf(answer)
    expect(ids.slice(0, 3)).toEqual([remote.id, late.actor.id, early.actor.id])
    expect(ids).toContain(silent.actor.id)
    for (const { actor } of [hidden, gone]) expect(ids).not.toContain(actor.id)
    expect(idsOf(await visitor.get('/api/v1/directory?local=true'))).not.toContain(remote.id)
    expect(idsOf(await visitor.get('/api/v1/directory?limit=1&offset=1'))).toEqual([late.actor.id])
    expect(idsOf(await visitor.get('/api/v1/directory?order=new&limit=1'))).toEqual([remote.id])
    expect((await visitor.get('/api/v1/directory?order=size')).status).toBe(422)
  })
})

describe('suggestions', () => {
  it('are whom those follow whom one follows, and nobody who was waved away', async () => {
    const me = await somebody()
    const [friend, theirs, known, unwanted] = [await found(), await found(), await found(), await found()]
    await make.follow(test.ctx, { followerId: me.actorId, followeeId: friend.actor.id })
    await make.follow(test.ctx, { followerId: me.actorId, followeeId: known.actor.id, state: 'pending' })
    for (const { actor } of [theirs, known, unwanted])
      await make.follow(test.ctx, { followerId: friend.actor.id, followeeId: actor.id })
    const { status } = await me.client.delete(`/api/v1/suggestions/${unwanted.actor.id}`)
    expect(status).toBe(200)
    const { body } = await me.client.get('/api/v2/suggestions?limit=80')
    expect(body).toBeInstanceOf(Array)
    const [first, ...rest] = body.map((one: unknown) => Suggestion.parse(one))
    expect([first.account.id, first.sources]).toEqual([theirs.actor.id, ['friends_of_friends']])
    const others = rest.map(({ account }: Json) => account.id)
    for (const id of [me.actorId, friend.actor.id, known.actor.id, unwanted.actor.id]) expect(others).not.toContain(id)
    expect(idsOf(await me.client.get('/api/v1/suggestions?limit=1'))).toEqual([theirs.actor.id])
    expect((await me.client.delete('/api/v1/suggestions/1')).status).toBe(404)
    expect((await visitor.get('/api/v2/suggestions')).status).toBe(401)
  })
})

describe('trends', () => {
  it('are hashtags that more than one uses, and posts that more than one loves', async () => {
    const [one, two, three] = [await found(), await found(), await found()]
    const word = uniqueName('emballage')
    const alone = uniqueName('alone')
    const post = await make.post(test.ctx, { actorId: one.actor.id, hashtags: [word, alone] })
    await make.post(test.ctx, { actorId: two.actor.id, hashtags: [word] })
    await make.post(test.ctx, { actorId: one.actor.id, hashtags: [alone], visibility: 'followers' })
    const tags = (await visitor.get('/api/v1/trends/tags?limit=20')).body.map((tag: unknown) => Tag.parse(tag).name)
    expect(tags).toContain(word)
    expect(tags).not.toContain(alone)
    const secret = await make.post(test.ctx, { actorId: one.actor.id, visibility: 'followers' })
    for (const liker of [two, three]) {
      for (const { id } of [post, secret]) await like(liker.actor.id, id)
    }
    const modest = await make.post(test.ctx, { actorId: (await make.actor(test.ctx)).actor.id })
    for (const liker of [two, three]) await like(liker.actor.id, modest.id)
    const { body } = await visitor.get('/api/v1/trends/statuses?limit=40')
    for (const status of body) AnonymousStatus.parse(status)
    const ids = body.map(({ id }: Json) => id)
    expect(ids).toContain(post.id)
    for (const { id } of [secret, modest]) expect(ids).not.toContain(id)
  })

  const like = (actorId: string, postId: string) =>
    test.ctx.db.$client`insert into likes (actor_id, post_id) values (${actorId}, ${postId})`
})

describe('an instance tells', () => {
  it('whom it has met, and with whom it does not speak', async () => {
    await make.remoteActor(test.ctx, { host: 'met.example', iri: 'https://met.example/users/a' })
    await make.remoteActor(test.ctx, { host: 'sub.shunned.example', iri: 'https://sub.shunned.example/users/a' })
    await blockHost(test.ctx, { host: 'shunned.example', reason: 'spam' })
    const peers = (await visitor.get('/api/v1/instance/peers')).body
    expect(peers).toContain('met.example')
    expect(peers).not.toContain('sub.shunned.example')
    const [blocked] = (await visitor.get('/api/v1/instance/domain_blocks')).body
    expect(blocked).toEqual({
      domain: 'shunned.example',
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      severity: 'suspend',
      comment: 'spam',
    })
  })

  it('how much it was used in each of twelve weeks', async () => {
    const me = await somebody()
    await me.client.post('/api/v1/statuses', { status: 'a' })
    const { body } = await visitor.get('/api/v1/instance/activity')
    expect(body).toHaveLength(12)
    const [now, before] = body
    expect(Number(now.statuses)).toBeGreaterThan(0)
    expect(Number(now.logins)).toBeGreaterThan(0)
    expect(Number(now.registrations)).toBeGreaterThan(0)
    expect(Number(now.week) - Number(before.week)).toBe(7 * 86_400)
  })

  it('which languages it speaks', async () => {
    const { body } = await visitor.get('/api/v1/instance/languages')
    expect(body).toContainEqual({ code: 'fr', name: 'français' })
  })
})
