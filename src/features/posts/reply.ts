import type { Ctx, Viewer } from '#src/context.ts'
import { invalid } from '#src/errors.ts'
import type { Post, Visibility } from './queries.ts'
import { findRelation } from './quote-queries.ts'
import { judgeReply, judgeReplyToOurs, type OwnReplyVerdict } from './reply-policy.ts'
import { findReplyPolicy, isNamedIn } from './reply-queries.ts'

/**
 * What the author of a post says to an answer of the viewer's: nothing, that it is let in, with a proof for others, or that they will say.
 * @throws Problem `invalid` when they want no answer of the viewer's
 */
export async function judgeAnswer(
  ctx: Ctx,
  { actorId }: Viewer,
  parent: Post,
  visibility: Visibility,
): Promise<Exclude<OwnReplyVerdict, 'denied'>> {
  // A word aside stands under no post: nobody but whom it names sees it.
  const isAside = visibility === 'direct' && parent.iri === null
  const policy = parent.actorId === actorId || isAside ? null : await findReplyPolicy(ctx.db, parent.id)
  if (!policy) return 'free'
  const relation = await findRelation(ctx.db, actorId, parent.actorId)
  const isSpokenTo = parent.inReplyToActorId === actorId || (await isNamedIn(ctx.db, parent.id, actorId))
  const answerer = { ...relation, actorId, isSpokenTo }
  const verdict = parent.iri === null ? judgeReplyToOurs(policy, answerer) : judgeReply(policy, answerer)
  if (verdict !== 'denied') return verdict === 'automatic' ? 'free' : verdict
  throw invalid('The author of this post takes no answers from you', {
    in_reply_to_id: [{ error: 'ERR_NOT_ALLOWED', description: 'is a post whose author takes no answers from you' }],
  })
}
