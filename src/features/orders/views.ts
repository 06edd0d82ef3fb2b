import type { Ctx } from '#src/context.ts'
import { drawCode } from '#src/core/qr.ts'
import type { Actor } from '#src/features/actors/queries.ts'
import { toActorValue } from '#src/features/actors/views.ts'
import type { Product } from '#src/features/products/queries.ts'
import type { Shop } from '#src/features/products/shop-queries.ts'
import type { Translator } from '#src/locales/translator.ts'
import type { TotalsValue } from '#src/web/components/checkout.ts'
import type { OrderLine } from '#src/web/components/order-list.ts'
import type { OrderValue } from '#src/web/components/order-page.ts'
import { orderNumber } from './links.ts'
import { findProvider } from './payments.ts'
import { currencyOf } from './place.ts'
import type { Order, OrderEvent } from './queries.ts'
import { mayWithdraw, nextStep, type OrderState } from './states.ts'

/** What the page of an order is made of. */
export type OrderParts = Readonly<{
  order: Order
  seller: Actor
  shop: Shop
  product: Product | null
  events: readonly OrderEvent[]
  path: string
  isNew: boolean
}>

/** What an order costs. */
export function toTotals(order: Order): TotalsValue {
  const currency = currencyOf(order)
  const money = (amount: number) => ({ amount, currency })
  return {
    goods: money(order.unitPrice * order.quantity),
    delivery: order.delivery === 'shipping' ? money(order.deliveryPrice) : null,
    total: money(order.total),
    taxRate: order.taxRate,
    // What of it is tax, a seller elsewhere says on the receipt.
    tax: order.effectId === null ? money(order.tax) : null,
  }
}

/** An order as its buyer sees it. */
export function toOrderValue(
  ctx: Pick<Ctx, 'uris' | 'config'>,
  { order, seller, shop, product, events, path, isNew }: OrderParts,
  t: Translator,
): OrderValue {
  const isPaid = events.some(({ state }) => state === 'paid' || state === 'delivered')
  const own = isPaid && seller.host === null ? `${path}/receipt` : null
  return {
    number: orderNumber(order.id),
    path,
    name: order.productName,
    quantity: order.quantity,
    seller: toActorValue(ctx, seller),
    state: order.state,
    events: events.map(({ state, createdAt: at }) => ({ state, at })),
    totals: toTotals(order),
    payment: order.state === 'open' && seller.host === null ? toPayment(order, shop) : null,
    delivery: order.delivery,
    deliveryText: (order.delivery === 'shipping' ? product?.deliveryText : product?.pickupText) ?? '',
    elsewhere: order.state === 'open' && order.paymentUrl ? toElsewhere(order.paymentUrl, seller) : null,
    refusal: order.state === 'rejected' ? refusalOf(order.refusal) : null,
    receiptHref: order.receiptUrl ?? own,
    mayCancel: mayWithdraw(order.state),
    imprint: shop.imprint,
    withdrawalText: shop.withdrawalText || t.orders.withdrawalText,
    receiver: receiverOf(order),
    lapsesAt: order.state === 'open' ? order.expiresAt : null,
    isNewFor: isNew ? (order.contact?.email ?? null) : null,
  }
}

function toPayment(order: Order, shop: Shop): OrderValue['payment'] {
  const currency = currencyOf(order)
  const payable = { number: orderNumber(order.id), total: order.total, currency, delivery: order.delivery }
  const instructions = findProvider(order.payment)?.instruct(shop, payable)
  if (!instructions || instructions.kind === 'on-pickup') return instructions ?? null
  const { code, ...rest } = instructions
  return { ...rest, amount: { amount: order.total, currency }, codeText: code, code: drawCode(code) }
}

/** A payment page on another server than the seller's, with which the seller does not say to have to do, is warned of. */
function toElsewhere(href: string, seller: Actor): OrderValue['elsewhere'] {
  const host = new URL(href).host
  const own = seller.iri ? new URL(seller.iri).host : null
  return { href, host, isForeign: host !== own && !seller.attributionDomains.includes(host) }
}

const refusals = ['price-changed', 'not-available', 'too-many'] as const

function refusalOf(word: string | null): NonNullable<OrderValue['refusal']> {
  return refusals.find((known) => known === word) ?? 'other'
}

/** An order as a line of a list. */
export function toLine(order: Order): OrderLine {
  const next = nextStep(order.state, order)
  return {
    id: order.id,
    number: orderNumber(order.id),
    href: null,
    name: order.productName,
    quantity: order.quantity,
    total: { amount: order.total, currency: currencyOf(order) },
    state: order.state,
    at: order.createdAt,
    who: order.contact?.name ?? null,
    seller: null,
    details: detailsOf(order),
    delivery: order.delivery,
    payment: paymentWordOf(order.payment),
    next: isStep(next) ? next : null,
    others: othersOf(order.state),
  }
}

function paymentWordOf(payment: string | null): OrderLine['payment'] {
  return payment === 'pickup' || payment === 'transfer' ? payment : null
}

function isStep(state: OrderState | null): state is NonNullable<OrderLine['next']> {
  return state === 'paid' || state === 'shipped' || state === 'delivered'
}

function othersOf(state: OrderState): OrderLine['others'] {
  if (state === 'open') return ['cancelled']
  return state === 'paid' || state === 'shipped' || state === 'delivered' ? ['refunded'] : []
}

/** For whom an order is, and where it goes, line by line; nothing once that is forgotten. */
export function receiverOf(order: Order): string[] {
  return order.contact ? [order.contact.name, ...detailsOf(order)] : []
}

/** What is needed to hand it over, line by line. */
function detailsOf({ contact, delivery }: Order): string[] {
  if (!contact) return []
  const { email, phone, street, postalCode, city, country, note } = contact
  const address = delivery === 'shipping' ? [street, `${postalCode} ${city}`.trim(), country] : []
  return [...address, [email, phone].filter(Boolean).join(' · '), note].filter(Boolean)
}
