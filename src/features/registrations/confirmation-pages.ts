import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { hashToken } from '#src/core/secrets.ts'
import { Problem } from '#src/errors.ts'
import type { App } from '#src/http/zod.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { setFlash } from '#src/web/flash.ts'
import { sendPage } from '#src/web/frame.ts'
import { paths } from '#src/web/paths.ts'
import { confirmAddress } from './answer.ts'
import { findByLink } from './queries.ts'
import { confirmationForm, confirmationOver } from './views.ts'
import { setTicketCookie } from './waiting-pages.ts'

const params = z.object({ token: z.string() })

/** Guessing a token is hopeless; making keys costs us. */
const limit = { max: 30, windowMs: 15 * 60_000, per: 'address' } as const

/** The page to which the mail leads. Programs that look for bad links open it too: only its button confirms. */
export function registerConfirmationPages(app: App, ctx: Ctx): void {
  const url = `${paths.signUpConfirm}/:token`
  app.get(url, { config: { access: 'page' }, schema: { params } }, async (request, reply) => {
    const { token } = request.params
    const registration = await findByLink(ctx.db, hashToken(token), ctx.now())
    if (!registration) return sendOver(request, reply, 'over')
    const t = translatorFor(localeOf(request))
    const handle = `@${registration.handle}@${ctx.config.handleHost}`
    const body = confirmationForm({ action: `${paths.signUpConfirm}/${token}`, email: registration.email, handle }, t)
    // The address holds what opens the door: it must not be told to whoever is linked to.
    reply.header('referrer-policy', 'no-referrer').header('cache-control', 'private, no-store')
    return sendPage(request, reply, { title: t.signUpConfirm.title, width: 'narrow', isIndexable: false, body })
  })
  app.post(url, { config: { access: 'page', limit }, schema: { params } }, async (request, reply) => {
    try {
      const confirmation = await confirmAddress(ctx, request.params.token)
      if (confirmation.state === 'waits') {
        setTicketCookie(ctx, reply, confirmation.ticket)
        return reply.redirect(paths.signUpWaiting, 303)
      }
    } catch (error) {
      if (error instanceof Problem && error.code === 'not_found') return sendOver(request, reply, 'over')
      if (error instanceof Problem && error.details) return sendOver(request, reply, 'taken')
      throw error
    }
    setFlash(reply, { kind: 'done', text: translatorFor(localeOf(request)).signUpConfirm.done })
    return reply.redirect(paths.login, 303)
  })
}

function sendOver(request: FastifyRequest, reply: FastifyReply, reason: 'over' | 'taken'): Promise<FastifyReply> {
  const t = translatorFor(localeOf(request))
  const status = reason === 'over' ? 404 : 422
  const body = confirmationOver(reason, t)
  return sendPage(request, reply, {
    title: t.signUpConfirm.overTitle,
    width: 'narrow',
    isIndexable: false,
    status,
    body,
  })
}
