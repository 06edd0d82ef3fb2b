import { invalid } from '#src/errors.ts'

/** A value of a form: text, or lists and records of such. */
export type FormValue = string | FormValue[] | { [name: string]: FormValue }

/**
 * Reads the names of form fields and query parameters as clients write them: `ids[]=1&ids[]=2`, `fields_attributes[0][name]=…`,
 * `source[privacy]=…`; a name that comes twice becomes a list.
 * @throws Problem `invalid` for more than 1,000 fields or names nested deeper than four
 */
export function expandFields(entries: Iterable<readonly [string, string]>): Record<string, FormValue> {
  const root: Node = new Map()
  let count = 0
  for (const [name, value] of entries) {
    if (++count > 1_000) throw invalid('There are more than 1,000 fields')
    place(root, pathOf(name), value)
  }
  return toRecord(root)
}

/** Where a query that cannot be read keeps why, until there is somebody to tell it. */
const unreadable = Symbol('why a query cannot be read')

/**
 * Reads a query, which happens before a request has a route: what is thrown there ends the whole process. What cannot be read is a query
 * without fields; `refuseUnreadable` says so when it can be answered.
 */
export function readQuery(text: string): Record<string, FormValue> {
  try {
    return expandFields(new URLSearchParams(text))
  } catch (error) {
    return { [unreadable]: error } as object as Record<string, FormValue>
  }
}

/**
 * Refuses a request whose query could not be read.
 * @throws Problem `invalid`
 */
export function refuseUnreadable(query: unknown): void {
  if (typeof query === 'object' && query !== null && unreadable in query) throw query[unreadable]
}

/** A map, so that a field called `__proto__` is only a name. */
type Node = Map<string, Node | string | string[]>

function pathOf(name: string): string[] {
  const match = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(name)
  if (!match) return [name]
  const rest = [...(match[2] ?? '').matchAll(/\[([^[\]]*)\]/g)].map((part) => part[1] ?? '')
  if (rest.length > 4) throw invalid('A field has a name with more than four brackets')
  return [match[1] ?? name, ...rest]
}

function place(node: Node, path: string[], value: string): void {
  const [name = '', ...rest] = path
  const existing = node.get(name)
  if (rest.length === 0 || (rest.length === 1 && rest[0] === '')) {
    const isList = rest.length === 1 || existing !== undefined
    const before = typeof existing === 'string' ? [existing] : Array.isArray(existing) ? existing : []
    node.set(name, isList ? [...before, value] : value)
    return
  }
  const child: Node = existing instanceof Map ? existing : new Map()
  node.set(name, child)
  // `a[][b]` opens a new record whenever `b` comes again, as Rails reads it.
  const [key = ''] = rest
  const inner = key === '' ? [openRecord(child, rest[1] ?? ''), ...rest.slice(1)] : rest
  place(child, inner, value)
}

function openRecord(list: Node, field: string): string {
  const last = list.get(String(list.size - 1))
  return last instanceof Map && !last.has(field) ? String(list.size - 1) : String(list.size)
}

function toValue(node: Node | string | string[]): FormValue {
  if (!(node instanceof Map)) return node
  const names = [...node.keys()]
  if (names.length > 0 && names.every((name) => /^\d+$/.test(name))) return [...node.values()].map(toValue)
  return toRecord(node)
}

function toRecord(node: Node): Record<string, FormValue> {
  return Object.fromEntries([...node].map(([name, value]) => [name, toValue(value)]))
}
