import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { actors } from '#src/db/schema/actors.ts'
import { memberships } from '#src/db/schema/teams.ts'
import { sessions, users } from '#src/db/schema/users.ts'
import { pruneSessions } from '#src/features/users/queries.ts'
import { changeAccess, checkPassword } from '#src/features/users/service.ts'
import { findSession, sessionLifetimeMs } from '#src/features/users/sessions.ts'
import { sessionCookie } from '#src/http/auth.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { formBody, formWith, readEntities } from '#test/support/forms.ts'
import { type MadeUser, make, PASSWORD, uniqueName } from '#test/support/make.ts'

let test: TestApp
beforeAll(async () => {
  test = await createTestApp()
})
afterAll(() => test.close())

const dayMs = 86_400_000
let lastAddress = 0

/** A new address for each test: attempts are counted by it. */
const someAddress = () => `192.0.2.${++lastAddress}`

type Attempt = Readonly<{ email: string; password?: string; next?: string; from?: string; cookie?: string }>

function attempt({ email, password = PASSWORD, next, from = someAddress(), cookie }: Attempt) {
  const { payload, headers } = formBody({ email, password, ...(next === undefined ? {} : { next }) })
  const all = { ...headers, ...(cookie ? { cookie } : {}) }
  return test.app.inject({ method: 'POST', url: '/login', payload, headers: all, remoteAddress: from })
}

type Answer = Awaited<ReturnType<typeof attempt>>

function cookieOf(answer: Answer): string {
  const cookie = answer.cookies.find(({ name }) => name === sessionCookie)
  if (!cookie) throw new Error('no session was opened')
  return `${sessionCookie}=${cookie.value}`
}

async function signedIn(user: MadeUser): Promise<string> {
  return cookieOf(await attempt({ email: user.email }))
}

/** A page that only opens for whoever is signed in. */
async function isIn(cookie: string): Promise<boolean> {
  return (await test.app.inject({ url: '/settings/apps', headers: { cookie } })).statusCode === 200
}

describe('signing in', () => {
  it('opens a session with a cookie out of reach of scripts and of other sites (row 65)', async () => {
    const user = await make.user(test.ctx)
    const answer = await attempt({ email: user.email })
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/'])
    const cookie = answer.cookies.find(({ name }) => name === sessionCookie)
    expect(cookie).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Lax', path: '/' })
    expect(await isIn(cookieOf(answer))).toBe(true)
  })

  it('keeps only a digest of what is in the cookie', async () => {
    const user = await make.user(test.ctx)
    const cookie = await signedIn(user)
    const rows = JSON.stringify(await test.ctx.db.select().from(sessions).where(eq(sessions.userId, user.id)))
    expect(rows).not.toContain(cookie.split('=')[1])
  })

  it('takes the address however its letters are cased, with spaces around it', async () => {
    const user = await make.user(test.ctx)
    expect((await attempt({ email: ` ${user.email.toUpperCase()} ` })).statusCode).toBe(303)
  })

  it('says the same of a wrong password and of an unknown address, and keeps the address', async () => {
    const user = await make.user(test.ctx)
    for (const email of [user.email, 'nobody@mail.example']) {
      const answer = await attempt({ email, password: 'wrong password' })
      expect(answer.statusCode).toBe(401)
      expect(readEntities(answer.body)).toContain('That e-mail address and password do not go together.')
      expect(formWith(answer.body, 'password').fields.email).toBe(email)
      expect(answer.cookies).toEqual([])
    }
  })

  it('takes as long for an unknown address as for a wrong password', async () => {
    const user = await make.user(test.ctx)
    const time = async (email: string) => {
      const start = performance.now()
      for (let round = 0; round < 5; round++)
        expect(await checkPassword(test.ctx, { email, password: 'wrong' })).toBeNull()
      return performance.now() - start
    }
    await time(user.email)
    // Without the decoy the difference is that between a query and some 30 ms of hashing.
    expect(await time('nobody@mail.example')).toBeGreaterThan((await time(user.email)) / 3)
  })

  it('never shows the password again', async () => {
    const answer = await attempt({ email: 'a@mail.example', password: 'a secret of mine' })
    expect(answer.body).not.toContain('a secret of mine')
  })

  it.each([
    ['/settings/apps?x=1', '/settings/apps?x=1'],
    ['https://evil.example/', '/'],
    ['//evil.example/', '/'],
    ['/\\evil.example/', '/'],
    ['javascript:alert(1)', '/'],
    ['', '/'],
  ])('goes on to %j by %j', async (next, place) => {
    const user = await make.user(test.ctx)
    expect((await attempt({ email: user.email, next })).headers.location).toBe(place)
  })

  it('ends the session that the browser had before', async () => {
    const [first, second] = [await make.user(test.ctx), await make.user(test.ctx)]
    const before = await signedIn(first)
    await attempt({ email: second.email, cookie: before })
    expect(await isIn(before)).toBe(false)
  })

  it('is not asked of whoever is signed in, unless an app wants it again', async () => {
    const cookie = await signedIn(await make.user(test.ctx))
    const ask = (url: string) => test.app.inject({ url, headers: { cookie } })
    expect((await ask('/login?next=/settings/apps')).headers.location).toBe('/settings/apps')
    expect((await ask('/login?next=/settings/apps&again=1')).statusCode).toBe(200)
  })

  it('is refused when the form comes from another site', async () => {
    const user = await make.user(test.ctx)
    const { payload, headers } = formBody({ email: user.email, password: PASSWORD })
    const all = { ...headers, 'sec-fetch-site': 'cross-site' }
    expect((await test.app.inject({ method: 'POST', url: '/login', payload, headers: all })).statusCode).toBe(403)
  })

  it('is not possible with a disabled login', async () => {
    const user = await make.user(test.ctx)
    await changeAccess(test.ctx, user.id, 'disabled')
    expect((await attempt({ email: user.email })).statusCode).toBe(401)
    await changeAccess(test.ctx, user.id, 'enabled')
    expect((await attempt({ email: user.email })).statusCode).toBe(303)
  })

  it('lets clients log in from a popup: no header cuts the page off', async () => {
    const page = await test.app.inject('/login')
    expect(page.headers).not.toHaveProperty('cross-origin-opener-policy')
    expect(String(page.headers['content-security-policy'])).toMatch(/; form-action 'self'$/)
  })
})

describe('guessing', () => {
  it('ends after ten attempts at one login from one address, with the right password too (row 75)', async () => {
    const user = await make.user(test.ctx)
    const from = someAddress()
    for (let round = 0; round < 10; round++) {
      expect((await attempt({ email: user.email, password: 'wrong', from })).statusCode).toBe(401)
    }
    const answer = await attempt({ email: user.email.toUpperCase(), from })
    expect(answer.statusCode).toBe(429)
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
    expect(formWith(answer.body, 'password').fields.email).toBe(user.email.toUpperCase())
    expect((await attempt({ email: user.email })).statusCode).toBe(303)
  })

  it('is counted for the whole of an IPv6 network', async () => {
    const user = await make.user(test.ctx)
    const from = (host: number) => `2001:db8:1:2::${host.toString(16)}`
    for (let round = 1; round <= 10; round++) await attempt({ email: user.email, password: 'wrong', from: from(round) })
    expect((await attempt({ email: user.email, from: from(99) })).statusCode).toBe(429)
    expect((await attempt({ email: user.email, from: '2001:db8:1:3::1' })).statusCode).toBe(303)
  })

  it('ends at one login from many addresses too (row 75)', async () => {
    const email = `${uniqueName('no')}@mail.example`
    const codes: number[] = []
    for (let address = 0; address < 10; address++) {
      const from = someAddress()
      const answers = Array.from({ length: 11 }, () => attempt({ email, password: 'wrong', from }))
      codes.push(...(await Promise.all(answers)).map(({ statusCode }) => statusCode))
    }
    // What an address is refused itself does not close the login to others.
    expect(codes.filter((code) => code === 401)).toHaveLength(100)
    expect((await attempt({ email, password: 'wrong' })).statusCode).toBe(429)
    expect((await attempt({ email: (await make.user(test.ctx)).email })).statusCode).toBe(303)
  })

  it('is slowed down when one address tries many logins', async () => {
    const from = someAddress()
    const answers: number[] = []
    for (let round = 0; round < 61; round++) {
      answers.push((await attempt({ email: `${uniqueName('no')}@mail.example`, password: 'x', from })).statusCode)
    }
    expect(answers.at(59)).toBe(401)
    expect(answers.at(60)).toBe(429)
  })

  it('does not believe the address that a client claims to come from (row 75)', async () => {
    const user = await make.user(test.ctx)
    const from = someAddress()
    const { payload, headers } = formBody({ email: user.email, password: 'wrong' })
    const codes: number[] = []
    for (let round = 0; round < 11; round++) {
      const claimed = { ...headers, 'x-forwarded-for': `203.0.113.${round}` }
      const answer = await test.app.inject({
        method: 'POST',
        url: '/login',
        payload,
        headers: claimed,
        remoteAddress: from,
      })
      codes.push(answer.statusCode)
    }
    expect(codes.at(-1)).toBe(429)
  })
})

describe('a session', () => {
  it('lives on with every use and ends thirty days after the last', async () => {
    const cookie = await signedIn(await make.user(test.ctx))
    test.clock.pass(29 * dayMs)
    expect(await isIn(cookie)).toBe(true)
    test.clock.pass(29 * dayMs)
    expect(await isIn(cookie)).toBe(true)
    test.clock.pass(sessionLifetimeMs)
    expect(await isIn(cookie)).toBe(false)
  })

  it('ends with the sign-out, not only in this browser', async () => {
    const cookie = await signedIn(await make.user(test.ctx))
    const answer = await test.app.inject({ method: 'POST', url: '/logout', headers: { cookie } })
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/'])
    expect(answer.cookies).toMatchObject([{ name: sessionCookie, value: '' }])
    expect(await isIn(cookie)).toBe(false)
  })

  it('does not end by a link: signing out is a form', async () => {
    const cookie = await signedIn(await make.user(test.ctx))
    expect((await test.app.inject({ url: '/logout', headers: { cookie } })).statusCode).toBe(404)
    expect(await isIn(cookie)).toBe(true)
  })

  it('ends with the next request when the login is disabled', async () => {
    const user = await make.user(test.ctx)
    const cookie = await signedIn(user)
    await test.ctx.db.update(users).set({ disabledAt: test.clock.now() }).where(eq(users.id, user.id))
    expect(await isIn(cookie)).toBe(false)
  })

  it('leaves no row behind when it has expired', async () => {
    const user = await make.user(test.ctx)
    const rows = () => test.ctx.db.select().from(sessions).where(eq(sessions.userId, user.id))
    await signedIn(user)
    await pruneSessions(test.ctx.db, test.clock.now())
    expect(await rows()).toHaveLength(1)
    test.clock.pass(sessionLifetimeMs + 1)
    await pruneSessions(test.ctx.db, test.clock.now())
    expect(await rows()).toEqual([])
  })

  it('is never answered from a cache', async () => {
    const cookie = await signedIn(await make.user(test.ctx))
    const page = await test.app.inject({ url: '/settings/apps', headers: { cookie } })
    expect(page.headers['cache-control']).toContain('no-store')
  })
})

describe('as whom one acts', () => {
  const viewerOf = async (cookie: string) => (await findSession(test.ctx, cookie.split('=')[1] ?? ''))?.viewer ?? null

  async function choose(cookie: string, actor: string, next = '/settings/apps') {
    const { payload, headers } = formBody({ actor, next })
    return test.app.inject({ method: 'POST', url: '/identity', payload, headers: { ...headers, cookie } })
  }

  async function somebodyInTwoTeams() {
    const user = await make.user(test.ctx)
    const { actor: team } = await make.actor(test.ctx, { type: 'Organization', userId: user.id })
    const { actor: person } = await make.actor(test.ctx, { userId: user.id })
    return { user, team, person, cookie: await signedIn(user) }
  }

  it('is first the identity of one’s own', async () => {
    const { person, cookie } = await somebodyInTwoTeams()
    expect(await viewerOf(cookie)).toMatchObject({ actorId: person.id, role: 'owner', appId: null })
  })

  it('can be chosen, and stays', async () => {
    const { team, cookie } = await somebodyInTwoTeams()
    const answer = await choose(cookie, team.id)
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/settings/apps'])
    expect(await viewerOf(cookie)).toMatchObject({ actorId: team.id })
  })

  it('is shown on every page, with the others to choose from', async () => {
    const { team, person, cookie } = await somebodyInTwoTeams()
    const page = await test.app.inject({ url: '/settings/apps', headers: { cookie } })
    expect(page.body).toContain(`You act as ${person.name}`)
    expect(page.body).toContain(`name="actor" value="${team.id}"`)
  })

  it('is nobody in whose team one is not', async () => {
    const { person, cookie } = await somebodyInTwoTeams()
    const { actor: other } = await make.actor(test.ctx)
    for (const wrong of [other.id, 'x', '99999999999999999999'])
      expect((await choose(cookie, wrong)).statusCode).toBe(403)
    expect(await viewerOf(cookie)).toMatchObject({ actorId: person.id })
  })

  it('is another one when the team is left or its actor deleted, and in the end nobody', async () => {
    const { user, team, person, cookie } = await somebodyInTwoTeams()
    await choose(cookie, team.id)
    await test.ctx.db.delete(memberships).where(eq(memberships.actorId, team.id))
    expect(await viewerOf(cookie)).toMatchObject({ actorId: person.id })
    await test.ctx.db.update(actors).set({ deletedAt: test.clock.now() }).where(eq(actors.id, person.id))
    expect(await viewerOf(cookie)).toBeNull()
    expect((await findSession(test.ctx, cookie.split('=')[1] ?? ''))?.userId).toBe(user.id)
  })
})
