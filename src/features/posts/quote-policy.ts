import type { QuotePolicy } from '#src/db/schema/actors.ts'
import type { QuoteGroup } from '#src/db/schema/posts.ts'
import type { Visibility } from './queries.ts'

export type { QuoteGroup, QuotePolicy }

/** Who may quote a post: without being asked about, and only after its author's yes. Nobody is in two groups of them twice. */
export type QuoteGroups = Readonly<{ quoteAutomatic: QuoteGroup[]; quoteManual: QuoteGroup[] }>

/** How somebody stands to the author of a post. */
export type Relation = Readonly<{ isAuthor: boolean; isFollower: boolean; isFollowed: boolean }>

/** What comes of a quote by somebody: a yes at once, a question, a no. `unknown`: only the author's server can say. */
export type QuoteVerdict = 'automatic' | 'manual' | 'denied' | 'unknown'

/** The choices of an author, from the widest to the narrowest. */
export const quotePolicies = ['public', 'asked', 'followers', 'nobody'] as const satisfies readonly QuotePolicy[]

const groupsOf: Readonly<Record<QuotePolicy, QuoteGroups>> = {
  public: { quoteAutomatic: ['public'], quoteManual: [] },
  asked: { quoteAutomatic: ['followers'], quoteManual: ['public'] },
  followers: { quoteAutomatic: ['followers'], quoteManual: [] },
  nobody: { quoteAutomatic: [], quoteManual: [] },
}

/** The groups behind a choice. What is not for everybody is quoted by nobody else, whatever was chosen. */
export function toQuoteGroups(policy: QuotePolicy, visibility: Visibility): QuoteGroups {
  return isOpen(visibility) ? groupsOf[policy] : groupsOf.nobody
}

/** The choice behind groups that we have written. */
export function toQuotePolicy({ quoteAutomatic, quoteManual }: QuoteGroups): QuotePolicy {
  if (quoteAutomatic.includes('public')) return 'public'
  if (quoteManual.includes('public')) return 'asked'
  return quoteAutomatic.includes('followers') ? 'followers' : 'nobody'
}

/** THE rule of who may quote what they can read. A boost has nothing to quote; what is for named people is for them alone. */
export function judgeQuote(
  post: QuoteGroups & Readonly<{ visibility: Visibility; boostOfId: string | null }>,
  relation: Relation,
): QuoteVerdict {
  if (post.boostOfId !== null || post.visibility === 'direct') return 'denied'
  if (relation.isAuthor) return 'automatic'
  if (!isOpen(post.visibility)) return 'denied'
  if (isAmong(post.quoteAutomatic, relation)) return 'automatic'
  if (isAmong(post.quoteManual, relation)) return 'manual'
  return [...post.quoteAutomatic, ...post.quoteManual].includes('unsupported_policy') ? 'unknown' : 'denied'
}

function isAmong(groups: readonly QuoteGroup[], { isFollower, isFollowed }: Relation): boolean {
  if (groups.includes('public')) return true
  return (isFollower && groups.includes('followers')) || (isFollowed && groups.includes('following'))
}

/** Whether everybody may read it. */
export function isOpen(visibility: Visibility): boolean {
  return visibility === 'public' || visibility === 'unlisted'
}
