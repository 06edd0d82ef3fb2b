import { alertKinds } from './policy.ts'
import type { PushSubscription } from './queries.ts'

/** @see https://docs.joinmastodon.org/entities/WebPushSubscription/ */
export function toWebPushSubscription({ id, endpoint, isStandard, alerts, policy }: PushSubscription, key: string) {
  return {
    id,
    endpoint,
    standard: isStandard,
    alerts: Object.fromEntries(alertKinds.map((kind) => [kind, alerts.includes(kind)])),
    policy,
    server_key: key,
  }
}
