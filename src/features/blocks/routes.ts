import type { Ctx } from '#src/context.ts'
import { inListOrder } from '#src/core/paging.ts'
import { toAccount } from '#src/features/actors/entity.ts'
import { listActors } from '#src/features/actors/queries.ts'
import { viewerOf } from '#src/http/auth.ts'
import { linkPages, pageQuery, toPage } from '#src/http/paging.ts'
import type { App } from '#src/http/zod.ts'
import { listBlocked } from './queries.ts'
import { registerShunRoutes } from './shun-routes.ts'

/** @see https://docs.joinmastodon.org/methods/blocks/ */
export function registerBlockRoutes(app: App, ctx: Ctx): void {
  registerShunRoutes(app, ctx)
  const config = { access: { scope: 'read:blocks' } }
  app.get('/api/v1/blocks', { config, schema: { querystring: pageQuery(40, 80) } }, async (request, reply) => {
    const page = toPage(request.query)
    const ids = inListOrder(await listBlocked(ctx.db, viewerOf(request).actorId, page), page)
    linkPages(request, reply, ctx.uris.publicUrl, ids, page)
    return (await listActors(ctx.db, ids)).map((actor) => toAccount(ctx, actor))
  })
}
