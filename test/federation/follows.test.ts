import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findAccount, letBeFollowed, letFollow, relationOf } from '#test/support/befriend.ts'
import type { Json } from '#test/support/client.ts'
import { PUBLIC, type Recorded, type Stranger, type StrangerActor, startStranger } from '#test/support/stranger.ts'
import { type Instance, type Member, startInstance } from '#test/support/two-servers.ts'

const day = 86_400_000

let instance: Instance
let elsewhere: Stranger
let org: Member
let open: Member
let lea: Member
let passed = 0

beforeAll(async () => {
  const now = () => new Date(Date.now() + passed)
  ;[instance, elsewhere] = await Promise.all([startInstance({ now }), startStranger({ now })])
  ;[org, open, lea] = await Promise.all([
    instance.join('atelier', { type: 'Organization' }),
    instance.join('kiosk', { type: 'Organization', isOpen: true }),
    instance.join('lea'),
  ])
})
afterAll(() => Promise.all([instance.close(), elsewhere.close()]))

let count = 0
const somebody = () => elsewhere.actor(`follower${++count}`)

async function say(from: StrangerActor, activity: Json, to = org): Promise<void> {
  // Signatures count in seconds: without this a second request would be a copy of the first.
  passed += 1_000
  const answer = await from.post(`${to.iri}/inbox`, activity)
  expect([answer.status, answer.text]).toEqual([202, ''])
  await instance.settle()
}

/** The answers that an actor elsewhere got, oldest first, as their type and the id of the Follow that they embed. */
function answersTo(follower: StrangerActor): [string, string][] {
  return elsewhere.deliveries
    .filter(({ json }) => ['Accept', 'Reject'].includes(json.type) && json.to.includes(follower.iri))
    .map(({ json }) => {
      expect(json.object).toEqual({ id: json.object.id, type: 'Follow', actor: follower.iri, object: json.actor })
      return [json.type, json.object.id]
    })
}

/** Who waits for an answer of a member. */
const requests = async (member: Member): Promise<string[]> =>
  (await member.api.get('/api/v1/follow_requests')).body.map(({ acct }: Json) => acct)

const followers = async (member: Member): Promise<string[]> =>
  (await member.api.get(`/api/v1/accounts/${member.actor.id}/followers?limit=80`)).body.map(({ acct }: Json) => acct)

const notified = async (member: Member, follower: StrangerActor): Promise<string[]> =>
  (await member.api.get('/api/v1/notifications?limit=80')).body
    .filter(({ account }: Json) => account.acct === follower.acct)
    .map(({ type }: Json) => type)

async function decide(follower: StrangerActor, answer: 'authorize' | 'reject'): Promise<void> {
  const id = (await org.api.get(`/api/v1/accounts/lookup?acct=${follower.acct}`)).body.id
  expect((await org.api.post(`/api/v1/follow_requests/${id}/${answer}`)).status).toBe(200)
  await instance.settle()
}

describe('a Follow that comes in', () => {
  it('to who approves followers waits, and everybody who decides is told once (item 25)', async () => {
    const rosa = await somebody()
    await say(rosa, rosa.activity('Follow', org.iri, { content: 'We met <b>at the fair</b>' }))
    expect(await requests(org)).toContain(rosa.acct)
    expect(await followers(org)).not.toContain(rosa.acct)
    expect(await notified(org, rosa)).toEqual(['follow_request'])
    expect(answersTo(rosa)).toEqual([])
    await decide(rosa, 'reject')
  })

  it('to who does not is accepted at once (item 25)', async () => {
    const rosa = await somebody()
    const follow = rosa.activity('Follow', open.iri)
    await say(rosa, follow, open)
    expect(answersTo(rosa)).toEqual([['Accept', follow.id]])
    expect(await followers(open)).toEqual([rosa.acct])
    expect(await notified(open, rosa)).toEqual(['follow'])
  })

  it('in any form that names both ends is understood', async () => {
    const rosa = await somebody()
    const follow = { ...rosa.activity('Follow', { id: org.iri, type: 'Organization' }), actor: rosa.document }
    await say(rosa, follow)
    expect(await requests(org)).toContain(rosa.acct)
    await decide(rosa, 'authorize')
    expect(answersTo(rosa)).toEqual([['Accept', follow.id]])
  })

  it('again while the first one waits takes its place, and nobody is told again (item 25)', async () => {
    const rosa = await somebody()
    const [first, second] = [rosa.activity('Follow', org.iri), rosa.activity('Follow', org.iri)]
    for (const follow of [first, first, second]) await say(rosa, follow)
    expect((await requests(org)).filter((acct) => acct === rosa.acct)).toHaveLength(1)
    expect(await notified(org, rosa)).toEqual(['follow_request'])
    await decide(rosa, 'authorize')
    expect(answersTo(rosa)).toEqual([['Accept', second.id]])
  })

  it('of who follows already is accepted again: the first answer may be lost (item 25)', async () => {
    const rosa = await somebody()
    const [first, second] = [rosa.activity('Follow', org.iri), rosa.activity('Follow', org.iri)]
    await say(rosa, first)
    await decide(rosa, 'authorize')
    await say(rosa, first)
    await say(rosa, second)
    expect(answersTo(rosa)).toEqual([
      ['Accept', first.id],
      ['Accept', first.id],
      ['Accept', second.id],
    ])
    expect(await notified(org, rosa)).toEqual(['follow'])
    expect((await followers(org)).filter((acct) => acct === rosa.acct)).toHaveLength(1)
  })

  it('of who was refused is refused again, and asks anybody only after a week (item 25)', async () => {
    const rosa = await somebody()
    const [first, second, third] = [1, 2, 3].map(() => rosa.activity('Follow', org.iri))
    await say(rosa, first)
    await decide(rosa, 'reject')
    expect(answersTo(rosa)).toEqual([['Reject', first.id]])
    await say(rosa, first)
    await say(rosa, second)
    passed += 6 * day
    await say(rosa, second)
    expect(answersTo(rosa)).toEqual([
      ['Reject', first.id],
      ['Reject', first.id],
      ['Reject', second.id],
      ['Reject', second.id],
    ])
    expect(await requests(org)).not.toContain(rosa.acct)
    passed += 2 * day
    await say(rosa, third)
    expect(await requests(org)).toContain(rosa.acct)
    expect(answersTo(rosa)).toHaveLength(4)
    await decide(rosa, 'authorize')
    expect(answersTo(rosa).at(-1)).toEqual(['Accept', third.id])
  })

  it('by somebody who is blocked is refused without a word to anybody (item 25)', async () => {
    const rosa = await somebody()
    const id = await findAccount(org, rosa.acct)
    await org.api.post(`/api/v1/accounts/${id}/block`)
    const follow = rosa.activity('Follow', org.iri)
    await say(rosa, follow)
    expect(answersTo(rosa)).toEqual([['Reject', follow.id]])
    expect([await requests(org), await notified(org, rosa)]).toEqual([[], []])
    expect(elsewhere.deliveries.map(({ json }) => json.type)).not.toContain('Block')
  })

  it('to the instance itself is refused', async () => {
    const rosa = await somebody()
    const actor = instance.ctx.uris.instanceActor
    const follow = rosa.activity('Follow', actor)
    await rosa.post(`${actor}/inbox`, follow)
    await instance.settle()
    expect(answersTo(rosa)).toEqual([['Reject', follow.id]])
  })

  it('to who has moved away is refused (item 25)', async () => {
    const [rosa, gone] = [await somebody(), await instance.join('gone', { isOpen: true })]
    await instance.ctx.db
      .$client`update actors set moved_to_iri = 'https://new.example/gone' where id = ${gone.actor.id}`
    const follow = rosa.activity('Follow', gone.iri)
    await say(rosa, follow, gone)
    expect(answersTo(rosa)).toEqual([['Reject', follow.id]])
  })

  it('to nobody, or to somebody elsewhere, has no effect', async () => {
    const rosa = await somebody()
    await say(rosa, rosa.activity('Follow', `${instance.url}/users/nobody`))
    await say(rosa, rosa.activity('Follow', rosa.iri))
    await say(rosa, rosa.activity('Follow', `${instance.url}/users/atelier/statuses/1`))
    expect(answersTo(rosa)).toEqual([])
  })
})

describe('a Follow that is taken back', () => {
  it.each<[string, (follow: Json) => Json]>([
    ['by itself', (follow) => follow],
    ['by its id', (follow) => follow.id],
    ['by its ends', ({ type, actor, object }) => ({ type, actor, object })],
    ['by its ends under another id', (follow) => ({ ...follow, id: `${follow.id}-again` })],
  ])('%s is no more, while it waits and after', async (_name, toObject) => {
    const rosa = await somebody()
    const waiting = rosa.activity('Follow', org.iri)
    await say(rosa, waiting)
    expect(await requests(org)).toContain(rosa.acct)
    await say(rosa, rosa.activity('Undo', toObject(waiting)))
    expect(await requests(org)).not.toContain(rosa.acct)
    const accepted = rosa.activity('Follow', open.iri)
    await say(rosa, accepted, open)
    expect(await followers(open)).toContain(rosa.acct)
    await say(rosa, rosa.activity('Undo', toObject(accepted)), open)
    expect(await followers(open)).not.toContain(rosa.acct)
  })

  it('before it comes is never there', async () => {
    const rosa = await somebody()
    const follow = rosa.activity('Follow', open.iri)
    await say(rosa, rosa.activity('Undo', follow), open)
    await say(rosa, follow, open)
    expect(answersTo(rosa)).toEqual([])
    expect(await followers(open)).not.toContain(rosa.acct)
    const again = rosa.activity('Follow', open.iri)
    await say(rosa, again, open)
    expect(answersTo(rosa)).toEqual([['Accept', again.id]])
  })

  it('by somebody else stays', async () => {
    const [rosa, mallory] = [await somebody(), await somebody()]
    const follow = rosa.activity('Follow', open.iri)
    await say(rosa, follow, open)
    for (const object of [follow, follow.id, { type: 'Follow', actor: rosa.iri, object: open.iri }])
      await say(mallory, mallory.activity('Undo', object), open)
    expect(await followers(open)).toContain(rosa.acct)
  })
})

describe('a follower who is taken off', () => {
  it('is told by a Reject of its Follow', async () => {
    const rosa = await somebody()
    const id = await letBeFollowed(instance, org, rosa)
    await org.api.post(`/api/v1/accounts/${id}/remove_from_followers`)
    await instance.settle()
    expect(answersTo(rosa).map(([type]) => type)).toEqual(['Accept', 'Reject'])
    expect(await followers(org)).not.toContain(rosa.acct)
  })
})

/** Lea asks to follow somebody elsewhere; what was sent, and the account as she has it. */
async function ask(followee: StrangerActor): Promise<{ follow: Json; id: string }> {
  const id = await findAccount(lea, followee.acct)
  await lea.api.post(`/api/v1/accounts/${id}/follow`)
  const { json } = await elsewhere.delivered(({ type, object }) => type === 'Follow' && object === followee.iri)
  await instance.settle()
  return { follow: json, id }
}

const undone = (followee: StrangerActor): Recorded[] =>
  elsewhere.deliveries.filter(({ json }) => json.type === 'Undo' && json.to.includes(followee.iri))

describe('a Follow that we send', () => {
  it('waits until it is accepted, whatever else comes (item 26) (row 21)', async () => {
    const rosa = await somebody()
    const { id } = await ask(rosa)
    const note = rosa.note({ to: [rosa.followers], cc: [] })
    await say(rosa, rosa.activity('Create', note, { to: note.to }), lea)
    await say(rosa, rosa.activity('Update', { ...rosa.document, manuallyApprovesFollowers: false }), lea)
    await say(rosa, rosa.activity('Follow', lea.iri), lea)
    expect(await relationOf(lea, id)).toMatchObject({ following: false, requested: true })
    expect((await lea.api.get('/api/v1/timelines/home')).body).toEqual([])
  })

  it.each<[string, (follow: Json) => Json]>([
    ['its id', (follow) => follow.id],
    ['itself', (follow) => follow],
    [
      'itself with its ends written out',
      (follow) => ({ ...follow, actor: { id: follow.actor, type: 'Person' }, object: { id: follow.object } }),
    ],
    ['another id and the right ends', ({ type, actor, object }) => ({ id: `${object}/f/1`, type, actor, object })],
    ['its ends alone', ({ type, actor, object }) => ({ type, actor, object })],
  ])('is accepted by an Accept of %s', async (_name, toObject) => {
    const rosa = await somebody()
    const { follow, id } = await ask(rosa)
    await say(rosa, rosa.activity('Accept', toObject(follow)), lea)
    expect(await relationOf(lea, id)).toMatchObject({ following: true, requested: false })
    await say(rosa, rosa.activity('Accept', toObject(follow)), lea)
    expect(await relationOf(lea, id)).toMatchObject({ following: true })
    expect(undone(rosa)).toEqual([])
  })

  it('is not accepted by anybody else (item 26) (rule 11)', async () => {
    const [rosa, mallory] = [await somebody(), await somebody()]
    const { follow, id } = await ask(rosa)
    for (const object of [follow, follow.id, { ...follow, object: mallory.iri }])
      await say(mallory, mallory.activity('Accept', object), lea)
    // In her name, but with another key of the same server.
    await mallory.post(`${lea.iri}/inbox`, rosa.activity('Accept', follow))
    await instance.settle()
    expect(await relationOf(lea, id)).toMatchObject({ following: false, requested: true })
    expect(await relationOf(lea, await findAccount(lea, mallory.acct))).toMatchObject({ following: false })
  })

  it('is not accepted on behalf of somebody who did not ask (item 26)', async () => {
    const rosa = await somebody()
    const forged = { id: `${rosa.iri}/f/1`, type: 'Follow', actor: org.iri, object: rosa.iri }
    await say(rosa, rosa.activity('Accept', forged), lea)
    expect(await relationOf(org, await findAccount(org, rosa.acct))).toMatchObject({ following: false })
    // So that the other side does not go on counting one who is none.
    expect(undone(rosa).map(({ json }) => [json.actor, json.object.object])).toEqual([[org.iri, rosa.iri]])
  })

  it('that was taken back is taken back again when the yes comes late (item 26)', async () => {
    const rosa = await somebody()
    const { follow, id } = await ask(rosa)
    await lea.api.post(`/api/v1/accounts/${id}/unfollow`)
    await instance.settle()
    expect(undone(rosa).map(({ json }) => json.object.id)).toEqual([follow.id])
    await say(rosa, rosa.activity('Accept', follow), lea)
    expect(await relationOf(lea, id)).toMatchObject({ following: false, requested: false })
    expect(undone(rosa).map(({ json }) => json.object.id)).toEqual([follow.id, follow.id])
  })

  it('is refused by a Reject, and may be accepted no more (item 26)', async () => {
    const rosa = await somebody()
    const { follow, id } = await ask(rosa)
    await say(rosa, rosa.activity('Reject', follow), lea)
    expect(await relationOf(lea, id)).toMatchObject({ following: false, requested: false })
    await say(rosa, rosa.activity('Accept', follow), lea)
    expect(await relationOf(lea, id)).toMatchObject({ following: false })
  })

  it.each<[string, (rosa: StrangerActor, follow: Json, accept: Json) => Json]>([
    ['a Reject', (rosa, follow) => rosa.activity('Reject', follow)],
    ['a Reject of its id', (rosa, follow) => rosa.activity('Reject', follow.id)],
    ['an Undo of the Accept', (rosa, follow) => rosa.activity('Undo', rosa.activity('Accept', follow))],
    ['an Undo of the Accept of its id', (rosa, follow) => rosa.activity('Undo', rosa.activity('Accept', follow.id))],
    ['an Undo of the id of the Accept', (rosa, _follow, accept) => rosa.activity('Undo', accept.id)],
  ])('ends by %s, and with it what was for followers', async (_name, toEnd) => {
    const rosa = await somebody()
    const id = await letFollow(lea, elsewhere, rosa)
    const { json: follow } = await elsewhere.delivered(({ type, object }) => type === 'Follow' && object === rosa.iri)
    // Only the last one counts: a followee may say yes again, under another id.
    const accept = rosa.activity('Accept', follow)
    await say(rosa, accept, lea)
    const note = rosa.note({ to: [rosa.followers], cc: [] })
    await say(rosa, rosa.activity('Create', note, { to: note.to }), lea)
    const home = async () => (await lea.api.get('/api/v1/timelines/home')).body.map(({ uri }: Json) => uri)
    expect(await home()).toContain(note.id)
    await say(rosa, toEnd(rosa, follow, accept), lea)
    expect(await relationOf(lea, id)).toMatchObject({ following: false, requested: false })
    expect(await home()).not.toContain(note.id)
    const { body } = await lea.api.get(`/api/v2/search?type=statuses&resolve=true&q=${encodeURIComponent(note.id)}`)
    expect(body.statuses).toEqual([])
  })

  it('is not ended by somebody else (item 26)', async () => {
    const [rosa, mallory] = [await somebody(), await somebody()]
    const id = await letFollow(lea, elsewhere, rosa)
    const { json: follow } = await elsewhere.delivered(({ type, object }) => type === 'Follow' && object === rosa.iri)
    await say(mallory, mallory.activity('Reject', follow), lea)
    await say(mallory, mallory.activity('Undo', mallory.activity('Accept', follow)), lea)
    const accept = rosa.activity('Accept', follow)
    await say(rosa, accept, lea)
    await say(mallory, mallory.activity('Undo', accept.id), lea)
    expect(await relationOf(lea, id)).toMatchObject({ following: true })
  })

  it('is not accepted by an Accept that was taken back before it came (item 26)', async () => {
    const rosa = await somebody()
    const { follow, id } = await ask(rosa)
    const accept = rosa.activity('Accept', follow)
    await say(rosa, rosa.activity('Undo', accept.id), lea)
    await say(rosa, accept, lea)
    expect(await relationOf(lea, id)).toMatchObject({ following: false })
  })
})

describe('a Block that comes in', () => {
  it('ends both follows, hides one from the other, and restores nothing when it ends (item 23)', async () => {
    const rosa = await somebody()
    const id = await letFollow(lea, elsewhere, rosa)
    await letBeFollowed(instance, lea, rosa)
    const note = rosa.note({ to: [PUBLIC], cc: [rosa.followers] })
    await say(rosa, rosa.activity('Create', note, { to: note.to }), lea)
    const before = elsewhere.deliveries.length
    const block = rosa.activity('Block', lea.iri)
    await say(rosa, block, lea)
    expect(await relationOf(lea, id)).toMatchObject({ following: false, followed_by: false, blocked_by: true })
    expect((await lea.api.get('/api/v1/timelines/home')).body.map(({ uri }: Json) => uri)).not.toContain(note.id)
    await say(rosa, rosa.activity('Undo', block), lea)
    expect(await relationOf(lea, id)).toMatchObject({ following: false, followed_by: false, blocked_by: false })
    expect(elsewhere.deliveries.slice(before)).toEqual([])
  })

  it('ends by an Undo of its id, also of its last one or one that comes too early, and not by another’s (item 23)', async () => {
    const [rosa, mallory] = [await somebody(), await somebody()]
    const { id } = await ask(rosa)
    const [first, block, late] = [rosa, rosa, rosa].map((who) => who.activity('Block', lea.iri))
    await say(rosa, first, lea)
    await say(rosa, block, lea)
    await say(mallory, mallory.activity('Undo', block?.id), lea)
    expect(await relationOf(lea, id)).toMatchObject({ blocked_by: true })
    await say(rosa, rosa.activity('Undo', block?.id), lea)
    expect(await relationOf(lea, id)).toMatchObject({ blocked_by: false })
    await say(rosa, rosa.activity('Undo', late?.id), lea)
    await say(rosa, late, lea)
    expect(await relationOf(lea, id)).toMatchObject({ blocked_by: false })
  })
})
