import { cleanText } from '#src/core/sanitize.ts'
import { isObject, type JsonObject, listOf } from './json.ts'
import { activityStreams, publicIri } from './terms.ts'

/** Longer addresses are nobody's: they would only fill the database, whose indexes take 2,704 bytes and no more. */
const maxIriBytes = 2048

/** More recipients than a post has by any honest means. */
const maxAddresses = 1000

/**
 * http(s), a host without user name and password, and nothing that ends an address in a header or an attribute; no half of a pair of
 * surrogates, which PostgreSQL keeps nowhere.
 */
const iriShape = /^https?:\/\/[^\s\p{Cc}\p{Cs}\\/?#@<>"]+(?:[/?#][^\s\p{Cc}\p{Cs}\\<>"]*)?$/iu

const dateShape = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)$/i

/** An absolute http(s) address as it was written, or null. It is compared letter by letter, so it is never rewritten. */
export function iriOf(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > maxIriBytes || !iriShape.test(value)) return null
  const host = Buffer.byteLength(value) <= maxIriBytes ? URL.parse(value)?.hostname : undefined
  // With a dot at its end a host is another name of the same server, by which nobody honest calls it.
  return host === undefined || host.endsWith('.') ? null : value
}

/** The id of a thing given as its id or as an object; null for anything else, a list included. */
export function idOf(value: unknown): string | null {
  return iriOf(isObject(value) ? value.id : value)
}

/** The first id among one or many things. */
export function firstIdOf(value: unknown): string | null {
  for (const item of listOf(value)) {
    const id = idOf(item)
    if (id !== null) return id
  }
  return null
}

/** The ids of one or many things, each once; what has none is left out. */
export function idsOf(value: unknown, max: number): string[] {
  const ids = new Set<string>()
  for (const item of listOf(value)) {
    const id = idOf(item)
    if (id !== null) ids.add(id)
    if (ids.size === max) break
  }
  return [...ids]
}

/**
 * Who is addressed by a `to` or `cc`, each once, everybody always as the full IRI. NodeBB 4 puts integers into these lists, others
 * null: they are nobody. Everybody comes first, so that no limit can turn a public post into a private one.
 */
export function addressesOf(value: unknown): string[] {
  const items = listOf(value)
  const ids = idsOf(items, maxAddresses)
  return items.some(isPublic) ? [publicIri, ...ids.filter((id) => id !== publicIri)] : ids
}

function isPublic(value: unknown): boolean {
  const id = isObject(value) ? value.id : value
  return id === publicIri || id === 'as:Public' || id === 'Public'
}

/** The first type of a thing that is among the known ones, without its namespace. */
export function typeOf<T extends string>(json: JsonObject, known: ReadonlySet<T>): T | null {
  for (const value of listOf(json.type)) {
    const type = localName(value)
    if (isOneOf(known, type)) return type
  }
  return null
}

/** The first type of a thing, whatever it is, without its namespace; cut, since it goes to the log. */
export function anyTypeOf(json: JsonObject): string | null {
  const [type = null] = listOf(json.type).map(localName)
  return type === null ? null : cleanText(type, 64)
}

function isOneOf<T extends string>(known: ReadonlySet<T>, value: string | null): value is T {
  return value !== null && (known as ReadonlySet<string>).has(value)
}

function localName(value: unknown): string | null {
  if (typeof value !== 'string') return null
  if (value.startsWith('as:')) return value.slice(3)
  return value.startsWith(activityStreams) ? value.slice(activityStreams.length) : value
}

/** A text, or the first one of a language map, as it was written; null when there is none. */
export function rawTextOf(json: JsonObject, name: string): string | null {
  for (const value of listOf(json[name])) {
    if (typeof value === 'string') return value
  }
  const map = json[`${name}Map`]
  if (!isObject(map)) return null
  return Object.values(map).find((value) => typeof value === 'string') ?? null
}

/** A short plain text (a name, a title), made harmless and cut; empty when there is none. */
export function textOf(json: JsonObject, name: string, maxLength: number): string {
  return cleanText(rawTextOf(json, name) ?? '', maxLength)
}

/** A moment in ISO 8601 with a time zone, or null; moments before 1970 are mistakes, and so are those past the year 9999 in UTC. */
export function dateOf(value: unknown): Date | null {
  if (typeof value !== 'string' || value.length > 64 || !dateShape.test(value)) return null
  const date = new Date(value)
  return date.getTime() >= 0 && date.getUTCFullYear() <= 9999 ? date : null
}

/** A whole number from 0 to 2³¹−1, or null. */
export function countOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 31 ? value : null
}

/** Whether two addresses are on the same host and port; what cannot be parsed is nowhere. */
export function isSameHost(one: string, other: string): boolean {
  const host = URL.parse(one)?.host
  return host !== undefined && host === URL.parse(other)?.host
}

/** One address of a thing with its media type, as given by a string, a Link, or an Image with either. */
export type ReadLink = Readonly<{ href: string; mediaType: string | null; width: number | null; height: number | null }>

/** The usable addresses among one or many strings, Links and objects with a `url`, in order. */
export function linksOf(value: unknown, max = 32): ReadLink[] {
  const links: ReadLink[] = []
  for (const item of listOf(value)) {
    if (links.length >= max) break
    if (isObject(item)) links.push(...linksOfObject(item, max))
    else pushLink(links, item, {})
  }
  return links
}

function linksOfObject(json: JsonObject, max: number): ReadLink[] {
  const links: ReadLink[] = []
  if (json.href !== undefined) pushLink(links, json.href, json)
  for (const item of listOf(json.url).slice(0, max)) {
    if (isObject(item)) pushLink(links, item.href, { ...json, ...item })
    else pushLink(links, item, json)
  }
  return links
}

function pushLink(links: ReadLink[], value: unknown, about: JsonObject): void {
  const href = iriOf(value)
  if (href === null) return
  links.push({ href, mediaType: mediaTypeOf(about), width: countOf(about.width), height: countOf(about.height) })
}

/** The media type of a thing in lower case and without parameters, or null. */
export function mediaTypeOf(json: JsonObject): string | null {
  const value = json.mediaType
  if (typeof value !== 'string' || value.length > 255) return null
  const type = value.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  return /^[a-z]+\/[a-z0-9][a-z0-9.+-]*$/.test(type) ? type : null
}

/**
 * The page of a thing for people: the first address that is HTML, else the first one, on the same host as its id; else the id. A
 * page elsewhere would let a post show itself under another's name.
 */
export function pageOf(json: JsonObject, iri: string): string {
  const links = linksOf(json.url)
  const page = links.find((link) => link.mediaType === 'text/html') ?? links[0]
  return page !== undefined && isSameHost(page.href, iri) ? page.href : iri
}
