import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { isLocale, localeOf } from '#src/core/i18n.ts'
import { countedAddress } from '#src/http/address.ts'
import { letFormsLeadTo } from '#src/http/security.ts'
import { clearSessionCookie, sessionTokenOf, setSessionCookie } from '#src/http/session.ts'
import type { App } from '#src/http/zod.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { loginForm } from '#src/web/components/login-form.ts'
import { sendPage } from '#src/web/frame.ts'
import { paths } from '#src/web/paths.ts'
import { safeNext } from '#src/web/preferences.ts'
import { registerResetPages } from './reset-pages.ts'
import { checkPassword, type UserInput } from './service.ts'
import { actAs, closeSession, openSession } from './sessions.ts'
import { registerLoginSettings } from './settings-pages.ts'

const quarterHourMs = 15 * 60_000

/** Attempts at one login from one address in a quarter of an hour. */
const attemptsPerLogin = 10

/** From all addresses together: a network of machines must not guess on, and one who cannot sign in meanwhile still has the sessions of before. */
const attemptsFromAnywhere = 100

/** Attempts from one address, whichever logins they are for: slows down who tries one password on many. */
const attemptsPerAddress = 60

const loginQuery = z.object({ next: z.string().optional(), again: z.string().optional(), lang: z.string().optional() })

const loginBody = z.object({
  email: z.string().default(''),
  password: z.string().default(''),
  next: z.string().optional(),
})

const identityBody = z.object({ actor: z.string(), next: z.string().optional() })

/** What the pages of sign-in are told by features that they may not know. */
export type LoginSurroundings = Readonly<{
  /** The app that waits behind a path, and the address to which it may be answered even before anybody agrees; null when none does. */
  findWaitingApp(next: string): Promise<Readonly<{ name: string; address: string | null }> | null>
  /** Whether people may make an account by themselves. */
  isSignUpOffered(): Promise<boolean>
  /** Lets a browser see what somebody waits for who has registered and is not in yet; false when the login is nobody's. */
  letWait(reply: FastifyReply, login: UserInput): Promise<boolean>
}>

/** Signing in and out, and choosing as whom to act. */
export function registerUsersPages(app: App, ctx: Ctx, surroundings: LoginSurroundings): void {
  registerLogin(app, ctx, surroundings)
  registerLoginSettings(app, ctx)
  registerResetPages(app, ctx)
  app.post(paths.logout, { config: { access: 'page' } }, async (request, reply) => {
    const token = sessionTokenOf(request)
    if (token) await closeSession(ctx, token)
    clearSessionCookie(reply)
    return reply.redirect(paths.home, 303)
  })
  const identity = { config: { access: 'session' }, schema: { body: identityBody } } as const
  app.post(paths.identity, identity, async (request, reply) => {
    if (request.session) await actAs(ctx, request.session, request.body.actor)
    return reply.redirect(safeNext(request.body.next), 303)
  })
}

function registerLogin(app: App, ctx: Ctx, surroundings: LoginSurroundings): void {
  const counting = (max: number, keyGenerator: (request: FastifyRequest) => string) =>
    app.createRateLimit({ max, timeWindow: quarterHourMs, allowList: [], keyGenerator })
  const here = counting(attemptsPerLogin, ({ body, ip }) => `login ${readEmail(body)} ${countedAddress(ip)}`)
  const anywhere = counting(attemptsFromAnywhere, ({ body }) => `login ${readEmail(body)}`)
  app.get(paths.login, { config: { access: 'page' }, schema: { querystring: loginQuery } }, async (request, reply) => {
    const { again, lang } = request.query
    const next = safeNext(request.query.next)
    if (request.session && again === undefined) return reply.redirect(next, 303)
    return sendLogin(request, reply, { next, email: '', error: null, lang, surroundings })
  })
  const limit = { max: attemptsPerAddress, windowMs: quarterHourMs, per: 'address' } as const
  app.post(paths.login, { config: { access: 'page', limit }, schema: { body: loginBody } }, async (request, reply) => {
    const { email, password } = request.body
    const next = safeNext(request.body.next)
    const t = translatorFor(localeOf(request))
    // Counted before the password is looked at: a hundred requests at once are a hundred attempts.
    // What one address may not try counts no more against the login, or two addresses could close it.
    const first = await here(request)
    const attempt = first.isAllowed || !first.isExceeded ? await anywhere(request) : first
    if (!attempt.isAllowed && attempt.isExceeded) {
      const again = new Date(Date.now() + attempt.ttl)
      const error = t.login.limited(t.format.relative(again, new Date()))
      reply.header('retry-after', attempt.ttlInSeconds)
      return sendLogin(request, reply, { next, email, error, status: 429, surroundings })
    }
    const user = await checkPassword(ctx, { email, password })
    if (!user && (await surroundings.letWait(reply, { email, password }))) {
      return reply.redirect(paths.signUpWaiting, 303)
    }
    if (!user) return sendLogin(request, reply, { next, email, error: t.login.failed, status: 401, surroundings })
    await signIn(ctx, request, reply, { userId: user.id })
    return reply.redirect(next, 303)
  })
}

/** Opens a session for a browser and gives it the cookie; the session that it had before ends. */
export async function signIn(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  who: Readonly<{ userId: string; actorId?: string }>,
): Promise<void> {
  const userAgent = request.headers['user-agent'] ?? ''
  const token = await openSession(ctx, { ...who, userAgent, replacedToken: sessionTokenOf(request) })
  setSessionCookie(reply, token, ctx.config.publicUrl)
}

type LoginPage = Readonly<{
  next: string
  email: string
  error: string | null
  status?: number
  lang?: string | undefined
  surroundings: LoginSurroundings
}>

async function sendLogin(request: FastifyRequest, reply: FastifyReply, page: LoginPage): Promise<FastifyReply> {
  const { next, email, error, status = 200, surroundings } = page
  const locale = isLocale(page.lang) ? page.lang : localeOf(request)
  const t = translatorFor(locale)
  const waiting = await surroundings.findWaitingApp(next)
  // Where the app asks for what there is not, it is told so right after the sign-in.
  if (waiting?.address) letFormsLeadTo(reply, waiting.address)
  const signUp = (await surroundings.isSignUpOffered()) ? paths.signUp : null
  const body = loginForm(
    { action: paths.login, next, email, app: waiting?.name ?? null, signUp, forgotten: paths.forgotten, error },
    t,
  )
  return sendPage(request, reply, { title: t.login.title, width: 'narrow', isIndexable: false, status, locale, body })
}

function readEmail(body: unknown): string {
  const parsed = loginBody.safeParse(body ?? {})
  return parsed.success ? parsed.data.email.trim().toLowerCase() : ''
}
