import { sql } from 'drizzle-orm'
import { bigint, check, index, integer, jsonb, pgEnum, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { bigId, createdAt, id, moment } from '../columns.ts'
import { actors } from './actors.ts'
import { products } from './products.ts'
import { users } from './users.ts'

/**
 * The life of an order. One from another server begins with `offered` there and `reserved` at its seller's, until its buyer has said where
 * it goes; one that is placed here begins with `open`. What may follow what is in `src/features/orders/states.ts`.
 */
export const orderState = pgEnum('order_state', [
  'offered',
  'reserved',
  'open',
  'paid',
  'shipped',
  'delivered',
  'cancelled',
  'refunded',
  'rejected',
  'expired',
])

/** How what was bought comes to its buyer. */
export const orderDelivery = pgEnum('order_delivery', ['pickup', 'shipping'])

/** Who bought, and where it goes. Never sent to another server, and forgotten a while after the order. */
export type OrderContact = Readonly<{
  name: string
  email: string
  phone: string
  street: string
  postalCode: string
  city: string
  country: string
  note: string
}>

/**
 * An order. Amounts are in minor units and as they were when it was placed. Of one that was placed here with a seller elsewhere there is what
 * we asked for and what the seller says.
 */
export const orders = pgTable(
  'orders',
  {
    id: id(),
    sellerId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    /** Null for guests. */
    buyerId: bigId().references(() => actors.id, { onDelete: 'set null' }),
    /** Who pressed the button; null for guests and for people of other servers. */
    userId: bigId().references(() => users.id, { onDelete: 'set null' }),
    productId: bigId().references(() => products.id, { onDelete: 'set null' }),
    state: orderState().notNull(),
    productName: text().notNull(),
    quantity: integer().notNull(),
    unitPrice: bigint({ mode: 'number' }).notNull(),
    deliveryPrice: bigint({ mode: 'number' }).notNull().default(0),
    total: bigint({ mode: 'number' }).notNull(),
    /** How much of the total is tax. */
    tax: bigint({ mode: 'number' }).notNull(),
    taxRate: integer().notNull(),
    currency: text().notNull(),
    delivery: orderDelivery(),
    /** The name of the payment provider. */
    payment: text(),
    contact: jsonb().$type<OrderContact>(),
    locale: text().notNull().default('en'),
    /** Names the form that was sent, so that sending it twice makes one order. */
    formKey: text(),
    /** Until when the pieces are held for a buyer elsewhere, or an answer is waited for. */
    expiresAt: moment(),
    /** The Offer of a buyer elsewhere. */
    offerIri: text(),
    /** The effect that made our Offer to a seller elsewhere. */
    effectId: bigId(),
    /** What the seller elsewhere calls the order, and where it is paid. */
    agreementIri: text(),
    paymentUrl: text(),
    receiptUrl: text(),
    /** Why a seller elsewhere said no, as its server writes it. */
    refusal: text(),
    createdAt: createdAt(),
    updatedAt: moment().notNull().defaultNow(),
  },
  (table) => [
    index('orders_seller').on(table.sellerId, table.id),
    index('orders_buyer').on(table.buyerId, table.id).where(sql`${table.buyerId} is not null`),
    index('orders_product').on(table.productId).where(sql`${table.productId} is not null`),
    index('orders_expiring').on(table.expiresAt).where(sql`${table.expiresAt} is not null`),
    uniqueIndex('orders_form').on(table.formKey).where(sql`${table.formKey} is not null`),
    uniqueIndex('orders_offer').on(table.offerIri).where(sql`${table.offerIri} is not null`),
    uniqueIndex('orders_effect').on(table.effectId).where(sql`${table.effectId} is not null`),
    uniqueIndex('orders_agreement')
      .on(table.sellerId, table.agreementIri)
      .where(sql`${table.agreementIri} is not null`),
    // Those whose buyer is still known, by how long nothing has happened.
    index('orders_contact').on(table.updatedAt).where(sql`${table.contact} is not null`),
    check('orders_quantity', sql`${table.quantity} between 1 and 999`),
    check('orders_total', sql`${table.total} = ${table.unitPrice} * ${table.quantity} + ${table.deliveryPrice}`),
    check('orders_tax', sql`${table.tax} between 0 and ${table.total}`),
  ],
)

/** What became of an order, and who did it: the first line is that it was placed. */
export const orderEvents = pgTable(
  'order_events',
  {
    id: id(),
    orderId: bigId()
      .notNull()
      .references(() => orders.id, { onDelete: 'cascade' }),
    state: orderState().notNull(),
    /** Null: the buyer, another server, or time itself. */
    userId: bigId().references(() => users.id, { onDelete: 'set null' }),
    createdAt: createdAt(),
  },
  (table) => [index().on(table.orderId, table.id)],
)
