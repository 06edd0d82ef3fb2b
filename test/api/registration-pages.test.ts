import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { registrations } from '#src/db/schema/registrations.ts'
import { users } from '#src/db/schema/users.ts'
import { changeRegistrations } from '#src/features/instance/service.ts'
import { approveRegistration } from '#src/features/registrations/answer.ts'
import { insertRule, putText } from '#src/features/rules/queries.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { formBody, formWith, readEntities } from '#test/support/forms.ts'
import { make, PASSWORD, uniqueName } from '#test/support/make.ts'
import { pressConfirm, readLink, readMails } from '#test/support/newcomers.ts'

let test: TestApp
beforeAll(async () => {
  // A server that is never asked: whether there is one decides if anybody may register.
  test = await createTestApp({ config: { smtpUrl: 'smtp://127.0.0.1:9' } })
  await make.user(test.ctx, { isAdmin: true })
})
afterAll(() => test.close())
beforeEach(() => changeRegistrations(test.ctx, { mode: 'open', message: '' }))

const ticketCookie = 'entremise_registration'
let lastAddress = 0

type Typed = Readonly<{ handle: string; email: string; password: string; reason: string; agreement: string }>

function typed(values: Partial<Typed> = {}): Typed {
  const handle = uniqueName('page')
  return { handle, email: `${handle}@mail.example`, password: PASSWORD, reason: '', agreement: 'true', ...values }
}

function post(url: string, fields: Readonly<Record<string, string>>, cookie = '') {
  const { payload, headers } = formBody(fields)
  const remoteAddress = `198.51.100.${++lastAddress}`
  return test.app.inject({ method: 'POST', url, payload, headers: { ...headers, cookie }, remoteAddress })
}

const signUp = (values: Partial<Typed> = {}) => post('/signup', typed(values))

type Answer = Awaited<ReturnType<typeof post>>

function ticketOf(answer: Answer): string {
  const cookie = answer.cookies.find(({ name }) => name === ticketCookie)
  if (!cookie?.value) throw new Error('no ticket was given')
  return `${ticketCookie}=${cookie.value}`
}

/** Somebody who has registered on the page, with the cookie of the browser that waits. */
async function registered(values: Partial<Typed> = {}) {
  const fields = typed(values)
  const answer = await post('/signup', fields)
  expect([answer.statusCode, answer.headers.location]).toEqual([303, '/signup/waiting'])
  return { ...fields, cookie: ticketOf(answer) }
}

const waitingPage = (cookie: string) => test.app.inject({ url: '/signup/waiting', headers: { cookie } })
const login = (email: string, password = PASSWORD) => post('/login', { email, password })

describe('the way in', () => {
  it('is shown on the front page and beside the login, as long as there is one', async () => {
    const hasWay = async (url: string) => (await test.app.inject(url)).body.includes('href="/signup"')
    expect([await hasWay('/'), await hasWay('/login')]).toEqual([true, true])
    await changeRegistrations(test.ctx, { mode: 'closed' })
    expect([await hasWay('/'), await hasWay('/login')]).toEqual([false, false])
  })

  it('is not offered to whoever is in', async () => {
    const { headers } = await test.browse(uniqueName('inside'))
    expect((await test.app.inject({ url: '/about', headers })).body).not.toContain('href="/signup"')
    expect((await test.app.inject({ url: '/signup', headers })).headers.location).toBe('/')
  })

  it('is said to be closed when it is, in the words of those who run the instance', async () => {
    await changeRegistrations(test.ctx, { mode: 'closed', message: 'Come to the market <on Saturday>.' })
    const page = await test.app.inject('/signup')
    expect(page.statusCode).toBe(403)
    expect(page.body).toContain('Come to the market &lt;on Saturday&gt;.')
    await changeRegistrations(test.ctx, { message: '' })
    expect((await test.app.inject('/signup')).body).toContain('Ask somebody who is here for an invitation.')
    expect((await signUp()).statusCode).toBe(403)
  })
})

describe('the form', () => {
  it('asks for no agreement where nothing is written down', async () => {
    expect(formWith((await test.app.inject('/signup')).body, 'agreement').fields.agreement).toBe('true')
    expect((await signUp()).statusCode).toBe(303)
  })

  it('shows the rules and terms to which one agrees', async () => {
    await insertRule(test.ctx.db, { text: 'Be kind to bakers', hint: 'They rise early' })
    const now = test.ctx.now()
    const text = {
      kind: 'terms_of_service',
      source: 'No <b>bread</b> is thrown.',
      effectiveOn: '2020-01-01',
      now,
    } as const
    await putText(test.ctx.db, text)
    const { body } = await test.app.inject('/signup')
    for (const sentence of ['Be kind to bakers', 'They rise early', 'No &lt;b&gt;bread&lt;/b&gt; is thrown.'])
      expect(body).toContain(sentence)
    const { names } = formWith(body, 'agreement')
    expect(names).toEqual(expect.arrayContaining(['handle', 'email', 'password', 'agreement']))
    expect(names).not.toContain('reason')
  })

  it('says what is wrong beside each field, and keeps all but the password', async () => {
    const answer = await signUp({ handle: 'admin', email: 'nobody@', password: 'short', agreement: '' })
    expect(answer.statusCode).toBe(422)
    const page = readEntities(answer.body)
    for (const sentence of [
      'Somebody here has this handle already.',
      'This is not an e-mail address.',
      'At least 8 characters, please.',
      'Without agreeing to them you cannot join.',
    ])
      expect(page).toContain(sentence)
    const { fields } = formWith(answer.body, 'agreement')
    expect(fields).toMatchObject({ handle: 'admin', email: 'nobody@', password: '' })
  })

  it('asks why where administrators decide', async () => {
    await changeRegistrations(test.ctx, { mode: 'approval' })
    expect(formWith((await test.app.inject('/signup')).body, 'agreement').names).toContain('reason')
    expect((await signUp()).statusCode).toBe(422)
    const who = await registered({ reason: 'I bake.\r\nA lot.' })
    const [row] = await test.ctx.db.select().from(registrations).where(eq(registrations.handle, who.handle))
    expect(row?.reason).toBe('I bake.\nA lot.')
  })

  it('says the same of an address that has a login', async () => {
    const { email } = await make.user(test.ctx)
    const who = await registered({ email })
    expect((await waitingPage(who.cookie)).body).toContain('Check your mail')
    expect((await readMails(test.ctx, email))[0]?.subject).toContain('You have a login')
  })

  it('speaks French', async () => {
    const page = await test.app.inject({ url: '/signup', headers: { 'accept-language': 'fr' } })
    expect(readEntities(page.body)).toContain('Créer mon compte')
  })

  it('is counted by address', async () => {
    const { payload, headers } = formBody({})
    const send = () =>
      test.app.inject({ method: 'POST', url: '/signup', payload, headers, remoteAddress: '203.0.113.9' })
    for (let n = 0; n < 10; n++) expect((await send()).statusCode).toBe(422)
    expect((await send()).statusCode).toBe(429)
  })
})

describe('waiting', () => {
  it('shows where the mail went and which handle is kept, out of reach of scripts', async () => {
    const answer = await signUp({ handle: 'waits_here', email: 'waits@mail.example' })
    const cookie = answer.cookies.find(({ name }) => name === ticketCookie)
    expect(cookie).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Lax', path: '/signup' })
    const page = await waitingPage(ticketOf(answer))
    expect(page.headers['cache-control']).toBe('private, no-store')
    expect(page.body).toContain('waits@mail.example')
    expect(page.body).toContain('@waits_here@here.example')
  })

  it('has the mail sent again, to another address too', async () => {
    const who = await registered()
    const email = `${uniqueName('better')}@mail.example`
    const answer = await post('/signup/waiting', { email }, who.cookie)
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/signup/waiting'])
    expect((await waitingPage(who.cookie)).body).toContain(email)
    expect(await readMails(test.ctx, who.email)).toEqual([])
    expect((await pressConfirm(test, email)).statusCode).toBe(303)
  })

  it('says so when what was typed is no address', async () => {
    const who = await registered()
    const answer = await post('/signup/waiting', { email: 'nobody' }, who.cookie)
    expect(answer.statusCode).toBe(422)
    expect(answer.body).toContain('This is not an e-mail address.')
    expect(formWith(answer.body, 'email').fields.email).toBe('nobody')
  })

  it('leads to the login without a ticket, and when it is over', async () => {
    const who = await registered()
    await pressConfirm(test, who.email)
    for (const cookie of ['', who.cookie, `${ticketCookie}=invented`]) {
      expect((await waitingPage(cookie)).headers.location).toBe('/login')
      expect((await post('/signup/waiting', { email: who.email }, cookie)).headers.location).toBe('/login')
    }
  })

  it('is where the login leads with the right password, and opens no session', async () => {
    const who = await registered()
    const answer = await login(who.email.toUpperCase())
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/signup/waiting'])
    expect(answer.cookies.map(({ name }) => name)).toEqual([ticketCookie])
    expect((await waitingPage(ticketOf(answer))).body).toContain(who.email)
  })

  it('is not told to whoever has another password', async () => {
    const who = await registered()
    const [wrong, unknown] = [await login(who.email, 'not the one'), await login('nobody@mail.example', 'not the one')]
    expect([wrong.statusCode, unknown.statusCode]).toEqual([401, 401])
    expect(wrong.cookies).toEqual([])
  })
})

describe('the page to which the mail leads', () => {
  it('confirms by its button alone, then leads to the login', async () => {
    const who = await registered()
    const url = await readLink(test.ctx, who.email)
    const page = await test.app.inject(url)
    expect(page.headers['referrer-policy']).toBe('no-referrer')
    expect(readEntities(page.body)).toContain(who.email)
    expect(await test.ctx.db.select().from(users).where(eq(users.email, who.email))).toEqual([])
    const form = formWith(page.body, 'confirm')
    expect(form).toMatchObject({ action: url, method: 'post' })
    const answer = await post(form.action, { confirm: 'true' })
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/login'])
    const inside = await login(who.email)
    expect([inside.statusCode, inside.headers.location]).toEqual([303, '/'])
  })

  it('leads on to waiting where administrators decide', async () => {
    await changeRegistrations(test.ctx, { mode: 'approval' })
    const who = await registered({ reason: 'I bake.' })
    const answer = await pressConfirm(test, who.email)
    expect(answer.headers.location).toBe('/signup/waiting')
    const page = await waitingPage(ticketOf(answer))
    expect(page.body).toContain('Your request is being read')
    expect(page.body).not.toContain('name="email"')
    expect((await login(who.email)).headers.location).toBe('/signup/waiting')
    await approveRegistration(test.ctx, who.handle)
    expect((await login(who.email)).headers.location).toBe('/')
  })

  it('says when the link leads nowhere', async () => {
    const who = await registered()
    const url = await readLink(test.ctx, who.email)
    await pressConfirm(test, who.email)
    for (const path of [url, '/signup/confirm/invented']) {
      const page = await test.app.inject(path)
      expect(page.statusCode).toBe(404)
      expect(page.body).toContain('This link is no longer good')
    }
  })

  it('says when the address has a login by now', async () => {
    const email = `${uniqueName('twice')}@mail.example`
    const first = await registered({ email })
    const url = await readLink(test.ctx, email)
    await make.user(test.ctx, { email: first.email })
    const answer = await post(url, { confirm: 'true' })
    expect(answer.statusCode).toBe(422)
    expect(answer.body).toContain('belongs to somebody here')
  })
})
