import type { Ctx } from '#src/context.ts'
import { htmlToText } from '#src/core/sanitize.ts'
import { type FilterResult, toFilterResult } from '#src/features/filters/entity.ts'
import { loadFilters } from '#src/features/filters/load.ts'
import { type CompiledFilter, type FilterMatch, matchFilters } from '#src/features/filters/match.ts'
import type { StatusRow } from './status-queries.ts'

/** A reader's filters at a moment. */
export type Finder = Readonly<{ filters: readonly CompiledFilter[]; now: Date }>

/** The filters through which rows are shown to their reader: one look-up in memory, unless they have changed. */
export async function loadFinder(
  ctx: Pick<Ctx, 'db' | 'now'>,
  readerId: string | null,
  rows: readonly StatusRow[],
): Promise<Finder> {
  return { filters: await loadFilters(ctx, readerId, rows[0]?.filtersVersion ?? null), now: ctx.now() }
}

/**
 * What a reader's filters find in a post. THE rule for every face that shows posts: statuses, streams and push (through `loadStatuses`), pages.
 * @param original what a boost shows, whose words count for it
 */
export function findMatches({ filters, now }: Finder, row: StatusRow, original?: StatusRow): FilterMatch[] {
  if (filters.length === 0) return []
  const postIds = original ? [row.id, original.id] : [row.id]
  return matchFilters(filters, { postIds, texts: textsOf(original ?? row) }, now)
}

/** The same in the words of the client API. Which of them hold where the post is shown, and what is done, is for the client to decide. */
export function findResults(finder: Finder, row: StatusRow, original?: StatusRow): FilterResult[] {
  return findMatches(finder, row, original).map(toFilterResult)
}

function textsOf({ spoilerText, content, poll, pictures }: StatusRow): string[] {
  const descriptions = (pictures ?? []).map(({ description }) => description ?? '')
  return [spoilerText, htmlToText(content), ...(poll?.options ?? []), ...descriptions]
}
