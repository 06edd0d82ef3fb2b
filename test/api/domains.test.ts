import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { transaction } from '#src/db/client.ts'
import { leaseRetries, storeFailures } from '#src/db/hosts.ts'
import { activities } from '#src/db/schema/deliveries.ts'
import { emit } from '#src/effects.ts'
import { ensureInbox } from '#src/features/actors/remote-queries.ts'
import { isHostBlocked } from '#src/features/blocks/service.ts'
import { listCuts } from '#src/features/domains/cut-queries.ts'
import { importList, planList } from '#src/features/domains/import.ts'
import { findList, listLists } from '#src/features/domains/list-queries.ts'
import { findDomain } from '#src/features/domains/queries.ts'
import {
  allowDomains,
  blockHost,
  decideDomain,
  keepToAllowed,
  lenient,
  liftDomain,
} from '#src/features/domains/service.ts'
import { refreshLists, subscribe, unsubscribe } from '#src/features/domains/subscriptions.ts'
import { receiveFollowRequest } from '#src/features/follows/receive.ts'
import { arePicturesRejected } from '#src/features/media/queries.ts'
import { changeRight } from '#src/features/users/service.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { createClient } from '#test/support/client.ts'
import { tellEverybody } from '#test/support/effects.ts'
import { make, uniqueName } from '#test/support/make.ts'
import { type Stranger, startStranger } from '#test/support/stranger.ts'

let test: TestApp
let site: Stranger
beforeAll(async () => {
  site = await startStranger()
  test = await createTestApp({ config: { outboundAllow: ['127.0.0.1'] } })
})
afterAll(async () => {
  await test.close()
  await site.close()
})

const limit = (host: string) => decideDomain(test.ctx, { ...lenient, host, severity: 'limit' }, null)

async function somebody() {
  const { actorId, headers } = await test.signIn(uniqueName('person'))
  return { client: createClient(test.app, headers), actorId }
}

/** Two of ours, of whom one follows somebody elsewhere, who has said something openly. */
async function aServer() {
  const host = `${uniqueName('server')}.example`
  const [follower, stranger] = [await somebody(), await somebody()]
  const author = await make.remoteActor(test.ctx, { host, isIndexable: true, isDiscoverable: true })
  await make.follow(test.ctx, { followerId: follower.actorId, followeeId: author.id })
  const tag = uniqueName('tag')
  const post = await make.post(test.ctx, {
    actorId: author.id,
    iri: `https://${host}/notes/1`,
    content: `<p>quincaillerie ${tag}</p>`,
    hashtags: [tag],
  })
  return { host, follower, stranger, author, tag, post }
}

type Somebody = Awaited<ReturnType<typeof somebody>>
const idsIn = async ({ client }: Somebody, url: string) =>
  (await client.get(url)).body.map(({ id }: { id: string }) => id)

describe('a server that is limited', () => {
  it('is heard of by who follows somebody there, and by nobody else who did not ask', async () => {
    const { host, follower, stranger, author, tag, post } = await aServer()
    const places = ['/api/v1/timelines/public', `/api/v1/timelines/tag/${tag}`]
    for (const url of places) expect(await idsIn(stranger, url)).toContain(post.id)
    await limit(host)
    for (const url of places) {
      expect(await idsIn(follower, url)).toContain(post.id)
      expect(await idsIn(stranger, url)).not.toContain(post.id)
    }
    const find = async ({ client }: Somebody) =>
      (await client.get(`/api/v2/search?q=${tag}&type=statuses`)).body.statuses
    expect(await find(stranger)).toEqual([])
    expect(await find(follower)).toMatchObject([{ id: post.id }])
    const visitor = createClient(test.app)
    expect((await visitor.get(`/api/v1/timelines/tag/${tag}`)).body).toEqual([])
    // Whoever has the address may still read.
    const { body } = await stranger.client.get(`/api/v1/statuses/${post.id}`)
    expect(body).toMatchObject({ id: post.id, account: { id: author.id, limited: true } })
    await liftDomain(test.ctx, host, null)
    for (const url of places) expect(await idsIn(stranger, url)).toContain(post.id)
  })

  it('is not passed on to who does not follow there', async () => {
    const { host, follower, stranger, post } = await aServer()
    const friend = await somebody()
    for (const { actorId } of [follower, stranger])
      await make.follow(test.ctx, { followerId: actorId, followeeId: friend.actorId })
    const boost = await make.boost(test.ctx, { actorId: friend.actorId, boostOfId: post.id })
    expect(await idsIn(stranger, '/api/v1/timelines/home')).toContain(boost.id)
    await limit(host)
    expect(await idsIn(stranger, '/api/v1/timelines/home')).not.toContain(boost.id)
    expect(await idsIn(friend, '/api/v1/timelines/home')).toContain(boost.id)
  })

  it('has its news held back, and its people ask before they follow', async () => {
    const { host, stranger } = await aServer()
    const someone = await make.remoteActor(test.ctx, { host: `deep.${host}`, publishedAt: new Date(0) })
    const mention = async (nth: number) => {
      const iri = `https://deep.${host}/notes/${nth}`
      const { id: postId } = await make.post(test.ctx, { actorId: someone.id, iri, recipientIds: [stranger.actorId] })
      await transaction(test.ctx.db, (tx) => emit(tx, { type: 'post.created', postId }, 'remote'))
      await tellEverybody(test.ctx)
      return postId
    }
    const told = async (url: string) => (await stranger.client.get(url)).body.length
    await mention(1)
    expect(await told('/api/v1/notifications')).toBe(1)
    await limit(host)
    await mention(2)
    expect(await told('/api/v1/notifications')).toBe(1)
    expect(await told('/api/v1/notifications/requests')).toBe(1)
    const open = await make.actor(test.ctx, { isOpen: true })
    const ask = { followeeId: open.actor.id, activityIri: `https://${host}/f/1`, note: null }
    expect(await receiveFollowRequest(test.ctx, { ...ask, followerId: someone.id })).toBe('pending')
  })
})

describe('a server that is blocked', () => {
  it('is gone with its people and posts, which all come back', async () => {
    const { host, follower, author, post } = await aServer()
    const see = async () => ({
      post: (await follower.client.get(`/api/v1/statuses/${post.id}`)).status,
      follows: (await follower.client.get(`/api/v1/accounts/${follower.actorId}/following`)).body.length,
    })
    expect(await see()).toEqual({ post: 200, follows: 1 })
    await blockHost(test.ctx, { host, reason: '' })
    expect(await see()).toEqual({ post: 404, follows: 0 })
    const { body } = await follower.client.get(`/api/v1/accounts/${author.id}`)
    expect(body).toMatchObject({ suspended: true, display_name: '' })
    await liftDomain(test.ctx, host, null)
    expect(await see()).toEqual({ post: 200, follows: 1 })
  })

  it('is decided about by the longest name that fits', async () => {
    const { ctx } = test
    const host = `${uniqueName('wide')}.example`
    await blockHost(ctx, { host, reason: '' })
    await decideDomain(ctx, { ...lenient, host: `good.${host}` }, null)
    await decideDomain(ctx, { ...lenient, host: `loud.${host}`, severity: 'limit' }, null)
    const blocked = (name: string) => isHostBlocked(ctx.db, name)
    expect(await blocked(`any.${host}`)).toBe(true)
    expect(await blocked(`good.${host}`)).toBe(false)
    expect(await blocked(`very.good.${host}`)).toBe(false)
    expect(await blocked(`loud.${host}`)).toBe(false)
  })

  it('cannot be this one', async () => {
    for (const host of ['here.example', 'example']) {
      await expect(blockHost(test.ctx, { host, reason: '' })).rejects.toMatchObject({ code: 'invalid' })
    }
  })

  it('may only lose its pictures', async () => {
    const { host, author } = await aServer()
    expect(await arePicturesRejected(test.ctx.db, author.id)).toBe(false)
    await decideDomain(test.ctx, { ...lenient, host, rejectsMedia: true }, null)
    expect(await arePicturesRejected(test.ctx.db, author.id)).toBe(true)
    expect(await isHostBlocked(test.ctx.db, host)).toBe(false)
  })
})

describe('an instance that speaks with some only', () => {
  it('knows nobody else, and everybody again afterwards', async () => {
    const { ctx } = test
    const [friend, other] = [await aServer(), await aServer()]
    await allowDomains(ctx, [friend.host], null)
    await keepToAllowed(ctx, true, null)
    try {
      expect(await isHostBlocked(ctx.db, `sub.${friend.host}`)).toBe(false)
      expect(await isHostBlocked(ctx.db, other.host)).toBe(true)
      expect((await other.follower.client.get(`/api/v1/statuses/${other.post.id}`)).status).toBe(404)
      expect((await friend.follower.client.get(`/api/v1/statuses/${friend.post.id}`)).status).toBe(200)
      // Whom it allows it may still block.
      await blockHost(ctx, { host: `bad.${friend.host}`, reason: '' })
      expect(await isHostBlocked(ctx.db, `bad.${friend.host}`)).toBe(true)
    } finally {
      await keepToAllowed(ctx, false, null)
    }
    expect((await other.follower.client.get(`/api/v1/statuses/${other.post.id}`)).status).toBe(200)
  })
})

describe('what a block takes away', () => {
  it('is counted before it is done, by identity', async () => {
    const { host, author, follower } = await aServer()
    const deep = await make.remoteActor(test.ctx, { host: `deep.${host}` })
    await make.remoteActor(test.ctx, { host: `not${host}` })
    await make.follow(test.ctx, { followerId: deep.id, followeeId: follower.actorId })
    await make.follow(test.ctx, { followerId: author.id, followeeId: follower.actorId, state: 'pending' })
    expect(await listCuts(test.ctx.db, [host])).toEqual({
      hosts: [`deep.${host}`, host],
      actors: 2,
      posts: 1,
      followers: 1,
      following: 1,
      identities: [{ actorId: follower.actorId, followers: 1, following: 1 }],
    })
  })

  it('is told of a list as well, which does nothing before it is asked to', async () => {
    const { ctx } = test
    const { host } = await aServer()
    const text = `#domain,#severity\n${host},suspend\nhere.example,suspend\nnew-${host},silence\n`
    const plan = await planList(ctx, text, 'import')
    expect(plan).toMatchObject({
      added: [{ host }, { host: `new-${host}` }],
      changed: [],
      problems: [{ line: 3, problem: 'ourselves' }],
      cuts: { actors: 1, posts: 1, following: 1 },
    })
    expect(await findDomain(ctx.db, host)).toBeNull()
    await importList(ctx, text, null)
    expect(await findDomain(ctx.db, host)).toMatchObject({ severity: 'block', listId: null })
    expect(await planList(ctx, text, 'import')).toMatchObject({ added: [], changed: [], unchanged: 2 })
    const softer = await planList(ctx, `${host}\n`.replace(host, `#domain,#severity\n${host},silence`), 'import')
    expect(softer.changed).toMatchObject([{ from: 'block', ruling: { host, severity: 'limit' } }])
  })
})

describe('a list to which the instance subscribes', () => {
  const serve = (path: string, body: string, headers: Record<string, string> = {}) =>
    site.serve(path, { headers: { 'content-type': 'text/csv', ...headers }, body })
  const nextDay = async () => {
    test.clock.pass(25 * 60 * 60_000)
    await refreshLists(test.ctx)
  }
  const severityOf = async (host: string) => (await findDomain(test.ctx.db, host))?.severity ?? null

  it('decides as long as it says so, and never over those who run the instance', async () => {
    const { ctx } = test
    const path = `/${uniqueName('list')}.csv`
    const [gone, stays, ours] = ['gone', 'stays', 'ours'].map((name) => `${uniqueName(name)}.example`) as [
      string,
      string,
      string,
    ]
    await limit(ours)
    serve(path, `${gone}\n${stays}\n${ours}\n`)
    const { id } = await subscribe(ctx, site.url + path, null)
    expect([await severityOf(gone), await severityOf(stays), await severityOf(ours)]).toEqual([
      'block',
      'block',
      'limit',
    ])
    expect(await listLists(ctx.db)).toMatchObject([{ id, entries: 3, deciding: 2, lastError: null }])
    serve(path, `${stays}\n`)
    await nextDay()
    expect([await severityOf(gone), await severityOf(stays), await severityOf(ours)]).toEqual([null, 'block', 'limit'])
    // An administrator lets one be, whatever the list says, and then leaves it to the list again.
    expect(await liftDomain(ctx, stays, null)).toBe('overruled')
    await nextDay()
    expect(await severityOf(stays)).toBe('none')
    expect(await liftDomain(ctx, stays, null)).toBe('listed')
    expect(await severityOf(stays)).toBe('block')
    await unsubscribe(ctx, id, null)
    expect([await severityOf(stays), await severityOf(ours)]).toEqual([null, 'limit'])
  })

  it('keeps what waits to be sent from going to whom it blocks', async () => {
    const { ctx } = test
    const host = `${uniqueName('waited')}.example`
    const { actor } = await make.actor(ctx)
    await ctx.db.insert(activities).values({ id: '7', actorId: actor.id, type: 'Create', body: '{}' })
    const inboxId = await transaction(ctx.db, (tx) => ensureInbox(tx, `https://deep.${host}:8443/inbox`))
    const failure = { activityId: '7', inboxId, host: `deep.${host}:8443`, dueAt: ctx.now(), error: 'it was down' }
    await storeFailures(ctx.db, [failure], ctx.now())
    const path = `/${uniqueName('list')}.csv`
    serve(path, `${host}\n`)
    const { id } = await subscribe(ctx, site.url + path, null)
    expect(await leaseRetries(ctx.db, { now: ctx.now(), leaseMs: 1_000, limit: 10, perHost: 10 })).toEqual([])
    await unsubscribe(ctx, id, null)
  })

  it('shares with others what it names, and the strictest holds', async () => {
    const { ctx } = test
    const host = `${uniqueName('shared')}.example`
    const paths = [`/${uniqueName('a')}.csv`, `/${uniqueName('b')}.csv`] as const
    serve(paths[0], `#domain,#severity,#reject_media\n${host},silence,true\n`)
    serve(paths[1], `#domain,#severity\n${host},suspend\n`)
    const soft = await subscribe(ctx, site.url + paths[0], null)
    expect(await severityOf(host)).toBe('limit')
    const hard = await subscribe(ctx, site.url + paths[1], null)
    expect(await findDomain(ctx.db, host)).toMatchObject({ severity: 'block', rejectsMedia: true, listId: hard.id })
    await unsubscribe(ctx, hard.id, null)
    expect(await findDomain(ctx.db, host)).toMatchObject({ severity: 'limit', listId: soft.id })
    await unsubscribe(ctx, soft.id, null)
  })

  it('still holds when it cannot be read, and says why', async () => {
    const { ctx } = test
    const path = `/${uniqueName('list')}.csv`
    const host = `${uniqueName('kept')}.example`
    serve(path, `${host}\n`, { etag: '"one"' })
    const { id } = await subscribe(ctx, site.url + path, null)
    site.serve(path, { headers: { 'content-type': 'text/html' }, body: '<p>moved</p>' })
    await nextDay()
    expect(await findList(ctx.db, id)).toMatchObject({ lastError: 'That is not a list but text/html', etag: '"one"' })
    serve(path, '# empty\n')
    await nextDay()
    expect(await findList(ctx.db, id)).toMatchObject({ lastError: expect.stringContaining('no server in the list') })
    expect(await severityOf(host)).toBe('block')
    await expect(subscribe(ctx, site.url + path, null)).rejects.toThrow('subscribes to that list already')
    await expect(subscribe(ctx, 'ftp://there.example/list', null)).rejects.toMatchObject({ code: 'invalid' })
    const asked = site.gets.filter((get) => get.path === path).length
    await refreshLists(ctx)
    expect(site.gets.filter((get) => get.path === path)).toHaveLength(asked)
    await unsubscribe(ctx, id, null)
  })
})

describe('the API of administrators', () => {
  const path = '/api/v1/admin/domain_blocks'
  const admin = async (scopes: string[]) => {
    const { headers, userId } = await test.signIn(uniqueName('admin'), scopes)
    await changeRight(test.ctx, userId, 'promoted')
    return createClient(test.app, headers)
  }

  it('decides about servers, and lets them be again', async () => {
    const client = await admin(['admin:read', 'admin:write'])
    const domain = `${uniqueName('api')}.example`
    const made = await client.post(path, { domain, severity: 'suspend', private_comment: 'seen', obfuscate: true })
    expect(made.body).toMatchObject({ domain, severity: 'suspend', private_comment: 'seen', public_comment: null })
    const { id } = made.body
    expect((await client.post(path, { domain })).status).toBe(422)
    expect((await client.put(`${path}/${id}`, { severity: 'silence', reject_media: true })).body).toMatchObject({
      id,
      severity: 'silence',
      reject_media: true,
      private_comment: 'seen',
      obfuscate: true,
    })
    expect((await client.get(path)).body).toContainEqual(expect.objectContaining({ id, domain }))
    const open = (await createClient(test.app).get('/api/v1/instance/domain_blocks')).body
    // Its name is hidden from everybody, and its digest tells who knows it.
    expect(open.map((one: { domain: string }) => one.domain)).not.toContain(domain)
    expect(open).toContainEqual(expect.objectContaining({ digest: made.body.digest, severity: 'silence' }))
    expect((await client.delete(`${path}/${id}`)).status).toBe(200)
    expect((await client.get(`${path}/${id}`)).status).toBe(404)
    expect((await client.post(path, { domain: 'no name' })).status).toBe(422)
  })

  it('allows servers, page by page', async () => {
    const client = await admin(['admin:read:domain_allows', 'admin:write:domain_allows'])
    const names = [`${uniqueName('ally')}.example`, `${uniqueName('ally')}.example`]
    for (const domain of names) await client.post('/api/v1/admin/domain_allows', { domain })
    const { body } = await client.get('/api/v1/admin/domain_allows?limit=1')
    expect(body).toMatchObject([{ domain: names[1] }])
    const rest = await client.get(`/api/v1/admin/domain_allows?max_id=${body[0].id}&limit=1`)
    expect(rest.body).toMatchObject([{ domain: names[0] }])
    expect((await client.delete(`/api/v1/admin/domain_allows/${body[0].id}`)).status).toBe(200)
    expect((await client.get(`/api/v1/admin/domain_allows/${body[0].id}`)).status).toBe(404)
    expect((await client.get(path)).status).toBe(403)
  })

  it('is there for nobody else, whatever their token says', async () => {
    const { headers } = await test.signIn(uniqueName('person'), ['admin:read', 'admin:write'])
    const client = createClient(test.app, headers)
    expect((await client.get(path)).status).toBe(403)
    expect((await client.post(path, { domain: 'taken.example' })).status).toBe(403)
    expect((await (await admin(['read', 'write'])).get(path)).status).toBe(403)
    expect((await createClient(test.app).get(path)).status).toBe(401)
    expect(await findDomain(test.ctx.db, 'taken.example')).toBeNull()
  })
})
