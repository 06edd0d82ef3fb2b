import { isObject, type JsonObject, listOf } from './json.ts'
import { readPolicy } from './policy.ts'
import { firstIdOf, idOf, iriOf, typeOf } from './values.ts'

/** What a post quotes, and who may quote it, as its document says it. */
export type ReadQuote = Readonly<{
  /** The quoted post. */
  quote: string | null
  /** Only the older names say so, behind which nobody was asked. */
  isLegacyQuote: boolean
  /** Where the consent to the quote is said to stand. */
  quoteAuthorization: string | null
  /** Who may quote the post without being asked about, and who only after its author's yes: actors, collections, everybody. */
  quoteAutomatic: readonly string[]
  quoteManual: readonly string[]
}>

/** A consent to a quote. @see https://w3id.org/fep/044f */
export type ReadQuoteAuthorization = Readonly<{
  attributedTo: string
  interactingObject: string
  interactionTarget: string
}>

const linkTypes: ReadonlySet<'Link'> = new Set(['Link'])
const authorizationTypes: ReadonlySet<'QuoteAuthorization'> = new Set(['QuoteAuthorization'])

/** What comes after that is not looked at: no honest post has so many tags. */
const mostTags = 256

/** What a document says of quotes. */
export function readQuote(json: JsonObject): ReadQuote {
  // Mastodon 4.5 puts a Tombstone without an id in the place of what is deleted.
  const quote = idOf(json.quote)
  const older = json.quote === undefined ? readOlder(json) : null
  const policy = readPolicy(json, 'canQuote')
  return {
    quote: quote ?? older,
    isLegacyQuote: quote === null && older !== null,
    quoteAuthorization: quote === null ? null : idOf(json.quoteAuthorization),
    quoteAutomatic: policy?.automatic ?? [],
    quoteManual: policy?.manual ?? [],
  }
}

/** Misskey, Fedibird and Pleroma, and the link of FEP-e232. */
function readOlder(json: JsonObject): string | null {
  const named = idOf(json.quoteUrl) ?? idOf(json.quoteUri) ?? idOf(json._misskey_quote)
  return named ?? firstIdOf(listOf(json.tag).slice(0, mostTags).map(hrefOfObjectLink))
}

function hrefOfObjectLink(tag: unknown): string | null {
  if (!isObject(tag) || typeOf(tag, linkTypes) === null || !isDocument(tag.mediaType)) return null
  return listOf(tag.rel).some((rel) => typeof rel === 'string' && rel.endsWith('#_misskey_quote'))
    ? iriOf(tag.href)
    : null
}

function isDocument(mediaType: unknown): boolean {
  return typeof mediaType === 'string' && /^application\/(activity|ld)\+json\b/i.test(mediaType)
}

/** A document → the consent that it is; null when it is none. */
export function readQuoteAuthorization(json: JsonObject): ReadQuoteAuthorization | null {
  const attributedTo = idOf(json.attributedTo)
  const [interactingObject, interactionTarget] = [idOf(json.interactingObject), idOf(json.interactionTarget)]
  if (typeOf(json, authorizationTypes) === null) return null
  return attributedTo && interactingObject && interactionTarget
    ? { attributedTo, interactingObject, interactionTarget }
    : null
}
