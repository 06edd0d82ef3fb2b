import type { Locale } from '#src/core/i18n.ts'
import {
  type Currency,
  isCurrency,
  readAmount,
  readTaxRate,
  taxRateText,
  toDecimal,
  typedNumber,
} from '#src/core/money.ts'
import { fieldProblem } from '#src/features/actors/policy.ts'
import { chosenStates, type ProductValues } from './policy.ts'

/** A product as somebody types it, a client sends it, or a table has it: all are texts. */
export type TypedProduct = Readonly<{
  state: string
  name: string
  description: string
  /** `24.90` or `24,90`, taxes included. */
  price: string
  currency: string
  /** In percent: `20`, `5.5`. */
  tax_rate: string
  /** Empty: nobody counts. */
  stock: string
  sku: string
  shop_url: string
  /** Empty: it is not sent. */
  delivery_price: string
  delivery_text: string
  /** `true` or `false`. */
  pickup: string
  pickup_text: string
}>

/** The names of what is typed, in the order of forms and tables. */
export const productFields = [
  ...(['sku', 'name', 'state', 'price', 'currency', 'tax_rate', 'stock', 'description', 'shop_url'] as const),
  ...(['delivery_price', 'delivery_text', 'pickup', 'pickup_text'] as const),
] as const satisfies readonly (keyof TypedProduct)[]

/** A product of which nothing is said yet. */
export const blankProduct: TypedProduct = {
  ...{ state: 'on_sale', name: '', description: '', price: '', currency: 'EUR', tax_rate: '20', stock: '', sku: '' },
  ...{ shop_url: '', delivery_price: '', delivery_text: '', pickup: 'true', pickup_text: '' },
}

/** What was typed, as values. @throws Problem `invalid` with the field that cannot be read */
export function readProduct(typed: TypedProduct): ProductValues {
  const currency = readCurrency(typed.currency)
  const state = chosenStates.find((one) => one === typed.state.trim())
  if (!state) throw fieldProblem('state', 'ERR_INVALID', `must be one of ${chosenStates.join(', ')}`)
  if (typed.price.trim() === '') throw fieldProblem('price', 'ERR_BLANK', "can't be blank")
  const stock = typed.stock.trim()
  if (!/^\d{0,7}$/.test(stock)) throw fieldProblem('stock', 'ERR_INVALID', 'must be a whole number, or empty')
  const taxRate = readTaxRate(typed.tax_rate)
  if (taxRate === null) throw fieldProblem('tax_rate', 'ERR_INVALID', 'must be a percentage such as 20 or 5.5')
  const hasDelivery = typed.delivery_price.trim() !== ''
  return {
    state,
    name: typed.name,
    source: typed.description,
    price: readPrice('price', typed.price, currency),
    currency,
    taxRate,
    stock: stock === '' ? null : Number(stock),
    sku: typed.sku,
    shopUrl: typed.shop_url.trim() || null,
    deliveryPrice: hasDelivery ? readPrice('delivery_price', typed.delivery_price, currency) : null,
    deliveryText: typed.delivery_text,
    isPickedUp: ['true', '1', 'yes', 'on', 'oui'].includes(typed.pickup.trim().toLowerCase()),
    pickupText: typed.pickup_text,
  }
}

function readCurrency(code: string): Currency {
  const currency = code.trim().toUpperCase()
  if (isCurrency(currency)) return currency
  throw fieldProblem('currency', 'ERR_INVALID', 'is not one of those in which something is sold here')
}

function readPrice(field: string, text: string, currency: Currency): number {
  const amount = readAmount(text, currency)
  if (amount === null) throw fieldProblem(field, 'ERR_INVALID', 'must be an amount such as 24.90')
  return amount
}

/** Values as they would be typed. */
export function typedOf(values: ProductValues): TypedProduct {
  const { currency, price, deliveryPrice, stock } = values
  return {
    state: values.state,
    name: values.name,
    description: values.source,
    price: toDecimal({ amount: price, currency }),
    currency,
    tax_rate: taxRateText(values.taxRate),
    stock: stock === null ? '' : String(stock),
    sku: values.sku,
    shop_url: values.shopUrl ?? '',
    delivery_price: deliveryPrice === null ? '' : toDecimal({ amount: deliveryPrice, currency }),
    delivery_text: values.deliveryText,
    pickup: String(values.isPickedUp),
    pickup_text: values.pickupText,
  }
}

/** The same as a person types it in a language, for forms. Programs and tables have `typedOf`. */
export function typedIn(locale: Locale, values: ProductValues): TypedProduct {
  const typed = typedOf(values)
  return {
    ...typed,
    price: typedNumber(locale, typed.price),
    tax_rate: typedNumber(locale, typed.tax_rate),
    delivery_price: typedNumber(locale, typed.delivery_price),
  }
}
