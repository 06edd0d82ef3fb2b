import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { notFound } from '#src/errors.ts'
import { viewerOf } from '#src/http/auth.ts'
import { acceptFields } from '#src/http/multipart.ts'
import { linkPages, pageQuery, toPage } from '#src/http/paging.ts'
import { type App, idParams } from '#src/http/zod.ts'
import { getStatus, loadStatuses } from './entity.ts'
import { findVisiblePost } from './queries.ts'
import { changeQuotePolicy, revokeQuote } from './quote.ts'
import { apiQuotePolicy } from './quote-fields.ts'
import { listQuoting } from './quote-queries.ts'

const quoteParams = z.object({ id: z.string(), quoting_status_id: z.string() })

/** Quotes in the client API. @see https://docs.joinmastodon.org/client/quotes/ */
export function registerQuoteRoutes(app: App, ctx: Ctx): void {
  const writes = { access: { scope: 'write:statuses' } } as const

  const policyBody = z.object({ quote_approval_policy: apiQuotePolicy })
  const policy = { config: writes, schema: { params: idParams, body: policyBody }, preValidation: acceptFields }
  app.put('/api/v1/statuses/:id/interaction_policy', policy, async (request) => {
    const viewer = viewerOf(request)
    await changeQuotePolicy(ctx, viewer, request.params.id, request.body.quote_approval_policy)
    return getStatus(ctx, viewer.actorId, request.params.id)
  })

  const list = {
    config: { access: { scope: 'read:statuses' } as const },
    schema: { params: idParams, querystring: pageQuery(20, 40) },
  }
  app.get('/api/v1/statuses/:id/quotes', list, async (request, reply) => {
    const readerId = viewerOf(request).actorId
    const post = await findVisiblePost(ctx.db, readerId, request.params.id)
    if (!post) throw notFound()
    const page = toPage(request.query)
    const wanted = { reader: readerId, quotedId: post.boostOfId ?? post.id, state: 'accepted' } as const
    const ids = await listQuoting(ctx.db, wanted, page)
    linkPages(request, reply, ctx.config.publicUrl, ids, page)
    return loadStatuses(ctx, readerId, ids)
  })

  const revoke = { config: writes, schema: { params: quoteParams } }
  app.post('/api/v1/statuses/:id/quotes/:quoting_status_id/revoke', revoke, async (request) => {
    const viewer = viewerOf(request)
    const { id, quoting_status_id: quotingId } = request.params
    await revokeQuote(ctx, viewer, id, quotingId)
    return getStatus(ctx, viewer.actorId, quotingId)
  })
}
