import type { ReplyChoice } from '#src/db/schema/actors.ts'
import type { Visibility } from './queries.ts'

export type { ReplyChoice }

/**
 * Who may answer a post: without being asked about, and only after its author's yes. `public`, `followers` and `following` of the author,
 * `unknown` for others whom we cannot tell, ids of actors of ours, and addresses of those of other servers.
 */
export type ReplyPolicy = Readonly<{ automatic: readonly string[]; manual: readonly string[] }>

/** How somebody who wants to answer stands to the post and its author. */
export type Answerer = Readonly<{
  /** The id of an actor of ours, the address of another server's. */
  actorId: string
  isFollower: boolean
  isFollowed: boolean
  /** The post names or answers them. */
  isSpokenTo: boolean
}>

/** What comes of an answer: it is let in, its author waits for a yes, or there is to be none. */
export type ReplyVerdict = 'automatic' | 'asked' | 'denied'

/**
 * THE rule of who may answer a post of another server that they can read. Whoever is spoken to may always answer, and a name counts more than a
 * group. Who is in a group only the author's server can prove to others, and so is asked.
 * @see https://docs.gotosocial.org/en/latest/federation/interaction_controls/
 */
export function judgeReply({ automatic, manual }: ReplyPolicy, answerer: Answerer): ReplyVerdict {
  const { actorId, isFollower, isFollowed, isSpokenTo } = answerer
  if (isSpokenTo || automatic.includes(actorId)) return 'automatic'
  if (manual.includes(actorId)) return 'asked'
  if (automatic.includes('public')) return 'automatic'
  const groups = [...automatic, ...manual]
  const isAmong = (isFollower && groups.includes('followers')) || (isFollowed && groups.includes('following'))
  return isAmong || groups.includes('public') || groups.includes('unknown') ? 'asked' : 'denied'
}

/** The choices of an author, from the widest to the narrowest. */
export const replyChoices = ['public', 'asked', 'followers', 'named'] as const satisfies readonly ReplyChoice[]

const policyOf: Readonly<Record<ReplyChoice, ReplyPolicy | null>> = {
  public: null,
  asked: { automatic: ['followers', 'following'], manual: ['public'] },
  followers: { automatic: ['followers', 'following'], manual: [] },
  named: { automatic: [], manual: [] },
}

/** The policy behind a choice; null: whoever can read the post, which is how it is with what named people alone can read. */
export function toReplyPolicy(choice: ReplyChoice, visibility: Visibility): ReplyPolicy | null {
  return visibility === 'direct' ? null : policyOf[choice]
}

/** What comes of an answer to a post of ours: nobody minds, it is let in as a member's, it waits for a yes, or there is to be none. */
export type OwnReplyVerdict = 'free' | 'member' | 'asked' | 'denied'

/** THE rule of who may answer a post of ours that they can read. Here we know who is a follower, and others are given the proof. */
export function judgeReplyToOurs(policy: ReplyPolicy, answerer: Answerer): OwnReplyVerdict {
  const { isFollower, isFollowed, isSpokenTo } = answerer
  if (isSpokenTo) return 'free'
  const { automatic, manual } = policy
  if ((isFollower && automatic.includes('followers')) || (isFollowed && automatic.includes('following')))
    return 'member'
  return manual.includes('public') ? 'asked' : 'denied'
}
