import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Json } from '#test/support/client.ts'
import { eventually } from '#test/support/eventually.ts'
import { creating, type Neighbours, startNeighbours } from '#test/support/neighbours.ts'
import { PUBLIC, type Stranger, type StrangerActor } from '#test/support/stranger.ts'
import type { Instance, Member } from '#test/support/two-servers.ts'

let neighbours: Neighbours
let instance: Instance
let elsewhere: Stranger
let far: Stranger
let lea: Member
let marc: Member
let nora: Member
let olga: Member
let rosa: StrangerActor
let remo: StrangerActor

beforeAll(async () => {
  neighbours = await startNeighbours()
  ;({ instance, elsewhere, far, lea, marc, nora, olga, rosa, remo } = neighbours)
})
afterAll(() => neighbours.close())

const say: Neighbours['say'] = (...args) => neighbours.say(...args)
const find: Neighbours['find'] = (...args) => neighbours.find(...args)
const arrive: Neighbours['arrive'] = (...args) => neighbours.arrive(...args)
const now = () => neighbours.now()
const day = 86_400_000
const later = (ms: number) => new Date(neighbours.now().getTime() + ms).toISOString()
const home = async (member: Member) =>
  (await member.api.get('/api/v1/timelines/home?limit=40')).body.map(({ uri }: Json) => uri)
const read = async (member: Member, id: string) => (await member.api.get(`/api/v1/statuses/${id}`)).body
const forFollowers = (more: Json = {}) => rosa.note({ to: [rosa.followers], cc: [], ...more })

describe('one activity to the shared inbox', () => {
  it('is one post in the timelines of all followers, and in no other (item 8) (row 90)', async () => {
    const note = forFollowers()
    const activity = creating(rosa, note)
    await say(rosa, activity)
    const ids = await Promise.all([lea, marc, nora].map(async (member) => (await find(member, note.id)).id))
    expect(new Set(ids).size).toBe(1)
    for (const member of [lea, marc, nora]) expect(await home(member)).toContain(note.id)
    expect(await home(olga)).toEqual([])
    await say(rosa, activity, `${lea.iri}/inbox`)
    expect((await home(lea)).filter((uri: string) => uri === note.id)).toHaveLength(1)
  })

  it('that comes again after days has no effect (item 8)', async () => {
    const note = forFollowers({ content: `<p>Hello <a href="${lea.iri}">@lea</a></p>`, cc: [lea.iri] })
    const activity = creating(rosa, note)
    await say(rosa, activity)
    neighbours.pass(5 * day)
    await say(rosa, activity)
    expect((await home(lea)).filter((uri: string) => uri === note.id)).toHaveLength(1)
  })
})

describe('a post from elsewhere', () => {
  it('is read with everything that it says (item 9)', async () => {
    const icon = { type: 'Image', mediaType: 'image/png', url: `${elsewhere.url}/emoji/box.png` }
    const picture = (name: string, more: Json = {}) => ({
      type: 'Document',
      mediaType: 'image/jpeg',
      url: `${elsewhere.url}/${name}.jpg`,
      name,
      width: 640,
      height: 480,
      blurhash: 'LEHV6nWB2yk8pyo0adR*.7kCMdnj',
      ...more,
    })
    const note = rosa.note({
      content: '<p>Un été à l’Atelier :box:</p>',
      contentMap: { fr: '<p>Un été à l’Atelier :box:</p>', en: '<p>A summer at the workshop :box:</p>' },
      summary: 'Été',
      sensitive: true,
      cc: [rosa.followers, lea.iri],
      url: [{ type: 'Link', mediaType: 'text/html', href: `${elsewhere.url}/@rosa/1` }],
      tag: [
        { type: 'Mention', href: lea.iri, name: `@${lea.acct}` },
        { type: 'Hashtag', href: `${elsewhere.url}/tags/ete`, name: '#Été' },
        { type: 'Emoji', id: `${elsewhere.url}/emoji/box`, name: ':box:', icon },
      ],
      attachment: [picture('Front', { focalPoint: [0.5, -0.5] }), picture('Back')],
    })
    const status = await arrive(note)
    expect(status).toMatchObject({
      uri: note.id,
      url: `${elsewhere.url}/@rosa/1`,
      visibility: 'public',
      language: 'fr',
      spoiler_text: 'Été',
      sensitive: true,
      content: '<p>Un été à l’Atelier :box:</p>',
      account: { acct: rosa.acct },
      mentions: [{ acct: 'lea' }],
      emojis: [{ shortcode: 'box' }],
    })
    expect(status.tags.map(({ name }: Json) => name.toLowerCase())).toEqual(['été'])
    expect(status.media_attachments.map(({ description, meta }: Json) => [description, meta.focus])).toEqual([
      ['Front', { x: 0.5, y: -0.5 }],
      ['Back', undefined],
    ])
    expect(status.media_attachments[0]).toMatchObject({
      type: 'image',
      blurhash: 'LEHV6nWB2yk8pyo0adR*.7kCMdnj',
      meta: { original: { width: 640, height: 480 } },
    })
    const { body } = await lea.api.get('/api/v1/notifications?types[]=mention')
    expect(body[0]).toMatchObject({ account: { acct: rosa.acct }, status: { id: status.id } })
  })

  it.each<[string, Json, Json, string]>([
    ['a text', PUBLIC, undefined, 'public'],
    ['a list', [PUBLIC], [], 'public'],
    ['as:Public', 'as:Public', [], 'public'],
    ['Public', ['Public'], [], 'public'],
    ['an object', { id: PUBLIC, type: 'Collection' }, null, 'public'],
    ['cc', ['FOLLOWERS'], PUBLIC, 'unlisted'],
    ['as:Public in cc', ['FOLLOWERS'], ['as:Public'], 'unlisted'],
    ['followers as a text', 'FOLLOWERS', undefined, 'private'],
    ['followers as an object', [{ id: 'FOLLOWERS', type: 'Collection' }], [], 'private'],
    ['followers in cc', [], ['FOLLOWERS'], 'private'],
    ['one by name', ['LEA'], [], 'direct'],
    ['followers of somebody else', ['http://127.0.0.1:9/followers', 'LEA'], [], 'direct'],
  ])('addressed by %s is for whom it says (item 10)', async (_name, to, cc, visibility) => {
    const spelled = JSON.parse(
      JSON.stringify({ to, cc }).replaceAll('FOLLOWERS', rosa.followers).replaceAll('LEA', lea.iri),
    )
    const note = rosa.note({ ...spelled, cc: spelled.cc })
    await say(rosa, creating(rosa, note))
    expect(await find(lea, note.id)).toMatchObject({ uri: note.id, visibility })
    const isForMarc = visibility !== 'direct'
    expect(await find(marc, note.id)).toEqual(isForMarc ? expect.objectContaining({ uri: note.id }) : undefined)
    const isForOlga = visibility === 'public' || visibility === 'unlisted'
    expect(await find(olga, note.id)).toEqual(isForOlga ? expect.objectContaining({ uri: note.id }) : undefined)
  })

  it('addressed to nobody is for those to whose inbox it came, and mentions nobody (item 10)', async () => {
    const note = rosa.note({ to: [], cc: [], tag: [{ type: 'Mention', href: nora.iri, name: '@nora' }] })
    const activity = rosa.activity('Create', note)
    await say(rosa, activity, `${lea.iri}/inbox`)
    await say(rosa, activity, `${olga.iri}/inbox`)
    expect(await find(lea, note.id)).toMatchObject({ visibility: 'direct', mentions: [] })
    expect(await find(olga, note.id)).toMatchObject({ uri: note.id })
    for (const member of [marc, nora]) expect(await find(member, note.id)).toBeUndefined()
    expect((await nora.api.get('/api/v1/notifications')).body).toEqual([])
    const edited = { ...note, content: '<p>Better</p>', updated: later(1_000) }
    await say(rosa, rosa.activity('Update', edited))
    expect(await find(lea, note.id)).toMatchObject({ content: '<p>Better</p>' })
    expect(await find(olga, note.id)).toMatchObject({ content: '<p>Better</p>' })
  })

  it('that only names its object is fetched (item 12)', async () => {
    const note = rosa.note()
    await say(rosa, rosa.activity('Create', note.id, { to: [PUBLIC] }))
    expect(await find(lea, note.id)).toMatchObject({ content: note.content })
  })

  it('whose object is of another server is read there, and counts only when it is by who says so (item 11) (rules 9, 10)', async () => {
    const iris = await far.actor('iris')
    const hers = iris.note()
    await say(rosa, rosa.activity('Create', { ...hers, attributedTo: rosa.iri }, { to: [PUBLIC] }))
    expect(await find(lea, hers.id)).toBeUndefined()
    expect(far.gets.map(({ path }) => path)).toContain(new URL(hers.id).pathname)
    const claimed = `${far.url}/notes/claimed`
    far.serve(claimed, { body: { ...hers, id: claimed, attributedTo: rosa.iri } })
    await say(rosa, rosa.activity('Create', { ...hers, id: claimed, attributedTo: rosa.iri }, { to: [PUBLIC] }))
    expect(await find(lea, claimed)).toBeUndefined()
  })

  it('has its page on its own host, whatever it claims (item 13) (row 11)', async () => {
    expect(await arrive(rosa.note({ url: 'https://bank.example/login' }))).toMatchObject({
      url: expect.stringContaining(elsewhere.url),
    })
  })

  it('by whom nobody here follows is not kept, unless it concerns somebody', async () => {
    const [idle, reply] = [remo.note(), remo.note()]
    await say(remo, creating(remo, idle))
    expect(await find(lea, idle.id)).toBeUndefined()
    const parent = await arrive(rosa.note())
    await say(remo, creating(remo, { ...reply, inReplyTo: parent.uri }))
    expect(await find(lea, reply.id)).toMatchObject({ in_reply_to_id: parent.id })
  })

  it('addressed to a name that nobody here has concerns nobody (row 82)', async () => {
    const to = (handle: string) => remo.note({ to: [PUBLIC, `${instance.ctx.uris.publicUrl}/users/${handle}`], cc: [] })
    const [toNobody, toLea] = [to('nobody_at_all'), to('LEA')]
    await say(remo, creating(remo, toNobody))
    await say(remo, creating(remo, toLea))
    expect(await find(lea, toNobody.id)).toBeUndefined()
    expect(await find(lea, toLea.id)).toBeDefined()
  })
})

describe('a reply from elsewhere', () => {
  it('to one of our posts stands below it and is counted (item 15)', async () => {
    const { body: own } = await lea.api.post('/api/v1/statuses', { status: 'What do you think?' })
    const note = remo.note({ inReplyTo: own.uri, cc: [lea.iri], tag: [{ type: 'Mention', href: lea.iri }] })
    await say(remo, creating(remo, note))
    const { body } = await lea.api.get(`/api/v1/statuses/${own.id}/context`)
    expect(body.descendants).toMatchObject([{ uri: note.id, in_reply_to_id: own.id, account: { acct: remo.acct } }])
    expect(await read(lea, own.id)).toMatchObject({ replies_count: 1 })
    const answer = await fetch(`${own.uri}/replies`, { headers: { accept: 'application/activity+json' } })
    expect(await answer.json()).toMatchObject({ totalItems: 1, items: [note.id] })
  })

  it('brings the conversation above it, ten steps and no more (item 15) (row 81)', async () => {
    const chain: Json[] = [rosa.note({ to: [rosa.followers, PUBLIC] })]
    for (let step = 0; step < 13; step++) chain.push(remo.note({ inReplyTo: chain.at(-1)?.id }))
    const last = rosa.note({ inReplyTo: chain.at(-1)?.id })
    const before = elsewhere.gets.length
    const status = await arrive(last)
    const asked = elsewhere.gets.slice(before).filter(({ path }) => path.startsWith('/notes/'))
    expect(asked).toHaveLength(10)
    const { body } = await lea.api.get(`/api/v1/statuses/${status.id}/context`)
    expect(body.ancestors.map(({ uri }: Json) => uri)).toEqual(chain.slice(-10).map(({ id }) => id))
  })

  it('makes fifty requests at the most, whatever it leads to (row 81)', async () => {
    /** A note that is read in five requests: by an alias, of an author whose handle is of another server. */
    const costly = async (name: string, more: Json = {}): Promise<string> => {
      const author = await far.actor(name)
      const subject = { subject: `acct:${name}@${elsewhere.host}` }
      const links = [{ rel: 'self', type: 'application/activity+json', href: author.iri }]
      far.serve(`/.well-known/webfinger?resource=acct%3A${name}%40${encodeURIComponent(far.host)}`, {
        body: { ...subject, links },
      })
      const note = author.note(more)
      far.serve(`/alias/${name}`, { body: note })
      return `${far.url}/alias/${name}`
    }
    let top = await costly('p0')
    for (let step = 1; step < 10; step++)
      top = await costly(`p${step}`, { inReplyTo: top, quoteUrl: await costly(`q${step}`) })
    const before = elsewhere.gets.length + far.gets.length
    const status = await arrive(rosa.note({ inReplyTo: top, quoteUrl: await costly('q10') }))
    expect(elsewhere.gets.length + far.gets.length - before).toBe(50)
    expect(status.in_reply_to_id).toBeNull()
  })

  it('to something that cannot be read is kept all the same (item 15)', async () => {
    const note = rosa.note({ inReplyTo: `${elsewhere.url}/notes/secret` })
    expect(await arrive(note)).toMatchObject({ uri: note.id, in_reply_to_id: null })
  })
})

describe('mentions', () => {
  const namesLea = { to: [PUBLIC], tag: [{ type: 'Mention', href: '', name: '@lea' }] }
  const mention = (from: StrangerActor) =>
    from.note({ ...namesLea, cc: [lea.iri], tag: [{ ...namesLea.tag[0], href: lea.iri }] })
  const toldOf = async (from: StrangerActor) => {
    const { body } = await lea.api.get('/api/v1/notifications?types[]=mention&limit=80')
    return body.filter(({ account }: Json) => account.acct === from.acct).length
  }

  it('by a stranger are told ten times in an hour, by who is followed here each time (row 87)', async () => {
    const stranger = await far.actor('flood')
    const [before, followed] = [await toldOf(rosa), Array.from({ length: 12 }, () => mention(rosa))]
    for (const note of followed) await rosa.post(instance.ctx.uris.sharedInbox, creating(rosa, note), { at: now() })
    const flood = Array.from({ length: 12 }, () => mention(stranger))
    for (const note of flood)
      await stranger.post(instance.ctx.uris.sharedInbox, creating(stranger, note), { at: now() })
    await instance.settle()
    expect([await toldOf(stranger), (await toldOf(rosa)) - before]).toEqual([10, 12])
    await instance.ctx.db.$client`update notifications set created_at = created_at - interval '2 hours'`
    await say(stranger, creating(stranger, mention(stranger)))
    expect(await toldOf(stranger)).toBe(11)
  })
})

describe('many copies at once', () => {
  it('have one effect (row 88)', async () => {
    const note = rosa.note({ cc: [olga.iri], tag: [{ type: 'Mention', href: olga.iri, name: '@olga' }] })
    const activity = creating(rosa, note)
    await Promise.all(
      Array.from({ length: 20 }, () => rosa.post(instance.ctx.uris.sharedInbox, activity, { at: now() })),
    )
    await instance.settle()
    const { body } = await eventually(async () => {
      const answer = await olga.api.get('/api/v1/notifications?types[]=mention')
      expect(answer.body).toHaveLength(1)
      return answer
    })
    expect(body[0].status.uri).toBe(note.id)
  })
})
