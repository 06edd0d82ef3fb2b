import { type LookupAddress, type LookupAllOptions, lookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { OutboundError } from './error.ts'

/** How names become addresses: `dns.lookup`, asked for all of them. */
export type Resolve = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

/** The resolver of the system, which knows /etc/hosts too. */
export const systemResolve: Resolve = (hostname, options, callback) => lookup(hostname, options, callback)

/**
 * A lookup for `net.connect` that passes on only addresses that may be reached. The socket connects to one of these very addresses, so
 * there is no second resolution in which a name could turn into something else (DNS rebinding).
 */
export function checkedLookup(resolve: Resolve, isAllowed: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '')
      const usable = found.filter(({ address }) => isAllowed(address))
      const [first] = usable
      if (first === undefined) return callback(refused(hostname, found[0]?.address ?? 'nothing'), '')
      if (options.all) return callback(null, usable)
      callback(null, first.address, first.family)
    })
  }
}

/** The error for a host whose address may not be reached. */
export function refused(host: string, address: string): OutboundError {
  const way = 'if it is meant to be reached, name it in OUTBOUND_ALLOW'
  return new OutboundError(
    'refused-address',
    `${host} leads to ${address}, where no public server over https can be; ${way}`,
  )
}
