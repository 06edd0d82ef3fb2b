import type { Ctx, Viewer } from '#src/context.ts'
import { recordAct } from '#src/db/audit.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { emit } from '#src/effects.ts'
import { conflict, notFound } from '#src/errors.ts'
import { findActor } from '#src/features/actors/queries.ts'
import { requireSeller } from '#src/features/products/policy.ts'
import { findProduct } from '#src/features/products/queries.ts'
import { giveBack, soldOut, tellEnded, tryReserve } from './place.ts'
import { claimExpired, findOrder, insertEvent, lockOrder, type Order, updateOrder } from './queries.ts'
import { givesBack, mayBecome, mayWithdraw, type OrderState, takesAgain } from './states.ts'

/** Orders taken in one transaction. */
const batchSize = 100

/**
 * Takes an order of the viewer's actor a step on.
 * @param from where the seller saw it: a step that somebody else took meanwhile is not taken twice
 * @throws Problem `not_found` for orders of others, `conflict` when it does not follow, `forbidden`
 */
export async function moveOrder(
  ctx: Ctx,
  viewer: Viewer,
  { id, from, to }: { id: string; from: OrderState; to: OrderState },
): Promise<Order> {
  requireSeller(viewer)
  return transaction(ctx.db, async (tx) => {
    const order = await lockOrder(tx, id)
    if (!order || order.sellerId !== viewer.actorId || order.state === 'offered') throw notFound()
    if (order.state !== from || !mayBecome(from, to, order)) throw conflict('The order has moved on; look at it again')
    if (takesAgain(from)) await takeAgain(ctx, tx, order)
    const moved = await step(ctx, tx, order, { to, userId: viewer.userId })
    await recordAct(tx, { viewer, action: 'order.moved', subjectId: id, details: { from, to } })
    return moved
  })
}

/** @throws Problem `conflict` when others have the pieces by now */
async function takeAgain(ctx: Ctx, tx: Tx, { productId, quantity }: Order): Promise<void> {
  // Of what is sold no longer nobody counts the pieces.
  if (!productId || (await findProduct(tx, productId))?.state === 'gone') return
  if (!(await tryReserve(ctx, tx, { id: productId, quantity }))) throw conflict(soldOut)
}

/** Takes a locked order a step on, with what follows: its pieces go back, its buyer is told. */
async function step(
  ctx: Ctx,
  tx: Tx,
  order: Order,
  { to, userId }: { to: OrderState; userId: string | null },
): Promise<Order> {
  const moved = await updateOrder(tx, order.id, { state: to, expiresAt: null, updatedAt: ctx.now() })
  await insertEvent(tx, { orderId: order.id, state: to, userId })
  if (givesBack(order.state, to)) await giveBack(ctx, tx, order)
  if (order.contact) await emit(tx, { type: 'order.moved', orderId: order.id, state: to })
  if (!order.offerIri) return moved
  await emit(tx, { type: 'agreement.changed', orderId: order.id, state: to })
  const isPaid = to === 'paid' || (to === 'delivered' && order.state === 'open')
  if (isPaid) await emit(tx, { type: 'receipt.issued', orderId: order.id })
  return moved
}

/**
 * The buyer takes an order back, as long as it is not paid. Who may was asked before: by the address of the order, or by who is signed in.
 * @throws Problem `conflict` when it is too late
 */
export async function withdrawOrder(ctx: Ctx, id: string): Promise<Order> {
  const found = await findOrder(ctx.db, id)
  if (!found) throw notFound()
  const seller = await findActor(ctx.db, found.sellerId)
  return transaction(ctx.db, async (tx) => {
    const order = await lockOrder(tx, id)
    if (order?.state === 'cancelled') return order
    if (!order || !mayWithdraw(order.state)) throw conflict('The order can no longer be taken back; ask the seller')
    if (seller?.host === null) {
      const withdrawn = await step(ctx, tx, order, { to: 'cancelled', userId: null })
      if (order.state === 'open') await tellEnded(tx, withdrawn)
      return withdrawn
    }
    await insertEvent(tx, { orderId: id, state: 'cancelled', userId: order.userId })
    await emit(tx, { type: 'offer.withdrawn', orderId: id })
    return updateOrder(tx, id, { state: 'cancelled', expiresAt: null, updatedAt: ctx.now() })
  })
}

/** Ends what nobody has taken up or paid in time: pieces that were held go back, and questions that were not answered are over. */
export async function expireOrders(ctx: Ctx): Promise<void> {
  const batch = () =>
    transaction(ctx.db, async (tx) => {
      const due = await claimExpired(tx, ctx.now(), batchSize)
      for (const order of due) await expire(ctx, tx, order)
      return due.length
    })
  while ((await batch()) === batchSize);
}

async function expire(ctx: Ctx, tx: Tx, order: Order): Promise<void> {
  if (order.state !== 'offered') {
    const expired = await step(ctx, tx, order, { to: 'expired', userId: null })
    if (order.state === 'open') await tellEnded(tx, expired)
  } else {
    await updateOrder(tx, order.id, { state: 'expired', expiresAt: null, updatedAt: ctx.now() })
    await insertEvent(tx, { orderId: order.id, state: 'expired', userId: null })
  }
}
