import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { transaction } from '#src/db/client.ts'
import { emit } from '#src/effects.ts'
import { listWaiting } from '#src/features/follows/request-queries.ts'
import { answerMember, createGroup } from '#src/features/groups/service.ts'
import { allowReply, refuseReply } from '#src/features/posts/reply-consents.ts'
import { type AnswerWorld, below, interactionContext, startAnswerWorld, talks, told } from '#test/support/answers.ts'
import { letFollow } from '#test/support/befriend.ts'
import type { Json } from '#test/support/client.ts'
import { eventually } from '#test/support/eventually.ts'
import { creating, type Neighbours } from '#test/support/neighbours.ts'
import { inShort, listen } from '#test/support/sockets.ts'
import type { StrangerActor } from '#test/support/stranger.ts'
import type { Member } from '#test/support/two-servers.ts'

let world: AnswerWorld
let neighbours: Neighbours
let lea: Member
/** Follows Rosa and Saul. */
let marc: Member
let olga: Member
let rosa: StrangerActor
let remo: StrangerActor
let saul: StrangerActor

beforeAll(async () => {
  world = await startAnswerWorld()
  ;({ neighbours, saul } = world)
  ;({ lea, marc, olga, rosa, remo } = neighbours)
  await letFollow(marc, neighbours.far, saul)
})
afterAll(() => neighbours.close())

let edits = 0
/** An Update with other words, as the author would send it. */
const edit = (note: Json, more: Json = {}) => {
  const updated = new Date(neighbours.now().getTime() + ++edits * 1_000).toISOString()
  return world.change(note, { content: '<p>other words</p>', updated, ...more })
}
/** A post of Rosa's, who lets others in by hand, and an answer that has come. */
const hold = async (more: Json = {}): Promise<{ parent: Json; reply: Json }> => {
  const parent = await world.arrive(world.asks())
  const reply = world.replyTo(parent.uri, more)
  await world.come(reply)
  return { parent, reply }
}
/** Rosa lets an answer in. @returns her stamp */
const letIn = async (reply: Json, parent: Json): Promise<string> => {
  const result = world.serveStamp(world.stampOf(reply, parent))
  await neighbours.say(rosa, rosa.activity('Accept', reply.id, { '@context': interactionContext, result }))
  return result
}
const withdraw = (stamp: string) =>
  neighbours.say(rosa, rosa.activity('Delete', { id: stamp, type: 'ReplyAuthorization' }))
const home = async (member: Member): Promise<string[]> =>
  (await member.api.get('/api/v1/timelines/home?limit=40')).body.map(({ uri }: Json) => uri)
const namingMarc = () => ({
  tag: [{ type: 'Mention', href: marc.iri, name: `@${marc.acct}` }],
  cc: [saul.followers, marc.iri],
})

describe('an answer to somebody elsewhere who has not let it in', () => {
  it('is told of to nobody when it is edited, nor a private message to whom it names (item 15)', async () => {
    const { parent, reply } = await hold(namingMarc())
    await edit(reply)
    expect([await told(marc, reply.id), await talks(marc), await below(olga, parent)]).toEqual([[], [], []])
  })

  it('shows to nobody, to however many inboxes it is delivered (item 15)', async () => {
    const parent = await world.arrive(world.asks())
    const reply = world.replyTo(parent.uri)
    for (const { iri } of [marc, marc, lea]) await neighbours.say(saul, creating(saul, reply), `${iri}/inbox`)
    for (const member of [marc, lea]) {
      expect(await below(member, parent)).toEqual([])
      expect(await home(member)).not.toContain(reply.id)
    }
  })

  it('stays hidden when an Update does not say what it answers (item 15)', async () => {
    const { parent, reply } = await hold()
    const { inReplyTo: _, ...bare } = reply
    await edit(bare)
    expect(await below(marc, parent)).toEqual([])
    const stamp = await letIn(reply, parent)
    expect(await below(marc, parent)).toEqual([reply.id])
    await withdraw(stamp)
    await edit(bare)
    expect(await below(marc, parent)).toEqual([])
  })

  it('stays hidden when the post is deleted before an Update comes (item 15)', async () => {
    const { parent, reply } = await hold()
    await neighbours.say(rosa, rosa.activity('Delete', { id: parent.uri, type: 'Tombstone' }))
    await edit(reply)
    expect(await neighbours.find(lea, reply.id)).toBeUndefined()
  })

  it('stays hidden after a no, when an Update brings no stamp (item 15)', async () => {
    const { parent, reply } = await hold()
    await neighbours.say(rosa, rosa.activity('Reject', reply.id))
    await edit(reply)
    expect([await below(marc, parent), await neighbours.find(lea, reply.id)]).toEqual([[], undefined])
  })

  it('is for everybody when it is let in, though an Update has not said for whom it is (item 15)', async () => {
    const { parent, reply } = await hold()
    const { to: _, cc: __, ...bare } = reply
    await edit(bare)
    await letIn(reply, parent)
    expect(await below(olga, parent)).toEqual([reply.id])
    expect(await neighbours.find(lea, reply.id)).toMatchObject({ visibility: 'public' })
  })

  it.each([503, 404])('waits while its stamp cannot be read: %i (item 15)', async (status) => {
    const { parent, reply } = await hold()
    const stamp = world.serveStamp(world.stampOf(reply, parent))
    const { json: body } = await saul.get(stamp)
    neighbours.elsewhere.serve(stamp, { status })
    await edit(reply, { replyAuthorization: stamp })
    expect(await below(marc, parent)).toEqual([])
    neighbours.elsewhere.serve(stamp, { body })
    await edit(reply, { replyAuthorization: stamp })
    expect(await below(marc, parent)).toEqual([reply.id])
  })

  it.each([
    ['in the same moment as the post', true, true],
    ['and has the post fetched', false, false],
    ['in the same moment as the post, and has it fetched', true, false],
  ])('shows to nobody when it comes %s (item 15)', async (_, comesToo, isMissing) => {
    const { ctx } = neighbours.instance
    for (let round = 0; round < 10; round++) {
      const note = world.noteOf(world.asks())
      if (isMissing) neighbours.elsewhere.serve(note.id, { status: 404 })
      const reply = world.replyTo(note.id)
      await Promise.all([
        saul.post(ctx.uris.sharedInbox, creating(saul, reply)),
        comesToo ? rosa.post(ctx.uris.sharedInbox, creating(rosa, note)) : null,
      ])
      await neighbours.instance.settle()
      expect(await below(marc, await neighbours.find(lea, note.id))).toEqual([])
    }
  })
})

describe('an answer to somebody elsewhere who has let it in', () => {
  it('stays when an edit does not repeat the stamp, and when one does (item 15)', async () => {
    const { parent, reply } = await hold()
    const replyAuthorization = await letIn(reply, parent)
    for (const more of [{}, { replyAuthorization }]) {
      await edit(reply, more)
      expect(await below(marc, parent)).toEqual([reply.id])
    }
  })

  it.each([503, 404])('stays while its stamp cannot be read: %i (item 15)', async (status) => {
    const { parent, reply } = await hold()
    const stamp = await letIn(reply, parent)
    neighbours.elsewhere.serve(stamp, { status })
    await edit(reply, { replyAuthorization: stamp })
    expect(await below(marc, parent)).toEqual([reply.id])
  })

  it('is hidden when they say no after all (item 15)', async () => {
    const { parent, reply } = await hold()
    await letIn(reply, parent)
    await neighbours.say(remo, remo.activity('Reject', reply.id))
    expect(await below(marc, parent)).toEqual([reply.id])
    await neighbours.say(rosa, rosa.activity('Reject', reply.id))
    expect(await below(marc, parent)).toEqual([])
  })

  it('is taken off the screens where it stands when the stamp is withdrawn (item 15)', async () => {
    const { parent, reply } = await hold()
    const stamp = await letIn(reply, parent)
    const { id } = await neighbours.find(marc, reply.id)
    const screen = await listen(neighbours.instance.url, marc.token, { stream: 'user' })
    await withdraw(stamp)
    await eventually(() => expect(inShort(screen.heard)).toContainEqual(['delete', id]))
    screen.close()
  })
})

type Hub = Readonly<{ id: string; handle: string; iri: string }>

describe('a group of ours', () => {
  const ctx = () => neighbours.instance.ctx
  let handles = 0

  /** A group that Lea looks after, with members elsewhere. */
  const open = async (members: readonly StrangerActor[], isPrivate = false): Promise<Hub> => {
    const traits = { handle: `hub${++handles}`, name: 'Hub', isPrivate }
    const { id, handle } = await createGroup(ctx(), lea.viewer, traits)
    const iri = ctx().uris.actor(handle)
    for (const member of members) await neighbours.say(member, member.activity('Follow', iri))
    for (const { followerId: actorId } of await listWaiting(ctx().db, id, { limit: 10 }))
      await answerMember(ctx(), lea.viewer, { groupId: id, actorId, answer: 'accept' })
    await neighbours.instance.settle()
    return { id, handle, iri }
  }
  /** What the group passes on because of something. */
  const passedBy = async ({ iri }: Hub, deed: () => Promise<unknown>): Promise<Json[]> =>
    (await world.sentBy(deed)).filter(({ type, actor }) => type === 'Announce' && actor === iri)
  const sayProven = (from: StrangerActor, note: Json) => neighbours.say(from, from.prove(creating(from, note)))

  it('passes on nothing that waits, as private as it may be (item 15)', async () => {
    const hub = await open([rosa, saul], true)
    const words = { to: [hub.iri], cc: [] }
    const topic = world.noteOf(world.asks(), words)
    expect(await passedBy(hub, () => sayProven(rosa, topic))).not.toEqual([])
    const reply = world.replyTo(topic.id, words)
    expect(await passedBy(hub, () => sayProven(saul, reply))).toEqual([])
  })

  it('takes an answer when it is let in, and not before (item 15)', async () => {
    const hub = await open([saul])
    const topic = await world.write('asked', { status: `@${hub.handle} Which box?` })
    const reply = world.replyOf(saul, topic, { cc: [lea.iri, hub.iri] })
    expect(await passedBy(hub, () => world.come(reply))).toEqual([])
    const passed = await passedBy(hub, () => world.decide(allowReply, reply.id))
    expect(passed).toMatchObject([{ object: { type: 'Create', object: { id: reply.id } } }])
    expect([await below(marc, topic), await below(lea, topic)]).toEqual([[reply.id], [reply.id]])
  })

  it('keeps no words of an answer that was deleted, refused or taken, nor takes it of who is suspended (item 15)', async () => {
    const gus = await neighbours.far.actor('gus')
    const hub = await open([saul, gus])
    const topic = await world.write('asked', { status: `@${hub.handle} Which box?` })
    const words = { cc: [lea.iri, hub.iri] }
    const [gone, refused, taken] = [1, 2, 3].map(() => world.replyOf(saul, topic, words))
    const suspended = world.replyOf(gus, topic, words)
    for (const reply of [gone, refused, taken]) await world.come(reply)
    await world.come(suspended, gus)
    const { db } = ctx()
    const kept = async () =>
      (
        await db.$client`select from reply_consents c join posts p on p.id = c.post_id
        where c.brought_by is not null and p.iri = any(${[gone, refused, taken, suspended].map(({ id }) => id)})`
      ).length
    expect(await kept()).toBe(4)
    await neighbours.say(saul, saul.activity('Delete', gone.id))
    await world.decide(refuseReply, refused.id)
    await world.decide(allowReply, taken.id)
    await db.$client`update actors set suspended_at = now() where iri = ${gus.iri}`
    const [held] = await db.$client<{ id: string }[]>`select id::text from posts where iri = ${suspended.id}`
    const passed = await passedBy(hub, () =>
      transaction(db, (tx) => emit(tx, { type: 'reply.entered', postId: held?.id ?? '' })),
    )
    expect([passed, await kept()]).toEqual([[], 0])
  })

  it('takes the newest words of an answer that was edited while it waited (item 15)', async () => {
    const hub = await open([saul])
    const topic = await world.write('asked', { status: `@${hub.handle} Which box?` })
    const reply = world.replyOf(saul, topic, { cc: [lea.iri, hub.iri], content: '<p>first words</p>' })
    expect(await passedBy(hub, () => world.come(reply))).toEqual([])
    expect(await passedBy(hub, () => edit(reply))).toEqual([])
    const passed = await passedBy(hub, () => world.decide(allowReply, reply.id))
    expect(passed).toMatchObject([{ object: { object: { id: reply.id, content: '<p>other words</p>' } } }])
    expect(await below(marc, topic)).toEqual([reply.id])
  })

  it('takes back from its members elsewhere what is not let in any more (item 15)', async () => {
    const hub = await open([saul])
    const account = await olga.api.get(`/api/v1/accounts/lookup?acct=${hub.handle}`)
    await olga.api.post(`/api/v1/accounts/${account.body.id}/follow`)
    const topic = await world.write('asked', { status: `@${hub.handle} Which box?` })
    const { body: held } = await world.answer(olga, topic)
    const passed = await passedBy(hub, () => world.decide(allowReply, held.uri))
    expect(passed).toMatchObject([{ object: { type: 'Create', object: { id: held.uri } } }])
    const taken = await passedBy(hub, () => world.decide(refuseReply, held.uri))
    expect(taken).toMatchObject([{ object: { type: 'Delete', object: { id: held.uri } } }])
  })
})

describe('an answer to somebody elsewhere that is let in after ten days', () => {
  const days = 11 * 86_400_000

  it('is told of to nobody where it was old when it came (item 15)', async () => {
    const published = new Date(neighbours.now().getTime() - days).toISOString()
    const { parent, reply } = await hold({ ...namingMarc(), published })
    await letIn(reply, parent)
    expect([await below(marc, parent), await told(marc, reply.id)]).toEqual([[reply.id], []])
  })

  // The clock is another one from here on.
  it('is told of to whom it names where it was new (item 15)', async () => {
    const { parent, reply } = await hold(namingMarc())
    neighbours.pass(days)
    await letIn(reply, parent)
    expect(await told(marc, reply.id)).toHaveLength(1)
  })
})
