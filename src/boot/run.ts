import { parseArgs } from 'node:util'
import { type Config, ConfigError, loadConfig } from '#src/config.ts'
import type { Ctx } from '#src/context.ts'
import { Problem } from '#src/errors.ts'
import { checkDatabase, checkPort, checkRedis, checkStorage } from './checks.ts'
import { BootError, errorCode } from './failure.ts'
import { createLifecycle, type Lifecycle } from './lifecycle.ts'
import { settle } from './settle.ts'
import { summary } from './summary.ts'

/**
 * Starts what `ROLE` names and keeps it running until a signal. Whatever an operator can mend is told in one sentence, without a stack.
 * @param args what follows `npm start --`
 */
export async function run(args: readonly string[]): Promise<void> {
  const lifecycle = createLifecycle(report)
  try {
    await start(lifecycle, readArguments(args))
  } catch (error) {
    // What a step that was cut off has to say is of no use to anybody.
    if (lifecycle.isEnding()) return
    if (error instanceof BootError || error instanceof ConfigError) report(error.message)
    else report('Entremise could not start, and this is a fault of its own:', error)
    lifecycle.fail()
  }
}

function report(sentence: string, error?: unknown): void {
  process.stderr.write(`${sentence}\n`)
  if (error !== undefined) process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
}

function readArguments(args: readonly string[]): { demo: boolean } {
  try {
    const { values } = parseArgs({ args: [...args], options: { demo: { type: 'boolean', default: false } } })
    return values
  } catch (error) {
    throw new BootError('Entremise starts without arguments, or with --demo: "npm start -- --demo".', { cause: error })
  }
}

/** Loads things where they are needed: a worker has no web server in memory, and a wrong setting is told at once. */
async function start(lifecycle: Lifecycle, { demo }: { demo: boolean }): Promise<void> {
  const config = loadConfig()
  const { role, redisUrl } = config
  if (demo && role !== 'all')
    throw new BootError('--demo needs both the web and the worker process: leave ROLE unset for it.')
  if (role !== 'worker') await lifecycle.open(() => checkPort(config))
  if (redisUrl) await lifecycle.open(() => checkRedis(redisUrl))
  const settings = { ...config, databaseUrl: config.databaseUrl ?? (await openPostgres(lifecycle, config)) }
  await lifecycle.open(() => prepareDatabase(settings.databaseUrl, config))
  const { closeContext, createContext } = await import('#src/assemble.ts')
  const ctx = await lifecycle.open(
    () => createContext(settings),
    (context) => ({ close: () => closeContext(context) }),
  )
  await lifecycle.open(() => keepHome(ctx))
  await lifecycle.open(() => checkStorage(ctx.storage, config))
  if (role !== 'web') {
    const { startWorkers } = await import('#workers/main.ts')
    await lifecycle.open(
      () => startWorkers(ctx),
      (workers) => workers,
    )
  }
  if (demo) {
    const { seedDemo } = await import('#src/demo/main.ts')
    await lifecycle.open(() => seedDemo(ctx).catch(tellRefusal))
  }
  const web = role === 'worker' ? null : await openWeb(lifecycle, ctx)
  process.stdout.write(summary({ config, listening: web?.address ?? null, setupUrl: web?.setupUrl ?? null }))
  settle()
}

/** An instance that others know cannot move. */
async function keepHome(ctx: Ctx): Promise<void> {
  const { settleHome } = await import('#src/features/actors/home.ts')
  const sentence = await settleHome(ctx)
  if (sentence) throw new BootError(sentence)
}

/** Our own PostgreSQL, closed after everything that uses it. */
async function openPostgres(lifecycle: Lifecycle, { dataDir }: Config): Promise<string> {
  const { startPostgres } = await import('./postgres.ts')
  const postgres = await lifecycle.open(
    () => startPostgres({ dataDir, log: report }),
    ({ stop, abandon }) => ({ close: stop, abandon }),
  )
  return postgres.url
}

async function prepareDatabase(databaseUrl: string, config: Config): Promise<void> {
  if (config.databaseUrl) await checkDatabase(databaseUrl)
  const { migrateDatabase, NewerDatabaseError } = await import('#src/db/migrate.ts')
  try {
    await migrateDatabase(databaseUrl)
  } catch (error) {
    if (error instanceof NewerDatabaseError) throw new BootError(error.message, { cause: error })
    const sentence = migrationSentences[sqlStateOf(error)]
    throw sentence ? new BootError(sentence, { cause: error }) : error
  }
}

/** By SQLSTATE: what an operator can do something about. */
const migrationSentences: Readonly<Record<string, string>> = {
  '42501':
    'DATABASE_URL: the user may not make tables and extensions in this database: make it the owner (ALTER DATABASE … OWNER TO …).',
  '0A000':
    'DATABASE_URL: this PostgreSQL lacks extensions that are needed: install its contrib package (postgresql-contrib).',
  '53100': 'There is no room left on the disk of the database: free some and start again.',
}

/** drizzle wraps what the server said. */
function sqlStateOf(error: unknown): string {
  return errorCode(error) || (error instanceof Error ? errorCode(error.cause) : '')
}

/** What the demonstration refuses is for the operator to mend. */
function tellRefusal(error: unknown): never {
  throw error instanceof Problem ? new BootError(error.message, { cause: error }) : error
}

async function openWeb(lifecycle: Lifecycle, ctx: Ctx): Promise<{ address: string; setupUrl: string | null }> {
  const { startWeb } = await import('#src/server.ts')
  const { prepareSetup } = await import('#src/features/instance/service.ts')
  const { address } = await lifecycle.open(
    () => startWeb(ctx),
    (web) => web,
  )
  return { address, setupUrl: await lifecycle.open(() => prepareSetup(ctx)) }
}
