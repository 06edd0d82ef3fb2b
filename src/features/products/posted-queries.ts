import { asc, eq, type SQL, sql } from 'drizzle-orm'
import type { Db, Tx } from '#src/db/client.ts'
import { posts } from '#src/db/schema/posts.ts'
import { postProducts } from '#src/db/schema/products.ts'

/** One place of a post's products, as it is stored. Ids as texts: it comes as JSON too. */
export type PostedRow = Readonly<{
  productId: string | null
  mediaId: string | null
  x: number | null
  y: number | null
  name: string | null
  price: string | null
  href: string | null
}>

const columns = {
  productId: postProducts.productId,
  mediaId: postProducts.mediaId,
  x: postProducts.x,
  y: postProducts.y,
  name: postProducts.name,
  price: postProducts.price,
  href: postProducts.href,
}

/** The products of a post as a column of a query on posts; null when it has none. */
export function productsOfPost(): SQL<PostedRow[] | null> {
  const { productId, mediaId, x, y, name, price, href } = postProducts
  return sql<PostedRow[] | null>`case when ${posts.hasProducts} then (
    select json_agg(json_build_object('productId', ${productId}::text, 'mediaId', ${mediaId}::text, 'x', ${x}, 'y', ${y},
      'name', ${name}, 'price', ${price}, 'href', ${href}) order by ${postProducts.position})
    from ${postProducts} where ${postProducts.postId} = ${posts.id}) end`
}

/** The products of one post in their order. */
export async function listPosted(db: Db | Tx, postId: string): Promise<PostedRow[]> {
  return db
    .select(columns)
    .from(postProducts)
    .where(eq(postProducts.postId, postId))
    .orderBy(asc(postProducts.position))
}

/** Writes what a post shows for sale in the place of what it showed before. */
export async function replacePosted(tx: Tx, postId: string, rows: readonly PostedRow[]): Promise<void> {
  await tx.delete(postProducts).where(eq(postProducts.postId, postId))
  if (rows.length > 0) {
    await tx.insert(postProducts).values(rows.map((row, position) => ({ ...row, postId, position })))
  }
  await tx
    .update(posts)
    .set({ hasProducts: rows.length > 0 })
    .where(eq(posts.id, postId))
}
