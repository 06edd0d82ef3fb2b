import type { Viewer } from '#src/context.ts'
import { forbidden, invalid, type Problem } from '#src/errors.ts'
import { may } from '#src/features/teams/policy.ts'

/** How much may be scheduled, as Mastodon 4.6 has it; a day is one in UTC. */
export const scheduleLimits = { total: 300, daily: 25, minAheadMs: 5 * 60_000 } as const

/** @throws Problem `forbidden` for roles that neither publish nor answer: what is not published yet is theirs alone who may publish it */
export function requireScheduler(viewer: Viewer): void {
  if (may(viewer.role, 'publish') || may(viewer.role, 'reply')) return
  throw forbidden('Your role in this team does not allow you to see scheduled posts; ask an owner or an admin', 'role')
}

/** @throws Problem `invalid` for a moment that is past or less than five minutes ahead */
export function checkMoment(scheduledAt: Date, now: Date): void {
  if (scheduledAt.getTime() >= now.getTime() + scheduleLimits.minAheadMs) return
  const details = { scheduled_at: [{ error: 'ERR_INVALID', description: 'must be at least five minutes ahead' }] }
  throw invalid('Validation failed: Scheduled at must be at least five minutes ahead', details)
}

/**
 * @param counts without the post that is being scheduled
 * @throws Problem `invalid` when that is one too many
 */
export function checkCounts(counts: { total: number; daily: number }): void {
  if (counts.total >= scheduleLimits.total) throw tooMany('ERR_TOTAL', `${scheduleLimits.total} scheduled posts`)
  if (counts.daily >= scheduleLimits.daily) {
    throw tooMany('ERR_DAILY', `${scheduleLimits.daily} scheduled posts for one day`)
  }
}

function tooMany(error: string, limit: string): Problem {
  const sentence = `You have reached the limit of ${limit}`
  return invalid(`Validation failed: ${sentence}`, { base: [{ error, description: sentence }] })
}
