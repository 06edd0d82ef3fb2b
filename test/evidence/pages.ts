import { readFileSync } from 'node:fs'
import { collectEvidence, type Evidence, type Kind, testsOf } from './collect.ts'
import { faults } from './faults.ts'
import { absentItems, items } from './items.ts'
import { groups } from './rows.ts'
import { rules } from './rules.ts'

const command = '`node test/evidence/write.ts`'

/** The page about attacks: what each rule and each row of the catalogue is shown by. */
export function securityPage(): string {
  const evidence = collectEvidence()
  const tables = groups.map(
    ({ title, rows }, at) =>
      `## ${String.fromCharCode(65 + at)}. ${title}\n\n${table(evidence, { kind: 'row', things: rows, absent: [] })}`,
  )
  return `# Security

What must hold, and the tests that fail when it does not. This page is made from the titles of the tests by ${command}; a test
compares the two, and fails for every line without a test. \`…\` in a title is a case of a table.

Inputs that nobody thinks of are generated: activities, foreign HTML, pictures and requests of clients (\`test/fuzz\`). A few hundred of
each are tried with all other tests, always the same ones; \`npm run fuzz\` tries 100,000 of each, and \`FUZZ_SEED=2 npm run fuzz\` others.
What was found stands in tests of its own. Last whole runs, of 2026-11-29, without a fault: 100,000 activities and pictures with seed 1, texts and requests with
seeds 1 and 2. Runs before them had found a request that was answered with 500, and a picture of a million pixels by sixteen that took 1.5 GB.

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

/** What one run of a fault measured: `fault` and `what` say which, everything else is a figure. */
type Run = Readonly<{ fault: string; what: string; scale: string } & Record<string, string | number | boolean>>

/** The page about what breaks, with the figures of one whole run (`npm run faults`). */
export function reliabilityPage(): string {
  const lines = readFileSync(new URL('../faults/figures.jsonl', import.meta.url), 'utf8')
    .trim()
    .split('\n')
  const runs = lines.filter(Boolean).map((line) => JSON.parse(line) as Run)
  const figures = runs.map(({ fault, what, scale: _scale, ...figures }) => {
    const values = Object.entries(figures).map(([name, value]) => `${toWords(name)} ${value}`)
    return `| ${fault} | ${toCell(what)} | ${values.join(' · ')} |`
  })
  return `# Reliability

What is promised: at least once on the wire, exactly one effect. What was answered with 200 or 202 is on the disk of PostgreSQL, and rows there
are the truth; jobs only wake workers. The tests in \`test/faults\` break something under load and keep a ledger of all that was acknowledged, in both
directions. A short form runs with all other tests; \`npm run faults\` runs the whole and writes its figures to test/faults/figures.jsonl, from
which, with the titles of the tests, this page is made by ${command}.

${table(collectEvidence(), { kind: 'fault', things: faults, absent: [] })}

## Figures

Of whole runs on a machine with two cores. Lost, doubled, repeated: activities and posts that are not there a minute after the end, that are there twice,
that came again on the wire. Refused, cut off, unavailable, faults: attempts that found no process, that ended in the middle, that got 503 or 429, that got
another error. Interrupted: posts and activities that were taken although the answer was cut off. Silence is the longest time in which nothing was acknowledged; settled is when everything was there, after the last
acknowledgement.

| | What was done | Figures |
|---|---|---|
${figures.join('\n')}
`
}

/** A name of a figure in words: `longestSilenceMs` is “longest silence ms”. */
function toWords(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
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
