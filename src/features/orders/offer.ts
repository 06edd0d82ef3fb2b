import type { Ctx, Viewer } from '#src/context.ts'
import { transaction } from '#src/db/client.ts'
import { lockByName } from '#src/db/tombstones.ts'
import { emit } from '#src/effects.ts'
import { conflict, notFound } from '#src/errors.ts'
import { requireRole } from '#src/features/actors/policy.ts'
import { findProduct } from '#src/features/products/queries.ts'
import { checkQuantity, type OrderInput, ofProduct, priceChanged, sameAgain, soldOut } from './place.ts'
import { findOrderByForm, insertOrder, type Order, updateOrder } from './queries.ts'

/** A question is over after this long without an answer, and pieces are held for a buyer elsewhere for as long. */
export const offerMs = 30 * 60_000

/**
 * Asks a seller on another server for pieces at the price that its server says. Who buys is said by the actor alone: no address, and no mail.
 * @returns the order, which waits for the answer; the first one when the same form is sent again
 * @throws Problem `forbidden`, `not_found`, `conflict` when the price is not the one that was seen
 */
export async function makeOffer(
  ctx: Ctx,
  viewer: Viewer,
  wish: Pick<OrderInput, 'productId' | 'quantity' | 'total' | 'currency' | 'formKey' | 'locale'>,
): Promise<Order> {
  requireRole(viewer, 'react')
  const asked = await findOrderByForm(ctx.db, wish.formKey)
  if (asked) return sameAgain(asked, wish)
  checkQuantity(wish.quantity)
  const product = await findProduct(ctx.db, wish.productId)
  if (!product?.iri || !product.takesOrders || product.price === null) throw notFound()
  const isThere = product.state === 'on_sale' && (product.stock === null || product.stock >= wish.quantity)
  if (!isThere) throw conflict(soldOut)
  const total = product.price * wish.quantity
  const isSameCurrency = wish.currency === null || wish.currency === product.currency
  if (total !== wish.total || !isSameCurrency) throw conflict(priceChanged)
  const now = ctx.now()
  return transaction(ctx.db, async (tx) => {
    await lockByName(tx, `order ${wish.formKey}`)
    const earlier = await findOrderByForm(tx, wish.formKey)
    if (earlier) return sameAgain(earlier, wish)
    const order = await insertOrder(tx, {
      ...ofProduct(product, wish.quantity),
      // What of it is tax only the seller knows.
      ...{ total, tax: 0, taxRate: 0, state: 'offered' },
      ...{ buyerId: viewer.actorId, userId: viewer.userId, locale: wish.locale, formKey: wish.formKey },
      ...{ expiresAt: new Date(now.getTime() + offerMs), createdAt: now, updatedAt: now },
    })
    const effectId = await emit(tx, { type: 'offer.made', orderId: order.id })
    return updateOrder(tx, order.id, { effectId })
  })
}
