import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { renderPlainText } from '#src/core/markup.ts'
import { getInstance } from '#src/features/instance/service.ts'
import { findText, listRules } from '#src/features/rules/queries.ts'
import { minPasswordCharacters } from '#src/features/users/service.ts'
import { type App, flag } from '#src/http/zod.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { sendPage } from '#src/web/frame.ts'
import { raw } from '#src/web/html.ts'
import { paths } from '#src/web/paths.ts'
import { type FieldSentences, fieldSentences } from '#src/web/problems.ts'
import { registerConfirmationPages } from './confirmation-pages.ts'
import { longestReason, registerByBrowser } from './service.ts'
import { type SignUpValue, signUpClosed, signUpForm } from './views.ts'
import { registerWaitingPages, setTicketCookie } from './waiting-pages.ts'

const signUpBody = z.object({
  handle: z.string().default(''),
  email: z.string().default(''),
  password: z.string().default(''),
  reason: z.string().default(''),
  agreement: flag.default(false),
})

type Typed = z.output<typeof signUpBody>

/** Passwords are hashed for strangers, and a form comes back now and then. */
const limit = { max: 10, windowMs: 30 * 60_000, per: 'address' } as const

/** Making an account in the browser: the form, what one waits for, and the page to which the mail leads. */
export function registerRegistrationPages(app: App, ctx: Ctx): void {
  app.get(paths.signUp, { config: { access: 'page' } }, async (request, reply) => {
    if (request.session) return reply.redirect(paths.home, 303)
    return sendForm(ctx, request, reply, { typed: signUpBody.parse({}), errors: {} })
  })
  app.post(
    paths.signUp,
    { config: { access: 'page', limit }, schema: { body: signUpBody } },
    async (request, reply) => {
      const { agreement: isAgreed, reason, ...typed } = request.body
      const locale = localeOf(request)
      // Browsers count a line break as one character and send two.
      const input = { ...typed, isAgreed, reason: reason.replaceAll('\r\n', '\n'), locale }
      try {
        setTicketCookie(ctx, reply, await registerByBrowser(ctx, input))
        return reply.redirect(paths.signUpWaiting, 303)
      } catch (error) {
        const errors = fieldSentences(error, translatorFor(locale), { minPasswordCharacters })
        return sendForm(ctx, request, reply, { typed: request.body, errors })
      }
    },
  )
  registerWaitingPages(app, ctx)
  registerConfirmationPages(app, ctx)
}

async function sendForm(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  { typed, errors }: Readonly<{ typed: Typed; errors: FieldSentences }>,
): Promise<FastifyReply> {
  const t = translatorFor(localeOf(request))
  const { name, registrationMode: mode, registrationMessage: message } = await getInstance(ctx)
  const frame = { width: 'narrow', isIndexable: false } as const
  if (mode === 'closed') {
    const body = signUpClosed(message === '' ? null : raw(renderPlainText(message)), t)
    return sendPage(request, reply, { ...frame, title: t.signUp.closedTitle, status: 403, body })
  }
  const today = ctx.now().toISOString().slice(0, 10)
  const [rules, terms] = await Promise.all([listRules(ctx.db), findText(ctx.db, 'terms_of_service', today)])
  const value: SignUpValue = {
    instanceName: name,
    host: ctx.config.handleHost,
    needsApproval: mode === 'approval',
    rules,
    termsHtml: terms && raw(renderPlainText(terms.source)),
    minPasswordCharacters,
    longestReason,
    typed,
    errors,
  }
  const status = Object.keys(errors).length > 0 ? 422 : 200
  return sendPage(request, reply, { ...frame, title: t.signUp.title(name), status, body: signUpForm(value, t) })
}
