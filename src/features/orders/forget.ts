import type { Ctx } from '#src/context.ts'
import { forgetContacts } from './queries.ts'

/** Orders of which a batch forgets the buyer. */
const batchSize = 1_000

const day = 24 * 60 * 60_000

/**
 * Forgets names and addresses of buyers when they were kept for as long as the instance is set to keep them (`ORDER_ADDRESS_DAYS`) after the end
 * of the order. Shops have their receipts by then, and what is not there cannot be stolen. An order that nobody has brought to its end is taken
 * for over when it has not moved for twice as long. Mail about orders that waits in its folder goes when it is as old.
 */
export async function forgetBuyers(ctx: Ctx): Promise<void> {
  const { orderAddressDays: days } = ctx.config
  if (days === 0) return
  const ago = (count: number) => new Date(ctx.now().getTime() - count * day)
  const before = { ended: ago(days), moved: ago(2 * days) }
  await ctx.mailer.prune(before.ended)
  while ((await forgetContacts(ctx.db, before, batchSize)) === batchSize);
}
