import { type Currency, readAmount } from '#src/core/money.ts'
import { isObject, type JsonObject, listOf } from './json.ts'
import { numberIn } from './proposal.ts'
import { idOf, iriOf, linksOf } from './values.ts'

/** What two have agreed on, or one asks for: so many pieces of one thing for so much of another. */
export type ReadAgreement = Readonly<{
  iri: string | null
  attributedTo: string | null
  /** The ends of the Proposal that it satisfies. */
  primary: string
  reciprocal: string
  quantity: number
  /** As it is written; it means something only in a currency. */
  amount: string
  /** Where it is paid. */
  paymentHref: string | null
  /** Where it stands, in the words that are sent. */
  state: string | null
}>

/** Whether a document says of itself that it is an agreement. */
export function isAgreement(value: unknown): value is JsonObject {
  return isObject(value) && listOf(value.type).some((type) => String(type) === 'Agreement' || type === 'vf:Agreement')
}

/** A document → what is agreed on; null for what is no agreement about whole pieces. Never throws. */
export function readAgreement(value: unknown): ReadAgreement | null {
  if (!isAgreement(value)) return null
  const [given, paid] = [commitmentOf(value.stipulates), commitmentOf(value.stipulatesReciprocal)]
  if (!given || !paid || !/^\d{1,7}$/.test(given.number)) return null
  const preview = isObject(value.preview) ? value.preview.name : null
  return {
    iri: iriOf(value.id),
    attributedTo: idOf(value.attributedTo),
    primary: given.satisfies,
    reciprocal: paid.satisfies,
    quantity: Number(given.number),
    amount: paid.number,
    paymentHref: paymentOf(value),
    state: typeof preview === 'string' ? preview : null,
  }
}

/** The amount in minor units of a currency; null for what is none. */
export function amountIn({ amount }: ReadAgreement, currency: Currency): number | null {
  return readAmount(amount, currency)
}

/** One end: a number of units without a name of their own. */
function commitmentOf(value: unknown): { satisfies: string; number: string } | null {
  const parts = listOf(value)
  const [part] = parts
  if (parts.length !== 1 || !isObject(part)) return null
  const satisfies = idOf(part.satisfies)
  const quantity = part.resourceQuantity
  const number = numberIn(quantity)
  return satisfies && number !== null && isObject(quantity) && quantity.hasUnit === 'one' ? { satisfies, number } : null
}

function paymentOf({ url }: JsonObject): string | null {
  const links = listOf(url).filter((link) => isObject(link) && listOf(link.rel).includes('payment'))
  return linksOf(links, 1)[0]?.href ?? null
}
