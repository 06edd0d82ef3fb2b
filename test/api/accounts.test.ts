import { eq } from 'drizzle-orm'
import type { LightMyRequestResponse } from 'fastify'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { audit } from '#src/db/schema/audit.ts'
import { media } from '#src/db/schema/media.ts'
import { searchAccounts } from '#src/features/actors/account-search.ts'
import { updateProfile } from '#src/features/actors/edit.ts'
import { findActor } from '#src/features/actors/queries.ts'
import { findMedia } from '#src/features/media/queries.ts'
import { processMedia } from '#src/features/media/service.ts'
import { toneOf } from '#src/web/tone.ts'
import { Account, CredentialAccount, Relationship } from '#test/contract/schemas.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { takeFacts } from '#test/support/facts.ts'
import { make, uniqueName } from '#test/support/make.ts'
import { html, jpeg } from '#test/support/pictures.ts'
import { createMediaProcess } from '#workers/media/pool.ts'

let test: TestApp

beforeAll(async () => {
  test = await createTestApp()
})
afterAll(() => test.close())
beforeEach(() => takeFacts(test.ctx))

type Headers = Record<string, string>
type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

const call = (method: Method, url: string, headers: Headers = {}, payload?: object) =>
  test.app.inject({ method, url, headers, ...(payload ? { payload } : {}) })
const get = (url: string, headers?: Headers) => call('GET', url, headers)
const idsOf = (response: LightMyRequestResponse) => response.json<{ id: string }[]>().map(({ id }) => id)
const me = (scopes?: string[]) => test.signIn(uniqueName('me'), scopes)

/** Follows the address of a Link header. */
function linkOf(response: LightMyRequestResponse, rel: 'next' | 'prev'): string | null {
  const match = new RegExp(`<https://here\\.example([^>]+)>; rel="${rel}"`).exec(String(response.headers.link))
  return match?.[1] ?? null
}

describe('an account', () => {
  it('is shown to everybody, with every field that clients know', async () => {
    const { actor } = await make.actor(test.ctx, { type: 'Organization', name: 'Café Lune' })
    const response = await get(`/api/v1/accounts/${actor.id}`)
    expect(response.statusCode).toBe(200)
    expect(Account.parse(response.json())).toMatchObject({
      id: actor.id,
      acct: actor.handle,
      display_name: 'Café Lune',
      locked: true,
    })
    const remote = await make.remoteActor(test.ctx)
    const shown = Account.parse((await get(`/api/v1/accounts/${remote.id}`)).json())
    expect(shown.acct).toBe(`${remote.handle}@there.example`)
  })

  it('has pictures at addresses that answer', async () => {
    const { actor } = await make.actor(test.ctx)
    const { avatar, header } = (await get(`/api/v1/accounts/${actor.id}`)).json()
    for (const address of [avatar, header]) {
      const picture = await get(new URL(address).pathname)
      expect([picture.statusCode, picture.headers['content-type']]).toEqual([200, 'image/png'])
    }
    const remote = await make.remoteActor(test.ctx, { handle: uniqueName('zoe'), name: 'Ébène' })
    const shown = (await get(`/api/v1/accounts/${remote.id}`)).json()
    expect(shown.avatar).toContain(`/assets/letter-e${toneOf(remote.handle)}.`)
    await test.ctx.db.$client`update actors set suspended_at = now() where id = ${remote.id}`
    expect((await get(`/api/v1/accounts/${remote.id}`)).json().avatar).toContain('/assets/letter-z')
  })

  it('that was deleted, never was, or cannot be is not found', async () => {
    const { actor } = await make.actor(test.ctx, { deletedAt: new Date() })
    for (const id of [actor.id, '1', '99999999999999999999', 'anna', '-1']) {
      const response = await get(`/api/v1/accounts/${id}`)
      expect([id, response.statusCode, response.json()]).toEqual([id, 404, { error: 'Record not found' }])
    }
  })

  it('that has moved shows where', async () => {
    const { actor: target } = await make.actor(test.ctx)
    const movedToIri = `https://here.example/users/${target.handle}`
    const moved = await make.remoteActor(test.ctx, { movedToIri })
    const account = Account.parse((await get(`/api/v1/accounts/${moved.id}`)).json())
    expect(account.moved?.id).toBe(target.id)
  })

  it('can be asked for with others, each once, in the order of the question', async () => {
    const [a, b] = [await make.remoteActor(test.ctx), await make.remoteActor(test.ctx)]
    const gone = await make.remoteActor(test.ctx, { deletedAt: new Date() })
    const url = `/api/v1/accounts?id[]=${b.id}&id[]=${gone.id}&id[]=${a.id}&id[]=${b.id}&id[]=x`
    expect(idsOf(await get(url))).toEqual([b.id, a.id])
    expect(idsOf(await get(`/api/v1/accounts?id=${a.id}`))).toEqual([a.id])
    expect((await get('/api/v1/accounts')).json()).toEqual([])
  })

  it('is not shown to a token that may not read accounts', async () => {
    const { headers, actorId } = await me(['read:statuses'])
    expect((await get(`/api/v1/accounts/${actorId}`, headers)).statusCode).toBe(403)
  })
})

describe('looking an account up', () => {
  it.each([
    ['lookup1', 'lookup1'],
    ['LOOKUP2', 'lookup2'],
    ['@lookup3', 'lookup3'],
    ['lookup4@here.example', 'lookup4'],
  ])('finds %j here', async (acct, handle) => {
    const { actor } = await make.actor(test.ctx, { handle })
    expect((await get(`/api/v1/accounts/lookup?acct=${acct}`)).json()).toMatchObject({ id: actor.id })
  })

  it('finds somebody known elsewhere, and not somebody else of that name', async () => {
    const remote = await make.remoteActor(test.ctx, { handle: 'Anna', host: 'far.example' })
    expect((await get('/api/v1/accounts/lookup?acct=anna@Far.example')).json()).toMatchObject({ id: remote.id })
    expect((await get('/api/v1/accounts/lookup?acct=anna')).statusCode).toBe(404)
    expect((await get('/api/v1/accounts/lookup?acct=anna@near.example')).statusCode).toBe(404)
    expect((await get('/api/v1/accounts/lookup')).statusCode).toBe(422)
  })
})

describe('searching accounts', () => {
  const search = async (q: string, more = '') => {
    const { headers } = await me()
    return idsOf(await get(`/api/v1/accounts/search?q=${encodeURIComponent(q)}${more}`, headers))
  }

  it('finds by the beginning of a handle or a part of a name, the exact one first', async () => {
    const { actor: longer } = await make.actor(test.ctx, { handle: 'mirabelle2', followersCount: 9 })
    const { actor: exact } = await make.actor(test.ctx, { handle: 'mirabelle' })
    const { actor: named } = await make.actor(test.ctx, { handle: uniqueName('x'), name: 'Tarte Mirabelle' })
    const found = await search('@Mirabelle')
    expect(found[0]).toBe(exact.id)
    expect(found).toContain(longer.id)
    expect(await search('mirabelle')).toContain(named.id)
    expect(await search('mirabelle', '&limit=1')).toEqual([exact.id])
    expect(await search('mirabelle', '&limit=1&offset=1')).toEqual([longer.id])
  })

  it('takes signs for signs (row 54)', async () => {
    const { actor } = await make.actor(test.ctx, { handle: uniqueName('x'), name: '100% pear_tree' })
    expect(await search('100%')).toEqual([actor.id])
    expect(await search('%')).toEqual([actor.id])
    expect(await search('pear_t')).toEqual([actor.id])
    expect(await search('pearXt')).toEqual([])
    expect(await search('  ')).toEqual([])
  })

  it('finds those elsewhere who agreed to be found, and others only by their full address', async () => {
    const quiet = await make.remoteActor(test.ctx, { handle: 'quincequiet', host: 'far.example' })
    const open = await make.remoteActor(test.ctx, { handle: 'quinceopen', host: 'far.example', isDiscoverable: true })
    expect(await search('quince')).toEqual([open.id])
    expect(await search('quince', '&following=true')).toEqual([])
    expect(await search('@quincequiet@far.example')).toEqual([quiet.id])
    expect(await search('quinceopen@far')).toEqual([open.id])
  })

  it('finds whom one follows and who follows one, and with `following` only the former', async () => {
    const { headers, actorId } = await me()
    const followed = await make.remoteActor(test.ctx, { handle: 'medlarone' })
    const follower = await make.remoteActor(test.ctx, { handle: 'medlartwo' })
    const waiting = await make.remoteActor(test.ctx, { handle: 'medlarthree' })
    await make.follow(test.ctx, { followerId: actorId, followeeId: followed.id })
    await make.follow(test.ctx, { followerId: follower.id, followeeId: actorId })
    await make.follow(test.ctx, { followerId: actorId, followeeId: waiting.id, state: 'pending' })
    const found = idsOf(await get('/api/v1/accounts/search?q=medlar', headers))
    expect(found.toSorted()).toEqual([followed.id, follower.id].toSorted())
    expect(idsOf(await get('/api/v1/accounts/search?q=medlar&following=true', headers))).toEqual([followed.id])
  })

  it('does not find the deleted, the suspended and the instance itself', async () => {
    await make.actor(test.ctx, { handle: 'sloe1', deletedAt: new Date() })
    await make.remoteActor(test.ctx, { handle: 'sloe2', suspendedAt: new Date(), isDiscoverable: true })
    expect(await search('sloe')).toEqual([])
    expect(await search('here.example')).toEqual([])
  })

  it('is for those who are signed in', async () => {
    expect((await get('/api/v1/accounts/search?q=a')).statusCode).toBe(401)
    const { headers } = await me()
    expect((await get('/api/v1/accounts/search', headers)).statusCode).toBe(422)
  })

  it('asks another server for an unknown address only when it may', async () => {
    const asked: string[] = []
    const remote = {
      lookupHandle: async (handle: string) => {
        asked.push(handle)
        return (await make.remoteActor(test.ctx, { handle: 'bullace', host: 'new.example' })).id
      },
      lookupUrl: async () => null,
      refreshActor: async () => null,
      refreshPost: async () => {},
      refreshProduct: async () => {},
      refreshPins: async () => {},
      refreshFeaturedTags: async () => {},
    }
    const ctx = { ...test.ctx, remote }
    const { viewer } = await me()
    const options = { text: '@Bullace@New.example', limit: 5, offset: 0, isFollowed: false }
    expect(await searchAccounts(ctx, viewer, { ...options, mayLookUp: false })).toEqual([])
    expect(await searchAccounts(ctx, null, { ...options, mayLookUp: true })).toEqual([])
    expect(asked).toEqual([])
    for (let times = 0; times < 2; times++) {
      const found = await searchAccounts(ctx, viewer, { ...options, mayLookUp: true })
      expect(found).toMatchObject([{ handle: 'bullace', host: 'new.example' }])
    }
    expect(asked).toEqual(['bullace@new.example'])
  })
})

describe('one’s own account', () => {
  it('is shown with what was typed and how many wait', async () => {
    const { headers, actorId } = await me(['profile'])
    const asking = await make.remoteActor(test.ctx)
    await make.follow(test.ctx, { followerId: asking.id, followeeId: actorId, state: 'pending' })
    const response = await get('/api/v1/accounts/verify_credentials', headers)
    const account = CredentialAccount.parse(response.json())
    expect(account).toMatchObject({ id: actorId, source: { follow_requests_count: 1, privacy: 'public' } })
  })

  it('is not shown to nobody', async () => {
    expect((await get('/api/v1/accounts/verify_credentials')).statusCode).toBe(401)
    const { headers } = await me(['write'])
    expect((await get('/api/v1/accounts/verify_credentials', headers)).statusCode).toBe(403)
  })
})

const update = (headers: Headers, payload: object) =>
  call('PATCH', '/api/v1/accounts/update_credentials', headers, payload)

describe('changing one’s profile', () => {
  it('as JSON renders texts, keeps what was typed, and tells other servers once', async () => {
    const { headers, actorId, userId } = await me()
    const { actor: friend } = await make.actor(test.ctx)
    const response = await update(headers, {
      display_name: 'Anna <b>',
      note: `Hello @${friend.handle} & #Coffee\nhttps://site.example/`,
      locked: false,
      discoverable: 'true',
      indexable: 1,
      fields_attributes: [
        { name: 'Site', value: 'https://site.example/' },
        { name: '', value: '' },
        { name: 'Plain', value: 'a < b' },
      ],
      source: { privacy: 'private', sensitive: 'true', language: 'fr' },
    })
    expect(response.statusCode).toBe(200)
    const account = CredentialAccount.parse(response.json())
    expect(account).toMatchObject({ display_name: 'Anna <b>', locked: false, discoverable: true, indexable: true })
    expect(account.note).toContain(`href="https://here.example/@${friend.handle}"`)
    expect(account.note).toContain('&amp;')
    expect(account.note).toContain('href="https://here.example/tags/coffee"')
    expect(account.fields.map(({ name }) => name)).toEqual(['Site', 'Plain'])
    expect(account.fields[0]?.value).toContain('rel="me nofollow noopener noreferrer"')
    expect(account.fields[1]?.value).toBe('a &lt; b')
    expect(account.source).toMatchObject({ privacy: 'private', sensitive: true, language: 'fr' })
    expect(account.source.fields).toMatchObject([{ value: 'https://site.example/' }, { value: 'a < b' }])
    expect(await takeFacts(test.ctx)).toMatchObject([{ type: 'actor.updated', actorId, isLocal: true }])
    const acts = await test.ctx.db.select().from(audit).where(eq(audit.actorId, actorId))
    expect(acts).toMatchObject([{ userId, action: 'actor.updated', subjectId: actorId }])
  })

  it('as a form reads names with brackets', async () => {
    const { headers } = await me()
    const form = new URLSearchParams([
      ['display_name', 'Berta'],
      ['locked', 'false'],
      ['fields_attributes[0][name]', 'One'],
      ['fields_attributes[0][value]', '1'],
      ['fields_attributes[1][name]', 'Two'],
      ['fields_attributes[1][value]', '2'],
      ['source[privacy]', 'unlisted'],
      ['source[language]', ''],
    ])
    const response = await test.app.inject({
      method: 'PATCH',
      url: '/api/v1/accounts/update_credentials',
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      payload: form.toString(),
    })
    expect(CredentialAccount.parse(response.json())).toMatchObject({
      display_name: 'Berta',
      locked: false,
      fields: [
        { name: 'One', value: '1' },
        { name: 'Two', value: '2' },
      ],
      source: { privacy: 'unlisted', language: '' },
    })
  })

  it('reads the lines of a profile as a record, as masto.js writes them', async () => {
    const { headers } = await me()
    const fields_attributes = { 10: { name: 'Last', value: 'c' }, 2: { name: 'First', value: 'a' } }
    const { fields } = (await update(headers, { fields_attributes })).json()
    expect(fields.map(({ name }: { name: string }) => name)).toEqual(['First', 'Last'])
    expect((await update(headers, { fields_attributes: '' })).json().fields).toHaveLength(2)
    expect((await update(headers, { fields_attributes: [] })).json().fields).toEqual([])
  })

  it('to what it is already changes nothing, and nobody is told', async () => {
    const { headers, actorId } = await me()
    await update(headers, { display_name: 'Same', fields_attributes: [{ name: 'a', value: 'b' }] })
    await takeFacts(test.ctx)
    const before = await findActor(test.ctx.db, actorId)
    await update(headers, {
      display_name: 'Same',
      locked: '',
      bot: false,
      hide_collections: true,
      attribution_domains: [],
      fields_attributes: [{ name: 'a', value: 'b' }],
    })
    expect(await takeFacts(test.ctx)).toEqual([])
    expect(await findActor(test.ctx.db, actorId)).toEqual(before)
  })

  it('of what only the team sees is told to nobody', async () => {
    const { headers } = await me()
    await update(headers, { source: { privacy: 'direct' } })
    expect(await takeFacts(test.ctx)).toEqual([])
  })

  it.each([
    ['display_name', { display_name: 'x'.repeat(101) }],
    ['note', { note: 'x'.repeat(2_001) }],
    ['fields', { fields_attributes: Array(7).fill({ name: 'a', value: 'b' }) }],
    ['fields', { fields_attributes: [{ name: '', value: 'b' }] }],
    ['bot', { bot: true }],
    ['hide_collections', { hide_collections: false }],
    ['attribution_domains', { attribution_domains: ['no domain'] }],
    ['avatar', { avatar: 'data:image/png;base64,AAAA' }],
    ['locked', { locked: 'perhaps' }],
    ['source.privacy', { source: { privacy: 'everybody' } }],
    ['source.quote_policy', { source: { quote_policy: 'friends' } }],
    ['language', { source: { language: 'French!' } }],
  ])('says what is wrong with %s and changes nothing', async (field, payload) => {
    const { headers, actorId } = await me()
    const before = await findActor(test.ctx.db, actorId)
    const response = await update(headers, { ...payload })
    expect(response.statusCode).toBe(422)
    expect(Object.keys(response.json().details)).toContain(field)
    expect(await findActor(test.ctx.db, actorId)).toEqual(before)
  })

  it('needs the right and the role', async () => {
    const { headers } = await me(['read', 'write:statuses'])
    expect((await update(headers, { display_name: 'x' })).statusCode).toBe(403)
    expect((await update({}, { display_name: 'x' })).statusCode).toBe(401)
    const { actorId } = await me()
    const publisher = await make.member(test.ctx, actorId, 'publisher')
    await expect(updateProfile(test.ctx, publisher, { name: 'x' })).rejects.toMatchObject({ status: 403 })
  })

  it('takes only pictures that were uploaded as the same actor and are in no post', async () => {
    const [{ viewer }, { viewer: other }] = [await me(), await me()]
    const picture = async (actorId: string, values: object = {}) => {
      const row = { actorId, state: 'ready', key: uniqueName('k'), mime: 'image/jpeg', ...values } as const
      const [made] = await test.ctx.db.insert(media).values(row).returning({ id: media.id })
      return made?.id ?? ''
    }
    for (const id of [
      await picture(other.actorId),
      await picture(viewer.actorId, { state: 'refused' }),
      await picture(viewer.actorId, { deletedAt: new Date() }),
      '1',
    ]) {
      await expect(updateProfile(test.ctx, viewer, { avatarMediaId: id })).rejects.toMatchObject({ status: 422 })
    }
    const [first, second] = [await picture(viewer.actorId), await picture(viewer.actorId)]
    await updateProfile(test.ctx, viewer, { avatarMediaId: first })
    await updateProfile(test.ctx, viewer, { avatarMediaId: second })
    expect((await findMedia(test.ctx.db, first))?.deletedAt).toEqual(test.ctx.now())
    expect((await findActor(test.ctx.db, viewer.actorId))?.avatar?.id).toBe(second)
  })
})

describe('the pictures of a profile', () => {
  async function send(headers: Headers, parts: Record<string, string | File>) {
    const form = new FormData()
    for (const [name, value] of Object.entries(parts)) form.append(name, value)
    const body = new Response(form)
    return test.app.inject({
      method: 'PATCH',
      url: '/api/v1/accounts/update_credentials',
      headers: { ...headers, 'content-type': body.headers.get('content-type') ?? '' },
      payload: Buffer.from(await body.arrayBuffer()),
    })
  }

  const file = (bytes: Buffer, name = 'picture.jpg') => new File([new Uint8Array(bytes)], name, { type: 'image/jpeg' })

  /** Makes pictures ready while the request waits for them, as the worker does. */
  async function withWorker<T>(work: () => Promise<T>): Promise<T> {
    const pictures = createMediaProcess({ log: test.ctx.log })
    let isOver = false
    const worker = (async () => {
      while (!isOver) {
        const uploads = (await takeFacts(test.ctx)).filter(({ type }) => type === 'media.uploaded')
        for (const { mediaId } of uploads) await processMedia(test.ctx, pictures, String(mediaId))
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    })()
    try {
      return await work()
    } finally {
      isOver = true
      await worker
      await pictures.close()
    }
  }

  it('are sent as files beside the other fields, and taken away again', async () => {
    const { headers, actorId } = await me()
    const response = await withWorker(async () =>
      send(headers, {
        display_name: 'Pictured',
        'fields_attributes[0][name]': 'One',
        'fields_attributes[0][value]': '1',
        avatar: file(await jpeg()),
        header: file(await jpeg({ width: 1500, height: 500 })),
      }),
    )
    expect(response.statusCode).toBe(200)
    const account = CredentialAccount.parse(response.json())
    expect(account).toMatchObject({ display_name: 'Pictured', fields: [{ name: 'One', value: '1' }] })
    for (const address of [account.avatar, account.header]) {
      expect(address).toMatch(/^https:\/\/here\.example\/media\/[0-9a-f]{32}\/[\w.-]+\.jpg$/)
      const picture = await get(new URL(address).pathname)
      expect([picture.statusCode, picture.headers['content-type']]).toEqual([200, 'image/jpeg'])
    }
    const removed = await call('DELETE', '/api/v1/profile/avatar', headers)
    expect(CredentialAccount.parse(removed.json()).avatar).toMatch(/\/assets\//)
    expect((await findActor(test.ctx.db, actorId))?.avatar).toBeNull()
    expect((await get(new URL(account.avatar).pathname)).statusCode).toBe(404)
    const both = await call('DELETE', '/api/v1/profile/header', headers)
    expect(CredentialAccount.parse(both.json()).header).toMatch(/\/assets\//)
  })

  it('that are no pictures are refused with a sentence, and the profile stays', async () => {
    const { headers, actorId } = await me()
    const response = await withWorker(() => send(headers, { avatar: file(html()), display_name: 'New' }))
    expect(response.statusCode).toBe(422)
    expect(response.json().error).toMatch(/^Validation failed: /)
    expect(await findActor(test.ctx.db, actorId)).toMatchObject({
      avatarMediaId: null,
      name: expect.not.stringMatching('New'),
    })
  })

  it('may be left out of a form, and other files are not taken', async () => {
    const { headers } = await me()
    const empty = await send(headers, { avatar: file(Buffer.alloc(0), ''), display_name: 'Plain' })
    expect([empty.statusCode, empty.json().display_name]).toEqual([200, 'Plain'])
    const other = await send(headers, { banner: file(await jpeg()) })
    expect(other.statusCode).toBe(422)
  })
})

describe('relationships', () => {
  it('come one for each id, in the order of the question, strangers and nobody alike', async () => {
    const { headers, actorId } = await me()
    const [a, b] = [await make.remoteActor(test.ctx), await make.remoteActor(test.ctx)]
    await make.follow(test.ctx, { followerId: actorId, followeeId: b.id })
    await make.follow(test.ctx, { followerId: b.id, followeeId: actorId, state: 'pending' })
    const nobody = '100000000000000001'
    const url = `/api/v1/accounts/relationships?id[]=${b.id}&id[]=${nobody}&id[]=${a.id}&id[]=${b.id}`
    const list = (await get(url, headers)).json().map((one: unknown) => Relationship.parse(one))
    expect(list.map(({ id }: { id: string }) => id)).toEqual([b.id, nobody, a.id, b.id])
    expect(list[0]).toMatchObject({
      following: true,
      showing_reblogs: true,
      requested: false,
      followed_by: false,
      requested_by: true,
    })
    expect({ ...list[1], id: '' }).toEqual({ ...list[2], id: '' })
  })

  it.each(['relationships', 'familiar_followers'])('(%s) leave out what was never an id', async (name) => {
    const { headers, actorId } = await me()
    const answer = await get(
      `/api/v1/accounts/${name}?id[]=68&id[]=x&id[]=${actorId}&id[]=9999999999999999999`,
      headers,
    )
    expect(answer.json().map(({ id }: { id: string }) => id)).toEqual([actorId])
  })

  it('of one actor are not those of another (row 31)', async () => {
    const [{ actorId }, { headers }] = [await me(), await me()]
    const followed = await make.remoteActor(test.ctx)
    await make.follow(test.ctx, { followerId: actorId, followeeId: followed.id })
    const [relationship] = (await get(`/api/v1/accounts/relationships?id=${followed.id}`, headers)).json()
    expect(relationship.following).toBe(false)
  })

  it('with the suspended are told only when asked', async () => {
    const { headers } = await me()
    const suspended = await make.remoteActor(test.ctx, { suspendedAt: new Date() })
    const url = `/api/v1/accounts/relationships?id[]=${suspended.id}`
    expect((await get(url, headers)).json()).toEqual([])
    expect(idsOf(await get(`${url}&with_suspended=true`, headers))).toEqual([suspended.id])
  })
})

describe('following by a client', () => {
  it('asks, changes options and leaves', async () => {
    const { headers } = await me()
    const other = await make.remoteActor(test.ctx)
    const post = async (act: string, payload?: object) =>
      Relationship.parse((await call('POST', `/api/v1/accounts/${other.id}/${act}`, headers, payload)).json())
    expect(await post('follow')).toMatchObject({
      requested: true,
      following: false,
      showing_reblogs: true,
      notifying: false,
      languages: null,
    })
    expect(await post('follow', { reblogs: 'false', notify: true, languages: ['fr'] })).toMatchObject({
      requested: true,
      showing_reblogs: false,
      notifying: true,
      languages: ['fr'],
    })
    expect(await post('unfollow')).toMatchObject({ requested: false, following: false, showing_reblogs: false })
  })

  it('shows who asks, lets them in or not, and takes them off', async () => {
    const { headers, actorId } = await me()
    const [a, b] = [await make.remoteActor(test.ctx), await make.remoteActor(test.ctx)]
    for (const { id } of [a, b]) await make.follow(test.ctx, { followerId: id, followeeId: actorId, state: 'pending' })
    const list = await get('/api/v1/follow_requests', headers)
    expect(idsOf(list)).toEqual([b.id, a.id])
    for (const one of list.json()) Account.parse(one)
    const decide = async (id: string, act: string) =>
      Relationship.parse((await call('POST', `/api/v1/follow_requests/${id}/${act}`, headers)).json())
    expect(await decide(a.id, 'authorize')).toMatchObject({ id: a.id, followed_by: true, requested_by: false })
    expect(await decide(b.id, 'reject')).toMatchObject({ id: b.id, followed_by: false, requested_by: false })
    expect((await get('/api/v1/follow_requests', headers)).json()).toEqual([])
    const removed = await call('POST', `/api/v1/accounts/${a.id}/remove_from_followers`, headers)
    expect(Relationship.parse(removed.json())).toMatchObject({ followed_by: false })
  })

  it('does not let a client decide what nobody asked', async () => {
    const { headers } = await me()
    const stranger = await make.remoteActor(test.ctx)
    for (const act of ['authorize', 'reject']) {
      expect((await call('POST', `/api/v1/follow_requests/${stranger.id}/${act}`, headers)).statusCode).toBe(404)
    }
  })

  it.each([
    ['GET', '/api/v1/accounts/relationships'],
    ['GET', '/api/v1/accounts/familiar_followers'],
    ['GET', '/api/v1/follow_requests'],
    ['POST', '/api/v1/follow_requests/1/authorize'],
    ['POST', '/api/v1/follow_requests/1/reject'],
    ['POST', '/api/v1/accounts/1/follow'],
    ['POST', '/api/v1/accounts/1/unfollow'],
    ['POST', '/api/v1/accounts/1/remove_from_followers'],
  ] as const)('asks for the right to %s %s', async (method, url) => {
    expect((await call(method, url)).statusCode).toBe(401)
    const { headers } = await me(['read:accounts', 'write:accounts', 'write:blocks'])
    expect((await call(method, url, headers)).statusCode).toBe(403)
    const { headers: follow } = await me(['follow'])
    expect((await call(method, url, follow)).statusCode).not.toBe(403)
  })
})

describe('the lists of followers and followed', () => {
  it('are read by their owner, page by page', async () => {
    const { headers, actorId } = await me()
    const others = [
      await make.remoteActor(test.ctx),
      await make.remoteActor(test.ctx),
      await make.remoteActor(test.ctx),
    ]
    for (const { id } of others) await make.follow(test.ctx, { followerId: id, followeeId: actorId })
    await make.follow(test.ctx, {
      followerId: (await make.remoteActor(test.ctx)).id,
      followeeId: actorId,
      state: 'pending',
    })
    const newestFirst = others.map(({ id }) => id).reverse()
    const first = await get(`/api/v1/accounts/${actorId}/followers?limit=2`, headers)
    expect(idsOf(first)).toEqual(newestFirst.slice(0, 2))
    const second = await get(linkOf(first, 'next') ?? '', headers)
    expect(idsOf(second)).toEqual(newestFirst.slice(2))
    expect(linkOf(second, 'next')).toBeNull()
    const back = await get(linkOf(second, 'prev') ?? '', headers)
    expect(idsOf(back)).toEqual(newestFirst.slice(0, 2))
    expect((await get(`/api/v1/accounts/${actorId}/following`, headers)).json()).toEqual([])
  })

  it('are empty for everybody else, while the counts are there', async () => {
    const [{ actorId }, { headers }] = [await me(), await me()]
    const follower = await make.remoteActor(test.ctx)
    await make.follow(test.ctx, { followerId: follower.id, followeeId: actorId })
    await make.follow(test.ctx, { followerId: actorId, followeeId: follower.id })
    for (const end of ['followers', 'following']) {
      expect((await get(`/api/v1/accounts/${actorId}/${end}`, headers)).json()).toEqual([])
      expect((await get(`/api/v1/accounts/${actorId}/${end}`)).json()).toEqual([])
      expect((await get(`/api/v1/accounts/${follower.id}/${end}`, headers)).json()).toEqual([])
    }
    expect((await get(`/api/v1/accounts/${actorId}`)).json()).toMatchObject({ followers_count: 1, following_count: 1 })
    expect((await get('/api/v1/accounts/1/followers')).statusCode).toBe(404)
  })

  it('do not leak through familiar followers', async () => {
    const [{ actorId }, { headers, actorId: viewerId }] = [await me(), await me()]
    const common = await make.remoteActor(test.ctx)
    await make.follow(test.ctx, { followerId: common.id, followeeId: actorId })
    await make.follow(test.ctx, { followerId: common.id, followeeId: viewerId })
    await make.follow(test.ctx, { followerId: viewerId, followeeId: common.id })
    const url = `/api/v1/accounts/familiar_followers?id[]=${actorId}&id[]=${viewerId}`
    const [theirs, mine] = (await get(url, headers)).json()
    expect(theirs).toEqual({ id: actorId, accounts: [] })
    expect(mine).toMatchObject({ id: viewerId, accounts: [{ id: common.id }] })
  })
})
