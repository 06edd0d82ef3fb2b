import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { endPolls } from '#src/features/polls/end.ts'
import { findPostByIri } from '#src/features/posts/queries.ts'
import { allowReply, refuseReply } from '#src/features/posts/reply-consents.ts'
import {
  type AnswerWorld,
  below,
  fetchDocument,
  interactionContext,
  startAnswerWorld,
  talks,
  told,
} from '#test/support/answers.ts'
import { findAccount, letBeFollowed, letFollow } from '#test/support/befriend.ts'
import type { Json } from '#test/support/client.ts'
import type { Neighbours } from '#test/support/neighbours.ts'
import { ACTIVITY_JSON, PUBLIC, type StrangerActor } from '#test/support/stranger.ts'
import type { Member } from '#test/support/two-servers.ts'

let world: AnswerWorld
let neighbours: Neighbours
let lea: Member
/** Follows Saul. */
let marc: Member
let olga: Member
let rosa: StrangerActor
/** Follows Lea. */
let remo: StrangerActor
/** Has nothing to do with her. */
let saul: StrangerActor

beforeAll(async () => {
  world = await startAnswerWorld()
  ;({ neighbours, saul } = world)
  ;({ lea, marc, olga, rosa, remo } = neighbours)
  await letBeFollowed(neighbours.instance, lea, remo)
  await letFollow(marc, neighbours.far, saul)
})
afterAll(() => neighbours.close())

const later = () => new Date(neighbours.now().getTime() + 60_000).toISOString()
const edit = (note: Json) => world.change(note, { content: '<p>other words</p>', updated: later() })
/** A post of Lea's, who is asked, and an answer of Saul's that waits. */
const hold = async (): Promise<{ post: Json; reply: Json }> => {
  const post = await world.write('asked')
  const reply = world.replyOf(saul, post)
  await world.come(reply)
  return { post, reply }
}
/** The same with an answer of Olga's. */
const holdOwn = async (more: Json = {}): Promise<{ post: Json; held: Json }> => {
  const post = await world.write('asked')
  const { body: held } = await world.answer(olga, post, more)
  return { post, held }
}
/** Lea blocks somebody elsewhere. */
const block = async (whom: StrangerActor) => {
  await lea.api.post(`/api/v1/accounts/${await findAccount(lea, whom.acct)}/block`)
  await neighbours.instance.settle()
}

describe('an answer from elsewhere that waits for one of ours', () => {
  it('is no private message to whom it names when it is edited (item 15)', async () => {
    const post = await world.write('asked')
    const tag = [lea, marc].map(({ iri, acct }) => ({ type: 'Mention', href: iri, name: `@${acct}` }))
    const reply = world.replyOf(saul, post, { tag, cc: [lea.iri, marc.iri] })
    await world.come(reply)
    await edit(reply)
    expect([await talks(lea), await talks(marc), await told(marc, reply.id)]).toEqual([[], [], []])
    expect([await below(lea, post), await below(olga, post)]).toEqual([[reply.id], []])
  })

  it('hides what is said below it until it is let in (item 15)', async () => {
    const { post, reply } = await hold()
    const second = world.replyOf(saul, { uri: reply.id })
    await world.come(second)
    expect([await below(marc, post), await below(olga, post)]).toEqual([[], []])
    await world.decide(allowReply, reply.id)
    expect(await below(marc, post)).toEqual([reply.id, second.id])
  })

  it('is decided about once when yes and no are said in the same moment (item 15)', async () => {
    const { post, reply } = await hold()
    const { ctx } = neighbours.instance
    const { id = '' } = (await findPostByIri(ctx.db, reply.id)) ?? {}
    const sent = await world.sentBy(() =>
      Promise.allSettled([allowReply, allowReply, refuseReply].map((act) => act(ctx, lea.viewer, id))),
    )
    const answers = sent.filter(({ type }) => type === 'Accept' || type === 'Reject')
    expect(answers.length).toBeLessThanOrEqual(1)
    expect(await below(marc, post)).toEqual([])
  })
})

describe('an answer from elsewhere about which one of ours has decided', () => {
  it('is hidden when the yes is taken back, though its author was blocked since (item 15)', async () => {
    const pat = await neighbours.far.actor('pat')
    const post = await world.write('asked')
    const reply = world.replyOf(pat, post)
    await world.come(reply, pat)
    await world.decide(allowReply, reply.id)
    expect(await below(marc, post)).toEqual([reply.id])
    await block(pat)
    await world.decide(refuseReply, reply.id)
    expect(await below(marc, post)).toEqual([])
  })

  it('hears yes again when it asks again, though its author follows nobody here any more (item 15)', async () => {
    const zoe = await neighbours.far.actor('zoe')
    await letBeFollowed(neighbours.instance, lea, zoe)
    const post = await world.write('followers')
    const reply = world.replyOf(zoe, post)
    await world.come(reply, zoe)
    await neighbours.say(zoe, zoe.activity('Undo', zoe.activity('Follow', lea.iri)))
    const request = zoe.activity('ReplyRequest', post.uri, { instrument: reply.id, to: lea.iri })
    const sent = await world.sentBy(() => neighbours.say(zoe, request))
    expect(sent).toMatchObject([{ type: 'Accept', object: { id: request.id, instrument: reply.id } }])
  })

  it.each([
    ['followers', ['Reject']],
    ['asked', []],
  ] as const)(
    'gets no stamp as a word aside, which could be said aloud later: %s (item 15)',
    async (choice, answers) => {
      const post = await world.write(choice)
      const aside = world.replyOf(saul, post, { to: [lea.iri], cc: [] })
      const request = (instrument: Json | string) =>
        saul.activity('ReplyRequest', post.uri, { instrument, to: lea.iri })
      const atOnce = await world.sentBy(() => neighbours.say(saul, request(aside)))
      await world.come(aside)
      const after = await world.sentBy(() => neighbours.say(saul, request(aside.id)))
      expect([atOnce, after].map((sent) => sent.map(({ type }) => type))).toEqual([answers, answers])
    },
  )

  it('hears nothing where they have blocked its author (item 15)', async () => {
    const bob = await neighbours.far.actor('bob')
    const post = await world.write('followers')
    await block(bob)
    expect(await world.sentBy(() => world.come(world.replyOf(bob, post), bob))).toEqual([])
  })
})

describe('an answer of one of ours that waits', () => {
  it('is told of to nobody when it is edited, and sent nowhere, before it is let in (item 15)', async () => {
    const { held } = await holdOwn()
    const words = { status: `my answer @marc @${remo.acct}` }
    expect(await world.sentBy(() => olga.api.put(`/api/v1/statuses/${held.id}`, words))).toEqual([])
    expect([await told(marc, held.uri), await talks(marc)]).toEqual([[], []])
    const sent = await world.sentBy(() => world.decide(allowReply, held.uri))
    expect(sent.filter(({ object }) => object.id === held.uri)).toMatchObject([{ type: 'Create', actor: olga.iri }])
    expect(await told(marc, held.uri)).toHaveLength(1)
  })

  it('can be quoted by everybody as its author wished, when it was edited and let in (item 15)', async () => {
    const wish = { quote_approval_policy: 'public' }
    const { held } = await holdOwn(wish)
    await olga.api.put(`/api/v1/statuses/${held.id}`, { status: 'my better answer', ...wish })
    await world.decide(allowReply, held.uri)
    const { body } = await olga.api.get(`/api/v1/statuses/${held.id}`)
    expect([body.visibility, body.quote_approval.automatic]).toEqual(['public', ['public']])
  })

  it('is deleted without a word to whom it names (item 15)', async () => {
    const { held } = await holdOwn({ status: `hello @${remo.acct}` })
    expect(held.mentions).toMatchObject([{ acct: remo.acct }])
    expect(await world.sentBy(() => olga.api.delete(`/api/v1/statuses/${held.id}`))).toEqual([])
  })

  it('asks whom it quotes when it is let in, and not before (item 15)', async () => {
    const interactionPolicy = { canQuote: { automaticApproval: [PUBLIC] } }
    const quoted = await neighbours.arrive(rosa.note({ '@context': interactionContext, interactionPolicy }))
    const post = await world.write('asked')
    const { body: held } = await world.answer(olga, post, { quoted_status_id: quoted.id })
    const said = () => [...world.said('QuoteRequest', quoted.uri), ...world.said('Create', held.uri)]
    expect([held.visibility, said()]).toEqual(['direct', []])
    await world.decide(allowReply, held.uri)
    expect(world.said('QuoteRequest', quoted.uri)).toMatchObject([{ actor: olga.iri, instrument: { id: held.uri } }])
  })

  it('has a poll that ends without a word to whom it names (item 15)', async () => {
    const poll = { options: ['a', 'b'], expires_in: 300 }
    const { held } = await holdOwn({ status: `@${remo.acct} which?`, poll })
    expect(held.poll.options).toHaveLength(2)
    const now = () => new Date(neighbours.now().getTime() + 400_000)
    expect(await world.sentBy(() => endPolls({ ...neighbours.instance.ctx, now }))).toEqual([])
  })

  it('is got by whom it names elsewhere when it is let in, and not before (item 15)', async () => {
    const { held } = await holdOwn({ status: `@${remo.acct} hello`, visibility: 'private' })
    const get = async () => (await remo.get(held.uri, { at: neighbours.now() })).status
    expect(await get()).toBe(404)
    await world.decide(allowReply, held.uri)
    expect(await get()).toBe(200)
  })

  it('is answered by its author in private alone (item 15)', async () => {
    const { post, held } = await holdOwn()
    const { status, body } = await world.answer(olga, held, { visibility: 'public' })
    const error = 'Validation failed: Visibility can only be direct while what it answers waits to be let in'
    expect([status, body.error]).toEqual([422, error])
    expect((await world.answer(olga, held, { visibility: 'direct' })).status).toBe(200)
    expect(await below(marc, post)).toEqual([])
  })

  it.each([
    ['reblog', 403],
    ['pin', 422],
    ['favourite', 200],
    ['bookmark', 200],
  ])('can be kept by its author, and not shown to others: %s %i (item 15)', async (deed, status) => {
    const { held } = await holdOwn()
    expect((await olga.api.post(`/api/v1/statuses/${held.id}/${deed}`)).status).toBe(status)
  })
})

describe('an answer of one of ours that is not let in', () => {
  const text = 'QUIETWORD #quiettag'

  /** Pages, feeds and documents that have its text, for somebody whom nobody knows. */
  const listShown = async (post: Json, held: Json): Promise<string[]> => {
    const pages = ['/@olga', '/@olga.rss', `/@olga/${held.id}`, `/@olga/${held.id}/embed`, `/@lea/${post.id}`]
    const documents = ['/users/olga/outbox?page=true', `/users/lea/statuses/${post.id}/replies`, `/contexts/${post.id}`]
    const lists = ['/tags/quiettag', '/api/v1/timelines/tag/quiettag', '/api/v1/timelines/public']
    const about = [`/api/v1/statuses/${post.id}/context`, `/api/oembed?url=${encodeURIComponent(held.url)}`]
    const shown: string[] = []
    for (const path of [...pages, ...documents, ...lists, ...about]) {
      for (const accept of [ACTIVITY_JSON, 'text/html', 'application/json']) {
        const answer = await fetch(`${neighbours.instance.url}${path}`, { headers: { accept } })
        if ((await answer.text()).includes('QUIETWORD')) shown.push(path)
      }
    }
    return [...new Set(shown)]
  }
  const countPosts = async () => (await fetchDocument(`${olga.iri}/outbox`)).body.totalItems
  /** What Marc finds of it, by where. */
  const listFound = async (held: Json): Promise<string[]> => {
    const { body: account } = await marc.api.get('/api/v1/accounts/lookup?acct=olga')
    const { body: found } = await marc.api.get('/api/v2/search?q=QUIETWORD')
    const { body: tags } = await marc.api.get('/api/v2/search?type=hashtags&q=quiettag')
    const { body: statuses } = await marc.api.get(`/api/v1/accounts/${account.id}/statuses`)
    const { body: tagged } = await marc.api.get('/api/v1/timelines/tag/quiettag')
    const has = (list: Json[]) => list.some(({ uri }) => uri === held.uri)
    const where = {
      search: has(found.statuses),
      tags: tags.hashtags.length > 0,
      statuses: has(statuses),
      tagged: has(tagged),
    }
    return Object.entries(where).flatMap(([name, isThere]) => (isThere ? [name] : []))
  }

  it('is on no page and in no document until it is (item 15)', async () => {
    const before = await countPosts()
    const { post, held } = await holdOwn({ status: text })
    expect([await listShown(post, held), await countPosts()]).toEqual([[], before])
    await world.decide(allowReply, held.uri)
    const shown = ['/users/olga/outbox?page=true', `/@olga/${held.id}`, `/@lea/${post.id}`, '/tags/quiettag']
    expect(await listShown(post, held)).toEqual(expect.arrayContaining(shown))
    expect(await countPosts()).toBe(before + 1)
    await world.decide(refuseReply, held.uri)
    expect([await listShown(post, held), await countPosts()]).toEqual([[], before])
  })

  it('is in no list and no number that clients read until it is (item 15)', async () => {
    const count = async () => (await marc.api.get('/api/v1/accounts/lookup?acct=olga')).body.statuses_count
    const before = await count()
    await olga.api.patch('/api/v1/accounts/update_credentials', { indexable: true })
    const { held } = await holdOwn({ status: text })
    expect([await listFound(held), await count()]).toEqual([[], before])
    await world.decide(allowReply, held.uri)
    expect([await listFound(held), await count()]).toEqual([['search', 'tags', 'statuses', 'tagged'], before + 1])
  })
})

describe('a private message that answers one of our posts', () => {
  const choices = ['asked', 'followers', 'named'] as const

  it.each(choices)('arrives from elsewhere, whoever may answer for everybody: %s (item 15)', async (choice) => {
    const post = await world.write(choice)
    const tag = [{ type: 'Mention', href: lea.iri, name: `@${lea.acct}` }]
    const message = world.replyOf(saul, post, { to: [lea.iri], cc: [], tag })
    await world.come(message)
    expect(await talks(lea)).toContain(message.id)
  })

  it.each(choices)('arrives from here, whoever may answer for everybody: %s (item 15)', async (choice) => {
    const post = await world.write(choice)
    const words = { status: '@lea psst', visibility: 'direct' }
    const { status, body } = await world.answer(olga, post, words)
    expect(status).toBe(200)
    expect(await talks(lea)).toContain(body.uri)
  })
})
