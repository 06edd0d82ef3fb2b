import type { Ctx } from '#src/context.ts'
import type { StoredActivity } from '#src/db/deliveries.ts'
import { findPublication } from '#src/features/posts/publication-queries.ts'
import { toNote } from '../posts.ts'
import { isObject, type JsonObject } from '../read/json.ts'
import { idOf } from '../read/values.ts'

/**
 * An activity of ours as it is handed out: as it was sent, but for what brought a post that was edited since. The Create of one of ours has the post as
 * it is now; of what a group passed on only the id is said, and its own server says more. What its author took out of it is nowhere to be had; with
 * it goes the proof, which was over the older words.
 */
export async function presentActivity(ctx: Ctx, { type, postId, body }: StoredActivity): Promise<JsonObject> {
  const sent = JSON.parse(body) as JsonObject
  const carried = type === 'Announce' && isObject(sent.object) ? idOf(sent.object) : null
  if (!postId || (type !== 'Create' && !carried)) return sent
  const publication = await findPublication(ctx.db, postId)
  if (!publication?.post.editedAt) return sent
  const { proof: _, signature: __, ...rest } = sent
  return { ...rest, object: carried ?? (await toNote(ctx, publication)) }
}
