import type { Ctx } from '#src/context.ts'
import { OutboundError } from '#src/core/outbound/error.ts'

/** A context in which only so many requests to other servers can be made; then they fail as if nobody answered. */
export type Budget = Readonly<{ ctx: Ctx; isSpent(): boolean }>

/**
 * Bounds what one cause may make us fetch, whatever the documents lead to.
 * @param most requests; redirects are bounded by the fetcher
 */
export function withBudget(ctx: Ctx, most: number): Budget {
  let left = most
  const get: Ctx['fetcher']['get'] = async (url, options) => {
    if (left === 0) throw new OutboundError('network', 'the budget of requests is spent')
    left--
    return ctx.fetcher.get(url, options)
  }
  return { ctx: { ...ctx, fetcher: { ...ctx.fetcher, get } }, isSpent: () => left === 0 }
}
