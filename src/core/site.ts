import { isIP } from 'node:net'
import { getDomain } from 'tldts'

/** A host is all that is looked at, and whatever DNS answers for it counts: under strange names as well. */
const asItIs = { allowPrivateDomains: true, extractHostname: false, validateHostname: false } as const

/**
 * The name that somebody has registered, by the public suffix list: names below it cost nothing, and there may be any number of them. Who
 * lets others have names below theirs (gouv.fr, github.io) is in the list, and each of these names is a site. So is an ending itself,
 * a name without dots, and an address with its port.
 * @see https://publicsuffix.org
 */
export function siteOf(host: string): string {
  const name = host.replace(/:\d+$/, '')
  if (isIP(name.replace(/^\[|\]$/g, ''))) return host
  const absolute = name.replace(/\.$/, '')
  return getDomain(absolute, asItIs) ?? absolute
}
