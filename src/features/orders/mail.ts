import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { isLocale, type Locale } from '#src/core/i18n.ts'
import { formatMoney } from '#src/core/money.ts'
import { getActor } from '#src/features/actors/queries.ts'
import { findProduct, type Product } from '#src/features/products/queries.ts'
import { getShop } from '#src/features/products/shop.ts'
import type { Shop } from '#src/features/products/shop-queries.ts'
import { findUser } from '#src/features/users/queries.ts'
import type { OrderFacts } from '#src/locales/mail.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { orderNumber, orderPath } from './links.ts'
import { findProvider } from './payments.ts'
import { currencyOf } from './place.ts'
import { findOrder, type Order } from './queries.ts'
import type { OrderState } from './states.ts'
import { receiverOf, toTotals } from './views.ts'

type Written = { to: string; subject: string; text: string }

const placed = z.object({ orderId: z.string() })
const received = z.object({ orderId: z.string(), userId: z.string() })
const moved = z.object({ orderId: z.string(), state: z.string() })
const ended = received.extend({ state: z.string() })

/** Writes the mail of an `order.placed`: the confirmation, with the way back to the order. */
export async function placedMail(ctx: Ctx, payload: Record<string, unknown>): Promise<Written | null> {
  const order = await findOrder(ctx.db, placed.parse(payload).orderId)
  if (!order?.contact) return null
  const locale = localeOf(order)
  const facts = await factsOf(ctx, order, { locale, link: await buyerLink(ctx, order) })
  return { to: order.contact.email, ...translatorFor(locale).orderMail.placed(facts) }
}

/** Writes the mail of an `order.received`, to one of those who own the shop. */
export async function receivedMail(ctx: Ctx, payload: Record<string, unknown>): Promise<Written | null> {
  const { orderId, userId } = received.parse(payload)
  const [order, user] = await Promise.all([findOrder(ctx.db, orderId), findUser(ctx.db, userId)])
  if (!order || !user || user.disabledAt) return null
  const locale = isLocale(user.locale) ? user.locale : 'en'
  const facts = await factsOf(ctx, order, { locale, link: `${ctx.uris.publicUrl}/orders` })
  return { to: user.email, ...translatorFor(locale).orderMail.received(facts) }
}

/** Writes the mail of an `order.ended`, to one of those who own the shop: the buyer has cancelled it, or has not paid in time. */
export async function endedMail(ctx: Ctx, payload: Record<string, unknown>): Promise<Written | null> {
  const { orderId, userId, state } = ended.parse(payload)
  const [order, user] = await Promise.all([findOrder(ctx.db, orderId), findUser(ctx.db, userId)])
  if (!order || !user || user.disabledAt) return null
  const locale = isLocale(user.locale) ? user.locale : 'en'
  const facts = await factsOf(ctx, order, { locale, link: `${ctx.uris.publicUrl}/orders` })
  return { to: user.email, ...translatorFor(locale).orderMail.ended({ ...facts, state: state as OrderState }) }
}

/** Writes the mail of an `order.moved`. */
export async function movedMail(ctx: Ctx, payload: Record<string, unknown>): Promise<Written | null> {
  const { orderId, state } = moved.parse(payload)
  const order = await findOrder(ctx.db, orderId)
  if (!order?.contact) return null
  const locale = localeOf(order)
  const facts = await factsOf(ctx, order, { locale, link: await buyerLink(ctx, order) })
  // What happened, even when more has happened since.
  return {
    to: order.contact.email,
    ...translatorFor(locale).orderMail.moved({ ...facts, state: state as OrderState }),
  }
}

function localeOf({ locale }: Order): Locale {
  return isLocale(locale) ? locale : 'en'
}

async function buyerLink(ctx: Ctx, { id }: Order): Promise<string> {
  return `${ctx.uris.publicUrl}${await orderPath(ctx, id)}`
}

async function factsOf(
  ctx: Ctx,
  order: Order,
  { locale, link }: { locale: Locale; link: string },
): Promise<OrderFacts> {
  const [seller, shop, product] = await Promise.all([
    getActor(ctx.db, order.sellerId),
    getShop(ctx, order.sellerId),
    order.productId ? findProduct(ctx.db, order.productId) : null,
  ])
  const currency = currencyOf(order)
  return {
    number: orderNumber(order.id),
    product: order.productName,
    quantity: order.quantity,
    total: formatMoney(locale, { amount: order.total, currency }),
    seller: seller.name || seller.handle,
    state: order.state,
    link,
    parts: partsOf(order, locale).join('\n'),
    // What was written to the seller goes to the seller: nobody has confirmed that this address is that of who wrote it.
    receiver: receiverOf({ ...order, contact: order.contact && { ...order.contact, note: '' } }).join('\n'),
    way: wayOf(order, product, locale).join('\n'),
    transfer: transferOf(order, shop, locale),
    imprint: shop.imprint,
    withdrawal: shop.withdrawalText || translatorFor(locale).orders.withdrawalText,
  }
}

/** What the total is made of, line by line. */
function partsOf(order: Order, locale: Locale): string[] {
  const { format, orders: words } = translatorFor(locale)
  const { goods, delivery, tax, taxRate } = toTotals(order)
  return [
    `${words.goods(order.quantity, order.productName)} · ${format.money(goods)}`,
    ...(delivery ? [`${words.deliveryLine} · ${format.money(delivery)}`] : []),
    ...(tax ? [`${words.taxLine(format.rate(taxRate))} · ${format.money(tax)}`] : []),
  ]
}

/** How it is received, and how it is paid where that is when it is fetched. */
function wayOf({ delivery, payment }: Order, product: Product | null, locale: Locale): string[] {
  const words = translatorFor(locale).orders
  const text = delivery === 'shipping' ? product?.deliveryText : product?.pickupText
  return [delivery && words[delivery], text, payment === 'pickup' && words.onPickupText].filter(
    (line) => !!line,
  ) as string[]
}

function transferOf(order: Order, shop: Shop, locale: Locale): string | null {
  const currency = currencyOf(order)
  const payable = { number: orderNumber(order.id), total: order.total, currency, delivery: order.delivery }
  const instructions = findProvider(order.payment)?.instruct(shop, payable)
  if (instructions?.kind !== 'transfer') return null
  const { holder, iban, bic, reference } = instructions
  const amount = formatMoney(locale, { amount: order.total, currency })
  return [holder, iban, bic, amount, reference].filter(Boolean).join('\n')
}
