import type { Ctx } from '#src/context.ts'
import { type Actor, listActors } from '#src/features/actors/queries.ts'
import type { FilterMatch } from '#src/features/filters/match.ts'
import type { FilterContext } from '#src/features/filters/policy.ts'
import { loadPosted, type PostedProduct } from '#src/features/products/posted.ts'
import type { PostedRow } from '#src/features/products/posted-queries.ts'
import { type Finder, findMatches, loadFinder } from './filtered.ts'
import { inGroup } from './placed.ts'
import { listPlaced, type Placed } from './placed-queries.ts'
import { quotedIdOf } from './quote-entity.ts'
import { listRowsWithQuoted } from './quoted-rows.ts'
import type { StatusRow } from './status-queries.ts'

/**
 * A post with its author, and whom it answers, for pages; `matches` is what the reader's filters found that hold on the page. `boostedBy` is
 * who passed it on, where it stands because of that, or the group in which it was said.
 */
export type ShownPost = Readonly<{
  row: StatusRow
  author: Actor
  answered: Actor | null
  boostedBy: Actor | null
  /** The group in which it was said. */
  group: Actor | null
  matches: readonly FilterMatch[]
  /** What it quotes, as far as the reader may see it. */
  quoted: QuotedPost | null
  /** What it shows for sale. */
  posted: readonly PostedProduct[]
}>

/** A post as another one quotes it. */
export type QuotedPost = Readonly<{ row: StatusRow; author: Actor; matches: readonly FilterMatch[] }>

/** Where posts are shown, as filters tell places apart; `keptId` is the one that the reader asked for, and which no filter leaves out. */
export type Place = Readonly<{ context: FilterContext; keptId?: string }>

/** What posts are shown from. */
type Stage = Readonly<{
  readerId: string | null
  rows: ReadonlyMap<string, StatusRow>
  actors: ReadonlyMap<string, Actor>
  finder: Finder
  posted: ReadonlyMap<PostedRow, PostedProduct>
  placed: ReadonlyMap<string, readonly Placed[]>
}>

/**
 * Posts as a reader (null: somebody whom we do not know) may see them, in the order of the ids, in a fixed number of queries however many they are.
 * What the reader may not see is left out, and so are boosts: on these pages a post stands on its author's profile.
 * @param place null where a filter has nothing to say
 */
export async function loadShownPosts(
  ctx: Pick<Ctx, 'db' | 'now'>,
  readerId: string | null,
  postIds: readonly string[],
  place: Place | null,
): Promise<ShownPost[]> {
  const stage = await setStage(ctx, readerId, postIds)
  return postIds.flatMap((id) => {
    const row = stage.rows.get(id)
    return row && !row.boostOfId ? (show(stage, { row, boost: null }, place) ?? []) : []
  })
}

/**
 * The posts of a timeline, where boosts stand for what they show. What stands there twice, because several have passed it on, is shown once.
 * The rest is as in `loadShownPosts`.
 */
export async function loadTimeline(
  ctx: Pick<Ctx, 'db' | 'now'>,
  readerId: string | null,
  postIds: readonly string[],
  place: Place | null,
): Promise<ShownPost[]> {
  const stage = await setStage(ctx, readerId, postIds)
  const seen = new Set<string>()
  return postIds.flatMap((id) => {
    const found = stage.rows.get(id)
    const row = found?.boostOfId ? stage.rows.get(found.boostOfId) : found
    if (!found || !row || seen.has(row.id)) return []
    seen.add(row.id)
    return show(stage, { row, boost: found === row ? null : found }, place) ?? []
  })
}

async function setStage(
  ctx: Pick<Ctx, 'db' | 'now'>,
  readerId: string | null,
  postIds: readonly string[],
): Promise<Stage> {
  const found = await listRowsWithQuoted(ctx, readerId, postIds)
  const places = await listPlaced(
    ctx.db,
    found.map(({ id }) => id),
  )
  const actorIds = found.flatMap((row) => [row.actorId, row.inReplyToActorId ?? []].flat())
  const actors = await listActors(ctx.db, [...new Set([...actorIds, ...places.map(({ groupId }) => groupId)])])
  return {
    readerId,
    rows: new Map(found.map((row) => [row.id, row])),
    actors: new Map(actors.map((actor) => [actor.id, actor])),
    finder: await loadFinder(ctx, readerId, found),
    posted: await loadPosted(
      ctx,
      found.map(({ products }) => products),
    ),
    placed: Map.groupBy(places, ({ postId }) => postId),
  }
}

function show(
  stage: Stage,
  { row, boost }: Readonly<{ row: StatusRow; boost: StatusRow | null }>,
  place: Place | null,
): ShownPost | null {
  const { actors } = stage
  const author = actors.get(row.actorId)
  if (!author) return null
  const matches = matchesOf(stage, { row, boost }, place)
  if (row.id !== place?.keptId && matches.some(({ filter }) => filter.action === 'hide')) return null
  // Of a group that is no more nothing is shown; what was said there is its authors'.
  const placed = (stage.placed.get(row.id) ?? []).filter(({ groupId }) => !actors.get(groupId)?.deletedAt)
  const group = actors.get(placed[0]?.groupId ?? '') ?? null
  return {
    row: group ? inGroup(row, placed, group) : row,
    author,
    answered: actors.get(row.inReplyToActorId ?? '') ?? null,
    // In a conversation all is said where its beginning is.
    boostedBy: (boost && actors.get(boost.actorId)) ?? (place?.context === 'thread' ? null : group),
    group,
    matches,
    quoted: quotedBy(stage, row, place),
    posted: (row.products ?? []).flatMap((one) => stage.posted.get(one) ?? []),
  }
}

function quotedBy(stage: Stage, { quote }: StatusRow, place: Place | null): QuotedPost | null {
  const row = stage.rows.get(quotedIdOf(quote) ?? '')
  const author = row && stage.actors.get(row.actorId)
  return row && author ? { row, author, matches: matchesOf(stage, { row, boost: null }, place) } : null
}

function matchesOf(
  { readerId, finder }: Stage,
  { row, boost }: Readonly<{ row: StatusRow; boost: StatusRow | null }>,
  place: Place | null,
): readonly FilterMatch[] {
  // Nobody is kept from what they wrote themselves.
  if (place === null || row.actorId === readerId) return []
  const found = boost ? findMatches(finder, boost, row) : findMatches(finder, row)
  return found.filter(({ filter }) => filter.contexts.includes(place.context))
}
