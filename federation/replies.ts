import type { Ctx } from '#src/context.ts'
import { type Actor, findActorByIri } from '#src/features/actors/queries.ts'
import type { Publication } from '#src/features/posts/publication-queries.ts'
import type { ReplyPolicy } from '#src/features/posts/reply-policy.ts'
import { findLocalTarget } from './actors.ts'
import { publicAudience } from './context.ts'
import { isSameOrigin } from './origin.ts'
import type { ReadNote } from './read/note.ts'

/**
 * The proof that an answer of ours is let in by who is answered. GoToSocial before 0.20 looks for it under the older name.
 * @see https://docs.gotosocial.org/en/latest/federation/interaction_controls/
 */
export function approvalOf({ approval }: Publication): object {
  if (approval?.state !== 'accepted') return {}
  const { authorizationIri, isAuthorization } = approval
  return { approvedBy: authorizationIri, ...(isAuthorization ? { replyAuthorization: authorizationIri } : {}) }
}

/** Who may answer a remote post, in our words; null: everybody. Its author needs nobody's leave, and of others only ours are judged here. */
export async function readReplyPolicy(ctx: Ctx, note: ReadNote, author: Actor): Promise<ReplyPolicy | null> {
  if (!note.replyPolicy) return null
  const toGroups = async (addresses: readonly string[]) => {
    const groups = new Set<string>()
    for (const address of addresses) {
      const group = await groupOf(ctx, address, author)
      if (group) groups.add(group)
    }
    return [...groups]
  }
  const policy = {
    automatic: await toGroups(note.replyPolicy.automatic),
    manual: await toGroups(note.replyPolicy.manual),
  }
  const isForEverybody = policy.automatic.includes('public') && policy.manual.length === 0
  return isForEverybody ? null : policy
}

async function groupOf(ctx: Ctx, address: string, author: Actor): Promise<string | null> {
  if (address === author.iri) return null
  if (address === publicAudience) return 'public'
  if (address === author.followersIri) return 'followers'
  if (address === author.followingIri) return 'following'
  if (ctx.uris.read(address)) return (await findLocalTarget(ctx, address))?.id ?? null
  // Another server's people are judged there. What else the author's own server names may be a circle of people that only it knows.
  const isOfAuthor = isSameOrigin(address, author.iri ?? '')
  return isOfAuthor && !(await findActorByIri(ctx.db, address)) ? 'unknown' : null
}
