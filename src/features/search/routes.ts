import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { isId } from '#src/core/ids.ts'
import { unauthenticated } from '#src/errors.ts'
import { type Account, toAccount } from '#src/features/actors/entity.ts'
import { loadStatuses, type Status } from '#src/features/posts/entity.ts'
import { loadTags, type Tag } from '#src/features/tags/entity.ts'
import { type App, flag } from '#src/http/zod.ts'
import { search } from './service.ts'

const query = z.object({
  q: z.string('is needed').max(2_000),
  type: z.enum(['accounts', 'statuses', 'hashtags'], 'must be accounts, statuses or hashtags').optional(),
  resolve: flag.default(false),
  following: flag.default(false),
  account_id: z.string().optional(),
  exclude_unreviewed: flag.default(false),
  limit: z.coerce
    .number('must be a number')
    .int()
    .min(1)
    .default(20)
    .transform((limit) => Math.min(limit, 40)),
  offset: z.coerce.number('must be a number').int().min(0).max(10_000).default(0),
  max_id: z.string().refine(isId, 'must be an id').optional(),
  min_id: z.string().refine(isId, 'must be an id').optional(),
})

/** @see https://docs.joinmastodon.org/entities/Search/ */
export type SearchResult = Readonly<{ accounts: Account[]; statuses: Status[]; hashtags: Tag[] }>

/** @see https://docs.joinmastodon.org/methods/search/ */
export function registerSearchRoutes(app: App, ctx: Ctx): void {
  const access = { scope: 'read:search', isOptional: true } as const
  app.get(
    '/api/v2/search',
    { config: { access }, schema: { querystring: query } },
    async (request): Promise<SearchResult> => {
      const { q, type, resolve, following, account_id: authorId, limit, offset, max_id, min_id } = request.query
      const { viewer } = request
      if (!viewer && resolve) throw unauthenticated('Sign in to look things up on other servers')
      if (!viewer && offset > 0) throw unauthenticated('Sign in to see more than the first page')
      const found = await search(ctx, viewer, {
        text: q,
        kind: type ?? null,
        mayLookUp: resolve,
        isFollowed: following,
        authorId: authorId ?? null,
        limit,
        offset,
        maxId: max_id,
        minId: min_id,
      })
      return {
        accounts: found.actors.map((actor) => toAccount(ctx, actor)),
        statuses: await loadStatuses(ctx, viewer?.actorId ?? null, found.postIds),
        hashtags: await loadTags(ctx, viewer?.actorId ?? null, found.tagNames),
      }
    },
  )
}
