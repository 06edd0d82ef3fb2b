import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { hashToken } from '#src/core/secrets.ts'
import { notFound, unauthenticated } from '#src/errors.ts'
import { bearerToken, viewerOf } from '#src/http/auth.ts'
import { acceptFields } from '#src/http/multipart.ts'
import { type App, flag } from '#src/http/zod.ts'
import { toWebPushSubscription } from './entity.ts'
import { getPushKeys } from './keys.ts'
import { alertKinds, pushPolicies } from './policy.ts'
import { findSubscription, type PushSubscription } from './queries.ts'
import { changeSubscription, subscribe, unsubscribe } from './service.ts'

const config = { access: { scope: 'push' } } as const

/** Each kind that is not named is not wanted. */
const alerts = z
  .object(Object.fromEntries(alertKinds.map((kind) => [kind, flag.optional()])))
  .transform((wishes) => alertKinds.filter((kind) => wishes[kind]))

const policy = z.enum(pushPolicies, `must be one of ${pushPolicies.join(', ')}`)

const data = z.object({ alerts: alerts.optional(), policy: policy.optional() }).default({})

const text = z.string('must not be blank').min(1, 'must not be blank').max(5_000)

const subscribeBody = z.object({
  subscription: z.object({
    endpoint: text,
    keys: z.object({ p256dh: text, auth: text }),
    standard: flag.optional(),
  }),
  data,
})

/** The documentation has the policy beside `data`, clients send it inside as when they subscribe. */
const changeBody = z.object({ data, policy: policy.optional() })

/** Notifications on a device, brought by the push service of its browser. @see https://docs.joinmastodon.org/methods/push/ */
export function registerPushRoutes(app: App, ctx: Ctx): void {
  const path = '/api/v1/push/subscription'
  const answer = async (subscription: PushSubscription) =>
    toWebPushSubscription(subscription, (await getPushKeys(ctx)).publicKey)

  app.get(path, { config }, async (request) => {
    const found = await findSubscription(ctx.db, hashToken(tokenOf(request)))
    if (!found) throw notFound()
    return answer(found)
  })

  app.post(path, { config, schema: { body: subscribeBody }, preValidation: acceptFields }, async (request) => {
    const { subscription, data: wishes } = request.body
    const { endpoint, keys, standard: isStandard = false } = subscription
    const wanted = { alerts: wishes.alerts ?? [], policy: wishes.policy ?? ('all' as const) }
    const input = { endpoint, ...keys, isStandard, ...wanted }
    return answer(await subscribe(ctx, viewerOf(request), { token: tokenOf(request), input }))
  })

  app.put(path, { config, schema: { body: changeBody }, preValidation: acceptFields }, async (request) => {
    const { data: wishes, policy: beside } = request.body
    const wanted = wishes.policy ?? beside
    const change = { ...(wishes.alerts ? { alerts: wishes.alerts } : {}), ...(wanted ? { policy: wanted } : {}) }
    if (Object.keys(change).length > 0) return answer(await changeSubscription(ctx, tokenOf(request), change))
    const found = await findSubscription(ctx.db, hashToken(tokenOf(request)))
    if (!found) throw notFound()
    return answer(found)
  })

  app.delete(path, { config }, async (request) => {
    await unsubscribe(ctx, tokenOf(request))
    return {}
  })
}

function tokenOf(request: FastifyRequest): string {
  const token = bearerToken(request)
  if (!token) throw unauthenticated()
  return token
}
