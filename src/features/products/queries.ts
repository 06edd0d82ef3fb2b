import { and, asc, eq, inArray, isNotNull, isNull, lte, ne, type SQL, sql } from 'drizzle-orm'
import { isId } from '#src/core/ids.ts'
import type { Page } from '#src/core/paging.ts'
import type { Db, Tx } from '#src/db/client.ts'
import { keyset, keysetOrder } from '#src/db/keyset.ts'
import { media } from '#src/db/schema/media.ts'
import { productReaders, products } from '#src/db/schema/products.ts'
import type { Media } from '#src/features/media/queries.ts'

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

/** The pictures of products, by product, in their order. */
export async function listPicturesOfProducts(db: Db | Tx, ids: readonly string[]): Promise<Map<string, Media[]>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .select()
    .from(media)
    .where(and(inArray(media.productId, [...ids]), isNull(media.deletedAt)))
    .orderBy(asc(media.position), asc(media.id))
  return Map.groupBy(rows, ({ productId }) => productId ?? '')
}

/** Locks pictures of an actor that a product may have: free ones, and those that it has already. */
export async function lockPictures(
  tx: Tx,
  wanted: { actorId: string; productId: string | null; ids: readonly string[] },
): Promise<Media[]> {
  if (wanted.ids.length === 0) return []
  const isFree = sql`(${media.productId} is null or ${media.productId} = ${wanted.productId}::bigint)`
  return tx
    .select()
    .from(media)
    .where(
      and(
        inArray(media.id, [...wanted.ids]),
        eq(media.actorId, wanted.actorId),
        isNull(media.deletedAt),
        isNull(media.postId),
        isNull(media.scheduledPostId),
        isFree,
      ),
    )
    .for('update')
}

/** Gives pictures to a product, in this order; those that it had and has no longer are given up. */
export async function replacePictures(tx: Tx, productId: string, ids: readonly string[], now: Date): Promise<void> {
  const order = sql`array[${sql.join(
    ids.map((id) => sql`${id}::bigint`),
    sql`, `,
  )}]::bigint[]`
  await tx
    .update(media)
    .set({ productId: null, deletedAt: now })
    .where(and(eq(media.productId, productId), sql`not ${media.id} = any(${order})`))
  if (ids.length === 0) return
  await tx
    .update(media)
    .set({ productId, position: sql`array_position(${order}, ${media.id}) - 1` })
    .where(inArray(media.id, [...ids]))
}

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
  { id, quantity, tellAt }: { id: string; quantity: number; tellAt: SQL },
): Promise<Product | null> {
  const left = sql`${products.stock} - ${quantity}::int`
  const [row] = await tx
    .update(products)
    .set({
      stock: left,
      state: sql`case when ${left} = 0 then 'sold_out'::product_state else ${products.state} end`,
      tellDueAt: tellAt,
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
  { id, quantity, tellAt }: { id: string; quantity: number; tellAt: SQL },
): Promise<Product | null> {
  const [row] = await tx
    .update(products)
    .set({
      stock: sql`least(${products.stock} + ${quantity}::int, 1000000)`,
      state: sql`case when ${products.state} = 'sold_out' and ${products.stock} is not null then 'on_sale'::product_state
        else ${products.state} end`,
      tellDueAt: tellAt,
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
