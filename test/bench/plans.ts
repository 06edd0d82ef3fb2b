import '#src/boot/threads.cjs'
import '#src/boot/drizzle.ts'
import { appendFileSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/*
 * Prints docs/query-plans.md: what PostgreSQL does for each list that is read all day, with 100,000 posts in the database.
 */

const posts = 100_000

/** Runs before the one that is shown: after five PostgreSQL keeps a plan. */
const runsBefore = 8

/** By its own module PostgreSQL writes the plan of each statement into its log, with what it really did. */
const explaining = `
session_preload_libraries = 'auto_explain'
auto_explain.log_min_duration = 0
auto_explain.log_analyze = on
auto_explain.log_buffers = on
auto_explain.log_timing = off
`

/** Statements that take less than this in PostgreSQL look one row up. */
const worthShowingMs = 0.2

type Plan = Readonly<{ ms: number; steps: string }>

const { createContext, closeContext } = await import('#src/assemble.ts')
const { startPostgres } = await import('#src/boot/postgres.ts')
const { buildApp } = await import('#src/app.ts')
const { loadConfig } = await import('#src/config.ts')
const { migrateDatabase } = await import('#src/db/migrate.ts')
const { ensureInstanceActor } = await import('#src/features/actors/service.ts')
const { pagesOf, seedReader } = await import('./reads.ts')

const dataDir = await mkdtemp(join(tmpdir(), 'entremise-plans-'))
const log = join(dataDir, 'postgres.log')
const postgres = await startPostgres({ dataDir })
await migrateDatabase(postgres.url)
const ctx = createContext({ ...loadConfig({ DATA_DIR: dataDir, LOG_LEVEL: 'error' }), databaseUrl: postgres.url })
const app = await buildApp(ctx)
try {
  await ensureInstanceActor(ctx)
  const reader = await seedReader({ ctx }, posts)
  await explain()
  process.stdout.write(`${intro()}\n`)
  for (const { name, path, accept } of pagesOf({ ctx }, reader)) {
    const headers = { accept, authorization: `Bearer ${reader.token}` }
    const read = async () => {
      const { statusCode } = await app.inject({ url: path, headers })
      if (statusCode !== 200) throw new Error(`${path} was answered with ${statusCode}`)
    }
    for (let n = 0; n < runsBefore; n++) await read()
    const before = readFileSync(log, 'utf8').length
    await read()
    // The log is written when a statement has been answered.
    await wait(200)
    const plans = readPlans(readFileSync(log, 'utf8').slice(before))
    process.stdout.write(`\n${sectionOf(name, path.replace(reader.viewer.actorId, ':id'), plans)}\n`)
  }
} finally {
  await app.close()
  await closeContext(ctx)
  await postgres.stop()
  await rm(dataDir, { recursive: true, force: true })
}

/** Only the server itself may be told: by its file, which it reads again on a signal. Connections that are open do not hear of it. */
async function explain(): Promise<void> {
  const home = join(dataDir, 'postgres')
  appendFileSync(join(home, 'postgresql.auto.conf'), explaining)
  process.kill(Number(readFileSync(join(home, 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGHUP')
  await wait(500)
  await ctx.db
    .$client`select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()`
  await ctx.db.$client`select pg_terminate_backend(pg_backend_pid())`.catch(() => {})
}

/** Each begins with `duration: 0.123 ms  plan:` and goes on in lines that begin with a tabulator. */
function readPlans(text: string): Plan[] {
  return text.split(/^(?!\t)/m).flatMap((entry) => {
    const ms = /duration: ([\d.]+) ms {2}plan:/.exec(entry)?.[1]
    const lines = entry.split('\n').map((line) => line.replace(/^\t/, ''))
    const first = lines.findIndex((line) => /\(cost=/.test(line))
    return ms && first > 0 ? [{ ms: Number(ms), steps: lines.slice(first).join('\n').trimEnd() }] : []
  })
}

function intro(): string {
  return `# Query plans

What PostgreSQL does for the lists that are read all day, with ${posts.toLocaleString('en')} posts in the database, of whom one in ten is the reader's and
the others are by 100 people whom they follow. Printed by \`npm run -s bench:plans > docs/query-plans.md\`. \`rows\` is what was read at
each step, \`shared hit\` the pages of 8 kB: no step reads a number of rows that grows with the number of posts.`
}

function sectionOf(name: string, path: string, plans: readonly Plan[]): string {
  const total = plans.reduce((sum, { ms }) => sum + ms, 0)
  const shown = plans.filter(({ ms }) => ms >= worthShowingMs)
  const parts = shown.map(({ ms, steps }) => `${ms.toFixed(1)} ms:\n\n\`\`\`\n${pruned(steps)}\n\`\`\``)
  const head = `## ${name}: \`GET ${path}\`\n\n${plans.length} statements, ${total.toFixed(1)} ms in PostgreSQL.`
  return [head, ...parts].join('\n\n')
}

function indentOf(line: string): number {
  return line.search(/\S/)
}

/** Without the steps that were not taken, which for questions of visibility are most, and without the names of what is compared. */
function pruned(steps: string): string {
  const kept: string[] = []
  let skipped = Number.POSITIVE_INFINITY
  for (const line of steps.split('\n')) {
    const indent = indentOf(line)
    if (indent > skipped) continue
    skipped = Number.POSITIVE_INFINITY
    if (line.includes('(never executed)')) {
      skipped = indent
      // The name of a plan that was never asked for stands alone then.
      if (/^\s*(SubPlan|InitPlan) \d+$/.test(kept.at(-1) ?? '')) kept.pop()
    } else if (!/^\s*(Filter|Join Filter|Index Searches|Sort Method|Hash Cond|Buckets):? ?.*/.test(line)) {
      kept.push(line.length > 160 ? `${line.slice(0, 157)}…` : line)
    }
  }
  return kept.join('\n')
}
