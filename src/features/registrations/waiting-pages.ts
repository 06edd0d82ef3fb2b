import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { minPasswordCharacters, type UserInput } from '#src/features/users/service.ts'
import type { App } from '#src/http/zod.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { setFlash } from '#src/web/flash.ts'
import { sendPage } from '#src/web/frame.ts'
import { paths } from '#src/web/paths.ts'
import { fieldSentences } from '#src/web/problems.ts'
import type { Registration } from './queries.ts'
import { findOwnRegistration, giveTicket, resendLink, unconfirmedLifetimeMs } from './service.ts'
import { approvalWaiting, confirmationWaiting } from './views.ts'

/** The cookie of a browser in which somebody waits to be let in. */
const ticketCookie = 'entremise_registration'

const path = paths.signUp

const againBody = z.object({ email: z.string().default('') })

/** Each is a mail to an address that anybody may type. */
const limit = { max: 5, windowMs: 30 * 60_000, per: 'address' } as const

/** What somebody waits for who has registered, and the way to have the mail sent once more. */
export function registerWaitingPages(app: App, ctx: Ctx): void {
  app.get(paths.signUpWaiting, { config: { access: 'page' } }, async (request, reply) => {
    const registration = await findWaiting(ctx, request)
    if (!registration) return leave(reply)
    return sendWaiting(ctx, request, reply, { registration, email: registration.email, error: undefined })
  })
  const again = { config: { access: 'page', limit }, schema: { body: againBody } } as const
  app.post(paths.signUpWaiting, again, async (request, reply) => {
    const registration = await findWaiting(ctx, request)
    if (!registration) return leave(reply)
    const t = translatorFor(localeOf(request))
    const { email } = request.body
    try {
      await resendLink(ctx, registration.id, email)
    } catch (error) {
      const { email: sentence } = fieldSentences(error, t, { minPasswordCharacters })
      return sendWaiting(ctx, request, reply, { registration, email, error: sentence })
    }
    setFlash(reply, { kind: 'done', text: t.signUpWaiting.sent })
    return reply.redirect(paths.signUpWaiting, 303)
  })
}

async function findWaiting(ctx: Ctx, request: FastifyRequest): Promise<Registration | null> {
  const ticket = request.cookies[ticketCookie]
  return ticket ? findOwnRegistration(ctx, ticket) : null
}

/** Who waits no longer is in, or has to begin anew; signing in tells. */
function leave(reply: FastifyReply): FastifyReply {
  reply.clearCookie(ticketCookie, { path })
  return reply.redirect(paths.login, 303)
}

type Waiting = Readonly<{ registration: Registration; email: string; error: string | undefined }>

async function sendWaiting(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  { registration, email, error }: Waiting,
): Promise<FastifyReply> {
  const t = translatorFor(localeOf(request))
  const handle = `@${registration.handle}@${ctx.config.handleHost}`
  const sentTo = registration.email
  const page = registration.confirmedAt
    ? { title: t.signUpWaiting.approvalTitle, body: approvalWaiting({ sentTo, handle }, t) }
    : { title: t.signUpWaiting.confirmTitle, body: confirmationWaiting({ sentTo, handle, email, error }, t) }
  const status = error ? 422 : 200
  reply.header('cache-control', 'private, no-store')
  return sendPage(request, reply, { ...page, status, width: 'narrow', isIndexable: false })
}

/** Lets a browser wait: out of reach of scripts, and of every page that is not about this. */
export function setTicketCookie(ctx: Ctx, reply: FastifyReply, ticket: string): void {
  reply.setCookie(ticketCookie, ticket, {
    path,
    httpOnly: true,
    sameSite: 'lax',
    secure: ctx.config.publicUrl.startsWith('https:'),
    maxAge: unconfirmedLifetimeMs / 1_000,
  })
}

/** Lets a browser see what somebody waits for, when address and password are those of a registration; false when they are not. */
export async function letWait(ctx: Ctx, reply: FastifyReply, login: UserInput): Promise<boolean> {
  const ticket = await giveTicket(ctx, login)
  if (ticket) setTicketCookie(ctx, reply, ticket)
  return ticket !== null
}
