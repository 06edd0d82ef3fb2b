import { and, asc, eq, inArray, isNotNull, isNull, lte, type SQL, sql } from 'drizzle-orm'
import type { Tx } from '#src/db/client.ts'
import { products } from '#src/db/schema/products.ts'
import type { Product } from './queries.ts'

/** Products whose stock has changed since other servers were told, and of which they may be told now; each is taken once. */
export async function claimUntold(tx: Tx, now: Date, limit: number): Promise<Product[]> {
  const due = await tx
    .select({ id: products.id })
    .from(products)
    .where(and(isNotNull(products.tellDueAt), lte(products.tellDueAt, now)))
    .orderBy(asc(products.tellDueAt))
    .limit(limit)
    .for('update', { skipLocked: true })
  if (due.length === 0) return []
  return tx
    .update(products)
    .set({ tellDueAt: null, toldAt: now })
    .where(
      inArray(
        products.id,
        due.map(({ id }) => id),
      ),
    )
    .returning()
}

/**
 * Takes pieces out of the stock, if it is on sale and there are as many; otherwise nothing is changed. The last piece makes it sold out.
 * @returns the product afterwards; null when there are not enough
 */
export async function takeStock(
  tx: Tx,
  { id, quantity, now, tellAt }: { id: string; quantity: number; now: Date; tellAt: SQL },
): Promise<Product | null> {
  const left = sql`${products.stock} - ${quantity}::int`
  const [row] = await tx
    .update(products)
    .set({
      stock: left,
      state: sql`case when ${left} = 0 then 'sold_out'::product_state else ${products.state} end`,
      tellDueAt: tellAt,
      updatedAt: now,
    })
    .where(
      and(
        eq(products.id, id),
        eq(products.state, 'on_sale'),
        sql`(${products.stock} is null or ${products.stock} >= ${quantity}::int)`,
      ),
    )
    .returning()
  return row ?? null
}

/** Puts pieces back; what was sold out is on sale again. */
export async function returnStock(
  tx: Tx,
  { id, quantity, now, tellAt }: { id: string; quantity: number; now: Date; tellAt: SQL },
): Promise<Product | null> {
  const [row] = await tx
    .update(products)
    .set({
      stock: sql`least(${products.stock} + ${quantity}::int, 1000000)`,
      state: sql`case when ${products.state} = 'sold_out' and ${products.stock} is not null then 'on_sale'::product_state
        else ${products.state} end`,
      tellDueAt: tellAt,
      updatedAt: now,
    })
    .where(and(eq(products.id, id), isNull(products.iri)))
    .returning()
  return row ?? null
}

/** When others are to be told of a new stock: now, or ten minutes after they were last told. Sooner than is planned already it is not. */
export function nextTelling(now: Date): SQL {
  return sql`coalesce(${products.tellDueAt},
    greatest(${now.toISOString()}::timestamptz, ${products.toldAt} + interval '10 minutes'))`
}
