import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { isId } from '#src/core/ids.ts'
import { notFound } from '#src/errors.ts'
import { viewerOf } from '#src/http/auth.ts'
import { acceptFields } from '#src/http/multipart.ts'
import { type App, idParams } from '#src/http/zod.ts'
import { toFilterKeyword, toFilterStatus } from './entity.ts'
import { filteredPostBody, keywordBody } from './fields.ts'
import { addFilteredPost, addKeyword, editKeyword, type MayRead, removeFilteredPost, removeKeyword } from './parts.ts'
import { findFilter, findFilteredPost, findKeyword, type WholeFilter } from './queries.ts'

const reads = { access: { scope: 'read:filters' } } as const
const writes = { access: { scope: 'write:filters' } } as const
const filterParams = z.object({ filter_id: z.string() })

/** What filters are made of, one by one: keywords and posts. @see https://docs.joinmastodon.org/methods/filters/#keywords-get */
export function registerPartRoutes(app: App, ctx: Ctx, posts: Readonly<{ mayRead: MayRead }>): void {
  registerKeywords(app, ctx)
  registerPosts(app, ctx, posts)
}

function registerKeywords(app: App, ctx: Ctx): void {
  const list = { config: reads, schema: { params: filterParams } }
  app.get('/api/v2/filters/:filter_id/keywords', list, async (request) =>
    (await getFilter(ctx, viewerOf(request).actorId, request.params.filter_id)).keywords.map(toFilterKeyword),
  )

  const add = { config: writes, schema: { params: filterParams, body: keywordBody }, preValidation: acceptFields }
  app.post('/api/v2/filters/:filter_id/keywords', add, async (request) => {
    const { keyword, whole_word: isWholeWord = true } = request.body
    const input = { keyword: keyword ?? '', isWholeWord }
    return toFilterKeyword(await addKeyword(ctx, viewerOf(request), request.params.filter_id, input))
  })

  app.get('/api/v2/filters/keywords/:id', { config: reads, schema: { params: idParams } }, async (request) => {
    const { id } = request.params
    const keyword = isId(id) ? await findKeyword(ctx.db, viewerOf(request).actorId, id) : null
    if (!keyword) throw notFound()
    return toFilterKeyword(keyword)
  })

  const edit = { config: writes, schema: { params: idParams, body: keywordBody }, preValidation: acceptFields }
  app.put('/api/v2/filters/keywords/:id', edit, async (request) => {
    const { keyword, whole_word: isWholeWord } = request.body
    const change = {
      ...(typeof keyword === 'string' ? { keyword } : {}),
      ...(isWholeWord === undefined ? {} : { isWholeWord }),
    }
    return toFilterKeyword(await editKeyword(ctx, viewerOf(request), request.params.id, change))
  })

  app.delete('/api/v2/filters/keywords/:id', { config: writes, schema: { params: idParams } }, async (request) => {
    await removeKeyword(ctx, viewerOf(request), request.params.id)
    return {}
  })
}

function registerPosts(app: App, ctx: Ctx, { mayRead }: Readonly<{ mayRead: MayRead }>): void {
  const list = { config: reads, schema: { params: filterParams } }
  app.get('/api/v2/filters/:filter_id/statuses', list, async (request) =>
    (await getFilter(ctx, viewerOf(request).actorId, request.params.filter_id)).posts.map(toFilterStatus),
  )

  const add = { config: writes, schema: { params: filterParams, body: filteredPostBody }, preValidation: acceptFields }
  app.post('/api/v2/filters/:filter_id/statuses', add, async (request) => {
    const { filter_id: filterId } = request.params
    const { status_id: postId } = request.body
    return toFilterStatus(await addFilteredPost(ctx, viewerOf(request), { filterId, postId, mayRead }))
  })

  app.get('/api/v2/filters/statuses/:id', { config: reads, schema: { params: idParams } }, async (request) => {
    const { id } = request.params
    const post = isId(id) ? await findFilteredPost(ctx.db, viewerOf(request).actorId, id) : null
    if (!post) throw notFound()
    return toFilterStatus(post)
  })

  app.delete('/api/v2/filters/statuses/:id', { config: writes, schema: { params: idParams } }, async (request) => {
    await removeFilteredPost(ctx, viewerOf(request), request.params.id)
    return {}
  })
}

async function getFilter(ctx: Ctx, actorId: string, id: string): Promise<WholeFilter> {
  const filter = isId(id) ? await findFilter(ctx.db, actorId, id) : null
  if (!filter) throw notFound()
  return filter
}
