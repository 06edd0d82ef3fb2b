import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { inListOrder } from '#src/core/paging.ts'
import { notFound } from '#src/errors.ts'
import { toAccount } from '#src/features/actors/entity.ts'
import { getActor, listActors } from '#src/features/actors/queries.ts'
import { viewerOf } from '#src/http/auth.ts'
import { acceptFields } from '#src/http/multipart.ts'
import { linkPages, pageQuery, toPage } from '#src/http/paging.ts'
import { type App, flag, idParams, textList } from '#src/http/zod.ts'
import { toList } from './entity.ts'
import { findList, type List, listListed, listLists, listListsWith } from './queries.ts'
import { addMembers, createList, editList, listLimits, removeList, removeMembers } from './service.ts'

const reads = { access: { scope: 'read:lists' } } as const
const writes = { access: { scope: 'write:lists' } } as const

const body = z.object({
  title: z.string().max(10_000).default(''),
  replies_policy: z.enum(['followed', 'list', 'none'], 'must be followed, list or none').optional(),
  exclusive: flag.optional(),
})

/** Some of those whom an actor follows. @see https://docs.joinmastodon.org/methods/lists/ */
export function registerListRoutes(app: App, ctx: Ctx): void {
  registerReading(app, ctx)
  registerWriting(app, ctx)
  registerMembers(app, ctx)
}

function registerReading(app: App, ctx: Ctx): void {
  app.get('/api/v1/lists', { config: reads }, async (request) =>
    (await listLists(ctx.db, viewerOf(request).actorId)).map(toList),
  )
  app.get('/api/v1/lists/:id', { config: reads, schema: { params: idParams } }, async (request) =>
    toList(await ownList(ctx, request)),
  )
  app.get('/api/v1/accounts/:id/lists', { config: reads, schema: { params: idParams } }, async (request) => {
    const { id } = await getActor(ctx.db, request.params.id)
    return (await listListsWith(ctx.db, viewerOf(request).actorId, id)).map(toList)
  })
}

/** @throws Problem `not_found` for a list that is not there, and for one of somebody else */
async function ownList(ctx: Ctx, request: FastifyRequest<{ Params: { id: string } }>): Promise<List> {
  const list = await findList(ctx.db, viewerOf(request).actorId, request.params.id)
  if (!list) throw notFound()
  return list
}

function registerWriting(app: App, ctx: Ctx): void {
  const toInput = ({ title, replies_policy: repliesPolicy, exclusive: isExclusive }: z.output<typeof body>) => ({
    title,
    repliesPolicy,
    isExclusive,
  })
  const create = { config: writes, schema: { body }, preValidation: acceptFields }
  app.post('/api/v1/lists', create, async (request) =>
    toList(await createList(ctx, viewerOf(request), toInput(request.body))),
  )
  const edit = { config: writes, schema: { params: idParams, body }, preValidation: acceptFields }
  app.put('/api/v1/lists/:id', edit, async (request) =>
    toList(await editList(ctx, viewerOf(request), request.params.id, toInput(request.body))),
  )
  app.delete('/api/v1/lists/:id', { config: writes, schema: { params: idParams } }, async (request) => {
    await removeList(ctx, viewerOf(request), request.params.id)
    return {}
  })
}

const memberIds = z.object({ account_ids: textList.default([]) })

/** `limit=0` asks for everybody. */
const membersQuery = pageQuery(40, 80).extend({
  limit: z.coerce
    .number('must be a number')
    .int()
    .min(0)
    .default(40)
    .transform((limit) => (limit === 0 ? listLimits.members : Math.min(limit, 80))),
})

function registerMembers(app: App, ctx: Ctx): void {
  const list = { config: reads, schema: { params: idParams, querystring: membersQuery } }
  app.get('/api/v1/lists/:id/accounts', list, async (request, reply) => {
    const { id } = await ownList(ctx, request)
    const page = toPage(request.query)
    const rows = inListOrder(await listListed(ctx.db, id, page), page)
    const pageIds = rows.map((row) => row.id)
    linkPages(request, reply, ctx.uris.publicUrl, pageIds, page)
    const members = rows.map(({ memberId }) => memberId)
    return (await listActors(ctx.db, members)).map((actor) => toAccount(ctx, actor))
  })

  // Programs send the ids in the body or in the address, of a DELETE in particular.
  const options = {
    config: writes,
    schema: { params: idParams, querystring: memberIds, body: memberIds },
    preValidation: acceptFields,
  }
  for (const [method, act] of [
    ['POST', addMembers],
    ['DELETE', removeMembers],
  ] as const) {
    app.route({
      method,
      url: '/api/v1/lists/:id/accounts',
      ...options,
      handler: async (request) => {
        const wanted = [...request.body.account_ids, ...request.query.account_ids]
        await act(ctx, viewerOf(request), { listId: request.params.id, memberIds: wanted })
        return {}
      },
    })
  }
}
