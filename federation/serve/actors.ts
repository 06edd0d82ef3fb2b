import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Ctx } from '#src/context.ts'
import { notFound } from '#src/errors.ts'
import { findLocalActor } from '#src/features/actors/queries.ts'
import { ensureInstanceActor } from '#src/features/actors/service.ts'
import { toActor, toActorStub, toActorTombstone } from '../actors.ts'
import type { Keyring } from '../keys.ts'
import { activityType, asActivity } from '../negotiation.ts'
import { readerOf } from '../reader.ts'

const config = { access: 'server', limit: false } as const

/** The documents of our actors. A browser that follows such an address is sent to the page. */
export function serveActors(app: FastifyInstance, ctx: Ctx, keyring: Keyring): void {
  const serve = async (request: FastifyRequest<{ Params: { handle: string } }>, reply: FastifyReply) => {
    const actor = await findLocalActor(ctx.db, request.params.handle)
    if (!actor || actor.type === 'Application') throw notFound()
    reply.type(activityType).header('vary', 'Accept')
    if (actor.deletedAt) return reply.code(410).send(toActorTombstone(ctx, actor))
    const isOpen = !ctx.config.authorizedFetch || (await readerOf(ctx, keyring, request)) !== null
    // Whoever asks must be able to verify us first, without being asked for a signature in turn.
    if (!isOpen) return reply.header('cache-control', 'no-store').send(await toActorStub(ctx, actor))
    return reply.header('cache-control', cacheOf(ctx)).send(await toActor(ctx, actor))
  }
  app.get('/users/:handle', { config, constraints: asActivity }, serve)
  app.get('/@:handle', { config, constraints: asActivity }, serve)
  app.get<{ Params: { handle: string } }>('/users/:handle', { config }, (request, reply) =>
    reply.header('vary', 'Accept').redirect(ctx.uris.profile(request.params.handle), 302),
  )
  app.get('/actor', { config }, async (_request, reply) =>
    reply
      .type(activityType)
      .header('cache-control', cacheOf(ctx))
      .send(await toActor(ctx, await ensureInstanceActor(ctx))),
  )
}

/** Public documents may be kept for a moment by caches in between; with signed fetches they are for the reader alone. */
export function cacheOf(ctx: Ctx): string {
  return ctx.config.authorizedFetch ? 'private, no-store' : 'public, max-age=60'
}
