import type { Ctx } from '#src/context.ts'
import { type CompiledFilter, compileFilters } from './match.ts'
import { listFilters } from './queries.ts'

type Kept = Readonly<{ version: number; filters: readonly CompiledFilter[] }>

/** Of how many actors the filters are kept. */
const most = 1_000

/** Kept for each database, as tests have several. A Map keeps the order in which its entries came: the oldest goes first. */
const memories = new WeakMap<Ctx['db'], Map<string, Kept>>()

/**
 * The filters of an actor, ready for matching, read once for each version.
 * @param version of the actor's filters, as it was read together with what is to be filtered; null for an actor who never had any
 */
export async function loadFilters(
  ctx: Pick<Ctx, 'db'>,
  actorId: string | null,
  version: number | null,
): Promise<readonly CompiledFilter[]> {
  if (actorId === null || version === null) return []
  const known = memories.get(ctx.db) ?? new Map<string, Kept>()
  memories.set(ctx.db, known)
  const found = known.get(actorId)
  known.delete(actorId)
  // They may be newer than the version by now; then the next reader comes with that one.
  const kept =
    found?.version === version ? found : { version, filters: compileFilters(await listFilters(ctx.db, actorId)) }
  known.set(actorId, kept)
  const [oldest] = known.keys()
  if (known.size > most && oldest !== undefined) known.delete(oldest)
  return kept.filters
}
