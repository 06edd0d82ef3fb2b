import type { Ctx } from '#src/context.ts'
import { type Actor, listActors } from '#src/features/actors/queries.ts'
import type { FilterMatch } from '#src/features/filters/match.ts'
import type { FilterContext } from '#src/features/filters/policy.ts'
import { findMatches, loadFinder } from './filtered.ts'
import { listStatusRows, type StatusRow } from './status-queries.ts'

/** A post with its author, and whom it answers, for pages; `matches` is what the reader's filters found that hold on the page. */
export type ShownPost = Readonly<{
  row: StatusRow
  author: Actor
  answered: Actor | null
  matches: readonly FilterMatch[]
}>

/** Where posts are shown, as filters tell places apart; `keptId` is the one that the reader asked for, and which no filter leaves out. */
export type Place = Readonly<{ context: FilterContext; keptId?: string }>

/**
 * Posts as a reader (null: somebody whom we do not know) may see them, in the order of the ids, in two queries however many they are.
 * What the reader may not see is left out, and so are boosts: on pages a post stands on its author's profile.
 * @param place null where a filter has nothing to say
 */
export async function loadShownPosts(
  ctx: Pick<Ctx, 'db' | 'now'>,
  readerId: string | null,
  postIds: readonly string[],
  place: Place | null,
): Promise<ShownPost[]> {
  if (postIds.length === 0) return []
  const found = await listStatusRows(ctx.db, readerId, postIds)
  const rows = new Map(found.map((row) => [row.id, row]))
  const actorIds = [...rows.values()].flatMap((row) => [row.actorId, row.inReplyToActorId ?? []].flat())
  const actors = new Map((await listActors(ctx.db, [...new Set(actorIds)])).map((actor) => [actor.id, actor]))
  const finder = await loadFinder(ctx, readerId, found)
  // Nobody is kept from what they wrote themselves.
  const matchesOf = (row: StatusRow) =>
    place === null || row.actorId === readerId
      ? []
      : findMatches(finder, row).filter(({ filter }) => filter.contexts.includes(place.context))
  return postIds.flatMap((id) => {
    const row = rows.get(id)
    const author = row && actors.get(row.actorId)
    if (!row || !author || row.boostOfId) return []
    const matches = matchesOf(row)
    if (id !== place?.keptId && matches.some(({ filter }) => filter.action === 'hide')) return []
    return [{ row, author, answered: actors.get(row.inReplyToActorId ?? '') ?? null, matches }]
  })
}
