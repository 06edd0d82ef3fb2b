import type { Ctx } from '#src/context.ts'
import { totalsOf } from '#src/core/money.ts'
import type { OrderContact } from '#src/db/schema/orders.ts'
import type { FieldProblem, Problem } from '#src/errors.ts'
import { toActorValue } from '#src/features/actors/views.ts'
import { pictureAddresses } from '#src/features/media/addresses.ts'
import type { ShownProduct } from '#src/features/products/load.ts'
import { getShop } from '#src/features/products/shop.ts'
import type { Shop } from '#src/features/products/shop-queries.ts'
import { toFace } from '#src/features/products/views.ts'
import type { Translator } from '#src/locales/translator.ts'
import type { CheckoutTyped, CheckoutValue } from '#src/web/components/checkout.ts'
import { type Payable, paymentProviders } from './payments.ts'
import { currencyOf } from './place.ts'
import { contactLimits, mostPieces } from './policy.ts'

/** What somebody has typed so far, and what has become of it. */
export type CheckoutState = Readonly<{
  typed: CheckoutTyped
  key: string
  notice: string | null
  /** The order that the same form has placed before. */
  earlierHref?: string | null
  /** Of the answer, where it does not follow from the rest. */
  status?: number
  errors: Readonly<Record<string, string>>
}>

/** Nothing typed: one piece. */
export const blankCheckout: CheckoutTyped = {
  ...{ quantity: '1', delivery: '', payment: '', name: '', email: '', phone: '' },
  ...{ street: '', postal_code: '', city: '', country: '', note: '' },
}

/** The contact among what was typed. */
export function contactOf(typed: CheckoutTyped): OrderContact {
  const { name, email, phone, street, postal_code: postalCode, city, country, note } = typed
  return { name, email, phone, street, postalCode, city, country, note }
}

/** The number that was typed; NaN for what is none. */
export function quantityOf({ quantity }: CheckoutTyped): number {
  return /^\d{1,4}$/.test(quantity.trim()) ? Number(quantity) : Number.NaN
}

/** The ways to receive a product, in the order in which they are offered. */
export function deliveriesOf({ product }: ShownProduct): CheckoutValue['deliveries'] {
  const amount = product.deliveryPrice
  return [
    ...(product.isPickedUp ? [{ value: 'pickup' as const, hint: product.pickupText, price: null }] : []),
    ...(amount !== null
      ? [{ value: 'shipping' as const, hint: product.deliveryText, price: { amount, currency: currencyOf(product) } }]
      : []),
  ]
}

/** How an order is shown that is about to be placed. */
export type CheckoutPage = Readonly<{
  shown: ShownProduct
  /** The price of a piece; that of the product unless another was agreed on. */
  price: number
  state: CheckoutState
  action: string
  title: string
  lead: string | null
  buyer: string | null
  isFixed: boolean
}>

/** How somebody pays: where what they received it by leaves one way only, that one, whatever was chosen before. */
export async function paymentOf(ctx: Ctx, { product, seller }: ShownProduct, typed: CheckoutTyped): Promise<string> {
  const delivery = typed.delivery === 'shipping' ? 'shipping' : 'pickup'
  const payments = paymentsOf(await getShop(ctx, seller.id), { currency: currencyOf(product), delivery })
  return payments.length === 1 ? (payments[0] ?? '') : typed.payment
}

function paymentsOf(shop: Shop, way: Pick<Payable, 'currency' | 'delivery'>): string[] {
  return paymentProviders.filter((one) => one.isOffered(shop, way)).map(({ name }) => name)
}

/** Fewer are told of: who wants more of them should know before the button. */
const fewPieces = 10

/** The page on which something is ordered: what was chosen is completed where one thing excludes another, and summed up. */
export async function toCheckout(ctx: Ctx, page: CheckoutPage, t: Translator): Promise<CheckoutValue> {
  const { shown, price, state } = page
  const { product, seller } = shown
  const [shop, addresses] = await Promise.all([getShop(ctx, seller.id), pictureAddresses(ctx)])
  const face = toFace({ ctx, addresses, onlooker: 'everybody' }, shown)
  const deliveries = deliveriesOf(shown)
  const delivery = deliveries.find(({ value }) => value === state.typed.delivery)?.value ?? deliveries[0]?.value ?? null
  const currency = currencyOf(product)
  const payments = paymentsOf(shop, { currency, delivery })
  const payment = payments.find((name) => name === state.typed.payment) ?? payments[0] ?? ''
  const asked = quantityOf(state.typed)
  const quantity = asked >= 1 && asked <= mostPieces ? asked : 1
  const deliveryPrice = delivery === 'shipping' ? (product.deliveryPrice ?? 0) : 0
  const sum = totalsOf({ price, quantity, delivery: deliveryPrice, taxRate: product.taxRate })
  const money = (amount: number) => ({ amount, currency })
  return {
    ...{ title: page.title, lead: page.lead, action: page.action, buyer: page.buyer, isFixed: page.isFixed },
    left: !page.isFixed && product.stock !== null && product.stock < fewPieces ? product.stock : null,
    name: product.name,
    picture: face.picture,
    seller: toActorValue(ctx, seller),
    typed: { ...state.typed, delivery: delivery ?? '', payment },
    deliveries,
    payments: payments.filter((name) => name === 'pickup' || name === 'transfer'),
    totals: {
      goods: money(sum.goods),
      delivery: delivery === 'shipping' ? money(sum.delivery) : null,
      total: money(sum.total),
      taxRate: product.taxRate,
      tax: money(sum.tax),
    },
    imprint: shop.imprint,
    withdrawalText: shop.withdrawalText || t.orders.withdrawalText,
    limits: contactLimits,
    hidden: { key: state.key, total: String(sum.total), currency },
    notice: state.notice,
    earlierHref: state.earlierHref ?? null,
    errors: state.errors,
  }
}

/** What is wrong with an order, in the language of the reader, by field. @throws the Problem where no field can be changed */
export function checkoutErrors(problem: Problem, t: Translator): Record<string, string> {
  const details = Object.entries(problem.details ?? {})
  if (details.length === 0) throw problem
  return Object.fromEntries(details.map(([field, problems]) => [field, sentenceOf(field, problems[0], t)]))
}

function sentenceOf(field: string, problem: FieldProblem | undefined, t: Translator): string {
  const words: Partial<Record<string, string>> = t.orders.problems
  if (problem?.error === 'ERR_BLANK') return t.orders.problems.blank
  if (problem?.error === 'ERR_TOO_MANY') return t.orders.problems.tooMany
  if (problem?.error === 'ERR_TOO_LONG') return t.fieldProblems.tooLong
  return (mayHoldNoLink.has(field) ? words.link : words[field]) ?? t.orders.problems.other
}

/** Fields that may hold anything but a link. */
const mayHoldNoLink: ReadonlySet<string> = new Set(['name', 'phone', 'street', 'postal_code', 'city', 'country'])
