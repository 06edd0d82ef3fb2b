/** A JSON object as `JSON.parse` made it: nothing is known about its values yet. */
export type JsonObject = Readonly<Record<string, unknown>>

/** A document that cannot be used, and why, as a word for the log. */
export type Refused = Readonly<{ refused: string }>

/** A document that is well formed but about something that we do not do. */
export type Ignored = Readonly<{ ignored: string }>

/** Whether a parsed value is an object (and no array). */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** One or many → many; absent and null → none. JSON-LD writes a list of one as the thing itself. */
export function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  return value === undefined || value === null ? [] : [value]
}

/** Whether a reader refused a document. A document that has a property of this name among others is none of our refusals. */
export function isRefused(value: object): value is Refused {
  return 'refused' in value && typeof value.refused === 'string' && Object.keys(value).length === 1
}

/** Whether a reader understood an activity and found that it is none of those we handle. */
export function isIgnored(value: object): value is Ignored {
  return 'ignored' in value && typeof value.ignored === 'string' && Object.keys(value).length === 1
}

/**
 * The document in a form that PostgreSQL's jsonb takes: it refuses NUL characters and halves of surrogate pairs, which JSON
 * allows. Nearly every document is returned as it is.
 */
export function toStorable(json: JsonObject): JsonObject {
  if (!/\\u(?:0000|d[89a-f])/i.test(JSON.stringify(json))) return json
  return storableObject(json)
}

function storableObject(json: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [storableText(key), storable(value)]))
}

function storable(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value)
  if (Array.isArray(value)) return value.map(storable)
  return isObject(value) ? storableObject(value) : value
}

function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '')
}
