import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Ctx } from '#src/context.ts'
import { inListOrder, type Page } from '#src/core/paging.ts'
import { notFound } from '#src/errors.ts'
import { type Account, toAccount } from '#src/features/actors/entity.ts'
import { getActor, listActors } from '#src/features/actors/queries.ts'
import { loadRelationship } from '#src/features/follows/entity.ts'
import { viewerOf } from '#src/http/auth.ts'
import { acceptFields } from '#src/http/multipart.ts'
import { linkPages, pageQuery, toPage } from '#src/http/paging.ts'
import { type App, idParams } from '#src/http/zod.ts'
import { listEndorsed } from './queries.ts'
import { endorse, unendorse } from './service.ts'

/** Whom an actor shows on its profile. @see https://docs.joinmastodon.org/methods/endorsements/ */
export function registerEndorsementRoutes(app: App, ctx: Ctx): void {
  const writes = { config: { access: { scope: 'write:accounts' } }, schema: { params: idParams } } as const
  for (const [name, act] of [
    ['endorse', endorse],
    ['unendorse', unendorse],
    // Their names before Mastodon 4.4.
    ['pin', endorse],
    ['unpin', unendorse],
  ] as const) {
    app.post(`/api/v1/accounts/:id/${name}`, { ...writes, preValidation: acceptFields }, async (request) => {
      const viewer = viewerOf(request)
      await act(ctx, viewer, request.params.id)
      return loadRelationship(ctx, viewer, request.params.id)
    })
  }

  const own = { config: { access: { scope: 'read:accounts' } }, schema: { querystring: pageQuery(40, 80) } } as const
  app.get('/api/v1/endorsements', own, (request, reply) => {
    const { actorId } = viewerOf(request)
    return send(ctx, { actorId, page: toPage(request.query) }, { request, reply })
  })

  const ofAccount = {
    config: { access: { scope: 'read:accounts', isOptional: true } },
    schema: { params: idParams, querystring: pageQuery(40, 80) },
  } as const
  app.get('/api/v1/accounts/:id/endorsements', ofAccount, async (request, reply) => {
    const actor = await getActor(ctx.db, request.params.id)
    if (actor.deletedAt) throw notFound()
    if (actor.suspendedAt) return []
    return send(ctx, { actorId: actor.id, page: toPage(request.query) }, { request, reply })
  })
}

async function send(
  ctx: Ctx,
  { actorId, page }: { actorId: string; page: Page },
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
): Promise<Account[]> {
  const readerId = request.viewer?.actorId ?? null
  const rows = inListOrder(await listEndorsed(ctx.db, { actorId, readerId }, page), page)
  const ids = rows.map(({ id }) => id)
  linkPages(request, reply, ctx.uris.publicUrl, ids, page)
  const endorsed = rows.map(({ endorsedId }) => endorsedId)
  return (await listActors(ctx.db, endorsed)).map((actor) => toAccount(ctx, actor))
}
