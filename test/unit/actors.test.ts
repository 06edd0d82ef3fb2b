import { describe, expect, it } from 'vitest'
import { loadConfig } from '#src/config.ts'
import { Problem } from '#src/errors.ts'
import { readAcct } from '#src/features/actors/acct.ts'
import { pictureUrl, toAccount, toCredentialAccount } from '#src/features/actors/entity.ts'
import {
  profileLimits,
  readFields,
  readHandle,
  readName,
  readSummary,
  requireRole,
} from '#src/features/actors/policy.ts'
import type { Actor, ActorPicture } from '#src/features/actors/queries.ts'
import { createUris } from '#src/uris.ts'

function problemOf(act: () => unknown): Problem {
  try {
    act()
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
  throw new Error('nothing was wrong')
}

const errorOf = (field: string, act: () => unknown) => problemOf(act).details?.[field]?.[0]?.error

describe('a handle', () => {
  it.each([
    ['anna', 'anna'],
    ['  @Cafe_Lune42 ', 'cafe_lune42'],
    ['a', 'a'],
    ['x'.repeat(30), 'x'.repeat(30)],
  ])('may be %j', (typed, kept) => {
    expect(readHandle(typed)).toBe(kept)
  })

  it.each([
    ['', 'ERR_BLANK'],
    ['x'.repeat(31), 'ERR_TOO_LONG'],
    ['café', 'ERR_INVALID'],
    ['a b', 'ERR_INVALID'],
    ['a.b', 'ERR_INVALID'],
    ['a-b', 'ERR_INVALID'],
    ['а', 'ERR_INVALID'], // a Cyrillic letter that looks like a Latin one
    ['Admin', 'ERR_RESERVED'],
    ['api', 'ERR_RESERVED'],
    ['inbox', 'ERR_RESERVED'],
    ['settings', 'ERR_RESERVED'],
    ['login', 'ERR_RESERVED'],
    ['well_known', 'ERR_RESERVED'],
  ])('cannot be %j', (typed, error) => {
    expect(errorOf('handle', () => readHandle(typed))).toBe(error)
    expect(problemOf(() => readHandle(typed)).status).toBe(422)
  })
})

describe('the texts of a profile', () => {
  it('are kept without tricks of direction and controls', () => {
    expect(readName(' Anna\u202e\u0000\nBaker ')).toBe('Anna Baker')
    expect(readSummary('one\r\ntwo')).toBe('one\ntwo')
  })

  it('have bounds', () => {
    expect(errorOf('display_name', () => readName('x'.repeat(profileLimits.name + 1)))).toBe('ERR_TOO_LONG')
    expect(errorOf('note', () => readSummary('x'.repeat(profileLimits.summary + 1)))).toBe('ERR_TOO_LONG')
    expect(readName('x'.repeat(profileLimits.name))).toHaveLength(profileLimits.name)
  })

  it('have up to six lines, of which empty ones do not count', () => {
    const line = (name: string) => ({ name, value: 'v' })
    const six = ['a', 'b', 'c', 'd', 'e', 'f'].map(line)
    expect(readFields([{ name: '', value: ' ' }, ...six])).toEqual(six)
    expect(errorOf('fields', () => readFields([...six, line('g')]))).toBe('ERR_TOO_MANY')
    expect(errorOf('fields', () => readFields([{ name: '', value: 'v' }]))).toBe('ERR_BLANK')
    expect(errorOf('fields', () => readFields([{ name: 'x'.repeat(256), value: '' }]))).toBe('ERR_TOO_LONG')
    expect(readFields([{ name: 'a\nb', value: 'c\nd' }])).toEqual([{ name: 'a b', value: 'c d' }])
  })
})

describe('the address of an actor', () => {
  const config = loadConfig({ PUBLIC_URL: 'https://social.here.example', HANDLE_HOST: 'here.example' })

  it.each([
    ['anna', 'anna', undefined],
    ['@Anna', 'anna', undefined],
    ['anna@there.example', 'anna', 'there.example'],
    ['@Anna@There.Example', 'anna', 'there.example'],
    ['acct:anna@there.example:8443', 'anna', 'there.example:8443'],
    ['anna@here.example', 'anna', null],
    ['anna@social.here.example', 'anna', null],
  ])('is read from %j', (text, handle, host) => {
    expect(readAcct(config, text)).toEqual({ handle, host })
  })

  it.each(['', '@', 'anna baker', 'anna@', 'a@b@c', 'https://there.example/@anna'])('is not %j', (text) => {
    expect(readAcct(config, text)).toBeNull()
  })
})

const uris = createUris('https://here.example')

const local: Actor = {
  id: '42',
  type: 'Organization',
  handle: 'acme',
  host: null,
  isHandleConfirmed: true,
  iri: null,
  url: null,
  name: 'ACME',
  summary: '<p>We make</p>',
  fields: [{ name: 'Site', value: '<a>x</a>', verifiedAt: null }],
  linksDueAt: null,
  emojis: [],
  avatarMediaId: null,
  headerMediaId: null,
  avatarRemoteUrl: null,
  headerRemoteUrl: null,
  isLocked: true,
  isDiscoverable: true,
  isIndexable: false,
  showsMedia: true,
  showsMediaReplies: true,
  showsFeatured: true,
  attributionDomains: [],
  inbox: null,
  sharedInbox: null,
  deliveryInboxId: null,
  outbox: null,
  followersIri: null,
  followingIri: null,
  featuredIri: null,
  featuredTagsIri: null,
  publicKeyId: null,
  publicKeyPem: null,
  furtherKeys: [],
  assertionKeys: [],
  alsoKnownAs: [],
  movedToIri: null,
  movedAt: null,
  followersCount: 3,
  followingCount: 2,
  postsCount: 1,
  lastPostAt: new Date('2026-03-04T23:59:59.000Z'),
  publishedAt: new Date('2026-01-02T03:04:05.006Z'),
  updatedAt: new Date('2026-01-02T03:04:05.006Z'),
  createdAt: new Date('2026-01-02T03:04:05.006Z'),
  fetchedAt: null,
  pinsReadAt: null,
  tagsReadAt: null,
  followersReadAt: null,
  suspendedAt: null,
  suspendedThereAt: null,
  restriction: 'none',
  standing: 'none',
  deletedAt: null,
  avatar: null,
  header: null,
}

const remote: Actor = {
  ...local,
  id: '43',
  handle: 'anna',
  type: 'Person',
  host: 'there.example',
  iri: 'https://there.example/users/anna',
  url: 'https://there.example/@anna',
}

const picture = (variants: ActorPicture['variants'], state: ActorPicture['state'] = 'ready'): ActorPicture => ({
  id: '9',
  key: 'k'.repeat(32),
  state,
  description: 'A logo',
  remoteUrl: null,
  variants,
})

const variant = (file: string, width: number, mime = 'image/jpeg') => ({ file, mime, width, height: width, bytes: 1 })

describe('an account', () => {
  it('is named without a host when it is ours, and with it when it is not', () => {
    expect(toAccount({ uris }, local)).toMatchObject({
      id: '42',
      username: 'acme',
      acct: 'acme',
      url: 'https://here.example/@acme',
      uri: 'https://here.example/users/acme',
      hide_collections: true,
    })
    expect(toAccount({ uris }, remote)).toMatchObject({
      acct: 'anna@there.example',
      url: 'https://there.example/@anna',
      uri: 'https://there.example/users/anna',
      hide_collections: null,
    })
  })

  it('writes times and counts as clients parse them', () => {
    expect(toAccount({ uris }, local)).toMatchObject({
      created_at: '2026-01-02T03:04:05.006Z',
      last_status_at: '2026-03-04',
      statuses_count: 1,
      followers_count: 3,
      following_count: 2,
    })
    expect(toAccount({ uris }, { ...local, lastPostAt: null }).last_status_at).toBeNull()
  })

  it('has a picture even when it has none', () => {
    const { avatar, avatar_static, header } = toAccount({ uris }, local)
    expect(avatar).toMatch(/^https:\/\/here\.example\/assets\/letter-a5/)
    expect(avatar_static).toBe(avatar)
    expect(header).toMatch(/^https:\/\/here\.example\/assets\/header/)
  })

  it('shows the smallest JPEG as avatar, the largest as header', () => {
    const variants = [variant('large.jpg', 2048), variant('small.webp', 100, 'image/webp'), variant('small.jpg', 640)]
    const account = toAccount({ uris }, { ...local, avatar: picture(variants), header: picture(variants) })
    expect(account.avatar).toBe(`https://here.example/media/${'k'.repeat(32)}/small.jpg`)
    expect(account.header).toBe(`https://here.example/media/${'k'.repeat(32)}/large.jpg`)
    expect(account.avatar_description).toBe('A logo')
  })

  it('shows no picture that is not ready, and those of other servers as a copy from here', () => {
    expect(pictureUrl(uris, picture([variant('small.jpg', 640)], 'uploaded'), 'smallest')).toBeNull()
    const there = { ...picture([]), remoteUrl: 'https://there.example/a.png' }
    expect(pictureUrl(uris, there, 'smallest')).toBe(`https://here.example/media/${'k'.repeat(32)}/remote`)
  })

  it('marks bots and groups', () => {
    expect(toAccount({ uris }, { ...remote, type: 'Service' })).toMatchObject({ bot: true, group: false })
    expect(toAccount({ uris }, { ...remote, type: 'Group' })).toMatchObject({ bot: false, group: true })
    expect(toAccount({ uris }, remote)).toMatchObject({ bot: false, group: false })
  })

  it('shows nothing of a suspended profile', () => {
    const account = toAccount({ uris }, { ...remote, suspendedAt: new Date(), avatar: picture([variant('a.jpg', 9)]) })
    expect(account).toMatchObject({ suspended: true, display_name: '', note: '', fields: [], avatar_description: '' })
    expect(account.avatar).toMatch(/assets/)
  })

  it('says where somebody has moved, and nothing when the new place is not known', () => {
    const moved = { ...remote, movedToIri: 'https://here.example/users/acme' }
    expect(toAccount({ uris }, moved, local).moved).toMatchObject({ id: '42' })
    expect(toAccount({ uris }, moved)).not.toHaveProperty('moved')
    expect(toAccount({ uris }, remote).moved).toBeNull()
  })

  it('shows its own team what was typed', () => {
    const source = {
      summarySource: 'We make',
      fieldsSource: [{ name: 'Site', value: 'x' }],
      defaultVisibility: 'followers',
      defaultLanguage: null,
      defaultSensitive: false,
      defaultQuotePolicy: 'asked' as const,
      defaultReplyPolicy: 'public' as const,
      expandsMedia: 'default' as const,
      expandsSpoilers: false,
      followRequestsCount: 4,
    }
    expect(toCredentialAccount({ uris }, local, source).source).toEqual({
      attribution_domains: [],
      note: 'We make',
      fields: [{ name: 'Site', value: 'x', verified_at: null }],
      privacy: 'private',
      sensitive: false,
      language: '',
      follow_requests_count: 4,
      hide_collections: true,
      discoverable: true,
      indexable: false,
      quote_policy: 'followers',
    })
  })
})

describe('a role', () => {
  const viewer = (role: 'publisher' | 'admin') =>
    ({ userId: '1', actorId: '2', role, scopes: [], appId: null }) as const

  it('that does not allow an act is refused with a sentence', () => {
    expect(problemOf(() => requireRole(viewer('publisher'), 'profile'))).toMatchObject({ status: 403 })
    expect(() => requireRole(viewer('admin'), 'profile')).not.toThrow()
  })
})
