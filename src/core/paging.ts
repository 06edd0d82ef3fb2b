/** A page of a list ordered by id, newest first. Ids are decimal strings. */
export type Page = Readonly<{
  /** Older than this. */
  maxId?: string | undefined
  /** Newer than this, the newest page of them. */
  sinceId?: string | undefined
  /** Newer than this, the page right after it. */
  minId?: string | undefined
  limit: number
}>

/** Puts rows that were read oldest first (as `minId` asks) into the order of the list. */
export function inListOrder<T>(rows: T[], page: Page): T[] {
  return page.minId ? rows.toReversed() : rows
}
