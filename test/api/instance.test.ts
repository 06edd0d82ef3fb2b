import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { prepareSetup } from '#src/features/instance/service.ts'
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

const count = z.int().min(0)
const address = z.url({ protocol: /^https$/ })

/** What the tests of accounts look at closely; here only that it is one. */
const account = z.looseObject({ id: z.string(), acct: z.string(), fields: z.array(z.unknown()) })

const configuration = {
  accounts: z.strictObject({
    max_featured_tags: count,
    max_pinned_statuses: count,
    max_profile_fields: z.literal(6),
    profile_field_name_limit: count,
    profile_field_value_limit: count,
    max_display_name_length: count,
    max_note_length: count,
    avatar_description_limit: count,
    header_description_limit: count,
  }),
  statuses: z.strictObject({
    max_characters: count,
    max_media_attachments: z.literal(10),
    characters_reserved_per_url: z.literal(23),
  }),
  media_attachments: z.strictObject({
    supported_mime_types: z.array(z.string()).nonempty(),
    description_limit: count,
    image_size_limit: z.literal(16_777_216),
    image_matrix_limit: z.literal(40_000_000),
    video_size_limit: count,
    video_frame_rate_limit: count,
    video_matrix_limit: count,
  }),
  polls: z.strictObject({
    max_options: count,
    max_characters_per_option: count,
    min_expiration: count,
    max_expiration: count,
  }),
}

const feed = z.strictObject({
  local: z.enum(['public', 'authenticated', 'disabled']),
  remote: z.enum(['public', 'authenticated', 'disabled']),
})

const instanceShape = z.strictObject({
  domain: z.string(),
  title: z.string(),
  version: z.string(),
  source_url: address,
  description: z.string(),
  wrapstodon: z.string().nullable(),
  usage: z.strictObject({ users: z.strictObject({ active_month: count }) }),
  thumbnail: z.strictObject({ url: address, description: z.string() }),
  icon: z.array(z.strictObject({ src: address, size: z.string().regex(/^\d+x\d+$/) })),
  languages: z.array(z.string().length(2)),
  configuration: z.strictObject({
    urls: z.strictObject({ streaming: z.url({ protocol: /^wss$/ }) }),
    vapid: z.strictObject({ public_key: z.string() }),
    ...configuration,
    translation: z.strictObject({ enabled: z.boolean() }),
    timelines_access: z.strictObject({ live_feeds: feed, hashtag_feeds: feed, trending_link_feeds: feed }),
    limited_federation: z.boolean(),
  }),
  registrations: z.strictObject({
    enabled: z.literal(false),
    approval_required: z.boolean(),
    message: z.string().nullable(),
    min_age: z.int().nullable(),
    reason_required: z.boolean().nullable(),
    url: z.string().nullable(),
  }),
  api_versions: z.strictObject({ mastodon: z.int() }),
  contact: z.strictObject({ email: z.string(), account: account.nullable() }),
  rules: z.array(z.never()),
})

const v1Shape = z.strictObject({
  uri: z.string(),
  title: z.string(),
  short_description: z.string(),
  description: z.string(),
  email: z.string(),
  version: z.string(),
  urls: z.strictObject({ streaming_api: z.url({ protocol: /^wss$/ }) }),
  stats: z.strictObject({ user_count: count, status_count: count, domain_count: count }),
  thumbnail: address.nullable(),
  languages: z.array(z.string().length(2)),
  registrations: z.literal(false),
  approval_required: z.boolean(),
  invites_enabled: z.boolean(),
  configuration: z.strictObject(configuration),
  contact_account: account.nullable(),
  rules: z.array(z.never()),
})

async function ask(url: string) {
  const response = await test.app.inject({ url, headers: { origin: 'https://client.example' } })
  expect(response.statusCode).toBe(200)
  expect(response.headers['access-control-allow-origin']).toBe('*')
  return response.json()
}

describe('what the instance says of itself', () => {
  it('is complete, for newer clients', async () => {
    const instance = instanceShape.parse(await ask('/api/v2/instance'))
    expect(instance).toMatchObject({
      domain: 'here.example',
      title: 'Maison Dupont',
      description: 'A workshop in Lyon.',
    })
    expect(instance.contact.account?.acct).toBe('maison')
  })

  it('is complete, for older clients', async () => {
    const instance = v1Shape.parse(await ask('/api/v1/instance'))
    expect(instance).toMatchObject({ uri: 'here.example', title: 'Maison Dupont' })
    expect(instance.contact_account?.acct).toBe('maison')
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
    ['/api/v1/custom_emojis', []],
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
