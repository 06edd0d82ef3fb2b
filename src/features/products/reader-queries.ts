import { and, eq, sql } from 'drizzle-orm'
import type { Db } from '#src/db/client.ts'
import { productReaders } from '#src/db/schema/products.ts'

/** Notes that a server has read a product of ours. */
export async function noteReader(db: Db, productId: string, actorId: string, now: Date): Promise<void> {
  await db
    .insert(productReaders)
    .values({ productId, actorId, readAt: now })
    .onConflictDoUpdate({ target: [productReaders.productId, productReaders.actorId], set: { readAt: now } })
}

/** Who has read a product of ours since a moment. */
export async function listReaders(db: Db, productId: string, since: Date): Promise<string[]> {
  const rows = await db
    .select({ actorId: productReaders.actorId })
    .from(productReaders)
    .where(and(eq(productReaders.productId, productId), sql`${productReaders.readAt} >= ${since.toISOString()}`))
  return rows.map(({ actorId }) => actorId)
}
