import { describe, expect, it } from 'vitest'
import { drawCode } from '#src/core/qr.ts'
import { epcText } from '#src/core/sepa.ts'

const transfer = {
  holder: 'Atelier Brume',
  iban: 'FR1420041010050500013M02606',
  bic: 'AGRIFRPP',
  amount: 4_590,
  reference: 'E1176',
}

/** The five bits that say how much a camera can mend and how the squares were masked, without their own mask. */
function formatOf(code: readonly (readonly boolean[])[]): string {
  const bits = [0, 1, 2, 3, 4].map((x) => (code[8]?.[x] ? 1 : 0))
  return bits.map((bit, at) => bit ^ Number('10101'[at])).join('')
}

describe('a code that cameras read', () => {
  it('has three corners to be found by, and mends 15 percent', () => {
    const code = drawCode(epcText(transfer))
    const size = code.length
    expect(code.every((row) => row.length === size)).toBe(true)
    const corner = ['1111111', '1000001', '1011101', '1011101', '1011101', '1000001', '1111111']
    for (const [top, left] of [
      [0, 0],
      [0, size - 7],
      [size - 7, 0],
    ] as const) {
      const seen = code.slice(top, top + 7).map((row) =>
        row
          .slice(left, left + 7)
          .map(Number)
          .join(''),
      )
      expect(seen).toEqual(corner)
    }
    expect(formatOf(code).slice(0, 2)).toBe('00')
    // 80 bytes are version 5.
    expect(size).toBe(17 + 4 * 5)
  })

  it('holds every transfer in version 13, whatever the letters', () => {
    for (const letter of ['a', 'é', '工', '🎨']) {
      const text = epcText({
        ...transfer,
        holder: letter.repeat(100),
        reference: letter.repeat(200),
        amount: 99_999_999_999,
      })
      expect(text).not.toContain('\uFFFD')
      expect(text.isWellFormed()).toBe(true)
      expect(drawCode(text).length, letter).toBeLessThanOrEqual(17 + 4 * 13)
    }
  })
})
