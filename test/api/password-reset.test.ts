import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Mail } from '#src/core/mail.ts'
import { effects } from '#src/db/schema/effects.ts'
import { makeResetLink } from '#src/features/users/reset.ts'
import { changeAccess } from '#src/features/users/service.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { formBody, readEntities } from '#test/support/forms.ts'
import { type MadeUser, make, PASSWORD } from '#test/support/make.ts'
import { sendMail } from '#workers/mail.ts'

let test: TestApp
beforeAll(async () => {
  test = await createTestApp({ config: { smtpUrl: 'smtp://127.0.0.1:9' } })
})
afterAll(() => test.close())

const hour = 3_600_000
const next = 'another password of some length'
let lastAddress = 0

function post(url: string, fields: Record<string, string>) {
  const { payload, headers } = formBody(fields)
  return test.app.inject({ method: 'POST', url, payload, headers, remoteAddress: `192.0.2.${++lastAddress}` })
}

const signIn = async (email: string, password: string) => (await post('/login', { email, password })).statusCode

/** What would be mailed now for requests that nobody has sent yet. */
async function mails(): Promise<Omit<Mail, 'messageId'>[]> {
  const sent: Mail[] = []
  const mailer = { ...test.ctx.mailer, isConfigured: true, send: async (mail: Mail) => void sent.push(mail) }
  const waiting = await test.ctx.db
    .select({ id: effects.id })
    .from(effects)
    .where(eq(effects.type, 'password.requested'))
  for (const { id } of waiting) await sendMail({ ...test.ctx, mailer }, id)
  await test.ctx.db.delete(effects).where(eq(effects.type, 'password.requested'))
  return sent
}

const linkIn = (mail?: Omit<Mail, 'messageId'>) => new URL(/https:\S+/.exec(mail?.text ?? '')?.[0] ?? '').pathname

async function linkOf({ email }: MadeUser): Promise<string> {
  const answer = await post('/login/forgotten', { email })
  expect(answer.statusCode).toBe(200)
  return linkIn((await mails())[0])
}

describe('somebody who has forgotten a password', () => {
  it('finds the way from the page for signing in', async () => {
    expect((await test.app.inject({ url: '/login' })).body).toContain('href="/login/forgotten"')
    expect((await test.app.inject({ url: '/login/forgotten' })).body).toContain('name="email"')
  })

  it('is mailed a link, chooses a new one, and the old one is over', async () => {
    const user = await make.user(test.ctx)
    const link = await linkOf(user)
    const page = await test.app.inject({ url: link })
    expect(readEntities(page.body)).toContain(user.email)
    expect(page.headers['referrer-policy']).toBe('no-referrer')
    const answer = await post(link, { password: next })
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/login'])
    expect([await signIn(user.email, PASSWORD), await signIn(user.email, next)]).toEqual([401, 303])
  })

  it('puts out whoever was in: every browser and every app', async () => {
    const { headers: token, userId } = await test.signIn('rosa')
    const { headers: cookie } = await test.browse('rosa')
    const { link } = await makeResetLink(test.ctx, { id: userId }, 'handed')
    await post(new URL(link).pathname, { password: next })
    const { statusCode } = await test.app.inject({ url: '/api/v1/accounts/verify_credentials', headers: token })
    expect(statusCode).toBe(401)
    expect((await test.app.inject({ url: '/settings/login', headers: cookie })).statusCode).toBe(303)
  })

  it('is told what is wrong with a password, and may try again', async () => {
    const link = await linkOf(await make.user(test.ctx))
    const answer = await post(link, { password: 'short' })
    expect([answer.statusCode, answer.body.includes('field__error')]).toEqual([422, true])
    expect((await post(link, { password: next })).statusCode).toBe(303)
  })
})

describe('a link', () => {
  it('works once', async () => {
    const link = await linkOf(await make.user(test.ctx))
    expect((await post(link, { password: next })).statusCode).toBe(303)
    expect((await post(link, { password: next })).statusCode).toBe(404)
    expect((await test.app.inject({ url: link })).statusCode).toBe(404)
  })

  it('of two at once is used by one', async () => {
    const link = await linkOf(await make.user(test.ctx))
    const answers = await Promise.all([post(link, { password: next }), post(link, { password: `${next}!` })])
    expect(answers.map(({ statusCode }) => statusCode).toSorted()).toEqual([303, 404])
  })

  it('is over after two hours, or when there is a newer one', async () => {
    const user = await make.user(test.ctx)
    const first = await linkOf(user)
    const second = await linkOf(user)
    expect((await test.app.inject({ url: first })).statusCode).toBe(404)
    expect((await test.app.inject({ url: second })).statusCode).toBe(200)
    test.clock.pass(2 * hour)
    expect((await test.app.inject({ url: second })).statusCode).toBe(404)
  })

  it('is of no use to who may not sign in', async () => {
    const user = await make.user(test.ctx)
    const link = await linkOf(user)
    await changeAccess(test.ctx, user.id, 'disabled')
    expect((await post(link, { password: next })).statusCode).toBe(404)
    await post('/login/forgotten', { email: user.email })
    expect(await mails()).toEqual([])
  })
})

describe('somebody who asks for an address that has no login', () => {
  it('sees the same, and nobody is written to', async () => {
    const { email } = await make.user(test.ctx)
    const [known, unknown] = [
      await post('/login/forgotten', { email }),
      await post('/login/forgotten', { email: 'no@x.example' }),
    ]
    expect(unknown.statusCode).toBe(known.statusCode)
    // Nothing is looked up before the answer, so its time tells nothing either.
    const wishes = await test.ctx.db
      .select({ payload: effects.payload })
      .from(effects)
      .where(eq(effects.type, 'password.requested'))
    expect(wishes.map(({ payload }) => (payload as { email: string }).email)).toEqual([email, 'no@x.example'])
    expect(unknown.body.replaceAll('no@x.example', email)).toBe(known.body)
    expect((await mails()).map(({ to }) => to)).toEqual([email])
  })

  it('leaves no trace of what can be no address', async () => {
    expect((await post('/login/forgotten', { email: `${'x'.repeat(400)}@mail.example` })).statusCode).toBe(200)
    expect(await test.ctx.db.select().from(effects).where(eq(effects.type, 'password.requested'))).toEqual([])
  })

  it('is not mailed again and again, whoever asks', async () => {
    const { email } = await make.user(test.ctx)
    for (let n = 0; n < 6; n++) {
      expect((await post('/login/forgotten', { email: n % 2 ? email.toUpperCase() : email })).statusCode).toBe(200)
    }
    expect(await test.ctx.db.select().from(effects).where(eq(effects.type, 'password.requested'))).toHaveLength(3)
    const links = (await mails()).map(linkIn)
    const answers = await Promise.all(links.map((url) => test.app.inject({ url })))
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([404, 404, 200])
  })
})

describe('an instance without a mail server', () => {
  it('says whom to ask', async () => {
    const other = await createTestApp()
    const page = await other.app.inject({ url: '/login/forgotten' })
    expect(page.body).toContain('cannot send mail')
    expect(page.body).not.toContain('name="email"')
    await other.close()
  })
})
