import type { Ctx } from '#src/context.ts'
import { listPosted } from './posted-queries.ts'
import { claimStale, findProduct, listProductsById, type Product } from './queries.ts'

/** What another server said of a product is shown for so long without asking again. */
const freshMs = 15 * 60_000

/**
 * A product as it is to be shown now: one of another server is read again when it was last read more than 15 minutes ago. Whether that
 * server answers or not, nobody else asks it for as long.
 */
export async function refreshProduct(ctx: Ctx, product: Product | null): Promise<Product | null> {
  if (!product?.iri || product.state === 'gone') return product
  const now = ctx.now()
  if (!(await claimStale(ctx.db, product.id, { now, before: new Date(now.getTime() - freshMs) }))) return product
  await ctx.remote.refreshProduct(product.iri)
  return findProduct(ctx.db, product.id)
}

/** The same for everything that a post shows for sale, side by side, before the post is shown by itself. */
export async function refreshPosted(ctx: Ctx, postId: string): Promise<void> {
  const ids = (await listPosted(ctx.db, postId)).flatMap(({ productId }) => productId ?? [])
  await Promise.all((await listProductsById(ctx.db, ids)).map((product) => refreshProduct(ctx, product)))
}
