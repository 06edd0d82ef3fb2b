import { once } from 'node:events'
import { list } from 'tar'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { prepareSetup } from '#src/features/instance/service.ts'
import { Instance, OldInstance } from '#test/contract/schemas.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { formBody } from '#test/support/forms.ts'

let test: TestApp
beforeAll(async () => {
  test = await createTestApp()
  const link = new URL((await prepareSetup(test.ctx)) ?? '')
  const fields = {
    token: link.searchParams.get('token') ?? '',
    instance_name: 'Maison Dupont',
    instance_description: 'A workshop in Lyon.',
    organization_name: 'Maison Dupont',
    handle: 'maison',
    email: 'owner@maison.example',
    password: 'a password of some length',
  }
  const answer = await test.app.inject({ method: 'POST', url: '/setup', ...formBody(fields) })
  expect(answer.statusCode).toBe(303)
})
afterAll(() => test.close())

/** Figures that clients count with. */
const limits = {
  accounts: { max_profile_fields: 6 },
  statuses: { max_media_attachments: 10, characters_reserved_per_url: 23 },
  media_attachments: { image_size_limit: 16_777_216, image_matrix_limit: 40_000_000 },
}

async function ask(url: string) {
  const response = await test.app.inject({ url, headers: { origin: 'https://client.example' } })
  expect(response.statusCode).toBe(200)
  expect(response.headers['access-control-allow-origin']).toBe('*')
  return response.json()
}

describe('what the instance says of itself', () => {
  it('is complete, for newer clients', async () => {
    const instance = Instance.parse(await ask('/api/v2/instance'))
    expect(instance).toMatchObject({
      domain: 'here.example',
      title: 'Maison Dupont',
      description: 'A workshop in Lyon.',
      configuration: { ...limits, urls: { streaming: expect.stringMatching(/^wss:/) } },
      registrations: { enabled: false },
      rules: [],
    })
    expect(instance.contact.account?.acct).toBe('maison')
    expect(JSON.stringify(instance)).not.toContain('http://')
  })

  it('closes no timeline to anybody, and says so', async () => {
    const { configuration } = Instance.parse(await ask('/api/v2/instance'))
    const everybody = { local: 'public', remote: 'public' }
    const feeds = { live_feeds: everybody, hashtag_feeds: everybody, trending_link_feeds: everybody }
    expect(configuration.timelines_access).toEqual(feeds)
  })

  it('is complete, for older clients', async () => {
    const instance = OldInstance.parse(await ask('/api/v1/instance'))
    expect(instance).toMatchObject({
      uri: 'here.example',
      title: 'Maison Dupont',
      configuration: limits,
      urls: { streaming_api: expect.stringMatching(/^wss:/) },
      registrations: false,
      rules: [],
    })
    expect(instance.contact_account?.acct).toBe('maison')
    expect(JSON.stringify(instance)).not.toContain('http://')
  })

  it('has a version that every client reads as three numbers', async () => {
    for (const url of ['/api/v1/instance', '/api/v2/instance']) {
      expect((await ask(url)).version).toMatch(/^4\.\d+\.\d+ \(compatible; Entremise \d+\.\d+\.\d+\)$/)
    }
  })

  it('claims quotes and nothing that came later: clients would offer it', async () => {
    expect((await ask('/api/v2/instance')).api_versions.mastodon).toBe(7)
  })

  it('shows pictures that are there', async () => {
    const { thumbnail, icon } = await ask('/api/v2/instance')
    for (const url of [thumbnail.url, icon[0].src]) {
      const picture = await test.app.inject(new URL(url).pathname)
      expect(picture.statusCode).toBe(200)
      expect(picture.headers['content-type']).toMatch(/^image\//)
    }
  })

  it('never shows the address with which the owner signs in', async () => {
    for (const url of ['/api/v1/instance', '/api/v2/instance']) {
      expect(JSON.stringify(await ask(url))).not.toContain('owner@maison.example')
    }
  })

  it.each([
    ['/api/v1/instance/rules', []],
    ['/api/v1/instance/translation_languages', {}],
  ])('has none of %s', async (url, none) => {
    expect(await ask(url)).toEqual(none)
  })

  it.each(['extended_description', 'privacy_policy', 'terms_of_service'])(
    'has no %s, and says so in JSON',
    async (name) => {
      const response = await test.app.inject({
        url: `/api/v1/instance/${name}`,
        headers: { origin: 'https://client.example' },
      })
      expect(response.statusCode).toBe(404)
      expect(typeof response.json().error).toBe('string')
      expect(response.headers['access-control-allow-origin']).toBe('*')
    },
  )
})

describe('the source of what runs here', () => {
  it('is where the pages and the API say, whole and without anything of this place', async () => {
    const { source_url } = await ask('/api/v2/instance')
    const path = new URL(source_url).pathname
    expect((await test.app.inject({ url: '/login' })).body).toContain(`href="${path}"`)
    const answer = await test.app.inject({ url: path })
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'application/gzip'])
    const names: string[] = []
    const reading = list({ onReadEntry: (entry) => names.push(entry.path) })
    const ended = once(reading, 'end')
    reading.end(answer.rawPayload)
    await ended
    for (const name of ['LICENSE', 'package-lock.json', 'src/main.ts', 'workers/main.ts', 'federation/inbox.ts'])
      expect(names).toContain(`entremise/${name}`)
    const root = new Set(names.map((name) => name.split('/')[1]))
    for (const name of ['node_modules', 'data', '.env', '.git']) expect(root).not.toContain(name)
  })
})
