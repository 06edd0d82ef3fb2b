/** A value of a structured field. Tokens are strings too: no field read here has both. */
export type Bare = string | number | boolean | Buffer

/** Parameters by name. */
export type Parameters = ReadonlyMap<string, Bare>

/** A value with its parameters. */
export type Item = Readonly<{ value: Bare; parameters: Parameters }>

/** A member of a dictionary: one value or a list in parentheses, with parameters. */
export type Member = Readonly<{
  value: Bare | readonly Item[]
  parameters: Parameters
  /** The member as it stands in the header, parameters included: what RFC 9421 signs. */
  source: string
}>

/**
 * Reads a dictionary as the signature headers use it: strictly, and a name that comes twice is an error where the RFC takes the last.
 * @returns null when it is anything else
 * @see https://www.rfc-editor.org/rfc/rfc9651#section-3.2
 */
export function readDictionary(text: string): ReadonlyMap<string, Member> | null {
  const cursor: Cursor = { text: text.trim(), at: 0 }
  try {
    return takeMembers(cursor)
  } catch (error) {
    if (error instanceof Malformed) return null
    throw error
  }
}

type Cursor = { readonly text: string; at: number }

class Malformed extends Error {}

const patterns = {
  key: /[a-z*][a-z\d_.*-]*/y,
  comma: /[ \t]*,[ \t]*/y,
  string: /"(?:[ !#-[\]-~]|\\["\\])*"/y,
  number: /-?(?:\d{1,12}\.\d{1,3}|\d{1,15})(?![\d.])/y,
  bytes: /:[A-Za-z\d+/]*={0,2}:/y,
  token: /[A-Za-z*][\w!#$%&'*+.^`|~:/-]*/y,
  boolean: /\?[01]/y,
  spaces: / */y,
}

function take(cursor: Cursor, kind: keyof typeof patterns): string | null {
  const pattern = patterns[kind]
  pattern.lastIndex = cursor.at
  const [found] = pattern.exec(cursor.text) ?? []
  if (found === undefined) return null
  cursor.at += found.length
  return found
}

function takeSign(cursor: Cursor, sign: string): boolean {
  const isThere = cursor.text.startsWith(sign, cursor.at)
  if (isThere) cursor.at += sign.length
  return isThere
}

function takeMembers(cursor: Cursor): Map<string, Member> {
  const members = new Map<string, Member>()
  do {
    const key = take(cursor, 'key')
    if (key === null || members.has(key)) throw new Malformed()
    members.set(key, takeMember(cursor))
  } while (take(cursor, 'comma') !== null)
  if (cursor.at < cursor.text.length) throw new Malformed()
  return members
}

function takeMember(cursor: Cursor): Member {
  const hasValue = takeSign(cursor, '=')
  const start = cursor.at
  const value = !hasValue || (takeSign(cursor, '(') ? takeList(cursor) : takeBare(cursor))
  const parameters = takeParameters(cursor)
  return { value, parameters, source: cursor.text.slice(start, cursor.at) }
}

/** The rest of `(a b c)` after the parenthesis. */
function takeList(cursor: Cursor): Item[] {
  const items: Item[] = []
  for (;;) {
    const spaces = take(cursor, 'spaces')
    if (takeSign(cursor, ')')) return items
    if (items.length > 0 && spaces === '') throw new Malformed()
    items.push({ value: takeBare(cursor), parameters: takeParameters(cursor) })
  }
}

function takeParameters(cursor: Cursor): Parameters {
  const parameters = new Map<string, Bare>()
  while (takeSign(cursor, ';')) {
    take(cursor, 'spaces')
    const key = take(cursor, 'key')
    if (key === null || parameters.has(key)) throw new Malformed()
    parameters.set(key, takeSign(cursor, '=') ? takeBare(cursor) : true)
  }
  return parameters
}

function takeBare(cursor: Cursor): Bare {
  const text = take(cursor, 'string')
  if (text !== null) return text.slice(1, -1).replace(/\\(.)/g, '$1')
  const number = take(cursor, 'number')
  if (number !== null) return Number(number)
  const bytes = take(cursor, 'bytes')
  if (bytes !== null) return Buffer.from(bytes.slice(1, -1), 'base64')
  const boolean = take(cursor, 'boolean')
  if (boolean !== null) return boolean === '?1'
  const token = take(cursor, 'token')
  if (token === null) throw new Malformed()
  return token
}
