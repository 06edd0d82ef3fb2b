import type { Ctx } from '#src/context.ts'
import { type Actor, listActors } from '#src/features/actors/queries.ts'
import { listStatusRows, type StatusRow } from './status-queries.ts'

/** A post with its author, and whom it answers, for pages. */
export type ShownPost = Readonly<{ row: StatusRow; author: Actor; answered: Actor | null }>

/**
 * Posts as a reader (null: somebody whom we do not know) may see them, in the order of the ids, in two queries however many they are.
 * What the reader may not see is left out, and so are boosts: on pages a post stands on its author's profile.
 */
export async function loadShownPosts(
  ctx: Pick<Ctx, 'db'>,
  readerId: string | null,
  postIds: readonly string[],
): Promise<ShownPost[]> {
  if (postIds.length === 0) return []
  const rows = new Map((await listStatusRows(ctx.db, readerId, postIds)).map((row) => [row.id, row]))
  const actorIds = [...rows.values()].flatMap((row) => [row.actorId, row.inReplyToActorId ?? []].flat())
  const actors = new Map((await listActors(ctx.db, [...new Set(actorIds)])).map((actor) => [actor.id, actor]))
  return postIds.flatMap((id) => {
    const row = rows.get(id)
    const author = row && actors.get(row.actorId)
    if (!row || !author || row.boostOfId) return []
    return [{ row, author, answered: actors.get(row.inReplyToActorId ?? '') ?? null }]
  })
}
