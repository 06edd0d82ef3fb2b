import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { Problem } from '#src/errors.ts'
import type { App } from '#src/http/zod.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { setFlash } from '#src/web/flash.ts'
import { sendPage } from '#src/web/frame.ts'
import type { Html } from '#src/web/html.ts'
import { paths } from '#src/web/paths.ts'
import { fieldSentences } from '#src/web/problems.ts'
import { findOpenReset, requestReset, resetPassword } from './reset.ts'
import { forgottenForm, forgottenSent, resetForm, resetOver } from './reset-views.ts'
import { minPasswordCharacters } from './service.ts'

/** A mail to one address cannot be asked for more often, by whom ever: nobody's letter box is to be filled. */
const mailsPerAddress = { max: 3, timeWindow: 3_600_000 } as const

const limit = { max: 30, windowMs: 15 * 60_000, per: 'address' } as const

const params = z.object({ token: z.string() })
const forgottenBody = z.object({ email: z.string().default('') })
const resetBody = z.object({ password: z.string().default('') })

/** The ways back in for who has forgotten a password. */
export function registerResetPages(app: App, ctx: Ctx): void {
  registerForgotten(app, ctx)
  const url = `${paths.reset}/:token`
  app.get(url, { config: { access: 'page' }, schema: { params } }, async (request, reply) => {
    const { token } = request.params
    const reset = await findOpenReset(ctx, token)
    if (!reset) return sendOver(ctx, request, reply)
    return sendReset(request, reply, { token, email: reset.email })
  })
  app.post(url, { config: { access: 'page', limit }, schema: { params, body: resetBody } }, async (request, reply) => {
    const { token } = request.params
    try {
      await resetPassword(ctx, token, request.body.password)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      const reset = await findOpenReset(ctx, token)
      if (error.code === 'not_found' || !reset) return sendOver(ctx, request, reply)
      const { password } = fieldSentences(error, translatorFor(localeOf(request)), { minPasswordCharacters })
      return sendReset(request, reply, { token, email: reset.email, error: password, status: 422 })
    }
    setFlash(reply, { kind: 'done', text: translatorFor(localeOf(request)).reset.done })
    return reply.redirect(paths.login, 303)
  })
}

function registerForgotten(app: App, ctx: Ctx): void {
  const mails = app.createRateLimit({
    ...mailsPerAddress,
    allowList: [],
    keyGenerator: ({ body }) =>
      `forgotten ${forgottenBody
        .parse(body ?? {})
        .email.trim()
        .toLowerCase()}`,
  })
  app.get(paths.forgotten, { config: { access: 'page' } }, (request, reply) => {
    const t = translatorFor(localeOf(request))
    return send(request, reply, t.reset.title, forgottenForm({ isMailed: ctx.mailer.isConfigured }, t))
  })
  const options = { config: { access: 'page', limit }, schema: { body: forgottenBody } } as const
  app.post(paths.forgotten, options, async (request, reply) => {
    const { email } = request.body
    const count = await mails(request)
    // The page is the same: that a limit was reached would tell of the login.
    if (count.isAllowed || !count.isExceeded) await requestReset(ctx, email, localeOf(request))
    const t = translatorFor(localeOf(request))
    return send(request, reply, t.reset.title, forgottenSent(email.trim(), t))
  })
}

type ResetPage = Readonly<{ token: string; email: string; error?: string | undefined; status?: number }>

function sendReset(request: FastifyRequest, reply: FastifyReply, { token, status = 200, ...value }: ResetPage) {
  const t = translatorFor(localeOf(request))
  // The address holds what opens the door: it must not be told to whoever is linked to.
  reply.header('referrer-policy', 'no-referrer').header('cache-control', 'private, no-store')
  return send(request, reply, t.reset.newTitle, resetForm({ ...value, action: `${paths.reset}/${token}` }, t), status)
}

function sendOver(ctx: Ctx, request: FastifyRequest, reply: FastifyReply) {
  const t = translatorFor(localeOf(request))
  return send(request, reply, t.reset.overTitle, resetOver({ isMailed: ctx.mailer.isConfigured }, t), 404)
}

function send(request: FastifyRequest, reply: FastifyReply, title: string, body: Html, status = 200) {
  return sendPage(request, reply, { title, width: 'narrow', isIndexable: false, status, body })
}
