import { z } from 'zod'
import { chosenStates } from '#src/features/products/policy.ts'
import { MediaAttachment } from './media-shape.ts'
import { scalars } from './scalars.ts'

const { id, url, datetime, count } = scalars

const Money = z.strictObject({
  amount: count,
  currency: z.string().length(3),
  decimal: z.string().regex(/^\d+(\.\d+)?$/),
})

const Product = z.strictObject({
  id,
  uri: url,
  url,
  state: z.enum([...chosenStates, 'gone']),
  name: z.string(),
  description: z.string(),
  price: Money.nullable(),
  tax_rate: count,
  stock: count.nullable(),
  sku: z.string(),
  shop_url: url.nullable(),
  delivery: z.strictObject({ price: Money, text: z.string() }).nullable(),
  pickup: z.strictObject({ text: z.string() }).nullable(),
  pictures: z.array(MediaAttachment),
  seller: z.strictObject({ id, acct: z.string(), display_name: z.string(), url }),
  can_be_ordered: z.boolean(),
  updated_at: datetime,
})

/** A product in a status, on a spot of one of its pictures. */
const PostedProduct = z.strictObject({
  product: Product.nullable(),
  name: z.string(),
  price_text: z.string().nullable(),
  url,
  is_own: z.boolean(),
  media_id: id.nullable(),
  x: z.number().min(0).max(1).nullable(),
  y: z.number().min(0).max(1).nullable(),
})

/** The states of an order, in the words of the client API. */
const orderStates = [
  ...(['offered', 'reserved', 'open', 'paid', 'shipped', 'delivered'] as const),
  ...(['cancelled', 'refunded', 'rejected', 'expired'] as const),
] as const

const Order = z.strictObject({
  id,
  number: z.string().min(2),
  state: z.enum(orderStates),
  next_state: z.enum(orderStates).nullable(),
  product_id: id.nullable(),
  product_name: z.string(),
  quantity: z.number().int().positive(),
  unit_price: Money,
  delivery_price: Money,
  total: Money,
  tax: Money,
  tax_rate: count,
  delivery: z.enum(['pickup', 'shipping']).nullable(),
  payment: z.string().nullable(),
  seller_acct: z.string(),
  buyer_acct: z.string().nullable(),
  contact: z
    .strictObject({
      ...{ name: z.string(), email: z.string(), phone: z.string(), street: z.string(), postal_code: z.string() },
      ...{ city: z.string(), country: z.string(), note: z.string() },
    })
    .nullable(),
  url: url.nullable(),
  created_at: datetime,
  updated_at: datetime,
})

/** What this instance says beyond Mastodon, under one name of its own. */
export const Entremise = z.strictObject({ products: z.array(PostedProduct) })

/** Products and orders. */
export const productShapes = { Product, PostedProduct, Order }
