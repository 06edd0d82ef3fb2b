import type { Ctx } from '#src/context.ts'
import { notFound } from '#src/errors.ts'
import { listMutedPosts } from '#src/features/mutes/queries.ts'
import { loadStatuses, type Status } from './entity.ts'
import { findVisiblePost } from './queries.ts'
import { wishReading } from './reading-queries.ts'
import { listAncestors, listDescendants, type ThreadLimits } from './thread-queries.ts'

/** @see https://docs.joinmastodon.org/entities/Context/ */
export type Context = Readonly<{ ancestors: readonly Status[]; descendants: readonly Status[] }>

/** Mastodon's figures, so that nobody can make us work for long without saying who they are. */
const limits = {
  anybody: { ancestors: 40, descendants: 60, depth: 20 },
  known: { ancestors: 4_096, descendants: 4_096, depth: 4_096 },
} satisfies Record<string, ThreadLimits>

/** The ids of the posts around one that a reader wants to hear, whoever may see them; what is loaded by them leaves out what it may not. */
export type ThreadIds = Readonly<{ ancestors: readonly string[]; descendants: readonly string[] }>

/** Around which post, for whom, and how much. */
export type Thread = Readonly<{ postId: string; readerId: string | null; most?: ThreadLimits }>

/** The thread around a post that is no boost. `isWhole` is false when it goes on below the last that is named. */
export async function findThread(
  ctx: Pick<Ctx, 'db'>,
  { postId, readerId, most = limits.anybody }: Thread,
): Promise<ThreadIds & { isWhole: boolean }> {
  const [above, below] = await Promise.all([
    listAncestors(ctx.db, postId, most.ancestors),
    listDescendants(ctx.db, { postId, readerId }, most),
  ])
  const isAbove = new Set(above)
  const muted = readerId === null ? new Set() : await listMutedPosts(ctx.db, readerId, [...above, ...below])
  const ancestors = above.filter((one) => !muted.has(one))
  // In a thread that ill-willed servers closed to a circle, a post can be on both sides.
  const descendants = below.filter((one) => !isAbove.has(one) && !muted.has(one))
  return { ancestors, descendants, isWhole: below.length < most.descendants }
}

/** Whoever is signed in and looks at a thread of another server has the rest of it read there, for the next look. */
export async function openThread(ctx: Ctx, readerId: string | null, postId: string): Promise<void> {
  if (readerId === null) return
  const now = ctx.now()
  await wishReading(ctx.db, { postId, isOpened: true, dueAt: now, now }, `${ctx.uris.publicUrl}/`)
}

/**
 * The thread around a post, as much of it as the reader may see: a hidden post does not hide what is said around it.
 * @throws Problem `notFound` for a post that the reader may not see
 */
export async function loadThread(ctx: Ctx, readerId: string | null, postId: string): Promise<Context> {
  const found = await findVisiblePost(ctx.db, readerId, postId)
  if (!found) throw notFound()
  const id = found.boostOfId ?? found.id
  await openThread(ctx, readerId, id)
  const most = readerId === null ? limits.anybody : limits.known
  const { ancestors, descendants } = await findThread(ctx, { postId: id, readerId, most })
  const isAbove = new Set(ancestors)
  const statuses = await loadStatuses(ctx, readerId, [...ancestors, ...descendants])
  return {
    ancestors: statuses.filter((status) => isAbove.has(status.id)),
    descendants: statuses.filter((status) => !isAbove.has(status.id)),
  }
}
