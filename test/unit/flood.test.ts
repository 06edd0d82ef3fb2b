import { describe, expect, it } from 'vitest'
import { createFloodGuard } from '#federation/serve/flood.ts'

const bounds = { refusals: 3, windowMs: 60_000, underWay: 2 }

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
    const all = [guard.run(() => promise), guard.run(() => promise)]
    expect(guard.waitFor('b')).toEqual({ status: 503, seconds: 5 })
    resolve()
    await Promise.all(all)
    expect(guard.waitFor('b')).toBeNull()
    await expect(guard.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(guard.waitFor('b')).toBeNull()
  })
})
