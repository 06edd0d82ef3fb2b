import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { Problem, unauthenticated } from '#src/errors.ts'
import type { Session } from '#src/http/auth.ts'
import type { App } from '#src/http/zod.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { setFlash } from '#src/web/flash.ts'
import { sendPage } from '#src/web/frame.ts'
import { paths } from '#src/web/paths.ts'
import { fieldSentences } from '#src/web/problems.ts'
import { changePassword, endOtherSessions, endSession } from './login.ts'
import { listSessions } from './login-queries.ts'
import { findUser } from './queries.ts'
import { minPasswordCharacters } from './service.ts'
import { loginSettings } from './views.ts'

const passwordBody = z.object({ current: z.string().default(''), password: z.string().default('') })

/** A session that somebody else has got hold of must not serve to guess the password. */
const limit = { max: 20, windowMs: 15 * 60_000, per: 'caller' } as const

type Errors = Readonly<Record<string, string | undefined>>

/** With what one signs in, and where one is signed in: to change the password, and to sign out elsewhere. */
export function registerLoginSettings(app: App, ctx: Ctx): void {
  const access = 'session'
  app.get(paths.settingsLogin, { config: { access } }, (request, reply) => sendSettings(ctx, request, reply, {}))
  const change = { config: { access, limit }, schema: { body: passwordBody } } as const
  app.post(paths.settingsLogin, change, async (request, reply) => {
    const { current, password: next } = request.body
    const t = translatorFor(localeOf(request))
    try {
      await changePassword(ctx, sessionOf(request), { current, next })
    } catch (error) {
      const isWrong = error instanceof Problem && error.details?.current !== undefined
      const errors = isWrong
        ? { current: t.pages.loginSettings.wrong }
        : fieldSentences(error, t, { minPasswordCharacters })
      return sendSettings(ctx, request, reply, errors)
    }
    return goBack(reply, t.pages.loginSettings.changed)
  })
  app.post(`${paths.settingsLogin}/sessions/others/end`, { config: { access } }, async (request, reply) => {
    await endOtherSessions(ctx, sessionOf(request))
    return goBack(reply, translatorFor(localeOf(request)).pages.loginSettings.ended)
  })
  const one = { config: { access }, schema: { params: z.object({ id: z.string() }) } } as const
  app.post(`${paths.settingsLogin}/sessions/:id/end`, one, async (request, reply) => {
    await endSession(ctx, sessionOf(request), request.params.id)
    return goBack(reply, translatorFor(localeOf(request)).pages.loginSettings.ended)
  })
}

function goBack(reply: FastifyReply, text: string): FastifyReply {
  setFlash(reply, { kind: 'done', text })
  return reply.redirect(paths.settingsLogin, 303)
}

async function sendSettings(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  errors: Errors,
): Promise<FastifyReply> {
  const t = translatorFor(localeOf(request))
  const { id: currentId, userId } = sessionOf(request)
  const [user, sessions] = await Promise.all([findUser(ctx.db, userId), listSessions(ctx.db, userId, ctx.now())])
  return sendPage(request, reply, {
    title: t.pages.loginSettings.title,
    isIndexable: false,
    status: Object.values(errors).some(Boolean) ? 422 : 200,
    body: loginSettings({ email: user?.email ?? '', sessions, currentId, now: ctx.now(), errors }, t),
  })
}

function sessionOf(request: FastifyRequest): Session {
  if (!request.session) throw unauthenticated('Sign in first')
  return request.session
}
