import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { isId } from '#src/core/ids.ts'
import { transaction } from '#src/db/client.ts'
import { notFound } from '#src/errors.ts'
import { type Account, toAccount } from '#src/features/actors/entity.ts'
import { findActor, listActors } from '#src/features/actors/queries.ts'
import { viewerOf } from '#src/http/auth.ts'
import { type App, flag } from '#src/http/zod.ts'
import { insertDismissal, listDirectory, listSuggestions } from './discovery-queries.ts'

const limit = (usual: number, most: number) =>
  z.coerce
    .number('must be a number')
    .int()
    .min(1)
    .default(usual)
    .transform((value) => Math.min(value, most))

const directoryQuery = z.object({
  order: z.enum(['active', 'new'], 'must be active or new').default('active'),
  local: flag.default(false),
  limit: limit(40, 80),
  offset: z.coerce.number('must be a number').int().min(0).max(10_000).default(0),
})

/** @see https://docs.joinmastodon.org/entities/Suggestion/ */
export type Suggestion = Readonly<{
  source: 'past_interactions' | 'global'
  sources: readonly ('friends_of_friends' | 'most_interactions')[]
  account: Account
}>

/**
 * Who is there, and whom one may want to follow.
 * @see https://docs.joinmastodon.org/methods/directory/
 * @see https://docs.joinmastodon.org/methods/suggestions/
 */
export function registerDiscoveryRoutes(app: App, ctx: Ctx): void {
  const directory = { config: { access: 'public' }, schema: { querystring: directoryQuery } } as const
  app.get('/api/v1/directory', directory, async (request) => {
    const { order, local: isLocal, ...slice } = request.query
    return loadAccountList(
      ctx,
      await listDirectory(ctx.db, request.viewer?.actorId ?? null, { order, isLocal, ...slice }),
    )
  })

  const reads = { access: { scope: 'read:accounts' } } as const
  const suggestions = { config: reads, schema: { querystring: z.object({ limit: limit(40, 80) }) } }
  app.get('/api/v2/suggestions', suggestions, async (request) =>
    loadSuggestions(ctx, viewerOf(request).actorId, request.query.limit),
  )
  app.get('/api/v1/suggestions', suggestions, async (request) =>
    (await loadSuggestions(ctx, viewerOf(request).actorId, request.query.limit)).map(({ account }) => account),
  )

  const dismiss = { config: reads, schema: { params: z.object({ account_id: z.string() }) } }
  app.delete('/api/v1/suggestions/:account_id', dismiss, async (request) => {
    const { actorId } = viewerOf(request)
    const { account_id: id } = request.params
    if (!isId(id) || !(await findActor(ctx.db, id))) throw notFound()
    await transaction(ctx.db, (tx) => insertDismissal(tx, actorId, id))
    return {}
  })
}

async function loadAccountList(ctx: Ctx, ids: readonly string[]): Promise<Account[]> {
  const actors = new Map((await listActors(ctx.db, [...ids])).map((actor) => [actor.id, actor]))
  return ids.flatMap((id) => {
    const actor = actors.get(id)
    return actor ? toAccount(ctx, actor) : []
  })
}

async function loadSuggestions(ctx: Ctx, actorId: string, most: number): Promise<Suggestion[]> {
  const rows = await listSuggestions(ctx.db, actorId, most)
  const accounts = await loadAccountList(
    ctx,
    rows.map(({ id }) => id),
  )
  return accounts.map((account) => {
    const isFriend = rows.some(({ id, friends }) => id === account.id && friends > 0)
    return {
      source: isFriend ? 'past_interactions' : 'global',
      sources: [isFriend ? 'friends_of_friends' : 'most_interactions'],
      account,
    }
  })
}
