import type { Ctx, Viewer } from '#src/context.ts'
import { Problem } from '#src/errors.ts'
import { may } from '#src/features/teams/policy.ts'
import { listUnreadOfUser } from './group-queries.ts'
import { groupKeyOf, type Story } from './groups.ts'
import { listMarkers } from './marker-queries.ts'
import { moveMarkers } from './markers.ts'

/** What is beyond this many notifications is not read for a number that stands on every page. */
const most = 100

/**
 * How many stories have come to each of a user's actors since its team has last looked, of the last hundred notifications. Actors to whom
 * nothing has come are left out.
 */
export async function countUnread(ctx: Ctx, userId: string): Promise<ReadonlyMap<string, number>> {
  const rows = await listUnreadOfUser(ctx.db, userId, most)
  const byActor = Map.groupBy(rows, ({ actorId }) => actorId)
  return new Map([...byActor].map(([actorId, list]) => [actorId, countStories(list)]))
}

function countStories(rows: readonly Story[]): number {
  return rows.length < most ? new Set(rows.map((row) => groupKeyOf(row))).size : most
}

/** Up to which notification an actor's team has read; null when it never has. */
export async function findLastRead(ctx: Ctx, actorId: string): Promise<string | null> {
  const marker = (await listMarkers(ctx.db, actorId)).find(({ timeline }) => timeline === 'notifications')
  return marker?.lastReadId ?? null
}

/** Notes that everything up to a notification has been seen. Roles that only look leave it new for the others. */
export async function markSeen(ctx: Ctx, viewer: Viewer, id: string): Promise<void> {
  if (!may(viewer.role, 'react')) return
  try {
    await moveMarkers(ctx, viewer, { home: undefined, notifications: id })
  } catch (error) {
    // Another window of the same identity reads at the same moment: what it has written counts as well.
    if (!(error instanceof Problem) || error.code !== 'conflict') throw error
  }
}
