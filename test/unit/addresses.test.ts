import { describe, expect, test } from 'vitest'
import { isPublicAddress } from '#src/core/outbound/addresses.ts'
import { readAllowList } from '#src/core/outbound/allow-list.ts'

/** The registries of IANA, row by row, with the first and the last address of each. */
const special = [
  ['0.0.0.0/8 this network', '0.0.0.0', '0.255.255.255'],
  ['10.0.0.0/8 private use', '10.0.0.0', '10.255.255.255'],
  ['100.64.0.0/10 shared address space', '100.64.0.0', '100.127.255.255'],
  ['127.0.0.0/8 loopback', '127.0.0.0', '127.255.255.255'],
  ['169.254.0.0/16 link local', '169.254.0.0', '169.254.255.255'],
  ['172.16.0.0/12 private use', '172.16.0.0', '172.31.255.255'],
  ['192.0.0.0/24 protocol assignments', '192.0.0.0', '192.0.0.255'],
  ['192.0.0.0/29 service continuity prefix', '192.0.0.1', '192.0.0.7'],
  ['192.0.0.8/32 dummy address', '192.0.0.8', '192.0.0.8'],
  ['192.0.0.9/32 PCP anycast', '192.0.0.9', '192.0.0.9'],
  ['192.0.0.10/32 TURN anycast', '192.0.0.10', '192.0.0.10'],
  ['192.0.0.170/31 NAT64 discovery', '192.0.0.170', '192.0.0.171'],
  ['192.0.2.0/24 documentation', '192.0.2.0', '192.0.2.255'],
  ['192.31.196.0/24 AS112', '192.31.196.0', '192.31.196.255'],
  ['192.52.193.0/24 AMT', '192.52.193.0', '192.52.193.255'],
  ['192.88.99.0/24 6to4 relay', '192.88.99.0', '192.88.99.255'],
  ['192.168.0.0/16 private use', '192.168.0.0', '192.168.255.255'],
  ['192.175.48.0/24 direct delegation AS112', '192.175.48.0', '192.175.48.255'],
  ['198.18.0.0/15 benchmarking', '198.18.0.0', '198.19.255.255'],
  ['198.51.100.0/24 documentation', '198.51.100.0', '198.51.100.255'],
  ['203.0.113.0/24 documentation', '203.0.113.0', '203.0.113.255'],
  ['224.0.0.0/4 multicast', '224.0.0.0', '239.255.255.255'],
  ['240.0.0.0/4 reserved', '240.0.0.0', '255.255.255.254'],
  ['255.255.255.255/32 limited broadcast', '255.255.255.255', '255.255.255.255'],
  ['::/128 unspecified', '::', '0:0:0:0:0:0:0:0'],
  ['::1/128 loopback', '::1', '0:0:0:0:0:0:0:1'],
  ['::/96 IPv4 compatible', '::8.8.8.8', '::127.0.0.1'],
  ['::ffff:0:0/96 IPv4 mapped', '::ffff:8.8.8.8', '::ffff:7f00:1'],
  ['::ffff:0:0:0/96 IPv4 translated', '::ffff:0:127.0.0.1', '::ffff:0:8.8.8.8'],
  ['64:ff9b::/96 NAT64', '64:ff9b::', '64:ff9b::7f00:1'],
  ['64:ff9b:1::/48 local NAT64', '64:ff9b:1::', '64:ff9b:1:ffff:ffff:ffff:ffff:ffff'],
  ['100::/64 discard only', '100::', '100::ffff:ffff:ffff:ffff'],
  ['100:0:0:1::/64 dummy prefix', '100:0:0:1::', '100:0:0:1:ffff:ffff:ffff:ffff'],
  ['2001::/23 protocol assignments', '2001::', '2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2001::/32 Teredo', '2001:0:4136:e378:8000:63bf:3fff:fdd2', '2001:0:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2001:1::1/128 to 3/128 PCP, TURN, DNS-SD', '2001:1::1', '2001:1::3'],
  ['2001:2::/48 benchmarking', '2001:2::', '2001:2:0:ffff:ffff:ffff:ffff:ffff'],
  ['2001:3::/32 AMT', '2001:3::', '2001:3:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2001:4:112::/48 AS112', '2001:4:112::', '2001:4:112:ffff:ffff:ffff:ffff:ffff'],
  ['2001:10::/28 ORCHID', '2001:10::', '2001:1f:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2001:20::/28 ORCHIDv2', '2001:20::', '2001:2f:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2001:30::/28 DRIP', '2001:30::', '2001:3f:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2001:db8::/32 documentation', '2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2002::/16 6to4', '2002:7f00:1::', '2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2620:4f:8000::/48 AS112', '2620:4f:8000::', '2620:4f:8000:ffff:ffff:ffff:ffff:ffff'],
  ['3fff::/20 documentation', '3fff::', '3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['5f00::/16 SRv6 SIDs', '5f00::', '5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['fc00::/7 unique local', 'fc00::', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['fe80::/10 link local', 'fe80::', 'febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['fec0::/10 site local', 'fec0::', 'feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['ff00::/8 multicast', 'ff00::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['4000::/3 unassigned', '4000::', '5fff::'],
] as const

/** Neighbours of the rows above: one before the first, one after the last. */
const open = [
  ...['1.0.0.0', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255', '128.0.0.0'],
  ...['169.253.255.255', '169.255.0.0', '172.15.255.255', '172.32.0.0', '191.255.255.255', '192.0.1.0', '192.0.3.0'],
  ...[
    '192.31.195.255',
    '192.31.197.0',
    '192.52.194.0',
    '192.88.98.255',
    '192.88.100.0',
    '192.167.255.255',
    '192.169.0.0',
  ],
  ...['192.175.47.255', '192.175.49.0', '198.17.255.255', '198.20.0.0', '198.51.99.255', '198.51.101.0'],
  ...['203.0.112.255', '203.0.114.0', '223.255.255.255', '8.8.8.8'],
  ...[
    '2001:200::',
    '2001:db7:ffff::',
    '2001:db9::',
    '2003::',
    '2606:4700::6810:84e5',
    '2620:4f:7fff::',
    '2620:4f:8001::',
  ],
  ...['3ffe:ffff::', '3fff:1000::', '2a00:1450:4001:82a::200e', '2000::'],
]

describe('an address is refused', () => {
  test.each(special)('in %s (row 41)', (_row, first, last) => {
    expect(isPublicAddress(first)).toBe(false)
    expect(isPublicAddress(last)).toBe(false)
  })

  test.each([
    '',
    'localhost',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '8.8.8.010',
    '0x7f.0.0.1',
    '2606:4700::1%eth0',
    'fe80::1%2',
    '[::1]',
    ':::',
  ])('when it cannot be read: "%s"', (text) => expect(isPublicAddress(text)).toBe(false))
})

test.each(open)('%s is public', (address) => expect(isPublicAddress(address)).toBe(true))

describe('the list of what may be reached although private', () => {
  const list = readAllowList([
    'social.test',
    'Other.Test:8443',
    '10.1.0.0/16',
    '127.0.0.1',
    'fd00:1::/32',
    '[::1]:3000',
  ])

  test('names hosts exactly, on any port unless one is given', () => {
    expect(list.permitsHost('social.test', 443)).toBe(true)
    expect(list.permitsHost('social.test', 80)).toBe(true)
    expect(list.permitsHost('other.test', 8443)).toBe(true)
    expect(list.permitsHost('other.test', 443)).toBe(false)
    expect(list.permitsHost('::1', 3000)).toBe(true)
    expect(list.permitsHost('::1', 80)).toBe(false)
    expect(list.permitsHost('evil.social.test', 443)).toBe(false)
    expect(list.permitsHost('social.test.evil', 443)).toBe(false)
  })

  test('names ranges of addresses', () => {
    expect(list.permitsAddress('10.1.255.255')).toBe(true)
    expect(list.permitsAddress('10.2.0.0')).toBe(false)
    expect(list.permitsAddress('127.0.0.1')).toBe(true)
    expect(list.permitsAddress('127.0.0.2')).toBe(false)
    expect(list.permitsAddress('fd00:1::5')).toBe(true)
    expect(list.permitsAddress('fd00:2::5')).toBe(false)
    expect(list.permitsAddress('::ffff:10.1.0.1')).toBe(true)
    expect(list.permitsAddress('social.test')).toBe(false)
  })

  test.each([
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '*.example',
    'https://a.example',
    'a b',
    '',
    'a:999999',
    '::/129',
    'user@a',
  ])('says which entry cannot be read: "%s"', (entry) =>
    expect(() => readAllowList(['fine.test', entry])).toThrow(`"${entry}" is neither`),
  )
})
