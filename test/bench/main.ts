import '#src/boot/threads.cjs'
import '#src/boot/drizzle.ts'
import { parseArgs } from 'node:util'
import { createReport } from './report.ts'

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
})

// Loaded after the two lines above, which change how things are loaded.
const { scenarios } = await import('./scenarios.ts')
const report = createReport((line) => process.stderr.write(`${line}\n`))
try {
  for (const { name, run } of scenarios) {
    if (!values.only || name.startsWith(values.only)) await run(report, values.quick)
  }
} finally {
  // What was measured before something failed is worth seeing, too.
  const table = values.json ? '' : `\n${report.toTable()}\n\n`
  process.stdout.write(`${table}${report.toJson()}\n`)
}
