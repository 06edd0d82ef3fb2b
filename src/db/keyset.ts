import { and, asc, desc, gt, lt, type SQL, sql } from 'drizzle-orm'
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

/**
 * Which way a prepared query goes along the ids: from the newest or from `max_id` down, down to `since_id`, up from `min_id`, or between
 * two of them. Each is a query of its own, since PostgreSQL takes two bounds that it does not know for a narrow gap and reads all of it.
 */
export type Span = 'down' | 'since' | 'up' | 'within' | 'within-up'

/** The way that a page asks for. */
export function spanOf({ maxId, sinceId, minId }: Page): Span {
  if (minId) return maxId ? 'within-up' : 'up'
  if (sinceId) return maxId ? 'within' : 'since'
  return 'down'
}

const before = sql.placeholder('before')
const after = sql.placeholder('after')

/** Whether a way goes from the older to the newer. */
export function isUpwards(span: Span): boolean {
  return span === 'up' || span === 'within-up'
}

/** The condition of a prepared query for a way; its values are those of `spanValues`. */
export function inSpan(column: PgColumn, span: Span): SQL {
  if (span === 'down') return sql`${column} < ${before}`
  if (span === 'up' || span === 'since') return sql`${column} > ${after}`
  return sql`${column} < ${before} and ${column} > ${after}`
}

/** The order in which a prepared query reads: put its rows through `inListOrder` afterwards. */
export function spanOrder(column: PgColumn | SQL, span: Span): SQL {
  return isUpwards(span) ? asc(column) : desc(column)
}

const beyond = '9223372036854775807'

/** The values of a page for a prepared query. */
export function spanValues({ maxId, sinceId, minId }: Page): { before: string; after: string } {
  const [since, min] = [BigInt(sinceId ?? 0), BigInt(minId ?? 0)]
  return { before: maxId ?? beyond, after: String(since > min ? since : min) }
}

/**
 * How many rows a prepared query reads for the page: one of few numbers that stand in the query itself, since PostgreSQL plans badly for a
 * limit that it does not know. The caller cuts to `limit`.
 */
export function pageSize({ limit }: Page): 20 | 40 | 80 {
  if (limit <= 20) return 20
  return limit <= 40 ? 40 : 80
}
