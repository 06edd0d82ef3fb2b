import { type Currency, isCurrency, readAmount } from '#src/core/money.ts'
import { type ReadAttachment, readAttachments } from './attachments.ts'
import { readContent } from './content.ts'
import { isObject, type JsonObject, listOf, type Refused } from './json.ts'
import { dateOf, idOf, iriOf, linksOf, pageOf, textOf } from './values.ts'

/** What somebody elsewhere sells, in plain words. Whether its seller said so is for who fetches it to decide. */
export type ReadProposal = Readonly<{
  iri: string
  attributedTo: string
  name: string
  /** HTML that may be shown. */
  content: string
  /** On the host of its id. */
  url: string
  /** In minor units; null where it is not said, or is said in two ways. */
  price: number | null
  currency: Currency
  /** Null where nobody counts. */
  available: number | null
  isOnSale: boolean
  sku: string
  /** Where it is bought on a page. */
  shopUrl: string | null
  /** The ends of the exchange, when it is one of whole pieces for money, such as we know how to ask for. */
  ends: Readonly<{ primary: string; reciprocal: string }> | null
  images: readonly ReadAttachment[]
  updatedAt: Date | null
}>

/** Types under which it goes: as FEP-0837 writes it, and as Bonfire does, of which only the name is read. */
const proposalTypes = new Set(['Proposal', 'https://w3id.org/valueflows/ont/vf#Proposal', 'vf:Proposal'])
const otherTypes = new Set(['ValueFlows:Proposal', 'ValueFlows:Intent'])

const currencyOfItem: Readonly<Record<string, Currency>> = {
  'https://www.wikidata.org/wiki/Q4916': 'EUR',
  'https://www.wikidata.org/wiki/Q4917': 'USD',
  'https://www.wikidata.org/wiki/Q25224': 'GBP',
  'https://www.wikidata.org/wiki/Q25344': 'CHF',
  'https://www.wikidata.org/wiki/Q1104069': 'CAD',
  'https://www.wikidata.org/wiki/Q8146': 'JPY',
}

const maxName = 200
const maxSku = 64
const maxImages = 5
const maxStock = 1_000_000

/** Whether a document says of itself that it is something for sale. */
export function isProposal(json: JsonObject): boolean {
  return listOf(json.type).some((type) => proposalTypes.has(String(type)) || otherTypes.has(String(type)))
}

/** A document → what is sold, or why it is nothing of the kind. Never throws, whatever the document is. */
export function readProposal(json: JsonObject): ReadProposal | Refused {
  if (!isProposal(json)) return { refused: 'not-a-proposal' }
  const [iri, attributedTo] = [iriOf(json.id), ownerOf(json)]
  if (!iri) return { refused: 'no-id' }
  if (!attributedTo) return { refused: 'no-owner' }
  const name = textOf(json, 'name', maxName)
  if (name === '') return { refused: 'no-name' }
  const isKnown = listOf(json.type).some((type) => proposalTypes.has(String(type)))
  return {
    iri,
    attributedTo,
    name,
    content: readContent(json).content || readContent({ content: json.summary }).content,
    url: pageOf(json, iri),
    ...(isKnown ? readExchange(json, iri) : nothingKnown),
    sku: textOf(json, 'sku', maxSku),
    shopUrl: paymentLink(json),
    images: readAttachments({ attachment: json.image }).slice(0, maxImages),
    updatedAt: dateOf(json.updated) ?? dateOf(json.published),
  }
}

type Exchange = Pick<ReadProposal, 'price' | 'currency' | 'available' | 'isOnSale' | 'ends'>

const nothingKnown: Exchange = { price: null, currency: 'EUR', available: null, isOnSale: true, ends: null }

/** One owner: a list could be read as another one by the next server. */
function ownerOf({ attributedTo }: JsonObject): string | null {
  const owners = listOf(attributedTo)
  return owners.length === 1 ? idOf(owners[0]) : null
}

function readExchange(json: JsonObject, iri: string): Exchange {
  const [primary, reciprocal] = [partOf(json.publishes), partOf(json.reciprocal)]
  const currency = currencyOf(json, reciprocal)
  const asked = numberIn(reciprocal?.resourceQuantity)
  const prices = [asked, numeral(json.price)].filter((price) => price !== null)
  // A price that is said in two ways is none.
  const amounts = new Set(prices.map((price) => (currency ? readAmount(price, currency) : null)))
  const [amount = null] = amounts.size === 1 ? amounts : []
  const available = stockIn(primary?.availableQuantity)
  const isOut = available === 0 || (typeof json.availability === 'string' && !json.availability.endsWith('InStock'))
  const isWhole = json.purpose === 'offer' && json.unitBased === true && numberIn(primary?.resourceQuantity) === '1'
  const isPlain = isWhole && isUnit(primary) && isUnit(reciprocal) && asked !== null
  const ends = { primary: `${iri}#primary`, reciprocal: `${iri}#reciprocal` }
  const areOwn = primary?.id === ends.primary && reciprocal?.id === ends.reciprocal
  return {
    price: amount,
    currency: currency ?? 'EUR',
    available,
    isOnSale: !isOut,
    ends: isPlain && areOwn && amount !== null ? ends : null,
  }
}

function partOf(value: unknown): JsonObject | null {
  const parts = listOf(value)
  return parts.length === 1 && isObject(parts[0]) ? parts[0] : null
}

function currencyOf(json: JsonObject, reciprocal: JsonObject | null): Currency | null {
  const code = json.priceCurrency
  const item = currencyOfItem[String(reciprocal?.resourceConformsTo)] ?? null
  if (code === undefined) return item
  return isCurrency(code) && (item === null || item === code) ? code : null
}

function isUnit(part: JsonObject | null): boolean {
  const quantity = part?.resourceQuantity
  return isObject(quantity) && quantity.hasUnit === 'one'
}

/** The number of a quantity, as it is written. */
export function numberIn(quantity: unknown): string | null {
  return isObject(quantity) ? numeral(quantity.hasNumericalValue) : null
}

/** Numbers should be texts; whole numbers and such as JavaScript writes without an exponent are taken too. */
function numeral(value: unknown): string | null {
  const text = typeof value === 'number' ? String(value) : value
  return typeof text === 'string' && /^\d{1,12}(\.\d{1,6})?$/.test(text) ? text : null
}

function stockIn(quantity: unknown): number | null {
  const text = numberIn(quantity)
  return text !== null && /^\d+$/.test(text) ? Math.min(Number(text), maxStock) : null
}

/** The first page on which it is paid, by https alone. */
function paymentLink({ attachment }: JsonObject): string | null {
  for (const item of listOf(attachment)) {
    if (!isObject(item) || !listOf(item.rel).includes('payment')) continue
    const [link] = linksOf({ href: item.href }, 1)
    if (link?.href.startsWith('https://')) return link.href
  }
  return null
}
