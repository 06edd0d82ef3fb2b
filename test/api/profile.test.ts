import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { actors } from '#src/db/schema/actors.ts'
import { moveMarker } from '#src/features/notifications/marker-queries.ts'
import { CredentialAccount, Preferences, Profile } from '#test/contract/schemas.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { createClient } from '#test/support/client.ts'
import { takeFacts } from '#test/support/facts.ts'
import { make, uniqueName } from '#test/support/make.ts'

let test: TestApp
beforeAll(async () => {
  test = await createTestApp()
})
afterAll(() => test.close())

async function somebody(scopes?: string[]) {
  const handle = uniqueName('owner')
  const { actorId, headers, viewer } = await test.signIn(handle, scopes)
  const patch = async (payload: object, url = '/api/v1/profile') => {
    const answer = await test.app.inject({ method: 'PATCH', url, headers, payload })
    return { status: answer.statusCode, body: answer.json() }
  }
  return { client: createClient(test.app, headers), actorId, headers, viewer, handle, patch }
}

const documentOf = async (handle: string) =>
  (await test.app.inject({ url: `/users/${handle}`, headers: { accept: 'application/activity+json' } })).json()

describe('the profile', () => {
  it('is read as it was typed, by a token that may know only who one is', async () => {
    const me = await somebody(['profile'])
    const { body } = await me.client.get('/api/v1/profile')
    expect(Profile.parse(body)).toMatchObject({
      id: me.actorId,
      note: '',
      avatar: null,
      header: null,
      show_media: true,
      show_media_replies: true,
      show_featured: true,
      attribution_domains: [],
      featured_tags: [],
    })
    expect((await createClient(test.app).get('/api/v1/profile')).status).toBe(401)
    const other = await somebody(['read:statuses'])
    expect((await other.client.get('/api/v1/profile')).status).toBe(403)
  })

  it('is changed, and other servers are told', async () => {
    const me = await somebody()
    await me.client.post('/api/v1/featured_tags', { name: 'rye' })
    await takeFacts(test.ctx)
    const { body, status } = await me.patch({
      display_name: 'Anna',
      note: 'Bakes *bread*',
      fields_attributes: [{ name: 'Site', value: 'https://anna.example' }],
      discoverable: true,
      show_media: false,
      show_media_replies: false,
      show_featured: false,
      attribution_domains: ['https://Blog.example/', 'news.example', 'news.example'],
    })
    expect(status).toBe(200)
    expect(Profile.parse(body)).toMatchObject({
      display_name: 'Anna',
      note: 'Bakes *bread*',
      fields: [{ name: 'Site', value: 'https://anna.example' }],
      show_media: false,
      show_media_replies: false,
      show_featured: false,
      attribution_domains: ['blog.example', 'news.example'],
      featured_tags: [{ name: 'rye' }],
    })
    expect((await takeFacts(test.ctx)).map(({ type }) => type)).toEqual(['actor.updated'])
    expect(await documentOf(me.handle)).toMatchObject({
      showMedia: false,
      showRepliesInMedia: false,
      showFeatured: false,
      attributionDomains: ['blog.example', 'news.example'],
    })
    const account = CredentialAccount.parse((await me.client.get('/api/v1/accounts/verify_credentials')).body)
    expect(account).toMatchObject({
      show_featured: false,
      source: { attribution_domains: ['blog.example', 'news.example'] },
    })
    // Who wants nothing featured shows nothing featured.
    expect((await test.app.inject({ url: `/@${me.handle}` })).body).not.toContain('/tags/rye')
    // A form that takes the last site away sends one empty text.
    expect((await me.patch({ attribution_domains: [''] })).body.attribution_domains).toEqual([])
  })

  it('says what its pictures show', async () => {
    const me = await somebody()
    const picture = await make.picture(test.ctx, { actorId: me.actorId })
    await test.ctx.db.update(actors).set({ avatarMediaId: picture.id }).where(eq(actors.id, me.actorId))
    const { body } = await me.patch({ avatar_description: 'A loaf' })
    expect(Profile.parse(body)).toMatchObject({ avatar_description: 'A loaf', header_description: '' })
    expect(body.avatar).toMatch(/^https:\/\/here\.example\/media\//)
    const changed = await me.patch({ avatar_description: 'Two loaves' }, '/api/v1/accounts/update_credentials')
    expect(changed.body.avatar_description).toBe('Two loaves')
  })

  it.each([
    ['a description of no picture', { header_description: 'A street' }, 'header_description'],
    ['a description that is too long', { avatar_description: 'x'.repeat(1_501) }, 'avatar_description'],
    [
      'eleven sites',
      { attribution_domains: [...'abcdefghijk'].map((name) => `${name}.example`) },
      'attribution_domains',
    ],
    ['a site that is none', { attribution_domains: ['not a site'] }, 'attribution_domains'],
    ['open lists of followers', { hide_collections: false }, 'hide_collections'],
    ['another kind of actor', { bot: true }, 'bot'],
    ['neither yes nor no', { show_media: 'perhaps' }, 'show_media'],
  ])('is not changed by %s', async (_what, payload, field) => {
    const me = await somebody()
    const { status, body } = await me.patch({ display_name: 'Changed', ...payload })
    expect(status).toBe(422)
    expect(body.details).toHaveProperty(field)
    expect((await me.client.get('/api/v1/profile')).body.display_name).not.toBe('Changed')
  })

  it('is changed by its own roles and scopes alone', async () => {
    const reader = await somebody(['read', 'profile'])
    expect((await reader.patch({ display_name: 'x' })).status).toBe(403)
    expect((await test.app.inject({ method: 'PATCH', url: '/api/v1/profile', payload: {} })).statusCode).toBe(401)
  })
})

describe('preferences', () => {
  it('are what was set on the page of the settings', async () => {
    const me = await somebody()
    const preferences = async () => Preferences.parse((await me.client.get('/api/v1/preferences')).body)
    expect(await preferences()).toMatchObject({ 'reading:expand:media': 'default', 'reading:expand:spoilers': false })
    const { headers } = await test.browse(me.handle)
    const fields = { name: 'Me', visibility: 'unlisted', 'expands-media': 'hide_all', 'expands-spoilers': 'true' }
    const boundary = 'a-boundary'
    const parts = Object.entries(fields).map(
      ([name, value]) => `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    )
    const saved = await test.app.inject({
      method: 'POST',
      url: '/settings/profile',
      headers: {
        ...headers,
        origin: 'https://here.example',
        'content-type': `multipart/form-data; boundary=${boundary}`,
      },
      payload: `${parts.join('')}--${boundary}--\r\n`,
    })
    expect(saved.statusCode).toBe(303)
    expect(await preferences()).toMatchObject({
      'posting:default:visibility': 'unlisted',
      'reading:expand:media': 'hide_all',
      'reading:expand:spoilers': true,
    })
    const page = await test.app.inject({ url: '/settings/profile', headers })
    expect(page.body).toMatch(/value="hide_all"[^>]*selected/)
  })
})

describe('a marker', () => {
  it('that another client has moved meanwhile is not moved a second time', async () => {
    const me = await somebody()
    const marker = { actorId: me.actorId, timeline: 'home', lastReadId: '117691500685885834', now: new Date() } as const
    const move = (version: number) => test.ctx.db.transaction((tx) => moveMarker(tx, { ...marker, version }))
    expect(await move(0)).toMatchObject({ version: 1 })
    expect(await move(0)).toBeNull()
    expect(await move(1)).toMatchObject({ version: 2 })
    expect(await move(1)).toBeNull()
  })
})
