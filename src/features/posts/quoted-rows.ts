import type { Ctx } from '#src/context.ts'
import { quotedIdOf } from './quote-entity.ts'
import { listStatusRows, type StatusRow } from './status-queries.ts'

/** The posts, what boosts among them show, and what all of these quote: that in one more query, where there is any. */
export async function listRowsWithQuoted(
  ctx: Pick<Ctx, 'db'>,
  readerId: string | null,
  postIds: readonly string[],
): Promise<StatusRow[]> {
  if (postIds.length === 0) return []
  const rows = await listStatusRows(ctx.db, readerId, postIds)
  const known = new Set(rows.map(({ id }) => id))
  const quotedIds = new Set(rows.flatMap(({ quote }) => quotedIdOf(quote) ?? []))
  const missing = [...quotedIds].filter((id) => !known.has(id))
  return missing.length === 0 ? rows : [...rows, ...(await listStatusRows(ctx.db, readerId, missing))]
}
