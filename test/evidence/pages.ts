import { collectEvidence, type Evidence, type Kind, testsOf } from './collect.ts'
import { absentItems, items } from './items.ts'
import { absentRows, groups } from './rows.ts'
import { rules } from './rules.ts'

const command = '`node test/evidence/write.ts`'

/** The page about attacks: what each rule and each row of the catalogue is shown by. */
export function securityPage(): string {
  const evidence = collectEvidence()
  const tables = groups.map(
    ({ title, rows }, at) =>
      `## ${String.fromCharCode(65 + at)}. ${title}\n\n${table(evidence, { kind: 'row', things: rows, absent: absentRows })}`,
  )
  return `# Security

What must hold, and the tests that fail when it does not. This page is made from the titles of the tests by ${command}; a test
compares the two, and fails for every line without a test that is not said to be missing. \`…\` in a title is a case of a table.

Inputs that nobody thinks of are generated: activities, foreign HTML, pictures and requests of clients (\`test/fuzz\`). A few hundred of
each are tried with all other tests, always the same ones; \`npm run fuzz\` tries 100,000 of each, and \`FUZZ_SEED=2 npm run fuzz\` others.
What was found stands in tests of its own.

## The gate

What every activity of another server must pass before anything else looks at it.

${table(evidence, { kind: 'rule', things: rules, absent: [] })}

${tables.join('\n\n')}
`
}

/** The page about other servers: what each item of the checklist is shown by. */
export function checklistPage(): string {
  return `# What other servers expect

Forty things that go wrong between servers, and the tests that show that they do not. This page is made from the titles of the tests by
${command}; a test compares the two.

${table(collectEvidence(), { kind: 'item', things: items, absent: absentItems })}
`
}

/** The tests of faults, for the page about what survives them: `faults` are in its order, as F1. */
export function faultsTable(faults: Readonly<Record<string, string>>): string {
  return table(collectEvidence(), { kind: 'fault', things: faults, absent: [] })
}

type Table = Readonly<{ kind: Kind; things: Readonly<Record<string, string>>; absent: readonly number[] }>

function table(evidence: readonly Evidence[], { kind, things, absent }: Table): string {
  const rows = Object.entries(things).map(([number, words]) => {
    const tests = testsOf(evidence, kind, number).map(({ file, title }) => `\`${file}\`: ${toCell(title)}`)
    const shown = absent.includes(Number(number)) && tests.length === 0 ? 'not there yet' : tests.join('<br>')
    return `| ${number} | ${words} | ${shown} |`
  })
  return ['| | What holds | Shown by |', '|---|---|---|', ...rows].join('\n')
}

function toCell(title: string): string {
  return title
    .replaceAll(/\$\w+|%[sijo#]/g, '…')
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;')
}
