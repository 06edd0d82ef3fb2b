import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mutes } from '#src/db/schema/mutes.ts'
import { allowQuote } from '#src/features/posts/quote.ts'
import { publishDue } from '#src/features/schedule/publish.ts'
import { AnonymousStatus, CredentialAccount, Notification, Preferences, Status } from '#test/contract/schemas.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { type Client, createClient, type Json } from '#test/support/client.ts'
import { tellEverybody } from '#test/support/effects.ts'
import { takeFacts } from '#test/support/facts.ts'
import { make, uniqueName } from '#test/support/make.ts'

let test: TestApp
beforeAll(async () => {
  test = await createTestApp()
})
afterAll(() => test.close())

async function somebody(scopes?: string[]) {
  const handle = uniqueName('quoter')
  const { actorId, headers, viewer } = await test.signIn(handle, scopes)
  return { client: createClient(test.app, headers), actorId, viewer, handle }
}

const anybody = () => createClient(test.app)
const follow = (follower: { actorId: string }, followee: { actorId: string }) =>
  make.follow(test.ctx, { followerId: follower.actorId, followeeId: followee.actorId, state: 'accepted' })

async function post(client: Client, more: object = {}): Promise<Json> {
  const { status, body } = await client.post('/api/v1/statuses', { status: 'something', ...more })
  expect(status, JSON.stringify(body)).toBe(200)
  return Status.parse(body)
}
const open = (client: Client, more: object = {}) => post(client, { quote_approval_policy: 'public', ...more })
const quote = (client: Client, quoted: Json, more: object = {}) =>
  post(client, { status: 'look at this', quoted_status_id: quoted.id, ...more })
const read = async (client: Client, id: string): Promise<Json> =>
  Status.parse((await client.get(`/api/v1/statuses/${id}`)).body)
const factsOf = async (id: string) => (await takeFacts(test.ctx)).filter(({ postId }) => postId === id)
const toldOf = async (client: Client, type: string): Promise<Json[]> => {
  await tellEverybody(test.ctx)
  const { body } = await client.get(`/api/v1/notifications?types[]=${type}`)
  return body.map((one: Json) => Notification.parse(one))
}

describe('a quote', () => {
  it('shows what it quotes, to everybody, with the way there for programs that know no quotes', async () => {
    const [author, quoter] = [await somebody(), await somebody()]
    const quoted = await open(author.client)
    expect(quoted.quote_approval).toEqual({ automatic: ['public'], manual: [], current_user: 'automatic' })
    const made = await quote(quoter.client, quoted)
    expect(made.quote).toMatchObject({ state: 'accepted', quoted_status: { id: quoted.id, quote: null } })
    expect(made.content).toMatch(/^<p class="quote-inline">RE: <a href="[^"]+" .*<p>look at this<\/p>$/)
    expect(made.content).toContain(`href="${quoted.url}"`)
    const { body } = await anybody().get(`/api/v1/statuses/${made.id}`)
    expect(AnonymousStatus.parse(body).quote).toMatchObject({ state: 'accepted', quoted_status: { id: quoted.id } })
    expect(await read(author.client, quoted.id)).toMatchObject({ quotes_count: 1 })
    expect((await factsOf(made.id)).map(({ type }) => type).sort()).toEqual(['post.created', 'quote.accepted'])
  })

  it('does not name what its text names already', async () => {
    const [author, quoter] = [await somebody(), await somebody()]
    const quoted = await open(author.client)
    const { content } = await quote(quoter.client, quoted, { status: `look ${quoted.url}` })
    expect(content).not.toContain('quote-inline')
    expect(content.split(quoted.url)).toHaveLength(2)
  })

  it('in what is quoted is only named', async () => {
    const [author, quoter, third] = [await somebody(), await somebody(), await somebody()]
    const first = await open(author.client)
    const second = await quote(quoter.client, first, { quote_approval_policy: 'public' })
    const last = await quote(third.client, second, { quote_approval_policy: 'public' })
    expect(last.quote.quoted_status).toMatchObject({
      id: second.id,
      quote: { state: 'accepted', quoted_status_id: first.id },
    })
    const boost = (await author.client.post(`/api/v1/statuses/${last.id}/reblog`)).body
    expect(Status.parse(boost)).toMatchObject({
      quote: null,
      quote_approval: { automatic: [], manual: [], current_user: 'denied' },
      reblog: { quote: { state: 'accepted', quoted_status: { id: second.id } } },
    })
    expect((await quote(author.client, boost)).quote).toMatchObject({ quoted_status: { id: last.id } })
  })

  it('tells its author once, and nobody of their own', async () => {
    const [author, quoter] = [await somebody(), await somebody()]
    const quoted = await open(author.client)
    const made = await quote(quoter.client, quoted)
    await quote(author.client, quoted)
    expect(await toldOf(author.client, 'quote')).toMatchObject([
      { type: 'quote', account: { id: quoter.actorId }, status: { id: made.id, quote: { state: 'accepted' } } },
    ])
  })

  it('tells who quotes of an edit, with their own post', async () => {
    const [author, quoter] = [await somebody(), await somebody()]
    const quoted = await open(author.client)
    const made = await quote(quoter.client, quoted)
    for (const status of ['otherwise', 'otherwise again']) {
      await author.client.put(`/api/v1/statuses/${quoted.id}`, { status })
      expect(await toldOf(quoter.client, 'quoted_update')).toMatchObject([
        { account: { id: author.actorId }, status: { id: made.id } },
      ])
    }
  })
})

describe('consent to a quote', () => {
  it.each([
    ['public', 'stranger', 200],
    ['followers', 'stranger', 404],
    ['followers', 'follower', 200],
    ['nobody', 'follower', 404],
    ['nobody', 'author', 200],
  ])('of %s: a %s gets %i', async (policy, who, expected) => {
    const [author, other] = [await somebody(), await somebody()]
    if (who === 'follower') await follow(other, author)
    const quoter = who === 'author' ? author : other
    const quoted = await post(author.client, { quote_approval_policy: policy })
    const seen = await read(quoter.client, quoted.id)
    expect(seen.quote_approval.current_user).toBe(expected === 200 ? 'automatic' : 'denied')
    const answer = await quoter.client.post('/api/v1/statuses', { status: 'x', quoted_status_id: quoted.id })
    expect(answer.status).toBe(expected)
    if (expected === 404) expect(answer.body.error).toContain('does not let you quote')
  })

  it('follows the settings where the post does not say', async () => {
    const { client } = await somebody()
    expect((await post(client)).quote_approval.automatic).toEqual(['followers'])
    const settings = await client.patch('/api/v1/accounts/update_credentials', { source: { quote_policy: 'nobody' } })
    expect(CredentialAccount.parse(settings.body).source.quote_policy).toBe('nobody')
    expect((await post(client)).quote_approval.automatic).toEqual([])
    const preferences = Preferences.parse((await client.get('/api/v1/preferences')).body)
    expect(preferences['posting:default:quote_policy']).toBe('nobody')
  })

  it('is changed by the author alone, without an edit, and does not touch quotes that are there', async () => {
    const [author, quoter] = [await somebody(), await somebody()]
    const quoted = await open(author.client)
    const made = await quote(quoter.client, quoted)
    const address = `/api/v1/statuses/${quoted.id}/interaction_policy`
    await factsOf(quoted.id)
    const { body } = await author.client.put(address, { quote_approval_policy: 'nobody' })
    expect(Status.parse(body)).toMatchObject({ edited_at: null, quote_approval: { automatic: [] } })
    expect(await factsOf(quoted.id)).toMatchObject([{ type: 'quotability.changed' }])
    await author.client.form('PUT', address, [['quote_approval_policy', 'nobody']])
    expect(await factsOf(quoted.id)).toEqual([])
    expect((await read(quoter.client, made.id)).quote.state).toBe('accepted')
    expect((await quoter.client.put(address, { quote_approval_policy: 'public' })).status).toBe(404)
    expect((await author.client.put(address, { quote_approval_policy: 'friends' })).status).toBe(422)
    expect((await author.client.put(address, {})).status).toBe(422)
    expect((await anybody().put(address, { quote_approval_policy: 'public' })).status).toBe(401)
    const edited = await author.client.put(`/api/v1/statuses/${quoted.id}`, { quote_approval_policy: 'public' })
    expect(edited.body).toMatchObject({ edited_at: null, quote_approval: { automatic: ['public'] } })
  })

  it('is nobody’s but the author’s for what is not for everybody', async () => {
    const [author, reader] = [await somebody(), await somebody()]
    await follow(reader, author)
    const quoted = await open(author.client, { visibility: 'private' })
    expect(quoted.quote_approval).toEqual({ automatic: [], manual: [], current_user: 'automatic' })
    expect((await read(reader.client, quoted.id)).quote_approval.current_user).toBe('denied')
    expect(
      (await author.client.put(`/api/v1/statuses/${quoted.id}/interaction_policy`, { quote_approval_policy: 'public' }))
        .body.quote_approval.automatic,
    ).toEqual([])
    const own = await quote(author.client, quoted, { visibility: 'public' })
    expect(own).toMatchObject({ visibility: 'private', quote: { state: 'accepted' } })
    expect((await read(author.client, quoted.id)).quotes_count).toBe(0)
    const direct = await open(author.client, { visibility: 'direct' })
    expect(direct.quote_approval.current_user).toBe('denied')
    const answer = await author.client.post('/api/v1/statuses', { status: 'x', quoted_status_id: direct.id })
    expect(answer.status).toBe(404)
  })

  it('is withdrawn by the author', async () => {
    const [author, quoter] = [await somebody(), await somebody()]
    const quoted = await open(author.client)
    const made = await quote(quoter.client, quoted)
    const address = `/api/v1/statuses/${quoted.id}/quotes/${made.id}/revoke`
    expect((await quoter.client.post(address)).status).toBe(403)
    expect((await author.client.post(`/api/v1/statuses/${made.id}/quotes/${quoted.id}/revoke`)).status).toBe(404)
    expect((await anybody().post(address)).status).toBe(401)
    const { body } = await author.client.post(address)
    expect(Status.parse(body)).toMatchObject({ id: made.id, quote: { state: 'revoked', quoted_status: null } })
    expect(body.content).toBe('<p>look at this</p>')
    expect((await author.client.post(address)).status).toBe(200)
    expect((await read(author.client, quoted.id)).quotes_count).toBe(0)
    expect((await author.client.get(`/api/v1/statuses/${quoted.id}/quotes`)).body).toEqual([])
    const facts = await factsOf(made.id)
    expect(
      facts
        .map(({ type }) => type)
        .filter((type) => type !== 'post.created')
        .sort(),
    ).toEqual(['quote.accepted', 'quote.revoked', 'quote.settled'])
  })

  it('is asked for where the author wants to be asked, and shown only when it is given', async () => {
    const [author, quoter, other] = [await somebody(), await somebody(), await somebody()]
    await test.ctx.db.$client`update local_actors set default_quote_policy = 'asked' where actor_id = ${author.actorId}`
    const quoted = await post(author.client)
    expect((await read(quoter.client, quoted.id)).quote_approval).toEqual({
      automatic: ['followers'],
      manual: ['public'],
      current_user: 'manual',
    })
    const [made, refused] = [await quote(quoter.client, quoted), await quote(other.client, quoted)]
    expect(made.quote).toEqual({ state: 'pending', quoted_status: null })
    expect((await author.client.get(`/api/v1/statuses/${quoted.id}/quotes`)).body).toEqual([])
    expect(await toldOf(author.client, 'quote')).toHaveLength(2)
    await expect(allowQuote(test.ctx, quoter.viewer, quoted.id, made.id)).rejects.toMatchObject({ code: 'forbidden' })
    await allowQuote(test.ctx, author.viewer, quoted.id, made.id)
    expect((await read(other.client, made.id)).quote).toMatchObject({ state: 'accepted' })
    await author.client.post(`/api/v1/statuses/${quoted.id}/quotes/${refused.id}/revoke`)
    expect((await read(other.client, refused.id)).quote).toEqual({ state: 'rejected', quoted_status: null })
    await expect(allowQuote(test.ctx, author.viewer, quoted.id, refused.id)).rejects.toMatchObject({ code: 'conflict' })
    expect((await read(author.client, quoted.id)).quotes_count).toBe(1)
  })

  it('is not asked of who cannot be told: a quote to named people names its author', async () => {
    const [author, quoter] = [await somebody(), await somebody()]
    const quoted = await open(author.client)
    const wish = { quoted_status_id: quoted.id, visibility: 'direct' }
    expect((await quoter.client.post('/api/v1/statuses', { status: 'x', ...wish })).status).toBe(422)
    const made = await quote(quoter.client, quoted, { status: `@${author.handle} yours`, visibility: 'direct' })
    expect((await read(author.client, made.id)).quote.state).toBe('accepted')
    expect((await read(author.client, quoted.id)).quotes_count).toBe(0)
    const narrow = await quote(quoter.client, quoted, { visibility: 'private' })
    expect((await read(author.client, narrow.id)).quote.state).toBe('accepted')
  })
})

describe('what a reader may not see', () => {
  it('is not shown in a quote', async () => {
    const [author, quoter, fan, reader] = [await somebody(), await somebody(), await somebody(), await somebody()]
    await follow(fan, author)
    const hidden = await post(author.client, { visibility: 'private' })
    const own = await quote(author.client, hidden, { visibility: 'private', status: `@${reader.handle} look` })
    expect((await read(fan.client, own.id)).quote).toMatchObject({ state: 'accepted' })
    const seen = await read(reader.client, own.id)
    expect(seen.quote).toEqual({ state: 'unauthorized', quoted_status: null })
    expect(JSON.stringify(seen)).not.toContain(hidden.id)
    const quoted = await open(author.client, { status: 'a secret word' })
    const made = await quote(quoter.client, quoted)
    await reader.client.post(`/api/v1/accounts/${author.actorId}/block`)
    const blocked = await read(reader.client, made.id)
    expect(blocked.quote).toEqual({ state: 'blocked_account', quoted_status: null })
    expect(JSON.stringify(blocked)).not.toContain('secret')
    expect(JSON.stringify(blocked)).not.toContain(quoted.id)
    await author.client.post(`/api/v1/accounts/${fan.actorId}/block`)
    expect((await read(fan.client, made.id)).quote).toEqual({ state: 'unauthorized', quoted_status: null })
    expect((await fan.client.post('/api/v1/statuses', { status: 'x', quoted_status_id: quoted.id })).status).toBe(404)
  })

  it('says of somebody muted who it is about', async () => {
    const [author, quoter, reader] = [await somebody(), await somebody(), await somebody()]
    const made = await quote(quoter.client, await open(author.client))
    await test.ctx.db.insert(mutes).values({
      actorId: reader.actorId,
      mutedId: author.actorId,
      hidesNotifications: true,
      userId: reader.viewer.userId,
    })
    expect((await read(reader.client, made.id)).quote).toMatchObject({
      state: 'muted_account',
      quoted_status: { account: { id: author.actorId } },
    })
  })

  it('says of a server that the reader shuns that it is one', async () => {
    const [quoter, reader] = [await somebody(), await somebody()]
    const far = await make.remoteActor(test.ctx, { host: 'shunned.example' })
    const { id } = await make.post(test.ctx, { actorId: far.id, iri: 'https://shunned.example/1' })
    await test.ctx.db.$client`update posts set quote_automatic = '{public}' where id = ${id}`
    const made = await quote(quoter.client, { id })
    expect(made.quote).toEqual({ state: 'pending', quoted_status: null })
    await test.ctx.db.$client`update quotes set state = 'accepted' where post_id = ${made.id}`
    expect((await read(reader.client, made.id)).quote).toMatchObject({ state: 'accepted', quoted_status: { id } })
    await reader.client.post('/api/v1/domain_blocks', { domain: 'shunned.example' })
    expect((await read(reader.client, made.id)).quote).toEqual({ state: 'blocked_domain', quoted_status: null })
  })

  it('is gone when it is deleted, and so is the count when the quote is', async () => {
    const [author, quoter] = [await somebody(), await somebody()]
    const quoted = await open(author.client)
    const [made, other] = [await quote(quoter.client, quoted), await quote(quoter.client, quoted)]
    const gone = await quoter.client.delete(`/api/v1/statuses/${other.id}`)
    expect(gone.body.quote).toMatchObject({ state: 'accepted', quoted_status: { id: quoted.id } })
    expect((await read(author.client, quoted.id)).quotes_count).toBe(1)
    await author.client.post(`/api/v1/statuses/${quoted.id}/quotes/${made.id}/revoke`)
    await author.client.delete(`/api/v1/statuses/${quoted.id}`)
    expect((await read(quoter.client, made.id)).quote.state).toBe('revoked')
    const again = await open(author.client)
    const last = await quote(quoter.client, again)
    await author.client.delete(`/api/v1/statuses/${again.id}`)
    expect((await read(quoter.client, last.id)).quote).toEqual({ state: 'deleted', quoted_status: null })
  })

  it('tells who deletes a quote what it quoted, though its author does not want that', async () => {
    const [author, quoter] = [await somebody(), await somebody()]
    const quoted = await open(author.client)
    const made = await quote(quoter.client, quoted)
    await author.client.post(`/api/v1/statuses/${quoted.id}/quotes/${made.id}/revoke`)
    const { body } = await quoter.client.delete(`/api/v1/statuses/${made.id}`)
    expect(Status.parse(body).quote).toMatchObject({
      state: 'revoked',
      quoted_status: { id: quoted.id },
    })
  })

  it('is found by filters in what is quoted', async () => {
    const [author, quoter, reader] = [await somebody(), await somebody(), await somebody()]
    await reader.client.post('/api/v2/filters', {
      title: 'no rain',
      context: ['home'],
      keywords_attributes: [{ keyword: 'rain', whole_word: true }],
    })
    const made = await quote(quoter.client, await open(author.client, { status: 'rain again' }))
    const seen = await read(reader.client, made.id)
    expect(seen.filtered).toEqual([])
    expect(seen.quote.quoted_status.filtered).toMatchObject([{ filter: { title: 'no rain' } }])
  })
})

describe('the quotes of a post', () => {
  it('are listed page by page, as far as the reader may see them', async () => {
    const [author, quoter, reader] = [await somebody(), await somebody(), await somebody()]
    const quoted = await open(author.client)
    const made: Json[] = []
    for (let number = 0; number < 3; number += 1) made.push(await quote(quoter.client, quoted))
    await quote(quoter.client, quoted, { visibility: 'private' })
    const address = `/api/v1/statuses/${quoted.id}/quotes`
    const ids = async (client: Client, query = '') =>
      (await client.get(`${address}${query}`)).body.map((one: Json) => Status.parse(one).id)
    const [oldest, middle, newest] = made.map(({ id }) => id)
    expect(await ids(reader.client)).toEqual([newest, middle, oldest])
    expect(await ids(author.client)).toHaveLength(4)
    expect(await ids(reader.client, `?max_id=${newest}&limit=1`)).toEqual([middle])
    expect(await ids(reader.client, `?since_id=${oldest}`)).toEqual([newest, middle])
    expect(await ids(reader.client, `?min_id=${oldest}&limit=1`)).toEqual([middle])
    const { headers } = await reader.client.get(`${address}?limit=2`)
    expect(headers.link).toContain(`max_id=${middle}`)
    expect(headers.link).toContain(`min_id=${newest}`)
    expect((await anybody().get(address)).status).toBe(401)
    expect((await reader.client.get('/api/v1/statuses/1/quotes')).status).toBe(404)
    const unscoped = await somebody(['write'])
    expect((await unscoped.client.get(address)).status).toBe(403)
    await reader.client.post(`/api/v1/accounts/${quoter.actorId}/block`)
    expect(await ids(reader.client)).toEqual([])
  })
})

describe('writing a quote', () => {
  it('refuses what cannot be quoted', async () => {
    const { client } = await somebody()
    for (const id of ['1', 'nonsense']) {
      const answer = await client.post('/api/v1/statuses', { status: 'x', quoted_status_id: id })
      expect([answer.status, answer.body.error]).toEqual([404, expect.stringContaining('quoting')])
    }
    expect((await client.post('/api/v1/statuses', { status: 'x', quote_id: '1' })).status).toBe(422)
  })

  it('keeps what is quoted through edits', async () => {
    const [author, quoter] = [await somebody(), await somebody()]
    const [quoted, other] = [await open(author.client), await open(author.client)]
    const made = await quote(quoter.client, quoted)
    const edited = await quoter.client.put(`/api/v1/statuses/${made.id}`, {
      status: 'else',
      quoted_status_id: quoted.id,
    })
    expect(Status.parse(edited.body).quote).toMatchObject({ state: 'accepted', quoted_status: { id: quoted.id } })
    const { body: history } = await quoter.client.get(`/api/v1/statuses/${made.id}/history`)
    expect(history.map(({ quote }: Json) => [quote.state, quote.quoted_status.id])).toEqual([
      ['accepted', quoted.id],
      ['accepted', quoted.id],
    ])
    const wrong = await quoter.client.put(`/api/v1/statuses/${made.id}`, { status: 'x', quoted_status_id: other.id })
    expect(wrong.status).toBe(422)
    expect(wrong.body.error).toContain('cannot be changed by an edit')
  })

  it('waits for its time like every other post', async () => {
    const [author, quoter] = [await somebody(), await somebody()]
    const quoted = await open(author.client)
    const later = new Date(test.clock.now().getTime() + 3_600_000).toISOString()
    const wish = { status: 'later', quoted_status_id: quoted.id, scheduled_at: later, quote_approval_policy: 'nobody' }
    const { body } = await quoter.client.post('/api/v1/statuses', wish)
    expect(body.params).toMatchObject({ quoted_status_id: quoted.id, quote_approval_policy: 'nobody' })
    test.clock.pass(3_700_000)
    await publishDue(test.ctx)
    const [published] = (await quoter.client.get(`/api/v1/accounts/${quoter.actorId}/statuses`)).body
    expect(Status.parse(published)).toMatchObject({
      quote: { state: 'accepted', quoted_status: { id: quoted.id } },
      quote_approval: { automatic: [] },
    })
  })
})
