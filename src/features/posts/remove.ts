import type { Ctx, Viewer } from '#src/context.ts'
import { recordAct } from '#src/db/audit.ts'
import { transaction } from '#src/db/client.ts'
import { emit } from '#src/effects.ts'
import { notFound } from '#src/errors.ts'
import { discardPictures, releasePictures } from './attachment-queries.ts'
import { undoBoost } from './boost.ts'
import { requirePublisher } from './policy.ts'
import { findPost } from './queries.ts'
import { emptyPost } from './remove-queries.ts'

/**
 * Deletes a post of the viewer's actor, or takes its boost back when the id is that of a boost.
 * @param options.deletesPictures at once; otherwise they stay for a while, free to be attached to a post that is written anew
 * @throws Problem `notFound` for posts of others, `forbidden` for roles that do not publish
 */
export async function deletePost(
  ctx: Ctx,
  viewer: Viewer,
  id: string,
  options: { deletesPictures?: boolean | undefined } = {},
): Promise<void> {
  const post = await findPost(ctx.db, id)
  if (!post || post.deletedAt || post.actorId !== viewer.actorId) throw notFound()
  if (post.boostOfId) return undoBoost(ctx, viewer, post.boostOfId)
  requirePublisher(viewer, post.inReplyToId !== null)
  await transaction(ctx.db, async (tx) => {
    const now = ctx.now()
    if (!(await emptyPost(tx, id, now))) return
    if (options.deletesPictures) await discardPictures(tx, id, now)
    else await releasePictures(tx, id, now)
    await emit(tx, { type: 'post.deleted', postId: id, actorId: post.actorId })
    await recordAct(tx, { viewer, action: 'post.deleted', subjectId: id })
  })
}
