import { cleanText } from '#src/core/sanitize.ts'
import type { OrderContact } from '#src/db/schema/orders.ts'
import { type FieldProblem, invalid } from '#src/errors.ts'

/** Pieces in one order at the most. */
export const mostPieces = 999

/** The same of a guest, whom nobody knows. */
export const mostOfGuest = 20

/** Orders of a guest with one shop that are not paid yet. */
export const mostUnpaid = 5

/** After so many days an order that nobody has paid is over, and its pieces are for others: a transfer takes days, and so may the way to a shop. */
const unpaidDays = 14

/** Until when an order waits for its payment. */
export function lapseOf(now: Date): Date {
  return new Date(now.getTime() + unpaidDays * 24 * 3_600_000)
}

/** Lengths of what a buyer types, in UTF-16 units. */
export const contactLimits = {
  ...{ name: 100, email: 254, phone: 30, street: 200, postalCode: 20, city: 100, country: 60 },
  note: 500,
} as const satisfies Record<keyof OrderContact, number>

const names: Readonly<Record<keyof OrderContact, string>> = {
  ...{ name: 'name', email: 'email', phone: 'phone', street: 'street', postalCode: 'postal_code', city: 'city' },
  ...{ country: 'country', note: 'note' },
}

const always: readonly (keyof OrderContact)[] = ['name', 'email']
const whenSent: readonly (keyof OrderContact)[] = [...always, 'street', 'postalCode', 'city', 'country']

/**
 * Who buys, as it is kept. An address is asked for only where something is sent.
 * @throws Problem `invalid` with every field that is wrong
 */
export function checkContact(contact: OrderContact, delivery: 'pickup' | 'shipping'): OrderContact {
  const details: Record<string, FieldProblem[]> = {}
  const needed = delivery === 'shipping' ? whenSent : always
  const kept = Object.fromEntries(
    (Object.keys(contactLimits) as (keyof OrderContact)[]).map((key) => {
      const isAddress = whenSent.includes(key) && !always.includes(key)
      const text = delivery === 'pickup' && isAddress ? '' : contact[key].trim()
      const problem = problemOf(text, {
        isNeeded: needed.includes(key),
        most: contactLimits[key],
        isNoLink: key !== 'note',
      })
      if (problem) details[names[key]] = [problem]
      else if (key === 'email' && !/^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>".]+$/.test(text)) {
        details.email = [{ error: 'ERR_INVALID', description: 'must be an e-mail address' }]
      }
      return [key, cleanText(text, contactLimits[key])]
    }),
  )
  if (Object.keys(details).length > 0) throw invalid('Validation failed: something is missing or wrong', details)
  return kept as OrderContact
}

/** What is typed is mailed to an address that nobody has confirmed: it must be no good for sending links to people. */
function problemOf(
  text: string,
  { isNeeded, most, isNoLink }: { isNeeded: boolean; most: number; isNoLink: boolean },
): FieldProblem | null {
  if (isNoLink && /:\/\/|\bwww\./i.test(text)) return { error: 'ERR_INVALID', description: 'must not be a link' }
  if (text === '' && isNeeded) return { error: 'ERR_BLANK', description: "can't be blank" }
  return text.length > most
    ? { error: 'ERR_TOO_LONG', description: `is too long (${most} characters at the most)` }
    : null
}
