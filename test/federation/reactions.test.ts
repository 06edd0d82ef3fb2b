import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { notificationShapes } from '#src/features/reference/notification-shapes.ts'
import { statusShapes } from '#src/features/reference/status-shapes.ts'
import { findAccount, letBeFollowed, relationOf } from '#test/support/befriend.ts'
import type { Json } from '#test/support/client.ts'
import { creating, type Neighbours, startNeighbours } from '#test/support/neighbours.ts'
import { ACTIVITY_JSON, PUBLIC, type Stranger, type StrangerActor } from '#test/support/stranger.ts'
import type { Instance, Member } from '#test/support/two-servers.ts'

let neighbours: Neighbours
let instance: Instance
let elsewhere: Stranger
let far: Stranger
let lea: Member
let rosa: StrangerActor
let remo: StrangerActor

beforeAll(async () => {
  neighbours = await startNeighbours()
  ;({ instance, elsewhere, far, lea, rosa, remo } = neighbours)
})
afterAll(() => neighbours.close())

const say: Neighbours['say'] = (...args) => neighbours.say(...args)
const find: Neighbours['find'] = (...args) => neighbours.find(...args)
const arrive: Neighbours['arrive'] = (...args) => neighbours.arrive(...args)
const later = (ms: number) => new Date(neighbours.now().getTime() + ms).toISOString()
const home = async (member: Member) =>
  (await member.api.get('/api/v1/timelines/home?limit=40')).body.map(({ uri }: Json) => uri)
const read = async (member: Member, id: string) => (await member.api.get(`/api/v1/statuses/${id}`)).body
const forFollowers = (more: Json = {}) => rosa.note({ to: [rosa.followers], cc: [], ...more })

describe('a Like from elsewhere', () => {
  let own: Json
  const count = async () => (await read(lea, own.id)).favourites_count

  beforeAll(async () => {
    own = (await lea.api.post('/api/v1/statuses', { status: 'Likeable' })).body
  })

  it('counts once for each actor, in all its forms, and is taken back in all its forms (item 16)', async () => {
    const like = remo.activity('Like', own.uri)
    const liked = rosa.activity('Like', own.uri)
    for (const activity of [like, like, remo.activity('Like', { id: own.uri, type: 'Note' }, { content: '👍' })])
      await say(remo, activity)
    expect(await count()).toBe(1)
    await say(rosa, liked)
    await say(rosa, rosa.activity('Dislike', own.uri))
    expect(await count()).toBe(2)
    const { body } = await lea.api.get(`/api/v1/statuses/${own.id}/favourited_by`)
    expect(body.map(({ acct }: Json) => acct).sort()).toEqual([remo.acct, rosa.acct])
    await say(rosa, rosa.activity('Undo', liked.id))
    expect(await count()).toBe(1)
    await say(remo, remo.activity('Undo', { type: 'Like', actor: remo.iri, object: own.uri }))
    expect(await count()).toBe(0)
  })

  it('cannot be taken back by somebody else (rule 11)', async () => {
    const like = remo.activity('Like', own.uri)
    await say(remo, like)
    await say(rosa, rosa.activity('Undo', like.id))
    await say(rosa, rosa.activity('Undo', like))
    expect(await count()).toBe(1)
    await say(remo, remo.activity('Undo', like))
    expect(await count()).toBe(0)
  })

  it('that was taken back before it came stays so', async () => {
    const like = remo.activity('Like', own.uri)
    await say(remo, remo.activity('Undo', like))
    await say(remo, like)
    expect(await count()).toBe(0)
  })

  it('of a post that its actor may not see does not count (item 16)', async () => {
    const { body: hidden } = await lea.api.post('/api/v1/statuses', { status: 'For few', visibility: 'private' })
    await say(remo, remo.activity('Like', hidden.uri))
    expect((await read(lea, hidden.id)).favourites_count).toBe(0)
  })
})

describe('a reaction with an emoji', () => {
  let own: Json
  const kiln = () => ({ type: 'Emoji', name: ':kiln:', icon: { type: 'Image', url: `${elsewhere.url}/kiln.png` } })
  const reactions = async () =>
    (await read(lea, own.id)).reactions?.map(({ name, count }: Json) => [name, count]) ?? null
  const likes = async () => (await read(lea, own.id)).favourites_count
  const told = async () => {
    const { body } = await lea.api.get('/api/v1/notifications?types[]=favourite')
    return body.filter(({ status }: Json) => status.id === own.id).map((one: Json) => [one.account.acct, one.emoji])
  }

  beforeEach(async () => {
    own = (await lea.api.post('/api/v1/statuses', { status: 'Moving' })).body
    expect(await read(lea, own.id)).not.toHaveProperty('reactions')
  })

  it('counts once for each actor and emoji, apart from likes, and is told with it (item 16)', async () => {
    const react = (from: StrangerActor, content: string, more: Json = {}) =>
      say(from, from.activity('EmojiReact', own.uri, { content, ...more }))
    for (const content of ['👍', '👍', '❤', 'no emoji', '']) await react(remo, content)
    await react(rosa, '👍')
    await react(rosa, ':kiln:', { tag: [kiln()] })
    expect([await reactions(), await likes()]).toEqual([
      [
        ['👍', 2],
        ['❤', 1],
        ['kiln', 1],
      ],
      0,
    ])
    const { reactions: all, ...others } = await read(lea, own.id)
    expect(statusShapes.Status.safeParse({ ...others, reactions: all }).error).toBeUndefined()
    const { body: notes } = await lea.api.get('/api/v1/notifications?types[]=favourite')
    expect(notes.map((note: Json) => notificationShapes.Notification.safeParse(note).error).filter(Boolean)).toEqual([])
    expect(all[2]).toMatchObject({ me: false, url: expect.stringMatching(/\/emojis\/[0-9a-f]{32}\/remote$/) })
    expect(await told()).toEqual([
      [rosa.acct, ':kiln:'],
      [remo.acct, '❤'],
    ])
    const { body } = await lea.api.get(`/api/v1/statuses/${own.id}/favourited_by`)
    expect(body).toEqual([])
  })

  it('is taken back by its id or embedded, and nothing else with it (item 16)', async () => {
    const [like, first, second, third] = [
      remo.activity('Like', own.uri),
      ...['👍', '🎉', '🔥'].map((content) => remo.activity('EmojiReact', own.uri, { content })),
    ] as [Json, Json, Json, Json]
    for (const activity of [like, first, second, third]) await say(remo, activity)
    await say(remo, remo.activity('Undo', first))
    expect([await reactions(), await likes()]).toEqual([
      [
        ['🎉', 1],
        ['🔥', 1],
      ],
      1,
    ])
    await say(remo, remo.activity('Undo', second.id))
    await say(rosa, rosa.activity('Undo', third.id))
    await say(remo, remo.activity('Undo', { ...third, id: first.id, content: '🐌' }))
    expect([await reactions(), await likes()]).toEqual([[['🔥', 1]], 1])
    expect(await told()).toEqual([[remo.acct, '🔥']])
    await say(remo, remo.activity('Undo', like))
    expect([await reactions(), await likes(), await told()]).toEqual([[['🔥', 1]], 0, [[remo.acct, '🔥']]])
    const { type, actor, object, content } = third
    await say(remo, remo.activity('Undo', { type, actor, object, content }))
    expect([await reactions(), await likes(), await told()]).toEqual([null, 0, []])
  })

  it('that was taken back before it came stays so (item 16)', async () => {
    const reaction = remo.activity('EmojiReact', own.uri, { content: '👍' })
    await say(remo, remo.activity('Undo', reaction))
    await say(remo, reaction)
    expect(await reactions()).toBeNull()
  })

  it('of a Like is told, counts as a like too, and goes with it, as Misskey has it (item 16)', async () => {
    const context = [
      'https://www.w3.org/ns/activitystreams',
      { misskey: 'https://misskey-hub.net/ns#', _misskey_reaction: 'misskey:_misskey_reaction' },
    ]
    const more = { '@context': context, content: ':kiln@.:', _misskey_reaction: ':kiln:', tag: [kiln()] }
    const like = rosa.activity('Like', own.uri, more)
    await say(rosa, like)
    expect([await reactions(), await likes(), await told()]).toEqual([[['kiln', 1]], 1, [[rosa.acct, ':kiln:']]])
    await say(rosa, rosa.activity('Undo', { ...like, id: undefined }))
    expect([await reactions(), await likes(), await told()]).toEqual([null, 0, []])
    await say(rosa, rosa.activity('Like', own.uri, { content: 'well said' }))
    expect([await reactions(), await likes()]).toEqual([null, 1])
  })

  describe('of a Like that is changed for another, as Misskey does it,', () => {
    const likeOf = (content: string) => rosa.activity('Like', own.uri, { content, _misskey_reaction: content })
    const state = async () => [await reactions(), await likes(), await told()]
    const withdrawals = async (): Promise<string[]> => {
      const rows = await instance.ctx.db.$client<{ type: string }[]>`
        select type from effects where type like '%.undone' and payload->>'postId' = ${own.id} order by id`
      return rows.map(({ type }) => type)
    }
    const orders = [
      ['old', 'new', 'undo'],
      ['old', 'undo', 'new'],
      ['undo', 'new', 'old'],
      ['new', 'undo', 'old'],
      ['new', 'old', 'undo'],
      ['undo', 'old', 'new'],
    ]

    it.each(orders)(
      'is one like with the new emoji, in whatever order it comes: %s, %s, %s (item 16)',
      async (...order) => {
        const [before, after] = [likeOf('👍'), likeOf('🔥')]
        const said: Json = { old: before, new: after, undo: rosa.activity('Undo', before) }
        for (const name of order) await say(rosa, said[name])
        expect(await state()).toEqual([[['🔥', 1]], 1, [[rosa.acct, '🔥']]])
        const { body } = await lea.api.get(`/api/v1/statuses/${own.id}/favourited_by`)
        expect(body.map(({ acct }: Json) => acct)).toEqual([rosa.acct])
        await say(rosa, rosa.activity('Undo', after))
        expect(await state()).toEqual([null, 0, []])
      },
    )

    it('is told as taken back when the last of its Likes is (item 16)', async () => {
      const [first, second] = [likeOf('👍'), likeOf('🔥')]
      for (const like of [first, second]) await say(rosa, like)
      await say(rosa, rosa.activity('Undo', first.id))
      expect(await withdrawals()).toEqual(['reaction.undone'])
      await say(rosa, rosa.activity('Undo', second.id))
      expect(await withdrawals()).toEqual(['reaction.undone', 'like.undone'])
    })

    it('keeps the old one when the new one is taken back, and goes whole where no id is named (item 16)', async () => {
      const [first, second] = [likeOf('👍'), likeOf('🔥')]
      for (const like of [first, second]) await say(rosa, like)
      await say(rosa, rosa.activity('Undo', second))
      expect(await state()).toEqual([[['👍', 1]], 1, [[rosa.acct, '👍']]])
      await say(rosa, likeOf('🎉'))
      await say(rosa, rosa.activity('Undo', { ...first, id: undefined }))
      expect(await state()).toEqual([null, 0, []])
    })

    it('goes on with Likes alone, not with an EmojiReact (item 16)', async () => {
      const [plain, like] = [rosa.activity('Like', own.uri), likeOf('🔥')]
      const reaction = rosa.activity('EmojiReact', own.uri, { content: '🎉' })
      for (const activity of [plain, like, reaction]) await say(rosa, activity)
      await say(rosa, rosa.activity('Undo', plain))
      const both = [
        ['🔥', 1],
        ['🎉', 1],
      ]
      expect([await reactions(), await likes()]).toEqual([both, 1])
      await say(rosa, rosa.activity('Undo', like))
      expect(await state()).toEqual([[['🎉', 1]], 0, [[rosa.acct, '🎉']]])
      expect(await withdrawals()).toEqual(['reaction.undone', 'like.undone'])
    })
  })

  it('is refused of a post that its actor may not see, and ends with a number of them', async () => {
    const { body: hidden } = await lea.api.post('/api/v1/statuses', { status: 'For few', visibility: 'private' })
    await say(remo, remo.activity('EmojiReact', hidden.uri, { content: '👍' }))
    expect(await read(lea, hidden.id)).not.toHaveProperty('reactions')
    for (let nth = 0; nth < 22; nth += 1)
      await say(remo, remo.activity('EmojiReact', own.uri, { content: String.fromCodePoint(0x1f400 + nth) }))
    expect(await reactions()).toHaveLength(20)
  })
})

describe('a boost from elsewhere', () => {
  it('of one of our posts is told, counts once, and is taken back (item 17)', async () => {
    const { body: own } = await lea.api.post('/api/v1/statuses', { status: 'Worth passing on' })
    const announce = remo.activity('Announce', own.uri, { to: [PUBLIC], cc: [remo.followers] })
    await say(remo, announce)
    await say(remo, remo.activity('Announce', own.uri, { to: [PUBLIC] }))
    expect(await read(lea, own.id)).toMatchObject({ reblogs_count: 1 })
    const { body } = await lea.api.get('/api/v1/notifications?types[]=reblog')
    expect(body[0]).toMatchObject({ account: { acct: remo.acct }, status: { id: own.id } })
    await say(rosa, rosa.activity('Undo', announce))
    expect(await read(lea, own.id)).toMatchObject({ reblogs_count: 1 })
    await say(remo, remo.activity('Undo', announce))
    expect(await read(lea, own.id)).toMatchObject({ reblogs_count: 0 })
  })

  it('of a post that we do not have brings it, when somebody here follows who boosts (item 17)', async () => {
    const iris = await far.actor('irene')
    const [shown, unwanted] = [iris.note(), iris.note()]
    await say(rosa, rosa.activity('Announce', shown.id, { to: [PUBLIC], cc: [rosa.followers] }))
    const { body } = await lea.api.get('/api/v1/timelines/home')
    expect(body[0]).toMatchObject({ account: { acct: rosa.acct }, reblog: { uri: shown.id } })
    await say(remo, remo.activity('Announce', unwanted.id, { to: [PUBLIC] }))
    expect(far.gets.map(({ path }) => path)).not.toContain(new URL(unwanted.id).pathname)
  })

  it('of what is not for everybody is not shown (item 17)', async () => {
    const { body: hidden } = await lea.api.post('/api/v1/statuses', { status: 'For few', visibility: 'private' })
    const follower = await elsewhere.actor('fritz')
    await letBeFollowed(instance, lea, follower)
    await say(follower, follower.activity('Announce', hidden.uri, { to: [PUBLIC] }))
    expect((await read(lea, hidden.id)).reblogs_count).toBe(0)
    const note = forFollowers()
    await say(rosa, creating(rosa, note))
    await say(remo, remo.activity('Announce', note.id, { to: [PUBLIC] }))
    expect((await find(lea, note.id)).reblogs_count).toBe(0)
  })
})

describe('an edit from elsewhere', () => {
  it('that is newer changes the post, and what it said is kept (item 18)', async () => {
    const image = (name: string) => ({
      type: 'Image',
      mediaType: 'image/jpeg',
      url: `${elsewhere.url}/${name}.jpg`,
      name,
    })
    const note = rosa.note({ content: '<p>One</p>', attachment: [image('kept'), image('dropped')] })
    const status = await arrive(note)
    const edit = (content: string, updated: string | undefined, more: Json = {}) =>
      rosa.activity('Update', { ...note, content: `<p>${content}</p>`, updated, ...more })
    await say(rosa, edit('Two', later(10_000), { attachment: [{ ...image('kept'), name: 'renamed' }, image('added')] }))
    const edited = await read(lea, status.id)
    expect(edited).toMatchObject({ content: '<p>Two</p>', edited_at: expect.any(String) })
    expect(edited.media_attachments.map(({ description }: Json) => description)).toEqual(['renamed', 'added'])
    expect(edited.media_attachments[0].id).toBe(status.media_attachments[0].id)
    await say(rosa, edit('Older', note.published))
    await say(rosa, edit('Without a time', undefined))
    expect((await read(lea, status.id)).content).toBe('<p>Two</p>')
    const { body } = await lea.api.get(`/api/v1/statuses/${status.id}/history`)
    expect(body.map(({ content }: Json) => content)).toEqual(['<p>One</p>', '<p>Two</p>'])
  })

  it('under one constant id is read each time, as Hollo sends them', async () => {
    const note = rosa.note()
    const status = await arrive(note)
    const id = `${note.id}#update-undefined`
    await say(rosa, { ...rosa.activity('Update', { ...note, content: '<p>First</p>', updated: later(1_000) }), id })
    await say(rosa, { ...rosa.activity('Update', { ...note, content: '<p>Second</p>', updated: later(2_000) }), id })
    expect((await read(lea, status.id)).content).toBe('<p>Second</p>')
  })

  it('of a post that never came brings it', async () => {
    const note = rosa.note({ content: '<p>As edited</p>', updated: later(-1_000) })
    await say(rosa, rosa.activity('Update', note, { to: note.to, cc: note.cc }))
    expect(await find(lea, note.id)).toMatchObject({ content: '<p>As edited</p>' })
  })
})

describe('a deletion from elsewhere', () => {
  it.each<[string, (note: Json) => Json]>([
    ['as an id', (note) => note.id],
    ['as a tombstone', (note) => ({ id: note.id, type: 'Tombstone' })],
    ['as the post itself', (note) => note],
  ])('%s takes the post away everywhere', async (_name, toObject) => {
    const note = rosa.note()
    const status = await arrive(note)
    expect(await home(lea)).toContain(note.id)
    await say(rosa, rosa.activity('Delete', toObject(note)))
    expect(await find(lea, note.id)).toBeUndefined()
    expect(await home(lea)).not.toContain(note.id)
    expect((await lea.api.get(`/api/v1/statuses/${status.id}`)).status).toBe(404)
  })

  it('of what never came changes nothing (item 19)', async () => {
    await say(rosa, rosa.activity('Delete', `${elsewhere.url}/notes/never`))
    await say(rosa, rosa.activity('Delete', `${far.url}/notes/never`))
  })

  it('by another actor of the same server counts when the server says so too (item 19)', async () => {
    const note = rosa.note()
    await arrive(note)
    await say(remo, remo.activity('Delete', note.id))
    expect(await find(lea, note.id)).toMatchObject({ uri: note.id })
    elsewhere.serve(note.id, { status: 410 })
    await say(remo, remo.activity('Delete', note.id))
    expect(await find(lea, note.id)).toBeUndefined()
  })

  it('by an actor of another server never counts (item 19) (row 14) (rule 11)', async () => {
    const note = rosa.note()
    await arrive(note)
    const iris = await far.actor('isa')
    elsewhere.serve(note.id, { status: 410 })
    await say(iris, iris.activity('Delete', note.id))
    expect(await find(lea, note.id)).toMatchObject({ uri: note.id })
  })
})

describe('a profile from elsewhere', () => {
  it('is changed by who it is of, but never into a group (item 32)', async () => {
    const document = { ...rosa.document, name: 'Rosa Karton', summary: '<p>Boxes<script>alert(1)</script></p>' }
    await say(rosa, rosa.activity('Update', document))
    const id = await findAccount(lea, rosa.acct)
    const { body } = await lea.api.get(`/api/v1/accounts/${id}`)
    expect(body).toMatchObject({ display_name: 'Rosa Karton', note: '<p>Boxes</p>', group: false })
    await say(rosa, rosa.activity('Update', { ...document, type: 'Group', name: 'A group' }))
    expect((await lea.api.get(`/api/v1/accounts/${id}`)).body).toMatchObject({ group: false })
  })

  it('has its new name once WebFinger names it by that, and keeps the former one until then (item 32)', async () => {
    const [renamed, victim] = [await elsewhere.actor('before'), await elsewhere.actor('victim')]
    const id = await findAccount(lea, renamed.acct)
    const webFinger = (name: string) =>
      `/.well-known/webfinger?resource=${encodeURIComponent(`acct:${name}@${elsewhere.host}`)}`
    const rename = async (preferredUsername: string) => {
      await say(
        renamed,
        renamed.activity('Update', { ...renamed.document, preferredUsername, name: preferredUsername }),
      )
      const { body } = await lea.api.get(`/api/v1/accounts/${id}`)
      return [body.acct, body.display_name]
    }
    // Nobody by that name there, a server that cannot say, and the name of somebody else.
    expect(await rename('after')).toEqual([renamed.acct, 'after'])
    elsewhere.serve(webFinger('after'), { status: 503 })
    expect(await rename('after')).toEqual([renamed.acct, 'after'])
    expect(await rename('victim')).toEqual([renamed.acct, 'victim'])
    const subject = `acct:after@${elsewhere.host}`
    const links = [{ rel: 'self', type: ACTIVITY_JSON, href: renamed.iri }]
    elsewhere.serve(webFinger('after'), { body: { subject, links } })
    expect(await rename('after')).toEqual([`after@${elsewhere.host}`, 'after'])
    expect(await findAccount(lea, victim.acct)).not.toBe(id)
  })

  it('that wants to decide about followers from now on leaves waiting who asked before (item 32)', async () => {
    const open = await elsewhere.actor('open', { manuallyApprovesFollowers: false })
    const id = await findAccount(lea, open.acct)
    await lea.api.post(`/api/v1/accounts/${id}/follow`)
    const { json: follow } = await elsewhere.delivered(({ type, object }) => type === 'Follow' && object === open.iri)
    await say(open, open.activity('Update', { ...open.document, manuallyApprovesFollowers: true }))
    expect((await lea.api.get(`/api/v1/accounts/${id}`)).body.locked).toBe(true)
    expect(await relationOf(lea, id)).toMatchObject({ requested: true, following: false })
    await say(open, open.activity('Accept', follow))
    expect(await relationOf(lea, id)).toMatchObject({ requested: false, following: true })
  })
})
