import type { KeyObject } from 'node:crypto'

/** Headers of a request by lower-case name, as Node gives them (`headers` or `headersDistinct`). */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

/** A request whose signature is to be read. */
export type ReceivedRequest = Readonly<{
  method: string
  /** Absolute, as the client asked for it: our configured origin and the target of the request line, nothing normalised. */
  url: string
  headers: RequestHeaders
}>

/** A signature that says what it covers; whether it is true shows only with the key. */
export type Candidate = Readonly<{
  scheme: 'cavage' | 'rfc9421'
  keyId: string
  /** Names of headers and of parts of the request (`(request-target)`, `@method`), in lower case. */
  covered: readonly string[]
  /** All times at which it claims to have been made, of those that are covered. */
  times: readonly Date[]
  expiresAt: Date | null
  check(key: KeyObject): boolean
}>

/**
 * Why a signature cannot be accepted, whatever the key:
 * - `unsigned`: there is none
 * - `unreadable`: broken, repeated or missing parts
 * - `unsupported`: an algorithm or a component that we do not know
 * - `uncovered`: it leaves out what it must protect
 * - `stale`, `early`, `expired`: the clock
 */
export type Problem = Readonly<{
  problem: 'unsigned' | 'unreadable' | 'unsupported' | 'uncovered' | 'stale' | 'early' | 'expired'
  /** A sentence for the log. */
  detail: string
}>

/** The parts of a URL as they stand in it. `URL` would normalise them, and a signature is over bytes. */
export type UrlParts = Readonly<{ scheme: string; authority: string; path: string; query: string }>

/** Takes an absolute URL apart. */
export function splitUrl(url: string): UrlParts {
  const { protocol, host } = new URL(url)
  const [, path = '', query = ''] = /^[a-z]+:\/\/[^/?#]*([^?#]*)(\?[^#]*)?/i.exec(url) ?? []
  return { scheme: protocol.slice(0, -1), authority: host, path: path || '/', query }
}

/**
 * The value of a header for a signature: several lines are joined. Of `host` the one that was sent if it names us, else our own: a
 * proxy may have replaced it, and a signature made for another host must not fit here.
 */
export function headerValue(request: ReceivedRequest, name: string): string | undefined {
  // Names come from the signature: `constructor` must not find what every object has.
  const sent = Object.hasOwn(request.headers, name) ? request.headers[name] : undefined
  const value = typeof sent === 'string' ? sent.trim() : sent?.map((line) => line.trim()).join(', ')
  if (name !== 'host') return value
  const { authority, scheme } = splitUrl(request.url)
  const isOurs = value !== undefined && URL.parse(`${scheme}://${value}`)?.host === authority
  return isOurs ? value : authority
}

/** Reads seconds since 1970; null when it is no such number. */
export function readSeconds(text: string | undefined): Date | null {
  return text !== undefined && /^\d{1,12}(\.\d{1,9})?$/.test(text) ? new Date(Number(text) * 1000) : null
}

/** Reads an HTTP date; null when it is in another form. */
export function readHttpDate(text: string | undefined): Date | null {
  if (text === undefined || !/^\w{3}, \d{1,2} \w{3} \d{4} \d{2}:\d{2}:\d{2} (GMT|UTC)$/.test(text)) return null
  const date = new Date(text)
  return Number.isNaN(date.getTime()) ? null : date
}

/** Reads strict base64; null when it is anything else or empty. */
export function readBase64(text: string | undefined): Buffer | null {
  if (!text || !/^[A-Za-z\d+/]+={0,2}$/.test(text)) return null
  return Buffer.from(text, 'base64')
}
