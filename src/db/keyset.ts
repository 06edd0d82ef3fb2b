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

const beyond = '9223372036854775807'

/** The page as bounds for a prepared query: ids below `before` and above `after`. */
export function pageBounds(page: Page): { before: string; after: string } {
  const [since, min] = [BigInt(page.sinceId ?? 0), BigInt(page.minId ?? 0)]
  return { before: page.maxId ?? beyond, after: String(since > min ? since : min) }
}

/**
 * How many rows a prepared query reads for the page: one of few numbers that stand in the query itself, since PostgreSQL plans badly for a
 * limit that it does not know. The caller cuts to `limit`.
 */
export function pageSize({ limit }: Page): 20 | 40 | 80 {
  if (limit <= 20) return 20
  return limit <= 40 ? 40 : 80
}
