import { isId } from '#src/core/ids.ts'
import type { Tx } from '#src/db/client.ts'
import { invalid } from '#src/errors.ts'
import { lockAttachable } from './attachment-queries.ts'
import { fieldProblem } from './policy.ts'

/**
 * Locks the pictures that a post is to have and makes sure that it may have them: they are its actor's own, in no other post, and can
 * be shown.
 * @returns their ids, each once, in the order asked for
 * @throws Problem `invalid` in the words that clients know from Mastodon, so that they try again while a picture is processed
 */
export async function takePictures(
  tx: Tx,
  wanted: { actorId: string; postId: string | null; ids: readonly string[] },
): Promise<string[]> {
  const ids = [...new Set(wanted.ids)]
  const found = ids.every(isId) ? await lockAttachable(tx, { ...wanted, ids }) : []
  if (found.length < ids.length) {
    throw fieldProblem('media_ids', 'ERR_INVALID', 'names a picture that is not there, not yours, or in another post')
  }
  const refused = found.find(({ state }) => state === 'refused')
  if (refused) throw invalid(refused.refusal ?? 'One of the pictures cannot be read; take another')
  if (found.some(({ state }) => state !== 'ready')) {
    throw invalid('Cannot attach files that have not finished processing. Try again in a moment!')
  }
  return ids
}
