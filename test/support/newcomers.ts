import { asc, eq } from 'drizzle-orm'
import type { Ctx } from '#src/context.ts'
import { effects } from '#src/db/schema/effects.ts'
import { registerApp } from '#src/features/oauth/apps.ts'
import { createAppToken } from '#src/features/oauth/service.ts'
import { confirmationMail } from '#src/features/registrations/mail.ts'
import type { TestApp } from './app.ts'
import { uniqueName } from './make.ts'

/** An app that has said who it is and acts for nobody; `scopes` are those for which it registered. */
export type WaitingApp = Readonly<{ appId: string; headers: Readonly<{ authorization: string }> }>

/** Registers an app and gives it a token of its own. */
export async function makeWaitingApp(ctx: Ctx, scopes = 'read write follow push'): Promise<WaitingApp> {
  const redirectUris = ['urn:ietf:wg:oauth:2.0:oob']
  const { app } = await registerApp(ctx, { name: 'Lens', redirectUris, scopes, website: null })
  const { accessToken } = await createAppToken(ctx, { app, isProven: true }, scopes)
  return { appId: app.id, headers: { authorization: `Bearer ${accessToken}` } }
}

/** What somebody fills in who registers through an app. */
export type NewcomerFields = Readonly<{
  username: string
  email: string
  password: string
  agreement: boolean
  locale: string
  reason?: string
}>

/** What somebody fills in, all of it right but for `values`. */
export function newcomerFields(values: Partial<NewcomerFields> = {}): NewcomerFields {
  const username = uniqueName('newcomer')
  const email = `${username}@mail.example`
  return { username, email, password: 'a password of some length', agreement: true, locale: 'en', ...values }
}

let lastAddress = 0

/** A request of its own address each time: registrations are counted by it. */
export function askToRegister(test: TestApp, app: WaitingApp, payload: object, remoteAddress?: string) {
  return test.app.inject({
    method: 'POST',
    url: '/api/v1/accounts',
    headers: app.headers,
    payload,
    remoteAddress: remoteAddress ?? `198.51.100.${++lastAddress}`,
  })
}

/** The mails that were wanted for an address, as they are written now: those whose reason is gone are left out. */
export async function readMails(ctx: Ctx, email: string) {
  const rows = await ctx.db
    .select({ payload: effects.payload })
    .from(effects)
    .where(eq(effects.type, 'registration.requested'))
    .orderBy(asc(effects.id))
  const payloads = rows.map(({ payload }) => payload as Record<string, unknown>)
  const mails = await Promise.all(
    payloads.filter((payload) => payload.email === email).map((payload) => confirmationMail(ctx, payload)),
  )
  return mails.filter((mail) => mail !== null)
}

/** The path of the link in the last mail to an address. */
export async function readLink(ctx: Ctx, email: string): Promise<string> {
  const text = (await readMails(ctx, email)).at(-1)?.text ?? ''
  const path = /https?:\/\/[^/]+(\/signup\/confirm\/[\w-]+)/.exec(text)?.[1]
  if (!path) throw new Error(`no link was mailed to ${email}`)
  return path
}

/** Presses the button of the page to which the last mail leads. */
export async function pressConfirm(test: TestApp, email: string) {
  return test.app.inject({ method: 'POST', url: await readLink(test.ctx, email) })
}
