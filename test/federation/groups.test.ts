import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { transaction } from '#src/db/client.ts'
import { pruneDeliveries } from '#src/db/deliveries.ts'
import { replyApprovals } from '#src/db/schema/replies.ts'
import { lockByName } from '#src/db/tombstones.ts'
import type { Actor } from '#src/features/actors/queries.ts'
import { listWaiting } from '#src/features/follows/request-queries.ts'
import { moderate } from '#src/features/groups/moderate.ts'
import { answerMember, createGroup, endGroup } from '#src/features/groups/service.ts'
import { listTopics } from '#src/features/groups/topic-queries.ts'
import { receiveReplyRefused } from '#src/features/posts/receive-replies.ts'
import type { Json } from '#test/support/client.ts'
import { creating, type Neighbours, startNeighbours } from '#test/support/neighbours.ts'
import { PUBLIC, type Recorded, type StrangerActor } from '#test/support/stranger.ts'

/** Rosa and Remo (elsewhere) and Fay (far) around groups that Lea keeps here; Olga is here and no member. */
let neighbours: Neighbours
let fay: StrangerActor
let group: Actor
let handles = 0

const ctx = () => neighbours.instance.ctx
const iri = () => ctx().uris.actor(group.handle)
const followers = () => ctx().uris.followers(group.handle)

beforeAll(async () => {
  neighbours = await startNeighbours()
  fay = await neighbours.far.actor('fay')
})
afterAll(() => neighbours.close())

/** A group that nobody has anything to do with yet, but Lea. */
async function open(traits: Partial<Parameters<typeof createGroup>[2]> = {}): Promise<void> {
  group = await createGroup(ctx(), neighbours.lea.viewer, { handle: `hub${handles++}`, name: 'Hub', ...traits })
  neighbours.elsewhere.deliveries.length = 0
  neighbours.far.deliveries.length = 0
}

const join = (...members: StrangerActor[]) =>
  Promise.all(members.map((member) => neighbours.say(member, member.activity('Follow', iri()))))

/** A post that names the group, as Mastodon addresses it. */
function toGroup(from: StrangerActor, more: Json = {}): Json {
  const tag = [{ type: 'Mention', href: iri(), name: `@${group.handle}@${ctx().config.handleHost}` }]
  return from.note({ content: '<p>@hub Which box?</p>', to: [PUBLIC], cc: [from.followers, iri()], tag, ...more })
}

/** Has somebody say something, and gives back the bytes. */
async function say(from: StrangerActor, activity: Json): Promise<string> {
  const proven = from.prove(activity)
  await neighbours.say(from, proven)
  return JSON.stringify(proven)
}

/** What a server got from the group. */
const announced = (at: 'elsewhere' | 'far'): Recorded[] =>
  neighbours[at].deliveries.filter(({ json }) => json?.type === 'Announce' && json.actor === iri())

const passedOn = (at: 'elsewhere' | 'far', type: string) =>
  announced(at).filter(({ json }) => json.object?.type === type)

const topics = (reader: string | null = null) => listTopics(ctx().db, group.id, reader, { limit: 20 })

const told = (at: 'elsewhere' | 'far', type: string) =>
  neighbours[at].deliveries.filter(({ json }) => json?.type === type)

describe('a group that is kept here (item 34)', () => {
  it('says in its document who looks after it, and whether all may begin topics', async () => {
    await open({ posting: 'moderators', isLocked: true })
    const { json } = await fay.get(iri())
    expect(json).toMatchObject({
      type: 'Group',
      preferredUsername: group.handle,
      manuallyApprovesFollowers: true,
      postingRestrictedToMods: true,
      attributedTo: `${iri()}/moderators`,
      moderators: `${iri()}/moderators`,
    })
    const moderators = await fay.get(json.moderators)
    expect(moderators.json).toMatchObject({ type: 'OrderedCollection', orderedItems: [neighbours.lea.iri] })
  })

  it('lets members in by Follow and by Join, and out by Undo and by Leave', async () => {
    await open()
    await join(fay)
    expect(told('far', 'Accept')[0]?.json.object).toMatchObject({ type: 'Follow', actor: fay.iri })
    const asked = neighbours.rosa.activity('Join', iri())
    await neighbours.say(neighbours.rosa, asked)
    expect(told('elsewhere', 'Accept')[0]?.json.object).toMatchObject({ type: 'Join', id: asked.id })
    await say(neighbours.rosa, creating(neighbours.rosa, toGroup(neighbours.rosa)))
    expect(passedOn('far', 'Create')).toHaveLength(1)
    await neighbours.say(neighbours.rosa, neighbours.rosa.activity('Leave', iri()))
    await say(neighbours.rosa, creating(neighbours.rosa, toGroup(neighbours.rosa)))
    expect(passedOn('far', 'Create')).toHaveLength(1)
  })

  it('passes a topic on byte for byte with its proof, and its id to those who know no groups', async () => {
    await open()
    await join(neighbours.rosa, fay)
    const note = toGroup(neighbours.rosa)
    const bytes = await say(neighbours.rosa, creating(neighbours.rosa, note))
    const [wrapped] = passedOn('far', 'Create')
    expect(wrapped?.body.toString()).toContain(`"object":${bytes}}`)
    expect(wrapped?.json).toMatchObject({ to: [PUBLIC], cc: [followers(), neighbours.rosa.iri] })
    expect(announced('far').filter(({ json }) => json.object === note.id)).toHaveLength(1)
    // Its own server waits for it, too.
    expect(passedOn('elsewhere', 'Create')).toHaveLength(1)
    expect(await topics()).toMatchObject([{ replies: 0, isLocked: false }])
    const context = await fay.get(ctx().uris.context((await topics())[0]?.postId ?? ''))
    expect(context.json).toMatchObject({ type: 'OrderedCollection', attributedTo: iri(), orderedItems: [note.id] })
  })

  it('has its topics in its outbox, for whoever comes later', async () => {
    await open()
    const { rosa } = neighbours
    await join(rosa)
    const note = toGroup(rosa)
    await say(rosa, creating(rosa, note))
    await neighbours.instance.settle()
    const { json } = await rosa.get(`${iri()}/outbox?page=true`, { at: neighbours.now() })
    expect(json.orderedItems).toMatchObject([{ type: 'Announce', actor: iri(), object: note.id }])
  })

  it('passes nothing on twice, however often and by whichever way it comes', async () => {
    await open()
    await join(neighbours.rosa, fay)
    const create = creating(neighbours.rosa, toGroup(neighbours.rosa))
    await say(neighbours.rosa, create)
    await say(neighbours.rosa, create)
    await neighbours.say(neighbours.rosa, neighbours.rosa.prove(create), `${iri()}/inbox`)
    expect(announced('far')).toHaveLength(2)
  })

  it('passes on answers, edits, likes and deletions, and of answers no id', async () => {
    await open()
    const { rosa, remo } = neighbours
    await join(rosa, remo, fay)
    const topic = toGroup(rosa)
    await say(rosa, creating(rosa, topic))
    const reply = fay.note({ inReplyTo: topic.id, to: [PUBLIC], cc: [rosa.iri, iri()] })
    await say(fay, creating(fay, reply))
    expect(passedOn('elsewhere', 'Create').map(({ json }) => json.object.object.id)).toEqual([topic.id, reply.id])
    expect(announced('elsewhere').filter(({ json }) => json.object === reply.id)).toEqual([])
    expect(await topics()).toMatchObject([{ replies: 1 }])
    const edited = { ...reply, content: '<p>Better</p>', updated: new Date(Date.now() + 1_000).toISOString() }
    await say(fay, fay.activity('Update', edited, { to: [PUBLIC], cc: [iri()] }))
    await say(remo, remo.activity('Like', reply.id, { to: [fay.iri] }))
    await say(remo, remo.activity('Like', reply.id, { to: [fay.iri] }))
    const react = (content: string) => remo.activity('EmojiReact', reply.id, { to: [fay.iri], content })
    const bee = react('🐝')
    for (const reaction of [bee, react('🐝'), react('🍯')]) await say(remo, reaction)
    expect(passedOn('elsewhere', 'EmojiReact').map(({ json }) => json.object.content)).toEqual(['🐝', '🍯'])
    await say(remo, remo.activity('Undo', bee))
    expect(passedOn('elsewhere', 'Undo').map(({ json }) => json.object.object.id)).toEqual([bee.id])
    await say(fay, fay.activity('Delete', { type: 'Tombstone', id: reply.id }, { to: [PUBLIC], cc: [iri()] }))
    expect(['Update', 'Like', 'Delete'].map((type) => passedOn('elsewhere', type).length)).toEqual([1, 1, 1])
    expect(await topics()).toMatchObject([{ replies: 0 }])
  })

  it('refuses who is no member: each activity, and in words once a week', async () => {
    await open()
    await join(neighbours.rosa)
    const note = toGroup(fay)
    await say(fay, creating(fay, note))
    await say(fay, creating(fay, toGroup(fay)))
    expect(told('far', 'Reject').map(({ json }) => [json.actor, json.summary])).toEqual([
      [iri(), 'not-a-member'],
      [iri(), 'not-a-member'],
    ])
    const words = told('far', 'Create').map(({ json }) => json.object.content)
    expect(words).toEqual([expect.stringContaining('follow this account to join')])
    expect(announced('elsewhere')).toEqual([])
    neighbours.pass(8 * 86_400_000)
    await say(fay, creating(fay, toGroup(fay)))
    expect(told('far', 'Create')).toHaveLength(2)
  })

  it('takes three topics an hour of who is new', async () => {
    await open()
    await join(neighbours.rosa, fay)
    for (let n = 0; n < 4; n++) await say(fay, creating(fay, toGroup(fay)))
    expect(passedOn('elsewhere', 'Create')).toHaveLength(3)
    expect(told('far', 'Reject').map(({ json }) => json.summary)).toEqual(['too-many'])
    neighbours.pass(3_700_000)
    await say(fay, creating(fay, toGroup(fay)))
    expect(passedOn('elsewhere', 'Create')).toHaveLength(4)
  })

  it('hands out what it passed on as long as the post can be read there, and of an edited one only the id', async () => {
    await open()
    const { lea, rosa } = neighbours
    await join(rosa, fay)
    const note = toGroup(rosa, { content: '<p>Regretted</p>' })
    const create = creating(rosa, note)
    await say(rosa, create)
    const sent = await lea.api.post('/api/v1/statuses', { status: `@${group.handle} Regretted`, visibility: 'public' })
    await neighbours.instance.settle()
    const announces = passedOn('far', 'Create').map(({ json }) => json.id as string)
    const read = async () => {
      const answers = await Promise.all(announces.map((id) => fay.get(id)))
      return answers.map(({ status, json }) => [status, json?.object?.object?.content ?? json?.object])
    }
    expect(await read()).toEqual([
      [200, '<p>Regretted</p>'],
      [200, expect.stringContaining('Regretted')],
    ])
    const edit = { ...note, content: '<p>Better</p>', updated: neighbours.now().toISOString() }
    await say(rosa, rosa.activity('Update', edit, { to: [PUBLIC], cc: [iri()] }))
    expect(await read()).toMatchObject([
      [200, create.id],
      [200, expect.stringContaining('Regretted')],
    ])
    await say(rosa, rosa.activity('Delete', { id: note.id, type: 'Tombstone' }, { to: [PUBLIC], cc: [iri()] }))
    await lea.api.delete(`/api/v1/statuses/${sent.body.id}`)
    await neighbours.instance.settle()
    expect((await read()).map(([status]) => status)).toEqual([404, 404])
  })

  it('hands out nothing that it has taken out, nor what it passed on so long ago that nothing is left of it', async () => {
    await open()
    const { lea, rosa } = neighbours
    await join(fay, rosa)
    for (const text of ['Out', 'Long ago'])
      await say(rosa, creating(rosa, toGroup(rosa, { content: `<p>${text}</p>` })))
    const [out, old] = passedOn('far', 'Create').map(({ json }) => json.id as string)
    const status = async (id = '') => (await fay.get(id)).status
    expect([await status(out), await status(old)]).toEqual([200, 200])
    const place = (await topics()).at(-1)
    const remove = { deed: 'remove', postId: place?.postId ?? '', reason: '' } as const
    await moderate(ctx(), lea.viewer, group.id, remove)
    expect([await status(out), await status(old)]).toEqual([404, 200])
    const inWeeks = new Date(neighbours.now().getTime() + 30 * 86_400_000)
    const [piece] = await ctx().db.$client`
      update deliveries set finished_at = null, parked_at = now() where activity_id = ${old?.split('/').at(-1) ?? ''} returning id`
    await pruneDeliveries(ctx().db, inWeeks)
    // What was parked may still be sent: it keeps its words.
    expect(await status(old)).toBe(200)
    await ctx().db.$client`delete from deliveries where id = ${piece?.id}`
    await pruneDeliveries(ctx().db, inWeeks)
    expect(await status(old)).toBe(404)
  })

  it('is open to what is public alone, and never passes on what was announced or what a group says', async () => {
    await open()
    const hub = await neighbours.far.actor('otherhub', { type: 'Group' })
    await join(neighbours.rosa, fay, hub)
    await say(fay, creating(fay, toGroup(fay, { to: [fay.followers], cc: [iri()] })))
    expect(told('far', 'Reject').map(({ json }) => json.summary)).toEqual(['not-public'])
    const note = fay.note({ to: [PUBLIC], cc: [iri()] })
    await say(hub, hub.activity('Announce', note.id, { to: [PUBLIC], cc: [iri()] }))
    await say(hub, hub.activity('Announce', creating(fay, note), { to: [PUBLIC], cc: [iri()], audience: iri() }))
    await say(hub, creating(hub, toGroup(hub)))
    expect(announced('elsewhere')).toEqual([])
  })

  it('asks before it lets in, and who was let in may write', async () => {
    await open({ isLocked: true, question: 'What do you make?' })
    await join(fay)
    expect(told('far', 'Accept')).toEqual([])
    const [waiting] = await listWaiting(ctx().db, group.id, { limit: 10 })
    const { lea, olga } = neighbours
    await expect(
      answerMember(ctx(), olga.viewer, { groupId: group.id, actorId: waiting?.followerId ?? '', answer: 'accept' }),
    ).rejects.toMatchObject({ code: 'forbidden' })
    await answerMember(ctx(), lea.viewer, { groupId: group.id, actorId: waiting?.followerId ?? '', answer: 'accept' })
    await neighbours.instance.settle()
    expect(told('far', 'Accept')).toHaveLength(1)
    await say(fay, creating(fay, toGroup(fay)))
    expect(await topics()).toHaveLength(1)
  })
})

describe('a private group (item 36)', () => {
  it('refuses what is public, shows what is not to its members alone, and says to servers who they are', async () => {
    await open({ isPrivate: true })
    const { rosa, lea } = neighbours
    await join(rosa, fay)
    for (const { followerId: actorId } of await listWaiting(ctx().db, group.id, { limit: 10 }))
      await answerMember(ctx(), lea.viewer, { groupId: group.id, actorId, answer: 'accept' })
    await say(rosa, creating(rosa, toGroup(rosa)))
    expect(told('elsewhere', 'Reject').map(({ json }) => json.summary)).toEqual(['not-private'])
    const { body } = await lea.api.post('/api/v1/statuses', { status: `@${group.handle} Psst`, visibility: 'direct' })
    await neighbours.instance.settle()
    const [wrapped] = passedOn('far', 'Create')
    expect([wrapped?.json.to, wrapped?.json.object.to]).toEqual([[followers()], [iri(), followers()]])
    expect(announced('far').every(({ json }) => !JSON.stringify(json).includes(PUBLIC))).toBe(true)
    const at = neighbours.now()
    expect((await fay.get(body.uri, { at })).status).toBe(200)
    expect((await neighbours.remo.get(body.uri, { at })).status).toBe(404)
    const asked = (who: StrangerActor) => `${followers()}?is_follower=${encodeURIComponent(who.iri)}`
    expect((await rosa.get(asked(fay), { at })).status).toBe(200)
    expect((await rosa.get(asked(neighbours.remo), { at })).status).toBe(404)
    expect((await rosa.get(asked(fay), { scheme: 'none' })).status).toBe(401)
  })
})

describe('those who look after a group (item 34)', () => {
  const begin = async (from = neighbours.rosa): Promise<{ note: Json; postId: string }> => {
    const note = toGroup(from)
    await say(from, creating(from, note))
    const [topic] = await topics()
    return { note, postId: topic?.postId ?? '' }
  }

  it('take posts out, close topics and pin them: their servers hear it in the words of the moderator', async () => {
    await open()
    await join(neighbours.rosa, fay)
    const { lea } = neighbours
    const { note, postId } = await begin()
    await moderate(ctx(), lea.viewer, group.id, { deed: 'lock', postId })
    await moderate(ctx(), lea.viewer, group.id, { deed: 'lock', postId })
    await moderate(ctx(), lea.viewer, group.id, { deed: 'pin', postId })
    await neighbours.instance.settle()
    expect(passedOn('far', 'Lock').map(({ json }) => json.object)).toMatchObject([
      { actor: lea.iri, object: note.id, audience: iri(), cc: [iri()] },
    ])
    expect(passedOn('far', 'Add')[0]?.json.object).toMatchObject({
      object: note.id,
      target: ctx().uris.featured(group.handle),
    })
    const pinned = await fay.get(ctx().uris.featured(group.handle))
    expect(pinned.json).toMatchObject({ totalItems: 1, orderedItems: [note.id] })
    await say(fay, creating(fay, fay.note({ inReplyTo: note.id, to: [PUBLIC], cc: [iri()] })))
    expect(told('far', 'Reject').map(({ json }) => json.summary)).toEqual(['locked'])
    await moderate(ctx(), lea.viewer, group.id, { deed: 'unlock', postId })
    await moderate(ctx(), lea.viewer, group.id, { deed: 'remove', postId, reason: 'Off topic' })
    await neighbours.instance.settle()
    expect(passedOn('far', 'Delete').map(({ json }) => json.object)).toMatchObject([
      { actor: lea.iri, object: note.id, summary: 'Off topic' },
    ])
    expect(told('far', 'Undo').map(({ json }) => json.object?.object)).toEqual([note.id])
    expect(await topics()).toEqual([])
    const shown = () => announced('far').filter(({ json }) => json.object === note.id).length
    expect(shown()).toBe(1)
    await moderate(ctx(), lea.viewer, group.id, { deed: 'restore', postId })
    await moderate(ctx(), lea.viewer, group.id, { deed: 'restore', postId })
    await neighbours.instance.settle()
    // That the topic was closed was taken back the same way.
    expect(passedOn('far', 'Undo').map(({ json }) => json.object)).toMatchObject([
      { actor: lea.iri, object: { type: 'Lock', object: note.id } },
      { actor: lea.iri, audience: iri(), object: { type: 'Delete', actor: lea.iri, to: [PUBLIC], object: note.id } },
    ])
    expect(shown()).toBe(2)
    expect(await topics()).toHaveLength(1)
  })

  it('keep somebody out: he is no member, cannot come back, and what he says is refused, until they let him in', async () => {
    await open()
    await join(neighbours.rosa, fay)
    await begin(fay)
    const { lea } = neighbours
    const fayHere =
      (await ctx().db.$client<{ id: string }[]>`select id::text from actors where iri = ${fay.iri}`)[0]?.id ?? ''
    const ban = { deed: 'ban', targetId: fayHere, until: null, reason: 'Spam', removesPosts: true } as const
    await moderate(ctx(), lea.viewer, group.id, ban)
    await neighbours.instance.settle()
    expect(passedOn('elsewhere', 'Block')[0]?.json.object).toMatchObject({
      object: fay.iri,
      target: iri(),
      summary: 'Spam',
      removeData: true,
    })
    expect(told('far', 'Reject')).toHaveLength(1)
    expect(await topics()).toEqual([])
    await join(fay)
    expect(told('far', 'Reject')).toHaveLength(2)
    await say(fay, creating(fay, toGroup(fay)))
    expect(told('far', 'Reject').at(-1)?.json.summary).toBe('banned')
    await moderate(ctx(), lea.viewer, group.id, { deed: 'unban', targetId: fayHere })
    await join(fay)
    await begin(fay)
    expect(await topics()).toHaveLength(1)
  })

  it('may own it together, of which other servers hear no more than that they look after it', async () => {
    await open()
    await join(fay)
    const { lea, olga } = neighbours
    const appoint = { deed: 'appoint', targetId: olga.actor.id } as const
    await moderate(ctx(), lea.viewer, group.id, appoint)
    await moderate(ctx(), lea.viewer, group.id, { ...appoint, role: 'owner' })
    await neighbours.instance.settle()
    expect(passedOn('far', 'Add')).toHaveLength(1)
    await moderate(ctx(), lea.viewer, group.id, { deed: 'dismiss', targetId: lea.actor.id })
    await neighbours.instance.settle()
    expect(passedOn('far', 'Remove').map(({ json }) => json.object)).toMatchObject([
      { actor: lea.iri, object: lea.iri, target: `${iri()}/moderators` },
    ])
    expect((await fay.get(`${iri()}/moderators`)).json.orderedItems).toEqual([olga.iri])
  })

  it('may be at home elsewhere: what they say holds, and what others say does not', async () => {
    await open()
    const { rosa, remo, lea } = neighbours
    await join(rosa, remo, fay)
    const { note } = await begin()
    await say(remo, remo.activity('Delete', note.id, { to: [PUBLIC], cc: [iri()] }))
    await say(remo, remo.activity('Lock', note.id, { to: [PUBLIC], cc: [iri()] }))
    expect(await topics()).toMatchObject([{ isLocked: false }])
    const remoHere =
      (await ctx().db.$client<{ id: string }[]>`select id::text from actors where iri = ${remo.iri}`)[0]?.id ?? ''
    await moderate(ctx(), lea.viewer, group.id, { deed: 'appoint', targetId: remoHere })
    await neighbours.instance.settle()
    expect(passedOn('far', 'Add')[0]?.json.object).toMatchObject({ object: remo.iri, target: `${iri()}/moderators` })
    await say(remo, remo.activity('Lock', note.id, { to: [PUBLIC], cc: [iri()] }))
    expect(await topics()).toMatchObject([{ isLocked: true }])
    expect(passedOn('far', 'Lock')).toHaveLength(1)
    // Owners alone name moderators.
    await say(remo, remo.activity('Add', fay.iri, { target: `${iri()}/moderators`, to: [PUBLIC], cc: [iri()] }))
    expect(passedOn('far', 'Add')).toHaveLength(1)
    await say(remo, remo.activity('Undo', remo.activity('Lock', note.id), { to: [PUBLIC], cc: [iri()] }))
    expect(await topics()).toMatchObject([{ isLocked: false }])
    await say(remo, remo.activity('Block', fay.iri, { target: iri(), to: [PUBLIC], cc: [iri()] }))
    expect(passedOn('elsewhere', 'Block')).toHaveLength(1)
    await say(remo, remo.activity('Delete', note.id, { to: [PUBLIC], cc: [iri()] }))
    expect(await topics()).toEqual([])
    expect(passedOn('far', 'Delete')).toHaveLength(0)
    const back = (who: StrangerActor) =>
      say(who, who.activity('Undo', who.activity('Delete', note.id), { to: [PUBLIC], cc: [iri()] }))
    for (const who of [fay, rosa]) await back(who)
    expect(await topics()).toEqual([])
    await back(remo)
    expect(await topics()).toHaveLength(1)
    const remove = remo.activity('Remove', remo.iri, { target: `${iri()}/moderators`, to: [PUBLIC], cc: [iri()] })
    await say(remo, remove)
    expect((await fay.get(`${iri()}/moderators`)).json.orderedItems).toEqual([lea.iri])
    expect(passedOn('elsewhere', 'Undo').at(-1)?.json.object).toMatchObject({ actor: remo.iri })
  })
})

describe('the end of a group (item 34)', () => {
  it('is told to the servers of its members, and nothing comes to it or from it any more', async () => {
    await open()
    const { rosa, lea } = neighbours
    await join(rosa, fay)
    const topic = toGroup(rosa)
    await say(rosa, creating(rosa, topic))
    const context = ctx().uris.context((await topics())[0]?.postId ?? '')
    neighbours.far.deliveries.length = 0
    await endGroup(ctx(), lea.viewer, group.id)
    await endGroup(ctx(), lea.viewer, group.id).catch(() => undefined)
    await neighbours.instance.settle()
    expect(neighbours.far.deliveries.map(({ json }) => [json?.type, json?.actor, json?.object])).toMatchObject([
      ['Delete', iri(), iri()],
    ])
    expect(told('elsewhere', 'Delete')).toHaveLength(1)
    const gone = await fay.get(iri())
    expect([gone.status, gone.json.type]).toEqual([410, 'Tombstone'])
    for (const path of [followers(), `${iri()}/moderators`, context]) expect((await fay.get(path)).status).toBe(404)
    await say(fay, creating(fay, fay.note({ inReplyTo: topic.id, to: [PUBLIC], cc: [rosa.iri, iri()] })))
    await say(fay, creating(fay, toGroup(fay)))
    expect(announced('elsewhere').filter(({ json }) => json.object?.actor === fay.iri)).toEqual([])
    expect(told('far', 'Reject')).toEqual([])
    expect((await neighbours.find(lea, topic.id)).content).toContain('Which box?')
  })
})

describe('members of a group who are at home here (item 34)', () => {
  it('speak in it by naming it, and all is passed on like what comes from elsewhere', async () => {
    await open()
    const { lea, olga } = neighbours
    await join(fay)
    const { body } = await lea.api.post('/api/v1/statuses', {
      status: `@${group.handle} Which tape?`,
      visibility: 'public',
    })
    await neighbours.instance.settle()
    expect(passedOn('far', 'Create').map(({ json }) => json.object.object.id)).toEqual([body.uri])
    expect(await topics()).toHaveLength(1)
    const feed = await olga.api.get(`/api/v1/accounts/${group.id}/statuses`)
    expect(feed.body.map((status: Json) => status.reblog?.id)).toEqual([body.id])
    expect((await olga.api.get(`/api/v1/accounts/${group.id}`)).body).toMatchObject({ group: true, locked: false })
    await lea.api.put(`/api/v1/statuses/${body.id}`, { status: `@${group.handle} Which tape, please?` })
    await neighbours.instance.settle()
    await lea.api.delete(`/api/v1/statuses/${body.id}`)
    await neighbours.instance.settle()
    expect(['Update', 'Delete'].map((type) => passedOn('far', type).length)).toEqual([1, 1])
    expect(await topics()).toEqual([])
  })

  it('may answer before what they answer has its place', async () => {
    await open()
    const { lea } = neighbours
    await join(fay)
    const say = (status: string, more: object = {}) =>
      lea.api.post('/api/v1/statuses', { status, visibility: 'public', ...more })
    const answer = await transaction(ctx().db, async (tx) => {
      // As long as somebody has this nobody gets a place.
      await lockByName(tx, `group ${group.id} ${lea.actor.id}`)
      const { body: topic } = await say(`@${group.handle} Which glue?`)
      const { body } = await say('The white one', { in_reply_to_id: topic.id })
      await wait(500)
      expect(await topics()).toEqual([])
      return body
    })
    await neighbours.instance.settle()
    expect(passedOn('far', 'Create').map(({ json }) => json.object.object.id)).toContain(answer.uri)
    expect((await topics())[0]).toMatchObject({ replies: 1 })
  })

  it('are told in a message when they are no members', async () => {
    await open()
    const { olga } = neighbours
    await olga.api.post('/api/v1/statuses', { status: `@${group.handle} Me too`, visibility: 'public' })
    await neighbours.instance.settle()
    const conversations = await olga.api.get('/api/v1/conversations')
    expect(conversations.body[0].last_status.content).toContain('Only members write in this group')
    expect(await topics()).toEqual([])
  })
})

describe('nobody gets a group (item 34)', () => {
  const here = async (who: StrangerActor) =>
    (await ctx().db.$client<{ id: string }[]>`select id::text from actors where iri = ${who.iri}`)[0]?.id ?? ''
  const ban = async (who: StrangerActor, more: { until?: string; removesPosts?: boolean } = {}) => {
    const usual = { deed: 'ban', targetId: await here(who), until: null, reason: '' } as const
    await moderate(ctx(), neighbours.lea.viewer, group.id, { ...usual, ...more })
    await neighbours.instance.settle()
  }
  const edit = (note: Json, more: Json) => ({ ...note, ...more, updated: new Date(Date.now() + 1_000).toISOString() })
  const statusOf = (note: Json) => neighbours.find(neighbours.lea, note.id)
  const approveAll = async () => {
    for (const { followerId: actorId } of await listWaiting(ctx().db, group.id, { limit: 10 }))
      await answerMember(ctx(), neighbours.lea.viewer, { groupId: group.id, actorId, answer: 'accept' })
    await neighbours.instance.settle()
  }

  it('to hear a word aside about what is said there', async () => {
    await open()
    const { rosa, lea } = neighbours
    await join(rosa, fay)
    const topic = toGroup(rosa)
    await say(rosa, creating(rosa, topic))
    const tag = [{ type: 'Mention', href: lea.iri, name: '@lea' }]
    const aside = await neighbours.arrive(rosa.note({ inReplyTo: topic.id, to: [lea.iri], cc: [], tag }))
    neighbours.elsewhere.deliveries.length = 0
    const answer = { status: `@${aside.account.acct} my secret`, visibility: 'direct', in_reply_to_id: aside.id }
    await lea.api.post('/api/v1/statuses', answer)
    await neighbours.instance.settle()
    const got = neighbours.elsewhere.deliveries.map(({ json }) => [json?.type, json?.to, json?.object?.audience])
    expect(got).toEqual([['Create', [rosa.iri], undefined]])
  })

  it('to pass one post on twice, what was taken out, or what is said in the name of somebody else', async () => {
    await open()
    const { rosa, lea } = neighbours
    await join(rosa, fay)
    const topic = toGroup(fay)
    for (let n = 0; n < 3; n++) await say(fay, creating(fay, { ...topic, content: `<p>Spam ${n}</p>` }))
    expect(passedOn('elsewhere', 'Create')).toHaveLength(1)
    await say(fay, creating(fay, { ...toGroup(fay), attributedTo: rosa.iri, content: '<p>Rosa never said so</p>' }))
    const { postId = '' } = (await topics())[0] ?? {}
    await moderate(ctx(), lea.viewer, group.id, { deed: 'remove', postId, reason: '' })
    await say(fay, creating(fay, topic))
    expect(passedOn('elsewhere', 'Create')).toHaveLength(1)
    // The members hear of it when its author takes it back as well.
    await say(fay, fay.activity('Delete', { type: 'Tombstone', id: topic.id }, { to: [PUBLIC], cc: [iri()] }))
    expect(passedOn('elsewhere', 'Delete').map(({ json }) => json.object.actor)).toEqual([lea.iri, fay.iri])
  })

  it('to pass on what there is not, or what who says it may not see', async () => {
    await open()
    const { rosa, remo } = neighbours
    await join(rosa, remo)
    const topic = toGroup(rosa)
    await say(rosa, creating(rosa, topic))
    for (let n = 0; n < 2; n++)
      await say(fay, fay.activity('Undo', { ...fay.activity('Like', topic.id), content: 'Pills' }, { to: [PUBLIC] }))
    expect(passedOn('elsewhere', 'Undo')).toEqual([])
    await open({ isPrivate: true })
    await join(rosa)
    await approveAll()
    const note = rosa.note({ content: 'Psst', to: [iri(), followers()], cc: [] })
    await say(rosa, creating(rosa, note))
    await say(fay, { ...fay.activity('Like', note.id, { to: [rosa.iri] }), content: 'I see you all' })
    expect(passedOn('elsewhere', 'Like')).toEqual([])
  })

  it('to pass on the edits of who is kept out, and what an edit hides', async () => {
    await open()
    await join(neighbours.rosa, fay)
    const [first, second] = [toGroup(fay), toGroup(fay)]
    await say(fay, creating(fay, first))
    await say(fay, creating(fay, second))
    const narrowed = edit(first, { content: '<p>For friends</p>', to: [fay.followers], cc: [], tag: [] })
    await say(fay, fay.activity('Update', narrowed, { to: [fay.followers], cc: [] }))
    expect(await topics()).toHaveLength(1)
    await ban(fay)
    await say(fay, fay.activity('Update', edit(second, { content: '<p>Pills</p>' }), { to: [PUBLIC], cc: [iri()] }))
    expect(passedOn('elsewhere', 'Update')).toEqual([])
  })

  it('to obey a moderator who is kept out, or who pins on a page of its own', async () => {
    await open()
    const { rosa, remo, lea } = neighbours
    await join(rosa, remo, fay)
    const topic = toGroup(remo)
    await say(remo, creating(remo, topic))
    await moderate(ctx(), lea.viewer, group.id, { deed: 'appoint', targetId: await here(remo) })
    await neighbours.instance.settle()
    await say(remo, remo.activity('Add', topic.id, { target: `${remo.iri}/featured`, to: [PUBLIC], cc: [] }))
    expect(passedOn('far', 'Add').filter(({ json }) => json.object.object === topic.id)).toEqual([])
    // Odd words of a moderator are no failure.
    await say(remo, remo.activity('Block', lea.iri, { target: iri(), to: [PUBLIC], cc: [iri()] }))
    await ban(remo)
    await say(remo, remo.activity('Lock', topic.id, { to: [PUBLIC], cc: [iri()] }))
    await say(remo, remo.activity('Undo', remo.activity('Block', remo.iri, { target: iri() }), { cc: [iri()] }))
    expect(await topics()).toMatchObject([{ isLocked: false }])
    expect(passedOn('far', 'Undo')).toEqual([])
  })

  it('to keep somebody out for longer than it said', async () => {
    await open()
    await join(neighbours.rosa, fay)
    await ban(fay, { until: new Date(neighbours.now().getTime() + 3_600_000).toISOString() })
    neighbours.pass(7_200_000)
    neighbours.far.deliveries.length = 0
    await join(fay)
    expect(neighbours.far.deliveries.map(({ json }) => json?.type)).toEqual(['Accept'])
  })

  it('to vouch for what it has not taken, or to say who is a member to a server that has none', async () => {
    await open()
    const { rosa } = neighbours
    await join(rosa)
    const topic = toGroup(rosa)
    await say(rosa, creating(rosa, topic))
    await say(fay, creating(fay, fay.note({ inReplyTo: topic.id, to: [PUBLIC], cc: [iri()] })))
    const context = await fay.get(ctx().uris.context((await topics())[0]?.postId ?? ''))
    expect(context.json.orderedItems).toEqual([topic.id])
    const at = neighbours.now()
    expect((await fay.get(`${followers()}?is_follower=${encodeURIComponent(rosa.iri)}`, { at })).status).toBe(404)
  })

  it('elsewhere to close a topic that only names it', async () => {
    const { lea, olga } = neighbours
    const hub = await neighbours.far.actor('closinghub', { type: 'Group' })
    await lea.api.get(`/api/v2/search?resolve=true&q=${encodeURIComponent(hub.iri)}`)
    const { body } = await lea.api.post('/api/v1/statuses', { status: `Beware of @closinghub@${neighbours.far.host}` })
    await neighbours.instance.settle()
    const among = { to: [PUBLIC], cc: [hub.followers] }
    await neighbours.say(hub, hub.activity('Announce', body.uri, among))
    await neighbours.say(hub, hub.activity('Announce', hub.activity('Lock', body.uri, { to: [PUBLIC] }), among))
    const answer = await olga.api.post('/api/v1/statuses', { status: 'Me too', in_reply_to_id: body.id })
    expect(answer.status).toBe(200)
  })

  it('to show its members an answer that was not let in', async () => {
    await open()
    const { rosa, olga, marc } = neighbours
    await join(rosa)
    for (const member of [olga, marc]) await member.api.post(`/api/v1/accounts/${group.id}/follow`)
    const topic = toGroup(rosa)
    await say(rosa, creating(rosa, topic))
    const { id } = await statusOf(topic)
    const answer = await olga.api.post('/api/v1/statuses', { status: 'Hm', in_reply_to_id: id, visibility: 'public' })
    await neighbours.instance.settle()
    await ctx().db.insert(replyApprovals).values({ postId: answer.body.id })
    await receiveReplyRefused(ctx(), answer.body.id)
    expect((await marc.api.get(`/api/v1/statuses/${answer.body.id}`)).status).toBe(404)
  })
})
