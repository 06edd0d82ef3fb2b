import type { Ctx } from '#src/context.ts'
import { gone, notFound } from '#src/errors.ts'
import { acctOf } from '#src/features/actors/entity.ts'
import { loadProducts, type ShownProduct } from './load.ts'
import { findProduct } from './queries.ts'
import { refreshProduct } from './refresh.ts'

/**
 * The product that an address names, as far as whoever asks may see it; one of another server as its server says now.
 * @throws Problem `not_found` for drafts of others, `gone`
 */
export async function getShownProduct(
  ctx: Ctx,
  { handle, id }: { handle: string; id: string },
  readerId: string | null,
): Promise<ShownProduct> {
  const known = await findProduct(ctx.db, id)
  // Strangers are shown what is at home here, and have us ask nobody.
  if (known && known.iri !== null && readerId === null) throw notFound()
  const product = await refreshProduct(ctx, known)
  const [shown] = product ? await loadProducts(ctx, [product]) : []
  if (!shown || acctOf(shown.seller).toLowerCase() !== handle.toLowerCase()) throw notFound()
  if (shown.product.state === 'gone') throw gone()
  if (shown.product.state === 'draft' && shown.product.actorId !== readerId) throw notFound()
  return shown
}
