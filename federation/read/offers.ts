import { cleanText } from '#src/core/sanitize.ts'
import { isObject, type JsonObject, listOf } from './json.ts'
import { iriOf, pageOf } from './values.ts'

/**
 * What a post shows for sale: a product by its id, or only words and an address. `picture` counts the pictures of the post from 0; the place
 * on it is from 0 to 1, from the left and from the top.
 */
export type ReadOffer = Readonly<{
  proposal: string | null
  name: string
  price: string | null
  href: string
  spot: Readonly<{ picture: number; x: number; y: number }> | null
}>

/** A post shows five things for sale at the most. */
const mostOffers = 5

const maxLookedAt = 256
const maxWords = 200

const proposalRel = 'https://w3id.org/valueflows/ont/vf#Proposal'

/** What a post shows for sale, each once. */
export function readOffers(json: JsonObject, iri: string): ReadOffer[] {
  const links = [...listOf(json.tag), ...listOf(json.attachment)].slice(0, maxLookedAt)
  const offers = [...links.flatMap((link) => offerIn(link) ?? []), ...flohmarkt(json, iri)]
  const seen = new Map(offers.map((offer) => [offer.proposal ?? offer.href, offer]))
  return [...seen.values()].slice(0, mostOffers)
}

/** A Link to a product, or to where something is paid: by https alone, and never opened by itself. */
function offerIn(value: unknown): ReadOffer | null {
  if (!isObject(value)) return null
  if (value.type !== 'Link') return listOf(value.type).includes('Proposal') ? embedded(value) : null
  const rel = listOf(value.rel)
  const href = iriOf(value.href)
  const name = typeof value.name === 'string' ? cleanText(value.name, maxWords) : ''
  if (href && rel.includes(proposalRel)) return { proposal: href, name, price: null, href, spot: spotOf(value) }
  if (!href?.startsWith('https://') || !rel.includes('payment')) return null
  return { proposal: null, name, price: null, href, spot: null }
}

/** Only its id is taken: what it says, its own server must say. */
function embedded(value: JsonObject): ReadOffer | null {
  const id = iriOf(value.id)
  return id ? { proposal: id, name: '', price: null, href: id, spot: null } : null
}

function spotOf({ picture, position }: JsonObject): ReadOffer['spot'] {
  const [x, y] = listOf(position)
  const isPart = (part: unknown): part is number => typeof part === 'number' && part >= 0 && part <= 1
  const isPlace = Number.isInteger(picture) && Number(picture) >= 0 && isPart(x) && isPart(y)
  return isPlace ? { picture: Number(picture), x, y } : null
}

/** Classified advertisements of flohmarkt stand under a key of its own. */
function flohmarkt(json: JsonObject, iri: string): ReadOffer[] {
  const data = json['flohmarkt:data']
  if (!isObject(data) || typeof data.name !== 'string') return []
  const currency = typeof data.currency === 'string' ? ` ${data.currency}` : ''
  const isPrice = typeof data.price === 'string' || typeof data.price === 'number'
  const price = isPrice ? cleanText(`${data.price}${currency}`, maxWords) : null
  return [{ proposal: null, name: cleanText(data.name, maxWords), price, href: pageOf(json, iri), spot: null }]
}
