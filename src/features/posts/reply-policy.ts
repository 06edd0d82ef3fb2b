/**
 * Who may answer a post of another server: without being asked about, and only after its author's yes. `public`, `followers` and `following`
 * of the author, `unknown` for others whom we cannot tell, and ids of actors of ours.
 */
export type ReplyPolicy = Readonly<{ automatic: readonly string[]; manual: readonly string[] }>

/** How somebody who wants to answer stands to the post and its author. */
export type Answerer = Readonly<{
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
