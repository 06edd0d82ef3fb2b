import type { Ctx, Viewer } from '#src/context.ts'
import { cleanText } from '#src/core/sanitize.ts'
import { transaction } from '#src/db/client.ts'
import { fieldProblem, requireRole } from '#src/features/actors/policy.ts'
import { getActor } from '#src/features/actors/queries.ts'
import { deleteNote, upsertNote } from './queries.ts'

/** Characters of a note at the most, in UTF-16 units; Mastodon's figure. */
export const longestNote = 2_000

/**
 * Writes down something about another for the team of the viewer's actor alone; an empty text forgets it.
 * @throws Problem `not_found`, `forbidden`, `invalid` for a text that is too long
 */
export async function writeNote(
  ctx: Ctx,
  viewer: Viewer,
  { aboutId, comment }: Readonly<{ aboutId: string; comment: string }>,
): Promise<void> {
  requireRole(viewer, 'react')
  if (comment.length > longestNote)
    throw fieldProblem('comment', 'ERR_TOO_LONG', `is too long (${longestNote} characters at the most)`)
  const text = cleanText(comment.replace(/\r\n?/g, '\n'), longestNote)
  const key = { actorId: viewer.actorId, aboutId }
  await transaction(ctx.db, async (tx) => {
    await getActor(tx, aboutId)
    if (text === '') await deleteNote(tx, key)
    else await upsertNote(tx, { ...key, comment: text, userId: viewer.userId, updatedAt: ctx.now() })
  })
}
