import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { loadStatuses } from '#src/features/posts/entity.ts'
import { loadTags } from '#src/features/tags/entity.ts'
import type { App } from '#src/http/zod.ts'
import { listTrendingCards } from './link-queries.ts'
import { loadTrendingLinks } from './links.ts'
import { listTrendingPosts, listTrendingTags } from './queries.ts'

const dayMs = 86_400_000

/** What is told as trending is of a few days, as in Mastodon. */
const tagDays = 2
const linkDays = 2
const postDays = 4

const query = (usual: number, most: number) =>
  z.object({
    limit: z.coerce
      .number('must be a number')
      .int()
      .min(1)
      .default(usual)
      .transform((limit) => Math.min(limit, most)),
    offset: z.coerce.number('must be a number').int().min(0).max(1_000).default(0),
  })

/**
 * What several people talk about and pass on, computed when somebody asks: nothing is chosen by hand, and where nothing is, the list is
 * empty.
 * @see https://docs.joinmastodon.org/methods/trends/
 */
export function registerTrendRoutes(app: App, ctx: Ctx): void {
  const config = { access: 'public' } as const
  const since = (days: number) => new Date(ctx.now().getTime() - days * dayMs)

  app.get('/api/v1/trends/tags', { config, schema: { querystring: query(10, 20) } }, async (request) => {
    const names = await listTrendingTags(ctx.db, { ...request.query, since: since(tagDays) })
    return loadTags(ctx, request.viewer?.actorId ?? null, names)
  })

  app.get('/api/v1/trends/links', { config, schema: { querystring: query(10, 20) } }, async (request) => {
    const ids = await listTrendingCards(ctx.db, { ...request.query, since: since(linkDays) })
    return loadTrendingLinks(ctx, request.viewer?.actorId ?? null, ids)
  })

  app.get('/api/v1/trends/statuses', { config, schema: { querystring: query(20, 40) } }, async (request) => {
    const readerId = request.viewer?.actorId ?? null
    const slice = { ...request.query, since: since(postDays), now: ctx.now() }
    return loadStatuses(ctx, readerId, await listTrendingPosts(ctx.db, readerId, slice))
  })
}
