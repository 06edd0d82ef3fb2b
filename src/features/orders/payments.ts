import type { Currency } from '#src/core/money.ts'
import { epcText, shownIban } from '#src/core/sepa.ts'
import type { Shop } from '#src/features/products/shop-queries.ts'

/** What an order needs to be paid: amounts in minor units. */
export type Payable = Readonly<{
  number: string
  total: number
  currency: Currency
  delivery: 'pickup' | 'shipping' | null
}>

/** What a buyer is told to do; `code` is what stands in a picture that a banking app reads. */
export type Instructions =
  | Readonly<{ kind: 'on-pickup' }>
  | Readonly<{ kind: 'transfer'; holder: string; iban: string; bic: string; reference: string; code: string }>

/**
 * A way to be paid. One that leads to another page, or that hears of payments by itself, is another row here: it moves the order by
 * `moveOrder`, as the seller's button does.
 */
export type PaymentProvider = Readonly<{
  name: string
  /** Whether a shop takes an order by it. */
  isOffered(shop: Shop, order: Pick<Payable, 'currency' | 'delivery'>): boolean
  instruct(shop: Shop, order: Payable): Instructions
}>

const onPickup: PaymentProvider = {
  name: 'pickup',
  isOffered: ({ takesPickupPayment }, { delivery }) => takesPickupPayment && delivery === 'pickup',
  instruct: () => ({ kind: 'on-pickup' }),
}

const transfer: PaymentProvider = {
  name: 'transfer',
  // SEPA knows euros alone.
  isOffered: ({ iban }, { currency }) => iban !== '' && currency === 'EUR',
  instruct: ({ accountHolder: holder, iban, bic }, { total, number: reference }) => ({
    kind: 'transfer',
    holder,
    iban: shownIban(iban),
    bic,
    reference,
    code: epcText({ holder, iban, bic, amount: total, reference }),
  }),
}

/** Every way to be paid, in the order in which it is offered. */
export const paymentProviders: readonly PaymentProvider[] = [onPickup, transfer]

/** The name of a way to be paid, and null for one that is not there (any longer). */
export function findProvider(name: string | null): PaymentProvider | null {
  return paymentProviders.find((provider) => provider.name === name) ?? null
}
