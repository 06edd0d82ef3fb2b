import type { Ctx } from '#src/context.ts'
import { forgetContacts } from './queries.ts'

/** Orders of which a batch forgets the buyer. */
const batchSize = 1_000

const day = 24 * 60 * 60_000

/**
 * Forgets names and addresses of buyers when they were kept for as long as the instance is set to keep them (`ORDER_ADDRESS_DAYS`) after the end
 * of the order. Shops have their receipts by then, and what is not there cannot be stolen.
 */
export async function forgetBuyers(ctx: Ctx): Promise<void> {
  const { orderAddressDays: days } = ctx.config
  if (days === 0) return
  const before = new Date(ctx.now().getTime() - days * day)
  while ((await forgetContacts(ctx.db, before, batchSize)) === batchSize);
}
