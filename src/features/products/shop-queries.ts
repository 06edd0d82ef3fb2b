import { eq } from 'drizzle-orm'
import type { Db, Tx } from '#src/db/client.ts'
import { shops } from '#src/db/schema/products.ts'

/** How an actor sells. */
export type Shop = Readonly<typeof shops.$inferSelect>

/** How an actor sells; null when nobody has said so. */
export async function findShop(db: Db | Tx, actorId: string): Promise<Shop | null> {
  const [row] = await db.select().from(shops).where(eq(shops.actorId, actorId))
  return row ?? null
}

/** Writes how an actor sells. */
export async function upsertShop(tx: Tx, row: Shop): Promise<void> {
  const { actorId: _, ...change } = row
  await tx.insert(shops).values(row).onConflictDoUpdate({ target: shops.actorId, set: change })
}
