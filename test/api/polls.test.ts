import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { endPolls, tellCounts } from '#src/features/polls/end.ts'
import { receivePost } from '#src/features/posts/receive.ts'
import { receivePostEdit } from '#src/features/posts/receive-changes.ts'
import { AnonymousPoll, AnonymousStatus, Notification, Poll, Status, StatusEdit } from '#test/contract/schemas.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { type Client, createClient, type Json } from '#test/support/client.ts'
import { DAY_MS } from '#test/support/clock.ts'
import { tellEverybody } from '#test/support/effects.ts'
import { takeFacts } from '#test/support/facts.ts'
import { make, uniqueName } from '#test/support/make.ts'

let test: TestApp
beforeAll(async () => {
  test = await createTestApp()
})
afterAll(() => test.close())

async function somebody(scopes?: string[]) {
  const handle = uniqueName('asker')
  const { actorId, headers, viewer } = await test.signIn(handle, scopes)
  return { client: createClient(test.app, headers), actorId, viewer, handle }
}

const anybody = () => createClient(test.app)
const lunch = { options: ['Soup', 'Bread', 'Cheese'], expires_in: 3_600 }

async function ask(client: Client, poll: object = lunch, more: object = {}): Promise<Json> {
  const { status, body } = await client.post('/api/v1/statuses', { status: 'What is for lunch?', poll, ...more })
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}

const vote = (client: Client, pollId: string, choices: unknown[]) =>
  client.post(`/api/v1/polls/${pollId}/votes`, { choices })
const counts = ({ body }: Json) => body.options.map((option: Json) => option.votes_count)

/** The facts since the last call that are about one post. */
async function factsOf(postId: string) {
  return (await takeFacts(test.ctx)).filter((fact) => fact.postId === postId)
}

async function end() {
  await endPolls(test.ctx)
  await tellEverybody(test.ctx)
}

describe('a poll', () => {
  it('comes with its post, for everybody who may read that', async () => {
    const { client } = await somebody()
    const post = await ask(client)
    expect(Status.parse(post).poll).toMatchObject({
      expires_at: new Date(test.clock.now().getTime() + 3_600_000).toISOString(),
      expired: false,
      multiple: false,
      votes_count: 0,
      voters_count: 0,
      options: [
        { title: 'Soup', votes_count: 0 },
        { title: 'Bread', votes_count: 0 },
        { title: 'Cheese', votes_count: 0 },
      ],
      voted: true,
      own_votes: [],
    })
    const { body } = await anybody().get(`/api/v1/statuses/${post.id}`)
    AnonymousPoll.parse(AnonymousStatus.parse(body).poll)
    expect(AnonymousPoll.parse((await anybody().get(`/api/v1/polls/${post.poll.id}`)).body).id).toBe(post.poll.id)
    const other = await somebody()
    expect(Poll.parse((await other.client.get(`/api/v1/polls/${post.poll.id}`)).body).voted).toBe(false)
  })

  it('is read from forms too, with its switches', async () => {
    const { client } = await somebody()
    const fields = [
      ['status', 'form'],
      ['poll[options][]', ' One '],
      ['poll[options][]', 'Two'],
      ['poll[options][]', ''],
      ['poll[expires_in]', '300'],
      ['poll[multiple]', 'true'],
      ['poll[hide_totals]', '1'],
    ] as const
    for (const send of [client.form, client.multipart]) {
      const { body } = await send('POST', '/api/v1/statuses', fields)
      expect(body.poll).toMatchObject({
        multiple: true,
        options: [
          { title: 'One', votes_count: null },
          { title: 'Two', votes_count: null },
        ],
      })
    }
    expect(
      (
        await client.form('POST', '/api/v1/statuses', [
          ['status', 'a'],
          ['poll', ''],
        ])
      ).body.poll,
    ).toBeNull()
  })

  it.each([
    [{ options: ['a'], expires_in: 300 }, 'at least two'],
    [{ options: ['a', ' '], expires_in: 300 }, 'at least two'],
    [{ options: ['a', 'b', 'c', 'd', 'e'], expires_in: 300 }, '4 at the most'],
    [{ options: ['a', 'b'.repeat(51)], expires_in: 300 }, '50 characters'],
    [{ options: ['a', ' a'], expires_in: 300 }, 'differ'],
    [{ options: ['a', 'b'], expires_in: 299 }, 'from 300 to 2629746'],
    [{ options: ['a', 'b'], expires_in: 2_629_747 }, 'from 300 to 2629746'],
    [{ options: ['a', 'b'] }, 'poll'],
    [{ expires_in: 300 }, 'poll'],
    [{ options: ['a', 'b'], expires_in: 'soon' }, 'poll'],
  ])('refuses %j with a sentence', async (poll, words) => {
    const { client } = await somebody()
    const { status, body } = await client.post('/api/v1/statuses', { status: 'a', poll })
    expect([status, body.error]).toEqual([422, expect.stringContaining(words)])
  })

  it('counts characters as people do', async () => {
    const { client } = await somebody()
    const family = '👩‍👩‍👧‍👦'.repeat(25)
    expect((await ask(client, { options: ['a', family], expires_in: 300 })).poll.options[1].title).toBe(family)
  })

  it('is not together with pictures, and needs words', async () => {
    const { client, actorId } = await somebody()
    const media = [(await make.picture(test.ctx, { actorId })).id]
    const answer = await client.post('/api/v1/statuses', { status: 'a', poll: lunch, media_ids: media })
    expect([answer.status, answer.body.error]).toEqual([422, expect.stringContaining('pictures')])
    expect((await client.post('/api/v1/statuses', { poll: lunch })).status).toBe(422)
  })

  it('is absent for whom its post is', async () => {
    const [asker, stranger] = [await somebody(), await somebody()]
    const { poll } = await ask(asker.client, lunch, { visibility: 'private' })
    for (const { client } of [stranger, { client: anybody() }]) {
      expect((await client.get(`/api/v1/polls/${poll.id}`)).status).toBe(404)
    }
    expect((await vote(stranger.client, poll.id, [0])).status).toBe(404)
    await make.follow(test.ctx, { followerId: stranger.actorId, followeeId: asker.actorId })
    expect((await vote(stranger.client, poll.id, [0])).status).toBe(200)
    await asker.client.post(`/api/v1/accounts/${stranger.actorId}/block`)
    expect((await stranger.client.get(`/api/v1/polls/${poll.id}`)).status).toBe(404)
    expect((await anybody().get('/api/v1/polls/1')).status).toBe(404)
    expect((await anybody().get('/api/v1/polls/none')).status).toBe(404)
  })

  it('goes with its post, and comes back with it to be written anew', async () => {
    const asker = await somebody()
    const { id, poll } = await ask(asker.client)
    const deleted = await asker.client.delete(`/api/v1/statuses/${id}`)
    expect(Status.parse(deleted.body).poll?.options).toHaveLength(3)
    expect((await asker.client.get(`/api/v1/polls/${poll.id}`)).status).toBe(404)
  })
})

describe('a vote', () => {
  it('counts once for each person', async () => {
    const [asker, voter] = [await somebody(), await somebody()]
    const { id, poll } = await ask(asker.client)
    const first = await vote(voter.client, poll.id, ['1'])
    expect(Poll.parse(first.body)).toMatchObject({ voted: true, own_votes: [1], votes_count: 1, voters_count: 1 })
    expect(counts(first)).toEqual([0, 1, 0])
    for (const choices of [[1], [0]]) {
      const again = await vote(voter.client, poll.id, choices)
      expect([again.status, again.body.error]).toEqual([422, expect.stringContaining('already voted')])
    }
    const { body } = await voter.client.get(`/api/v1/statuses/${id}`)
    expect(body.poll).toMatchObject({ own_votes: [1], votes_count: 1 })
    // What somebody votes is told to nobody else.
    expect((await asker.client.get(`/api/v1/polls/${poll.id}`)).body).toMatchObject({ own_votes: [], votes_count: 1 })
  })

  it('is one, also when it is sent many times at once, and none is lost', async () => {
    const [asker, ...voters] = await Promise.all(Array.from({ length: 13 }, () => somebody()))
    if (!asker) throw new Error('nobody asks')
    const { poll } = await ask(asker.client)
    const answers = await Promise.all(
      voters.flatMap(({ client }, n) => [vote(client, poll.id, [n % 3]), vote(client, poll.id, [n % 3])]),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(12).fill(200), ...Array(12).fill(422)])
    const after = await anybody().get(`/api/v1/polls/${poll.id}`)
    expect(counts(after)).toEqual([4, 4, 4])
    expect(after.body).toMatchObject({ votes_count: 12, voters_count: 12 })
    const [other] = await test.ctx.db.execute(
      sql`select poll_id, actor_id from poll_ballots where poll_id = ${poll.id}`,
    )
    const second = sql`insert into poll_ballots (poll_id, actor_id, choices, is_multiple)
      values (${other?.poll_id}, ${other?.actor_id}, '{0}', false)`
    await expect(test.ctx.db.execute(second)).rejects.toThrow()
  })

  it('may have several choices where the poll says so, each once', async () => {
    const [asker, voter] = [await somebody(), await somebody()]
    const { poll } = await ask(asker.client, { ...lunch, multiple: true })
    expect(counts(await vote(voter.client, poll.id, [0, 2, 2]))).toEqual([1, 0, 1])
    expect((await vote(voter.client, poll.id, [1, 2])).status).toBe(422)
    const more = await vote(voter.client, poll.id, [1])
    expect(more.body).toMatchObject({ own_votes: [0, 2, 1], votes_count: 3, voters_count: 1 })
    const { poll: single } = await ask(asker.client)
    expect((await vote(voter.client, single.id, [0, 1])).status).toBe(422)
    expect((await voter.client.get(`/api/v1/polls/${single.id}`)).body).toMatchObject({ voted: false, votes_count: 0 })
  })

  it('is refused for options that are not there, for none, and in one’s own poll', async () => {
    const [asker, voter] = [await somebody(), await somebody()]
    const { poll } = await ask(asker.client)
    for (const choices of [[3], [-1], [], ['a'], [0.5]]) {
      expect((await vote(voter.client, poll.id, choices)).status, String(choices)).toBe(422)
    }
    expect((await voter.client.post(`/api/v1/polls/${poll.id}/votes`)).status).toBe(422)
    const own = await vote(asker.client, poll.id, [0])
    expect([own.status, own.body.error]).toEqual([422, expect.stringContaining('own polls')])
    const form = await voter.client.form('POST', `/api/v1/polls/${poll.id}/votes`, [['choices[]', '2']])
    expect(counts(form)).toEqual([0, 0, 1])
  })

  it('needs a token that may write, and a role that reacts', async () => {
    const [asker, reader] = [await somebody(), await somebody(['read'])]
    const { poll } = await ask(asker.client)
    expect((await vote(anybody(), poll.id, [0])).status).toBe(401)
    expect((await vote(reader.client, poll.id, [0])).status).toBe(403)
    await test.ctx.db.$client`update memberships set role = 'analyst' where actor_id = ${reader.actorId}`
    const { headers } = await test.signIn(reader.handle)
    expect((await vote(createClient(test.app, headers), poll.id, [0])).status).toBe(403)
  })

  it('is refused after the end', async () => {
    const [asker, voter] = [await somebody(), await somebody()]
    const { poll } = await ask(asker.client)
    test.clock.pass(3_600_000)
    const late = await vote(voter.client, poll.id, [0])
    expect([late.status, late.body.error]).toEqual([422, expect.stringContaining('already ended')])
    expect((await voter.client.get(`/api/v1/polls/${poll.id}`)).body).toMatchObject({ expired: true, voted: false })
  })

  it('stays hidden until the end where the author wants it so', async () => {
    const [asker, voter] = [await somebody(), await somebody()]
    const { id, poll } = await ask(asker.client, { ...lunch, hide_totals: true })
    expect(counts(await vote(voter.client, poll.id, [0]))).toEqual([null, null, null])
    for (const { client } of [asker, { client: anybody() }]) {
      expect(counts(await client.get(`/api/v1/polls/${poll.id}`))).toEqual([null, null, null])
    }
    await takeFacts(test.ctx)
    test.clock.pass(60_000)
    await tellCounts(test.ctx)
    expect(await factsOf(id)).toEqual([])
    test.clock.pass(3_600_000)
    expect(counts(await anybody().get(`/api/v1/polls/${poll.id}`))).toEqual([1, 0, 0])
  })

  it('is told to other servers once a minute, however many there are', async () => {
    const [asker, one, two] = [await somebody(), await somebody(), await somebody()]
    const { id, poll } = await ask(asker.client)
    await takeFacts(test.ctx)
    await vote(one.client, poll.id, [0])
    test.clock.pass(59_000)
    await vote(two.client, poll.id, [0])
    await tellCounts(test.ctx)
    expect(await factsOf(id)).toEqual([])
    test.clock.pass(1_000)
    await Promise.all([tellCounts(test.ctx), tellCounts(test.ctx)])
    expect(await factsOf(id)).toMatchObject([{ type: 'poll.counted', postId: id, isLocal: true }])
  })
})

describe('the end of a poll', () => {
  it('is told once, to who asked and who voted', async () => {
    const [asker, voter, other] = [await somebody(), await somebody(), await somebody()]
    const { id, poll } = await ask(asker.client)
    await vote(voter.client, poll.id, [0])
    await end()
    expect((await voter.client.get('/api/v1/notifications?types[]=poll')).body).toEqual([])
    test.clock.pass(3_600_000)
    await Promise.all([endPolls(test.ctx), endPolls(test.ctx)])
    await end()
    await end()
    for (const { client } of [asker, voter]) {
      const { body } = await client.get('/api/v1/notifications?types[]=poll')
      expect(body).toHaveLength(1)
      expect(Notification.parse(body[0])).toMatchObject({
        type: 'poll',
        account: { id: asker.actorId },
        status: { id, poll: { expired: true, votes_count: 1 } },
      })
    }
    expect((await other.client.get('/api/v1/notifications')).body).toEqual([])
  })

  it('is worked off whenever somebody comes to it', async () => {
    const asker = await somebody()
    const { id } = await ask(asker.client)
    await takeFacts(test.ctx)
    test.clock.pass(3 * DAY_MS)
    await endPolls(test.ctx)
    expect(await factsOf(id)).toMatchObject([{ type: 'poll.ended', postId: id, isLocal: true }])
    await endPolls(test.ctx)
    expect(await factsOf(id)).toEqual([])
  })
})

describe('an edit', () => {
  const edit = (client: Client, id: string, body: object) => client.put(`/api/v1/statuses/${id}`, body)

  it('of the options makes the votes void, and the history shows both', async () => {
    const [asker, voter] = [await somebody(), await somebody()]
    const { id, poll } = await ask(asker.client)
    await vote(voter.client, poll.id, [0])
    test.clock.pass(2_000)
    const changed = await edit(asker.client, id, { status: 'And now?', poll: { ...lunch, options: ['Soup', 'Rice'] } })
    expect(Status.parse(changed.body).poll).toMatchObject({ id: poll.id, votes_count: 0, voters_count: 0 })
    expect((await voter.client.get(`/api/v1/polls/${poll.id}`)).body).toMatchObject({ voted: false, own_votes: [] })
    expect(counts(await vote(voter.client, poll.id, [1]))).toEqual([0, 1])
    const { body } = await asker.client.get(`/api/v1/statuses/${id}/history`)
    const titles = body.map((version: Json) => StatusEdit.parse(version).poll?.options.map(({ title }) => title))
    expect(titles).toEqual([lunch.options, ['Soup', 'Rice']])
  })

  it('of how many may be chosen makes them void too', async () => {
    const [asker, voter] = [await somebody(), await somebody()]
    const { id, poll } = await ask(asker.client)
    await vote(voter.client, poll.id, [0])
    test.clock.pass(2_000)
    const { body } = await edit(asker.client, id, { poll: { ...lunch, multiple: true } })
    expect(body.poll).toMatchObject({ multiple: true, votes_count: 0 })
  })

  it('of the text, or of the end, keeps them', async () => {
    const [asker, voter] = [await somebody(), await somebody()]
    const { id, poll } = await ask(asker.client)
    await vote(voter.client, poll.id, [0])
    test.clock.pass(2_000)
    expect((await edit(asker.client, id, { status: 'Only words' })).body.poll).toMatchObject({ votes_count: 1 })
    test.clock.pass(2_000)
    const { body } = await edit(asker.client, id, { poll: { ...lunch, expires_in: 7_200 } })
    expect(body.poll).toMatchObject({
      votes_count: 1,
      expires_at: new Date(test.clock.now().getTime() + 7_200_000).toISOString(),
    })
  })

  it('after the end opens the poll again, and the new end is told again', async () => {
    const [asker, voter] = [await somebody(), await somebody()]
    const { id, poll } = await ask(asker.client)
    await vote(voter.client, poll.id, [0])
    test.clock.pass(3_600_000)
    await end()
    const told = async () => (await voter.client.get('/api/v1/notifications?types[]=poll')).body
    const [before] = await told()
    await edit(asker.client, id, { poll: lunch })
    expect((await voter.client.get(`/api/v1/polls/${poll.id}`)).body).toMatchObject({ expired: false, votes_count: 1 })
    test.clock.pass(3_600_000)
    await end()
    expect(await told()).toMatchObject([{ status: { id } }])
    expect((await told())[0].id).not.toBe(before.id)
  })

  it('may take the poll off, put one on, and change it for pictures', async () => {
    const asker = await somebody()
    const { id } = await ask(asker.client)
    test.clock.pass(2_000)
    expect((await edit(asker.client, id, { poll: null })).body.poll).toBeNull()
    test.clock.pass(2_000)
    expect((await edit(asker.client, id, { poll: lunch })).body.poll.options).toHaveLength(3)
    const media = [(await make.picture(test.ctx, { actorId: asker.actorId })).id]
    expect((await edit(asker.client, id, { poll: lunch, media_ids: media })).status).toBe(422)
    test.clock.pass(2_000)
    const pictured = await edit(asker.client, id, { media_ids: media })
    expect(pictured.body).toMatchObject({ poll: null, media_attachments: [{ id: media[0] }] })
    expect((await edit(asker.client, id, { poll: lunch })).status).toBe(422)
  })

  it('that changes nothing leaves no trace', async () => {
    const asker = await somebody()
    const { id } = await ask(asker.client)
    const { body } = await edit(asker.client, id, { status: 'What is for lunch?', poll: lunch })
    expect(body.edited_at).toBeNull()
  })
})

describe('a poll of another server', () => {
  const remotePoll = { options: ['x', 'y'], tallies: [3, 1], votersCount: null, isMultiple: false, endsAt: null }

  async function arrive(more: object = {}) {
    const author = await make.remoteActor(test.ctx)
    const input = {
      iri: `https://there.example/questions/${uniqueName('q')}`,
      actorId: author.id,
      url: null,
      visibility: 'public',
      content: '<p>x or y?</p>',
      spoilerText: '',
      isSensitive: false,
      language: null,
      inReplyToIri: null,
      context: null,
      publishedAt: test.clock.now(),
      editedAt: null,
      recipientIds: [],
      mentionIds: [],
      hashtags: [],
      attachments: [],
      poll: { ...remotePoll, ...more },
      emojis: [{ shortcode: 'x', url: 'https://there.example/x.png' }],
      ...{ quote: null, quoteAutomatic: [], quoteManual: [] },
      raw: { type: 'Question' },
    } as const
    const { id } = await receivePost(test.ctx, input)
    return { input, id: String(id) }
  }

  it('has the counts of its server, and tells it of each choice', async () => {
    const voter = await somebody()
    const { id } = await arrive({ isMultiple: true, options: [':x:', 'y'] })
    const { poll } = (await voter.client.get(`/api/v1/statuses/${id}`)).body
    expect(poll).toMatchObject({ expires_at: null, votes_count: 4, voters_count: null, emojis: [{ shortcode: 'x' }] })
    await takeFacts(test.ctx)
    expect(counts(await vote(voter.client, poll.id, [0, 1]))).toEqual([4, 2])
    expect(await factsOf(id)).toMatchObject([
      { type: 'vote.cast', postId: id, actorId: voter.actorId, choice: ':x:', isLocal: true },
      { type: 'vote.cast', postId: id, actorId: voter.actorId, choice: 'y', isLocal: true },
    ])
    test.clock.pass(60_000)
    await tellCounts(test.ctx)
    expect(await factsOf(id)).toEqual([])
  })

  it('is told about at its end, and is not ours to tell others', async () => {
    const voter = await somebody()
    const { id } = await arrive({ endsAt: new Date(test.clock.now().getTime() + 60_000) })
    const { poll } = (await voter.client.get(`/api/v1/statuses/${id}`)).body
    await vote(voter.client, poll.id, [0])
    await takeFacts(test.ctx)
    test.clock.pass(60_000)
    await end()
    const { body } = await voter.client.get('/api/v1/notifications?types[]=poll')
    expect(body).toMatchObject([{ type: 'poll', status: { id } }])
    expect(await factsOf(id)).toMatchObject([{ type: 'poll.ended', isLocal: false }])
  })

  it('that was over when it came is no news', async () => {
    await takeFacts(test.ctx)
    const { id } = await arrive({ endsAt: test.clock.now() })
    await endPolls(test.ctx)
    expect(await factsOf(id)).toMatchObject([{ type: 'post.created', postId: id }])
  })

  it('keeps the votes from here through an edit of its words, and loses them with other options', async () => {
    const voter = await somebody()
    const { id, input } = await arrive()
    const { poll } = (await voter.client.get(`/api/v1/statuses/${id}`)).body
    await vote(voter.client, poll.id, [0])
    const seen = async () => (await voter.client.get(`/api/v1/polls/${poll.id}`)).body
    const at = (ms: number) => new Date(test.clock.now().getTime() + ms)
    await receivePostEdit(test.ctx, { ...input, content: '<p>b</p>', editedAt: at(1_000) })
    expect(await seen()).toMatchObject({ own_votes: [0], votes_count: 4 })
    const other = { ...remotePoll, options: ['x', 'z'], tallies: [0, 2] }
    await receivePostEdit(test.ctx, { ...input, poll: other, editedAt: at(2_000) })
    expect(await seen()).toMatchObject({ own_votes: [], voted: false, votes_count: 2 })
    await receivePostEdit(test.ctx, { ...input, poll: null, editedAt: at(3_000) })
    expect((await voter.client.get(`/api/v1/statuses/${id}`)).body.poll).toBeNull()
  })

  it('is asked for again when its counts are old, for who is signed in, once a minute', async () => {
    const reader = await somebody()
    const { id, input } = await arrive()
    const { poll } = (await reader.client.get(`/api/v1/statuses/${id}`)).body
    const asked: string[] = []
    const { refreshPost } = test.ctx.remote
    Object.assign(test.ctx.remote, { refreshPost: async (iri: string) => void asked.push(iri) })
    const look = (client: Client) => client.get(`/api/v1/polls/${poll.id}`)
    await look(reader.client)
    expect(asked).toEqual([])
    test.clock.pass(61_000)
    await look(anybody())
    expect(asked).toEqual([])
    await Promise.all([look(reader.client), look(reader.client)])
    expect(asked).toEqual([input.iri])
    Object.assign(test.ctx.remote, { refreshPost })
  })
})
