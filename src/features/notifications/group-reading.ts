import type { Ctx } from '#src/context.ts'
import type { Page } from '#src/core/paging.ts'
import { groupKeyOf, toGroups } from './groups.ts'
import { listNotifications, type NotificationRow, type Wanted } from './queries.ts'

/** How many notifications are read for each group that is wanted, before it is asked again. */
export const rowsPerGroup = 4

/** Which notifications are wanted, how many groups of them, and which kinds make groups. */
export type Asked = Readonly<{ wanted: Wanted; page: Page; grouped: readonly string[] }>

/**
 * As many notifications as make the groups of a page. Read in steps, since a post that a thousand people like is one group; what is
 * beyond the last step is on the next page, where the group goes on.
 */
export async function listRows(
  ctx: Ctx,
  actorId: string,
  { wanted, page, grouped }: Asked,
): Promise<NotificationRow[]> {
  let rows: NotificationRow[] = []
  let at = { ...page, limit: 80 }
  for (let step = 0; step < rowsPerGroup; step++) {
    const more = await listNotifications(ctx.db, actorId, wanted, at)
    rows = page.minId ? [...more, ...rows] : [...rows, ...more]
    const [newest, oldest] = [more[0], more.at(-1)]
    if (more.length < at.limit || !newest || !oldest || toGroups(rows, grouped).length >= page.limit) break
    at = page.minId ? { ...at, minId: newest.id } : { ...at, maxId: oldest.id }
  }
  return cutToGroups(rows, { page, grouped })
}

/** The rows up to the last group that fits; counted from the end at which the page begins. */
function cutToGroups(rows: readonly NotificationRow[], { page, grouped }: Omit<Asked, 'wanted'>): NotificationRow[] {
  const ordered = page.minId ? rows.toReversed() : rows
  const seen = new Set<string>()
  const kept: NotificationRow[] = []
  for (const row of ordered) {
    seen.add(groupKeyOf(row, grouped))
    if (seen.size > page.limit) break
    kept.push(row)
  }
  return page.minId ? kept.toReversed() : kept
}
