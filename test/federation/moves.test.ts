import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { addAlias } from '#src/features/moves/aliases.ts'
import { moveActor, takeBackMove } from '#src/features/moves/service.ts'
import { findAccount, letFollow, relationOf } from '#test/support/befriend.ts'
import type { Json } from '#test/support/client.ts'
import { PUBLIC, type Stranger, type StrangerActor, startStranger } from '#test/support/stranger.ts'
import { type Instance, type Member, startInstance } from '#test/support/two-servers.ts'

const day = 86_400_000

let home: Instance
let away: Instance
let elsewhere: Stranger
let passed = 0

beforeAll(async () => {
  const now = () => new Date(Date.now() + passed)
  ;[home, away, elsewhere] = await Promise.all([startInstance({ now }), startInstance({ now }), startStranger({ now })])
})
afterAll(() => Promise.all([home.close(), away.close(), elsewhere.close()]))

let count = 0
const somebody = (more: Json = {}) => elsewhere.actor(`mover${++count}`, more)
const member = (traits: Parameters<Instance['join']>[1] = {}) => home.join(`reader${++count}`, traits)

/** What came of an activity here. */
async function outcomeOf(activity: Json): Promise<string> {
  await home.settle()
  const [row] = await home.ctx.db.$client<{ outcome: string }[]>`
    select outcome from inbox_activities where activity_key = ${activity.id} order by id desc limit 1`
  return row?.outcome ?? ''
}

async function say(from: StrangerActor, activity: Json): Promise<string> {
  passed += 1_000
  expect((await from.post(`${home.url}/inbox`, activity)).status).toBe(202)
  return outcomeOf(activity)
}

const moveOf = (old: StrangerActor, target: string, more: Json = {}) =>
  old.activity('Move', old.iri, { target, to: [old.followers], ...more })

const sent = (type: string, from: Member, object: unknown) =>
  elsewhere.deliveries.filter(({ json }) => json?.type === type && json.actor === from.iri && matches(json, object))
const matches = (json: Json, object: unknown) => json.object === object || json.object?.object === object

describe('a Move that comes in (item 29)', () => {
  let lea: Member
  let old: StrangerActor
  let fresh: StrangerActor
  beforeEach(async () => {
    lea = await member()
    old = await somebody()
    fresh = await somebody({ alsoKnownAs: [old.iri] })
    await letFollow(lea, elsewhere, old)
  })

  it('has those who follow here ask to follow the new account as they did the old one, and tells them', async () => {
    const id = await findAccount(lea, old.acct)
    await lea.api.post(`/api/v1/accounts/${id}/follow`, { reblogs: false, notify: true, languages: ['fr'] })
    const list = (await lea.api.post('/api/v1/lists', { title: 'Friends' })).body.id
    await lea.api.post(`/api/v1/lists/${list}/accounts`, { account_ids: [id] })
    expect(await say(old, moveOf(old, fresh.iri))).toBe('done')
    const next = await findAccount(lea, fresh.acct)
    expect(await relationOf(lea, next)).toMatchObject({ requested: true, following: false, showing_reblogs: false })
    expect(await relationOf(lea, id)).toMatchObject({ following: false, requested: false })
    expect(sent('Undo', lea, old.iri)).toHaveLength(1)
    const [follow] = sent('Follow', lea, fresh.iri)
    await say(fresh, fresh.activity('Accept', follow?.json))
    expect(await relationOf(lea, next)).toMatchObject({ following: true, notifying: true, languages: ['fr'] })
    const listed = (await lea.api.get(`/api/v1/lists/${list}/accounts`)).body
    expect(listed.map(({ acct }: Json) => acct)).toEqual([fresh.acct])
    const { body: account } = await lea.api.get(`/api/v1/accounts/${id}`)
    expect(account.moved.acct).toBe(fresh.acct)
    const told = await home.ctx.db.$client`
      select n.kind::text from notifications n join actors a on a.id = n.from_actor_id
      where n.actor_id = ${lea.actor.id} and a.iri = ${old.iri}`
    expect([...told]).toEqual([{ kind: 'move' }])
    // Programs know no such kind.
    expect((await lea.api.get('/api/v1/notifications')).body).toEqual([])
    expect((await lea.api.get('/api/v1/notifications/unread_count')).body).toEqual({ count: 0 })
  })

  it.each<[string, (target: StrangerActor) => Json, string]>([
    ['another actor is moved', (target) => moveOf(old, target.iri, { object: target.iri }), 'it moves somebody else'],
    ['it goes nowhere', () => moveOf(old, old.iri), 'it moves to itself'],
    ['there is nobody', () => moveOf(old, `${elsewhere.url}/people/no-one`), 'the new account cannot be read'],
  ])('is ignored when %s', async (_name, toMove, reason) => {
    expect(await say(old, toMove(fresh))).toBe(`ignored: ${reason}`)
    expect(await relationOf(lea, await findAccount(lea, old.acct))).toMatchObject({ following: true })
  })

  it('is ignored when the new account does not name the old one, and believed once it does', async () => {
    fresh.document.alsoKnownAs = [`${old.iri}-not`]
    expect(await say(old, moveOf(old, fresh.iri))).toBe('ignored: the new account does not name the old one')
    fresh.document.alsoKnownAs = [old.iri]
    expect(await say(old, moveOf(old, fresh.iri))).toBe('done')
  })

  it('is ignored when the new account has moved itself', async () => {
    fresh.document.movedTo = old.iri
    expect(await say(old, moveOf(old, fresh.iri))).toBe('ignored: the new account has moved itself')
  })

  it('is ignored a second time within thirty days', async () => {
    const other = await somebody({ alsoKnownAs: [old.iri] })
    expect(await say(old, moveOf(old, fresh.iri))).toBe('done')
    passed += 29 * day
    expect(await say(old, moveOf(old, other.iri))).toBe('ignored: it has moved a short while ago')
    passed += 2 * day
    expect(await say(old, moveOf(old, other.iri))).toBe('done')
  })

  it('may lead to one of ours, who decides about followers as ever', async () => {
    const ours = await member()
    await addAlias(home.ctx, { actorId: ours.actor.id, viewer: ours.viewer }, old.acct)
    expect(await say(old, moveOf(old, ours.iri))).toBe('done')
    const { body: requests } = await ours.api.get('/api/v1/follow_requests')
    expect(requests.map(({ acct }: Json) => acct)).toEqual([lea.actor.handle])
    expect((await ours.api.get('/api/v1/notifications')).body.map(({ type }: Json) => type)).toEqual(['follow_request'])
  })

  it('carries blocks and mutes over, and follows nobody whom a follower does not want', async () => {
    const [blocker, muter, averse] = [await member(), await member(), await member()]
    const idFor = (who: Member, whom: StrangerActor) => findAccount(who, whom.acct)
    await blocker.api.post(`/api/v1/accounts/${await idFor(blocker, old)}/block`)
    await letFollow(muter, elsewhere, old)
    await muter.api.post(`/api/v1/accounts/${await idFor(muter, old)}/mute`)
    await letFollow(averse, elsewhere, old)
    await averse.api.post(`/api/v1/accounts/${await idFor(averse, fresh)}/block`)
    expect(await say(old, moveOf(old, fresh.iri))).toBe('done')
    const next = await idFor(lea, fresh)
    expect(await relationOf(blocker, next)).toMatchObject({ blocking: true, requested: false })
    expect(await relationOf(muter, next)).toMatchObject({ muting: true, requested: true })
    expect(await relationOf(averse, next)).toMatchObject({ blocking: true, requested: false })
    expect(await relationOf(averse, await idFor(lea, old))).toMatchObject({ following: false })
    expect(sent('Follow', averse, fresh.iri)).toEqual([])
  })
})

describe('one of ours that moves (item 29)', () => {
  it('tells its followers; on another server of this kind they ask to follow the new account', async () => {
    const [old, near, far] = [await member({ isOpen: true }), await member(), await away.join(`reader${++count}`)]
    const [fresh, stranger] = [await away.join(`reader${++count}`, { isOpen: true }), await somebody()]
    await say(stranger, stranger.activity('Follow', old.iri))
    for (const follower of [near, far]) {
      const id = follower === near ? old.actor.id : await findAccount(follower, old.acct)
      await follower.api.post(`/api/v1/accounts/${id}/follow`)
    }
    await home.settle()
    await away.settle()
    await home.settle()
    const mover = { actorId: old.actor.id, viewer: old.viewer }
    await expect(moveActor(home.ctx, mover, `@${fresh.acct}`)).rejects.toThrow('as an alias yet')
    await addAlias(away.ctx, { actorId: fresh.actor.id, viewer: fresh.viewer }, `@${old.acct}`)
    await away.settle()
    await moveActor(home.ctx, mover, `@${fresh.acct}`)
    await home.settle()
    const { json: move } = await elsewhere.delivered(({ type, actor }) => type === 'Move' && actor === old.iri)
    expect(move).toEqual({
      '@context': ['https://www.w3.org/ns/activitystreams'],
      id: expect.stringContaining(`${home.url}/activities/`),
      type: 'Move',
      actor: old.iri,
      object: old.iri,
      target: fresh.iri,
      to: [`${old.iri}/followers`],
      cc: [PUBLIC],
    })
    const { json: update } = await elsewhere.delivered(({ type, actor, object }) => {
      return type === 'Update' && actor === old.iri && object.movedTo !== undefined
    })
    expect(update.object.movedTo).toBe(fresh.iri)
    for (const instance of [away, home, away, home]) await instance.settle()
    const followers = (await fresh.api.get(`/api/v1/accounts/${fresh.actor.id}/followers`)).body
    expect(followers.map(({ acct }: Json) => acct).sort()).toEqual([near.acct, far.actor.handle].sort())
    expect(await relationOf(near, old.actor.id)).toMatchObject({ following: false })
    expect(await relationOf(near, await findAccount(near, fresh.acct))).toMatchObject({ following: true })
  })

  it('neither posts nor follows until it takes that back, and moves once in thirty days', async () => {
    const [old, other, fresh] = [await member(), await member({ isOpen: true }), await somebody()]
    fresh.document.alsoKnownAs = [old.iri]
    const mover = { actorId: old.actor.id, viewer: old.viewer }
    await moveActor(home.ctx, mover, fresh.iri)
    const post = () => old.api.post('/api/v1/statuses', { status: 'Still here' })
    const follow = () => old.api.post(`/api/v1/accounts/${other.actor.id}/follow`)
    for (const attempt of [post, follow]) {
      const { status, body } = await attempt()
      expect([status, body.error]).toEqual([403, expect.stringContaining('take its redirection back')])
    }
    expect((await old.api.get('/api/v1/timelines/home')).status).toBe(200)
    expect(await takeBackMove(home.ctx, mover)).toBe(true)
    expect([(await post()).status, (await follow()).status]).toEqual([200, 200])
    await expect(moveActor(home.ctx, mover, fresh.iri)).rejects.toMatchObject({ code: 'limited' })
    passed += 31 * day
    await moveActor(home.ctx, mover, fresh.iri)
  })
})
