import { BlockList, isIP } from 'node:net'

/** What may be reached although it is private, and over plain http. */
export type AllowList = Readonly<{
  /** Whether the host is named, by itself or with this port. Exact, never a suffix. */
  permitsHost(host: string, port: number): boolean
  /** Whether a resolved address lies in a listed range. */
  permitsAddress(address: string): boolean
}>

/**
 * Reads a list of host names, `host:port`, addresses and CIDRs.
 * @throws Error that names the entry when one is none of these
 */
export function readAllowList(entries: readonly string[]): AllowList {
  const hosts = new Set<string>()
  const ranges = new BlockList()
  for (const entry of entries) {
    if (!addRange(ranges, entry)) hosts.add(readHost(entry))
  }
  return {
    permitsHost: (host, port) => hosts.has(host) || hosts.has(`${host}:${port}`),
    permitsAddress: (address) => isIP(address) !== 0 && ranges.check(address, familyOf(address)),
  }
}

function addRange(ranges: BlockList, entry: string): boolean {
  const [address = '', bits, ...rest] = entry.split('/')
  if (isIP(address) === 0 || rest.length > 0) return false
  const family = familyOf(address)
  const length = bits === undefined ? widthOf(family) : Number(bits)
  if (bits === '' || !Number.isInteger(length) || length < 0 || length > widthOf(family)) return false
  ranges.addSubnet(address, length, family)
  return true
}

/** Whether a text is an address or a CIDR. */
export function isAddressRange(text: string): boolean {
  return addRange(new BlockList(), text)
}

function readHost(entry: string): string {
  const [, host = '', port] = /^(\[[\da-f:.]+\]|[a-z\d.-]+)(?::(\d{1,5}))?$/i.exec(entry) ?? []
  if (host === '' || !URL.canParse(`http://${host}`)) {
    throw new Error(`"${entry}" is neither a host, nor host:port, nor an address, nor a CIDR such as 10.0.0.0/8`)
  }
  const name = bareHost(new URL(`http://${host}`).hostname)
  return port === undefined ? name : `${name}:${Number(port)}`
}

/** The host of a URL without the brackets of IPv6. */
export function bareHost(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return address.includes(':') ? 'ipv6' : 'ipv4'
}

function widthOf(family: 'ipv4' | 'ipv6'): number {
  return family === 'ipv4' ? 32 : 128
}
