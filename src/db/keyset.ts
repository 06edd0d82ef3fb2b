import { and, asc, desc, gt, lt, type SQL } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { Page } from '#src/core/paging.ts'

/** The condition that cuts a page out of a list ordered by `column`; undefined when the page is the first. */
export function keyset(column: PgColumn, page: Page): SQL | undefined {
  return and(
    page.maxId ? lt(column, page.maxId) : undefined,
    page.sinceId ? gt(column, page.sinceId) : undefined,
    page.minId ? gt(column, page.minId) : undefined,
  )
}

/** The order in which to read the page: put it through `inListOrder` afterwards. */
export function keysetOrder(column: PgColumn, page: Page): SQL {
  return page.minId ? asc(column) : desc(column)
}
