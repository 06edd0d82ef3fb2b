import type { Ctx } from '#src/context.ts'
import { acctOf } from '#src/features/actors/entity.ts'
import type { Actor } from '#src/features/actors/queries.ts'
import { listActors } from '#src/features/actors/queries.ts'
import { type ApiMoney, toApiMoney } from '#src/features/products/entity.ts'
import { orderNumber, orderPath } from './links.ts'
import type { Order } from './queries.ts'
import { nextStep, type OrderState } from './states.ts'

/** An order as clients read it: of the seller's team, and of the member who has bought. It is an entity of ours. */
export type ApiOrder = Readonly<{
  id: string
  number: string
  state: OrderState
  /** What the seller does next; null where nothing is left, and for the buyer. */
  next_state: OrderState | null
  product_id: string | null
  product_name: string
  quantity: number
  unit_price: ApiMoney
  delivery_price: ApiMoney
  total: ApiMoney
  tax: ApiMoney
  /** In hundredths of a percent. */
  tax_rate: number
  delivery: 'pickup' | 'shipping' | null
  payment: string | null
  seller_acct: string
  buyer_acct: string | null
  contact: Readonly<{
    name: string
    email: string
    phone: string
    street: string
    postal_code: string
    city: string
    country: string
    note: string
  }> | null
  /** The page of the buyer; null for the seller. */
  url: string | null
  created_at: string
  updated_at: string
}>

/** Orders for one of their two sides, in a constant number of queries. */
export async function loadOrders(ctx: Ctx, orders: readonly Order[], side: 'seller' | 'buyer'): Promise<ApiOrder[]> {
  const ids = orders.flatMap(({ sellerId, buyerId }) => [sellerId, buyerId ?? []].flat())
  const actors = new Map((await listActors(ctx.db, [...new Set(ids)])).map((actor) => [actor.id, actor]))
  return Promise.all(
    orders.map(async (order) => {
      const url = side === 'buyer' ? `${ctx.uris.publicUrl}${await orderPath(ctx, order.id)}` : null
      return toApiOrder(order, {
        side,
        url,
        seller: actors.get(order.sellerId),
        buyer: actors.get(order.buyerId ?? ''),
      })
    }),
  )
}

type Sides = Readonly<{
  side: 'seller' | 'buyer'
  url: string | null
  seller: Actor | undefined
  buyer: Actor | undefined
}>

function toApiOrder(order: Order, { side, url, seller, buyer }: Sides): ApiOrder {
  const { currency, contact } = order
  const money = (amount: number) => toApiMoney(amount, currency) ?? { amount, currency, decimal: String(amount) }
  return {
    id: order.id,
    number: orderNumber(order.id),
    state: order.state,
    next_state: side === 'seller' ? nextStep(order.state, order) : null,
    product_id: order.productId,
    product_name: order.productName,
    quantity: order.quantity,
    unit_price: money(order.unitPrice),
    delivery_price: money(order.deliveryPrice),
    total: money(order.total),
    tax: money(order.tax),
    tax_rate: order.taxRate,
    delivery: order.delivery,
    payment: order.payment,
    seller_acct: seller ? acctOf(seller) : '',
    buyer_acct: buyer ? acctOf(buyer) : null,
    contact: contact && toContact(contact),
    url,
    created_at: order.createdAt.toISOString(),
    updated_at: order.updatedAt.toISOString(),
  }
}

function toContact({ postalCode, ...contact }: NonNullable<Order['contact']>): NonNullable<ApiOrder['contact']> {
  const { name, email, phone, street, city, country, note } = contact
  return { name, email, phone, street, postal_code: postalCode, city, country, note }
}
