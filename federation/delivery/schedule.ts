const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** How long after the n-th failed attempt a delivery is tried again; from then on every twelve hours. */
const steps = [minute, 5 * minute, 15 * minute, hour, 3 * hour, 6 * hour]

/** For how long a delivery is tried: a server that is down for a week still gets everything. */
export const retryForMs = 10 * day

/** Never wait longer than this because a server said so in Retry-After. */
const longestWaitMs = day

/**
 * When to try again after a failure, or null when ten days are over.
 * @param attempts attempts so far, the failed one included
 * @param random between 0 and 1: spreads the retries of many deliveries, up to a fifth later
 */
export function nextAttempt(options: {
  attempts: number
  firstTriedAt: Date
  now: Date
  retryAfterMs: number | null
  random: number
}): Date | null {
  const { attempts, firstTriedAt, now, retryAfterMs, random } = options
  if (now.getTime() - firstTriedAt.getTime() >= retryForMs) return null
  const step = steps[attempts - 1] ?? 12 * hour
  const wait = Math.max(step, Math.min(retryAfterMs ?? 0, longestWaitMs))
  return new Date(now.getTime() + wait * (1 + random / 5))
}

/**
 * Reads Retry-After: seconds or a date. Null when it is absent or makes no sense.
 * @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 */
export function readRetryAfter(header: string | undefined, now: Date): number | null {
  if (!header) return null
  if (/^\d+$/.test(header)) return Number(header) * 1_000
  const at = Date.parse(header)
  return Number.isNaN(at) ? null : Math.max(0, at - now.getTime())
}
