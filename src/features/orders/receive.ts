import type { Ctx } from '#src/context.ts'
import { readAmount, taxIn } from '#src/core/money.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { lockByName } from '#src/db/tombstones.ts'
import { emit } from '#src/effects.ts'
import { findActor } from '#src/features/actors/queries.ts'
import { isBlocked } from '#src/features/blocks/service.ts'
import { lockProduct, type Product } from '#src/features/products/queries.ts'
import { withdrawOrder } from './move.ts'
import { offerMs } from './offer.ts'
import { currencyOf, ofProduct, tryReserve } from './place.ts'
import { mostPieces } from './policy.ts'
import {
  countOffers,
  findOrderByAgreement,
  findOrderByEffect,
  findOrderByOffer,
  insertEvent,
  insertOrder,
  lockOrder,
  type Order,
  updateOrder,
} from './queries.ts'
import { mayBeTold, type OrderState } from './states.ts'

/** What one buyer elsewhere may hold at once, and what one server may ask for in an hour. */
const offerLimits = { open: 3, hourly: 30 } as const

const hour = 60 * 60_000

/** What somebody on another server wants to buy of us. `amount` in minor units, for all pieces. */
export type RemoteOffer = Readonly<{
  offerIri: string
  buyerId: string
  sellerId: string
  productId: string
  quantity: number
  amount: number
  /** When the buyer no longer waits. */
  until: Date | null
}>

/** Why an offer is not accepted, in the words that are sent. */
export type Refusal = 'price-changed' | 'not-available' | 'too-many'

/**
 * Holds pieces for a buyer on another server at the price of the product, or says no and why. The same offer is answered once.
 * @returns 'ignored' for an offer that is over, and from whom the seller does not want to hear
 */
export async function receiveOffer(
  ctx: Ctx,
  offer: RemoteOffer,
): Promise<'accepted' | 'already' | 'ignored' | Refusal> {
  if (offer.until && offer.until <= ctx.now()) return 'ignored'
  const buyer = await findActor(ctx.db, offer.buyerId)
  if (!buyer?.host || (await isBlocked(ctx.db, offer.sellerId, offer.buyerId))) return 'ignored'
  const { host } = buyer
  return transaction(ctx.db, async (tx) => {
    // One server after the other: what it has open is counted.
    await lockByName(tx, `offers of ${host}`)
    if (await findOrderByOffer(tx, offer.offerIri)) return 'already'
    const product = await lockProduct(tx, offer.sellerId, offer.productId)
    const refusal = await judge(ctx, tx, { offer, host, product })
    const reserved = !refusal && product && (await tryReserve(ctx, tx, { id: product.id, quantity: offer.quantity }))
    if (!reserved) return refuse(tx, offer, refusal ?? 'not-available')
    await hold(ctx, tx, offer, reserved)
    return 'accepted'
  })
}

async function judge(
  ctx: Ctx,
  tx: Tx,
  { offer, host, product }: { offer: RemoteOffer; host: string; product: Product | null },
): Promise<Refusal | null> {
  const { quantity, amount, buyerId } = offer
  const since = new Date(ctx.now().getTime() - hour)
  const counts = await countOffers(tx, { buyerId, host, since })
  if (counts.open >= offerLimits.open || counts.recent >= offerLimits.hourly) return 'too-many'
  if (product?.state !== 'on_sale' || quantity > mostPieces) return 'not-available'
  return product.price === null || product.price * quantity !== amount ? 'price-changed' : null
}

async function refuse(tx: Tx, { sellerId, buyerId, offerIri }: RemoteOffer, reason: Refusal): Promise<Refusal> {
  await emit(tx, { type: 'offer.refused', actorId: sellerId, targetId: buyerId, offerIri, reason })
  return reason
}

async function hold(ctx: Ctx, tx: Tx, { offerIri, buyerId, quantity, amount }: RemoteOffer, product: Product) {
  const now = ctx.now()
  const order = await insertOrder(tx, {
    ...ofProduct(product, quantity),
    ...{ total: amount, tax: taxIn(amount, product.taxRate), state: 'reserved', buyerId, offerIri },
    ...{ expiresAt: new Date(now.getTime() + offerMs), createdAt: now, updatedAt: now },
  })
  await emit(tx, { type: 'offer.accepted', orderId: order.id })
}

/** A buyer on another server takes an offer or an order back. */
export async function receiveOfferWithdrawn(
  ctx: Ctx,
  { offerIri, buyerId }: { offerIri: string; buyerId: string },
): Promise<'done' | 'unknown'> {
  const order = await findOrderByOffer(ctx.db, offerIri)
  if (order?.buyerId !== buyerId || !['reserved', 'open'].includes(order.state)) return 'unknown'
  await withdrawOrder(ctx, order.id)
  return 'done'
}

/** An order of ours with a seller elsewhere, as it waits for an answer; null when the seller is another one, or no answer is waited for. */
export async function findAwaited(ctx: Ctx, effectId: string, sellerId: string): Promise<Order | null> {
  const order = await findOrderByEffect(ctx.db, effectId)
  const isWaiting = order?.state === 'offered' && (!order.expiresAt || order.expiresAt > ctx.now())
  return order && isWaiting && order.sellerId === sellerId ? order : null
}

/** The seller agrees, and says where it is paid. What was agreed on must have been compared with what was asked for. */
export async function receiveAgreement(
  ctx: Ctx,
  { id, agreementIri, paymentUrl }: { id: string; agreementIri: string; paymentUrl: string },
): Promise<'done' | 'unknown'> {
  return step(ctx, id, { from: 'offered', to: 'open', change: { agreementIri, paymentUrl, expiresAt: null } })
}

/** The seller says no. */
export async function receiveOfferRefused(ctx: Ctx, id: string, reason: string | null): Promise<'done' | 'unknown'> {
  return step(ctx, id, { from: 'offered', to: 'rejected', change: { refusal: reason, expiresAt: null } })
}

/** What a seller elsewhere says has become of an order, with what was agreed on: a statement about something else changes nothing. */
export async function receiveAgreementNews(
  ctx: Ctx,
  news: { sellerId: string; agreementIri: string; state: OrderState; quantity: number; amount: string },
): Promise<'done' | 'unknown' | 'other' | 'late'> {
  const order = await findOrderByAgreement(ctx.db, news.sellerId, news.agreementIri)
  if (!order) return 'unknown'
  if (order.quantity !== news.quantity || order.total !== readAmount(news.amount, currencyOf(order))) return 'other'
  if (!mayBeTold(order.state, news.state)) return 'late'
  return step(ctx, order.id, { from: order.state, to: news.state, change: {} })
}

/** The seller's receipt for an order of ours. */
export async function receiveReceipt(
  ctx: Ctx,
  { sellerId, agreementIri, receiptUrl }: { sellerId: string; agreementIri: string; receiptUrl: string },
): Promise<'done' | 'unknown'> {
  const order = await findOrderByAgreement(ctx.db, sellerId, agreementIri)
  if (!order) return 'unknown'
  await transaction(ctx.db, (tx) => updateOrder(tx, order.id, { receiptUrl, updatedAt: ctx.now() }))
  return 'done'
}

async function step(
  ctx: Ctx,
  id: string,
  { from, to, change }: { from: OrderState; to: OrderState; change: Parameters<typeof updateOrder>[2] },
): Promise<'done' | 'unknown'> {
  return transaction(ctx.db, async (tx) => {
    const order = await lockOrder(tx, id)
    if (order?.state !== from) return 'unknown'
    await updateOrder(tx, id, { ...change, state: to, updatedAt: ctx.now() })
    await insertEvent(tx, { orderId: id, state: to, userId: null })
    return 'done'
  })
}
