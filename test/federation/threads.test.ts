import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Json } from '#test/support/client.ts'
import { eventually } from '#test/support/eventually.ts'
import { make } from '#test/support/make.ts'
import { creating, type Neighbours, startNeighbours } from '#test/support/neighbours.ts'
import { ACTIVITY_JSON, PUBLIC, type Stranger, type StrangerActor, startStranger } from '#test/support/stranger.ts'
import { type Instance, type Member, startInstance } from '#test/support/two-servers.ts'

let neighbours: Neighbours
let instance: Instance
let elsewhere: Stranger
let far: Stranger
let lea: Member
let olga: Member
let rosa: StrangerActor
let remo: StrangerActor
let iris: StrangerActor

beforeAll(async () => {
  neighbours = await startNeighbours()
  ;({ instance, elsewhere, far, lea, olga, rosa, remo } = neighbours)
  iris = await far.actor('iris')
})
afterAll(() => neighbours.close())

const minute = 60_000
const get = async (iri: string) => (await fetch(iri, { headers: { accept: ACTIVITY_JSON } })).json()
const post = async (member: Member, body: Json) => (await member.api.post('/api/v1/statuses', body)).body
const open = (status: Json, member = lea) => member.api.get(`/api/v1/statuses/${status.id}/context`)
const getsSince = (server: Stranger, before: number) => server.gets.slice(before).map(({ path }) => server.url + path)

/** How many requests have come to other servers. */
const asked = () => elsewhere.gets.length + far.gets.length

/** Waits until a conversation was read to its end `times`; parts of it are a minute apart. */
async function readToTheEnd(iri: string, times = 1): Promise<void> {
  await eventually(
    async () => {
      neighbours.pass(minute)
      const [row] = await instance.ctx.db.$client<{ reads: number }[]>`
        select reads from thread_readings where iri = ${iri} and due_at is null`
      expect(row?.reads).toBe(times)
    },
    { withinMs: 40_000, everyMs: 500 },
  )
}

describe('a conversation that began here', () => {
  it('has a collection of what everybody may read in it, whoever wrote it, oldest first (item 37)', async () => {
    const root = await post(lea, { status: 'Which cardboard?' })
    const answer = remo.note({ inReplyTo: root.uri, cc: [lea.iri] })
    await neighbours.say(remo, creating(remo, answer))
    const own = await post(olga, { status: 'Ours', in_reply_to_id: root.id, visibility: 'unlisted' })
    await post(lea, { status: 'Secret', in_reply_to_id: root.id, visibility: 'private' })
    const { context, replies } = await get(root.uri)
    expect(context).toBe(instance.ctx.uris.context(root.id))
    expect((await get(own.uri)).context).toBe(context)
    expect(await get(context)).toEqual({
      '@context': ['https://www.w3.org/ns/activitystreams'],
      id: context,
      type: 'OrderedCollection',
      attributedTo: lea.iri,
      totalItems: 3,
      orderedItems: [root.uri, answer.id, own.uri],
    })
    expect(await get(replies)).toMatchObject({ type: 'Collection', totalItems: 2, items: [answer.id, own.uri] })
  })

  it('is named in pages when it is long (item 37)', async () => {
    const root = await make.post(instance.ctx, { actorId: lea.actor.id })
    const ids = [root.id]
    for (let n = 0; n < 130; n++) {
      const values = { actorId: olga.actor.id, inReplyToId: root.id, conversationId: root.id }
      ids.push((await make.post(instance.ctx, values)).id)
    }
    const context = instance.ctx.uris.context(root.id)
    const first = `${context}?page=true`
    expect(await get(context)).toMatchObject({ totalItems: 131, first })
    const page = await get(first)
    expect(page).toMatchObject({ id: first, type: 'OrderedCollectionPage', partOf: context })
    const last = await get(page.next)
    expect(last.next).toBeUndefined()
    const uris = ids.map((id) => instance.ctx.uris.post(id === root.id ? 'lea' : 'olga', id))
    expect([...page.orderedItems, ...last.orderedItems]).toEqual(uris)
  })

  it('is told of to nobody who may not read it, and not to whom an author has blocked (item 37)', async () => {
    const quiet = await post(lea, { status: 'For few', visibility: 'private' })
    const answer = (id: string) => fetch(instance.ctx.uris.context(id), { headers: { accept: ACTIVITY_JSON } })
    expect((await answer(quiet.id)).status).toBe(404)
    expect((await answer('1')).status).toBe(404)
    const theirs = await neighbours.arrive(rosa.note())
    expect((await answer(theirs.id)).status).toBe(404)
    const rude = await far.actor('rude')
    const root = await post(lea, { status: 'For all' })
    const reply = await post(olga, { status: 'Me too', in_reply_to_id: root.id })
    await neighbours.say(rude, creating(rude, rude.note({ inReplyTo: root.uri, cc: [olga.iri] })))
    const { body: thread } = await olga.api.get(`/api/v1/statuses/${root.id}/context`)
    const { account } = thread.descendants.find(({ account: { acct } }: Json) => acct === rude.acct)
    await olga.api.post(`/api/v1/accounts/${account.id}/block`)
    const context = instance.ctx.uris.context(root.id)
    expect((await rude.get(context, { at: neighbours.now() })).json.orderedItems).not.toContain(reply.uri)
    expect((await rosa.get(context, { at: neighbours.now() })).json.orderedItems).toContain(reply.uri)
  })

  it('is for signed requests alone where all fetches must be signed (item 37)', async () => {
    const [closed, reader] = await Promise.all([startInstance({ config: { authorizedFetch: true } }), startStranger()])
    try {
      const nina = await closed.join('nina')
      const root = await post(nina, { status: 'Hello' })
      const paths = [closed.ctx.uris.context(root.id), closed.ctx.uris.replies('nina', root.id)]
      const rita = await reader.actor('rita')
      for (const iri of paths) {
        expect((await fetch(iri, { headers: { accept: ACTIVITY_JSON } })).status).toBe(404)
        expect((await rita.get(iri)).status).toBe(200)
      }
    } finally {
      await Promise.all([closed.close(), reader.close()])
    }
  })
})

describe('a conversation that began elsewhere', () => {
  it('is named by ours as its server names it, by answers to answers too (item 37)', async () => {
    const context = `${elsewhere.url}/contexts/named`
    const status = await neighbours.arrive(rosa.note({ context }))
    const first = await post(lea, { status: 'Yes', in_reply_to_id: status.id })
    const second = await post(lea, { status: 'And', in_reply_to_id: first.id })
    expect([(await get(first.uri)).context, (await get(second.uri)).context]).toEqual([context, context])
    const unnamed = await neighbours.arrive(rosa.note())
    const reply = await post(lea, { status: 'Yes', in_reply_to_id: unnamed.id })
    expect(await get(reply.uri)).not.toHaveProperty('context')
    expect((await get(instance.ctx.uris.context(status.id))).error).toBeDefined()
  })

  it('is read as its owner names it: 200 posts at the most, in order, in parts of 50 requests, nothing forged (item 37)', async () => {
    const context = `${far.url}/contexts/long`
    const root = iris.note({ context })
    const notes = Array.from({ length: 247 }, (_, n) =>
      iris.note({ context, inReplyTo: root.id, published: new Date(Date.now() - 3_600_000 + n * 1_000).toISOString() }),
    )
    // Three that claim to be what they are not: by somebody of another server, of another id, and one that nobody has.
    const byOther = { ...iris.note({ inReplyTo: root.id }), attributedTo: remo.iri }
    far.serve(byOther.id, { body: byOther })
    const asOther = `${elsewhere.url}/notes/forged`
    elsewhere.serve(asOther, { body: iris.note({ id: `${far.url}/notes/never`, content: '<p>Forged</p>' }) })
    const absent = `${elsewhere.url}/notes/absent`
    const ids = [root.id, byOther.id, asOther, absent, ...notes.map(({ id }) => id)].slice(0, 250)
    const pages = [0, 50, 100, 150, 200].map((from) => ({
      id: `${context}?from=${from}`,
      type: 'OrderedCollectionPage',
      orderedItems: ids.slice(from, from + 50),
      ...(from < 200 ? { next: `${context}?from=${from + 50}` } : {}),
    }))
    for (const page of pages) far.serve(page.id, { body: page })
    const collection = { id: context, type: 'OrderedCollection', attributedTo: iris.iri, totalItems: 250 }
    far.serve(context, { body: { ...collection, first: pages[0]?.id } })
    const before = far.gets.length
    const reply = rosa.note({ inReplyTo: root.id, context })
    const status = await neighbours.arrive(reply)
    await readToTheEnd(context)
    const fetched = getsSince(far, before).filter((iri) => notes.some(({ id }) => id === iri))
    expect(fetched).toEqual(notes.slice(0, 196).map(({ id }) => id))
    expect(getsSince(far, before).filter((iri) => iri === context).length).toBeGreaterThanOrEqual(4)
    for (const forged of [byOther.id, asOther, `${far.url}/notes/never`]) {
      expect(await neighbours.find(lea, forged)).toBeUndefined()
    }
    const { body } = await open(status)
    const { body: above } = await open(body.ancestors[0])
    const found = above.descendants.map(({ uri }: Json) => uri).filter((uri: string) => uri !== reply.id)
    expect(found).toEqual(notes.slice(0, 196).map(({ id }) => id))
  }, 90_000)

  it('whose pages lead in a circle is read once round (item 37)', async () => {
    const context = `${far.url}/contexts/circle`
    const root = iris.note({ context })
    const [one, two] = [iris.note({ inReplyTo: root.id }), iris.note({ inReplyTo: root.id })]
    const [first, second] = [`${context}/1`, `${context}/2`]
    far.serve(context, { body: { id: context, type: 'OrderedCollection', first } })
    far.serve(first, { body: { id: first, type: 'OrderedCollectionPage', orderedItems: [one.id], next: second } })
    far.serve(second, { body: { id: second, type: 'OrderedCollectionPage', orderedItems: [two.id], next: first } })
    const before = far.gets.length
    await neighbours.arrive(rosa.note({ inReplyTo: root.id, context }))
    await readToTheEnd(context)
    const gets = getsSince(far, before)
    expect([context, first, second, one.id, two.id].map((iri) => gets.filter((got) => got === iri).length)).toEqual([
      1, 1, 1, 1, 1,
    ])
  })

  it('is not read from a collection that is owned by another server, or from one that is none (item 37)', async () => {
    const context = `${far.url}/contexts/owned`
    const root = iris.note({ context })
    const hidden = iris.note({ inReplyTo: root.id })
    const collection = { id: context, type: 'OrderedCollection', orderedItems: [hidden.id] }
    far.serve(context, { body: { ...collection, attributedTo: rosa.iri } })
    await neighbours.arrive(rosa.note({ inReplyTo: root.id, context }))
    await readToTheEnd(context)
    expect(await neighbours.find(lea, hidden.id)).toBeUndefined()
  })

  it.each<[string, (context: string) => Json]>([
    ['is a tag', () => 'tag:far.example,2026:conversation'],
    ['is on a server that is gone', () => 'http://127.0.0.1:9/contexts/gone'],
    ['is a page', (context) => context],
  ])('whose context %s is read by its answers (item 37)', async (name, contextOf) => {
    const at = `${far.url}/others/${encodeURIComponent(name)}`
    const context = contextOf(at)
    far.serve(at, { headers: { 'content-type': 'text/html' }, body: '<p>A conversation</p>' })
    const root = iris.note({ context, replies: `${at}/replies` })
    const answer = iris.note({ context, inReplyTo: root.id })
    far.serve(`${at}/replies`, { body: { id: `${at}/replies`, type: 'Collection', items: [answer.id] } })
    await neighbours.say(iris, creating(iris, { ...root, cc: [lea.iri] }))
    await open(await neighbours.find(lea, root.id))
    await readToTheEnd(context.startsWith('tag:') ? `${at}/replies` : context)
    expect(await neighbours.find(lea, answer.id)).toMatchObject({ uri: answer.id })
  })

  it('without such a collection is read by its answers, and those to them (item 37)', async () => {
    const at = `${far.url}/answers`
    const root = iris.note({ replies: `${at}/0` })
    const child = iris.note({ inReplyTo: root.id, replies: `${at}/1` })
    const grandchild = remo.note({ inReplyTo: child.id, replies: `${elsewhere.url}/answers/loop` })
    const page = { type: 'CollectionPage', items: [child.id] }
    far.serve(`${at}/0`, { body: { id: `${at}/0`, type: 'Collection', first: page } })
    far.serve(`${at}/1`, { body: { id: `${at}/1`, type: 'Collection', items: [grandchild.id] } })
    const loop = `${elsewhere.url}/answers/loop`
    elsewhere.serve(loop, { body: { id: loop, type: 'Collection', items: [child.id, root.id] } })
    await neighbours.arrive(rosa.note({ inReplyTo: root.id }))
    await readToTheEnd(`${at}/0`)
    for (const { id } of [child, grandchild]) expect(await neighbours.find(lea, id)).toMatchObject({ uri: id })
  })

  it('is read again when somebody who is signed in looks at it, not sooner than in a quarter of an hour (item 37)', async () => {
    const context = `${far.url}/contexts/opened`
    const root = iris.note({ context, cc: [lea.iri] })
    const items = [root.id]
    far.serve(context, () => ({ body: { id: context, type: 'Collection', items } }))
    await neighbours.say(iris, creating(iris, root))
    const status = await neighbours.find(lea, root.id)
    const anybody = await fetch(`${instance.url}/api/v1/statuses/${status.id}/context`)
    expect(anybody.status).toBe(200)
    const rows = () => instance.ctx.db.$client`select iri from thread_readings where iri = ${context}`
    // What begins a conversation has nothing around it yet, and a stranger who looks makes us ask nobody.
    expect(await rows()).toHaveLength(0)
    await open(status)
    await readToTheEnd(context)
    const later = remo.note({ inReplyTo: root.id })
    items.push(later.id)
    const before = asked()
    await open(status)
    expect(await instance.ctx.db.$client`select iri from thread_readings where due_at is not null`).toHaveLength(0)
    expect(asked()).toBe(before)
    neighbours.pass(16 * minute)
    await open(status)
    await readToTheEnd(context, 2)
    const { body } = await open(status)
    expect(body.descendants.map(({ uri }: Json) => uri)).toEqual([later.id])
    expect([later.to].flat()).toContain(PUBLIC)
  })

  it('of another instance is found whole by whoever comes late (item 37)', async () => {
    const other = await startInstance()
    try {
      const nina = await other.join('nina')
      const root = await post(lea, { status: 'Whole' })
      const replies = [await post(olga, { status: 'One', in_reply_to_id: root.id })]
      replies.push(await post(lea, { status: 'Two', in_reply_to_id: replies[0].id }))
      const { body } = await nina.api.get(`/api/v2/search?resolve=true&type=statuses&q=${encodeURIComponent(root.uri)}`)
      await open(body.statuses[0], nina)
      await eventually(
        async () => {
          const { body: thread } = await open(body.statuses[0], nina)
          expect(thread.descendants.map(({ uri }: Json) => uri)).toEqual(replies.map(({ uri }) => uri))
        },
        { withinMs: 15_000, everyMs: 250 },
      )
    } finally {
      await other.close()
    }
  })
})
