import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { notFound } from '#src/errors.ts'
import { viewerOf } from '#src/http/auth.ts'
import { type App, flag, idParams, textList } from '#src/http/zod.ts'
import { searchAccounts } from './account-search.ts'
import { toAccount } from './entity.ts'
import { type ProfileSurroundings, registerProfileRoutes } from './profile-routes.ts'
import { getActor, listActors } from './queries.ts'
import { findByAcct, resolveActorIri } from './service.ts'

const reads = { access: { scope: 'read:accounts', isOptional: true } } as const

/** More ids than this in one request are no page of a client. */
const mostIds = 200

/** Actors in the client API, where they are called accounts. @see https://docs.joinmastodon.org/methods/accounts/ */
export function registerActorRoutes(app: App, ctx: Ctx, surroundings: ProfileSurroundings): void {
  registerReading(app, ctx)
  registerSearch(app, ctx)
  registerProfileRoutes(app, ctx, surroundings)
}

function registerReading(app: App, ctx: Ctx): void {
  app.get('/api/v1/accounts/:id', { config: reads, schema: { params: idParams } }, async (request) => {
    const actor = await getActor(ctx.db, request.params.id)
    if (actor.deletedAt) throw notFound()
    return toAccount(ctx, actor, actor.movedToIri ? await resolveActorIri(ctx, actor.movedToIri) : null)
  })

  const ids = textList.refine((list) => list.length <= mostIds, `may be ${mostIds} at the most`).default([])
  app.get('/api/v1/accounts', { config: reads, schema: { querystring: z.object({ id: ids }) } }, async (request) => {
    const found = await listActors(ctx.db, [...new Set(request.query.id)])
    return found.filter(({ deletedAt }) => !deletedAt).map((actor) => toAccount(ctx, actor))
  })
}

const searchQuery = z.object({
  q: z.string('must be given'),
  limit: z.coerce
    .number('must be a number')
    .int()
    .min(1)
    .default(40)
    .transform((limit) => Math.min(limit, 80)),
  offset: z.coerce.number('must be a number').int().min(0).max(10_000).default(0),
  resolve: flag.default(false),
  following: flag.default(false),
})

function registerSearch(app: App, ctx: Ctx): void {
  const lookup = { config: reads, schema: { querystring: z.object({ acct: z.string('must be given') }) } }
  app.get('/api/v1/accounts/lookup', lookup, async (request) => {
    const actor = await findByAcct(ctx, request.query.acct)
    if (!actor) throw notFound()
    return toAccount(ctx, actor)
  })

  // Of those who are signed in: a search may make this server ask another one.
  const search = { config: { access: { scope: 'read:accounts' } }, schema: { querystring: searchQuery } }
  app.get('/api/v1/accounts/search', search, async (request) => {
    const { q: text, limit, offset, resolve: mayLookUp, following: isFollowed } = request.query
    const found = await searchAccounts(ctx, viewerOf(request), { text, limit, offset, mayLookUp, isFollowed })
    return found.map((actor) => toAccount(ctx, actor))
  })
}
