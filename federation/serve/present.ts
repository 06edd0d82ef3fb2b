import type { Ctx } from '#src/context.ts'
import type { StoredActivity } from '#src/db/deliveries.ts'
import { findPublication } from '#src/features/posts/publication-queries.ts'
import { toNote } from '../posts.ts'
import type { JsonObject } from '../read/json.ts'

/**
 * An activity of ours as it is handed out: as it was sent, but for the Create of a post that was edited since, which has the post as it is now. What
 * its author took out of it is nowhere to be had; with it goes the proof, which was over the older words.
 */
export async function presentActivity(ctx: Ctx, { type, postId, body }: StoredActivity): Promise<JsonObject> {
  const sent = JSON.parse(body) as JsonObject
  const publication = type === 'Create' && postId ? await findPublication(ctx.db, postId) : null
  if (!publication?.post.editedAt) return sent
  const { proof: _, signature: __, ...rest } = sent
  return { ...rest, object: await toNote(ctx, publication) }
}
