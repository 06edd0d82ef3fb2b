import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Currency,
  currencies,
  formatMoney,
  readAmount,
  readTaxRate,
  taxIn,
  taxRateText,
  toDecimal,
  totalsOf,
} from '#src/core/money.ts'
import { epcText, isIban, shownIban } from '#src/core/sepa.ts'

const amounts = fc.integer({ min: 0, max: 100_000_000 })
const rates = fc.integer({ min: 0, max: 10_000 })
const codes = fc.constantFrom(...(Object.keys(currencies) as Currency[]))
const quantities = fc.integer({ min: 1, max: 999 })

describe('amounts', () => {
  it('are exact sums, with a tax that is theirs to the last unit, whatever they are', () => {
    fc.assert(
      fc.property(amounts, quantities, amounts, rates, (price, quantity, delivery, taxRate) => {
        const { goods, total, tax } = totalsOf({ price, quantity, delivery, taxRate })
        const exact = BigInt(price) * BigInt(quantity) + BigInt(delivery)
        expect(BigInt(total)).toBe(exact)
        expect(BigInt(goods)).toBe(BigInt(price) * BigInt(quantity))
        expect(Number.isSafeInteger(total) && Number.isSafeInteger(tax)).toBe(true)
        // The net price with its tax is the total: it is off by no more than half a unit.
        const net = BigInt(total - tax)
        const off = net * BigInt(10_000 + taxRate) - exact * 10_000n
        expect((off < 0n ? -off : off) * 2n <= BigInt(10_000 + taxRate)).toBe(true)
        expect(tax >= 0 && tax <= total).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  it('are read as they are written, digit by digit', () => {
    fc.assert(
      fc.property(amounts, codes, (amount, currency) => {
        const text = toDecimal({ amount, currency })
        expect(readAmount(text, currency)).toBe(amount)
        expect(readAmount(text.replace('.', ','), currency)).toBe(amount)
        expect(text).toMatch(currencies[currency] === 0 ? /^\d+$/ : /^\d+\.\d\d$/)
      }),
    )
  })

  it('that no currency has are none', () => {
    for (const text of ['', '-1', '1.005', '1e3', '0x10', '1.2.3', '٣', 'NaN', '1000000.01', '99999999999999']) {
      expect(readAmount(text, 'EUR'), text).toBeNull()
    }
    expect(readAmount('1.5', 'JPY')).toBeNull()
    expect(readAmount('1 250,5', 'EUR')).toBe(125_050)
    expect(readAmount('1.500', 'EUR')).toBe(150)
  })

  it('are written as each language does', () => {
    expect(formatMoney('en', { amount: 2_490, currency: 'EUR' })).toBe('€24.90')
    expect(formatMoney('fr', { amount: 123_456, currency: 'EUR' })).toMatch(/^1\s234,56\s€$/)
    expect(formatMoney('en', { amount: 1_250, currency: 'JPY' })).toMatch(/1,250$/)
  })

  it('have taxes in percent with two digits at the most', () => {
    fc.assert(
      fc.property(rates, (rate) => {
        expect(readTaxRate(taxRateText(rate))).toBe(rate)
      }),
    )
    expect([readTaxRate('5,5 %'), readTaxRate('20'), readTaxRate('101'), readTaxRate('x')]).toEqual([
      550,
      2_000,
      null,
      null,
    ])
    expect([taxIn(12_000, 2_000), taxIn(0, 2_000), taxIn(100, 0)]).toEqual([2_000, 0, 0])
  })
})

describe('a transfer', () => {
  it('goes to an account whose check digits fit', () => {
    expect(isIban('FR14 2004 1010 0505 0001 3M02 606')).toBe(true)
    expect(isIban('DE89370400440532013000')).toBe(true)
    for (const wrong of ['FR1420041010050500013M02607', 'DE88370400440532013000', 'XX00', ''])
      expect(isIban(wrong)).toBe(false)
    expect(shownIban('DE89370400440532013000')).toBe('DE89 3704 0044 0532 0130 00')
  })

  it('is written for the code on an invoice as EPC069-12 has it', () => {
    const text = epcText({
      holder: 'Café\nLune',
      iban: 'DE89 3704 0044 0532 0130 00',
      bic: 'COBADEFF',
      amount: 4_980,
      reference: 'E1',
    })
    expect(text.split('\n')).toEqual([
      'BCD',
      '002',
      '1',
      'SCT',
      'COBADEFF',
      'Café Lune',
      'DE89370400440532013000',
      'EUR49.80',
      '',
      '',
      'E1',
    ])
  })
})
