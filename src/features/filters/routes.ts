import type { Ctx } from '#src/context.ts'
import { isId } from '#src/core/ids.ts'
import { notFound } from '#src/errors.ts'
import { viewerOf } from '#src/http/auth.ts'
import { acceptFields } from '#src/http/multipart.ts'
import { type App, idParams } from '#src/http/zod.ts'
import { type FilterEntity, toFilter } from './entity.ts'
import { filterBody, toFilterChanges, toFilterDraft } from './fields.ts'
import { registerPartRoutes } from './part-routes.ts'
import type { MayRead } from './parts.ts'
import { registerPhraseRoutes } from './phrase-routes.ts'
import { findFilter, listFilters } from './queries.ts'
import { createFilter, editFilter, removeFilter } from './service.ts'

const reads = { access: { scope: 'read:filters' } } as const
const writes = { access: { scope: 'write:filters' } } as const

/** Filters in the client API. @see https://docs.joinmastodon.org/methods/filters/ */
export function registerFilterRoutes(app: App, ctx: Ctx, posts: Readonly<{ mayRead: MayRead }>): void {
  registerPhraseRoutes(app, ctx)
  registerPartRoutes(app, ctx, posts)

  app.get('/api/v2/filters', { config: reads }, async (request) =>
    (await listFilters(ctx.db, viewerOf(request).actorId)).map(toFilter),
  )

  app.get('/api/v2/filters/:id', { config: reads, schema: { params: idParams } }, (request) =>
    getFilter(ctx, viewerOf(request).actorId, request.params.id),
  )

  const create = { config: writes, schema: { body: filterBody }, preValidation: acceptFields }
  app.post('/api/v2/filters', create, async (request) => {
    const viewer = viewerOf(request)
    const draft = toFilterDraft(request.body, ctx.now())
    if (!draft) throw notFound()
    return getFilter(ctx, viewer.actorId, await createFilter(ctx, viewer, draft))
  })

  const edit = { config: writes, schema: { params: idParams, body: filterBody }, preValidation: acceptFields }
  app.put('/api/v2/filters/:id', edit, async (request) => {
    const viewer = viewerOf(request)
    await editFilter(ctx, viewer, request.params.id, toFilterChanges(request.body, ctx.now()))
    return getFilter(ctx, viewer.actorId, request.params.id)
  })

  app.delete('/api/v2/filters/:id', { config: writes, schema: { params: idParams } }, async (request) => {
    await removeFilter(ctx, viewerOf(request), request.params.id)
    return {}
  })
}

async function getFilter(ctx: Ctx, actorId: string, id: string): Promise<FilterEntity> {
  const filter = isId(id) ? await findFilter(ctx.db, actorId, id) : null
  if (!filter) throw notFound()
  return toFilter(filter)
}
