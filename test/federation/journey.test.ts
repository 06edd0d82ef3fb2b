import type { mastodon } from 'masto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createWebClient } from '#test/support/client.ts'
import { eventually } from '#test/support/eventually.ts'
import { jpeg } from '#test/support/pictures.ts'
import { type Instance, type Member, startInstance } from '#test/support/two-servers.ts'

type Status = mastodon.v1.Status

let [a, b]: Instance[] = []
let [atelier, lea, marc]: Member[] = []
const opened: Instance[] = []

/** The organisation as Lea's server knows it, and Lea as the organisation's. */
let atelierAtB: string
let leaAtA: string

beforeAll(async () => {
  const [first, second] = await Promise.all([startInstance(), startInstance()])
  opened.push(first, second)
  ;[a, b] = [first, second]
  ;[atelier, lea, marc] = await Promise.all([
    first.join('atelier', { type: 'Organization' }),
    second.join('lea'),
    second.join('marc'),
  ])
})
afterAll(() => Promise.all(opened.map((instance) => instance.close())))

/** What `beforeAll` has made. */
function there<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('this was not made')
  return value
}

const A = () => there(a)
const B = () => there(b)
const org = () => there(atelier)
const member = () => there(lea)
const stranger = () => there(marc)

async function lookUp(who: Member, acct: string): Promise<string> {
  const { accounts } = await who.masto.v2.search.list({ q: `@${acct}`, type: 'accounts', resolve: true })
  return there(accounts[0]).id
}

/** The newest notification of a kind; it is written a moment after what it tells of. */
async function notified(who: Member, kind: mastodon.v1.NotificationType): Promise<mastodon.v1.Notification> {
  return eventually(async () => there((await who.masto.v1.notifications.list({ types: [kind] }))[0]))
}

const relationOf = async (who: Member, id: string) =>
  there((await who.masto.v1.accounts.relationships.fetch({ id: [id] }))[0])

async function upload(who: Member, description: string, focus: string) {
  const file = new Blob([new Uint8Array(await jpeg({ width: 900, height: 600 }))], { type: 'image/jpeg' })
  return who.masto.v2.media.create({ file, description, focus })
}

/** The address of the first picture of a post. */
function pictureOf(status: Status): string {
  return status.mediaAttachments[0]?.url ?? ''
}

/** The copy of a post on another server, for somebody there; found as its reader finds it. */
async function copyOf(who: Member, uri: string): Promise<Status> {
  return eventually(async () => {
    const { statuses } = await who.masto.v2.search.list({ q: uri, type: 'statuses', resolve: true })
    return there(statuses.find((status) => status.uri === uri))
  })
}

describe('somebody on another server and an organisation', () => {
  it('asks to follow: the request waits on both sides', async () => {
    atelierAtB = await lookUp(member(), org().acct)
    const asked = await member().masto.v1.accounts.$select(atelierAtB).follow()
    expect(asked).toMatchObject({ requested: true, following: false })
    const requests = await eventually(async () => {
      const list = await org().masto.v1.followRequests.list()
      expect(list.map(({ acct }) => acct)).toEqual([member().acct])
      return list
    })
    leaAtA = there(requests[0]).id
    expect(await org().masto.v1.accounts.$select(org().actor.id).fetch()).toMatchObject({ followersCount: 0 })
    expect(await relationOf(member(), atelierAtB)).toMatchObject({ requested: true, following: false })
    expect(await notified(org(), 'follow_request')).toMatchObject({ account: { acct: member().acct } })
  })

  it('sees nothing of a private post that was written before the approval', async () => {
    const early = await org().masto.v1.statuses.create({ status: 'Before anybody was let in', visibility: 'private' })
    await Promise.all([A().settle(), B().settle()])
    expect(await member().masto.v1.timelines.home.list()).toEqual([])
    const { statuses } = await member().masto.v2.search.list({ q: early.uri, type: 'statuses', resolve: true })
    expect(statuses).toEqual([])
    await org().masto.v1.statuses.$select(early.id).remove()
  })

  it('is approved, and follows on both sides', async () => {
    await org().masto.v1.followRequests.$select(leaAtA).authorize()
    await eventually(async () =>
      expect(await relationOf(member(), atelierAtB)).toMatchObject({ following: true, requested: false }),
    )
    expect(await relationOf(org(), leaAtA)).toMatchObject({ followedBy: true })
    expect(await org().masto.v1.accounts.$select(org().actor.id).fetch()).toMatchObject({ followersCount: 1 })
  })

  it('sees two pictures in the home timeline, with their texts, in their order', async () => {
    const first = await upload(org(), 'A box of kraft paper, open', '-0.5,0.25')
    const second = await upload(org(), 'The same box, closed', '0,1')
    const mediaIds = [first.id, second.id]
    const posted = await org().masto.v1.statuses.create({ status: 'Two proofs #Packaging', mediaIds, language: 'en' })
    const later = await org().masto.v1.statuses.create({ status: 'And a word after them' })
    const home = await eventually(async () => {
      const list = await member().masto.v1.timelines.home.list()
      expect(list.map(({ uri }) => uri)).toEqual([later.uri, posted.uri])
      return list
    })
    const [, seen] = home
    expect(seen).toMatchObject({ visibility: 'public', language: 'en', url: posted.url })
    expect(seen?.content).toContain('<p>Two proofs <a href="')
    expect(seen?.tags.map(({ name }) => name)).toEqual(['Packaging'])
    expect(seen?.mediaAttachments.map(({ type, description }) => [type, description])).toEqual([
      ['image', 'A box of kraft paper, open'],
      ['image', 'The same box, closed'],
    ])
    for (const [index, picture] of [first, second].entries()) {
      const shown = seen?.mediaAttachments[index]
      expect(shown?.blurhash).toBe(there(posted.mediaAttachments[index]).blurhash)
      expect(shown?.blurhash).toMatch(/^.{6,}$/)
      expect(shown?.meta).toMatchObject({ original: { width: 900, height: 600 } })
      expect(shown?.remoteUrl).toContain(A().url)
      expect(picture.id).not.toBe(shown?.id)
    }
    expect(seen?.mediaAttachments.map(({ meta }) => meta?.focus)).toEqual([
      { x: -0.5, y: 0.25 },
      { x: 0, y: 1 },
    ])
    const file = await fetch(pictureOf(there(seen)))
    expect([file.status, file.headers.get('content-type')]).toEqual([200, 'image/jpeg'])
  })
})

describe('what travels between the two', () => {
  let post: Status
  let copy: Status

  beforeAll(async () => {
    post = await org().masto.v1.statuses.create({ status: 'What do you think of this one?' })
    copy = await copyOf(member(), post.uri)
  })

  const atHome = () => org().masto.v1.statuses.$select(post.id).fetch()

  it('is a Like, and its end', async () => {
    await member().masto.v1.statuses.$select(copy.id).favourite()
    await eventually(async () => expect(await atHome()).toMatchObject({ favouritesCount: 1 }))
    const likers = await org().masto.v1.statuses.$select(post.id).favouritedBy.list()
    expect(likers.map(({ acct }) => acct)).toEqual([member().acct])
    expect(await notified(org(), 'favourite')).toMatchObject({
      account: { acct: member().acct },
      status: { id: post.id },
    })
    await member().masto.v1.statuses.$select(copy.id).unfavourite()
    await eventually(async () => expect(await atHome()).toMatchObject({ favouritesCount: 0 }))
  })

  it('is a boost, and its end', async () => {
    const boost = await member().masto.v1.statuses.$select(copy.id).reblog()
    await eventually(async () => expect(await atHome()).toMatchObject({ reblogsCount: 1 }))
    expect(await notified(org(), 'reblog')).toMatchObject({ account: { acct: member().acct }, status: { id: post.id } })
    expect(boost.reblog?.uri).toBe(post.uri)
    await member().masto.v1.statuses.$select(copy.id).unreblog()
    await eventually(async () => expect(await atHome()).toMatchObject({ reblogsCount: 0 }))
  })

  it('is a reply, its answer, a Like of it, an edit of it and its end', async () => {
    const text = `@${org().acct} The left one`
    const reply = await member().masto.v1.statuses.create({ status: text, inReplyToId: copy.id })
    const thread = () => org().masto.v1.statuses.$select(post.id).context.fetch()
    const atA = await eventually(async () => there((await thread()).descendants[0]))
    expect(atA).toMatchObject({ uri: reply.uri, inReplyToId: post.id, account: { acct: member().acct } })
    expect((await notified(org(), 'mention')).status?.id).toBe(atA.id)

    await org().masto.v1.statuses.$select(atA.id).favourite()
    const answer = await org().masto.v1.statuses.create({
      status: `@${member().acct} Thank you`,
      inReplyToId: atA.id,
    })
    const onReply = () => member().masto.v1.statuses.$select(reply.id)
    await eventually(async () => {
      expect(await onReply().fetch()).toMatchObject({ favouritesCount: 1, repliesCount: 1 })
      const { ancestors, descendants } = await onReply().context.fetch()
      expect(ancestors.map(({ uri }) => uri)).toEqual([post.uri])
      expect(descendants.map(({ uri }) => uri)).toEqual([answer.uri])
    })

    await onReply().update({ status: `@${org().acct} The right one` })
    await eventually(async () => {
      const edited = await org().masto.v1.statuses.$select(atA.id).fetch()
      expect(edited.content).toContain('The right one')
      expect(edited.editedAt).not.toBeNull()
    })
    await onReply().remove()
    await eventually(async () => expect((await thread()).descendants.map(({ uri }) => uri)).not.toContain(reply.uri))
  })

  it('is a boost by the organisation of what the other said', async () => {
    const said = await member().masto.v1.statuses.create({ status: `@${org().acct} Good morning` })
    const atA = await copyOf(org(), said.uri)
    await org().masto.v1.statuses.$select(atA.id).reblog()
    await eventually(async () => {
      const list = await member().masto.v1.accounts.$select(atelierAtB).statuses.list()
      expect(list.some(({ reblog }) => reblog?.uri === said.uri)).toBe(true)
    })
    expect((await notified(member(), 'reblog')).status?.id).toBe(said.id)
  })

  it('is an edit of the post with its history, and its end', async () => {
    await org().masto.v1.statuses.$select(post.id).update({ status: 'What do you think of these two?' })
    const onCopy = () => member().masto.v1.statuses.$select(copy.id)
    await eventually(async () => {
      const edited = await onCopy().fetch()
      expect(edited.content).toContain('these two')
      expect(edited.editedAt).not.toBeNull()
    })
    expect((await onCopy().history.list()).map(({ content }) => content)).toEqual([
      '<p>What do you think of this one?</p>',
      '<p>What do you think of these two?</p>',
    ])
    await org().masto.v1.statuses.$select(post.id).remove()
    await eventually(async () => expect((await member().api.get(`/api/v1/statuses/${copy.id}`)).status).toBe(404))
    expect((await member().masto.v1.timelines.home.list()).map(({ uri }) => uri)).not.toContain(post.uri)
  })

  it('is a changed profile', async () => {
    await org().masto.v1.accounts.updateCredentials({ displayName: 'Atelier Nord', note: 'Paper and board' })
    await eventually(async () =>
      expect(await member().masto.v1.accounts.$select(atelierAtB).fetch()).toMatchObject({
        displayName: 'Atelier Nord',
        note: '<p>Paper and board</p>',
      }),
    )
  })
})

describe('a post for followers, for somebody on the same server who was not approved', () => {
  let hidden: Status
  let copy: Status
  let atelierForMarc: string

  beforeAll(async () => {
    atelierForMarc = await lookUp(stranger(), org().acct)
    await stranger().masto.v1.accounts.$select(atelierForMarc).follow()
    await eventually(async () => expect(await org().masto.v1.followRequests.list()).toHaveLength(1))
    const picture = await upload(org(), 'Not for everybody', '0,0')
    hidden = await org().masto.v1.statuses.create({
      status: `Zirconium, and a word to @${member().acct}`,
      visibility: 'private',
      mediaIds: [picture.id],
    })
    copy = await eventually(async () => {
      const home = await member().masto.v1.timelines.home.list()
      return there(home.find(({ uri }) => uri === hidden.uri))
    })
    await Promise.all([A().settle(), B().settle()])
  })

  it('is there for who was approved, with its picture', async () => {
    expect(copy).toMatchObject({ visibility: 'private', mediaAttachments: [{ description: 'Not for everybody' }] })
    expect((await fetch(pictureOf(copy))).status).toBe(200)
    const headers = { authorization: `Bearer ${member().token}` }
    expect((await fetch(pictureOf(copy), { headers })).status).toBe(200)
  })

  it('is in no list (item 27) (row 21)', async () => {
    const { api, masto } = stranger()
    expect(await masto.v1.timelines.home.list()).toEqual([])
    const lists = [
      '/api/v1/timelines/public',
      '/api/v1/timelines/public?remote=true',
      `/api/v1/accounts/${atelierForMarc}/statuses`,
      `/api/v1/accounts/${atelierForMarc}/statuses?only_media=true`,
      '/api/v1/notifications',
      '/api/v1/favourites',
    ]
    for (const path of lists) {
      const { body } = await api.get(path)
      expect(JSON.stringify(body), path).not.toMatch(/Zirconium|Not for everybody/)
    }
  })

  it('cannot be found (item 27) (row 29)', async () => {
    for (const q of [hidden.uri, hidden.url ?? '', 'Zirconium', `#${copy.id}`]) {
      for (const resolve of [true, false]) {
        const { statuses } = await stranger().masto.v2.search.list({ q, resolve })
        expect(statuses, q).toEqual([])
      }
    }
  })

  it('cannot be read, or acted upon, by its id (item 27) (row 21)', async () => {
    const routes: readonly ['get' | 'post' | 'delete', string][] = [
      ['get', ''],
      ['get', '/context'],
      ['get', '/history'],
      ['get', '/source'],
      ['get', '/favourited_by'],
      ['get', '/reblogged_by'],
      ['post', '/favourite'],
      ['post', '/reblog'],
      ['delete', ''],
    ]
    const nobody = createWebClient(B().url)
    for (const [method, path] of routes) {
      for (const api of [stranger().api, nobody]) {
        const { status, body } = await api[method](`/api/v1/statuses/${copy.id}${path}`)
        expect([401, 404], `${method} ${path}`).toContain(status)
        expect(JSON.stringify(body)).not.toContain('Zirconium')
      }
    }
    expect((await stranger().api.get(`/api/v1/statuses/${copy.id}`)).status).toBe(404)
    expect((await stranger().api.get(`/api/v1/statuses?id[]=${copy.id}`)).body).toEqual([])
    const answer = await stranger().api.post('/api/v1/statuses', { status: 'Hm', in_reply_to_id: copy.id })
    expect([404, 422]).toContain(answer.status)
  })

  it('does not show its picture, with a token or without (item 27) (row 36)', async () => {
    const address = new URL(pictureOf(copy))
    const bare = address.origin + address.pathname
    const headers = { authorization: `Bearer ${stranger().token}` }
    expect((await fetch(bare)).status).toBe(404)
    expect((await fetch(bare, { headers })).status).toBe(404)
    // Even the address that was made for another reader.
    expect((await fetch(address, { headers })).status).toBe(404)
    const original = new URL(pictureOf(hidden))
    expect((await fetch(original.origin + original.pathname)).status).toBe(404)
  })

  it('is seen once the organisation approves, and no longer once it takes the follower off (item 27)', async () => {
    const [request] = await org().masto.v1.followRequests.list()
    await org().masto.v1.followRequests.$select(there(request).id).authorize()
    const read = () => stranger().api.get(`/api/v1/statuses/${copy.id}`)
    await eventually(async () => expect((await read()).status).toBe(200))
    await org().api.post(`/api/v1/accounts/${there(request).id}/remove_from_followers`)
    await eventually(async () => expect((await read()).status).toBe(404))
    expect(await relationOf(stranger(), atelierForMarc)).toMatchObject({ following: false, requested: false })
  })
})
