import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { findActor } from '#src/features/actors/queries.ts'
import type { Invite } from '#src/features/users/invite-queries.ts'
import { findOpenInvite } from '#src/features/users/invites.ts'
import { signIn } from '#src/features/users/pages.ts'
import { findUser } from '#src/features/users/queries.ts'
import { minPasswordCharacters } from '#src/features/users/service.ts'
import { actAs } from '#src/features/users/sessions.ts'
import type { Session } from '#src/http/auth.ts'
import type { App } from '#src/http/zod.ts'
import { type Translator, translatorFor } from '#src/locales/translator.ts'
import { nameOf } from '#src/web/components/actor.ts'
import { sendPage } from '#src/web/frame.ts'
import type { Html } from '#src/web/html.ts'
import { paths } from '#src/web/paths.ts'
import { type FieldSentences, fieldSentences } from '#src/web/problems.ts'
import { acceptInvite, joinTeam } from './service.ts'
import {
  type InvitationInput,
  type InvitationValue,
  invitationButton,
  invitationElsewhere,
  invitationForm,
  invitationOver,
} from './views.ts'

const inviteParams = z.object({ token: z.string() })

const inviteBody = z.object({
  name: z.string().default(''),
  handle: z.string().default(''),
  email: z.string().default(''),
  password: z.string().default(''),
})

/** Guessing a token is hopeless; hashing passwords for strangers costs us. */
const limit = { max: 20, windowMs: 15 * 60_000, per: 'address' } as const

/** The page to which an invitation leads. */
export function registerTeamsPages(app: App, ctx: Ctx): void {
  app.get(
    '/invite/:token',
    { config: { access: 'page' }, schema: { params: inviteParams } },
    async (request, reply) => {
      const invite = await findOpenInvite(ctx, request.params.token)
      return sendInvitation(ctx, request, reply, { invite, token: request.params.token })
    },
  )
  const options = { config: { access: 'page', limit }, schema: { params: inviteParams, body: inviteBody } } as const
  app.post('/invite/:token', options, async (request, reply) => {
    const { token } = request.params
    const invite = await findOpenInvite(ctx, token)
    if (!invite || (request.session && !invite.membership))
      return sendInvitation(ctx, request, reply, { invite, token })
    if (request.session) return join(ctx, reply, { token, session: request.session })
    const { name, handle, ...login } = request.body
    const person = { name, handle }
    try {
      const who = await acceptInvite(ctx, token, { ...login, person, locale: localeOf(request) })
      await signIn(ctx, request, reply, who)
      return reply.redirect(paths.home, 303)
    } catch (error) {
      const names = { display_name: 'name' }
      const errors = fieldSentences(error, translatorFor(localeOf(request)), { minPasswordCharacters, names })
      return sendInvitation(ctx, request, reply, { invite, token, typed: request.body, errors })
    }
  })
}

async function join(ctx: Ctx, reply: FastifyReply, { token, session }: { token: string; session: Session }) {
  const { actorId } = await joinTeam(ctx, token, session.userId)
  await actAs(ctx, session, actorId)
  return reply.redirect(paths.home, 303)
}

type InvitationPage = Readonly<{
  invite: Invite | null
  token: string
  typed?: Readonly<{ name: string; handle: string; email: string }>
  errors?: FieldSentences
}>

async function sendInvitation(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  page: InvitationPage,
): Promise<FastifyReply> {
  const t = translatorFor(localeOf(request))
  const team = page.invite?.membership ? await findActor(ctx.db, page.invite.membership.actorId) : null
  const isOpen = page.invite && !(page.invite.membership && (!team || team.deletedAt))
  if (!page.invite || !isOpen)
    return send(request, reply, { title: t.invitation.overTitle, status: 404, body: invitationOver(t) })
  const { instance } = await request.frame()
  const value: InvitationValue = {
    action: `/invite/${page.token}`,
    team: team && page.invite.membership ? { name: nameOf(team), role: page.invite.membership.role } : null,
    instanceName: instance?.name ?? '',
    host: ctx.config.handleHost,
  }
  const status = page.errors ? 422 : 200
  return send(request, reply, {
    title: t.invitation.title,
    status,
    body: await invitationBody(ctx, request, { value, page, t }),
  })
}

async function invitationBody(
  ctx: Ctx,
  request: FastifyRequest,
  { value, page, t }: { value: InvitationValue; page: InvitationPage; t: Translator },
): Promise<Html> {
  if (request.session && !value.team) return invitationElsewhere(value, t)
  if (request.session) return invitationButton(value, (await findUser(ctx.db, request.session.userId))?.email ?? '', t)
  const { name = '', handle = '', email = page.invite?.email ?? '' } = page.typed ?? {}
  const input: InvitationInput = { name, handle, email, errors: page.errors ?? {} }
  return invitationForm(value, input, minPasswordCharacters, t)
}

function send(request: FastifyRequest, reply: FastifyReply, page: { title: string; status: number; body: Html }) {
  return sendPage(request, reply, { ...page, width: 'narrow', isIndexable: false })
}
