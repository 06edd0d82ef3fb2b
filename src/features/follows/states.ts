/**
 * The life of a follow: one row for each pair of actors. A removed follow has no row.
 *
 *     none ──ask──▶ pending ──▶ accepted        the followee decides; an open followee accepts at once
 *                      │            │
 *                      ▼            ▼
 *                   rejected ◀──────┘           remembered for 90 days, so that who was refused cannot ask every minute
 *                      │
 *                      └──ask──▶ pending        after a week
 *
 * From every state the follower may leave, and a block or a deleted actor removes the row.
 */
export const followMoves = {
  none: ['pending', 'accepted'],
  pending: ['accepted', 'rejected', 'removed'],
  accepted: ['rejected', 'removed'],
  rejected: ['pending', 'accepted', 'removed'],
} as const satisfies Record<string, readonly (FollowState | 'removed')[]>

/** What a row of `follows` may be. */
export type FollowState = 'pending' | 'accepted' | 'rejected'

/** A state that a follow may reach from another. */
export type NextState<From extends FollowState> = Extract<(typeof followMoves)[From][number], FollowState>

const day = 86_400_000

/** For how long after a refusal the same follower is refused again without anybody being asked. */
export const cooldownMs = 7 * day

/** A request that nobody answers for so long is over, and so long a refusal is remembered. */
export const memoryMs = 90 * day

/** When a Follow is sent again to a server that answers without asking anybody, counted from the request: an answer may have been lost. */
export const resendAfterMs = [3_600_000, day, 7 * day] as const

/** Somebody who asks people may be reminded of a request as often as this. */
export const remindAfterMs = 14 * day

/** What is to be done with a Follow that comes in. */
export type RequestAnswer =
  /** It was taken back before it came. */
  | 'ignore'
  /** The followee lets nobody follow, or not this one: Reject, and nothing is kept. */
  | 'refuse'
  /** A new request: somebody is asked. */
  | 'ask'
  /** Accept, and the followee is told of a new follower. */
  | 'accept'
  /** Somebody has been asked already: only the id of the request is a new one. */
  | 'renew'
  /** Accept again: the first one was lost. */
  | 'confirm'
  /** Reject again, and nobody is asked. */
  | 'decline'

/** What the answer depends on. */
export type RequestFacts = Readonly<{
  /** Its Undo came before it. */
  isWithdrawn: boolean
  /** The followee is suspended, has moved, or is the instance's own actor; the follower or its server is blocked. */
  isUnwelcome: boolean
  /** The followee decides by hand, and has not said yes to this follower beforehand. */
  needsApproval: boolean
  /** The row of the pair. */
  current: Readonly<{ state: FollowState; activityIri: string | null; decidedAt: Date | null }> | null
  activityIri: string | null
  now: Date
}>

/** The answer to a Follow that comes in, by the state that it meets. */
export function answerRequest(facts: RequestFacts): RequestAnswer {
  if (facts.isWithdrawn) return 'ignore'
  if (facts.isUnwelcome) return 'refuse'
  return answers[facts.current?.state ?? 'none'](facts)
}

const answers: Record<FollowState | 'none', (facts: RequestFacts) => RequestAnswer> = {
  none: ({ needsApproval }) => (needsApproval ? 'ask' : 'accept'),
  pending: () => 'renew',
  accepted: () => 'confirm',
  rejected: (facts) => {
    if (isSameRequest(facts) || isCoolingDown(facts.current?.decidedAt ?? null, facts.now)) return 'decline'
    return facts.needsApproval ? 'ask' : 'accept'
  },
}

function isSameRequest({ current, activityIri }: RequestFacts): boolean {
  return activityIri !== null && current?.activityIri === activityIri
}

/** Whether a refusal is too fresh for a new request. */
export function isCoolingDown(decidedAt: Date | null, now: Date): boolean {
  return decidedAt !== null && now.getTime() - decidedAt.getTime() < cooldownMs
}
