import type { Ctx } from '#src/context.ts'
import { type Currency, isCurrency, totalsOf } from '#src/core/money.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import type { OrderContact } from '#src/db/schema/orders.ts'
import { lockByName } from '#src/db/tombstones.ts'
import { emit } from '#src/effects.ts'
import { conflict, notFound, Problem } from '#src/errors.ts'
import { fieldProblem } from '#src/features/actors/policy.ts'
import { findProduct, type Product, updateProduct } from '#src/features/products/queries.ts'
import { getShop } from '#src/features/products/shop.ts'
import { nextTelling, returnStock, takeStock } from '#src/features/products/stock-queries.ts'
import { findProvider } from './payments.ts'
import { checkContact, lapseOf, mostOfGuest, mostPieces, mostUnpaid } from './policy.ts'
import {
  countUnpaid,
  findOrder,
  findOrderByForm,
  insertEvent,
  insertOrder,
  listOwners,
  lockOrder,
  type Order,
  updateOrder,
} from './queries.ts'

/** How an order is to be received and paid, and by whom. */
export type OrderWishes = Readonly<{
  delivery: 'pickup' | 'shipping'
  /** The name of a payment provider. */
  payment: string
  contact: OrderContact
  /** The total that the buyer has agreed to, in minor units: an order for any other is not placed. */
  total: number
  /** Its currency; null where a client did not say which one it has shown. */
  currency: string | null
  locale: string
}>

/** An order as somebody wants it, signed in or not. */
export type OrderInput = OrderWishes &
  Readonly<{
    productId: string
    quantity: number
    buyer: Readonly<{ userId: string; actorId: string }> | null
    /** Sending the same form again gives the first order back. */
    formKey: string
  }>

/** Why an order could not be placed, for the page to say so beside the new total. */
export const soldOut = 'The product is not available in this quantity any more'

/** The same form has placed another order: what is ordered now would be lost. */
export const orderedOtherwise = 'This form has placed an order of something else already'

/** The price was changed between the look and the order. */
export const priceChanged = 'The price has changed meanwhile'

/**
 * Places an order of a product of ours. The stock is taken in the same transaction, and the price is that of the product, whatever was sent.
 * @returns the order; the first one when the same form is sent again
 * @throws Problem `invalid` for what the buyer can mend, `conflict` when it is sold out, its price has changed or the form has placed another
 * order before, `not_found`
 */
export async function placeOrder(ctx: Ctx, input: OrderInput): Promise<Order> {
  const earlier = await findOrderByForm(ctx.db, input.formKey)
  if (earlier) return sameWay(sameAgain(earlier, input), input)
  const product = await findProduct(ctx.db, input.productId)
  if (!product || product.iri !== null || product.state === 'draft' || product.state === 'gone') throw notFound()
  const contact = await checkWishes(ctx, product, input)
  checkQuantity(input.quantity, input.buyer ? mostPieces : mostOfGuest)
  return transaction(ctx.db, async (tx) => {
    await lockByName(tx, `order ${input.formKey}`)
    // Asked again under the lock: the same form may have been sent twice at once.
    const meanwhile = await findOrderByForm(tx, input.formKey)
    if (meanwhile) return sameWay(sameAgain(meanwhile, input), input)
    if (!input.buyer) await checkGuest(tx, product.actorId, contact.email)
    const reserved = await reserve(ctx, tx, { id: input.productId, quantity: input.quantity })
    const money = moneyOf(reserved, input)
    const order = await insertOrder(tx, {
      ...ofProduct(reserved, input.quantity),
      ...money,
      state: 'open',
      buyerId: input.buyer?.actorId ?? null,
      userId: input.buyer?.userId ?? null,
      ...{ delivery: input.delivery, payment: input.payment, contact, locale: input.locale, formKey: input.formKey },
      ...{ expiresAt: lapseOf(ctx.now()), createdAt: ctx.now(), updatedAt: ctx.now() },
    })
    await tellPlaced(tx, order)
    return order
  })
}

/** @throws Problem `conflict` for a form that was changed after it had placed an order */
function sameWay(order: Order, { delivery, payment }: OrderWishes): Order {
  if (order.delivery !== delivery || order.payment !== payment) throw conflict(orderedOtherwise)
  return order
}

/** @throws Problem `conflict` for a form that asks for something else than what it has placed */
export function sameAgain(order: Order, wish: Pick<OrderInput, 'productId' | 'quantity' | 'total'>): Order {
  const { productId, quantity, total } = wish
  const isSame = order.productId === productId && order.quantity === quantity && order.total === total
  if (!isSame) throw conflict(orderedOtherwise)
  return order
}

/** @throws Problem `invalid` for who has several orders that are not paid: anybody could empty a shop in the name of anybody */
async function checkGuest(tx: Tx, sellerId: string, email: string): Promise<void> {
  await lockByName(tx, `guest ${sellerId} ${email.toLowerCase()}`)
  if ((await countUnpaid(tx, sellerId, email)) < mostUnpaid) return
  throw fieldProblem('email', 'ERR_TOO_MANY', `has ${mostUnpaid} orders here that are not paid yet`)
}

/** What an order keeps of its product: how it was sold stays so, whatever becomes of the product. */
export function ofProduct(product: Product, quantity: number) {
  return {
    sellerId: product.actorId,
    productId: product.id,
    productName: product.name,
    quantity,
    unitPrice: product.price ?? 0,
    taxRate: product.taxRate,
    currency: product.currency,
  }
}

/** The currency of an order or a product; euros where a row has one that nobody knows. */
export function currencyOf({ currency }: Pick<Order, 'currency'>): Currency {
  return isCurrency(currency) ? currency : 'EUR'
}

/** @throws Problem `invalid` for a number that nobody orders */
export function checkQuantity(quantity: number, most = mostPieces): void {
  if (Number.isInteger(quantity) && quantity >= 1 && quantity <= most) return
  throw fieldProblem('quantity', 'ERR_INVALID', `must be a whole number from 1 to ${most}`)
}

/**
 * Takes pieces out of the stock, in the transaction of their order. When they were the last, others are told at once.
 * @throws Problem `conflict` when there are not as many
 */
async function reserve(ctx: Ctx, tx: Tx, wanted: { id: string; quantity: number }): Promise<Product> {
  const product = await tryReserve(ctx, tx, wanted)
  if (!product) throw conflict(soldOut)
  return product
}

/** The same; null when there are not as many, and then nothing is changed. */
export async function tryReserve(ctx: Ctx, tx: Tx, wanted: { id: string; quantity: number }): Promise<Product | null> {
  const now = ctx.now()
  const product = await takeStock(tx, { ...wanted, now, tellAt: nextTelling(now) })
  if (product?.state === 'sold_out') await tellNow(ctx, tx, product)
  return product
}

/** Puts the pieces of an order back; what was sold out is on sale again, and others are told at once. */
export async function giveBack(ctx: Ctx, tx: Tx, { productId, quantity }: Order): Promise<void> {
  if (!productId) return
  const before = await findProduct(tx, productId)
  const now = ctx.now()
  const product = await returnStock(tx, { id: productId, quantity, now, tellAt: nextTelling(now) })
  if (product && product.state !== before?.state) await tellNow(ctx, tx, product)
}

async function tellNow(ctx: Ctx, tx: Tx, { id }: Product): Promise<void> {
  await updateProduct(tx, id, { tellDueAt: null, toldAt: ctx.now() })
  await emit(tx, { type: 'product.updated', productId: id })
}

/** @throws Problem `invalid` for a way that is not offered, or a contact that is not whole */
async function checkWishes(ctx: Ctx, product: Product, wishes: OrderWishes): Promise<OrderContact> {
  const { delivery, payment } = wishes
  const isOffered = delivery === 'shipping' ? product.deliveryPrice !== null : product.isPickedUp
  if (!isOffered) throw fieldProblem('delivery', 'ERR_INVALID', 'is not offered for this product')
  const shop = await getShop(ctx, product.actorId)
  if (!findProvider(payment)?.isOffered(shop, { currency: currencyOf(product), delivery })) {
    throw fieldProblem('payment', 'ERR_INVALID', 'is not offered for this order')
  }
  return checkContact(wishes.contact, delivery)
}

/** @throws Problem `conflict` when it is not the total that the buyer has seen */
function moneyOf(product: Product, { quantity, delivery, total, currency }: { quantity: number } & OrderWishes) {
  if (currency !== null && product.currency !== currency) throw conflict(priceChanged)
  const deliveryPrice = delivery === 'shipping' ? (product.deliveryPrice ?? 0) : 0
  const sum = totalsOf({ price: product.price ?? 0, quantity, delivery: deliveryPrice, taxRate: product.taxRate })
  if (sum.total !== total) throw conflict(priceChanged)
  return { deliveryPrice, total: sum.total, tax: sum.tax }
}

async function tellPlaced(tx: Tx, { id, sellerId }: Order): Promise<void> {
  await emit(tx, { type: 'order.placed', orderId: id })
  for (const userId of await listOwners(tx, sellerId)) await emit(tx, { type: 'order.received', orderId: id, userId })
}

/** The seller may have packed it already. */
export async function tellEnded(tx: Tx, { id, sellerId, state }: Order): Promise<void> {
  for (const userId of await listOwners(tx, sellerId))
    await emit(tx, { type: 'order.ended', orderId: id, userId, state })
}

/**
 * A buyer of another server, for whom pieces are held, says where they go and how they are paid: only now it is an order.
 * @throws Problem `invalid`, and `conflict` when the time is over or the total is not the one that was seen
 */
export async function confirmOrder(ctx: Ctx, id: string, wishes: OrderWishes): Promise<Order> {
  const asked = await findOrder(ctx.db, id)
  const product = asked?.productId ? await findProduct(ctx.db, asked.productId) : null
  if (!asked || !product) throw notFound()
  const contact = await checkWishes(ctx, product, wishes)
  return transaction(ctx.db, async (tx) => {
    const order = await lockOrder(tx, id)
    if (order?.state === 'open') return order
    const isOver = order?.state !== 'reserved' || (order.expiresAt && order.expiresAt <= ctx.now())
    if (!order || isOver) throw conflict('The time in which the pieces were held for you is over')
    // The price is the one that was agreed on; only the delivery comes to it, which another currency would make something else.
    if (product.currency !== order.currency) throw conflict(priceChanged)
    const money = moneyOf({ ...product, price: order.unitPrice, taxRate: order.taxRate }, { ...order, ...wishes })
    const { delivery, payment, locale } = wishes
    const open = await updateOrder(tx, id, {
      ...{ ...money, delivery, payment, contact, locale },
      ...{ state: 'open', expiresAt: lapseOf(ctx.now()), updatedAt: ctx.now() },
    })
    await insertEvent(tx, { orderId: id, state: 'open', userId: null })
    await tellPlaced(tx, open)
    return open
  })
}

/** Whether a Problem says that the offer is not what it was when the buyer looked. */
export function isChangedOffer(error: unknown): error is Problem {
  const changes = [soldOut, priceChanged, orderedOtherwise]
  return error instanceof Problem && error.code === 'conflict' && changes.includes(error.message)
}
