import type { Page } from '#src/core/paging.ts'

/** How many rows are looked through at once, and then, where too few of them are shown, the next. */
const windowSizes = [40, 160, 640, 2_560] as const

/** How many rows a window has; the few sizes stand in the text of its query. */
export type WindowSize = (typeof windowSizes)[number]

/**
 * A page of a list of which a reader may see only a part, read in two steps: the next rows of the list as its index has them, and then
 * which of these the reader may see. The first step is planned anew for whose list it is and is cheap to plan; the second asks of rows by
 * their ids, for which one plan is right for everybody. In one query it would be either planned at every run, which costs more than
 * reading, or once for nobody in particular, which reads a long list whole.
 * @param read rows of the list, in the order in which the page goes (upwards from `minId`, else down)
 * @param keep those that are shown, in any order
 * @returns the page in the order of the list
 */
export async function fillPage<Row extends { id: string }, Shown extends { id: string }>(
  page: Page,
  read: (page: Page, size: WindowSize) => Promise<readonly Row[]>,
  keep: (rows: readonly Row[]) => Promise<readonly Shown[]>,
): Promise<Shown[]> {
  const shown: Shown[] = []
  let at = page
  for (let step = 0; ; step++) {
    const size = windowSizes[Math.min(step, windowSizes.length - 1)] ?? 2_560
    const rows = await read(at, size)
    const kept = new Map((rows.length > 0 ? await keep(rows) : []).map((row) => [row.id, row]))
    for (const { id } of rows) {
      const row = kept.get(id)
      if (row && shown.length < page.limit) shown.push(row)
    }
    const last = rows.at(-1)
    if (shown.length >= page.limit || rows.length < size || !last) break
    at = page.minId ? { ...at, minId: last.id } : { ...at, maxId: last.id }
  }
  return page.minId ? shown.toReversed() : shown
}
