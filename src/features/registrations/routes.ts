import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { forbidden, unauthenticated } from '#src/errors.ts'
import { findApp } from '#src/features/oauth/app-queries.ts'
import { toToken } from '#src/features/oauth/entity.ts'
import type { Newcomer } from '#src/http/auth.ts'
import { acceptFields } from '#src/http/multipart.ts'
import type { App } from '#src/http/zod.ts'
import { accountBody, inClientWords, readLocale } from './fields.ts'
import { alreadyConfirmed, registerByApp, resendLink } from './service.ts'

/** As Mastodon limits both: passwords are hashed for strangers, and mails go to addresses that anybody may type. */
const limit = { max: 5, windowMs: 30 * 60_000, per: 'address' } as const

const confirmationBody = z.object({ email: z.string().optional() })

/**
 * Making an account with an app.
 * @see https://docs.joinmastodon.org/methods/accounts/#create
 * @see https://docs.joinmastodon.org/methods/emails/
 */
export function registerRegistrationRoutes(app: App, ctx: Ctx): void {
  const access = { scope: 'write:accounts', isForAnyToken: true } as const

  const create = { config: { access, limit }, schema: { body: accountBody }, preValidation: acceptFields } as const
  app.post('/api/v1/accounts', create, async (request, reply) => {
    const { username: handle, agreement: isAgreed, locale, reason, ...login } = request.body
    const found = request.grant?.appId ? await findApp(ctx.db, request.grant.appId) : null
    if (!found) throw forbidden('This token belongs to no app: register one with POST /api/v1/apps')
    const input = { ...login, handle, isAgreed, reason: reason ?? '', locale: readLocale(locale) }
    const token = await registerByApp(ctx, found, input).catch((error: unknown) => {
      throw inClientWords(error)
    })
    reply.header('cache-control', 'no-store')
    return toToken(token)
  })

  const again = { config: { access, limit }, schema: { body: confirmationBody }, preValidation: acceptFields } as const
  app.post('/api/v1/emails/confirmations', again, async (request) => {
    const { registrationId } = newcomerOf(request)
    await resendLink(ctx, registrationId, request.body.email ?? null)
    return {}
  })

  const check = { config: { access: { scope: 'read:accounts', isForAnyToken: true } } } as const
  app.get('/api/v1/emails/check_confirmation', check, async (request, reply) => {
    const { viewer, newcomer } = request.grant ?? {}
    if (!viewer && !newcomer) throw unauthenticated('This method requires an authenticated user')
    return reply.send(newcomer?.isConfirmed ?? true)
  })
}

/** Whose address is to be confirmed. @throws Problem `forbidden` for the token of an app, and of somebody who is in */
function newcomerOf(request: FastifyRequest): Newcomer {
  const { newcomer, viewer } = request.grant ?? {}
  if (newcomer) return newcomer
  if (viewer) throw alreadyConfirmed()
  throw forbidden('This method is only available to the application the user originally signed-up with')
}
