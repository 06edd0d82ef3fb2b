import type { Ctx, Viewer } from '#src/context.ts'
import { invalid } from '#src/errors.ts'
import type { Post } from './queries.ts'
import { findRelation } from './quote-queries.ts'
import { judgeReply } from './reply-policy.ts'
import { findReplyPolicy, isNamedIn } from './reply-queries.ts'

/**
 * Whether the author of a post has to let the viewer's answer to it in. Of ours everybody may answer what they can read.
 * @throws Problem `invalid` when they want no answer of the viewer's
 */
export async function hasToBeLetIn(ctx: Ctx, { actorId }: Viewer, parent: Post): Promise<boolean> {
  const policy = parent.iri === null ? null : await findReplyPolicy(ctx.db, parent.id)
  if (!policy) return false
  const relation = await findRelation(ctx.db, actorId, parent.actorId)
  const isSpokenTo = parent.inReplyToActorId === actorId || (await isNamedIn(ctx.db, parent.id, actorId))
  const verdict = judgeReply(policy, { ...relation, actorId, isSpokenTo })
  if (verdict !== 'denied') return verdict === 'asked'
  throw invalid('The author of this post takes no answers from you', {
    in_reply_to_id: [{ error: 'ERR_NOT_ALLOWED', description: 'is a post whose author takes no answers from you' }],
  })
}
