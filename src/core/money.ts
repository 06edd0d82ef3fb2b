import type { Locale } from './i18n.ts'

/** The currencies in which something is sold, with the digits behind the point of each. @see ISO 4217 */
export const currencies = { EUR: 2, USD: 2, GBP: 2, CHF: 2, CAD: 2, JPY: 0 } as const

/** The code of a currency. */
export type Currency = keyof typeof currencies

/** An amount in minor units: 2490 EUR are 24.90 euros. Never a fraction. */
export type Money = Readonly<{ amount: number; currency: Currency }>

/** The largest amount that anything costs, in minor units: products of it and any quantity stay exact. */
export const mostAmount = 100_000_000

/** Tax rates are in hundredths of a percent: 2000 is 20 %. */
export const mostTaxRate = 10_000

/** Narrows a foreign value to a currency that we have. */
export function isCurrency(code: unknown): code is Currency {
  return typeof code === 'string' && Object.hasOwn(currencies, code)
}

/** An amount as other programs read it: `24.90`, with a point and all digits. */
export function toDecimal({ amount, currency }: Money): string {
  const digits = currencies[currency]
  const text = String(amount).padStart(digits + 1, '0')
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
}

/** A number with a point as people type it in a language: French has a comma. */
export function typedNumber(locale: Locale, text: string): string {
  return locale === 'fr' ? text.replace('.', ',') : text
}

/**
 * An amount that somebody typed or another server wrote, in minor units: `24.90`, `24,9`, `1 250`. Null for what is no amount, has more digits
 * than the currency, or is too large. Read letter by letter: no floating point number is ever made of it.
 */
export function readAmount(text: string, currency: Currency): number | null {
  const digits = currencies[currency]
  const found = /^(\d{1,12})(?:[.,](\d{1,6}))?$/.exec(text.replaceAll(/[\s\u00a0\u202f]/g, ''))
  if (!found) return null
  const [, whole = '', fraction = ''] = found
  const kept = fraction.slice(0, digits).padEnd(digits, '0')
  if (/[1-9]/.test(fraction.slice(digits))) return null
  const amount = Number(whole + kept)
  return amount <= mostAmount ? amount : null
}

/** A rate that somebody typed, in hundredths of a percent: `20`, `5,5`. Null for what is none. */
export function readTaxRate(text: string): number | null {
  const found = /^(\d{1,3})(?:[.,](\d{1,2}))?$/.exec(text.replaceAll(/[\s\u00a0\u202f%]/g, ''))
  if (!found) return null
  const rate = Number(found[1]) * 100 + Number((found[2] ?? '').padEnd(2, '0'))
  return rate <= mostTaxRate ? rate : null
}

/** A rate as it is typed: `20`, `5.5`. */
export function taxRateText(rate: number): string {
  const [whole, rest] = [Math.floor(rate / 100), rate % 100]
  return rest === 0 ? String(whole) : `${whole}.${String(rest).padStart(2, '0').replace(/0$/, '')}`
}

/** How much of an amount that has its tax in it is tax. Half a minor unit goes to the price, as it is rounded to the nearest. */
export function taxIn(amount: number, rate: number): number {
  const whole = BigInt(10_000 + rate)
  const net = (2n * BigInt(amount) * 10_000n + whole) / (2n * whole)
  return amount - Number(net)
}

/** What an order costs. */
export type Totals = Readonly<{ goods: number; delivery: number; total: number; tax: number }>

/** The sum of so many pieces and their delivery, with the tax that is in it. All in minor units. */
export function totalsOf(line: { price: number; quantity: number; delivery: number; taxRate: number }): Totals {
  const goods = line.price * line.quantity
  const total = goods + line.delivery
  return { goods, delivery: line.delivery, total, tax: taxIn(total, line.taxRate) }
}

const formats = new Map<string, Intl.NumberFormat>()

/** An amount as the language writes it: €24.90, 24,90 €. */
export function formatMoney(locale: Locale, money: Money): string {
  const key = `${locale} ${money.currency}`
  const region = locale === 'fr' ? 'fr-FR' : 'en-GB'
  const format = formats.get(key) ?? new Intl.NumberFormat(region, { style: 'currency', currency: money.currency })
  formats.set(key, format)
  // As a text: Intl writes it digit by digit.
  return format.format(toDecimal(money) as Intl.StringNumericLiteral)
}
