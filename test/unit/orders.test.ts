import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  givesBack,
  mayBecome,
  mayBeTold,
  mayWithdraw,
  nextStep,
  type OrderState,
  takesAgain,
} from '#src/features/orders/states.ts'

const all: OrderState[] = [
  'offered',
  'reserved',
  'open',
  'paid',
  'shipped',
  'delivered',
  'cancelled',
  'refunded',
  'rejected',
  'expired',
]
const over: OrderState[] = ['cancelled', 'refunded', 'rejected']
const ways = [
  { payment: 'pickup', delivery: 'pickup' },
  { payment: 'transfer', delivery: 'pickup' },
  { payment: 'transfer', delivery: 'shipping' },
] as const

describe('the life of an order (row 97)', () => {
  it('ends: nothing follows what is over, neither here nor by the word of another server', () => {
    for (const from of over) {
      for (const to of all) {
        expect([mayBeTold(from, to), ...ways.map((way) => mayBecome(from, to, way))]).not.toContain(true)
      }
    }
  })

  it('goes on after its time only when the money has come after all', () => {
    for (const to of all) {
      const isLate = to === 'paid'
      expect(ways.map((way) => mayBecome('expired', to, way))).toEqual([false, isLate, isLate])
      expect(mayBeTold('expired', to)).toBe(isLate)
    }
  })

  it('gives no money back that has not come, and no pieces twice', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ways), fc.array(fc.constantFrom(...all), { maxLength: 12 }), (way, wishes) => {
        let [state, isPaid, returned]: [OrderState, boolean, number] = ['open', false, 0]
        for (const to of wishes) {
          if (!mayBecome(state, to, way)) continue
          if (to === 'refunded') expect(isPaid).toBe(true)
          if (givesBack(state, to)) returned++
          if (takesAgain(state)) returned--
          if (to === 'paid' || to === 'delivered') isPaid = true
          state = to
        }
        expect(returned).toBeLessThanOrEqual(1)
        if (isPaid) expect(returned).toBe(0)
      }),
      { numRuns: 1_000 },
    )
  })

  it('has one next step for the seller until it is received, and each may be taken', () => {
    for (const way of ways) {
      const path: OrderState[] = ['open']
      for (let next = nextStep('open', way); next; next = nextStep(next, way)) {
        expect(mayBecome(path.at(-1) ?? 'open', next, way)).toBe(true)
        path.push(next)
      }
      expect(path.at(-1)).toBe('delivered')
    }
    expect(mayBecome('open', 'shipped', ways[2])).toBe(false)
    expect([mayWithdraw('open'), mayWithdraw('paid')]).toEqual([true, false])
  })
})
