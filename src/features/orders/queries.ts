import { and, eq, inArray, isNotNull } from 'drizzle-orm'
import type { Db } from '#src/db/client.ts'
import { actors } from '#src/db/schema/actors.ts'
import { orders } from '#src/db/schema/orders.ts'

/** Buyers on other servers whose orders of a product are not settled yet. */
export async function listOpenBuyers(db: Db, productId: string): Promise<string[]> {
  const rows = await db
    .selectDistinct({ id: actors.id })
    .from(orders)
    .innerJoin(actors, eq(actors.id, orders.buyerId))
    .where(
      and(eq(orders.productId, productId), inArray(orders.state, ['reserved', 'open', 'paid']), isNotNull(actors.host)),
    )
  return rows.map(({ id }) => id)
}
