import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'

/** What a test may show: a rule of the gate, a row of the catalogue of attacks, an item of what other servers expect, a fault. */
export type Kind = 'rule' | 'row' | 'item' | 'fault'

/** A test that shows something, by the title that it has in its file; `numbers` as they stand there (`F1` for faults). */
export type Evidence = Readonly<{ kind: Kind; numbers: readonly string[]; file: string; title: string }>

const root = resolve(import.meta.dirname, '../..')

/** A title is one string that ends with marks: `(item 24)`, `(rows 40, 43) (rule 7)`. */
const marked = /(['"`])((?:(?!\1)[^\n\\]|\\.)*?)((?: \((?:rule|row|item|fault)s? F?\d+(?:, F?\d+)*\))+)\1/g
const mark = /\((rule|row|item|fault)s? ([^)]+)\)/g

/** Every test whose title says what it shows, in the order of files. */
export function collectEvidence(): Evidence[] {
  const files = globSync('test/**/*.test.ts', { cwd: root }).toSorted()
  return files.flatMap((file) => evidenceIn(file, readFileSync(resolve(root, file), 'utf8')))
}

function evidenceIn(file: string, text: string): Evidence[] {
  return [...text.matchAll(marked)].flatMap(([, , words = '', marks = '']) =>
    [...marks.matchAll(mark)].map(([, kind, numbers = '']) => ({
      kind: kind as Kind,
      numbers: numbers.split(', '),
      file,
      title: words.replaceAll('\\', '').trim(),
    })),
  )
}

/** The tests that show one thing. */
export function testsOf(evidence: readonly Evidence[], kind: Kind, number: number | string): Evidence[] {
  return evidence.filter((one) => one.kind === kind && one.numbers.includes(String(number)))
}
