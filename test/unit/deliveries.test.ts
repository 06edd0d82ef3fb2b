import { describe, expect, it } from 'vitest'
import { createHostHealth } from '#federation/delivery/health.ts'
import { nextAttempt, readRetryAfter } from '#federation/delivery/schedule.ts'
import type { Db } from '#src/db/client.ts'

const start = new Date('2026-11-01T00:00:00Z')
const minute = 60_000
const hour = 60 * minute

/** When each attempt is made, in minutes after the first, without the random part. */
function attempts(retryAfterMs: number | null = null): number[] {
  const made = [0]
  for (let now = start; ; ) {
    const next = nextAttempt({ attempts: made.length, firstTriedAt: start, now, retryAfterMs, random: 0 })
    if (!next) return made
    made.push((next.getTime() - start.getTime()) / minute)
    now = next
  }
}

describe('a delivery that fails', () => {
  it('is tried at growing intervals for ten days, and no longer (item 40)', () => {
    const made = attempts()
    expect(made.slice(0, 7)).toEqual([0, 1, 6, 21, 81, 261, 621])
    expect(made.at(-1)).toBeGreaterThanOrEqual(10 * 24 * 60)
    expect(made.length).toBeLessThanOrEqual(30)
  })

  it('waits as long as it is asked to, but a day at the most (item 40)', () => {
    expect(attempts(2 * hour).slice(1, 3)).toEqual([120, 240])
    expect(attempts(400 * hour)[1]).toBe(24 * 60)
    expect(readRetryAfter('120', start)).toBe(120_000)
    expect(readRetryAfter('Sun, 01 Nov 2026 01:00:00 GMT', start)).toBe(hour)
    expect(readRetryAfter('Sat, 31 Oct 2026 01:00:00 GMT', start)).toBe(0)
    for (const wrong of [undefined, '', 'soon', '-5 minutes']) expect(readRetryAfter(wrong, start)).toBeNull()
  })

  it('is spread by a fifth at the most', () => {
    const at = (random: number) =>
      nextAttempt({ attempts: 1, firstTriedAt: start, now: start, retryAfterMs: null, random })?.getTime()
    expect([at(0), at(1)]).toEqual([start.getTime() + minute, start.getTime() + 1.2 * minute])
  })
})

describe('what a process remembers of hosts', () => {
  it('is that of the last few thousand, however many there are (row 85)', async () => {
    const health = createHostHealth({ execute: async () => [] } as unknown as Db, () => start)
    const hosts = Array.from({ length: 10_000 }, (_, at) => `h${at}.example`)
    for (const host of hosts) await health.failed(host, 'refused')
    expect(hosts.filter((host) => health.of(host).failures > 0).length).toBe(5_000)
    expect(health.of('h9999.example').failures).toBe(1)
  })
})
