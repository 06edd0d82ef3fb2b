import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { signIn } from '#src/features/users/pages.ts'
import { minPasswordCharacters } from '#src/features/users/service.ts'
import type { App } from '#src/http/zod.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { setupForm } from '#src/web/components/setup-form.ts'
import { sendPage } from '#src/web/frame.ts'
import { paths } from '#src/web/paths.ts'
import { type FieldSentences, fieldSentences } from '#src/web/problems.ts'
import { registerLandingPage } from './landing-pages.ts'
import { checkSetupToken, completeSetup } from './service.ts'
import { setupClosed, setupWrong } from './views.ts'

const setupPath = '/setup'

const setupQuery = z.object({ token: z.string().catch('') })

const setupBody = z.object({
  token: z.string().default(''),
  instance_name: z.string().default(''),
  instance_description: z.string().default(''),
  organization_name: z.string().default(''),
  handle: z.string().default(''),
  email: z.string().default(''),
  password: z.string().default(''),
})

type SetupBody = z.output<typeof setupBody>

/** Where the Problems of the services and the form have different names for a field. */
const names = { display_name: 'organization_name' }

/** Guessing the token is hopeless; hashing passwords for strangers costs us. */
const limit = { max: 30, windowMs: 15 * 60_000, per: 'address' } as const

/** The front page, and the first page of a new instance, which closes for ever with the first success. */
export function registerInstancePages(app: App, ctx: Ctx): void {
  registerLandingPage(app, ctx)
  app.get(setupPath, { config: { access: 'page' }, schema: { querystring: setupQuery } }, async (request, reply) => {
    const { token } = request.query
    const state = await checkSetupToken(ctx, token)
    if (state !== 'open') return sendNoSetup(request, reply, state)
    return sendSetup(ctx, request, reply, { typed: setupBody.parse({ token }), errors: {} })
  })
  app.post(setupPath, { config: { access: 'page', limit }, schema: { body: setupBody } }, async (request, reply) => {
    const typed = request.body
    const state = await checkSetupToken(ctx, typed.token)
    if (state !== 'open') return sendNoSetup(request, reply, state)
    const locale = localeOf(request)
    try {
      const { userId, organizationId } = await completeSetup(ctx, typed.token, { ...toInput(typed), locale })
      await signIn(ctx, request, reply, { userId, actorId: organizationId })
      return reply.redirect(paths.home, 303)
    } catch (error) {
      const errors = fieldSentences(error, translatorFor(locale), { minPasswordCharacters, names })
      return sendSetup(ctx, request, reply, { typed, errors })
    }
  })
}

function toInput(typed: SetupBody) {
  return {
    instanceName: typed.instance_name,
    instanceDescription: typed.instance_description,
    organizationName: typed.organization_name,
    handle: typed.handle,
    email: typed.email,
    password: typed.password,
  }
}

async function sendSetup(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  { typed, errors }: { typed: SetupBody; errors: FieldSentences },
): Promise<FastifyReply> {
  const t = translatorFor(localeOf(request))
  const { password: _, ...shown } = toInput(typed)
  const frame = { action: setupPath, token: typed.token, host: ctx.config.handleHost, minPasswordCharacters }
  const body = setupForm({ ...frame, ...shown, errors }, t)
  const status = Object.keys(errors).length > 0 ? 422 : 200
  return sendPage(request, reply, { title: t.setup.title, width: 'narrow', isIndexable: false, status, body })
}

async function sendNoSetup(
  request: FastifyRequest,
  reply: FastifyReply,
  state: 'wrong' | 'closed',
): Promise<FastifyReply> {
  const t = translatorFor(localeOf(request))
  const page = state === 'closed' ? { status: 410, body: setupClosed(t) } : { status: 404, body: setupWrong(t) }
  const title = state === 'closed' ? t.setupClosed.title : t.setupClosed.wrongTitle
  return sendPage(request, reply, { title, width: 'narrow', isIndexable: false, ...page })
}
