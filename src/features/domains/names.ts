import { domainToASCII } from 'node:url'

/**
 * The name of a server as decisions have it, from what was typed or stands in a list: lower case, in ASCII, with a port if one was given; of
 * an address its host. Null for what is no name.
 */
export function readDomain(text: string): string | null {
  const typed = text
    .trim()
    .replace(/^https?:\/\//i, '')
    .replace(/\/.*$/, '')
    .replace(/^@/, '')
    .replace(/^\*\./, '')
  const [, name = '', port = ''] = /^([^\s:/@]+?)\.?(:\d{1,5})?$/.exec(typed) ?? []
  const ascii = domainToASCII(name)
  return /^[a-z0-9_]([a-z0-9_.-]*[a-z0-9])?$/.test(ascii) && !ascii.includes('..') ? `${ascii}${port}` : null
}

/** A name of which others are to learn no more than its beginning and its end, as Mastodon writes it. */
export function obfuscate(host: string): string {
  const quarter = Math.floor(host.length / 4)
  return [...host]
    .map((letter, at) => (at > quarter && at < host.length - quarter - 1 && letter !== '.' ? '*' : letter))
    .join('')
}
