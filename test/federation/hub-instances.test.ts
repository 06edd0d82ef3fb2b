import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Actor } from '#src/features/actors/queries.ts'
import { moderate } from '#src/features/groups/moderate.ts'
import { answerMember, createGroup, endGroup } from '#src/features/groups/service.ts'
import { listTopics } from '#src/features/groups/topic-queries.ts'
import { findAccount, relationOf } from '#test/support/befriend.ts'
import type { Json } from '#test/support/client.ts'
import { eventually } from '#test/support/eventually.ts'
import { make } from '#test/support/make.ts'
import { type Stranger, type StrangerActor, startStranger } from '#test/support/stranger.ts'
import { type Instance, type Member, startInstance } from '#test/support/two-servers.ts'

/** A hub on `host`, with members on two other instances and on a scripted Mastodon. */
let host: Instance
let [bread, paper]: Instance[] = []
let mastodon: Stranger
let [lea, bo, cy, dora]: Member[] = []
let mia: StrangerActor
let group: Actor
let handles = 0

const hub = () => `${group.handle}@${host.ctx.config.handleHost}`
const here = (): [Instance, Instance, Instance] => [host, bread as Instance, paper as Instance]
const [l, b, c, d] = [() => lea as Member, () => bo as Member, () => cy as Member, () => dora as Member]

beforeAll(async () => {
  ;[host, bread, paper] = await Promise.all([startInstance(), startInstance(), startInstance()])
  mastodon = await startStranger()
  ;[lea, bo, cy, dora] = await Promise.all([host.join('lea'), bread.join('bo'), paper.join('cy'), paper.join('dora')])
  mia = await mastodon.actor('mia')
})
afterAll(async () => {
  await Promise.all([...here(), mastodon].map((one) => one.close()))
})

/** What is said here may lead to something there, and that to something here. */
async function settle(): Promise<void> {
  for (let n = 0; n < 3; n++) for (const instance of here()) await instance.settle()
}

async function open(traits: Partial<Parameters<typeof createGroup>[2]> = {}): Promise<void> {
  group = await createGroup(host.ctx, l().viewer, { handle: `hub${handles++}`, name: 'Hub', ...traits })
  mastodon.deliveries.length = 0
}

/** @returns the id of the group at the member's */
async function join(member: Member): Promise<string> {
  const id = await findAccount(member, hub())
  await member.api.post(`/api/v1/accounts/${id}/follow`)
  await settle()
  return id
}

const joinAll = async () => {
  await mia.post(`${host.url}/inbox`, mia.activity('Follow', host.ctx.uris.actor(group.handle)))
  await join(b())
  await join(c())
}

const say = async (member: Member, status: string, more: Json = {}): Promise<Json> => {
  const { status: code, body } = await member.api.post('/api/v1/statuses', { status, visibility: 'public', ...more })
  expect([code, body.error]).toEqual([200, undefined])
  await settle()
  return body
}

/** The posts of a home timeline, those boosted by their own id there. */
async function home(member: Member): Promise<Json[]> {
  const { body } = await member.api.get('/api/v1/timelines/home?limit=40')
  return body.map((status: Json) => status.reblog ?? status)
}

const seenBy = async (member: Member, uri: string) => (await home(member)).filter((status) => status.uri === uri)

const topics = async (reader: Member = l()) => listTopics(host.ctx.db, group.id, reader.viewer.actorId, { limit: 20 })

/** What Mia's server got from the group, in no order: deliveries overtake each other. */
const told = () =>
  mastodon.deliveries.flatMap(({ json }) => {
    if (json?.type !== 'Announce' || json.actor !== host.ctx.uris.actor(group.handle)) return []
    return [
      typeof json.object === 'string'
        ? json.object
        : `${json.object.type} ${json.object.object?.id ?? json.object.object}`,
    ]
  })

describe('a hub with members on other instances (item 36)', () => {
  it('has a topic, an answer, an edit, a like and a deletion seen once by all, under the hub', async () => {
    await open()
    await joinAll()
    const topic = await say(b(), `@${hub()} Which box?`)
    const [copy] = await seenBy(c(), topic.uri)
    expect(await seenBy(c(), topic.uri)).toHaveLength(1)
    expect(copy.content).toContain('Which box?')
    const entry = (await c().api.get('/api/v1/timelines/home')).body[0]
    expect(entry.account).toMatchObject({ acct: hub(), group: true })
    expect(await seenBy(l(), topic.uri)).toHaveLength(1)
    expect(told().toSorted()).toEqual([`Create ${topic.uri}`, topic.uri].toSorted())

    const reply = await say(c(), `The brown one`, { in_reply_to_id: copy.id })
    const thread = await b().api.get(`/api/v1/statuses/${topic.id}/context`)
    expect(thread.body.descendants.map(({ uri }: Json) => uri)).toEqual([reply.uri])
    expect(await topics()).toMatchObject([{ replies: 1 }])
    expect(told().toSorted()).toEqual([`Create ${topic.uri}`, topic.uri, `Create ${reply.uri}`].toSorted())

    await b().api.put(`/api/v1/statuses/${topic.id}`, { status: `@${hub()} Which box, please?` })
    await settle()
    expect((await seenBy(c(), topic.uri))[0].content).toContain('please')
    await c().api.post(`/api/v1/statuses/${copy.id}/favourite`)
    await settle()
    expect((await b().api.get(`/api/v1/statuses/${topic.id}`)).body.favourites_count).toBe(1)
    expect((await seenBy(l(), topic.uri))[0].favourites_count).toBe(1)

    await c().api.delete(`/api/v1/statuses/${reply.id}`)
    await settle()
    expect((await b().api.get(`/api/v1/statuses/${topic.id}/context`)).body.descendants).toEqual([])
    expect(await topics()).toMatchObject([{ replies: 0 }])
    expect(told()).toEqual(expect.arrayContaining([`Update ${topic.uri}`, `Like ${topic.uri}`, `Delete ${reply.uri}`]))
    expect(told()).toHaveLength(6)
  })

  it('has its moderators close a topic, take it out, and keep somebody out, everywhere', async () => {
    await open()
    await joinAll()
    const topic = await say(b(), `@${hub()} Glue`)
    const [copy] = await seenBy(c(), topic.uri)
    const postId = (await topics())[0]?.postId ?? ''
    await moderate(host.ctx, l().viewer, group.id, { deed: 'lock', postId })
    await settle()
    const answer = { status: 'Late', in_reply_to_id: copy.id }
    expect((await c().api.post('/api/v1/statuses', answer)).status).toBe(422)
    await moderate(host.ctx, l().viewer, group.id, { deed: 'unlock', postId })
    await settle()
    await say(c(), 'In time', { in_reply_to_id: copy.id })
    expect(await topics()).toMatchObject([{ replies: 1 }])

    await moderate(host.ctx, l().viewer, group.id, { deed: 'remove', postId, reason: 'Off topic' })
    await settle()
    expect(await seenBy(c(), topic.uri)).toEqual([])
    expect((await c().api.get(`/api/v1/statuses/${copy.id}`)).status).toBe(200)
    expect((await b().api.get(`/api/v1/statuses/${topic.id}`)).status).toBe(200)
    await moderate(host.ctx, l().viewer, group.id, { deed: 'restore', postId })
    await settle()
    expect(await seenBy(c(), topic.uri)).toHaveLength(1)
    expect(await topics()).toMatchObject([{ replies: 1 }])
    await moderate(host.ctx, l().viewer, group.id, { deed: 'remove', postId, reason: 'Off topic' })
    await settle()
    expect(await seenBy(c(), topic.uri)).toEqual([])

    const cyThere = await findAccount(l(), c().acct)
    await moderate(host.ctx, l().viewer, group.id, { deed: 'ban', targetId: cyThere, until: null, reason: 'Spam' })
    await settle()
    const groupThere = await findAccount(c(), hub())
    expect(await relationOf(c(), groupThere)).toMatchObject({ following: false })
    await say(c(), `@${hub()} Me again`)
    expect(await topics()).toEqual([])
  })

  it('has what somebody wrote taken out with them, answers too, everywhere', async () => {
    await open()
    await joinAll()
    const topic = await say(c(), `@${hub()} Tape`)
    const [copy] = await seenBy(b(), topic.uri)
    const answer = await say(b(), 'Buy pills', { in_reply_to_id: copy.id })
    const boThere = await findAccount(l(), b().acct)
    const ban = { deed: 'ban', targetId: boThere, until: null, reason: 'Spam', removesPosts: true } as const
    await moderate(host.ctx, l().viewer, group.id, ban)
    await settle()
    for (const instance of [host, paper as Instance]) {
      const rows = await instance.ctx.db.$client<{ isOut: boolean }[]>`
        select g.removed_at is not null as "isOut" from group_posts g join posts p on p.id = g.post_id
        where p.iri = ${answer.uri}`
      expect([...rows]).toEqual([{ isOut: true }])
    }
  })

  it('lets in whom its moderators approve', async () => {
    await open({ isLocked: true })
    const id = await join(b())
    expect(await relationOf(b(), id)).toMatchObject({ following: false, requested: true })
    const boThere = await findAccount(l(), b().acct)
    await answerMember(host.ctx, l().viewer, { groupId: group.id, actorId: boThere, answer: 'accept' })
    await settle()
    expect(await relationOf(b(), id)).toMatchObject({ following: true, requested: false })
    await say(b(), `@${hub()} Let in`)
    expect(await topics()).toHaveLength(1)
  })

  it('keeps what is said in a private hub to its members, on every instance', async () => {
    await open({ isPrivate: true })
    await mia.post(`${host.url}/inbox`, mia.activity('Follow', host.ctx.uris.actor(group.handle)))
    for (const member of [b(), c()]) {
      await join(member)
      const there = await findAccount(l(), member.acct)
      await answerMember(host.ctx, l().viewer, { groupId: group.id, actorId: there, answer: 'accept' })
    }
    await settle()
    const topic = await say(b(), `@${hub()} A secret`, { visibility: 'direct' })
    expect(await topics()).toHaveLength(1)
    expect(await topics(d())).toEqual([])
    const [copy] = await seenBy(c(), topic.uri)
    expect(copy).toMatchObject({ visibility: 'direct' })
    expect(await seenBy(l(), topic.uri)).toHaveLength(1)
    for (const other of [d()]) expect((await other.api.get(`/api/v1/statuses/${copy.id}`)).status).toBe(404)
    const reply = await say(c(), 'Kept', { in_reply_to_id: copy.id, visibility: 'direct' })
    expect(await topics()).toMatchObject([{ replies: 1 }])
    const thread = await b().api.get(`/api/v1/statuses/${topic.id}/context`)
    expect(thread.body.descendants.map(({ uri }: Json) => uri)).toEqual([reply.uri])
    // Mia has asked and was not let in.
    expect(told()).toEqual([])
    for (const iri of [topic.uri, reply.uri]) expect((await mia.get(iri)).status).toBe(404)
    // Whoever is let in is told what to expect, and the servers of those who wrote ask that of the hub who is a member.
    const nia = await mastodon.actor('nia')
    await nia.post(`${host.url}/inbox`, nia.activity('Follow', host.ctx.uris.actor(group.handle)))
    await settle()
    await answerMember(host.ctx, l().viewer, {
      ...{ groupId: group.id, actorId: await findAccount(l(), nia.acct), answer: 'accept' },
    })
    await settle()
    const created = mastodon.deliveries.filter(({ json }) => json?.type === 'Create').map(({ json }) => json?.object)
    expect(created).toEqual([expect.objectContaining({ content: expect.stringContaining('for its members alone') })])
    for (const iri of [topic.uri, reply.uri]) {
      expect((await nia.get(iri)).status).toBe(200)
      expect((await mia.get(iri)).status).toBe(404)
    }
  })

  it('leaves its topics to their authors when it is ended, and what was said to its members to nobody else', async () => {
    await open({ isPrivate: true })
    for (const member of [b(), c()]) {
      await join(member)
      const there = await findAccount(l(), member.acct)
      await answerMember(host.ctx, l().viewer, { groupId: group.id, actorId: there, answer: 'accept' })
    }
    await settle()
    const secret = await say(b(), `@${hub()} A secret`, { visibility: 'direct' })
    const [copy] = await seenBy(c(), secret.uri)
    const there = await findAccount(c(), hub())
    const [groupThere, here] = [there, (await topics())[0]?.postId]
    await endGroup(host.ctx, l().viewer, group.id)
    await settle()
    expect(await seenBy(c(), secret.uri)).toEqual([])
    expect((await c().api.get(`/api/v1/statuses/${copy.id}`)).status).toBe(404)
    expect((await l().api.get(`/api/v1/statuses/${here}`)).status).toBe(404)
    expect((await b().api.get(`/api/v1/statuses/${secret.id}`)).status).toBe(200)
    expect((await c().api.get(`/api/v1/accounts/${groupThere}`)).status).toBe(404)
  })

  it('goes round in no circle with a hub that follows it and that it follows', async () => {
    await open()
    const other = await createGroup((bread as Instance).ctx, b().viewer, { handle: 'otherhub', name: 'Other' })
    const otherThere = await findAccount(l(), `otherhub@${(bread as Instance).ctx.config.handleHost}`)
    const groupThere = await findAccount(b(), hub())
    await make.follow(host.ctx, { followerId: otherThere, followeeId: group.id })
    await make.follow(host.ctx, { followerId: group.id, followeeId: otherThere })
    await make.follow((bread as Instance).ctx, { followerId: groupThere, followeeId: other.id })
    await make.follow((bread as Instance).ctx, { followerId: other.id, followeeId: groupThere })
    await joinAll()
    const both = `@${hub()} @otherhub@${(bread as Instance).ctx.config.handleHost} To both`
    const topic = await say(b(), both)
    const count = async (instance: Instance) =>
      instance.ctx.db.$client<{ type: string; n: number }[]>`
        select type, count(*)::int as n from activities group by 1 order by 1`
    const before = await Promise.all(here().map(count))
    for (let n = 0; n < 5; n++) await settle()
    expect(await Promise.all(here().map(count))).toEqual(before)
    expect(told().toSorted()).toEqual([`Create ${topic.uri}`, topic.uri].toSorted())
    await eventually(async () => expect(await seenBy(c(), topic.uri)).toHaveLength(1))
  })
})
