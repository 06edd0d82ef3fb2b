import type { Ctx } from '#src/context.ts'
import { type Actor, findActorByIri } from '#src/features/actors/queries.ts'
import type { ReactionPolicies } from '#src/features/posts/permission-queries.ts'
import type { Publication } from '#src/features/posts/publication-queries.ts'
import type { ReplyPolicy } from '#src/features/posts/reply-policy.ts'
import { findLocalTarget } from './actors.ts'
import { publicAudience } from './context.ts'
import { isSameOrigin } from './origin.ts'
import type { ReadNote } from './read/note.ts'
import type { ReadPolicy } from './read/policy.ts'

/** Whether an answer of ours has the proof of somebody's yes. */
export function isLetIn({ approval, consent }: Publication): boolean {
  return approval?.state === 'accepted' || consent?.consent.state === 'accepted'
}

/**
 * The proof that an answer of ours is let in by who is answered. GoToSocial before 0.20 looks for it under the older name.
 * @see https://docs.gotosocial.org/en/latest/federation/interaction_controls/
 */
export function approvalOf(ctx: Ctx, { approval, consent }: Publication): object {
  if (consent?.consent.state === 'accepted') {
    const stamp = ctx.uris.replyAuthorization(consent.parent.handle, consent.consent.id)
    return { approvedBy: stamp, replyAuthorization: stamp }
  }
  if (approval?.state !== 'accepted') return {}
  const { authorizationIri, isAuthorization } = approval
  return { approvedBy: authorizationIri, ...(isAuthorization ? { replyAuthorization: authorizationIri } : {}) }
}

/**
 * Who may answer a post of ours, where not everybody may: what is not said is for everybody, as likes and boosts are. Nobody is written as the
 * author alone, since an empty list is lost on the way through JSON-LD.
 * @see https://docs.gotosocial.org/en/latest/federation/interaction_controls/
 */
export function policiesOf(ctx: Ctx, { author, replyPolicy }: Publication): object {
  if (replyPolicy === null || replyPolicy.automatic.includes('public')) return {}
  const addresses: Readonly<Record<string, string>> = {
    public: publicAudience,
    followers: ctx.uris.followers(author.handle),
    following: ctx.uris.following(author.handle),
  }
  const automatic = replyPolicy.automatic.flatMap((group) => addresses[group] ?? [])
  const manual = replyPolicy.manual.flatMap((group) => addresses[group] ?? [])
  const automaticApproval = automatic.length > 0 ? automatic : [ctx.uris.actor(author.handle)]
  return { canReply: { automaticApproval, ...(manual.length > 0 ? { manualApproval: manual } : {}) } }
}

/** Who may answer a remote post, in our words; null: everybody. Its author needs nobody's leave, and whom it names may always. */
export async function readReplyPolicy(ctx: Ctx, note: ReadNote, author: Actor): Promise<ReplyPolicy | null> {
  if (!note.replyPolicy) return null
  const named = note.mentions.map(({ iri }) => iri).filter((iri) => iri !== author.iri && !ctx.uris.read(iri))
  const automatic = await toGroups(ctx, note.replyPolicy.automatic, author)
  const manual = await toGroups(ctx, note.replyPolicy.manual, author)
  if (automatic.includes('public') && manual.length === 0) return null
  return { automatic: [...new Set([...automatic, ...named])], manual }
}

/** Who may like a remote post, and who may boost it, without being asked about. */
export async function readReactionPolicies(ctx: Ctx, note: ReadNote, author: Actor): Promise<ReactionPolicies> {
  const automatic = async (policy: ReadPolicy | null) => {
    const groups = policy && (await toGroups(ctx, policy.automatic, author))
    return groups?.includes('public') ? null : groups
  }
  return { like: await automatic(note.likePolicy), boost: await automatic(note.boostPolicy) }
}

async function toGroups(ctx: Ctx, addresses: readonly string[], author: Actor): Promise<string[]> {
  const groups = new Set<string>()
  for (const address of addresses) for (const group of await groupsOf(ctx, address, author)) groups.add(group)
  return [...groups]
}

async function groupsOf(ctx: Ctx, address: string, author: Actor): Promise<string[]> {
  if (address === author.iri) return []
  if (address === publicAudience) return ['public']
  if (address === author.followersIri) return ['followers']
  if (address === author.followingIri) return ['following']
  if (ctx.uris.read(address)) return [(await findLocalTarget(ctx, address))?.id ?? []].flat()
  // What the author's own server names may be a circle of people that only it knows.
  const isOfAuthor = isSameOrigin(address, author.iri ?? '')
  return isOfAuthor && !(await findActorByIri(ctx.db, address)) ? ['unknown', address] : [address]
}
