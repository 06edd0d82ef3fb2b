import type { Ctx, Viewer } from '#src/context.ts'
import { hashToken, sealText } from '#src/core/secrets.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { emit } from '#src/effects.ts'
import { notFound } from '#src/errors.ts'
import { getPushKeys } from './keys.ts'
import { checkDevice, type Device } from './policy.ts'
import {
  deleteSubscriptionOf,
  listPushOrders,
  type PushSubscription,
  putSubscription,
  updateSubscription,
} from './queries.ts'

/** What a device is told of, and how it reads. */
export type SubscriptionInput = Device & Pick<PushSubscription, 'isStandard' | 'alerts' | 'policy'>

/**
 * Tells a device of notifications from now on: the device of a token, which has one at the most.
 * @throws Problem `invalid` for a device that could not be reached or could not read
 */
export async function subscribe(
  ctx: Ctx,
  { actorId }: Viewer,
  { token, input }: { token: string; input: SubscriptionInput },
): Promise<PushSubscription> {
  const { isStandard, alerts, policy } = input
  const device = checkDevice(input, ctx.config.publicUrl.startsWith('http:'))
  const { privateKey } = await getPushKeys(ctx)
  const row = { actorId, ...device, isStandard, alerts, policy, sealedToken: sealText(privateKey, token) }
  return transaction(ctx.db, (tx) => putSubscription(tx, hashToken(token), row))
}

/** Changes what the device of a token is told of. @throws Problem `not_found` when it is told of nothing */
export async function changeSubscription(
  ctx: Ctx,
  token: string,
  change: Partial<Pick<PushSubscription, 'alerts' | 'policy'>>,
): Promise<PushSubscription> {
  const row = await transaction(ctx.db, (tx) => updateSubscription(tx, hashToken(token), change))
  if (!row) throw notFound()
  return row
}

/** Tells the device of a token nothing more. Twice is once. */
export async function unsubscribe(ctx: Ctx, token: string): Promise<void> {
  await deleteSubscriptionOf(ctx.db, hashToken(token))
}

/** Asks for messages about notifications that were written a moment ago, one fact for each device that wants to hear of one. */
export async function requestPushes(tx: Tx, notificationIds: readonly string[]): Promise<void> {
  for (const order of await listPushOrders(tx, notificationIds)) await emit(tx, { type: 'push.requested', ...order })
}
