import { and, eq, inArray, isNull } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Mail } from '#src/core/mail.ts'
import { actors } from '#src/db/schema/actors.ts'
import { effects } from '#src/db/schema/effects.ts'
import { registrations } from '#src/db/schema/registrations.ts'
import { memberships } from '#src/db/schema/teams.ts'
import { users } from '#src/db/schema/users.ts'
import { prepareLocalActor } from '#src/features/actors/service.ts'
import { changeRegistrations, forgetInstance } from '#src/features/instance/service.ts'
import { approveRegistration, dropUnconfirmed, refuseRegistration } from '#src/features/registrations/answer.ts'
import { welcomeMail } from '#src/features/registrations/mail.ts'
import { listWaiting } from '#src/features/registrations/queries.ts'
import { createUser } from '#src/features/users/service.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { DAY_MS } from '#test/support/clock.ts'
import { formBody } from '#test/support/forms.ts'
import { make, uniqueName } from '#test/support/make.ts'
import {
  askToRegister,
  makeWaitingApp,
  type NewcomerFields,
  newcomerFields,
  pressConfirm,
  readLink,
  readMails,
  type WaitingApp,
} from '#test/support/newcomers.ts'
import { sendMail } from '#workers/mail.ts'

let test: TestApp
let app: WaitingApp
beforeAll(async () => {
  // A server that is never asked: whether there is one decides if anybody may register.
  test = await createTestApp({ config: { smtpUrl: 'smtp://127.0.0.1:9' } })
  app = await makeWaitingApp(test.ctx)
})
afterAll(() => test.close())
beforeEach(() => changeRegistrations(test.ctx, { mode: 'open', message: '' }))

const unconfirmed = 'Your login is missing a confirmed e-mail address'
const pending = 'Your login is currently pending approval'

const register = (values: Partial<NewcomerFields> = {}) => askToRegister(test, app, newcomerFields(values))

/** Somebody who has registered, with the headers of the token that the app was given. */
async function registered(values: Partial<NewcomerFields> = {}) {
  const fields = newcomerFields(values)
  const answer = await askToRegister(test, app, fields)
  expect(answer.statusCode).toBe(200)
  return { ...fields, headers: { authorization: `Bearer ${answer.json().access_token}` } }
}

type Newcomer = Awaited<ReturnType<typeof registered>>

const ask = ({ headers }: { headers: Record<string, string> }, url: string, method: 'GET' | 'POST' = 'GET') =>
  test.app.inject({ method, url, headers })

const me = (who: Newcomer) => ask(who, '/api/v1/accounts/verify_credentials')

const actorOf = async (handle: string) =>
  (
    await test.ctx.db
      .select()
      .from(actors)
      .where(and(eq(actors.handle, handle), isNull(actors.host)))
  )[0]

describe('registering through an app', () => {
  it('answers with a token that has the scopes of the app', async () => {
    const answer = await register()
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toMatchObject({ token_type: 'Bearer', scope: 'read write follow push' })
    expect(answer.headers['cache-control']).toBe('no-store')
  })

  it('takes the fields as a form too', async () => {
    const { agreement: _, ...fields } = newcomerFields()
    const { payload, headers } = formBody({ ...fields, agreement: 'true' })
    const answer = await test.app.inject({
      method: 'POST',
      url: '/api/v1/accounts',
      payload,
      headers: { ...headers, ...app.headers },
      remoteAddress: '203.0.113.1',
    })
    expect(answer.statusCode).toBe(200)
  })

  it('says what is wrong with every field at once', async () => {
    const answer = await register({ username: 'no spaces', email: 'x', password: 'short', agreement: false })
    expect(answer.statusCode).toBe(422)
    const { error, details } = answer.json()
    expect(error).toContain('Username may hold only')
    expect(details).toEqual({
      username: [{ error: 'ERR_INVALID', description: expect.any(String) }],
      email: [{ error: 'ERR_INVALID', description: expect.any(String) }],
      password: [{ error: 'ERR_TOO_SHORT', description: expect.any(String) }],
      agreement: [{ error: 'ERR_ACCEPTED', description: 'must be accepted' }],
    })
  })

  it.each([
    ['nothing', { username: '', email: '', password: '' }, ['username', 'email', 'password'], 'ERR_BLANK'],
    ['a handle that is reserved', { username: 'Admin' }, ['username'], 'ERR_RESERVED'],
    ['a handle of 31 letters', { username: 'a'.repeat(31) }, ['username'], 'ERR_TOO_LONG'],
  ])('refuses %s', async (_what, values, fields, code) => {
    const { details } = (await register(values)).json()
    expect(Object.keys(details).sort()).toEqual([...fields].sort())
    for (const field of fields) expect(details[field][0].error).toBe(code)
  })

  it('refuses a handle that somebody has, or that is kept for somebody who waits, however it is cased', async () => {
    const { actor } = await make.actor(test.ctx)
    const waiting = await registered()
    for (const username of [actor.handle.toUpperCase(), waiting.username.toUpperCase()]) {
      const answer = await register({ username })
      expect(answer.statusCode).toBe(422)
      expect(answer.json().details.username[0].error).toBe('ERR_TAKEN')
    }
    await expect(prepareLocalActor(test.ctx, { handle: waiting.username, type: 'Person' })).rejects.toMatchObject({
      details: { handle: [{ error: 'ERR_TAKEN' }] },
    })
  })

  it('gives a handle to one of two who ask at the same moment', async () => {
    const username = uniqueName('race')
    const answers = await Promise.all([1, 2].map((n) => register({ username, email: `race${n}@mail.example` })))
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 422])
  })

  it('needs a token of an app with the scope', async () => {
    const reader = await makeWaitingApp(test.ctx, 'read')
    expect((await askToRegister(test, reader, newcomerFields())).statusCode).toBe(403)
    const nobody = await test.app.inject({ method: 'POST', url: '/api/v1/accounts', payload: newcomerFields() })
    expect(nobody.statusCode).toBe(401)
    const { headers } = await test.signIn(uniqueName('member'))
    const commandLine = { appId: '', headers }
    expect((await askToRegister(test, commandLine, newcomerFields())).statusCode).toBe(403)
  })

  it('is refused while the instance is closed', async () => {
    await changeRegistrations(test.ctx, { mode: 'closed' })
    const answer = await register()
    expect([answer.statusCode, answer.json().error]).toEqual([403, 'This action is not allowed'])
  })

  it('asks for a reason where administrators decide, and nowhere else', async () => {
    await changeRegistrations(test.ctx, { mode: 'approval' })
    expect((await register()).json().details.reason[0].error).toBe('ERR_BLANK')
    expect((await register({ reason: 'x'.repeat(2_001) })).json().details.reason[0].error).toBe('ERR_TOO_LONG')
    expect((await register({ reason: 'I bake.' })).statusCode).toBe(200)
  })

  it('is counted by address', async () => {
    const from = '203.0.113.77'
    const codes: number[] = []
    for (let n = 0; n < 6; n++) codes.push((await askToRegister(test, app, newcomerFields(), from)).statusCode)
    expect(codes).toEqual([200, 200, 200, 200, 200, 429])
  })

  it('keeps a digest of password, token and link alone', async () => {
    const who = await registered()
    const token = who.headers.authorization.slice('Bearer '.length)
    const link = await readLink(test.ctx, who.email)
    const rows = JSON.stringify(await test.ctx.db.select().from(registrations))
    for (const secret of [who.password, token, link.split('/').at(-1)]) expect(rows).not.toContain(secret)
  })
})

describe('somebody who waits', () => {
  it('can do nothing but wait, and is told why', async () => {
    const who = await registered()
    for (const url of [
      '/api/v1/accounts/verify_credentials',
      '/api/v1/timelines/home',
      '/api/v1/apps/verify_credentials',
      '/api/v1/timelines/public',
      '/api/v1/streaming/user',
    ]) {
      const answer = await ask(who, url)
      expect({ url, status: answer.statusCode, error: answer.json().error }).toEqual({
        url,
        status: 403,
        error: unconfirmed,
      })
    }
    const post = await test.app.inject({
      method: 'POST',
      url: '/api/v1/statuses',
      headers: who.headers,
      payload: { status: 'Hello' },
    })
    expect([post.statusCode, post.json().error]).toEqual([403, unconfirmed])
  })

  it('is nowhere to be found', async () => {
    const who = await registered()
    const { headers } = await test.signIn(uniqueName('seeker'))
    const { username } = who
    const found = async (url: string) => (await test.app.inject({ url, headers })).json()
    expect((await found(`/api/v2/search?q=${username}`)).accounts).toEqual([])
    expect(await found(`/api/v1/accounts/search?q=${username}`)).toEqual([])
    expect(JSON.stringify(await found('/api/v1/directory?local=true&limit=80'))).not.toContain(username)
    expect(JSON.stringify(await found('/api/v2/suggestions'))).not.toContain(username)
    for (const url of [
      `/api/v1/accounts/lookup?acct=${username}`,
      `/.well-known/webfinger?resource=acct:${username}@here.example`,
      `/@${username}`,
      `/users/${username}`,
    ]) {
      const answer = await test.app.inject({ url, headers: { accept: 'application/activity+json' } })
      expect({ url, status: answer.statusCode }).toEqual({ url, status: 404 })
    }
    expect(await actorOf(username)).toBeUndefined()
    expect(await test.ctx.db.select().from(users).where(eq(users.email, who.email))).toEqual([])
  })

  it('is counted nowhere', async () => {
    const count = async () => {
      forgetInstance(test.ctx)
      return Number((await test.app.inject('/nodeinfo/2.1')).json().usage.users.total)
    }
    const before = await count()
    const who = await registered()
    expect(await count()).toBe(before)
    await pressConfirm(test, who.email)
    expect(await count()).toBe(before + 1)
  })

  it('may have the token ended by its app', async () => {
    const who = await registered()
    const token = who.headers.authorization.slice('Bearer '.length)
    await test.app.inject({ method: 'POST', url: '/oauth/revoke', payload: { token } })
    expect((await me(who)).statusCode).toBe(401)
  })
})

describe('confirming the address', () => {
  it('lets somebody in, with the token that the app has already', async () => {
    const who = await registered()
    expect((await pressConfirm(test, who.email)).statusCode).toBe(303)
    const account = (await me(who)).json()
    expect(account).toMatchObject({ username: who.username, locked: true })
    const [place] = await test.ctx.db.select().from(memberships).where(eq(memberships.actorId, account.id))
    expect(place?.role).toBe('owner')
    const finger = await test.app.inject(`/.well-known/webfinger?resource=acct:${who.username}@here.example`)
    expect(finger.statusCode).toBe(200)
    expect(await test.ctx.db.select().from(registrations).where(eq(registrations.handle, who.username))).toEqual([])
  })

  it('is not done by a program that only looks at the link', async () => {
    const who = await registered()
    const link = await readLink(test.ctx, who.email)
    for (const method of ['GET', 'HEAD'] as const) await test.app.inject({ method, url: link })
    expect((await me(who)).json().error).toBe(unconfirmed)
  })

  it('works once, also for two who press at the same moment', async () => {
    const who = await registered()
    const url = await readLink(test.ctx, who.email)
    const answers = await Promise.all([1, 2].map(() => test.app.inject({ method: 'POST', url })))
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([303, 404])
    expect(await test.ctx.db.select().from(users).where(eq(users.email, who.email))).toHaveLength(1)
  })

  it('comes too late after two days', async () => {
    const who = await registered()
    const url = await readLink(test.ctx, who.email)
    test.clock.pass(2 * DAY_MS)
    expect((await test.app.inject({ method: 'POST', url })).statusCode).toBe(404)
    expect((await me(who)).json().error).toBe(unconfirmed)
  })

  it('makes an address the login of who confirms it first', async () => {
    const email = `${uniqueName('shared')}@mail.example`
    const [first, second] = [await registered({ email }), await registered({ email: email.toUpperCase() })]
    expect((await pressConfirm(test, email)).statusCode).toBe(303)
    expect((await me(first)).statusCode).toBe(200)
    expect((await pressConfirm(test, email.toUpperCase())).statusCode).toBe(422)
    expect((await me(second)).json().error).toBe(unconfirmed)
  })

  it('is asked for by apps with check_confirmation', async () => {
    await changeRegistrations(test.ctx, { mode: 'approval' })
    const who = await registered({ reason: 'I bake.' })
    const check = async (holder: { headers: Record<string, string> }) =>
      ask(holder, '/api/v1/emails/check_confirmation')
    expect((await check(who)).json()).toBe(false)
    await pressConfirm(test, who.email)
    expect((await check(who)).json()).toBe(true)
    await approveRegistration(test.ctx, who.username)
    expect((await check(who)).json()).toBe(true)
    expect((await check(app)).statusCode).toBe(401)
    expect((await test.app.inject('/api/v1/emails/check_confirmation')).statusCode).toBe(401)
  })
})

describe('the mail', () => {
  const sent: Mail[] = []

  /** Does what the workers do with the facts that nobody has dealt with; in the place of the mail server stands a list. */
  async function sendWaitingMails() {
    const mailer = { ...test.ctx.mailer, isConfigured: true, send: async (mail: Mail) => void sent.push(mail) }
    const isAboutMail = inArray(effects.type, ['registration.requested', 'registration.approved'])
    const waiting = await test.ctx.db
      .select()
      .from(effects)
      .where(and(isAboutMail, isNull(effects.finishedAt)))
    for (const { id } of waiting) await sendMail({ ...test.ctx, mailer }, id)
  }

  it('says for what, in the language that was asked for', async () => {
    const french = await registered({ locale: 'fr-CA' })
    const [mail] = await readMails(test.ctx, french.email)
    expect(mail).toMatchObject({ to: french.email, subject: 'Confirmez votre adresse pour Entremise' })
    expect(mail?.text).toContain(`@${french.username}@here.example`)
    const other = await registered({ locale: 'de' })
    expect((await readMails(test.ctx, other.email))[0]?.subject).toBe('Confirm your address for Entremise')
  })

  it('tells who has a login, and tells nobody else', async () => {
    const { email } = await make.user(test.ctx)
    const who = await registered({ email })
    const mails = await readMails(test.ctx, email)
    expect(mails.map(({ subject }) => subject)).toEqual(['You have a login on Entremise already'])
    expect(mails[0]?.text).not.toContain('/signup/confirm/')
    expect((await me(who)).json().error).toBe(unconfirmed)
    const free = await register()
    expect(Object.keys((await register({ email })).json())).toEqual(Object.keys(free.json()))
  })

  it('goes to one address a few times only', async () => {
    const email = `${uniqueName('flooded')}@mail.example`
    const codes: number[] = []
    for (let n = 0; n < 7; n++) codes.push((await register({ email })).statusCode)
    expect(codes).toEqual([200, 200, 200, 200, 200, 200, 429])
    expect(await test.ctx.db.select().from(registrations).where(eq(registrations.email, email))).toHaveLength(6)
  })

  it('is sent by the workers, and the welcome too', async () => {
    await changeRegistrations(test.ctx, { mode: 'approval' })
    const who = await registered({ reason: 'I bake.' })
    await sendWaitingMails()
    await pressConfirm(test, who.email)
    await approveRegistration(test.ctx, who.username)
    await sendWaitingMails()
    expect(sent.filter(({ to }) => to === who.email).map(({ subject }) => subject)).toEqual([
      'Confirm your address for Entremise',
      'Welcome to Entremise',
    ])
  })

  it('that goes out twice, as after a kill, has one id by which mailboxes show it once (row 91)', async () => {
    const { email } = await registered()
    await sendWaitingMails()
    await test.ctx.db.$client`update effects set finished_at = null where type = 'registration.requested'`
    await sendWaitingMails()
    const ids = sent.filter(({ to }) => to === email).map(({ messageId }) => messageId)
    expect(ids).toHaveLength(2)
    expect(new Set(ids).size).toBe(1)
    expect(ids[0]).toMatch(/^\d+@here\.example$/)
  })

  it('is not sent when the person is in, or gone', async () => {
    const [inside, gone] = [await registered(), await registered()]
    await pressConfirm(test, inside.email)
    await refuseRegistration(test.ctx, gone.username)
    expect(await readMails(test.ctx, inside.email)).toEqual([])
    expect(await readMails(test.ctx, gone.email)).toEqual([])
  })
})

describe('sending the mail once more', () => {
  const again = (holder: { headers: Record<string, string> }, payload: object = {}) =>
    test.app.inject({
      method: 'POST',
      url: '/api/v1/emails/confirmations',
      headers: holder.headers,
      payload,
      remoteAddress: `198.51.101.${++count}`,
    })
  let count = 0

  it('ends the link before', async () => {
    const who = await registered()
    const former = await readLink(test.ctx, who.email)
    const answer = await again(who)
    expect([answer.statusCode, answer.json()]).toEqual([200, {}])
    expect(await readLink(test.ctx, who.email)).not.toBe(former)
    expect(await readMails(test.ctx, who.email)).toHaveLength(1)
    expect((await test.app.inject({ method: 'POST', url: former })).statusCode).toBe(404)
    await pressConfirm(test, who.email)
    expect((await me(who)).statusCode).toBe(200)
  })

  it('goes to another address when one is given', async () => {
    const who = await registered()
    const email = `${uniqueName('corrected')}@mail.example`
    expect((await again(who, { email })).statusCode).toBe(200)
    expect(await readMails(test.ctx, who.email)).toEqual([])
    await pressConfirm(test, email)
    const [user] = await test.ctx.db.select().from(users).where(eq(users.email, email))
    expect(user).toBeDefined()
  })

  it('refuses what is no address', async () => {
    const answer = await again(await registered(), { email: 'nobody' })
    expect(answer.statusCode).toBe(422)
    expect(answer.json().details.email[0].error).toBe('ERR_INVALID')
  })

  it('is for who waits for it', async () => {
    const who = await registered()
    await pressConfirm(test, who.email)
    const late = await again(who)
    expect([late.statusCode, late.json().error]).toEqual([
      403,
      'This method is only available while the e-mail is awaiting confirmation',
    ])
    const other = await again(app)
    expect([other.statusCode, other.json().error]).toEqual([
      403,
      'This method is only available to the application the user originally signed-up with',
    ])
    await changeRegistrations(test.ctx, { mode: 'approval' })
    const waiting = await registered({ reason: 'I bake.' })
    await pressConfirm(test, waiting.email)
    expect((await again(waiting)).statusCode).toBe(403)
  })
})

describe('where administrators decide', () => {
  beforeEach(() => changeRegistrations(test.ctx, { mode: 'approval' }))

  async function confirmed() {
    const who = await registered({ reason: 'I bake.', locale: 'fr' })
    await pressConfirm(test, who.email)
    return who
  }

  it('somebody waits for them when the address is confirmed', async () => {
    const who = await confirmed()
    expect((await me(who)).json().error).toBe(pending)
    expect(await actorOf(who.username)).toBeUndefined()
    const waiting = await listWaiting(test.ctx.db)
    expect(waiting.find(({ handle }) => handle === who.username)).toMatchObject({ reason: 'I bake.' })
  })

  it('they let somebody in, who is told so by mail in the same language', async () => {
    const who = await confirmed()
    await approveRegistration(test.ctx, `@${who.username.toUpperCase()}`)
    expect((await me(who)).json().username).toBe(who.username)
    const [user] = await test.ctx.db.select().from(users).where(eq(users.email, who.email))
    const rows = await test.ctx.db.select().from(effects).where(eq(effects.type, 'registration.approved'))
    const payload = rows.map((row) => row.payload as Record<string, unknown>).find(({ userId }) => userId === user?.id)
    const mail = await welcomeMail(test.ctx, payload ?? {})
    expect(mail).toMatchObject({ to: who.email, subject: 'Bienvenue sur Entremise' })
    const arrived = await test.ctx.db.select().from(effects).where(eq(effects.type, 'newcomer.arrived'))
    expect(arrived.map((row) => row.payload)).toContainEqual({ actorId: (await actorOf(who.username))?.id })
  })

  it('they do not let in whose address is not confirmed', async () => {
    const who = await registered({ reason: 'I bake.' })
    expect((await listWaiting(test.ctx.db)).map(({ handle }) => handle)).not.toContain(who.username)
    await expect(approveRegistration(test.ctx, who.username)).rejects.toMatchObject({ code: 'conflict' })
  })

  it('they turn somebody away: the token ends, the handle is free', async () => {
    const who = await confirmed()
    await refuseRegistration(test.ctx, who.username)
    expect((await me(who)).statusCode).toBe(401)
    expect((await register({ username: who.username, reason: 'Another one' })).statusCode).toBe(200)
    await expect(refuseRegistration(test.ctx, 'nobody_waits')).rejects.toMatchObject({ code: 'not_found' })
  })

  it('who registered while everybody could come in waits when that is over', async () => {
    await changeRegistrations(test.ctx, { mode: 'open' })
    const [first, second] = [await registered(), await registered()]
    await changeRegistrations(test.ctx, { mode: 'approval' })
    await pressConfirm(test, first.email)
    await changeRegistrations(test.ctx, { mode: 'closed' })
    await pressConfirm(test, second.email)
    for (const who of [first, second]) expect((await me(who)).json().error).toBe(pending)
  })

  it('says so when the address got a login meanwhile', async () => {
    const who = await confirmed()
    await createUser(test.ctx, { email: who.email, password: 'a password of some length' })
    await expect(approveRegistration(test.ctx, who.username)).rejects.toThrow('has a login already')
  })
})

describe('housekeeping', () => {
  it('forgets after a week who has not confirmed, and nobody who has', async () => {
    await changeRegistrations(test.ctx, { mode: 'approval' })
    const waiting = await registered({ reason: 'I bake.' })
    await pressConfirm(test, waiting.email)
    const who = await registered({ reason: 'I bake.' })
    test.clock.pass(7 * DAY_MS - 1_000)
    await dropUnconfirmed(test.ctx)
    expect((await me(who)).statusCode).toBe(403)
    test.clock.pass(2_000)
    await dropUnconfirmed(test.ctx)
    expect((await me(who)).statusCode).toBe(401)
    expect((await me(waiting)).json().error).toBe(pending)
    expect((await register({ username: who.username, reason: 'Me again' })).statusCode).toBe(200)
  })
})

describe('what the instance says of it', () => {
  const said = async () => {
    const [now, old] = await Promise.all([test.app.inject('/api/v2/instance'), test.app.inject('/api/v1/instance')])
    const { registrations: isOpen, approval_required: needsApproval } = old.json()
    const isSaidToServers = (await test.app.inject('/nodeinfo/2.1')).json().openRegistrations
    return { now: now.json().registrations, old: { isOpen, needsApproval }, isSaidToServers }
  }

  it.each([
    ['open', { enabled: true, approval_required: false, reason_required: false }],
    ['approval', { enabled: true, approval_required: true, reason_required: true }],
    ['closed', { enabled: false, approval_required: false, reason_required: null }],
  ] as const)('is so when it is %s', async (mode, expected) => {
    await changeRegistrations(test.ctx, { mode, message: 'Write to us.' })
    const { now, old, isSaidToServers } = await said()
    expect(isSaidToServers).toBe(expected.enabled)
    expect(now).toEqual({
      ...expected,
      message: mode === 'closed' ? '<p>Write to us.</p>' : null,
      min_age: null,
      url: null,
    })
    expect(old).toEqual({ isOpen: expected.enabled, needsApproval: expected.approval_required })
  })
})

describe('without a mail server', () => {
  let bare: TestApp
  beforeAll(async () => {
    bare = await createTestApp()
  })
  afterAll(() => bare.close())

  it('nobody can register, and it cannot be allowed', async () => {
    await expect(changeRegistrations(bare.ctx, { mode: 'open' })).rejects.toThrow('set SMTP_URL first')
    await bare.ctx.db.$client`update instance set registration_mode = 'open'`
    expect((await bare.app.inject('/api/v2/instance')).json().registrations.enabled).toBe(false)
    const answer = await askToRegister(bare, await makeWaitingApp(bare.ctx), newcomerFields())
    expect(answer.statusCode).toBe(403)
  })
})
