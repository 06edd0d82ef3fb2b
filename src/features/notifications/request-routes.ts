import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { isId } from '#src/core/ids.ts'
import { notFound } from '#src/errors.ts'
import { viewerOf } from '#src/http/auth.ts'
import { acceptFields } from '#src/http/multipart.ts'
import { linkPages, pageQuery, toPage } from '#src/http/paging.ts'
import { type App, idParams, textList } from '#src/http/zod.ts'
import { getPolicy, type NotificationPolicy } from './policy-queries.ts'
import { countWaiting, findRequests, listRequests } from './request-queries.ts'
import { changePolicy, type Judgement, judgeRequests, loadRequests } from './requests.ts'

const reads = { access: { scope: 'read:notifications' } } as const
const writes = { access: { scope: 'write:notifications' } } as const

/** Who waits to be let through, and by whom one wants to be told things. @see https://docs.joinmastodon.org/methods/notifications/#requests */
export function registerRequestRoutes(app: App, ctx: Ctx): void {
  registerPolicy(app, ctx)
  registerRequests(app, ctx)
  registerJudging(app, ctx)
}

const verdict = z.enum(['accept', 'filter', 'drop'], 'must be accept, filter or drop').optional()

const policyBody = z.object({
  for_not_following: verdict,
  for_not_followers: verdict,
  for_new_accounts: verdict,
  for_private_mentions: verdict,
  for_limited_accounts: verdict,
})

function registerPolicy(app: App, ctx: Ctx): void {
  app.get('/api/v2/notifications/policy', { config: reads }, async (request) =>
    loadPolicy(ctx, viewerOf(request).actorId),
  )
  const change = { config: writes, schema: { body: policyBody }, preValidation: acceptFields }
  app.patch('/api/v2/notifications/policy', change, async (request) => {
    const viewer = viewerOf(request)
    await changePolicy(ctx, viewer, toChanges(request.body))
    return loadPolicy(ctx, viewer.actorId)
  })
}

function toChanges(body: z.output<typeof policyBody>): Partial<NotificationPolicy> {
  const changes = {
    forNotFollowing: body.for_not_following,
    forNotFollowers: body.for_not_followers,
    forNewAccounts: body.for_new_accounts,
    forPrivateMentions: body.for_private_mentions,
    forLimitedAccounts: body.for_limited_accounts,
  }
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
}

/** @see https://docs.joinmastodon.org/entities/NotificationPolicy/ */
async function loadPolicy(ctx: Ctx, actorId: string) {
  const [policy, waiting] = await Promise.all([getPolicy(ctx.db, actorId), countWaiting(ctx.db, actorId)])
  return {
    for_not_following: policy.forNotFollowing,
    for_not_followers: policy.forNotFollowers,
    for_new_accounts: policy.forNewAccounts,
    for_private_mentions: policy.forPrivateMentions,
    for_limited_accounts: policy.forLimitedAccounts,
    summary: {
      pending_requests_count: waiting.requests,
      pending_notifications_count: waiting.notifications,
    },
  }
}

function registerRequests(app: App, ctx: Ctx): void {
  const list = { config: reads, schema: { querystring: pageQuery(40, 80) } }
  app.get('/api/v1/notifications/requests', list, async (request, reply) => {
    const { actorId } = viewerOf(request)
    const page = toPage(request.query)
    const rows = await listRequests(ctx.db, actorId, page)
    linkPages(
      request,
      reply,
      ctx.config.publicUrl,
      rows.map(({ id }) => id),
      page,
    )
    return loadRequests(ctx, actorId, rows)
  })

  // Whoever is let through is let through at once: there is never anything left to do.
  app.get('/api/v1/notifications/requests/merged', { config: reads }, async () => ({ merged: true }))

  app.get('/api/v1/notifications/requests/:id', { config: reads, schema: { params: idParams } }, async (request) => {
    const { actorId } = viewerOf(request)
    const rows = isId(request.params.id) ? await findRequests(ctx.db, actorId, [request.params.id]) : []
    const [found] = await loadRequests(ctx, actorId, rows)
    if (!found) throw notFound()
    return found
  })
}

const idsBody = z.object({ id: textList.pipe(z.array(z.string()).max(100, 'may name 100 requests at the most')) })

function registerJudging(app: App, ctx: Ctx): void {
  for (const judgement of ['accept', 'dismiss'] as const satisfies readonly Judgement[]) {
    const one = { config: writes, schema: { params: idParams } }
    app.post(`/api/v1/notifications/requests/:id/${judgement}`, one, async (request) => {
      await judgeRequests(ctx, viewerOf(request), judgement, [request.params.id])
      return {}
    })
    const many = { config: writes, schema: { body: idsBody }, preValidation: acceptFields }
    app.post(`/api/v1/notifications/requests/${judgement}`, many, async (request) => {
      await judgeRequests(ctx, viewerOf(request), judgement, request.body.id)
      return {}
    })
  }
}
