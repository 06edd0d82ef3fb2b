import type { Ctx, Viewer } from '#src/context.ts'
import { forbidden } from '#src/errors.ts'
import { findReactionPolicy, type ReactionDeed } from './permission-queries.ts'
import type { Post } from './queries.ts'
import { findRelation } from './quote-queries.ts'

const refusals: Readonly<Record<ReactionDeed, string>> = {
  like: 'The author of this post does not let you favourite it',
  boost: 'The author of this post does not let you boost it',
}

/**
 * Lets pass who may like or boost a post of another server at once. Nobody is asked: what would have to wait for a yes is refused too.
 * @throws Problem `forbidden`
 * @see https://docs.gotosocial.org/en/latest/federation/interaction_controls/
 */
export async function requireConsent(ctx: Ctx, { actorId }: Viewer, post: Post, deed: ReactionDeed): Promise<void> {
  const allowed = post.iri === null ? null : await findReactionPolicy(ctx.db, post.id, deed)
  if (!allowed || allowed.includes('public') || allowed.includes(actorId)) return
  const { isFollower, isFollowed } = await findRelation(ctx.db, actorId, post.actorId)
  if ((isFollower && allowed.includes('followers')) || (isFollowed && allowed.includes('following'))) return
  throw forbidden(refusals[deed])
}
