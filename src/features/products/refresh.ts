import type { Ctx } from '#src/context.ts'
import { claimStale, findProduct, type Product } from './queries.ts'

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

/** The same for several, side by side. */
export async function refreshProducts(ctx: Ctx, products: readonly Product[]): Promise<void> {
  await Promise.all(products.map((product) => refreshProduct(ctx, product)))
}
