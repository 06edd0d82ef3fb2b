import type { Ctx } from '#src/context.ts'
import { isId } from '#src/core/ids.ts'
import { notFound } from '#src/errors.ts'
import { viewerOf } from '#src/http/auth.ts'
import { acceptFields } from '#src/http/multipart.ts'
import { type App, idParams } from '#src/http/zod.ts'
import { type OldFilterEntity, toOldFilter } from './entity.ts'
import { phraseBody, toPhraseChange, toPhraseDraft } from './fields.ts'
import { editPhrase, removeKeyword } from './parts.ts'
import { checkKeyword } from './policy.ts'
import { findFilter, findKeyword, listFilters } from './queries.ts'
import { createFilter } from './service.ts'

const reads = { access: { scope: 'read:filters' } } as const
const writes = { access: { scope: 'write:filters' } } as const

/**
 * Filters as the first version of the API knows them, one for each keyword, on the rows of the second.
 * @see https://docs.joinmastodon.org/methods/filters/#v1
 */
export function registerPhraseRoutes(app: App, ctx: Ctx): void {
  app.get('/api/v1/filters', { config: reads }, async (request) =>
    (await listFilters(ctx.db, viewerOf(request).actorId)).flatMap((filter) =>
      filter.keywords.map((keyword) => toOldFilter(filter, keyword)),
    ),
  )

  app.get('/api/v1/filters/:id', { config: reads, schema: { params: idParams } }, (request) =>
    getPhrase(ctx, viewerOf(request).actorId, request.params.id),
  )

  const create = { config: writes, schema: { body: phraseBody }, preValidation: acceptFields }
  app.post('/api/v1/filters', create, async (request) => {
    const viewer = viewerOf(request)
    checkKeyword(request.body.phrase ?? '', 'phrase')
    const id = await createFilter(ctx, viewer, toPhraseDraft(request.body, ctx.now()))
    const filter = await findFilter(ctx.db, viewer.actorId, id)
    const [keyword] = filter?.keywords ?? []
    if (!filter || !keyword) throw notFound()
    return toOldFilter(filter, keyword)
  })

  const edit = { config: writes, schema: { params: idParams, body: phraseBody }, preValidation: acceptFields }
  app.put('/api/v1/filters/:id', edit, async (request) => {
    const viewer = viewerOf(request)
    await editPhrase(ctx, viewer, request.params.id, toPhraseChange(request.body, ctx.now()))
    return getPhrase(ctx, viewer.actorId, request.params.id)
  })

  app.delete('/api/v1/filters/:id', { config: writes, schema: { params: idParams } }, async (request) => {
    await removeKeyword(ctx, viewerOf(request), request.params.id)
    return {}
  })
}

async function getPhrase(ctx: Ctx, actorId: string, id: string): Promise<OldFilterEntity> {
  const keyword = isId(id) ? await findKeyword(ctx.db, actorId, id) : null
  const filter = keyword && (await findFilter(ctx.db, actorId, keyword.filterId))
  if (!filter) throw notFound()
  return toOldFilter(filter, keyword)
}
