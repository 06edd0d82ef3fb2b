import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findPostByIri } from '#src/features/posts/queries.ts'
import { allowReply, refuseReply } from '#src/features/posts/reply-consents.ts'
import { letBeFollowed } from '#test/support/befriend.ts'
import type { Json } from '#test/support/client.ts'
import { creating, type Neighbours, startNeighbours } from '#test/support/neighbours.ts'
import { ACTIVITY_JSON, PUBLIC, type StrangerActor } from '#test/support/stranger.ts'
import type { Member } from '#test/support/two-servers.ts'

let neighbours: Neighbours
let lea: Member
let marc: Member
let olga: Member
/** Follows Lea. */
let remo: StrangerActor
/** Has nothing to do with her. */
let saul: StrangerActor

beforeAll(async () => {
  neighbours = await startNeighbours()
  ;({ lea, marc, olga, remo } = neighbours)
  saul = await neighbours.far.actor('saul')
  await letBeFollowed(neighbours.instance, lea, remo)
})
afterAll(() => neighbours.close())

type Choice = 'public' | 'asked' | 'followers' | 'named'

/** A post of Lea's, who has chosen who may answer. */
const write = async (choice: Choice, more: Json = {}): Promise<Json> => {
  await neighbours.instance.ctx.db
    .$client`update local_actors set default_reply_policy = ${choice} where actor_id = ${lea.actor.id}`
  const { body } = await lea.api.post('/api/v1/statuses', { status: 'my post', ...more })
  await neighbours.instance.settle()
  return body
}
const fetchDocument = async (iri: string) => {
  const answer = await fetch(iri, { headers: { accept: ACTIVITY_JSON }, redirect: 'manual' })
  return { status: answer.status, body: await answer.json().catch(() => null) }
}
const policyOf = async ({ uri }: Json) => (await fetchDocument(uri)).body.interactionPolicy
const replyOf = (from: StrangerActor, to: Json, more: Json = {}): Json =>
  from.note({ inReplyTo: to.uri, content: '<p>an answer</p>', cc: [lea.iri, `${lea.iri}/followers`], ...more })
const come = (from: StrangerActor, note: Json) => neighbours.say(from, creating(from, note))
const below = async (member: Member, { id }: Json): Promise<string[]> =>
  (await member.api.get(`/api/v1/statuses/${id}/context`)).body.descendants.map(({ uri }: Json) => uri)
const countOf = async ({ id }: Json) => (await marc.api.get(`/api/v1/statuses/${id}`)).body.replies_count
/** What was said to another server about something of its own. */
const said = (type: string, iri: string): Json[] =>
  [...neighbours.elsewhere.deliveries, ...neighbours.far.deliveries]
    .map(({ json }) => json)
    .filter((json) => json?.type === type)
    .filter(({ object }) => object === iri || object?.instrument === iri || object?.id === iri)
const told = async (iri: string): Promise<Json[]> =>
  (await lea.api.get('/api/v1/notifications?types[]=mention')).body.filter(({ status }: Json) => status.uri === iri)
const decide = async (act: typeof allowReply, iri: string, by: Member = lea) => {
  const found = await findPostByIri(neighbours.instance.ctx.db, iri)
  const id = found?.id ?? iri.split('/').at(-1) ?? ''
  await act(neighbours.instance.ctx, by.viewer, id)
  await neighbours.instance.settle()
}

describe('what our posts say of who may do what with them', () => {
  const known = () => [`${lea.iri}/followers`, `${lea.iri}/following`]

  it.each([
    ['public', (): undefined => undefined],
    ['asked', () => ({ automaticApproval: known(), manualApproval: [PUBLIC] })],
    ['followers', () => ({ automaticApproval: known() })],
    ['named', () => ({ automaticApproval: [lea.iri] })],
  ] as const)('is what their author has chosen: %s (item 15)', async (choice, canReply) => {
    const post = await write(choice)
    const policy = await policyOf(post)
    // What is not said is for everybody.
    expect([Object.keys(policy).filter((word) => /Like|Announce/.test(word)), policy.canReply]).toEqual([
      [],
      canReply(),
    ])
  })

  it('is kept by a post when its author chooses something else for the next ones (item 15)', async () => {
    const post = await write('named')
    await write('public')
    expect((await policyOf(post)).canReply).toEqual({ automaticApproval: [lea.iri] })
  })
})

describe('an answer from elsewhere to one of our posts', () => {
  it('is let in without a word where everybody may answer (item 15)', async () => {
    const post = await write('public')
    const reply = replyOf(saul, post)
    await come(saul, reply)
    expect([await below(marc, post), said('Accept', reply.id)]).toEqual([[reply.id], []])
  })

  it('is let in with a stamp where it is of a follower (item 15)', async () => {
    const post = await write('followers')
    const reply = replyOf(remo, post)
    await come(remo, reply)
    expect([await below(marc, post), await countOf(post)]).toEqual([[reply.id], 1])
    const [accept] = said('Accept', reply.id)
    expect(accept).toMatchObject({ actor: lea.iri, target: post.uri, to: [remo.iri] })
    expect((await fetchDocument(accept?.result)).body).toMatchObject({
      ...{ id: accept?.result, type: 'ReplyAuthorization', attributedTo: lea.iri },
      ...{ interactingObject: reply.id, interactionTarget: post.uri },
    })
  })

  it('is refused, and not kept, where it is of somebody else (item 15)', async () => {
    const post = await write('followers')
    const reply = replyOf(saul, post)
    await come(saul, reply)
    expect(said('Reject', reply.id)).toMatchObject([{ actor: lea.iri, target: post.uri, to: [saul.iri] }])
    expect(await findPostByIri(neighbours.instance.ctx.db, reply.id)).toBeNull()
    expect([await below(marc, post), await countOf(post), await told(reply.id)]).toEqual([[], 0, []])
  })

  it('is let in where the post names who answers, or answers them (item 15)', async () => {
    const first = saul.note({ cc: [lea.iri] })
    await come(saul, first)
    const { id } = (await findPostByIri(neighbours.instance.ctx.db, first.id)) ?? {}
    const post = await write('named', { in_reply_to_id: id })
    const reply = replyOf(saul, post)
    await come(saul, reply)
    expect(await below(marc, post)).toEqual([reply.id])
  })

  it('waits for the author, who alone is shown it, and is told of it (item 15)', async () => {
    const post = await write('asked')
    const reply = replyOf(saul, post)
    await come(saul, reply)
    expect([await below(marc, post), await below(lea, post), await countOf(post)]).toEqual([[], [reply.id], 0])
    expect(await told(reply.id)).toHaveLength(1)
    expect((await fetchDocument(`${post.uri}/replies`)).body).toMatchObject({ totalItems: 0 })
    expect([said('Accept', reply.id), said('Reject', reply.id)]).toEqual([[], []])
    await decide(allowReply, reply.id)
    expect([await below(marc, post), await countOf(post)]).toEqual([[reply.id], 1])
    const [accept] = said('Accept', reply.id)
    expect((await fetchDocument(accept?.result)).body).toMatchObject({ interactingObject: reply.id })
    expect((await lea.api.get('/api/v1/conversations')).body).toEqual([])
  })

  it('is hidden for good when the author says no (item 15)', async () => {
    const post = await write('asked')
    const reply = replyOf(saul, post)
    await come(saul, reply)
    await expect(decide(allowReply, reply.id, marc)).rejects.toMatchObject({ code: 'not_found' })
    await decide(refuseReply, reply.id)
    expect(said('Reject', reply.id)).toHaveLength(1)
    await expect(decide(allowReply, reply.id)).rejects.toMatchObject({ code: 'conflict' })
    await neighbours.say(saul, saul.activity('Update', { ...reply, updated: new Date().toISOString() }))
    expect([await below(marc, post), await told(reply.id)]).toEqual([[], []])
  })

  it('is hidden, and its stamp is gone, when the yes is taken back (item 15)', async () => {
    const post = await write('asked')
    const reply = replyOf(saul, post)
    await come(saul, reply)
    await decide(allowReply, reply.id)
    const { result: stamp } = said('Accept', reply.id)[0] ?? {}
    await decide(refuseReply, reply.id)
    expect([await below(marc, post), await countOf(post)]).toEqual([[], 0])
    expect(said('Delete', stamp).map(({ to }) => to)).toContainEqual([`${lea.iri}/followers`, saul.iri])
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
    const [post, from] = [await write(choice), who()]
    const reply = replyOf(from, post)
    const { id } = await ask('ReplyRequest', from, post, reply)
    const object = { id, type: 'ReplyRequest', actor: from.iri, object: post.uri, instrument: reply.id }
    const answers = said(answer, reply.id).filter((json) => json.object?.type === 'ReplyRequest')
    expect(answers.at(-1)).toMatchObject({ actor: lea.iri, to: [from.iri], object })
    expect(await below(marc, post)).toEqual(answer === 'Accept' ? [reply.id] : [])
    if (answer === 'Accept') expect((await fetchDocument(answers.at(-1)?.result)).status).toBe(200)
  })

  it('waits with what it asks about, and is named in the answer (item 15)', async () => {
    const post = await write('asked')
    const reply = replyOf(saul, post)
    const { id } = await ask('ReplyRequest', saul, post, reply)
    expect([said('Accept', reply.id), await below(marc, post)]).toEqual([[], []])
    await decide(allowReply, reply.id)
    expect(said('Accept', reply.id)).toMatchObject([{ object: { id, type: 'ReplyRequest' } }])
    expect(await below(marc, post)).toEqual([reply.id])
  })

  it.each([
    ['LikeRequest', 'public', 'Accept'],
    ['AnnounceRequest', 'public', 'Accept'],
    ['LikeRequest', 'private', 'Accept'],
    ['AnnounceRequest', 'private', 'Reject'],
  ])('is answered as whoever may do it hears: %s, %s: %s (item 16)', async (type, visibility, answer) => {
    const post = await write('public', { visibility })
    const instrument = remo.activity(type.replace('Request', ''), post.uri)
    const { id } = await ask(type, remo, post, instrument)
    const object = { id, type, actor: remo.iri, object: post.uri, instrument: instrument.id }
    expect(said(answer, instrument.id)).toMatchObject([{ actor: lea.iri, to: [remo.iri], object }])
  })

  it('is not answered about a post that is not for who asks (item 15)', async () => {
    const post = await write('public', { visibility: 'private' })
    const reply = replyOf(saul, post)
    await ask('ReplyRequest', saul, post, reply)
    expect([said('Accept', reply.id), said('Reject', reply.id)]).toEqual([[], []])
  })
})

describe('an answer of one of ours to another one of ours', () => {
  const answer = (member: Member, { id }: Json) =>
    member.api.post('/api/v1/statuses', { status: 'my answer', in_reply_to_id: id })

  it('is refused before it is made where its author may not (item 15)', async () => {
    const { status, body } = await answer(olga, await write('followers'))
    expect([status, body.error]).toEqual([422, 'The author of this post takes no answers from you'])
  })

  it('waits, and goes out when it is let in, with its stamp (item 15)', async () => {
    const post = await write('asked')
    const { body } = await answer(olga, post)
    await neighbours.instance.settle()
    expect([await below(marc, post), await below(lea, post)]).toEqual([[], [body.uri]])
    expect(await told(body.uri)).toHaveLength(1)
    expect((await fetchDocument(body.uri)).status).toBe(404)
    await decide(allowReply, body.uri)
    expect([await below(marc, post), await countOf(post)]).toEqual([[body.uri], 1])
    const note = (await fetchDocument(body.uri)).body
    expect((await fetchDocument(note.replyAuthorization)).body).toMatchObject({ interactingObject: body.uri })
    await decide(refuseReply, body.uri)
    expect([await below(marc, post), (await fetchDocument(body.uri)).status]).toEqual([[], 404])
  })
})
