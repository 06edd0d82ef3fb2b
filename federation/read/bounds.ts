import { isObject, type JsonObject, listOf, type Refused } from './json.ts'
import { activityStreamsContext, extensionContext, kindOfContext, securityContext } from './terms.ts'

/** A document whose contexts are all at hand, for JSON-LD to work on. */
export type Bounded = Readonly<{ document: JsonObject }>

/** Depth at which the gate refuses a body; canonical documents of the network stay below 12. */
const maxDepth = 32

/** JSON-LD takes about 20 µs a value. */
const maxValues = 5000

/** Each context in a document is processed wherever it stands. */
const maxContexts = 32
const maxDefinitions = 500

/** These make JSON-LD build other graphs than the tree that was sent; proofs are verified on the document itself. */
const leftOut: ReadonlySet<string> = new Set(['proof', 'signature', '__proto__'])

type Count = { values: number; contexts: number; definitions: number; isActivityStreams: boolean; has: HasContext }

type HasContext = (url: string) => boolean

class OutOfBounds extends Error {}

/**
 * Prepares a foreign document for JSON-LD so that the work is bounded and nothing is fetched. Contexts that are not at hand are
 * taken out where the document names that of ActivityStreams itself: extensions must not redefine its terms, so these keep their
 * meaning and only unknown extensions lose theirs, as for the many programs that never look at contexts. Elsewhere an unknown
 * context could mean anything by any name, and the document is refused.
 *
 * @see https://www.w3.org/TR/activitystreams-core/#extensibility
 */
export function boundDocument(json: JsonObject, has: HasContext): Bounded | Refused {
  const own = listOf(json['@context'])
  const isActivityStreams = own.some((part) => typeof part === 'string' && kindOfContext(part) === 'core')
  const count: Count = { values: 0, contexts: 0, definitions: 0, isActivityStreams, has }
  try {
    const document = boundObject(json, 0, count)
    // A document that does not name ActivityStreams is ActivityStreams all the same.
    const context = [...(isActivityStreams ? [] : [activityStreamsContext]), ...listOf(document['@context'])]
    return { document: { ...document, '@context': context } }
  } catch (error) {
    if (error instanceof OutOfBounds) return { refused: error.message }
    throw error
  }
}

function boundValue(value: unknown, depth: number, count: Count): unknown {
  count.values += 1
  if (count.values > maxValues) throw new OutOfBounds('too-large')
  if (typeof value !== 'object' || value === null) return value
  if (depth > maxDepth) throw new OutOfBounds('too-deep')
  if (Array.isArray(value)) return value.map((item) => boundValue(item, depth + 1, count))
  return isObject(value) ? boundObject(value, depth, count) : null
}

function boundObject(json: JsonObject, depth: number, count: Count): JsonObject {
  const entries = Object.entries(json).filter(([key]) => !leftOut.has(key))
  return Object.fromEntries(
    entries.map(([key, value]) => [
      key,
      key === '@context' ? boundContext(value, count) : boundValue(value, depth + 1, count),
    ]),
  )
}

function boundContext(context: unknown, count: Count): unknown[] {
  const parts = listOf(context)
  count.contexts += parts.length
  if (count.contexts > maxContexts) throw new OutOfBounds('too-many-contexts')
  return parts.flatMap((part) => usable(part, count))
}

function usable(part: unknown, count: Count): unknown[] {
  if (isObject(part)) {
    checkDefinitions(part, count)
    return [part]
  }
  if (typeof part !== 'string') throw new OutOfBounds('malformed-context')
  if (count.has(part)) return [part]
  // What single servers serve (Pleroma's, Mbin's) says of the extensions what everybody says.
  if (kindOfContext(part) === 'known') return [securityContext, extensionContext]
  if (count.isActivityStreams) return []
  throw new OutOfBounds('unknown-context')
}

/** Definitions that bring further contexts with them, or build another graph, are of no use to honest senders. */
function checkDefinitions(definitions: JsonObject, count: Count): void {
  const entries = Object.entries(definitions)
  count.definitions += entries.length
  if (count.definitions > maxDefinitions) throw new OutOfBounds('too-many-definitions')
  for (const [term, definition] of entries) {
    const isScoped =
      isObject(definition) && ('@context' in definition || '@reverse' in definition || '@nest' in definition)
    if (isScoped || term === '@import' || term === '@base') throw new OutOfBounds('malformed-context')
  }
}
