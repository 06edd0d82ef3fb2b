import type { Viewer } from '#src/context.ts'
import { type Currency, mostAmount, mostTaxRate } from '#src/core/money.ts'
import { cleanText } from '#src/core/sanitize.ts'
import { forbidden } from '#src/errors.ts'
import { fieldProblem } from '#src/features/actors/policy.ts'
import { may } from '#src/features/teams/policy.ts'

/** How much a catalogue and its products may hold. Lengths are in UTF-16 units. */
export const productLimits = {
  name: 120,
  description: 5_000,
  text: 500,
  sku: 64,
  url: 2_000,
  pictures: 5,
  stock: 1_000_000,
  /** Of one actor, those that are gone left out. */
  products: 2_000,
  /** In one post. */
  inPost: 5,
} as const

/** The states in which a team can put a product; the others come by themselves. */
export const chosenStates = ['draft', 'on_sale', 'paused', 'sold_out'] as const

/** Where a product stands. */
export type ProductState = (typeof chosenStates)[number] | 'gone'

/** What is said of a product, as it is kept. `price` and `deliveryPrice` in minor units of `currency`, `taxRate` in hundredths of a percent. */
export type ProductValues = Readonly<{
  state: (typeof chosenStates)[number]
  name: string
  /** The text as it was typed. */
  source: string
  price: number
  currency: Currency
  taxRate: number
  /** Null: nobody counts. */
  stock: number | null
  sku: string
  shopUrl: string | null
  /** Null: it is not sent. */
  deliveryPrice: number | null
  deliveryText: string
  isPickedUp: boolean
  pickupText: string
}>

/** @throws Problem `forbidden` when the role does not allow to sell as this actor */
export function requireSeller(viewer: Viewer): void {
  if (may(viewer.role, 'publish')) return
  throw forbidden('Your role in this team does not allow you to sell; ask an owner or an admin', 'role')
}

/** What is said of a product, made harmless. @throws Problem `invalid` with the field that cannot be used */
export function checkProduct(values: ProductValues): ProductValues {
  const { price, taxRate, stock, deliveryPrice } = values
  // What costs nothing is not sold: nobody could promise to pay it.
  checkNumber('price', price, mostAmount, 1)
  checkNumber('tax_rate', taxRate, mostTaxRate)
  if (stock !== null) checkNumber('stock', stock, productLimits.stock)
  if (deliveryPrice !== null) checkNumber('delivery_price', deliveryPrice, mostAmount)
  const name = checkWords('name', values.name, productLimits.name).replaceAll(/\s+/g, ' ').trim()
  if (name === '') throw fieldProblem('name', 'ERR_BLANK', "can't be blank")
  return {
    ...values,
    name,
    source: checkWords('description', values.source, productLimits.description),
    sku: checkWords('sku', values.sku, productLimits.sku).trim(),
    shopUrl: checkShopUrl(values.shopUrl),
    deliveryText: checkWords('delivery_text', values.deliveryText, productLimits.text),
    pickupText: checkWords('pickup_text', values.pickupText, productLimits.text),
    state: settledState(values.state, stock),
  }
}

/** Nothing is on sale of which there is nothing, and nothing is sold out of which there is some. */
export function settledState<S extends ProductState>(state: S, stock: number | null): S | 'on_sale' | 'sold_out' {
  if (state === 'on_sale' && stock === 0) return 'sold_out'
  return state === 'sold_out' && stock !== null && stock > 0 ? 'on_sale' : state
}

function checkNumber(field: string, value: number, most: number, least = 0): void {
  if (Number.isInteger(value) && value >= least && value <= most) return
  throw fieldProblem(field, 'ERR_INVALID', `must be a whole number from ${least} to ${most}`)
}

function checkWords(field: string, text: string, most: number): string {
  if (text.length > most) throw fieldProblem(field, 'ERR_TOO_LONG', `is too long (${most} characters at the most)`)
  return cleanText(text.replace(/\r\n?/g, '\n'), most)
}

/** A page of a shop. Nothing but https: it is where people pay. */
function checkShopUrl(url: string | null): string | null {
  const text = url?.trim() ?? ''
  if (text === '') return null
  const parsed = text.length <= productLimits.url && URL.canParse(text) ? new URL(text) : null
  if (parsed?.protocol === 'https:' && !parsed.username && !parsed.password) return parsed.href
  throw fieldProblem('shop_url', 'ERR_INVALID', 'must begin with https://')
}

/** Whether a change of a product is one that others must be told of at once: not only how many there are. */
export function isNews(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
  told: readonly string[],
): boolean {
  return told.some((field) => before[field] !== after[field])
}
