import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { isLocale, type Locale, localeOf } from '#src/core/i18n.ts'
import { isId } from '#src/core/ids.ts'
import { forbidden, invalid, unauthenticated } from '#src/errors.ts'
import { toActorValue } from '#src/features/actors/views.ts'
import { listIdentities } from '#src/features/teams/service.ts'
import { findUser } from '#src/features/users/queries.ts'
import type { Session } from '#src/http/auth.ts'
import { letFormsLeadTo } from '#src/http/security.ts'
import type { App } from '#src/http/zod.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { consentCode, consentForm } from '#src/web/components/consent-form.ts'
import { sendPage } from '#src/web/frame.ts'
import { paths } from '#src/web/paths.ts'
import { findAppByClientId } from './app-queries.ts'
import {
  type AuthorizationParameters,
  type AuthorizationTarget,
  type AuthorizationWish,
  findTarget,
  giveConsent,
  readWish,
} from './codes.ts'
import { OAuthError } from './errors.ts'
import { listAuthorizedApps } from './queries.ts'
import { addParameters, outOfBand, redirectPlace } from './redirects.ts'
import { withdrawConsent } from './service.ts'
import { appList, appPaths, namedScopes } from './views.ts'

const authorizePath = '/oauth/authorize'

const text = z.string().optional()

const parameters = z.object({
  client_id: text,
  redirect_uri: text,
  response_type: text,
  scope: text,
  state: text,
  code_challenge: text,
  code_challenge_method: text,
})

const authorizeQuery = parameters.extend({ force_login: text, lang: text })

const consentBody = parameters.extend({
  actor: text,
  decision: z.enum(['allow', 'deny'], 'choose to allow or to refuse'),
})

const withdrawBody = z.object({ app: z.string().default(''), actor: z.string() })

/** The page of consent, and the list of the apps that somebody has let in. */
export function registerOauthPages(app: App, ctx: Ctx): void {
  app.get(
    authorizePath,
    { config: { access: 'page' }, schema: { querystring: authorizeQuery } },
    async (request, reply) => {
      const { force_login: force, lang, ...asked } = request.query
      const target = await findTarget(ctx, asked)
      const wish = wishOrError(target, asked)
      if (wish instanceof OAuthError) return answerApp(reply, target, asked, wish)
      if (!request.session || /^(true|1|t|on)$/i.test(force ?? '')) return reply.redirect(loginPath(request, lang), 303)
      const locale = isLocale(lang) ? lang : localeOf(request)
      return sendConsent(ctx, request, reply, { session: request.session, target, wish, asked, locale })
    },
  )
  app.post(authorizePath, { config: { access: 'session' }, schema: { body: consentBody } }, async (request, reply) => {
    const { actor, decision, ...asked } = request.body
    const target = await findTarget(ctx, asked)
    const wish = wishOrError(target, asked)
    if (wish instanceof OAuthError) return answerApp(reply, target, asked, wish)
    if (decision === 'deny') {
      return answerApp(reply, target, asked, new OAuthError('access_denied', 'The person refused'))
    }
    if (!actor || !isId(actor)) throw invalid('Choose as which identity the app may act')
    const code = await giveConsent(ctx, { ...target, ...wish, userId: sessionOf(request).userId, actorId: actor })
    if (target.redirectUri === outOfBand) return sendCode(request, reply, target, code)
    return reply.redirect(addParameters(target.redirectUri, { code, state: asked.state }), 303)
  })
  registerAppList(app, ctx)
}

function wishOrError(target: AuthorizationTarget, asked: AuthorizationParameters): AuthorizationWish | OAuthError {
  try {
    return readWish(target.app, asked)
  } catch (error) {
    if (error instanceof OAuthError) return error
    throw error
  }
}

/** Tells the program at its own address, or the person where there is none. @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1 */
function answerApp(
  reply: FastifyReply,
  target: AuthorizationTarget,
  asked: AuthorizationParameters,
  error: OAuthError,
) {
  const { code, message } = error
  if (target.redirectUri === outOfBand) throw code === 'access_denied' ? forbidden(message) : invalid(message)
  const answer = { error: code, error_description: message, state: asked.state }
  return reply.redirect(addParameters(target.redirectUri, answer), 303)
}

/** The way to the sign-in and back here; the wish to see it is granted by then. */
function loginPath(request: FastifyRequest, lang: string | undefined): string {
  const { searchParams } = new URL(request.url, 'http://instance.invalid')
  searchParams.delete('force_login')
  const query = new URLSearchParams({ next: `${authorizePath}?${searchParams}`, again: '1', ...(lang ? { lang } : {}) })
  return `${paths.login}?${query}`
}

function sessionOf(request: FastifyRequest): Session {
  if (!request.session) throw unauthenticated('Sign in first')
  return request.session
}

type ConsentPage = Readonly<{
  session: Session
  target: AuthorizationTarget
  wish: AuthorizationWish
  asked: AuthorizationParameters
  locale: Locale
}>

async function sendConsent(ctx: Ctx, request: FastifyRequest, reply: FastifyReply, page: ConsentPage) {
  const { session, target, wish, asked, locale } = page
  const t = translatorFor(locale)
  if (target.redirectUri !== outOfBand) letFormsLeadTo(reply, target.redirectUri)
  const [user, identities] = await Promise.all([findUser(ctx.db, session.userId), listIdentities(ctx, session.userId)])
  const hidden = Object.fromEntries(
    Object.entries(asked).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
  const body = consentForm(
    {
      action: authorizePath,
      app: target.app,
      scopes: namedScopes(wish.scopes, t),
      identities: identities.map((actor) => toActorValue(ctx, actor)),
      // A person's own identity comes first: an app should not speak for the organisation by accident.
      chosenId: null,
      hidden,
      returnHost: redirectPlace(target.redirectUri),
      email: user?.email ?? '',
    },
    t,
  )
  return sendPage(request, reply, {
    title: t.consent.title(target.app.name),
    width: 'narrow',
    isIndexable: false,
    locale,
    body,
  })
}

/** Shown in answer to the form itself: an address with the code in it would stay in the history and could be sent to others. */
async function sendCode(request: FastifyRequest, reply: FastifyReply, target: AuthorizationTarget, code: string) {
  const t = translatorFor(localeOf(request))
  const body = consentCode({ app: target.app.name, code }, t)
  return sendPage(request, reply, { title: t.consent.codeTitle, width: 'narrow', isIndexable: false, body })
}

function registerAppList(app: App, ctx: Ctx): void {
  app.get(appPaths.list, { config: { access: 'session' } }, async (request, reply) => {
    const t = translatorFor(localeOf(request))
    const { userId } = sessionOf(request)
    const [apps, identities] = await Promise.all([listAuthorizedApps(ctx.db, userId), listIdentities(ctx, userId)])
    const values = apps.flatMap((one) => {
      const actor = identities.find(({ id }) => id === one.actorId)
      // Tokens for identities that are out of reach open nothing; there is nothing to end.
      return actor ? [{ ...one, actor: toActorValue(ctx, actor) }] : []
    })
    return sendPage(request, reply, {
      title: t.apps.title,
      isIndexable: false,
      body: appList(values, ctx.now(), t),
    })
  })
  const withdraw = { config: { access: 'session' }, schema: { body: withdrawBody } } as const
  app.post(appPaths.withdraw, withdraw, async (request, reply) => {
    const { app: appId, actor: actorId } = request.body
    if (!isId(actorId) || (appId !== '' && !isId(appId))) throw invalid('Choose an app from the list')
    await withdrawConsent(ctx, sessionOf(request).userId, { appId: appId || null, actorId })
    return reply.redirect(appPaths.list, 303)
  })
}

/**
 * The app whose wish for consent is behind a path, with the registered address to which it wants the answer, null where there is none; null
 * for any other path.
 */
export async function findWaitingApp(ctx: Ctx, path: string) {
  if (!path.startsWith(`${authorizePath}?`)) return null
  const { searchParams } = new URL(path, 'http://instance.invalid')
  const clientId = searchParams.get('client_id')
  const found = clientId ? await findAppByClientId(ctx.db, clientId) : null
  const asked = searchParams.get('redirect_uri')
  return (
    found && { name: found.name, address: found.redirectUris.find((uri) => uri === asked && uri !== outOfBand) ?? null }
  )
}
