import type { Ctx } from '#src/context.ts'
import { findVisiblePost } from './queries.ts'
import { loadShownPosts, type ShownPost } from './shown.ts'

/** A post of ours that may stand on other sites: one that everybody may read. Null for every other, boosts too. */
export async function findEmbeddable(ctx: Ctx, id: string): Promise<ShownPost | null> {
  const post = await findVisiblePost(ctx.db, null, id)
  if (!post || post.iri !== null || post.boostOfId !== null) return null
  const [shown] = await loadShownPosts(ctx, null, [post.id], null)
  return shown ?? null
}
