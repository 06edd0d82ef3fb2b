import { describe, expect, it } from 'vitest'
import { createSiteCounts, siteOf } from '#federation/budget.ts'

describe('what is asked of one site', () => {
  it('is bounded by the minute, under whatever name below it (row 81)', () => {
    let at = 0
    const sites = createSiteCounts(() => at, 3)
    const ask = (...hosts: string[]) => hosts.map((host) => sites.take(host))
    expect(ask('a.evil.example', 'b.evil.example:444', 'evil.example')).toEqual([true, true, true])
    expect(ask('c.evil.example', 'other.example')).toEqual([false, true])
    at += 60_000
    expect(ask('c.evil.example')).toEqual([true])
  })

  it.each([
    ['social.example', 'social.example'],
    ['a.b.social.example:8080', 'social.example'],
    ['news.bbc.co.uk', 'bbc.co.uk'],
    ['a.ville.gouv.fr', 'gouv.fr'],
    ['mastodon.art', 'mastodon.art'],
    ['192.0.2.7:3000', '192.0.2.7:3000'],
    ['[2001:db8::1]:3000', '[2001:db8::1]:3000'],
    ['localhost', 'localhost'],
  ])('of %s is counted for %s (row 81)', (host, site) => {
    expect(siteOf(host)).toBe(site)
  })
})
