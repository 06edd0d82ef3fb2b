import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { endPolls, tellCounts } from '#src/features/polls/end.ts'
import { letBeFollowed } from '#test/support/befriend.ts'
import type { Json } from '#test/support/client.ts'
import { eventually } from '#test/support/eventually.ts'
import { creating, type Neighbours, startNeighbours } from '#test/support/neighbours.ts'
import { ACTIVITY_JSON, PUBLIC, type Stranger, type StrangerActor } from '#test/support/stranger.ts'
import type { Instance, Member } from '#test/support/two-servers.ts'

let neighbours: Neighbours
let instance: Instance
let elsewhere: Stranger
let lea: Member
let rosa: StrangerActor
let remo: StrangerActor

beforeAll(async () => {
  neighbours = await startNeighbours()
  ;({ instance, elsewhere, lea, rosa, remo } = neighbours)
  await letBeFollowed(instance, lea, rosa)
})
afterAll(() => neighbours.close())

const say: Neighbours['say'] = (...args) => neighbours.say(...args)
const later = (ms: number) => new Date(neighbours.now().getTime() + ms).toISOString()
const read = async (member: Member, id: string) => (await member.api.get(`/api/v1/statuses/${id}`)).body
const pollOf = async (id: string) => (await read(lea, id)).poll
const countsOf = async (id: string) => (await pollOf(id)).options.map((option: Json) => option.votes_count)

const ask = async (poll: Json = {}, more: Json = {}): Promise<Json> => {
  const body = { status: 'Which one?', poll: { options: ['Red & blue', 'Green'], expires_in: 3_600, ...poll }, ...more }
  return (await lea.api.post('/api/v1/statuses', body)).body
}
const voteOf = (voter: StrangerActor, post: Json, name: string, more: Json = {}): Json => {
  const note = voter.note({ to: [lea.iri], cc: [], inReplyTo: post.uri, name, content: undefined, ...more })
  return creating(voter, JSON.parse(JSON.stringify(note)))
}
const delivered = (isIt: (activity: Json) => boolean) => elsewhere.delivered((activity) => isIt(activity))

describe('a poll of ours', () => {
  it('is a Question, as it is sent and as it is served (item 20)', async () => {
    const post = await ask()
    const { json } = await delivered(({ type, object }) => type === 'Create' && object.id === post.uri)
    expect(json.object).toMatchObject({
      type: 'Question',
      content: '<p>Which one?</p>',
      endTime: `${post.poll.expires_at.slice(0, 19)}Z`,
      votersCount: 0,
      oneOf: [
        { type: 'Note', name: 'Red & blue', replies: { type: 'Collection', totalItems: 0 } },
        { type: 'Note', name: 'Green', replies: { type: 'Collection', totalItems: 0 } },
      ],
    })
    expect(json.object).not.toHaveProperty('closed')
    expect(json.object).not.toHaveProperty('votes')
    expect(JSON.stringify(json['@context'])).toContain('votersCount')
    const served = await (await fetch(post.uri, { headers: { accept: ACTIVITY_JSON } })).json()
    expect(served).toMatchObject({ type: 'Question', oneOf: json.object.oneOf })
    const several = await ask({ multiple: true })
    const sent = await delivered(({ type, object }) => type === 'Create' && object.id === several.uri)
    expect(sent.json.object.anyOf).toHaveLength(2)
    expect(sent.json.object).not.toHaveProperty('oneOf')
  })

  it('counts votes from elsewhere once for each actor, which are no posts (item 20)', async () => {
    const post = await ask()
    const first = voteOf(rosa, post, 'Red & blue')
    for (const activity of [first, first, voteOf(rosa, post, 'Green'), voteOf(remo, post, 'Green')]) {
      await say(rosa.iri === activity.actor ? rosa : remo, activity)
    }
    expect(await countsOf(post.id)).toEqual([1, 1])
    expect(await pollOf(post.id)).toMatchObject({ votes_count: 2, voters_count: 2 })
    const { body } = await lea.api.get(`/api/v1/statuses/${post.id}/context`)
    expect(body.descendants).toEqual([])
    expect((await read(lea, post.id)).replies_count).toBe(0)
    expect((await lea.api.get('/api/v1/notifications?types[]=mention')).body).toEqual([])
  })

  it('takes several choices, each in an activity of its own and all at once', async () => {
    const post = await ask({ options: ['a', 'b', 'c'], multiple: true })
    await Promise.all(
      ['a', 'c', 'a'].map((name) =>
        rosa.post(instance.ctx.uris.sharedInbox, voteOf(rosa, post, name), { at: neighbours.now() }),
      ),
    )
    await instance.settle()
    expect(await countsOf(post.id)).toEqual([1, 0, 1])
    expect(await pollOf(post.id)).toMatchObject({ votes_count: 2, voters_count: 1 })
  })

  it('does not count what is no vote (item 20)', async () => {
    const post = await ask()
    const hidden = await ask({}, { visibility: 'private' })
    const forged = voteOf(rosa, post, 'Green')
    await say(rosa, { ...forged, object: { ...forged.object, attributedTo: remo.iri } })
    await say(rosa, voteOf(rosa, post, 'Purple'))
    await say(remo, voteOf(remo, hidden, 'Green'))
    await say(remo, voteOf(remo, post, 'Green', { content: '<p>Green, I would say</p>', to: [PUBLIC] }))
    expect(await countsOf(hidden.id)).toEqual([0, 0])
    expect(await countsOf(post.id)).toEqual([0, 0])
    const { body } = await lea.api.get(`/api/v1/statuses/${post.id}/context`)
    expect(body.descendants).toMatchObject([{ content: '<p>Green, I would say</p>' }])
    await say(remo, voteOf(remo, await read(lea, body.descendants[0].id), 'Green'))
    expect(await countsOf(post.id)).toEqual([0, 0])
  })

  it('tells its followers of votes, and those who voted of the end (item 20)', async () => {
    const post = await ask()
    await say(remo, voteOf(remo, post, 'Green'))
    await tellCounts(instance.ctx)
    neighbours.pass(61_000)
    await tellCounts(instance.ctx)
    const isUpdate = ({ type, object }: Json) => type === 'Update' && object.id === post.uri
    const { json } = await delivered(isUpdate)
    expect(json.object).toMatchObject({
      votersCount: 1,
      oneOf: [{ replies: { totalItems: 0 } }, { replies: { totalItems: 1 } }],
    })
    expect(json.object).not.toHaveProperty('updated')
    neighbours.pass(3_600_000)
    await endPolls(instance.ctx)
    const { json: last } = await delivered((activity) => isUpdate(activity) && activity.object.closed)
    expect(last.object.closed).toBe(last.object.endTime)
    await say(rosa, voteOf(rosa, post, 'Green'))
    expect(await countsOf(post.id)).toEqual([0, 1])
    await eventually(async () => {
      const { body } = await lea.api.get('/api/v1/notifications?types[]=poll')
      expect(body.map(({ status }: Json) => status.id)).toContain(post.id)
    })
  })

  it('tells nobody hidden counts before the end', async () => {
    const post = await ask({ hide_totals: true })
    await say(remo, voteOf(remo, post, 'Green'))
    const get = async () => (await fetch(post.uri, { headers: { accept: ACTIVITY_JSON } })).json()
    expect((await get()).oneOf[1].replies.totalItems).toBe(0)
    neighbours.pass(3_600_000)
    expect((await get()).oneOf[1].replies.totalItems).toBe(1)
  })
})

describe('a poll from elsewhere', () => {
  const option = (name: string, totalItems: number) => ({
    type: 'Note',
    name,
    replies: { type: 'Collection', totalItems },
  })
  const question = (more: Json = {}) =>
    rosa.note({
      '@context': ['https://www.w3.org/ns/activitystreams', { votersCount: 'http://joinmastodon.org/ns#votersCount' }],
      type: 'Question',
      oneOf: [option('x', 2), option('y', 0)],
      endTime: later(3_600_000),
      votersCount: 2,
      ...more,
    })

  it('is shown with its counts, and with newer ones (item 20)', async () => {
    const note = question()
    const { id } = await neighbours.arrive(note)
    expect(await pollOf(id)).toMatchObject({ votes_count: 2, voters_count: 2, multiple: false, expired: false })
    await say(rosa, rosa.activity('Update', { ...note, oneOf: [option('x', 2), option('y', 5)], votersCount: 7 }))
    expect(await countsOf(id)).toEqual([2, 5])
    expect((await read(lea, id)).edited_at).toBeNull()
    const edited = { ...note, oneOf: [option('x', 0), option('z', 1)], updated: later(1_000) }
    neighbours.pass(2_000)
    await say(rosa, rosa.activity('Update', edited))
    expect((await pollOf(id)).options).toEqual([
      { title: 'x', votes_count: 0 },
      { title: 'z', votes_count: 1 },
    ])
    await say(rosa, rosa.activity('Update', { ...note, oneOf: [option('x', 9), option('y', 9)] }))
    expect(await countsOf(id)).toEqual([0, 1])
    await say(remo, remo.activity('Update', { ...edited, oneOf: [option('x', 99), option('z', 99)] }))
    expect(await countsOf(id)).toEqual([0, 1])
  })

  it('is asked anew with other options where its server gives no times, and all votes are void (item 20)', async () => {
    const note = question()
    const { id, poll } = await neighbours.arrive(note)
    expect((await lea.api.post(`/api/v1/polls/${poll.id}/votes`, { choices: [0] })).status).toBe(200)
    await say(rosa, rosa.activity('Update', { ...note, oneOf: [option('x', 0), option('z', 3)], votersCount: 3 }))
    expect(await pollOf(id)).toMatchObject({ voted: false, own_votes: [], voters_count: 3 })
    expect((await pollOf(id)).options).toEqual([
      { title: 'x', votes_count: 0 },
      { title: 'z', votes_count: 3 },
    ])
    expect((await read(lea, id)).edited_at).toBeNull()
  })

  it('gets our votes, each to its author alone (item 20)', async () => {
    const note = question({ anyOf: [option('x', 0), option('y', 0)], oneOf: undefined })
    const { id, poll } = await neighbours.arrive(JSON.parse(JSON.stringify(note)))
    expect((await lea.api.post(`/api/v1/polls/${poll.id}/votes`, { choices: [0, 1] })).status).toBe(200)
    for (const name of ['x', 'y']) {
      const { json } = await delivered(
        ({ type, object }) => type === 'Create' && object.inReplyTo === note.id && object.name === name,
      )
      expect(json).toMatchObject({
        actor: lea.iri,
        to: [rosa.iri],
        object: { type: 'Note', attributedTo: lea.iri, to: [rosa.iri] },
      })
      expect(json.object).not.toHaveProperty('content')
      expect(json).not.toHaveProperty('cc')
    }
    expect(await pollOf(id)).toMatchObject({ own_votes: [0, 1], votes_count: 2 })
  })

  it('is fetched again when somebody looks and its counts are old', async () => {
    const note = question()
    const { id, poll } = await neighbours.arrive(note)
    elsewhere.serve(note.id, { body: { ...note, oneOf: [option('x', 4), option('y', 4)], votersCount: 8 } })
    const look = async () => (await lea.api.get(`/api/v1/polls/${poll.id}`)).body
    expect(await look()).toMatchObject({ votes_count: 2 })
    neighbours.pass(61_000)
    expect(await look()).toMatchObject({ votes_count: 8, voters_count: 8 })
    elsewhere.serve(note.id, { status: 500 })
    neighbours.pass(61_000)
    expect(await look()).toMatchObject({ votes_count: 8 })
    expect(await countsOf(id)).toEqual([4, 4])
  })

  it('is over when its server closes it', async () => {
    const note = question()
    const { id, poll } = await neighbours.arrive(note)
    await say(rosa, rosa.activity('Update', { ...note, closed: later(0) }))
    expect(await pollOf(id)).toMatchObject({ expired: true })
    expect((await lea.api.post(`/api/v1/polls/${poll.id}/votes`, { choices: [0] })).status).toBe(422)
  })
})
