import { describe, expect, it } from 'vitest'
import { createPace } from '#federation/serve/pace.ts'

describe('how fast activities are taken in', () => {
  it('is as fast as they come while the workers keep up', () => {
    const pace = createPace(() => 0)
    expect(pace.holdMs()).toBe(0)
    pace.heard(100)
    expect(pace.holdMs()).toBe(0)
  })

  it('is slower the longer those that were taken had waited, and never slower than two seconds an answer', () => {
    const pace = createPace(() => 0)
    pace.heard(400)
    expect(pace.holdMs()).toBeCloseTo(100)
    pace.heard(1_000)
    expect(pace.holdMs()).toBeCloseTo(300)
    pace.heard(60_000)
    expect(pace.holdMs()).toBe(2_000)
  })

  it('is as fast as before when no worker has said anything for a second', () => {
    let time = 0
    const pace = createPace(() => time)
    pace.heard(900)
    time = 1_001
    expect(pace.holdMs()).toBe(0)
  })
})
