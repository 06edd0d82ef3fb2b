import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { processInboxActivity } from '#federation/inbox.ts'
import { blockHost, unblockHost } from '#src/features/domains/service.ts'
import { findAccount, letBeFollowed } from '#test/support/befriend.ts'
import type { Json } from '#test/support/client.ts'
import { type HubWorld, startHubWorld } from '#test/support/hub.ts'
import { creating, type Neighbours } from '#test/support/neighbours.ts'
import { PUBLIC, type StrangerActor } from '#test/support/stranger.ts'
import type { Member } from '#test/support/two-servers.ts'

let world: HubWorld
let neighbours: Neighbours
let group: StrangerActor
let ana: StrangerActor
let iris: StrangerActor
let mona: StrangerActor

beforeAll(async () => {
  world = await startHubWorld()
  ;({ neighbours, group, ana, iris, mona } = world)
})
afterAll(() => world.close())

const topic = { isTopic: true, isRemoved: false, isLocked: false }
const found = (iri: string) => neighbours.find(neighbours.lea, iri)
const answer = (author: StrangerActor, to: Json, more: Json = {}) =>
  author.note({ inReplyTo: to.id, to: [PUBLIC, group.iri], cc: [], audience: group.iri, ...more })
const gone = (server: { serve(path: string, answer: Json): void }, iri: string) => server.serve(iri, { status: 410 })
const groupId = () => findAccount(neighbours.lea, group.acct)

describe('a topic that a group announces', () => {
  it('stands at home once, under the group, in whatever form and however often it is announced (item 35)', async () => {
    const { elsewhere } = neighbours
    const page = world.page(ana)
    const before = elsewhere.gets.length
    expect(await world.announce(creating(ana, page))).toBe('done')
    // Its author is at home where the group is: what came with it is believed.
    expect(elsewhere.gets.slice(before).map(({ path }) => path)).not.toContain(new URL(page.id).pathname)
    for (const object of [page.id, page, creating(ana, page)]) expect(await world.announce(object)).toBe('done')
    expect((await world.home()).filter(([, uri]) => uri === page.id)).toEqual([[group.acct, page.id]])
    expect(await world.places()).toMatchObject({ [page.id]: topic })
    expect((await found(page.id)).reblogs_count).toBe(1)
    const { body } = await neighbours.lea.api.get(`/api/v1/accounts/${await groupId()}`)
    expect(body).toMatchObject({ group: true, display_name: 'Cardboard' })
  })

  it('by somebody elsewhere is as its own server serves it, not as the group brought it (item 35) (row 14)', async () => {
    const page = world.page(iris, { content: '<p>What Iris wrote</p>' })
    const forged = { ...page, content: '<p>What nobody wrote</p>' }
    expect(await world.announce(creating(iris, forged))).toBe('done')
    expect((await found(page.id)).content).toContain('What Iris wrote')
    const other = world.page(iris, { content: '<p>Also by Iris</p>' })
    expect(await world.announce({ ...other, content: '<p>Not by Iris</p>' })).toBe('done')
    expect((await found(other.id)).content).toContain('Also by Iris')
  })

  it('is believed with a proof by its author, or from the activity that its server serves (item 35)', async () => {
    const { far } = neighbours
    const [proven, forged, known] = [world.page(iris), world.page(iris), world.page(iris)]
    for (const { id } of [proven, forged, known]) far.serve(id, { status: 404 })
    const activity = iris.prove(creating(iris, proven))
    expect(await world.announce(activity)).toBe('done')
    const altered = iris.prove(creating(iris, forged))
    expect(await world.announce({ ...altered, object: { ...forged, content: 'x' } })).toMatch(/^ignored/)
    const served = world.served(iris, 'Create', known)
    expect(await world.announce({ ...served, object: { ...known, content: 'x' } })).toBe('done')
    expect(await found(proven.id)).toMatchObject({ content: expect.stringContaining('Note') })
    expect(await found(forged.id)).toBeUndefined()
    expect((await found(known.id)).content).toContain('Note')
  })

  it('may be announced by the id of its activity, and in one announcement more, but not in two (item 35)', async () => {
    const [page, inner, deep] = [world.page(ana), world.page(ana), world.page(ana)]
    const activity = world.served(ana, 'Create', page)
    expect(await world.announce(activity.id)).toBe('done')
    const once = iris.activity('Announce', creating(ana, inner))
    expect(await world.announce(once)).toBe('done')
    expect(await world.announce(iris.activity('Announce', ana.activity('Announce', deep.id)))).toMatch(/^ignored/)
    expect(Object.keys(await world.places())).toEqual(expect.arrayContaining([page.id, inner.id]))
    expect(await found(deep.id)).toBeUndefined()
  })

  it('may be announced together with others, as PieFed does it (item 35)', async () => {
    const [first, second, third] = [world.page(ana), world.page(ana), world.page(ana)]
    const several = [creating(ana, first), 7, second.id, third, creating(ana, first)]
    expect(await world.announce(several)).toBe('done')
    expect(await world.places()).toMatchObject({ [first.id]: topic, [second.id]: topic, [third.id]: topic })
    expect((await found(first.id)).reblogs_count).toBe(1)
    expect(await world.announce([7, 8])).toMatch(/^ignored/)
    // Only a group speaks for others.
    const boost = iris.activity('Announce', [first.id, second.id])
    await neighbours.say(iris, boost)
    expect((await found(first.id)).reblogs_count).toBe(1)
  })

  it('stands at home once for who follows its author as well (item 35)', async () => {
    const { rosa, say } = neighbours
    const page = world.page(rosa, { cc: [rosa.followers] })
    await say(rosa, creating(rosa, page))
    expect(await world.announce(creating(rosa, page))).toBe('done')
    expect((await world.home()).filter(([, uri]) => uri === page.id)).toEqual([[null, page.id]])
  })

  it('that is announced to the followers of the group alone is shown to nobody else as its (item 35)', async () => {
    const page = world.page(ana)
    expect(await world.announce(creating(ana, page), { to: [group.followers], cc: [] })).toBe('done')
    const shown = async (member: Member) => {
      const { body } = await member.api.get(`/api/v1/accounts/${await groupId()}/statuses?limit=40`)
      return body.some(({ reblog }: Json) => reblog?.uri === page.id)
    }
    expect([await shown(neighbours.lea), await shown(neighbours.olga)]).toEqual([true, false])
  })

  it('of PeerTube belongs to the channel to which it is attributed (item 35)', async () => {
    const attributedTo = [
      { type: 'Person', id: ana.iri },
      { type: 'Group', id: group.iri },
    ]
    const film = ana.note({ type: 'Video', name: 'How to fold', attributedTo })
    expect(await world.announce(film.id)).toBe('done')
    expect(await world.places()).toMatchObject({ [film.id]: topic })
    expect(await found(film.id)).toMatchObject({ account: { acct: ana.acct } })
  })
})

describe('an answer in a group', () => {
  it('stands in its conversation and not at home, with what it answers, which is fetched (item 35)', async () => {
    const page = world.page(iris)
    const [first, second] = [answer(iris, page), answer(ana, {})]
    const last = { ...second, inReplyTo: first.id }
    expect(await world.announce(creating(ana, last))).toBe('done')
    const status = await found(last.id)
    const { body } = await neighbours.lea.api.get(`/api/v1/statuses/${status.id}/context`)
    expect(body.ancestors.map(({ uri }: Json) => uri)).toEqual([page.id, first.id])
    expect((await world.home()).map(([, uri]) => uri)).not.toContain(last.id)
    const places = await world.places()
    expect([places[page.id], places[last.id]]).toEqual([topic, { ...topic, isTopic: false }])
  })

  it('that came before what it answers could be read joins the topic when that comes (item 35)', async () => {
    const { elsewhere } = neighbours
    const page = world.page(ana)
    elsewhere.serve(page.id, { status: 503 })
    const early = answer(ana, page)
    expect(await world.announce(creating(ana, early))).toMatch(/^ignored/)
    expect(Object.keys(await world.places())).not.toContain(early.id)
    expect(await world.announce(creating(ana, page))).toBe('done')
    expect(await world.places()).toMatchObject({ [page.id]: topic, [early.id]: { ...topic, isTopic: false } })
  })

  it('is only one of a group when its topic is: a mention takes no foreign conversation in (item 35)', async () => {
    const foreign = iris.note()
    const status = await neighbours.arrive(neighbours.rosa.note())
    const [below, known] = [answer(iris, foreign), answer(iris, { id: status.uri })]
    for (const note of [below, known]) expect(await world.announce(creating(iris, note))).toMatch(/^ignored/)
    const places = Object.keys(await world.places())
    expect(places).not.toContain(below.id)
    expect(places).not.toContain(foreign.id)
    expect(places).not.toContain(status.uri)
  })
})

describe('an answer that waits for the yes of who is answered', () => {
  const readings = [
    ['everybody', () => ({ to: [PUBLIC, group.iri] }), () => ({})],
    ['members', () => ({ to: [group.iri] }), () => ({ to: [group.followers], cc: [] })],
  ] as const
  it.each(readings)(
    'has its place among what is for %s, and is read by nobody there before (item 15, 35)',
    async (_, whom, announced) => {
      const { elsewhere } = neighbours
      const interactionPolicy = { canReply: { automaticApproval: [ana.iri], manualApproval: [PUBLIC] } }
      const context = ['https://gotosocial.org/ns', 'https://www.w3.org/ns/activitystreams']
      const page = world.page(ana, { '@context': context, interactionPolicy, ...whom() })
      const held = answer(iris, page, { '@context': context, ...whom() })
      neighbours.far.serve(held.id, { body: held })
      for (const note of [creating(ana, page), held.id]) expect(await world.announce(note, announced())).toBe('done')
      expect(await found(page.id)).toBeDefined()
      expect(await found(held.id)).toBeUndefined()
      expect(await world.places()).toMatchObject({ [held.id]: { ...topic, isTopic: false } })
      const stamp = `${elsewhere.url}/stamps/${new URL(held.id).pathname}`
      const claim = { attributedTo: ana.iri, interactingObject: held.id, interactionTarget: page.id }
      elsewhere.serve(stamp, { body: { '@context': context, id: stamp, type: 'ReplyAuthorization', ...claim } })
      await neighbours.say(ana, ana.activity('Accept', held.id, { '@context': context, result: stamp }))
      expect(await found(held.id)).toBeDefined()
      await neighbours.say(ana, ana.activity('Delete', { id: stamp, type: 'ReplyAuthorization' }))
      expect(await found(held.id)).toBeUndefined()
    },
  )
})

describe('what a group says of posts that are not its own', () => {
  it('is ignored: a post without its name, one of another group, one that is not for everybody (item 35)', async () => {
    const other = await neighbours.far.actor('others', { type: 'Group' })
    const foreign = [
      iris.note(),
      world.page(iris, { audience: other.iri }),
      world.page(ana, { audience: other.iri, to: [group.iri, PUBLIC] }),
      ana.note({ to: [group.iri], audience: group.iri }),
    ]
    for (const note of foreign) {
      expect(await world.announce(creating(note.attributedTo === ana.iri ? ana : iris, note))).toMatch(/^ignored/)
      expect(await world.announce(note.id)).toMatch(/^ignored/)
      expect(await found(note.id)).toBeUndefined()
    }
  })

  it('changes nothing of what is known: it is neither edited, deleted, liked, pinned nor locked (item 35)', async () => {
    const { rosa, say } = neighbours
    const note = rosa.note()
    const status = await neighbours.arrive(note)
    const saying = [
      ana.activity('Update', { ...note, content: '<p>changed</p>', updated: new Date().toISOString() }),
      ana.activity('Delete', note.id),
      ana.activity('Like', note.id),
      ana.activity('Lock', note.id),
      ana.activity('Add', note.id, { target: world.featured }),
      ana.activity('Undo', { type: 'Delete', actor: ana.iri, object: note.id }),
    ]
    for (const activity of saying) expect(await world.announce(activity), activity.type).toMatch(/^ignored/)
    await say(group, group.activity('Delete', note.id))
    await say(group, group.activity('Remove', note.id, { target: group.iri }))
    expect(await world.read(status)).toMatchObject({ content: note.content, favourites_count: 0, edited_at: null })
    expect(Object.keys(await world.places())).not.toContain(note.id)
  })

  it('is of no use where nobody follows the group or has what it is about (item 35)', async () => {
    const { far } = neighbours
    const lonely = await far.actor('lonely', { type: 'Group' })
    const note = iris.note({ to: [lonely.iri, PUBLIC], audience: lonely.iri })
    const before = far.gets.length
    expect(await world.announce(note.id, {}, lonely)).toBe('ignored: nobody here follows the group')
    expect(await world.announce(creating(iris, note), {}, lonely)).toBe('ignored: nobody here follows the group')
    expect(far.gets.slice(before).map(({ path }) => path)).not.toContain(new URL(note.id).pathname)
    // What is known may be spoken of.
    await neighbours.say(iris, creating(iris, { ...note, cc: [neighbours.lea.iri] }))
    expect(await world.announce(note.id, {}, lonely)).toBe('done')
  })

  it('cannot be said by somebody who is no group (item 35)', async () => {
    const page = world.page(ana)
    expect(await world.announce(creating(ana, page), {}, neighbours.rosa)).toBe(
      'ignored: only groups pass on activities',
    )
    expect(await found(page.id)).toBeUndefined()
  })

  it('is not believed of an activity whose id is of another origin than its actor (item 35)', async () => {
    const status = await world.bring(ana, world.page(ana))
    const forged = { ...ana.activity('Delete', status.uri), actor: mona.iri }
    expect(await world.announce(forged)).toMatch(/^ignored/)
    const page = world.page(iris)
    neighbours.far.serve(page.id, { status: 404 })
    expect(await world.announce({ ...creating(iris, page), id: `${neighbours.elsewhere.url}/forged` })).toMatch(
      /^ignored/,
    )
    expect((await world.places())[status.uri]).toEqual(topic)
    expect(await found(page.id)).toBeUndefined()
  })
})

describe('what becomes of a post in a group', () => {
  it('is read at its own server: an edit, as it is there (item 35)', async () => {
    const { far } = neighbours
    const page = world.page(iris)
    const status = await world.bring(iris, page)
    const updated = new Date(neighbours.now().getTime() + 10_000).toISOString()
    far.serve(page.id, { body: { ...page, content: '<p>As it is there</p>', updated } })
    const edit = iris.activity('Update', { ...page, content: '<p>As it is said</p>', updated })
    expect(await world.announce(edit)).toBe('done')
    expect((await world.read(status)).content).toContain('As it is there')
  })

  it('is a deletion when its own server says so, whoever is said to have said it (item 35)', async () => {
    const page = world.page(iris)
    const status = await world.bring(iris, page)
    expect(await world.announce(iris.activity('Delete', page.id))).toMatch(/^ignored/)
    gone(neighbours.far, page.id)
    expect(await world.announce(iris.activity('Delete', page.id))).toBe('done')
    expect((await neighbours.lea.api.get(`/api/v1/statuses/${status.id}`)).status).toBe(404)
  })

  it('is a removal from the group alone when a moderator says so, which can be taken back (item 35)', async () => {
    const page = world.page(iris)
    const status = await world.bring(iris, page)
    const shown = async () => (await world.home()).some(([, uri]) => uri === page.id)
    const inGroup = async () => {
      const { body } = await neighbours.lea.api.get(`/api/v1/accounts/${await groupId()}/statuses?limit=40`)
      return body.some(({ reblog }: Json) => reblog?.uri === page.id)
    }
    const removal = world.served(mona, 'Delete', page.id, { summary: 'off topic' })
    expect([await shown(), await inGroup()]).toEqual([true, true])
    expect(await world.announce(removal)).toBe('done')
    expect([await shown(), await inGroup()]).toEqual([false, false])
    expect(await world.read(status)).toMatchObject({ uri: page.id, reblogs_count: 0 })
    expect((await world.places())[page.id]).toEqual({ ...topic, isRemoved: true })
    // What is late does not bring it back.
    expect(await world.announce(creating(iris, page))).toBe('ignored: the post was removed from the group')
    const undo = world.served(mona, 'Undo', removal)
    expect(await world.announce({ ...undo, actor: iris.iri })).toMatch(/^ignored/)
    expect(await world.announce(undo)).toBe('done')
    expect([await shown(), await inGroup()]).toEqual([true, true])
  })

  it('is no removal when somebody says so who does not moderate, or nobody proves it (item 35) (row 14)', async () => {
    const page = world.page(ana)
    await world.bring(ana, page)
    expect(await world.announce(world.served(iris, 'Delete', page.id))).toMatch(/^ignored/)
    expect(await world.announce(mona.activity('Delete', page.id))).toMatch(/^ignored/)
    expect((await world.places())[page.id]).toEqual(topic)
    expect(await world.announce(ana.activity('Delete', page.id))).toBe('done')
    expect((await world.places())[page.id]).toEqual({ ...topic, isRemoved: true })
  })

  it('is a removal when the group itself says so, in each of its ways (item 35)', async () => {
    const pages = [world.page(iris), world.page(iris), world.page(iris, { context: `${neighbours.far.url}/topic/9` })]
    for (const page of pages) await world.bring(iris, page)
    const [first, second, third] = pages
    expect(await world.tell(group, group.activity('Delete', first.id))).toBe('done')
    const again = group.activity('Announce', second.id, { to: [PUBLIC] })
    expect(await world.tell(group, group.activity('Undo', again))).toBe('done')
    expect(await world.tell(group, group.activity('Remove', third.context, { target: group.iri }))).toBe('done')
    const places = await world.places()
    expect(pages.map(({ id }) => places[id]?.isRemoved)).toEqual([true, true, true])
    expect(await found(first.id)).toBeDefined()
    const kept = await world.bring(iris, world.page(iris))
    expect(await world.tell(iris, iris.activity('Remove', kept.uri, { target: group.iri }))).toMatch(/^ignored/)
    expect((await world.places())[kept.uri]).toEqual(topic)
  })

  it('is a removal of a whole conversation when a moderator takes or moves it out (item 35)', async () => {
    const pages = [1, 2, 3].map((number) => world.page(iris, { context: `${neighbours.far.url}/moved/${number}` }))
    for (const page of pages) await world.bring(iris, page)
    const [taken, moved, kept] = pages
    const others = `${neighbours.elsewhere.url}/others`
    const remove = { target: group.iri }
    const move = { origin: group.iri, target: others }
    expect(await world.tell(mona, mona.activity('Remove', taken.context, remove))).toBe('done')
    expect(await world.tell(ana, ana.activity('Move', moved.context, move))).toBe('done')
    for (const activity of [iris.activity('Remove', kept.context, remove), iris.activity('Move', kept.context, move)])
      expect(await world.tell(iris, activity)).toMatch(/^ignored/)
    const places = await world.places()
    expect(pages.map(({ id }) => places[id]?.isRemoved)).toEqual([true, true, false])
  })

  it('is a removal although its own server does not answer, and nothing shows it first any more (item 35)', async () => {
    const { far, lea } = neighbours
    const page = world.page(iris)
    const status = await world.bring(iris, page)
    expect(await world.announce(world.served(mona, 'Add', page.id, { target: world.featured }))).toBe('done')
    far.serve(page.id, { status: 503 })
    expect(await world.announce(world.served(mona, 'Delete', page.id))).toBe('done')
    expect(await world.places()).toMatchObject({ [page.id]: { isRemoved: true } })
    const { body } = await lea.api.get(`/api/v1/accounts/${await groupId()}/statuses?pinned=true`)
    expect(body).toEqual([])
    const reply = { status: 'Still here?', in_reply_to_id: status.id }
    const { body: sent } = await lea.api.post('/api/v1/statuses', reply)
    const served = await (await fetch(sent.uri, { headers: { accept: 'application/activity+json' } })).json()
    expect(served.audience).toBeUndefined()
  })

  it('that was deleted before it came stays away (item 35)', async () => {
    const page = world.page(ana)
    expect(await world.announce(ana.activity('Delete', page.id))).toBe('done')
    expect(await world.announce(creating(ana, page))).toMatch(/^ignored/)
    expect(await found(page.id)).toBeUndefined()
  })
})

describe('a like that a group passes on', () => {
  it('counts, and names nobody, as long as only the group has witnessed it (item 35)', async () => {
    const { lea, say } = neighbours
    const status = await world.bring(ana, world.page(ana))
    const count = async () => (await world.read(status)).favourites_count
    const names = async () =>
      (await lea.api.get(`/api/v1/statuses/${status.id}/favourited_by`)).body.map(({ acct }: Json) => acct)
    const like = iris.activity('Like', status.uri)
    for (let times = 0; times < 2; times++) expect(await world.announce(like)).toBe('done')
    expect([await count(), await names()]).toEqual([1, []])
    expect(await world.announce(iris.activity('Undo', like))).toBe('done')
    expect(await count()).toBe(0)
    expect(await world.announce(iris.activity('Like', status.uri))).toBe('done')
    const own = iris.activity('Like', status.uri)
    await say(iris, own)
    expect([await count(), await names()]).toEqual([1, [iris.acct]])
    // What she said herself is not the group's to take back.
    expect(await world.announce(iris.activity('Undo', own))).toMatch(/^ignored/)
    expect(await count()).toBe(1)
  })

  it('with an emoji counts apart, and is taken back apart (item 35)', async () => {
    const status = await world.bring(ana, world.page(ana))
    const counts = async () => {
      const { favourites_count: likes, reactions = [] } = await world.read(status)
      return [likes, ...reactions.map(({ name, count }: Json) => `${name} ${count}`)]
    }
    const reaction = iris.activity('EmojiReact', status.uri, { content: '🐝' })
    expect(await world.announce(iris.activity('Like', status.uri))).toBe('done')
    for (let times = 0; times < 2; times++) expect(await world.announce(reaction)).toBe('done')
    expect(await counts()).toEqual([1, '🐝 1'])
    expect(await world.announce(iris.activity('Undo', reaction))).toBe('done')
    expect(await counts()).toEqual([1])
    const own = iris.activity('EmojiReact', status.uri, { content: '🐝' })
    expect(await world.announce(iris.activity('EmojiReact', status.uri, { content: '🐝' }))).toBe('done')
    await neighbours.say(iris, own)
    expect(await counts()).toEqual([1, '🐝 1'])
    expect(await world.announce(iris.activity('Undo', own))).toMatch(/^ignored/)
    expect(await counts()).toEqual([1, '🐝 1'])
  })

  it('with an emoji that is changed stays one like, which goes on as what the group alone has witnessed (item 35)', async () => {
    const { instance, lea, say } = neighbours
    const { body: own } = await lea.api.post('/api/v1/statuses', { status: `@${group.acct} Mine\nfor all` })
    await instance.settle()
    expect(await world.announce(own.uri)).toBe('done')
    const state = async () => {
      const { favourites_count: likes, reactions = [] } = await world.read(own)
      const { body: told } = await lea.api.get('/api/v1/notifications?types[]=favourite')
      const mine = told.filter(({ status }: Json) => status.id === own.id).length
      return [likes, ...reactions.map(({ name, count }: Json) => `${name} ${count}`), mine]
    }
    const likeOf = (content: string) => iris.activity('Like', own.uri, { content })
    const [first, second, said] = [likeOf('👍'), likeOf('🔥'), likeOf('🎉')]
    for (const like of [first, second]) expect(await world.announce(like)).toBe('done')
    expect(await state()).toEqual([1, '👍 1', '🔥 1', 0])
    expect(await world.announce(iris.activity('Undo', first))).toBe('done')
    expect(await state()).toEqual([1, '🔥 1', 0])
    await say(iris, said)
    expect(await state()).toEqual([1, '🔥 1', '🎉 1', 1])
    expect(await world.announce(iris.activity('Undo', said))).toMatch(/^ignored/)
    await say(iris, iris.activity('Undo', said))
    expect(await state()).toEqual([1, '🔥 1', 0])
    expect(await world.announce(iris.activity('Undo', second))).toBe('done')
    expect(await state()).toEqual([0, 0])
  })

  it('is one as any other when its actor can be asked about it, or is at home with the group (item 35)', async () => {
    const status = await world.bring(ana, world.page(ana))
    expect(await world.announce(ana.activity('Like', status.uri))).toBe('done')
    const served = world.served(iris, 'Like', status.uri)
    expect(await world.announce(served)).toBe('done')
    const { body } = await neighbours.lea.api.get(`/api/v1/statuses/${status.id}/favourited_by`)
    expect(body.map(({ acct }: Json) => acct).sort()).toEqual([ana.acct, iris.acct].sort())
    expect(await world.announce(ana.activity('Undo', ana.activity('Like', status.uri)))).toBe('done')
    expect((await world.read(status)).favourites_count).toBe(1)
  })

  it('is told to nobody, and counts no more when the instance speaks with the group no longer (item 35)', async () => {
    const { instance, lea, elsewhere } = neighbours
    const { body: own } = await lea.api.post('/api/v1/statuses', { status: `@${group.acct} Mine\nfor all` })
    await instance.settle()
    expect(await world.announce(own.uri)).toBe('done')
    expect(await world.announce(iris.activity('Like', own.uri))).toBe('done')
    expect(await world.announce(iris.activity('EmojiReact', own.uri, { content: '🐝' }))).toBe('done')
    expect(await world.read(own)).toMatchObject({ favourites_count: 1, reactions: [{ name: '🐝', count: 1 }] })
    const { body } = await lea.api.get('/api/v1/notifications?types[]=favourite')
    expect(body).toEqual([])
    await blockHost(instance.ctx, { host: elsewhere.host, reason: 'test' })
    expect((await world.read(own)).favourites_count).toBe(0)
    expect(await world.read(own)).not.toHaveProperty('reactions')
    await unblockHost(instance.ctx, elsewhere.host)
  })

  it('does not count for what is not for everybody, nor do dislikes (item 35)', async () => {
    const { lea } = neighbours
    const { body: hidden } = await lea.api.post('/api/v1/statuses', {
      status: `@${group.acct} For few`,
      visibility: 'private',
    })
    expect(await world.announce(ana.activity('Like', hidden.uri))).toMatch(/^ignored/)
    expect((await world.read(hidden)).favourites_count).toBe(0)
    const status = await world.bring(ana, world.page(ana))
    expect(await world.announce(ana.activity('Dislike', status.uri))).toBe('ignored: Dislike')
    const undo = ana.activity('Undo', ana.activity('Dislike', status.uri))
    expect(await world.announce(undo)).toBe('ignored: Undo of Dislike')
    expect((await world.read(status)).favourites_count).toBe(0)
  })
})

describe('those who moderate a group', () => {
  it('show posts first, theirs or not, and no longer; who they are is asked of the group (item 35)', async () => {
    const { lea, elsewhere } = neighbours
    const status = await world.bring(iris, world.page(iris))
    const pinned = async () => {
      const { body } = await lea.api.get(`/api/v1/accounts/${await groupId()}/statuses?pinned=true`)
      return body.map(({ uri }: Json) => uri)
    }
    elsewhere.serve(world.featured, { body: { id: world.featured, type: 'Collection', items: [status.uri] } })
    const add = world.served(mona, 'Add', status.uri, { target: world.featured })
    expect(await world.announce(world.served(iris, 'Add', status.uri, { target: world.featured }))).toMatch(/^ignored/)
    expect(await world.announce(world.served(mona, 'Add', status.uri, { target: `${ana.iri}/featured` }))).toMatch(
      /^ignored/,
    )
    expect(await world.announce(add)).toBe('done')
    expect(await pinned()).toEqual([status.uri])
    expect(await world.announce(world.served(mona, 'Remove', status.uri, { target: world.featured }))).toBe('done')
    expect(await pinned()).toEqual([])
    const newcomer = world.served(mona, 'Add', iris.iri, { target: world.moderators })
    expect(await world.announce(newcomer)).toBe('ignored: its moderators are read when it matters')
  })

  it('have shown a post first, or not, as the group says when that is read late (item 35)', async () => {
    const { lea, elsewhere, instance } = neighbours
    const status = await world.bring(iris, world.page(iris))
    const add = world.served(mona, 'Add', status.uri, { target: world.featured })
    const pinned = async (items: string[]) => {
      elsewhere.serve(world.featured, { body: { id: world.featured, type: 'Collection', items } })
      const activity = group.activity('Announce', add, { to: [PUBLIC], cc: [group.followers] })
      const { ctx } = instance
      const outcome = await processInboxActivity(ctx, {
        ...{ id: '0', actorIri: group.iri, authority: 'signature', signerIri: null, site: '', recipientId: null },
        ...{ body: JSON.stringify(activity), synchronization: null, attempts: 0, delays: 1 },
        receivedAt: new Date(ctx.now().getTime() - 60_000),
      })
      expect(outcome).toBe('done')
      const { body } = await lea.api.get(`/api/v1/accounts/${await groupId()}/statuses?pinned=true`)
      return body.map(({ uri }: Json) => uri)
    }
    expect(await pinned([status.uri])).toEqual([status.uri])
    expect(await pinned([])).toEqual([])
  })

  it('keep somebody out, for a time or for good, and what they wrote if they say so (item 35)', async () => {
    const { far } = neighbours
    const kaspar = await far.actor('kaspar')
    const old = await world.bring(kaspar, world.page(kaspar))
    const block = (by: StrangerActor, more: Json = {}) =>
      world.served(by, 'Block', kaspar.iri, { target: group.iri, ...more })
    expect(await world.announce(block(iris))).toMatch(/^ignored/)
    expect(await world.announce(block(mona, { target: neighbours.elsewhere.url }))).toMatch(/^ignored/)
    const ban = block(mona, { endTime: new Date(neighbours.now().getTime() + 3_600_000).toISOString() })
    expect(await world.announce(ban)).toBe('done')
    expect((await world.places())[old.uri]).toEqual(topic)
    const kept = world.page(kaspar)
    expect(await world.announce(creating(kaspar, kept))).toBe('ignored: its author may not take part in the group')
    neighbours.pass(3_700_000)
    expect(await world.announce(creating(kaspar, kept))).toBe('done')
    expect(await world.announce(block(mona, { removeData: true }))).toBe('done')
    const places = await world.places()
    expect([places[old.uri]?.isRemoved, places[kept.id]?.isRemoved]).toEqual([true, true])
    expect(await found(old.uri)).toBeDefined()
    const next = world.page(kaspar)
    expect(await world.announce(creating(kaspar, next))).toMatch(/^ignored/)
    const undo = world.served(mona, 'Undo', ban)
    expect(await world.announce(undo)).toBe('done')
    expect(await world.announce(creating(kaspar, next))).toBe('done')
  })

  it('close a topic, as its author may: nothing is answered any more (item 35)', async () => {
    const { lea } = neighbours
    const page = world.page(iris)
    const status = await world.bring(iris, page)
    const reply = () => lea.api.post('/api/v1/statuses', { status: 'But', in_reply_to_id: status.id })
    expect(await world.announce(world.served(ana, 'Lock', answer(ana, page).id))).toMatch(/^ignored/)
    const lock = world.served(mona, 'Lock', page.id)
    expect(await world.announce(lock)).toBe('done')
    expect((await world.places())[page.id]?.isLocked).toBe(true)
    expect(await reply()).toMatchObject({ status: 422, body: { details: { in_reply_to_id: expect.anything() } } })
    expect(await world.announce(world.served(mona, 'Undo', lock))).toBe('done')
    expect((await reply()).status).toBe(200)
    expect(await world.announce(world.served(iris, 'Lock', page.id))).toBe('done')
    expect((await reply()).status).toBe(422)
    const other = await world.bring(ana, world.page(ana))
    expect(await world.announce(world.served(iris, 'Lock', other.uri))).toMatch(/^ignored/)
  })
})

describe('what is sent because of a group', () => {
  it('is nothing at all in answer to what it announces (item 35)', async () => {
    const { elsewhere, far } = neighbours
    const before = [elsewhere.deliveries.length, far.deliveries.length]
    const page = world.page(iris)
    await world.bring(iris, page)
    await world.bring(ana, answer(ana, page))
    await world.announce(iris.activity('Like', page.id))
    await world.announce(ana.activity('Delete', page.id))
    await neighbours.instance.settle()
    expect([elsewhere.deliveries.length, far.deliveries.length]).toEqual(before)
  })

  it('is not passed on to our followers, whomever the group addresses (item 35)', async () => {
    const { lea, instance, far } = neighbours
    const fritz = await far.actor('fritz')
    await letBeFollowed(instance, lea, fritz)
    const { body: own } = await lea.api.post('/api/v1/statuses', { status: `@${group.acct} For all` })
    await instance.settle()
    const announce = group.activity('Announce', own.uri, {
      to: [PUBLIC],
      cc: [group.followers, `${lea.iri}/followers`],
    })
    expect(await world.tell(group, group.prove(announce))).toBe('done')
    expect(far.deliveries.map(({ json }) => json.id)).not.toContain(announce.id)
  })

  it('of ours goes to the group with its title, its audience and its address first (item 35)', async () => {
    const { lea, instance, elsewhere } = neighbours
    const text = `@${group.acct} Which *cardboard* for soap?\n\nWe sell a lot of it.`
    const { body: own } = await lea.api.post('/api/v1/statuses', { status: text })
    const { json: create, path } = await elsewhere.delivered(
      ({ type, object }) => type === 'Create' && object?.id === own.uri,
    )
    expect(create).toMatchObject({ audience: group.iri, to: [group.iri, PUBLIC], cc: [`${lea.iri}/followers`] })
    expect(create.object).toMatchObject({
      type: 'Note',
      name: 'Which *cardboard* for soap?',
      audience: group.iri,
      to: [group.iri, PUBLIC],
      tag: [{ type: 'Mention', href: group.iri, name: `@${group.acct}` }],
    })
    expect(path).toBe('/inbox')
    const served = await (await fetch(own.uri, { headers: { accept: 'application/activity+json' } })).json()
    expect(served).toMatchObject({ name: 'Which *cardboard* for soap?', audience: group.iri })
    // The group takes it in, and its followers here see it under its name.
    expect(await world.announce({ ...create })).toBe('done')
    expect(await world.places()).toMatchObject({ [own.id]: topic })
    // Taken out by a moderator elsewhere, the one who wrote it here is told.
    expect(await world.announce(world.served(mona, 'Delete', own.uri))).toBe('done')
    await instance.settle()
    const told = await instance.ctx.db.$client`
      select actor_id::text from notifications where kind = 'group_removed' and post_id = ${own.id}`
    expect(told).toEqual([{ actor_id: lea.actor.id }])
    const { body: plain } = await lea.api.post('/api/v1/statuses', { status: `@${neighbours.rosa.acct} hello` })
    const { json } = await elsewhere.delivered(({ type, object }) => type === 'Create' && object?.id === plain.uri)
    expect([json.audience, json.object.audience, json.object.name]).toEqual([undefined, undefined, undefined])
    await instance.settle()
  })

  it('in answer, as a like or a boost goes to the group as well as to the author (item 35)', async () => {
    const { lea, instance, elsewhere, far } = neighbours
    const page = world.page(iris)
    const status = await world.bring(iris, page)
    const reply = (
      await lea.api.post('/api/v1/statuses', { status: `@${iris.acct} This one`, in_reply_to_id: status.id })
    ).body
    await lea.api.post(`/api/v1/statuses/${status.id}/favourite`)
    await lea.api.post(`/api/v1/statuses/${status.id}/reblog`)
    // A like that is taken back before it goes out is never sent.
    await instance.settle()
    await lea.api.post(`/api/v1/statuses/${status.id}/unfavourite`)
    await instance.settle()
    for (const server of [elsewhere, far]) {
      const got = server.deliveries.map(({ json }) => json)
      const create = got.find(({ type, object }) => type === 'Create' && object?.id === reply.uri)
      expect(create).toMatchObject({ audience: group.iri, object: { audience: group.iri, inReplyTo: page.id } })
      expect(create.object.name).toBeUndefined()
      expect(create.object.cc).toContain(group.iri)
      expect(got).toContainEqual(
        expect.objectContaining({ type: 'Like', object: page.id, to: [iris.iri], cc: [group.iri] }),
      )
      expect(got).toContainEqual(expect.objectContaining({ type: 'Announce', object: page.id, to: [PUBLIC] }))
      expect(got).toContainEqual(
        expect.objectContaining({ type: 'Undo', object: expect.objectContaining({ type: 'Like', object: page.id }) }),
      )
    }
    await lea.api.delete(`/api/v1/statuses/${reply.id}`)
    const { json } = await elsewhere.delivered(({ type, object }) => type === 'Delete' && object?.id === reply.uri)
    expect(json.audience).toBe(group.iri)
  })

  it('goes to a group whose topic somebody here has only looked up, as far as the group is known (item 35)', async () => {
    const { olga, far, instance } = neighbours
    const quiet = await far.actor('quiet', { type: 'Group' })
    await findAccount(olga, quiet.acct)
    const note = iris.note({ to: [PUBLIC], audience: [quiet.iri] })
    const { body } = await olga.api.get(`/api/v2/search?type=statuses&resolve=true&q=${encodeURIComponent(note.id)}`)
    const { body: reply } = await olga.api.post('/api/v1/statuses', {
      status: 'So?',
      in_reply_to_id: body.statuses[0].id,
    })
    await instance.settle()
    const { json } = await far.delivered(({ type, object }) => type === 'Create' && object?.id === reply.uri)
    expect(json).toMatchObject({ audience: quiet.iri, cc: expect.arrayContaining([quiet.iri]) })
  })
})
