import { describe, expect, it } from 'vitest'
import { createFloodGuard } from '#federation/serve/flood.ts'
import { createShares } from '#federation/serve/shares.ts'

const bounds = { refusals: 3, windowMs: 60_000, underWay: 2, underWayOfOne: 2 }

describe('a flood of activities', () => {
  it('that do not hold is turned away by its address until the minute is over', () => {
    let at = 5_000
    const guard = createFloodGuard(() => at, bounds)
    for (let n = 0; n < 3; n++) {
      expect(guard.waitFor('a')).toBeNull()
      guard.refused('a')
    }
    at += 20_500
    expect(guard.waitFor('a')).toEqual({ status: 429, seconds: 40 })
    expect(guard.waitFor('b')).toBeNull()
    at += 39_500
    expect(guard.waitFor('a')).toBeNull()
  })

  it('of any kind is turned away while too many are under way', async () => {
    const guard = createFloodGuard(() => 0, bounds)
    const { promise, resolve } = Promise.withResolvers<void>()
    const all = [guard.run('a', () => promise), guard.run('b', () => promise)]
    expect(guard.waitFor('b')).toEqual({ status: 503, seconds: 5 })
    resolve()
    await Promise.all(all)
    expect(guard.waitFor('b')).toBeNull()
    await expect(guard.run('b', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(guard.waitFor('b')).toBeNull()
  })

  it('is turned away by its address while too many of that are under way', async () => {
    const guard = createFloodGuard(() => 0, { ...bounds, underWay: 5 })
    const { promise, resolve } = Promise.withResolvers<void>()
    const all = [guard.run('a', () => promise), guard.run('a', () => promise)]
    expect([guard.waitFor('a'), guard.waitFor('b')]).toEqual([{ status: 503, seconds: 5 }, null])
    resolve()
    await Promise.all(all)
    expect(guard.waitFor('a')).toBeNull()
  })
})

describe('what is signed', () => {
  const most = { actor: { activities: 3, bytes: 100 }, site: { activities: 5, bytes: 200 } }
  const [ana, ben, cat] = ['https://a.example/ana', 'https://b.a.example/ben', 'https://c.example/cat']

  it('is counted by actor and by site, until the minute is over', () => {
    let at = 1_000
    const shares = createShares(() => at, most)
    for (let n = 0; n < 3; n++) expect(shares.take(ana, 1)).toBeNull()
    at += 20_000
    expect(shares.take(ana, 1)).toBe(40)
    for (let n = 0; n < 2; n++) expect(shares.take(ben, 1)).toBeNull()
    // Names below one name are one site.
    expect([shares.take(ben, 1), shares.take(cat, 1)]).toEqual([40, null])
    at += 40_000
    expect(shares.take(ana, 1)).toBeNull()
  })

  it('is counted by its bytes too', () => {
    const shares = createShares(() => 0, most)
    expect([shares.take(ana, 120), shares.take(ana, 1), shares.take(ben, 90), shares.take(ben, 1)]).toEqual([
      null,
      60,
      null,
      60,
    ])
  })
})
