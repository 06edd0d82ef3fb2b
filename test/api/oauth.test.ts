import { createHash } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { actors } from '#src/db/schema/actors.ts'
import { audit } from '#src/db/schema/audit.ts'
import { oauthCodes, oauthTokens } from '#src/db/schema/oauth.ts'
import { memberships } from '#src/db/schema/teams.ts'
import { users } from '#src/db/schema/users.ts'
import { pruneCodes } from '#src/features/oauth/queries.ts'
import { Application, CredentialApplication, Token } from '#test/contract/schemas.ts'
import { createTestApp, type SignedIn, type TestApp } from '#test/support/app.ts'
import { formBody, formWith, readEntities } from '#test/support/forms.ts'
import { make, uniqueName } from '#test/support/make.ts'

const oob = 'urn:ietf:wg:oauth:2.0:oob'
const callback = 'https://client.example/callback'
const scope = 'read write follow push'

let test: TestApp
beforeAll(async () => {
  test = await createTestApp()
})
afterAll(() => test.close())

type Client = z.infer<typeof CredentialApplication>

async function registered(values: { redirect_uris?: string | string[]; scopes?: string } = {}): Promise<Client> {
  const payload = {
    client_name: 'Lens',
    redirect_uris: callback,
    scopes: scope,
    website: 'https://lens.example',
    ...values,
  }
  const response = await test.app.inject({ method: 'POST', url: '/api/v1/apps', payload })
  expect(response.statusCode).toBe(200)
  const client = CredentialApplication.parse(response.json())
  expect(client.client_secret_expires_at).toBe(0)
  return client
}

type Asked = Record<string, string>

function asking(client: Client, more: Asked = {}): Asked {
  return { response_type: 'code', client_id: client.client_id, redirect_uri: callback, scope, ...more }
}

function openConsent(person: SignedIn<{ cookie: string }> | null, asked: Asked, path = '/oauth/authorize') {
  return test.app.inject({ url: `${path}?${new URLSearchParams(asked)}`, headers: person ? person.headers : {} })
}

async function decide(person: SignedIn<{ cookie: string }>, asked: Asked, answer: Asked) {
  const page = await openConsent(person, asked)
  expect(page.statusCode).toBe(200)
  const form = formWith(page.body, 'decision')
  const { payload, headers } = formBody({ ...form.fields, ...answer })
  return test.app.inject({ method: 'POST', url: form.action, payload, headers: { ...headers, ...person.headers } })
}

async function allowed(person: SignedIn<{ cookie: string }>, asked: Asked, answer: Asked = {}): Promise<string> {
  const response = await decide(person, asked, { decision: 'allow', ...answer })
  expect(response.statusCode).toBe(303)
  const code = new URL(String(response.headers.location)).searchParams.get('code')
  if (!code) throw new Error(`no code in ${response.headers.location}`)
  return code
}

function redeem(fields: Asked, headers: Asked = {}) {
  return test.app.inject({ method: 'POST', url: '/oauth/token', payload: fields, headers })
}

function redemption(client: Client, code: string, more: Asked = {}): Asked {
  const { client_id, client_secret } = client
  return { grant_type: 'authorization_code', client_id, client_secret, code, redirect_uri: callback, ...more }
}

async function tokenFor(person: SignedIn<{ cookie: string }>, client: Client): Promise<string> {
  const response = await redeem(redemption(client, await allowed(person, asking(client))))
  expect(response.statusCode).toBe(200)
  return Token.parse(response.json()).access_token
}

function verify(token: string) {
  return test.app.inject({ url: '/api/v1/timelines/home', headers: { authorization: `Bearer ${token}` } })
}

const s256 = (verifier: string) => createHash('sha256').update(verifier).digest('base64url')
const verifier = 'a-verifier-of-more-than-forty-three-characters.~_'

let person: SignedIn<{ cookie: string }>
beforeEach(async () => {
  person = await test.browse(uniqueName('person'))
})

describe('registering an app', () => {
  const fields = { client_name: 'Lens', redirect_uris: `${oob}\n${callback}`, scopes: 'read write', website: '' }

  it('takes a form', async () => {
    const response = await test.app.inject({ method: 'POST', url: '/api/v1/apps', ...formBody(fields) })
    const app = CredentialApplication.parse(response.json())
    expect(app.redirect_uris).toEqual([oob, callback])
    expect(app.redirect_uri).toBe(`${oob}\n${callback}`)
    expect(app.scopes).toEqual(['read', 'write'])
    expect(app.website).toBeNull()
  })

  it('takes JSON with a list of addresses', async () => {
    const payload = { ...fields, redirect_uris: [oob, callback], website: null }
    const response = await test.app.inject({ method: 'POST', url: '/api/v1/apps', payload })
    expect(CredentialApplication.parse(response.json()).redirect_uris).toEqual([oob, callback])
  })

  it('takes a multipart form', async () => {
    const form = new FormData()
    for (const [name, value] of Object.entries(fields)) form.set(name, value)
    const response = await test.app.inject({ method: 'POST', url: '/api/v1/apps', payload: form })
    expect(CredentialApplication.parse(response.json()).name).toBe('Lens')
  })

  it('refuses a file instead of waiting for it to be read', async () => {
    const form = new FormData()
    for (const [name, value] of Object.entries(fields)) form.set(name, value)
    form.set('file', new Blob(['x'.repeat(100_000)]), 'x.txt')
    const response = await test.app.inject({ method: 'POST', url: '/api/v1/apps', payload: form })
    expect(response.statusCode).toBe(422)
  })

  it('keeps the address as it is written, escapes included', async () => {
    const uri = 'https://elk.example/api/here.example/oauth/https%3A%2F%2Felk.example?a=b+c&d=%7e'
    expect((await registered({ redirect_uris: [uri] })).redirect_uris).toEqual([uri])
  })

  it('may be done from a page on another origin', async () => {
    const headers = { origin: 'https://client.example' }
    const response = await test.app.inject({ method: 'POST', url: '/api/v1/apps', payload: fields, headers })
    expect(response.statusCode).toBe(200)
    expect(response.headers['access-control-allow-origin']).toBe('*')
  })

  it.each([
    ['a script', 'javascript:alert(1)'],
    ['a document in itself', 'data:text/html,<script>'],
    ['a path only', '/callback'],
    ['a fragment', 'https://client.example/#here'],
    ['an unescaped character', 'https://client.example/é'],
    ['nothing', ''],
  ])('refuses %s as an address', async (_what, uri) => {
    const payload = { client_name: 'Lens', redirect_uris: [uri], scopes: 'read' }
    const response = await test.app.inject({ method: 'POST', url: '/api/v1/apps', payload })
    expect(response.statusCode).toBe(422)
    expect(response.json().details).toHaveProperty('redirect_uris')
  })

  it('refuses more addresses than any program has (row 82)', async () => {
    const uris = (count: number) => Array.from({ length: count }, (_, n) => `https://c.example/${n}/${'x'.repeat(170)}`)
    await registered({ redirect_uris: uris(20) })
    const payload = { client_name: 'Lens', redirect_uris: uris(21), scopes: 'read' }
    const response = await test.app.inject({ method: 'POST', url: '/api/v1/apps', payload })
    expect(response.statusCode).toBe(422)
    expect(response.json().error).toContain('4,000 characters together')
  })

  it('refuses a scope that is not offered, by name', async () => {
    const payload = { client_name: 'Lens', redirect_uris: callback, scopes: 'read admin:write:accounts' }
    const response = await test.app.inject({ method: 'POST', url: '/api/v1/apps', payload })
    expect(response.statusCode).toBe(422)
    expect(response.json().error).toContain('admin:write:accounts')
  })

  it('gives an app that asks for nothing the right to read', async () => {
    const payload = { client_name: 'Lens', redirect_uris: callback }
    const response = await test.app.inject({ method: 'POST', url: '/api/v1/apps', payload })
    expect(CredentialApplication.parse(response.json()).scopes).toEqual(['read'])
  })
})

describe('the page of consent', () => {
  it('asks for a sign-in first and comes back with every parameter', async () => {
    const client = await registered()
    const response = await openConsent(null, asking(client, { state: 'a b&c=d' }))
    expect(response.statusCode).toBe(303)
    const login = new URL(String(response.headers.location), 'https://here.example')
    expect(login.pathname).toBe('/login')
    const next = new URL(String(login.searchParams.get('next')), 'https://here.example')
    expect(Object.fromEntries(next.searchParams)).toEqual(asking(client, { state: 'a b&c=d' }))
  })

  it('names the app that waits on the page of sign-in', async () => {
    const client = await registered()
    const response = await openConsent(null, asking(client))
    const login = await test.app.inject(String(response.headers.location))
    expect(login.body).toContain('Lens')
  })

  it('asks for the sign-in again with force_login, and only once', async () => {
    const client = await registered()
    const forced = await openConsent(person, asking(client, { force_login: 'true' }))
    const login = new URL(String(forced.headers.location), 'https://here.example')
    const page = await test.app.inject({ url: `${login.pathname}${login.search}`, headers: person.headers })
    expect(formWith(page.body, 'password').fields.next).not.toContain('force_login')
  })

  it('is there with a slash at the end, as toot asks for it', async () => {
    const response = await openConsent(person, asking(await registered()), '/oauth/authorize/')
    expect(response.statusCode).toBe(200)
  })

  it('says in words what the app will be able to do, and as whom', async () => {
    const response = await openConsent(person, asking(await registered()))
    const page = readEntities(response.body)
    expect(page).toContain('Connect Lens')
    expect(page).toMatch(/publish, change and delete as/)
    expect(page).toContain('You will be taken back to client.example.')
  })

  it('says it in French to whoever reads French', async () => {
    const client = await registered()
    const url = `/oauth/authorize?${new URLSearchParams(asking(client))}`
    const response = await test.app.inject({
      url,
      headers: { ...person.headers, 'accept-language': 'fr-CA, en;q=0.5' },
    })
    expect(readEntities(response.body)).toContain('Connecter Lens')
  })

  it('speaks the language that the app asks for, at the sign-in too', async () => {
    const client = await registered()
    expect((await openConsent(person, asking(client, { lang: 'fr' }))).body).toContain('Connecter Lens')
    const login = await test.app.inject(
      String((await openConsent(null, asking(client, { lang: 'fr' }))).headers.location),
    )
    expect(login.body).toContain('Se connecter')
    expect((await openConsent(person, asking(client, { lang: 'tlh' }))).statusCode).toBe(200)
  })

  it('escapes the name of the app (row 71)', async () => {
    const payload = { client_name: '<script>alert(1)</script>', redirect_uris: callback, scopes: scope }
    const made = await test.app.inject({ method: 'POST', url: '/api/v1/apps', payload })
    const response = await openConsent(person, asking(CredentialApplication.parse(made.json())))
    expect(response.body).not.toContain('<script>alert')
  })

  it('sends no header that would cut a client off', async () => {
    const response = await openConsent(person, asking(await registered()))
    expect(response.headers).not.toHaveProperty('cross-origin-opener-policy')
    expect(response.headers).not.toHaveProperty('cross-origin-resource-policy')
    expect(response.headers['cache-control']).toContain('no-store')
  })

  it.each([
    ['https://client.example/back?a=b', "form-action 'self' https://client.example"],
    ['tusky://oauth2redirect', "form-action 'self' tusky:"],
    [oob, "form-action 'self'"],
  ])(
    'lets its form, and that of the sign-in before it, lead to %s and nowhere else (row 77)',
    async (uri, expected) => {
      const payload = { client_name: 'An app', redirect_uris: uri, scopes: scope }
      const made = await test.app.inject({ method: 'POST', url: '/api/v1/apps', payload })
      const asked = asking(CredentialApplication.parse(made.json()), { redirect_uri: uri })
      const next = `/oauth/authorize?${new URLSearchParams(asked)}`
      const pages = [
        await openConsent(person, asked),
        await test.app.inject(`/login?${new URLSearchParams({ next })}`),
        await test.app.inject(
          `/login?${new URLSearchParams({ next: next.replace(/redirect_uri=[^&]*/, 'redirect_uri=x:y') })}`,
        ),
      ]
      const policies = pages.map(({ headers }) => String(headers['content-security-policy']).split('; ').at(-1))
      expect(policies).toEqual([expected, expected, "form-action 'self'"])
    },
  )

  it.each([
    ['an unknown app', { client_id: 'nobody' }],
    ['an address that was not registered', { redirect_uri: 'https://evil.example/callback' }],
    ['an address that was registered a little differently', { redirect_uri: `${callback}/` }],
    ['an address with other letters', { redirect_uri: 'https://CLIENT.example/callback' }],
  ])('sends nobody anywhere for %s', async (_what, wrong) => {
    const response = await openConsent(person, asking(await registered(), wrong))
    expect(response.statusCode).toBe(400)
    expect(response.headers).not.toHaveProperty('location')
    expect(response.body).toMatch(/This app (is not known here|asks to be answered elsewhere)/)
    expect(response.body).not.toMatch(/start again from the app</)
  })

  it.each([
    ['another response type', { response_type: 'token' }, 'unsupported_response_type'],
    ['a scope beyond what was registered', { scope: 'read write:statuses push' }, 'invalid_scope'],
    ['a scope that nobody knows', { scope: 'everything' }, 'invalid_scope'],
    ['the plain challenge', { code_challenge: s256(verifier), code_challenge_method: 'plain' }, 'invalid_request'],
    ['a challenge without its method', { code_challenge: s256(verifier) }, 'invalid_request'],
    ['a malformed challenge', { code_challenge: 'short', code_challenge_method: 'S256' }, 'invalid_request'],
  ])('tells the app about %s', async (_what, wrong, error) => {
    const client = await registered({ scopes: 'read' })
    const response = await openConsent(person, asking(client, { scope: 'read', state: 'kept', ...wrong }))
    expect(response.statusCode).toBe(303)
    const answer = new URL(String(response.headers.location))
    expect(`${answer.origin}${answer.pathname}`).toBe(callback)
    expect(answer.searchParams.get('error')).toBe(error)
    expect(answer.searchParams.get('state')).toBe('kept')
  })

  it('grants a part of a scope that was registered as a whole', async () => {
    const client = await registered({ scopes: 'read' })
    const code = await allowed(person, asking(client, { scope: 'read:statuses' }))
    expect((await redeem(redemption(client, code))).json().scope).toBe('read:statuses')
  })

  it('takes a refusal back to the app, with its state', async () => {
    const response = await decide(person, asking(await registered(), { state: 'kept' }), { decision: 'deny' })
    const answer = new URL(String(response.headers.location))
    expect(answer.searchParams.get('error')).toBe('access_denied')
    expect(answer.searchParams.get('state')).toBe('kept')
    expect(answer.searchParams.has('code')).toBe(false)
  })

  it('goes back to the address byte for byte', async () => {
    const elk = 'https://elk.example/api/here.example/oauth/https%3A%2F%2Felk.example'
    const client = await registered({ redirect_uris: [elk] })
    const response = await decide(person, asking(client, { redirect_uri: elk }), { decision: 'allow' })
    expect(String(response.headers.location)).toMatch(new RegExp(`^${elk}\\?code=[\\w-]+$`))
  })

  it('goes back to the scheme of a mobile app and keeps what its address asks already', async () => {
    const uri = 'com.Example.Lens://OAuth?from=app'
    const client = await registered({ redirect_uris: [uri] })
    const response = await decide(person, asking(client, { redirect_uri: uri, state: 's' }), { decision: 'allow' })
    expect(String(response.headers.location)).toMatch(/^com\.Example\.Lens:\/\/OAuth\?from=app&code=[\w-]+&state=s$/)
  })

  it('shows the code to whoever has to carry it, and not in an address', async () => {
    const client = await registered({ redirect_uris: oob })
    const response = await decide(person, asking(client, { redirect_uri: oob }), { decision: 'allow' })
    expect(response.statusCode).toBe(200)
    const code = /<code[^>]*>([\w-]{20,})<\/code>/.exec(response.body)?.[1] ?? ''
    const token = await redeem(redemption(client, code, { redirect_uri: oob }))
    expect(token.statusCode).toBe(200)
  })

  it('lets an app act only as one of the identities of the person', async () => {
    const { actor } = await make.actor(test.ctx)
    const client = await registered()
    const response = await decide(person, asking(client), { decision: 'allow', actor: actor.id })
    expect(response.statusCode).toBe(403)
  })

  it('offers every identity of the person, and the token acts as the chosen one', async () => {
    const { actor: team } = await make.actor(test.ctx, { type: 'Organization', userId: person.userId })
    const client = await registered()
    const page = await openConsent(person, asking(client))
    expect(page.body).toContain(`value="${team.id}"`)
    const code = await allowed(person, asking(client), { actor: team.id })
    await redeem(redemption(client, code))
    const [row] = await test.ctx.db.select().from(oauthTokens).where(eq(oauthTokens.actorId, team.id))
    expect(row?.userId).toBe(person.userId)
  })

  it('records who let which app in', async () => {
    const client = await registered()
    await allowed(person, asking(client))
    const rows = await test.ctx.db.select().from(audit).where(eq(audit.userId, person.userId))
    expect(rows.map((row) => row.action)).toContain('app.authorized')
  })

  it('takes no answer without a session', async () => {
    const client = await registered()
    const { payload, headers } = formBody({ ...asking(client), decision: 'allow', actor: person.actorId })
    const response = await test.app.inject({ method: 'POST', url: '/oauth/authorize', payload, headers })
    expect(response.statusCode).toBe(401)
  })

  it('takes no answer that another site sends in the name of the person', async () => {
    const client = await registered()
    const { payload, headers } = formBody({ ...asking(client), decision: 'allow', actor: person.actorId })
    const from = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }
    const response = await test.app.inject({
      method: 'POST',
      url: '/oauth/authorize',
      payload,
      headers: { ...headers, ...person.headers, ...from },
    })
    expect(response.statusCode).toBe(403)
  })
})

describe('turning a code into a token', () => {
  it.each(['form', 'JSON', 'multipart'])('works with a %s body', async (kind) => {
    const client = await registered()
    const fields = redemption(client, await allowed(person, asking(client)))
    const form = new FormData()
    for (const [name, value] of Object.entries(fields)) form.set(name, value)
    const sent = { form: formBody(fields), JSON: { payload: fields }, multipart: { payload: form } }[kind]
    const response = await test.app.inject({ method: 'POST', url: '/oauth/token', ...sent })
    const token = Token.parse(response.json())
    expect(token.scope).toBe(scope)
    expect(token.created_at).toBe(Math.floor(test.clock.now().getTime() / 1_000))
    expect(response.headers['cache-control']).toBe('no-store')
    expect((await verify(token.access_token)).statusCode).toBe(200)
  })

  it('works with the secret in the Authorization header', async () => {
    const client = await registered()
    const { client_id, client_secret, ...rest } = redemption(client, await allowed(person, asking(client)))
    const authorization = `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}`
    expect((await redeem(rest, { authorization })).statusCode).toBe(200)
  })

  it('is open to pages on other origins, errors included', async () => {
    const response = await redeem({ grant_type: 'authorization_code' }, { origin: 'https://client.example' })
    expect(response.statusCode).toBe(401)
    expect(response.headers['access-control-allow-origin']).toBe('*')
  })

  it('keeps only a digest of what it gives', async () => {
    const client = await registered()
    const code = await allowed(person, asking(client))
    const token = (await redeem(redemption(client, code))).json().access_token
    const kept = JSON.stringify([
      await test.ctx.db.select().from(oauthTokens),
      await test.ctx.db.select().from(oauthCodes),
    ])
    for (const secret of [code, token, client.client_secret]) expect(kept).not.toContain(secret)
  })

  it('works once, and a second time ends what the first one gave (row 78)', async () => {
    const client = await registered()
    const code = await allowed(person, asking(client))
    const first = await redeem(redemption(client, code))
    const second = await redeem(redemption(client, code))
    expect(second.statusCode).toBe(400)
    expect(second.json().error).toBe('invalid_grant')
    expect((await verify(first.json().access_token)).statusCode).toBe(401)
  })

  it('gives nothing that lasts when two ask with one code at the same moment', async () => {
    const client = await registered()
    const fields = redemption(client, await allowed(person, asking(client)))
    const answers = await Promise.all([redeem(fields), redeem(fields), redeem(fields)])
    expect(answers.map((answer) => answer.statusCode).sort()).toEqual([200, 400, 400])
    const given = answers.find((answer) => answer.statusCode === 200)?.json().access_token
    expect((await verify(given)).statusCode).toBe(401)
  })

  it('ends after ten minutes', async () => {
    const client = await registered()
    const code = await allowed(person, asking(client))
    test.clock.pass(10 * 60_000)
    expect((await redeem(redemption(client, code))).json().error).toBe('invalid_grant')
  })

  it('leaves no row behind when it was long ago', async () => {
    const client = await registered()
    await allowed(person, asking(client))
    const rows = () => test.ctx.db.select().from(oauthCodes).where(eq(oauthCodes.appId, client.id))
    await pruneCodes(test.ctx.db, test.clock.now())
    expect(await rows()).toHaveLength(1)
    test.clock.pass(11 * 60_000)
    await pruneCodes(test.ctx.db, test.clock.now())
    expect(await rows()).toEqual([])
  })

  it('refuses another address than the one of the request (row 78)', async () => {
    const other = 'https://client.example/other'
    const client = await registered({ redirect_uris: [callback, other] })
    const code = await allowed(person, asking(client))
    const response = await redeem(redemption(client, code, { redirect_uri: other }))
    expect(response.json().error).toBe('invalid_grant')
  })

  it('refuses the code of another app (row 78)', async () => {
    const [client, thief] = [await registered(), await registered()]
    const code = await allowed(person, asking(client))
    expect((await redeem(redemption(thief, code))).json().error).toBe('invalid_grant')
    expect((await redeem(redemption(client, code))).statusCode).toBe(200)
  })

  it('refuses a wrong secret with 401 invalid_client, so that clients register anew', async () => {
    const client = await registered()
    const code = await allowed(person, asking(client))
    const response = await redeem(redemption(client, code, { client_secret: 'wrong' }))
    expect(response.statusCode).toBe(401)
    expect(response.json().error).toBe('invalid_client')
    expect(typeof response.json().error_description).toBe('string')
  })

  it('refuses an app without its secret, unless it proves with PKCE that it asked', async () => {
    const client = await registered()
    const { client_secret: _, ...bare } = redemption(client, await allowed(person, asking(client)))
    expect((await redeem(bare)).json().error).toBe('invalid_client')

    const challenge = { code_challenge: s256(verifier), code_challenge_method: 'S256' }
    const { client_secret: __, ...proven } = redemption(client, await allowed(person, asking(client, challenge)))
    expect((await redeem({ ...proven, code_verifier: verifier })).statusCode).toBe(200)
  })

  it.each([
    ['a wrong verifier', { code_verifier: `${verifier}x` }],
    ['no verifier', {}],
    ['the challenge in place of the verifier', { code_verifier: s256(verifier) }],
  ])('refuses %s, with the right secret too', async (_what, shown) => {
    const client = await registered()
    const challenge = { code_challenge: s256(verifier), code_challenge_method: 'S256' }
    const code = await allowed(person, asking(client, challenge))
    expect((await redeem(redemption(client, code, shown))).json().error).toBe('invalid_grant')
    expect((await redeem(redemption(client, code, { code_verifier: verifier }))).statusCode).toBe(200)
  })

  it('refuses a verifier where the challenge was taken away (row 74)', async () => {
    const client = await registered()
    const code = await allowed(person, asking(client))
    expect((await redeem(redemption(client, code, { code_verifier: verifier }))).json().error).toBe('invalid_grant')
  })

  it.each([
    ['no grant type', {}, 400, 'invalid_request'],
    ['the password grant', { grant_type: 'password', username: 'a', password: 'b' }, 400, 'unsupported_grant_type'],
    ['no code', { grant_type: 'authorization_code' }, 400, 'invalid_request'],
    ['an unknown code', { grant_type: 'authorization_code', code: 'x', redirect_uri: callback }, 400, 'invalid_grant'],
  ])('answers %s in the words of OAuth', async (_what, fields, status, error) => {
    const { client_id, client_secret } = await registered()
    const response = await redeem({ client_id, client_secret, ...fields })
    expect([response.statusCode, response.json().error]).toEqual([status, error])
  })

  it.each([
    ['broken JSON', 'application/json', '{'],
    ['a kind of body that nobody knows', 'text/csv', 'a,b'],
    ['a field that comes twice', 'application/x-www-form-urlencoded', 'grant_type=a&grant_type=b'],
  ])('answers %s with invalid_request', async (_what, type, payload) => {
    const headers = { 'content-type': type }
    const response = await test.app.inject({ method: 'POST', url: '/oauth/token', payload, headers })
    expect([response.statusCode, response.json().error]).toEqual([400, 'invalid_request'])
  })
})

describe('a token of the app itself', () => {
  async function appToken(client: Client, more: Asked = {}) {
    const { client_id, client_secret } = client
    return redeem({ grant_type: 'client_credentials', client_id, client_secret, ...more })
  }

  it('shows that the app works, and nothing of anybody', async () => {
    const client = await registered()
    const token = Token.parse((await appToken(client)).json())
    expect(token.scope).toBe('read')
    const headers = { authorization: `Bearer ${token.access_token}` }
    const own = await test.app.inject({ url: '/api/v1/apps/verify_credentials', headers })
    expect(Application.parse(own.json()).id).toBe(client.id)
    expect((await verify(token.access_token)).statusCode).toBe(403)
  })

  it('needs the secret', async () => {
    const client = await registered()
    const response = await appToken(client, { client_secret: '' })
    expect([response.statusCode, response.json().error]).toEqual([401, 'invalid_client'])
  })

  it('goes no further than what was registered (row 78)', async () => {
    const client = await registered({ scopes: 'read' })
    expect((await appToken(client, { scope: 'write' })).json().error).toBe('invalid_scope')
  })

  it('tells the app of a user too which one it is', async () => {
    const client = await registered()
    const headers = { authorization: `Bearer ${await tokenFor(person, client)}` }
    const response = await test.app.inject({ url: '/api/v1/apps/verify_credentials', headers })
    expect(Application.parse(response.json()).name).toBe('Lens')
  })

  it('is asked for: nobody without a token is an app', async () => {
    expect((await test.app.inject('/api/v1/apps/verify_credentials')).statusCode).toBe(401)
  })
})

describe('the end of a token', () => {
  it.each(['form', 'JSON'])('comes when the app revokes it with a %s body', async (kind) => {
    const client = await registered()
    const token = await tokenFor(person, client)
    const fields = { token, client_id: client.client_id, client_secret: client.client_secret }
    const sent = kind === 'form' ? formBody(fields) : { payload: fields }
    const response = await test.app.inject({ method: 'POST', url: '/oauth/revoke', ...sent })
    expect([response.statusCode, response.json()]).toEqual([200, {}])
    expect((await verify(token)).statusCode).toBe(401)
  })

  it('is not hastened by revoking what is unknown', async () => {
    const { client_id, client_secret } = await registered()
    const payload = { token: 'unknown', client_id, client_secret }
    const response = await test.app.inject({ method: 'POST', url: '/oauth/revoke', payload })
    expect([response.statusCode, response.json()]).toEqual([200, {}])
  })

  it('is not for another app to bring about', async () => {
    const [client, other] = [await registered(), await registered()]
    const token = await tokenFor(person, client)
    const payload = { token, client_id: other.client_id, client_secret: other.client_secret }
    const response = await test.app.inject({ method: 'POST', url: '/oauth/revoke', payload })
    expect([response.statusCode, response.json().error]).toEqual([403, 'unauthorized_client'])
    expect((await verify(token)).statusCode).toBe(200)
  })

  it('comes with the next request when the person leaves the team', async () => {
    const token = await tokenFor(person, await registered())
    expect((await verify(token)).statusCode).toBe(200)
    await test.ctx.db.delete(memberships).where(eq(memberships.userId, person.userId))
    expect((await verify(token)).statusCode).toBe(401)
  })

  it('comes with the next request when the login is disabled', async () => {
    const token = await tokenFor(person, await registered())
    await test.ctx.db.update(users).set({ disabledAt: test.clock.now() }).where(eq(users.id, person.userId))
    expect((await verify(token)).statusCode).toBe(401)
  })

  it('comes with the next request when the actor is deleted', async () => {
    const token = await tokenFor(person, await registered())
    await test.ctx.db.update(actors).set({ deletedAt: test.clock.now() }).where(eq(actors.id, person.actorId))
    expect((await verify(token)).statusCode).toBe(401)
  })

  it('leaves the rest of the team alone: another role counts from the next request', async () => {
    const token = await tokenFor(person, await registered())
    await test.ctx.db.update(memberships).set({ role: 'analyst' }).where(eq(memberships.userId, person.userId))
    const headers = { authorization: `Bearer ${token}` }
    const post = await test.app.inject({
      method: 'POST',
      url: '/api/v1/statuses',
      headers,
      payload: { status: 'Hello' },
    })
    expect(post.statusCode).toBe(403)
    expect((await verify(token)).statusCode).toBe(200)
  })
})

describe('the list of apps', () => {
  it('shows each app with its identity, and ends it for good', async () => {
    const client = await registered()
    const tokens = [await tokenFor(person, client), await tokenFor(person, client)]
    const page = await test.app.inject({ url: '/settings/apps', headers: person.headers })
    expect(page.body.match(/<bdi>Lens<\/bdi>/g)).toHaveLength(1)
    const form = formWith(page.body, 'app')
    const { payload, headers } = formBody(form.fields)
    const gone = await test.app.inject({
      method: 'POST',
      url: form.action,
      payload,
      headers: { ...headers, ...person.headers },
    })
    expect(gone.statusCode).toBe(303)
    for (const token of tokens) expect((await verify(token)).statusCode).toBe(401)
    const after = await test.app.inject({ url: '/settings/apps', headers: person.headers })
    expect(after.body).not.toContain('Lens')
  })

  it('does not end what others let in', async () => {
    const client = await registered()
    const token = await tokenFor(person, client)
    const other = await test.browse(uniqueName('other'))
    const { payload, headers } = formBody({ app: client.id, actor: person.actorId })
    const request = {
      method: 'POST',
      url: '/settings/apps/withdraw',
      payload,
      headers: { ...headers, ...other.headers },
    } as const
    expect((await test.app.inject(request)).statusCode).toBe(303)
    expect((await verify(token)).statusCode).toBe(200)
  })

  it('tells to the minute when an app was last used', async () => {
    const token = await tokenFor(person, await registered())
    const lastUse = async () => {
      const [row] = await test.ctx.db.select().from(oauthTokens).where(eq(oauthTokens.userId, person.userId))
      return row?.lastUsedAt?.getTime()
    }
    await verify(token)
    const first = test.clock.now().getTime()
    expect(await lastUse()).toBe(first)
    test.clock.pass(59_000)
    await verify(token)
    expect(await lastUse()).toBe(first)
    test.clock.pass(1_000)
    await verify(token)
    expect(await lastUse()).toBe(first + 60_000)
  })

  it('is for whoever is signed in', async () => {
    const response = await test.app.inject('/settings/apps')
    expect([response.statusCode, response.headers.location]).toEqual([303, '/login?next=%2Fsettings%2Fapps'])
  })
})

describe('what apps may know beforehand', () => {
  it('is told with the one kind of challenge that is taken (row 74)', async () => {
    const response = await test.app.inject('/.well-known/oauth-authorization-server')
    expect(response.headers['access-control-allow-origin']).toBe('*')
    const known = response.json()
    expect(known.issuer).toBe('https://here.example')
    expect(known.authorization_endpoint).toBe('https://here.example/oauth/authorize')
    expect(known.token_endpoint).toBe('https://here.example/oauth/token')
    expect(known.code_challenge_methods_supported).toEqual(['S256'])
    expect(known.scopes_supported).toContain('write:statuses')
  })

  it('lets a preflight through without asking who it is', async () => {
    const response = await test.app.inject({
      method: 'OPTIONS',
      url: '/oauth/token',
      headers: { origin: 'https://client.example', 'access-control-request-method': 'POST' },
    })
    expect(response.statusCode).toBe(204)
    expect(response.headers['access-control-allow-origin']).toBe('*')
  })

  it('says whose token it is', async () => {
    const { actorId, headers } = await test.signIn(uniqueName('somebody'), ['profile'])
    const [response, posted] = await Promise.all(
      (['GET', 'POST'] as const).map((method) => test.app.inject({ method, url: '/oauth/userinfo', headers })),
    )
    expect(posted?.json()).toEqual(response?.json())
    const [actor] = await test.ctx.db.select().from(actors).where(eq(actors.id, actorId))
    expect(response?.json()).toMatchObject({
      iss: 'https://here.example',
      sub: `https://here.example/users/${actor?.handle}`,
      preferred_username: actor?.handle,
    })
  })
})
