import type { Ctx } from '#src/context.ts'
import { effects } from '#src/db/schema/effects.ts'

/** A recorded fact with its payload laid flat. `isLocal` tells whether other servers are told of it. */
export type TakenFact = Readonly<{ id: string; type: string; isLocal: boolean } & Record<string, unknown>>

/** Takes the facts that were recorded since the last call, oldest first. No worker sees them any more. */
export async function takeFacts(ctx: Ctx): Promise<TakenFact[]> {
  const rows = await ctx.db.delete(effects).returning()
  return rows
    .toSorted((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1))
    .map(({ id, type, isLocal, payload }) => ({ ...(payload as object), id, type, isLocal }))
}
