import { and, asc, eq, inArray, isNull, ne, sql } from 'drizzle-orm'
import { isId } from '#src/core/ids.ts'
import type { Page } from '#src/core/paging.ts'
import type { Db, Tx } from '#src/db/client.ts'
import { keyset, keysetOrder } from '#src/db/keyset.ts'
import { products } from '#src/db/schema/products.ts'

/** A product, ours or another server's. */
export type Product = Readonly<typeof products.$inferSelect>

/** Everybody may see it: it was published, and is not gone. */
const isOpen = and(ne(products.state, 'draft'), ne(products.state, 'gone'))

/** Finds a product, in whatever state it is. */
export async function findProduct(db: Db | Tx, id: string): Promise<Product | null> {
  if (!isId(id)) return null
  const [row] = await db.select().from(products).where(eq(products.id, id))
  return row ?? null
}

/** Finds a product of another server by its id there, in whatever state it is. */
export async function findProductByIri(db: Db | Tx, iri: string): Promise<Product | null> {
  const [row] = await db.select().from(products).where(eq(products.iri, iri))
  return row ?? null
}

/** Locks a product of an actor for the length of the transaction; null for those of others and those that are gone. */
export async function lockProduct(tx: Tx, actorId: string, id: string): Promise<Product | null> {
  if (!isId(id)) return null
  const [row] = await tx
    .select()
    .from(products)
    .where(and(eq(products.id, id), eq(products.actorId, actorId), isNull(products.iri), ne(products.state, 'gone')))
    .for('update')
  return row ?? null
}

/** A page of what an actor sells, newest first; `isTeam`: drafts too. */
export async function listProductsOf(
  db: Db,
  { actorId, isTeam }: { actorId: string; isTeam: boolean },
  page: Page,
): Promise<Product[]> {
  const seen = isTeam ? ne(products.state, 'gone') : isOpen
  return db
    .select()
    .from(products)
    .where(and(eq(products.actorId, actorId), seen, keyset(products.id, page)))
    .orderBy(keysetOrder(products.id, page))
    .limit(page.limit)
}

/** Whether an actor shows anything for sale. */
export async function hasProducts(db: Db, actorId: string): Promise<boolean> {
  const [row] = await db
    .select({ one: sql`1` })
    .from(products)
    .where(and(eq(products.actorId, actorId), isOpen))
    .limit(1)
  return row !== undefined
}

/** Products by id, in no order; those that are gone too. */
export async function listProductsById(db: Db | Tx, ids: readonly string[]): Promise<Product[]> {
  if (ids.length === 0) return []
  return db
    .select()
    .from(products)
    .where(inArray(products.id, [...ids]))
}

/** Products of an actor by their own numbers (SKU), those that are gone left out. */
export async function listProductsBySku(db: Db | Tx, actorId: string, skus: readonly string[]): Promise<Product[]> {
  if (skus.length === 0) return []
  return db
    .select()
    .from(products)
    .where(
      and(
        eq(products.actorId, actorId),
        isNull(products.iri),
        ne(products.state, 'gone'),
        inArray(products.sku, [...skus]),
      ),
    )
}

/** How many products an actor has, those that are gone left out. */
export async function countProducts(tx: Tx, actorId: string): Promise<number> {
  return tx.$count(products, and(eq(products.actorId, actorId), ne(products.state, 'gone')))
}

/** Writes a product. */
export async function insertProduct(tx: Tx, row: typeof products.$inferInsert): Promise<Product> {
  const [written] = await tx.insert(products).values(row).returning()
  if (!written) throw new Error('a product was not stored')
  return written
}

/** Changes a product. */
export async function updateProduct(
  tx: Tx,
  id: string,
  change: Partial<typeof products.$inferInsert>,
): Promise<Product> {
  const [written] = await tx.update(products).set(change).where(eq(products.id, id)).returning()
  if (!written) throw new Error('a product was not there')
  return written
}

/** Writes another server's product, or what it says of it now; by its id there. */
export async function upsertRemoteProduct(
  tx: Tx,
  row: typeof products.$inferInsert & { iri: string },
): Promise<Product> {
  const { id: _, iri: __, actorId: ___, createdAt: ____, ...change } = row
  const [written] = await tx
    .insert(products)
    .values(row)
    .onConflictDoUpdate({ target: products.iri, set: change })
    .returning()
  if (!written) throw new Error('a product was not stored')
  return written
}

/** Takes it upon oneself to read a product of another server again; false when somebody else has, or when it is fresh. */
export async function claimStale(db: Db, id: string, { now, before }: { now: Date; before: Date }): Promise<boolean> {
  const rows = await db
    .update(products)
    .set({ triedAt: now })
    .where(and(eq(products.id, id), sql`coalesce(${products.triedAt}, '-infinity') < ${before.toISOString()}`))
    .returning({ id: products.id })
  return rows.length > 0
}

/** Everything that an actor of ours sells, drafts too, oldest first. */
export async function listAllOf(db: Db | Tx, actorId: string): Promise<Product[]> {
  return db
    .select()
    .from(products)
    .where(and(eq(products.actorId, actorId), isNull(products.iri), ne(products.state, 'gone')))
    .orderBy(asc(products.id))
}
