import { isUtf8 } from 'node:buffer'

/** A document from elsewhere: parsed, with nothing in it that could surprise a parser behind this one. */
export type Parsed =
  | Readonly<{ ok: true; value: Record<string, unknown> }>
  | Readonly<{
      ok: false
      reason:
        | 'too-large'
        | 'not-utf8'
        | 'too-deep'
        | 'too-many-keys'
        | 'not-json'
        | 'not-an-object'
        | 'repeated-key'
        | 'forbidden-key'
    }>

/** The largest document that is read, whether it was sent to us or fetched. */
export const maxDocumentBytes = 1024 * 1024

const maxDepth = 32
const maxKeys = 10_000

/**
 * Parses a document of another server. What two parsers could read in two ways is refused, so that what was checked is what is used:
 * above all keys that come twice, and names that reach into prototypes (`__proto__`, `constructor`, `prototype`).
 */
export function parseDocument(bytes: Buffer): Parsed {
  if (bytes.length > maxDocumentBytes) return { ok: false, reason: 'too-large' }
  if (!isUtf8(bytes)) return { ok: false, reason: 'not-utf8' }
  const text = bytes.toString()
  const written = measure(text)
  if (written.depth > maxDepth) return { ok: false, reason: 'too-deep' }
  if (written.keys > maxKeys) return { ok: false, reason: 'too-many-keys' }
  const value = parse(text)
  if (value === undefined) return { ok: false, reason: 'not-json' }
  if (!isObject(value)) return { ok: false, reason: 'not-an-object' }
  const kept = countKeys(value)
  if (kept === null) return { ok: false, reason: 'forbidden-key' }
  // JSON.parse keeps the last of several equal keys: then there are fewer than were written.
  if (kept !== written.keys) return { ok: false, reason: 'repeated-key' }
  return { ok: true, value }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const [quote, backslash, colon, openBrace, closeBrace, openBracket, closeBracket] = [
  0x22, 0x5c, 0x3a, 0x7b, 0x7d, 0x5b, 0x5d,
]

/** How deep a text goes and how many keys it has, without building anything. Outside of strings every colon follows a key. */
function measure(text: string): { depth: number; keys: number } {
  let depth = 0
  let deepest = 0
  let keys = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === quote) at = endOfString(text, at)
    else if (code === colon) keys += 1
    else if (code === openBrace || code === openBracket) depth += 1
    else if (code === closeBrace || code === closeBracket) depth -= 1
    if (depth > deepest) deepest = depth
  }
  return { depth: deepest, keys }
}

/** Where the string that begins here ends; at the end of the text when it does not. */
function endOfString(text: string, start: number): number {
  let end = start + 1
  while (end < text.length && text.charCodeAt(end) !== quote) end += text.charCodeAt(end) === backslash ? 2 : 1
  return end
}

const forbidden = new Set(['__proto__', 'constructor', 'prototype'])

/** Counts the keys of a value at every depth; null when there is one that must not be. The depth is bounded already. */
function countKeys(value: unknown): number | null {
  if (typeof value !== 'object' || value === null) return 0
  const isList = Array.isArray(value)
  const keys = isList ? [] : Object.keys(value)
  if (keys.some((key) => forbidden.has(key))) return null
  let count = keys.length
  for (const inner of isList ? value : Object.values(value)) {
    const more = countKeys(inner)
    if (more === null) return null
    count += more
  }
  return count
}
