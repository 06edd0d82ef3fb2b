import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AnswerWorld, below, countOf, interactionContext, startAnswerWorld, told } from '#test/support/answers.ts'
import { letFollow } from '#test/support/befriend.ts'
import type { Json } from '#test/support/client.ts'
import type { Neighbours } from '#test/support/neighbours.ts'
import { PUBLIC, type StrangerActor } from '#test/support/stranger.ts'
import type { Member } from '#test/support/two-servers.ts'

let world: AnswerWorld
let neighbours: Neighbours
let lea: Member
let marc: Member
let rosa: StrangerActor
let remo: StrangerActor
let saul: StrangerActor

beforeAll(async () => {
  world = await startAnswerWorld()
  ;({ neighbours, saul } = world)
  ;({ lea, marc, rosa, remo } = neighbours)
  for (const member of [lea, marc]) await letFollow(member, neighbours.far, saul)
})
afterAll(() => neighbours.close())

describe('an answer of somebody else to a post whose author chooses who answers', () => {
  it.each([
    ['nobody', () => ({ automaticApproval: [rosa.iri] })],
    ['whom the author lets in', () => world.asks()],
    ['whom the author lets in, in older words', () => ({ always: [rosa.iri], approvalRequired: [PUBLIC] })],
    ['followers, whom only their server knows', () => ({ automaticApproval: [rosa.followers] })],
  ])('does not show without a stamp: %s (item 15)', async (_, policy) => {
    const parent = await world.arrive(policy())
    const reply = world.replyTo(parent.uri)
    await world.come(reply)
    expect(await neighbours.find(lea, reply.id)).toBeUndefined()
    expect([await below(lea, parent), await below(marc, parent), await countOf(marc, parent)]).toEqual([[], [], 0])
    const home = await marc.api.get('/api/v1/timelines/home')
    expect(home.body.map(({ uri }: Json) => uri)).not.toContain(reply.id)
  })

  it.each([
    ['everybody may answer', () => ({ automaticApproval: [PUBLIC] })],
    ['nothing is said', () => ({})],
    ['its author is named', () => ({ automaticApproval: [saul.iri] })],
  ])('shows where %s (item 15)', async (_, policy) => {
    const parent = await world.arrive(policy())
    const reply = world.replyTo(parent.uri)
    await world.come(reply)
    expect([await below(marc, parent), await countOf(marc, parent)]).toEqual([[reply.id], 1])
  })

  it('shows where its author is mentioned in the post (item 15)', async () => {
    const tag = [{ type: 'Mention', href: saul.iri, name: '@saul' }]
    const parent = await world.arrive(world.asks(), { tag })
    const reply = world.replyTo(parent.uri)
    await world.come(reply)
    expect(await below(marc, parent)).toEqual([reply.id])
  })

  it.each(['replyAuthorization', 'approvedBy'])('shows with a stamp in %s (item 15)', async (name) => {
    const parent = await world.arrive(world.asks())
    const reply = world.replyTo(parent.uri)
    await world.come({ ...reply, [name]: world.serveStamp(world.stampOf(reply, parent)) })
    expect([await below(marc, parent), await countOf(marc, parent)]).toEqual([[reply.id], 1])
  })

  it('shows from the moment when an Update brings the stamp (item 15)', async () => {
    const parent = await world.arrive(world.asks())
    const reply = world.replyTo(parent.uri)
    await world.come(reply)
    await world.change(reply, { replyAuthorization: world.serveStamp(world.stampOf(reply, parent)) })
    expect([await below(marc, parent), await countOf(marc, parent)]).toEqual([[reply.id], 1])
    expect(await neighbours.find(lea, reply.id)).toMatchObject({ visibility: 'public' })
  })

  it('shows when the author of the post says so to us (item 15)', async () => {
    const parent = await world.arrive(world.asks())
    const reply = world.replyTo(parent.uri)
    await world.come(reply)
    const result = world.serveStamp(world.stampOf(reply, parent))
    await neighbours.say(remo, remo.activity('Accept', reply.id, { '@context': interactionContext, result }))
    expect(await below(marc, parent)).toEqual([])
    await neighbours.say(rosa, rosa.activity('Accept', reply.id, { '@context': interactionContext, result }))
    expect(await below(marc, parent)).toEqual([reply.id])
  })

  it.each([
    ['of somebody else', (good: Json) => ({ ...good, attributedTo: remo.iri })],
    ['for another answer', (good: Json) => ({ ...good, interactingObject: `${saul.iri}/notes/other` })],
    ['about another post', (good: Json) => ({ ...good, interactionTarget: `${rosa.iri}/notes/other` })],
    ['that is none', (good: Json) => ({ ...good, type: 'Note' })],
  ])('does not show with a stamp %s (item 15)', async (_, spoil) => {
    const parent = await world.arrive(world.asks())
    const reply = world.replyTo(parent.uri)
    await world.come({ ...reply, replyAuthorization: world.serveStamp(spoil(world.stampOf(reply, parent))) })
    expect(await below(marc, parent)).toEqual([])
  })

  it('does not show with a stamp on a server of its own (item 15)', async () => {
    const parent = await world.arrive(world.asks())
    const reply = world.replyTo(parent.uri)
    await world.come({ ...reply, replyAuthorization: world.serveStamp(world.stampOf(reply, parent), neighbours.far) })
    expect(await below(marc, parent)).toEqual([])
  })

  it('does not show any more when the stamp is withdrawn, whatever an Update says (item 15)', async () => {
    const parent = await world.arrive(world.asks())
    const reply = world.replyTo(parent.uri)
    const stamp = world.serveStamp(world.stampOf(reply, parent))
    await world.come({ ...reply, replyAuthorization: stamp })
    await neighbours.say(saul, saul.activity('Delete', stamp))
    expect(await below(marc, parent)).toEqual([reply.id])
    await neighbours.say(rosa, rosa.activity('Delete', { id: stamp, type: 'ReplyAuthorization' }))
    expect([await below(marc, parent), await countOf(marc, parent)]).toEqual([[], 0])
    await world.change(reply, { replyAuthorization: stamp })
    expect(await below(marc, parent)).toEqual([])
  })

  it('does not show when the post comes after it (item 15)', async () => {
    const note = world.noteOf(world.asks())
    neighbours.elsewhere.serve(note.id, { status: 404 })
    const reply = world.replyTo(note.id)
    await world.come(reply)
    expect(await neighbours.find(lea, reply.id)).toBeDefined()
    const parent = await neighbours.arrive(note)
    expect([await below(marc, parent), await countOf(marc, parent)]).toEqual([[], 0])
    await world.change(reply, { replyAuthorization: world.serveStamp(world.stampOf(reply, parent)) })
    expect(await below(marc, parent)).toEqual([reply.id])
  })

  it('is told of to whom it names only when it shows (item 15)', async () => {
    const parent = await world.arrive(world.asks())
    const tag = [{ type: 'Mention', href: marc.iri, name: `@${marc.acct}` }]
    const reply = world.replyTo(parent.uri, { tag, cc: [saul.followers, marc.iri] })
    await world.come(reply)
    expect(await told(marc, reply.id)).toEqual([])
    await world.change(reply, { replyAuthorization: world.serveStamp(world.stampOf(reply, parent)) })
    expect(await told(marc, reply.id)).toHaveLength(1)
    expect((await marc.api.get('/api/v1/conversations')).body).toEqual([])
  })
})

describe('what the author of a post lets nobody do with it', () => {
  const allow = async (interactionPolicy: Json): Promise<Json> =>
    neighbours.arrive(rosa.note({ '@context': interactionContext, interactionPolicy }))
  const nobody = () => ({ automaticApproval: [rosa.iri] })

  it.each([
    ['canAnnounce', 'reblog', 'The author of this post does not let you boost it'],
    ['canLike', 'favourite', 'The author of this post does not let you favourite it'],
  ])('is not done, and nothing is sent: %s (item 16)', async (name, deed, sentence) => {
    const post = await allow({ [name]: nobody() })
    const before = neighbours.elsewhere.deliveries.length
    const { status, body } = await lea.api.post(`/api/v1/statuses/${post.id}/${deed}`)
    expect([status, body.error]).toEqual([403, sentence])
    await neighbours.instance.settle()
    expect(neighbours.elsewhere.deliveries.slice(before)).toEqual([])
  })

  it.each([
    ['those who are named', 200, () => ({ automaticApproval: [lea.iri] })],
    ['everybody', 200, () => ({ automaticApproval: [PUBLIC] })],
    ['followers', 200, () => ({ automaticApproval: [rosa.followers] })],
    ['whom the author follows', 403, () => ({ automaticApproval: [`${rosa.iri}/following`] })],
    ['whoever is let in', 403, () => ({ automaticApproval: [rosa.iri], manualApproval: [PUBLIC] })],
    ['nobody, in older words', 403, () => ({ always: [rosa.iri], approvalRequired: [] })],
  ])('may be done by %s: %i (item 16)', async (_, expected, policy) => {
    const post = await allow({ canAnnounce: policy(), canLike: policy() })
    for (const deed of ['reblog', 'favourite']) {
      expect((await lea.api.post(`/api/v1/statuses/${post.id}/${deed}`)).status, deed).toBe(expected)
    }
  })

  it('follows the newest policy (item 16)', async () => {
    const note = rosa.note({ '@context': interactionContext, interactionPolicy: { canAnnounce: nobody() } })
    const post = await neighbours.arrive(note)
    expect((await lea.api.post(`/api/v1/statuses/${post.id}/reblog`)).status).toBe(403)
    await neighbours.say(rosa, rosa.activity('Update', { ...note, interactionPolicy: {} }))
    expect((await lea.api.post(`/api/v1/statuses/${post.id}/reblog`)).status).toBe(200)
  })
})
