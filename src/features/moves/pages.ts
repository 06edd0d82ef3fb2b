import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { Problem } from '#src/errors.ts'
import { getActor } from '#src/features/actors/queries.ts'
import { resolveActorIri } from '#src/features/actors/service.ts'
import { toActorValue } from '#src/features/actors/views.ts'
import { findUser } from '#src/features/users/queries.ts'
import { checkPassword } from '#src/features/users/service.ts'
import { actingViewer } from '#src/http/auth.ts'
import type { App } from '#src/http/zod.ts'
import { type Translator, translatorFor } from '#src/locales/translator.ts'
import { addressOf } from '#src/web/components/actor.ts'
import { setFlash } from '#src/web/flash.ts'
import { sendPage } from '#src/web/frame.ts'
import { paths } from '#src/web/paths.ts'
import { addAlias, listAliases, removeAlias } from './aliases.ts'
import { mostAliases } from './policy.ts'
import { type Mover, moveActor, requireMover, takeBackMove } from './service.ts'
import { moveSettings } from './views.ts'

const aliasBody = z.object({ alias: z.string().max(2_000).default('') })

const moveBody = z.object({
  target: z.string().max(2_000).default(''),
  password: z.string().default(''),
  sure: z.string().optional(),
})

/** A session that somebody else has got hold of must serve neither to guess the password nor to look up half the world. */
const limit = { max: 20, windowMs: 15 * 60_000, per: 'caller' } as const

/** Where an identity comes from and where it goes: its aliases, its move, and the way back. Owners alone. */
export function registerMovePages(app: App, ctx: Ctx): void {
  const access = 'session'
  app.get(paths.settingsMove, { config: { access } }, (request, reply) => sendMove(ctx, request, reply, nothing))
  const alias = { config: { access, limit }, schema: { body: aliasBody } } as const
  app.post(`${paths.settingsMove}/aliases`, alias, (request, reply) =>
    attempt(ctx, request, reply, { alias: request.body.alias }, async (mover, t) => {
      const { actor, iri } = await addAlias(ctx, mover, request.body.alias)
      return t.moving.aliasAdded(actor ? addressOf(toActorValue(ctx, actor)) : iri)
    }),
  )
  app.post(`${paths.settingsMove}/aliases/remove`, alias, (request, reply) =>
    attempt(ctx, request, reply, {}, async (mover, t) => {
      await removeAlias(ctx, mover, request.body.alias)
      return t.moving.aliasRemoved
    }),
  )
  app.post(paths.settingsMove, { config: { access, limit }, schema: { body: moveBody } }, (request, reply) =>
    move(ctx, request, reply, request.body),
  )
  app.post(`${paths.settingsMove}/back`, { config: { access } }, (request, reply) =>
    attempt(ctx, request, reply, {}, async (mover, t) => {
      await takeBackMove(ctx, mover)
      return t.moving.returned
    }),
  )
}

function moverOf(request: FastifyRequest): Mover {
  const viewer = actingViewer(request)
  return { actorId: viewer.actorId, viewer }
}

type Typed = Readonly<{ alias?: string; target?: string }>
type Errors = Readonly<Record<string, string>>
type Shown = Readonly<{ typed: Typed; errors: Errors }>

const nothing: Shown = { typed: {}, errors: {} }

async function move(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  { target, password, sure }: z.output<typeof moveBody>,
): Promise<FastifyReply> {
  const mover = moverOf(request)
  requireMover(mover)
  const { moving } = translatorFor(localeOf(request))
  const user = await findUser(ctx.db, mover.viewer?.userId ?? '')
  const isKnown = user !== null && (await checkPassword(ctx, { email: user.email, password })) !== null
  const errors = {
    ...(isKnown ? {} : { password: moving.wrongPassword }),
    ...(sure === 'true' ? {} : { sure: moving.notSure }),
  }
  if (Object.keys(errors).length > 0) return sendMove(ctx, request, reply, { typed: { target }, errors })
  return attempt(ctx, request, reply, { target }, async () => {
    const actor = await moveActor(ctx, mover, target)
    return moving.moved(addressOf(toActorValue(ctx, actor)))
  })
}

/** Does something and says so, or shows the page again with what was wrong beside its field. */
async function attempt(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  typed: Typed,
  act: (mover: Mover, t: Translator) => Promise<string>,
): Promise<FastifyReply> {
  const t = translatorFor(localeOf(request))
  try {
    setFlash(reply, { kind: 'done', text: await act(moverOf(request), t) })
  } catch (error) {
    return sendMove(ctx, request, reply, { typed, errors: sentencesOf(error, t) })
  }
  return reply.redirect(paths.settingsMove, 303)
}

function sentencesOf(error: unknown, { format, moving }: Translator): Errors {
  if (!(error instanceof Problem)) throw error
  if (error.code === 'limited' && error.retryAt) return { target: moving.problems.again(format.date(error.retryAt)) }
  if (!error.details) throw error
  const words: Readonly<Record<string, string>> = {
    ERR_NOT_FOUND: moving.problems.absent,
    ERR_ITSELF: moving.problems.itself,
    ERR_MOVED: moving.problems.onward,
    ERR_UNAWARE: moving.problems.unaware,
    ERR_TOO_MANY: moving.problems.tooMany(mostAliases),
  }
  const entries = Object.entries(error.details)
  return Object.fromEntries(entries.map(([field, [first]]) => [field, words[first?.error ?? ''] ?? error.message]))
}

async function sendMove(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  { typed, errors }: Shown,
): Promise<FastifyReply> {
  const mover = moverOf(request)
  requireMover(mover)
  const t = translatorFor(localeOf(request))
  const actor = await getActor(ctx.db, mover.actorId)
  const [aliases, target] = await Promise.all([
    listAliases(ctx, actor),
    actor.movedToIri ? resolveActorIri(ctx, actor.movedToIri) : null,
  ])
  const value = {
    actor: toActorValue(ctx, actor),
    aliases: aliases.map(({ iri, actor: other }) => ({ iri, actor: other ? toActorValue(ctx, other) : null })),
    movedTo: actor.movedToIri ? { iri: actor.movedToIri, actor: target ? toActorValue(ctx, target) : null } : null,
    typed,
    errors,
  }
  return sendPage(request, reply, {
    title: t.moving.title,
    isIndexable: false,
    status: Object.keys(errors).length > 0 ? 422 : 200,
    body: moveSettings(value, t),
  })
}
