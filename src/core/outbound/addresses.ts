import { BlockList, isIPv4, isIPv6 } from 'node:net'

/**
 * Every row of the IANA registries of special-purpose addresses, plus multicast. Some of them are reachable from everywhere (AS112,
 * the anycast addresses for PCP and TURN), but no social server lives there, so no row is let through.
 *
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry
 */
const specialV4 = [
  ['0.0.0.0', 8], // this network
  ['10.0.0.0', 8], // private use
  ['100.64.0.0', 10], // shared by carriers (CGNAT)
  ['127.0.0.0', 8], // loopback
  ['169.254.0.0', 16], // link-local, and the metadata service of clouds
  ['172.16.0.0', 12], // private use
  ['192.0.0.0', 24], // protocol assignments: DS-Lite, PCP, TURN, NAT64 discovery
  ['192.0.2.0', 24], // documentation
  ['192.31.196.0', 24], // AS112
  ['192.52.193.0', 24], // AMT
  ['192.88.99.0', 24], // 6to4 relays, withdrawn
  ['192.168.0.0', 16], // private use
  ['192.175.48.0', 24], // AS112
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, and broadcast
] as const

/**
 * The special rows inside 2000::/3. All others (unspecified, loopback, IPv4 mapped and compatible, NAT64, discard, SRv6, unique
 * local, link-local, site-local, multicast) lie outside of it, where nothing is global unicast.
 *
 * @see https://www.iana.org/assignments/iana-ipv6-special-registry
 */
const specialV6 = [
  ['2001::', 23], // protocol assignments: Teredo, benchmarks, AMT, AS112, ORCHID, DRIP
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4, which embeds any IPv4 address
  ['2620:4f:8000::', 48], // AS112
  ['3fff::', 20], // documentation
] as const

const special = new BlockList()
for (const [address, bits] of specialV4) special.addSubnet(address, bits, 'ipv4')
for (const [address, bits] of specialV6) special.addSubnet(address, bits, 'ipv6')

const globalV6 = new BlockList()
globalV6.addSubnet('2000::', 3, 'ipv6')

/**
 * Whether an IP address belongs to a machine on the public Internet, as far as its number says.
 * @param address without brackets; what is no address, or has a zone (`fe80::1%eth0`), is not public
 */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !special.check(address, 'ipv4')
  if (!isIPv6(address) || address.includes('%')) return false
  return globalV6.check(address, 'ipv6') && !special.check(address, 'ipv6')
}
