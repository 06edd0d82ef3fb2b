import { isObject, type JsonObject, listOf } from './json.ts'
import { coreTerms, extensionIris, kindOfContext, knownPrefixes } from './terms.ts'

/** Deeper documents go the slow way, which refuses them. */
const maxDepth = 32

/** Parts that no reader looks into; their own contexts do not matter. */
const unread: ReadonlySet<string> = new Set(['proof', 'signature'])

/** Settings of a context that change no name. `@vocab` only names what has no name of its own. */
const harmlessSettings: ReadonlySet<string> = new Set(['@vocab', '@language', '@version', '@protected'])

const coreIris: ReadonlySet<string> = new Set(coreTerms.values())

type Prefixes = Map<string, string>

/**
 * Whether a document means what its names say, so that it may be read as plain JSON: it refers to well-known contexts only, and
 * neither its inline definitions nor its keys give a core term another name or another meaning. A document without a context is
 * ActivityStreams by definition. When in doubt the answer is no, and the document goes through JSON-LD.
 *
 * @see https://www.w3.org/TR/activitystreams-core/#jsonld
 */
export function isPlain(json: JsonObject): boolean {
  return isPlainObject(json, new Map(knownPrefixes), 0)
}

function isPlainValue(value: unknown, prefixes: Prefixes, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (depth > maxDepth) return false
  if (Array.isArray(value)) return value.every((item) => isPlainValue(item, prefixes, depth + 1))
  return isPlainObject(value as JsonObject, prefixes, depth)
}

function isPlainObject(json: JsonObject, prefixes: Prefixes, depth: number): boolean {
  if (json['@context'] !== undefined && !isPlainContext(json['@context'], prefixes)) return false
  for (const key of Object.keys(json)) {
    if (key === '@context' || unread.has(key)) continue
    if (!isPlainKey(key, prefixes) || !isPlainValue(json[key], prefixes, depth + 1)) return false
  }
  return true
}

/**
 * `@none` is how a language map says that a text has no language; every other keyword belongs to JSON-LD. A name may be written with
 * its prefix or in full (Fedify 2.3 does so in actors that it embeds); where it is one that we read, JSON-LD must shorten it.
 */
function isPlainKey(key: string, prefixes: Prefixes): boolean {
  if (key.startsWith('@')) return key === '@none'
  if (!key.includes(':')) return true
  const meaning = expand(key, prefixes)
  return !coreIris.has(meaning) && !extensionIris.has(meaning)
}

function isPlainContext(context: unknown, prefixes: Prefixes): boolean {
  const parts = listOf(context)
  if (!parts.every((part) => !isObject(part) || learnPrefixes(part, prefixes))) return false
  let isOverridden = false
  for (const part of parts) {
    if (typeof part === 'string') {
      const kind = kindOfContext(part)
      if (kind === 'unknown') return false
      if (kind !== 'known') isOverridden = kind === 'overriding'
    } else if (!isObject(part) || !areHarmless(part, prefixes)) return false
  }
  return context !== null && !isOverridden
}

/** Every defined term may serve as a prefix. False when one means two things in one document. */
function learnPrefixes(definitions: JsonObject, prefixes: Prefixes): boolean {
  for (const [term, definition] of Object.entries(definitions)) {
    const iri = iriOf(definition)
    if (iri === null) continue
    const known = prefixes.get(term)
    if (known !== undefined && known !== iri) return false
    prefixes.set(term, iri)
  }
  return true
}

function areHarmless(definitions: JsonObject, prefixes: Prefixes): boolean {
  return Object.entries(definitions).every(([term, definition]) => isHarmless(term, definition, prefixes))
}

function isHarmless(term: string, definition: unknown, prefixes: Prefixes): boolean {
  if (term.startsWith('@')) return harmlessSettings.has(term)
  const core = coreTerms.get(term)
  const iri = iriOf(definition)
  // A term that is switched off, or whose IRI follows from its own name.
  if (iri === null) return core === undefined && !term.includes(':') && !hasOwnRules(definition)
  const meaning = expand(iri, prefixes)
  if (core !== undefined) return meaning === core && !hasOwnRules(definition)
  if (meaning.startsWith('@') || coreIris.has(meaning) || hasScope(definition)) return false
  const extension = extensionIris.get(meaning)
  return extension === undefined || extension === term
}

/** A container changes the shape of the value; a scope changes the meaning of what is inside. */
function hasOwnRules(definition: unknown): boolean {
  return isObject(definition) && (definition['@container'] !== undefined || hasScope(definition))
}

function hasScope(definition: unknown): boolean {
  return isObject(definition) && ['@context', '@reverse', '@nest'].some((key) => definition[key] !== undefined)
}

function iriOf(definition: unknown): string | null {
  const iri = isObject(definition) ? definition['@id'] : definition
  return typeof iri === 'string' ? iri : null
}

/** Writes a compact IRI out. Prefixes may be defined by other prefixes, in practice never more than once. */
function expand(iri: string, prefixes: Prefixes, rounds = 3): string {
  const colon = iri.indexOf(':')
  if (colon < 0 || rounds === 0 || iri.startsWith('//', colon + 1)) return iri
  const namespace = prefixes.get(iri.slice(0, colon))
  return namespace === undefined ? iri : expand(namespace, prefixes, rounds - 1) + iri.slice(colon + 1)
}
