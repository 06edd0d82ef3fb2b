/** The address that stands for "show the code on a page": programs without a browser of their own ask for it. */
export const outOfBand = 'urn:ietf:wg:oauth:2.0:oob'

/** Schemes in which a browser would run or open what the address holds, instead of handing it to a program. */
const dangerousSchemes = /^(javascript|vbscript|data|file|blob|about|filesystem|view-source):/i

/**
 * What is wrong with an address to which codes are to be sent; null when nothing is. It is kept and compared as it is written, so it is
 * only looked at here, never rewritten: Elk registers paths with escapes that any reading and writing would change.
 */
export function redirectProblem(uri: string): string | null {
  if (uri === outOfBand) return null
  if (uri.length > 2_000) return 'is longer than 2,000 characters'
  if (!/^[\x21-\x7e]+$/.test(uri)) return 'has a space or a character that must be escaped'
  if (!/^[a-z][a-z0-9+.-]*:./i.test(uri) || !URL.canParse(uri)) return 'must be an absolute address'
  if (dangerousSchemes.test(uri)) return 'has a scheme that is not allowed'
  if (uri.includes('#')) return 'must have no fragment'
  return null
}

/**
 * Adds parameters to a registered address and leaves every byte of it as it is.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2
 */
export function addParameters(uri: string, parameters: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const text = new URLSearchParams(given).toString()
  return `${uri}${uri.includes('?') ? '&' : '?'}${text}`
}

/** Where the person is taken back to, short enough to read: a host, or the scheme of an app. Null for the out-of-band address. */
export function redirectPlace(uri: string): string | null {
  if (uri === outOfBand) return null
  const { protocol, host } = new URL(uri)
  return /^https?:$/.test(protocol) && host ? host : protocol
}
