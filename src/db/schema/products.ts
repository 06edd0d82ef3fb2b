import { sql } from 'drizzle-orm'
import {
  type AnyPgColumn,
  bigint,
  boolean,
  check,
  doublePrecision,
  index,
  integer,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { bigId, createdAt, id, moment } from '../columns.ts'
import { actors } from './actors.ts'
import { media } from './media.ts'
import { posts } from './posts.ts'
import { users } from './users.ts'

/**
 * The life of a product: nobody but its team sees a draft; one that is on sale is bought; one that is paused or sold out is only shown; one
 * that is gone is no longer there for anybody.
 */
export const productState = pgEnum('product_state', ['draft', 'on_sale', 'paused', 'sold_out', 'gone'])

/** Something that an actor sells. `iri` is null for ours. Amounts are in minor units of the currency, taxes included. */
export const products = pgTable(
  'products',
  {
    id: id(),
    actorId: bigId()
      .notNull()
      .references((): AnyPgColumn => actors.id, { onDelete: 'cascade' }),
    /** Who wrote it; null for those of other servers. Never shown to others. */
    userId: bigId().references(() => users.id, { onDelete: 'set null' }),
    iri: text().unique(),
    /** The page of a product of another server. */
    url: text(),
    state: productState().notNull().default('draft'),
    name: text().notNull(),
    /** HTML: rendered from `source`, or the sanitised text of another server. */
    description: text().notNull().default(''),
    source: text(),
    /** Null where another server does not say. */
    price: bigint({ mode: 'number' }),
    currency: text().notNull().default('EUR'),
    /** In hundredths of a percent: 2000 is 20 %. */
    taxRate: integer().notNull().default(0),
    /** Null: nobody counts. */
    stock: integer(),
    sku: text().notNull().default(''),
    /** Where it is bought outside: a page of the company's shop. */
    shopUrl: text(),
    /** What sending an order costs, however many pieces; null: it is not sent. */
    deliveryPrice: bigint({ mode: 'number' }),
    deliveryText: text().notNull().default(''),
    /** It can be fetched where the seller says. */
    isPickedUp: boolean().notNull().default(true),
    pickupText: text().notNull().default(''),
    /** Another server's, whose orders we know how to place. */
    takesOrders: boolean().notNull().default(false),
    /** The ends of an exchange as another server names them: what is handed over, and what is paid. */
    primaryIri: text(),
    reciprocalIri: text(),
    publishedAt: moment(),
    updatedAt: moment().notNull().defaultNow(),
    /** When other servers are to be told of a stock that has changed. */
    tellDueAt: moment(),
    /** When other servers were last told. */
    toldAt: moment(),
    /** When another server's was last read. */
    fetchedAt: moment(),
    /** When somebody last tried to read another server's. */
    triedAt: moment(),
    createdAt: createdAt(),
  },
  (table) => [
    index('products_actor').on(table.actorId, table.id),
    index('products_tell').on(table.tellDueAt).where(sql`${table.tellDueAt} is not null`),
    uniqueIndex('products_sku')
      .on(table.actorId, table.sku)
      .where(sql`${table.sku} <> '' and ${table.iri} is null and ${table.state} <> 'gone'`),
    check('products_price', sql`${table.price} is null or ${table.price} between 0 and 100000000`),
    check('products_delivery', sql`${table.deliveryPrice} is null or ${table.deliveryPrice} between 0 and 100000000`),
    check('products_tax', sql`${table.taxRate} between 0 and 10000`),
    check('products_stock', sql`${table.stock} is null or ${table.stock} between 0 and 1000000`),
    check('products_priced', sql`${table.iri} is not null or ${table.price} is not null`),
  ],
)

/** What a post shows for sale: up to five, each on a spot of a picture if its author has chosen one. */
export const postProducts = pgTable(
  'post_products',
  {
    id: id(),
    postId: bigId()
      .notNull()
      .references((): AnyPgColumn => posts.id, { onDelete: 'cascade' }),
    /** Null for an offer of which there is nothing but what the post itself says. */
    productId: bigId().references(() => products.id, { onDelete: 'cascade' }),
    position: integer().notNull(),
    mediaId: bigId().references((): AnyPgColumn => media.id, { onDelete: 'set null' }),
    /** From 0 to 1, from the left and from the top of the picture. */
    x: doublePrecision(),
    y: doublePrecision(),
    /** Of an offer without a product: its name, its price as it was written, and where it leads. */
    name: text(),
    price: text(),
    href: text(),
  },
  (table) => [
    uniqueIndex('post_products_place').on(table.postId, table.position),
    index('post_products_product').on(table.productId).where(sql`${table.productId} is not null`),
    index('post_products_media').on(table.mediaId).where(sql`${table.mediaId} is not null`),
    check('post_products_position', sql`${table.position} between 0 and 4`),
    check('post_products_spot', sql`(${table.x} is null) = (${table.y} is null)`),
    check('post_products_within', sql`${table.x} between 0 and 1 and ${table.y} between 0 and 1`),
    check('post_products_offer', sql`${table.productId} is not null or ${table.href} is not null`),
  ],
)

/** Which servers have fetched a product of ours, and when: they are told of its price. */
export const productReaders = pgTable(
  'product_readers',
  {
    productId: bigId()
      .notNull()
      .references(() => products.id, { onDelete: 'cascade' }),
    /** Who signed the request. */
    actorId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    readAt: moment().notNull(),
  },
  (table) => [primaryKey({ columns: [table.productId, table.actorId] }), index().on(table.actorId)],
)

/** How an actor sells: what its orders are paid with, and what the law wants to be said. */
export const shops = pgTable('shops', {
  actorId: bigId()
    .primaryKey()
    .references(() => actors.id, { onDelete: 'cascade' }),
  takesPickupPayment: boolean().notNull().default(true),
  /** Whose account it is, as the bank has it; empty with an empty IBAN: no transfers. */
  accountHolder: text().notNull().default(''),
  iban: text().notNull().default(''),
  bic: text().notNull().default(''),
  /** Who sells, with address and numbers, for the order and the receipt. */
  imprint: text().notNull().default(''),
  /** What the buyer is told of the right to withdraw; empty: the usual text. */
  withdrawalText: text().notNull().default(''),
  updatedAt: moment().notNull().defaultNow(),
})
