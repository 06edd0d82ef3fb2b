import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { collectEvidence, type Kind, testsOf } from '#test/evidence/collect.ts'
import { faults } from '#test/evidence/faults.ts'
import { absentItems, items } from '#test/evidence/items.ts'
import { checklistPage, reliabilityPage, securityPage } from '#test/evidence/pages.ts'
import { groups } from '#test/evidence/rows.ts'
import { rules } from '#test/evidence/rules.ts'

const read = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8')
const evidence = collectEvidence()
const rows = Object.assign({}, ...groups.map((group) => group.rows)) as Readonly<Record<number, string>>
const known: Readonly<Record<Kind, readonly string[]>> = {
  rule: Object.keys(rules),
  row: Object.keys(rows),
  item: Object.keys(items),
  fault: Object.keys(faults),
}
const withoutTest = (kind: Kind) => known[kind].filter((number) => testsOf(evidence, kind, number).length === 0)

describe('what must hold has a test', () => {
  it('for every rule, fault and row, and for every item but those that are said to be missing', () => {
    expect(withoutTest('rule')).toEqual([])
    expect(withoutTest('fault')).toEqual([])
    expect(withoutTest('row')).toEqual([])
    expect(withoutTest('item').filter((number) => !absentItems.includes(Number(number)))).toEqual([])
  })

  it('and no test is about a number that does not exist', () => {
    const wrong = evidence.filter(({ kind, numbers }) => numbers.some((number) => !known[kind].includes(number)))
    expect(wrong).toEqual([])
  })

  it('and what is said to be missing is named, until there is a test', () => {
    expect(absentItems).toEqual([38])
    expect(absentItems.filter((number) => testsOf(evidence, 'item', number).length > 0)).toEqual([])
  })
})

describe('the pages of it', () => {
  it('are those that the titles of tests make', () => {
    expect(read('security.md')).toBe(securityPage())
    expect(read('federation-checklist.md')).toBe(checklistPage())
    expect(read('reliability.md')).toBe(reliabilityPage())
  })
})
