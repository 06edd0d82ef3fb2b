import { leaseRetries, postponeRetry, type Retry, removeRetry } from '#src/db/hosts.ts'
import { type Lane, noteResult } from './piece.ts'
import { nextAttempt } from './schedule.ts'
import { type Result, send } from './send.ts'

/** Longer than the longest request, so that a retry under way is not taken by another worker. */
const leaseMs = 60_000

/** Retries taken at once, and how many of them for one healthy host. */
const batch = { limit: 200, perHost: 20 }

/**
 * Tries again what failed and is due: a failing host gets one probe, and when that succeeds all that waits for it becomes due.
 * @returns how many were tried; call again until it is none
 */
export async function deliverDue(lane: Lane): Promise<number> {
  const { ctx } = lane
  const retries = await leaseRetries(ctx.db, { now: ctx.now(), leaseMs, ...batch })
  const byHost = Map.groupBy(retries, (retry) => retry.host)
  await Promise.all([...byHost.values()].map((list) => deliverInOrder(lane, list)))
  return retries.length
}

/** One after the other, oldest first: a Delete must not overtake its Create. */
async function deliverInOrder(lane: Lane, retries: readonly Retry[]): Promise<void> {
  for (const retry of retries) {
    const result = await tryAgain(lane, retry)
    if (result?.kind === 'failed') return postponeRest(lane, retries.slice(retries.indexOf(retry) + 1), result.error)
  }
}

async function tryAgain(lane: Lane, retry: Retry): Promise<Result | null> {
  const { ctx } = lane
  const signer = await lane.signers.of(retry.actorId)
  if (!signer) {
    await removeRetry(ctx.db, retry)
    return null
  }
  const body = Buffer.from(retry.body)
  const result = await lane.limiter.run(retry.host, () =>
    send({ fetcher: ctx.fetcher, signer, now: ctx.now }, { url: retry.url, body, scheme: retry.scheme }),
  )
  lane.health.learn(retry.host, { failures: retry.failures, retryAt: null, scheme: retry.scheme })
  const { inboxId: id, host, isDoubtful } = retry
  const isGone = await noteResult(lane, { id, host, isDoubtful }, result)
  if (result.kind === 'delivered') await removeRetry(ctx.db, retry)
  else if (result.kind !== 'refused' && !isGone) await postpone(lane, retry, result)
  else await postponeRetry(ctx.db, retry, { dueAt: null, error: result.error, now: ctx.now() })
  return result
}

async function postpone(
  lane: Lane,
  retry: Retry,
  result: { error: string; retryAfterMs: number | null },
): Promise<void> {
  const now = lane.ctx.now()
  const { attempts, firstTriedAt } = retry
  const dueAt = nextAttempt({
    attempts: attempts + 1,
    firstTriedAt,
    now,
    retryAfterMs: result.retryAfterMs,
    random: Math.random(),
  })
  if (!dueAt)
    lane.ctx.log.warn(
      { host: retry.host, activityId: retry.activityId, error: result.error },
      'a delivery was given up after ten days',
    )
  await postponeRetry(lane.ctx.db, retry, { dueAt, error: result.error, now })
}

/** The host failed: the others wait as long as it does, without an attempt of their own. */
async function postponeRest(lane: Lane, retries: readonly Retry[], error: string): Promise<void> {
  for (const retry of retries)
    await postpone(lane, { ...retry, attempts: retry.attempts - 1 }, { error, retryAfterMs: null })
}
