import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { notFound } from '#src/errors.ts'
import { loadStatuses } from '#src/features/posts/entity.ts'
import { linkPages, pageQuery, toPage } from '#src/http/paging.ts'
import type { App } from '#src/http/zod.ts'
import { findOpenCard, listLinking } from './link-queries.ts'

const query = pageQuery().extend({ url: z.string('is missing').max(4_096) })

/** What is said about a page. @see https://docs.joinmastodon.org/methods/timelines/#link */
export function registerLinkTimeline(app: App, ctx: Ctx): void {
  const config = { access: { scope: 'read:statuses', isOptional: true } } as const
  app.get('/api/v1/timelines/link', { config, schema: { querystring: query } }, async (request, reply) => {
    const url = URL.parse(request.query.url)
    const cardId = url && (await findOpenCard(ctx.db, url.href))
    if (!cardId) throw notFound()
    const page = toPage(request.query)
    const readerId = request.viewer?.actorId ?? null
    const ids = await listLinking(ctx.db, { readerId, cardId, page })
    linkPages(request, reply, ctx.config.publicUrl, ids, page)
    return loadStatuses(ctx, readerId, ids)
  })
}
