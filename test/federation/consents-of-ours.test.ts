import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findPostByIri } from '#src/features/posts/queries.ts'
import { allowReply, refuseReply } from '#src/features/posts/reply-consents.ts'
import { type AnswerWorld, below, countOf, fetchDocument, startAnswerWorld, told } from '#test/support/answers.ts'
import { letBeFollowed } from '#test/support/befriend.ts'
import type { Json } from '#test/support/client.ts'
import type { Neighbours } from '#test/support/neighbours.ts'
import { PUBLIC, type StrangerActor } from '#test/support/stranger.ts'
import type { Member } from '#test/support/two-servers.ts'

let world: AnswerWorld
let neighbours: Neighbours
let lea: Member
let marc: Member
let olga: Member
/** Follows Lea. */
let remo: StrangerActor
/** Has nothing to do with her. */
let saul: StrangerActor

beforeAll(async () => {
  world = await startAnswerWorld()
  ;({ neighbours, saul } = world)
  ;({ lea, marc, olga, remo } = neighbours)
  await letBeFollowed(neighbours.instance, lea, remo)
})
afterAll(() => neighbours.close())

const policyOf = async ({ uri }: Json) => (await fetchDocument(uri)).body.interactionPolicy

describe('what our posts say of who may do what with them', () => {
  const known = () => [`${lea.iri}/followers`, `${lea.iri}/following`]

  it.each([
    ['public', (): undefined => undefined],
    ['asked', () => ({ automaticApproval: known(), manualApproval: [PUBLIC] })],
    ['followers', () => ({ automaticApproval: known() })],
    ['named', () => ({ automaticApproval: [lea.iri] })],
  ] as const)('is what their author has chosen: %s (item 15)', async (choice, canReply) => {
    const post = await world.write(choice)
    const policy = await policyOf(post)
    // What is not said is for everybody.
    expect([Object.keys(policy).filter((word) => /Like|Announce/.test(word)), policy.canReply]).toEqual([
      [],
      canReply(),
    ])
  })

  it('is kept by a post when its author chooses something else for the next ones (item 15)', async () => {
    const post = await world.write('named')
    await world.write('public')
    expect((await policyOf(post)).canReply).toEqual({ automaticApproval: [lea.iri] })
  })
})

describe('an answer from elsewhere to one of our posts', () => {
  it('is let in without a word where everybody may answer (item 15)', async () => {
    const post = await world.write('public')
    const reply = world.replyOf(saul, post)
    await world.come(reply)
    expect([await below(marc, post), world.said('Accept', reply.id)]).toEqual([[reply.id], []])
  })

  it('is let in with a stamp where it is of a follower (item 15)', async () => {
    const post = await world.write('followers')
    const reply = world.replyOf(remo, post)
    await world.come(reply, remo)
    expect([await below(marc, post), await countOf(marc, post)]).toEqual([[reply.id], 1])
    const [accept] = world.said('Accept', reply.id)
    expect(accept).toMatchObject({ actor: lea.iri, target: post.uri, to: [remo.iri] })
    expect((await fetchDocument(accept?.result)).body).toMatchObject({
      ...{ id: accept?.result, type: 'ReplyAuthorization', attributedTo: lea.iri },
      ...{ interactingObject: reply.id, interactionTarget: post.uri },
    })
  })

  it('is refused, and not kept, where it is of somebody else (item 15)', async () => {
    const post = await world.write('followers')
    const reply = world.replyOf(saul, post)
    await world.come(reply)
    expect(world.said('Reject', reply.id)).toMatchObject([{ actor: lea.iri, target: post.uri, to: [saul.iri] }])
    expect(await findPostByIri(neighbours.instance.ctx.db, reply.id)).toBeNull()
    expect([await below(marc, post), await countOf(marc, post), await told(lea, reply.id)]).toEqual([[], 0, []])
  })

  it('is let in where the post names who answers, or answers them (item 15)', async () => {
    const first = saul.note({ cc: [lea.iri] })
    await world.come(first)
    const { id } = (await findPostByIri(neighbours.instance.ctx.db, first.id)) ?? {}
    const post = await world.write('named', { in_reply_to_id: id })
    const reply = world.replyOf(saul, post)
    await world.come(reply)
    expect(await below(marc, post)).toEqual([reply.id])
  })

  it('waits for the author, who alone is shown it, and is told of it (item 15)', async () => {
    const post = await world.write('asked')
    const reply = world.replyOf(saul, post)
    await world.come(reply)
    expect([await below(marc, post), await below(lea, post), await countOf(marc, post)]).toEqual([[], [reply.id], 0])
    expect(await told(lea, reply.id)).toHaveLength(1)
    expect((await fetchDocument(`${post.uri}/replies`)).body).toMatchObject({ totalItems: 0 })
    expect([world.said('Accept', reply.id), world.said('Reject', reply.id)]).toEqual([[], []])
    await world.decide(allowReply, reply.id)
    expect([await below(marc, post), await countOf(marc, post)]).toEqual([[reply.id], 1])
    const [accept] = world.said('Accept', reply.id)
    expect((await fetchDocument(accept?.result)).body).toMatchObject({ interactingObject: reply.id })
    expect((await lea.api.get('/api/v1/conversations')).body).toEqual([])
  })

  it('is hidden for good when the author says no (item 15)', async () => {
    const post = await world.write('asked')
    const reply = world.replyOf(saul, post)
    await world.come(reply)
    await expect(world.decide(allowReply, reply.id, marc)).rejects.toMatchObject({ code: 'not_found' })
    await world.decide(refuseReply, reply.id)
    expect(world.said('Reject', reply.id)).toHaveLength(1)
    await expect(world.decide(allowReply, reply.id)).rejects.toMatchObject({ code: 'conflict' })
    await neighbours.say(saul, saul.activity('Update', { ...reply, updated: new Date().toISOString() }))
    expect([await below(marc, post), await told(lea, reply.id)]).toEqual([[], []])
  })

  it('is hidden, and its stamp is gone, when the yes is taken back (item 15)', async () => {
    const post = await world.write('asked')
    const reply = world.replyOf(saul, post)
    await world.come(reply)
    await world.decide(allowReply, reply.id)
    const { result: stamp } = world.said('Accept', reply.id)[0] ?? {}
    await world.decide(refuseReply, reply.id)
    expect([await below(marc, post), await countOf(marc, post)]).toEqual([[], 0])
    expect(world.said('Delete', stamp).map(({ to }) => to)).toContainEqual([`${lea.iri}/followers`, saul.iri])
    expect(await fetchDocument(stamp)).toMatchObject({ status: 410, body: { id: stamp, type: 'Tombstone' } })
  })
})

describe('a request to do something with one of our posts', () => {
  const ask = async (type: string, from: StrangerActor, post: Json, instrument: Json) => {
    const request = from.activity(type, post.uri, { instrument, to: lea.iri })
    await neighbours.say(from, request)
    return request
  }

  it.each([
    ['public', () => saul, 'Accept'],
    ['followers', () => remo, 'Accept'],
    ['followers', () => saul, 'Reject'],
    ['named', () => remo, 'Reject'],
  ] as const)('is answered when it is to answer it: %s (item 15)', async (choice, who, answer) => {
    const [post, from] = [await world.write(choice), who()]
    const reply = world.replyOf(from, post)
    const { id } = await ask('ReplyRequest', from, post, reply)
    const object = { id, type: 'ReplyRequest', actor: from.iri, object: post.uri, instrument: reply.id }
    const answers = world.said(answer, reply.id).filter((json) => json.object?.type === 'ReplyRequest')
    expect(answers.at(-1)).toMatchObject({ actor: lea.iri, to: [from.iri], object })
    expect(await below(marc, post)).toEqual(answer === 'Accept' ? [reply.id] : [])
    if (answer === 'Accept') expect((await fetchDocument(answers.at(-1)?.result)).status).toBe(200)
  })

  it('waits with what it asks about, and is named in the answer (item 15)', async () => {
    const post = await world.write('asked')
    const reply = world.replyOf(saul, post)
    const { id } = await ask('ReplyRequest', saul, post, reply)
    expect([world.said('Accept', reply.id), await below(marc, post)]).toEqual([[], []])
    await world.decide(allowReply, reply.id)
    expect(world.said('Accept', reply.id)).toMatchObject([{ object: { id, type: 'ReplyRequest' } }])
    expect(await below(marc, post)).toEqual([reply.id])
  })

  it.each([
    ['LikeRequest', 'public', 'Accept'],
    ['AnnounceRequest', 'public', 'Accept'],
    ['LikeRequest', 'private', 'Accept'],
    ['AnnounceRequest', 'private', 'Reject'],
  ])('is answered as whoever may do it hears: %s, %s: %s (item 16)', async (type, visibility, answer) => {
    const post = await world.write('public', { visibility })
    const instrument = remo.activity(type.replace('Request', ''), post.uri)
    const { id } = await ask(type, remo, post, instrument)
    const object = { id, type, actor: remo.iri, object: post.uri, instrument: instrument.id }
    expect(world.said(answer, instrument.id)).toMatchObject([{ actor: lea.iri, to: [remo.iri], object }])
  })

  it('is not answered about a post that is not for who asks (item 15)', async () => {
    const post = await world.write('public', { visibility: 'private' })
    const reply = world.replyOf(saul, post)
    await ask('ReplyRequest', saul, post, reply)
    expect([world.said('Accept', reply.id), world.said('Reject', reply.id)]).toEqual([[], []])
  })
})

describe('an answer of one of ours to another one of ours', () => {
  it('is refused before it is made where its author may not (item 15)', async () => {
    const { status, body } = await world.answer(olga, await world.write('followers'))
    expect([status, body.error]).toEqual([422, 'The author of this post takes no answers from you'])
  })

  it('waits, and goes out when it is let in, with its stamp (item 15)', async () => {
    const post = await world.write('asked')
    const { body } = await world.answer(olga, post)
    expect([await below(marc, post), await below(lea, post)]).toEqual([[], [body.uri]])
    expect(await told(lea, body.uri)).toHaveLength(1)
    expect((await fetchDocument(body.uri)).status).toBe(404)
    await world.decide(allowReply, body.uri)
    expect([await below(marc, post), await countOf(marc, post)]).toEqual([[body.uri], 1])
    const note = (await fetchDocument(body.uri)).body
    expect((await fetchDocument(note.replyAuthorization)).body).toMatchObject({ interactingObject: body.uri })
    await world.decide(refuseReply, body.uri)
    expect([await below(marc, post), (await fetchDocument(body.uri)).status]).toEqual([[], 404])
  })
})
