import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx, Viewer } from '#src/context.ts'
import { isId } from '#src/core/ids.ts'
import { inListOrder, type Page } from '#src/core/paging.ts'
import { notFound } from '#src/errors.ts'
import { type Account, toAccount } from '#src/features/actors/entity.ts'
import { getActor, listActors } from '#src/features/actors/queries.ts'
import { blockActor, unblockActor } from '#src/features/blocks/service.ts'
import { viewerOf } from '#src/http/auth.ts'
import { acceptFields } from '#src/http/multipart.ts'
import { linkPages, pageQuery, toPage } from '#src/http/paging.ts'
import { type App, flag, idParams, textList } from '#src/http/zod.ts'
import { loadRelationship, toRelationship } from './entity.ts'
import { mayListFollows } from './policy.ts'
import { type FollowList, listFamiliar, listFollows } from './queries.ts'
import { listRelations } from './relation-queries.ts'
import { acceptFollow, rejectFollow, removeFollower, requestFollow, undoFollow } from './service.ts'

const reads = { access: { scope: 'read:follows' } } as const
const writes = { access: { scope: 'write:follows' } } as const
const readsAccounts = { access: { scope: 'read:accounts', isOptional: true } } as const
const writesBlocks = { access: { scope: 'write:blocks' } } as const

/** More ids than this in one request are no page of a client. */
const mostIds = 200

/** What was never the id of anybody is left out: it would come back as the id of an answer, which clients read as one. */
const ids = textList
  .refine((list) => list.length <= mostIds, `may be ${mostIds} at the most`)
  .default([])
  .transform((list) => list.filter((id) => /^\d{15,19}$/.test(id) && isId(id)))

/** Who follows whom, in the client API. @see https://docs.joinmastodon.org/methods/accounts/#follow */
export function registerFollowRoutes(app: App, ctx: Ctx): void {
  registerRelationships(app, ctx)
  registerActs(app, ctx)
  registerLists(app, ctx)
  registerRequests(app, ctx)
}

function registerRelationships(app: App, ctx: Ctx): void {
  const query = z.object({ id: ids, with_suspended: flag.default(false) })
  app.get('/api/v1/accounts/relationships', { config: reads, schema: { querystring: query } }, async (request) => {
    const { id: wanted, with_suspended: isEverybody } = request.query
    const suspended = isEverybody ? new Set() : await listSuspended(ctx, wanted)
    const shown = wanted.filter((id) => !suspended.has(id))
    return (await listRelations(ctx.db, viewerOf(request).actorId, shown)).map(toRelationship)
  })

  const familiarQuery = z.object({ id: ids })
  const familiar = { config: reads, schema: { querystring: familiarQuery } }
  app.get('/api/v1/accounts/familiar_followers', familiar, async (request) => {
    const viewer = viewerOf(request)
    return Promise.all(
      request.query.id.map(async (id) => ({ id, accounts: await listFamiliarFollowers(ctx, viewer, id) })),
    )
  })
}

async function listSuspended(ctx: Ctx, wanted: readonly string[]): Promise<Set<string>> {
  const found = await listActors(ctx.db, wanted)
  return new Set(found.filter(({ suspendedAt }) => suspendedAt !== null).map(({ id }) => id))
}

/** Whom the viewer follows among somebody's followers: a part of a list, and shown to whom the list is. */
async function listFamiliarFollowers(ctx: Ctx, viewer: Viewer, actorId: string): Promise<Account[]> {
  if (!mayListFollows(viewer, actorId)) return []
  const found = await listActors(ctx.db, await listFamiliar(ctx.db, actorId, viewer.actorId, 40))
  return found.map((actor) => toAccount(ctx, actor))
}

const followBody = z.object({
  reblogs: flag.optional(),
  notify: flag.optional(),
  languages: textList.nullish(),
})

type Act = (ctx: Ctx, viewer: Viewer, actorId: string) => Promise<void>

function registerActs(app: App, ctx: Ctx): void {
  const follow = { config: writes, schema: { params: idParams, body: followBody }, preValidation: acceptFields }
  app.post('/api/v1/accounts/:id/follow', follow, async (request) => {
    const { reblogs: showsBoosts, notify: notifies, languages } = request.body
    const viewer = viewerOf(request)
    await requestFollow(ctx, viewer, { actorId: request.params.id, showsBoosts, notifies, languages })
    return loadRelationship(ctx, viewer, request.params.id)
  })
  const register = (path: string, config: typeof writes | typeof writesBlocks, act: Act) =>
    app.post(path, { config, schema: { params: idParams }, preValidation: acceptFields }, async (request) => {
      const viewer = viewerOf(request)
      await act(ctx, viewer, request.params.id)
      return loadRelationship(ctx, viewer, request.params.id)
    })
  register('/api/v1/accounts/:id/unfollow', writes, undoFollow)
  register('/api/v1/accounts/:id/remove_from_followers', writes, removeFollower)
  register('/api/v1/accounts/:id/block', writesBlocks, blockActor)
  register('/api/v1/accounts/:id/unblock', writesBlocks, unblockActor)
  register('/api/v1/follow_requests/:id/authorize', writes, acceptFollow)
  register('/api/v1/follow_requests/:id/reject', writes, rejectFollow)
}

function registerLists(app: App, ctx: Ctx): void {
  for (const end of ['followers', 'following'] as const) {
    const options = { config: readsAccounts, schema: { params: idParams, querystring: pageQuery(40, 80) } }
    app.get(`/api/v1/accounts/:id/${end}`, options, async (request, reply) => {
      const actor = await getActor(ctx.db, request.params.id)
      if (actor.deletedAt) throw notFound()
      if (!mayListFollows(request.viewer, actor.id)) return []
      const page = toPage(request.query)
      return sendList(ctx, { actorId: actor.id, end, state: 'accepted' }, page, { request, reply })
    })
  }
}

/** Who waits for the decision of the viewer's actor. @see https://docs.joinmastodon.org/methods/follow_requests/ */
function registerRequests(app: App, ctx: Ctx): void {
  const options = { config: reads, schema: { querystring: pageQuery(40, 80) } }
  app.get('/api/v1/follow_requests', options, async (request, reply) => {
    const { actorId } = viewerOf(request)
    return sendList(ctx, { actorId, end: 'followers', state: 'pending' }, toPage(request.query), { request, reply })
  })
}

async function sendList(
  ctx: Ctx,
  list: FollowList,
  page: Page,
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
): Promise<Account[]> {
  const rows = inListOrder(await listFollows(ctx.db, list, page), page)
  const pageIds = rows.map(({ id }) => id)
  linkPages(request, reply, ctx.uris.publicUrl, pageIds, page)
  const found = await listActors(
    ctx.db,
    rows.map(({ actorId }) => actorId),
  )
  return found.map((actor) => toAccount(ctx, actor))
}
