import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { inListOrder } from '#src/core/paging.ts'
import { viewerOf } from '#src/http/auth.ts'
import { acceptFields } from '#src/http/multipart.ts'
import { linkPages, pageQuery, toPage } from '#src/http/paging.ts'
import type { App } from '#src/http/zod.ts'
import { shunHost, unshunHost } from './shun.ts'
import { listShunned } from './shun-queries.ts'

const domain = z.object({ domain: z.string().max(300).default('') })

/** The servers with which one actor alone wants nothing to do. @see https://docs.joinmastodon.org/methods/domain_blocks/ */
export function registerShunRoutes(app: App, ctx: Ctx): void {
  const reads = { config: { access: { scope: 'read:blocks' } }, schema: { querystring: pageQuery(100, 200) } }
  app.get('/api/v1/domain_blocks', reads, async (request, reply) => {
    const page = toPage(request.query)
    const rows = inListOrder(await listShunned(ctx.db, viewerOf(request).actorId, page), page)
    const ids = rows.map(({ id }) => id)
    linkPages(request, reply, ctx.uris.publicUrl, ids, page)
    return rows.map(({ host }) => host)
  })

  // Programs send the domain in the body or in the address, of a DELETE in particular.
  const writes = {
    config: { access: { scope: 'write:blocks' } },
    schema: { querystring: domain, body: domain },
    preValidation: acceptFields,
  }
  const domainOf = ({ body, query }: Pick<FastifyRequest<{ Body: Domain; Querystring: Domain }>, 'body' | 'query'>) =>
    body.domain || query.domain
  app.post('/api/v1/domain_blocks', writes, async (request) => {
    await shunHost(ctx, viewerOf(request), domainOf(request))
    return {}
  })
  app.delete('/api/v1/domain_blocks', writes, async (request) => {
    await unshunHost(ctx, viewerOf(request), domainOf(request))
    return {}
  })
}

type Domain = z.output<typeof domain>
