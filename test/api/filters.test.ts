import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Filter, FilterKeyword, FilterStatus, Notification, OldFilter, Status } from '#test/contract/schemas.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { type Client, createClient, idsOf } from '#test/support/client.ts'
import { tellEverybody } from '#test/support/effects.ts'
import { make, uniqueName } from '#test/support/make.ts'

let test: TestApp
beforeAll(async () => {
  test = await createTestApp()
})
afterAll(() => test.close())

async function somebody(scopes?: string[]) {
  const handle = uniqueName('person')
  const { actorId, headers, viewer } = await test.signIn(handle, scopes)
  return { client: createClient(test.app, headers), actorId, viewer, handle }
}

const write = async (client: Client, status: string, more = {}): Promise<string> =>
  (await client.post('/api/v1/statuses', { status, ...more })).body.id

const everywhere = ['home', 'notifications', 'public', 'thread', 'account']

const keep = async (client: Client, keyword: string, more = {}) =>
  (
    await client.post('/api/v2/filters', {
      title: `No ${keyword}`,
      context: everywhere,
      keywords_attributes: [{ keyword }],
      ...more,
    })
  ).body

describe('filters', () => {
  it('are made, read, changed and removed by their owner (row 27)', async () => {
    const [owner, other] = [await somebody(), await somebody()]
    const made = await owner.client.post('/api/v2/filters', {
      title: 'Bread',
      context: ['public', 'home', 'home'],
      filter_action: 'hide',
      expires_in: '3600',
      keywords_attributes: [{ keyword: 'bread', whole_word: 'false' }, { keyword: 1789 }, { keyword: '' }],
    })
    const filter = Filter.parse(made.body)
    expect(filter).toMatchObject({ title: 'Bread', context: ['home', 'public'], filter_action: 'hide', statuses: [] })
    expect(filter.expires_at).toBe(new Date(test.clock.now().getTime() + 3_600_000).toISOString())
    const [first, second] = filter.keywords
    expect(filter.keywords.map(({ keyword, whole_word }) => [keyword, whole_word])).toEqual([
      ['bread', false],
      ['1789', true],
    ])
    const path = `/api/v2/filters/${filter.id}`
    const changed = await owner.client.put(path, {
      title: 'Butter',
      filter_action: 'blur',
      expires_in: '',
      keywords_attributes: [
        { id: first?.id, _destroy: true },
        { id: second?.id, keyword: 'butter' },
        { keyword: 'jam' },
      ],
    })
    expect(Filter.parse(changed.body)).toMatchObject({
      title: 'Butter',
      context: ['home', 'public'],
      filter_action: 'blur',
      expires_at: null,
      keywords: [{ id: second?.id, keyword: 'butter', whole_word: true }, { keyword: 'jam' }],
    })
    expect((await owner.client.get(path)).body).toEqual(changed.body)
    expect((await owner.client.get('/api/v2/filters')).body).toEqual([changed.body])
    expect((await other.client.get('/api/v2/filters')).body).toEqual([])
    for (const answer of [other.client.get(path), other.client.put(path, { title: 'x' }), other.client.delete(path)])
      expect((await answer).status).toBe(404)
    expect((await owner.client.delete(path)).body).toEqual({})
    expect((await owner.client.get(path)).status).toBe(404)
    expect((await owner.client.delete(path)).status).toBe(404)
  })

  it('come in forms as Rails reads them', async () => {
    const { client } = await somebody()
    const fields = [
      ['title', 'test'],
      ['context[]', 'public'],
      ['context[]', 'thread'],
      ['keywords_attributes[][keyword]', 'foo'],
      ['keywords_attributes[][whole_word]', 'false'],
      ['keywords_attributes[][keyword]', 'bar'],
      ['keywords_attributes[][whole_word]', 'true'],
    ] as const
    for (const answer of [
      client.form('POST', '/api/v2/filters', fields),
      client.multipart('POST', '/api/v2/filters', fields),
    ])
      expect(Filter.parse((await answer).body)).toMatchObject({
        context: ['public', 'thread'],
        filter_action: 'warn',
        keywords: [
          { keyword: 'foo', whole_word: false },
          { keyword: 'bar', whole_word: true },
        ],
      })
    const { body } = await client.post('/api/v2/filters', {
      title: 'numbered',
      context: 'home',
      filter_action: 'blur_media',
      keywords_attributes: { 0: { keyword: 'a' }, 1: { keyword: 'b' } },
    })
    expect(Filter.parse(body)).toMatchObject({ filter_action: 'blur', keywords: [{ keyword: 'a' }, { keyword: 'b' }] })
  })

  it('are refused with the sentences that clients know', async () => {
    const { client } = await somebody()
    const post = async (body: object) => {
      const { status, body: answer } = await client.post('/api/v2/filters', body)
      return [status, answer.error]
    }
    expect(await post({})).toEqual([
      422,
      "Validation failed: Title can't be blank, Context can't be blank, Context None or invalid context supplied",
    ])
    const whole = { title: 'a', context: ['home'] }
    expect(await post({ ...whole, context: ['home', 'moon'] })).toEqual([
      422,
      'Validation failed: Context None or invalid context supplied',
    ])
    const refusals = [
      { title: 'a'.repeat(257) },
      { filter_action: 'sing' },
      { expires_in: 'soon' },
      { expires_in: -1 },
      { keywords_attributes: [{ keyword: ' ', whole_word: true }] },
      { keywords_attributes: [{ keyword: 'a'.repeat(513) }] },
      { keywords_attributes: Array.from({ length: 501 }, () => ({ keyword: 'a' })) },
    ]
    for (const more of refusals) expect((await post({ ...whole, ...more }))[0], JSON.stringify(more)).toBe(422)
    expect((await post({ ...whole, keywords_attributes: [{ id: '1', keyword: 'a' }] }))[0]).toBe(404)
    expect((await client.get('/api/v2/filters')).body).toEqual([])
    const [one, two] = [await keep(client, 'a'), await keep(client, 'b')]
    const foreign = { keywords_attributes: [{ id: two.keywords[0].id, keyword: 'c' }] }
    expect((await client.put(`/api/v2/filters/${one.id}`, foreign)).status).toBe(404)
    expect((await client.put(`/api/v2/filters/${one.id}`, { title: '' })).status).toBe(422)
    expect((await client.get('/api/v2/filters/x')).status).toBe(404)
  })

  it('need their scopes, and a role that does more than read', async () => {
    const reader = await somebody(['read:filters'])
    expect((await reader.client.get('/api/v2/filters')).status).toBe(200)
    expect((await reader.client.post('/api/v2/filters', {})).status).toBe(403)
    const writer = await somebody(['write:filters'])
    expect((await writer.client.get('/api/v1/filters')).status).toBe(403)
    expect((await createClient(test.app).get('/api/v2/filters')).status).toBe(401)
    await test.ctx.db.$client`update memberships set role = 'analyst' where actor_id = ${writer.actorId}`
    expect((await keep(writer.client, 'a')).error).toContain('Your role')
  })
})

describe('the keywords of a filter', () => {
  it('are added, changed and removed one by one', async () => {
    const [owner, other] = [await somebody(), await somebody()]
    const filter = await keep(owner.client, 'bread')
    const list = `/api/v2/filters/${filter.id}/keywords`
    const added = FilterKeyword.parse((await owner.client.post(list, { keyword: 'jam', whole_word: '0' })).body)
    expect(added).toMatchObject({ keyword: 'jam', whole_word: false })
    expect((await owner.client.get(list)).body).toEqual([filter.keywords[0], added])
    const path = `/api/v2/filters/keywords/${added.id}`
    expect((await owner.client.get(path)).body).toEqual(added)
    const changed = await owner.client.put(path, { keyword: 'butter' })
    expect(FilterKeyword.parse(changed.body)).toEqual({ ...added, keyword: 'butter' })
    expect((await owner.client.post(list, {})).body.error).toBe("Validation failed: Keyword can't be blank")
    expect((await owner.client.put(path, { keyword: '' })).status).toBe(422)
    for (const answer of [
      other.client.get(list),
      other.client.post(list, { keyword: 'a' }),
      other.client.get(path),
      other.client.put(path, { keyword: 'a' }),
      other.client.delete(path),
    ])
      expect((await answer).status).toBe(404)
    expect((await owner.client.delete(path)).body).toEqual({})
    expect((await owner.client.get(list)).body).toEqual(filter.keywords)
  })
})

describe('the posts of a filter', () => {
  it('are added and removed one by one, and found whatever they say', async () => {
    const [owner, other] = [await somebody(), await somebody()]
    const [id, hidden] = [await write(other.client, 'a'), await write(other.client, 'b', { visibility: 'private' })]
    const { body: boost } = await owner.client.post(`/api/v1/statuses/${id}/reblog`)
    const filter = await keep(owner.client, '', { title: 'These', filter_action: 'hide' })
    const list = `/api/v2/filters/${filter.id}/statuses`
    const added = FilterStatus.parse((await owner.client.post(list, { status_id: id })).body)
    expect(added.status_id).toBe(id)
    expect((await owner.client.post(list, { status_id: id })).status).toBe(422)
    expect((await owner.client.post(list, { status_id: hidden })).status).toBe(404)
    expect((await owner.client.post(list, {})).status).toBe(422)
    expect((await owner.client.get(list)).body).toEqual([added])
    const status = Status.parse((await owner.client.get(`/api/v1/statuses/${id}`)).body)
    expect(status.filtered).toMatchObject([
      { filter: { title: 'These', filter_action: 'hide' }, keyword_matches: null, status_matches: [id] },
    ])
    const boosted = Status.parse((await owner.client.get(`/api/v1/statuses/${boost.id}`)).body)
    expect([boosted.filtered, boosted.reblog?.filtered]).toEqual([status.filtered, status.filtered])
    const path = `/api/v2/filters/statuses/${added.id}`
    expect((await owner.client.get(path)).body).toEqual(added)
    for (const answer of [
      other.client.get(list),
      other.client.post(list, { status_id: id }),
      other.client.get(path),
      other.client.delete(path),
    ])
      expect((await answer).status).toBe(404)
    expect((await owner.client.delete(path)).body).toEqual({})
    expect((await owner.client.get(`/api/v1/statuses/${id}`)).body.filtered).toEqual([])
  })
})

describe('filters of the first version', () => {
  it('are the keywords of the second', async () => {
    const owner = await somebody()
    const made = await owner.client.post('/api/v1/filters', {
      phrase: 'bread',
      context: ['home'],
      irreversible: 'true',
      expires_in: 60,
    })
    const old = OldFilter.parse(made.body)
    expect(old).toMatchObject({ phrase: 'bread', context: ['home'], irreversible: true, whole_word: false })
    expect(old.expires_at).toBe(new Date(test.clock.now().getTime() + 60_000).toISOString())
    const [whole] = (await owner.client.get('/api/v2/filters')).body
    expect(whole).toMatchObject({ title: 'bread', filter_action: 'hide', keywords: [{ id: old.id, keyword: 'bread' }] })
    const path = `/api/v1/filters/${old.id}`
    const changed = await owner.client.put(path, {
      phrase: 'jam',
      context: ['thread'],
      whole_word: true,
      expires_in: '',
    })
    expect(OldFilter.parse(changed.body)).toEqual({
      id: old.id,
      phrase: 'jam',
      context: ['thread'],
      irreversible: true,
      whole_word: true,
      expires_at: null,
    })
    expect((await owner.client.get(`/api/v2/filters/${whole.id}`)).body.title).toBe('jam')
    expect((await owner.client.get(path)).body).toEqual(changed.body)
    expect((await owner.client.get('/api/v1/filters')).body).toEqual([changed.body])
    expect((await owner.client.delete(path)).body).toEqual({})
    expect((await owner.client.get('/api/v1/filters')).body).toEqual([])
    // As Mastodon documents it: only the second version removes the filter.
    expect((await owner.client.get('/api/v2/filters')).body).toMatchObject([{ id: whole.id, keywords: [] }])
  })

  it('do not change what other keywords share, nor what is not theirs', async () => {
    const [owner, other] = [await somebody(), await somebody()]
    const { keywords } = await keep(owner.client, 'a', { keywords_attributes: [{ keyword: 'a' }, { keyword: 'b' }] })
    const path = `/api/v1/filters/${keywords[0].id}`
    expect((await owner.client.put(path, { phrase: 'c', context: everywhere })).body).toMatchObject({ phrase: 'c' })
    expect((await owner.client.put(path, { irreversible: true })).status).toBe(422)
    expect((await owner.client.put(path, { context: ['home'] })).status).toBe(422)
    for (const answer of [other.client.get(path), other.client.put(path, { phrase: 'x' }), other.client.delete(path)])
      expect((await answer).status).toBe(404)
    const refused = async (body: object) => (await owner.client.post('/api/v1/filters', body)).body.error
    expect(await refused({ context: ['home'] })).toBe("Validation failed: Phrase can't be blank")
    expect(await refused({ phrase: 'a' })).toBe(
      "Validation failed: Context can't be blank, Context None or invalid context supplied",
    )
    expect((await owner.client.put(path, { phrase: '' })).body.error).toBe("Validation failed: Phrase can't be blank")
  })
})

describe('a status', () => {
  it('says which filters of its reader it matches, wherever it is read', async () => {
    const [writer, reader] = [await somebody(), await somebody()]
    await make.follow(test.ctx, { followerId: reader.actorId, followeeId: writer.actorId })
    const id = await write(writer.client, `@${reader.handle} Fresh <b> bread & butter`)
    const boost = (await writer.client.post(`/api/v1/statuses/${id}/reblog`)).body.id
    await tellEverybody(test.ctx)
    const filter = await keep(reader.client, 'BREAD & butter', { filter_action: 'hide' })
    const expected = [
      {
        filter: {
          id: filter.id,
          title: 'No BREAD & butter',
          context: everywhere,
          expires_at: null,
          filter_action: 'hide',
        },
        keyword_matches: ['BREAD & butter'],
        status_matches: null,
      },
    ]
    const paths = ['/api/v1/timelines/home', '/api/v1/timelines/public', `/api/v1/accounts/${writer.actorId}/statuses`]
    for (const path of paths) {
      const { body } = await reader.client.get(path)
      const shown = body.map((one: unknown) => Status.parse(one))
      expect(shown.find((one: { id: string }) => one.id === id)?.filtered, path).toEqual(expected)
    }
    const [boosted] = (await reader.client.get(`/api/v1/accounts/${writer.actorId}/statuses`)).body
    expect([boosted.id, boosted.filtered, boosted.reblog.filtered]).toEqual([boost, expected, expected])
    const [notification] = (await reader.client.get('/api/v1/notifications')).body
    expect(Notification.parse(notification)).toMatchObject({ type: 'mention', status: { id, filtered: expected } })
    expect((await writer.client.get(`/api/v1/statuses/${id}`)).body.filtered).toEqual([])
    expect((await createClient(test.app).get(`/api/v1/statuses/${id}`)).body).not.toHaveProperty('filtered')
  })

  it('is looked through with its warning, its poll and what its pictures show', async () => {
    const [writer, reader] = [await somebody(), await somebody()]
    const warned = await write(writer.client, 'a', { spoiler_text: 'Spiders' })
    const picture = await make.picture(test.ctx, { actorId: writer.actorId, description: 'Two spiders at work' })
    const pictured = await write(writer.client, 'b', { media_ids: [picture.id] })
    const asked = await write(writer.client, 'c', { poll: { options: ['Spiders', 'Ants'], expires_in: 3_600 } })
    await keep(reader.client, 'spiders')
    for (const id of [warned, pictured, asked])
      expect((await reader.client.get(`/api/v1/statuses/${id}`)).body.filtered).toHaveLength(1)
  })

  it('is shown through the filters as they are now', async () => {
    const [writer, reader] = [await somebody(), await somebody()]
    const id = await write(writer.client, 'bread')
    const titles = async () =>
      (await reader.client.get(`/api/v1/statuses/${id}`)).body.filtered.map(
        ({ filter }: { filter: { title: string } }) => filter.title,
      )
    const filter = await keep(reader.client, 'bread', { expires_in: 60 })
    expect(await titles()).toEqual(['No bread'])
    await reader.client.put(`/api/v2/filters/${filter.id}`, { title: 'Diet' })
    expect(await titles()).toEqual(['Diet'])
    await reader.client.put(`/api/v2/filters/keywords/${filter.keywords[0].id}`, { keyword: 'jam' })
    expect(await titles()).toEqual([])
    await reader.client.put(`/api/v2/filters/keywords/${filter.keywords[0].id}`, { keyword: 'bread' })
    expect(await titles()).toEqual(['Diet'])
    test.clock.pass(60_000)
    expect(await titles()).toEqual([])
    expect(idsOf(await reader.client.get('/api/v2/filters'))).toEqual([filter.id])
    await reader.client.put(`/api/v2/filters/${filter.id}`, { expires_in: null })
    expect(await titles()).toEqual(['Diet'])
    await reader.client.delete(`/api/v2/filters/${filter.id}`)
    expect(await titles()).toEqual([])
  })
})

describe('pages', () => {
  it('ask before they show what a filter finds, and leave out what it hides', async () => {
    const [writer, reader] = [await somebody(), await somebody()]
    const { headers } = await test.browse(reader.handle)
    const page = async (path: string) => (await test.app.inject({ url: path, headers })).body
    const [asked, hidden] = [await write(writer.client, 'Fresh bread'), await write(writer.client, 'Fresh herring')]
    const profile = `/@${writer.handle}/with_replies`
    await keep(reader.client, 'bread', { context: ['account', 'thread'] })
    await keep(reader.client, 'herring', { context: ['account'], filter_action: 'hide' })
    const shown = await page(profile)
    expect(shown).toContain('Filtered: No bread')
    expect(shown).not.toContain('herring')
    expect(await page(`/@${writer.handle}`)).toContain('Filtered: No bread')
    expect(await page(`/@${writer.handle}/${asked}`)).toContain('Filtered: No bread')
    expect(await page(`/@${writer.handle}/${hidden}`)).not.toContain('Filtered')
    await keep(reader.client, 'herring', { context: ['thread'], filter_action: 'hide' })
    // Who asks for one post is not told that it is not there.
    expect(await page(`/@${writer.handle}/${hidden}`)).toContain('Filtered: No herring')
    const poll = { options: ['Rye', 'Wheat'], expires_in: 3_600 }
    await keep(reader.client, 'rye', { context: ['thread'] })
    const asking = await page(`/@${writer.handle}/${await write(writer.client, 'Which?', { poll })}`)
    expect(asking.indexOf('Wheat')).toBeGreaterThan(asking.indexOf('Filtered: No rye'))
    expect(asking.indexOf('Wheat')).toBeLessThan(asking.indexOf('</details>', asking.indexOf('Filtered: No rye')))
    const anonymous = await test.app.inject(profile)
    expect(anonymous.body).toContain('Fresh herring')
    expect(anonymous.body).not.toContain('Filtered')
  })
})
