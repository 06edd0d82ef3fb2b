import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listRoutes } from '#src/cli/api-page.ts'
import { covers } from '#src/core/scopes.ts'
import { changeRegistrations } from '#src/features/instance/service.ts'
import type { Route } from '#src/features/reference/route.ts'
import { changeRight } from '#src/features/users/service.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { uniqueName } from '#test/support/make.ts'
import { askToRegister, makeWaitingApp, newcomerFields } from '#test/support/newcomers.ts'

/*
 * What every method of the client API does with who may not use it, and with what is not there. What each does with who may is in the
 * test of its feature.
 */

let test: TestApp
beforeAll(async () => {
  // A server that is never asked: whether there is one decides if anybody may register.
  test = await createTestApp({ config: { smtpUrl: 'smtp://127.0.0.1:9' } })
})
afterAll(() => test.close())

const nameOf = ({ method, url }: Route) => `${method} ${url}`
const routes = await listRoutes()
const scoped = routes.flatMap((route) =>
  typeof route.access === 'object' ? [{ ...route, name: nameOf(route), access: route.access }] : [],
)
const closed = scoped.filter(({ access }) => !access.isOptional)
/** What is there for somebody who has no account yet; the tests of registrations say who may do what. */
const isForNewcomers = ({ access }: Route) => typeof access === 'object' && access.isForAnyToken === true
const byToken = routes
  .filter(({ access }) => typeof access === 'object' || access === 'app' || access === 'public')
  .map((route) => ({ ...route, name: nameOf(route) }))

/** No post, no account, nothing has it. */
const nobodysId = '999999999999'

/** Reactions are named by what they show, which is looked at first. */
const pathOf = (url: string, value = nobodysId) =>
  url.replace('reactions/:name', `reactions/${encodeURIComponent('👍')}`).replaceAll(/:\w+/g, value)

/** A limit counts by identity, or by address where there is none: each question comes from somebody else. */
let asked = 0
const anAddress = () => `2001:db8:${(++asked).toString(16)}::1`

async function ask({ method, url }: Route, { token, path = pathOf(url), body = {} }: Asked = {}) {
  const answer = await test.app.inject({
    method: method as 'GET',
    url: path,
    remoteAddress: anAddress(),
    headers: token ? { authorization: `Bearer ${token}` } : {},
    ...(method === 'GET' ? {} : { payload: body }),
  })
  return { status: answer.statusCode, error: answer.json().error }
}
type Asked = { token?: string; path?: string; body?: object }

describe('somebody without a token (row 37)', () => {
  it.each(closed)('is turned away by $name', async (route) => {
    expect(await ask(route)).toEqual({ status: 401, error: 'The access token is invalid' })
  })
})

describe('a token that nobody gave', () => {
  it.each(byToken)('is refused by $name, also where none is needed', async (route) => {
    expect(await ask(route, { token: 'made-up' })).toEqual({ status: 401, error: 'The access token is invalid' })
  })
})

describe('a token of an app, which speaks for nobody', () => {
  it.each(closed.filter((route) => !isForNewcomers(route)))('is refused by $name', async (route) => {
    const error = 'This method requires an authenticated user'
    expect(await ask(route, { token: await appToken() })).toEqual({ status: 403, error })
  })
})

describe('a token of somebody whose address is not confirmed', () => {
  const shut = byToken.filter((route) => route.access !== 'public' && !isForNewcomers(route))

  it.each(shut)('is refused by $name, also where none is needed', async (route) => {
    const error = 'Your login is missing a confirmed e-mail address'
    expect(await ask(route, { token: await newcomerToken() })).toEqual({ status: 403, error })
  })
})

describe('a token whose scopes are others (rows 22, 33)', () => {
  it.each(closed)('is refused by $name', async (route) => {
    const error = 'This action is outside the authorized scopes'
    const scopes = scopesBeside(route.access.scope)
    const { token } = await test.signIn('narrow', scopes)
    expect(await ask(route, { token })).toEqual({ status: 403, error })
  })

  it.each(closed)('is enough for $name when it is the scope alone', async (route) => {
    for (const scope of route.access.scope.split(' ')) {
      const { token } = await test.signIn(uniqueName('exact'), [scope])
      const { status, error } = await ask(route, { token })
      expect([status, error]).not.toEqual([403, 'This action is outside the authorized scopes'])
      expect(status).not.toBe(401)
    }
  })
})

/** What a body must have to be read at all. */
const bodies: Readonly<Record<string, object>> = {
  'POST /api/v1/accounts/:id/note': { comment: 'x' },
  'POST /api/v1/lists/:id/accounts': { account_ids: [nobodysId] },
  'DELETE /api/v1/lists/:id/accounts': { account_ids: [nobodysId] },
  'PUT /api/v1/lists/:id': { title: 'x' },
  'PUT /api/v1/filters/:id': { phrase: 'x', context: ['home'] },
  'POST /api/v2/filters/:filter_id/keywords': { keyword: 'x' },
  'PUT /api/v2/filters/keywords/:id': { keyword: 'x' },
  'POST /api/v2/filters/:filter_id/statuses': { status_id: nobodysId },
  'PUT /api/v1/statuses/:id': { status: 'x' },
  'POST /api/v1/polls/:id/votes': { choices: [0] },
  'PUT /api/v1/statuses/:id/interaction_policy': { quote_approval_policy: 'nobody' },
  'POST /api/v1/entremise/orders/:id/state': { from: 'open', to: 'paid' },
  'PUT /api/v1/scheduled_statuses/:id': { scheduled_at: '2100-01-01T00:00:00.000Z' },
}

/** Where a name in the path is no id of something that must be there. */
const withoutAThing = new Map([
  ['POST /api/v1/tags/:name/follow', 'a hashtag is there as soon as it is named'],
  ['POST /api/v1/tags/:name/unfollow', 'a hashtag is there as soon as it is named'],
  ['POST /api/v1/tags/:id/feature', 'a hashtag is there as soon as it is named'],
  ['POST /api/v1/tags/:id/unfeature', 'a hashtag is there as soon as it is named'],
  ['GET /api/v1/timelines/tag/:hashtag', 'a hashtag that nobody used has an empty timeline'],
])

describe('what is not there', () => {
  const named = scoped.filter(({ name, url }) => url.includes(':') && !withoutAThing.has(name))

  it.each(named)('is not found by $name, whatever its id', async (route) => {
    const { token, userId } = await test.signIn(uniqueName('seeker'), route.access.scope.split(' '))
    // What only administrators are told they are told is missing, too.
    if (route.url.includes('/admin/')) await changeRight(test.ctx, userId, 'promoted')
    for (const id of [nobodysId, 'nothing', '99999999999999999999999999', '%00']) {
      const answer = await ask(route, { token, path: pathOf(route.url, id), body: bodies[route.name] ?? {} })
      expect({ id, ...answer }).toEqual({ id, status: 404, error: 'Record not found' })
    }
  })
})

const documented = fileURLToPath(new URL('../../../shared/client-api.json', import.meta.url))

describe.skipIf(!existsSync(documented))('the documentation', () => {
  type Endpoint = { method: string; path: string; scopes: string[] }
  const { endpoints } = existsSync(documented)
    ? (JSON.parse(readFileSync(documented, 'utf8')) as { endpoints: Endpoint[] })
    : { endpoints: [] }
  // Reading who stands in a group changes nothing, and Mastodon itself asks for the scope to read.
  const mistaken = new Set(['GET /api/v2/notifications/:group_key/accounts'])
  const anonymous = (name: string) => name.replaceAll(/:\w+/g, ':')
  const scopesOf = new Map(endpoints.map(({ method, path, scopes }) => [anonymous(`${method} ${path}`), scopes]))

  it.each(closed)('names the scope that $name asks for', ({ name, access }) => {
    const scopes = scopesOf.get(anonymous(name))
    if (!scopes || scopes.length === 0 || mistaken.has(name)) return
    expect(access.scope.split(' ').some((scope) => covers(scopes, scope))).toBe(true)
  })
})

/** Scopes that cover none of these: those of the other direction, and the neighbours of their own. */
function scopesBeside(scope: string): string[] {
  const wanted = scope.split(' ')
  const all = ['read:accounts', 'read:statuses', 'read:lists', 'write:media', 'write:lists', 'write:filters', 'push']
  return all.filter((one) => !wanted.includes(one))
}

let appTokens: Promise<string> | undefined
const appToken = () => {
  appTokens ??= makeAppToken()
  return appTokens
}

let newcomerTokens: Promise<string> | undefined
const newcomerToken = () => {
  newcomerTokens ??= makeNewcomerToken()
  return newcomerTokens
}

async function makeNewcomerToken(): Promise<string> {
  await changeRegistrations(test.ctx, { mode: 'open' })
  const app = await makeWaitingApp(test.ctx, 'read write follow push profile')
  return (await askToRegister(test, app, newcomerFields())).json().access_token
}

async function makeAppToken(): Promise<string> {
  const post = async (url: string, payload: object) =>
    (await test.app.inject({ method: 'POST', url, payload, remoteAddress: anAddress() })).json()
  const scopes = 'read write follow push profile'
  const redirect_uris = 'urn:ietf:wg:oauth:2.0:oob'
  const { client_id, client_secret } = await post('/api/v1/apps', { client_name: 'A program', redirect_uris, scopes })
  const grant = { grant_type: 'client_credentials', client_id, client_secret, scope: scopes }
  return (await post('/oauth/token', grant)).access_token
}
