import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { closeContext, createContext } from '#src/assemble.ts'
import { type Config, loadConfig } from '#src/config.ts'
import type { Ctx } from '#src/context.ts'
import { type Clock, createClock } from './clock.ts'
import { createTestDatabase } from './database.ts'

/** A context of its own for one test file: an empty migrated database, a storage in a scratch folder, a clock that stands still. */
export type TestContext = Readonly<{ ctx: Ctx; clock: Clock; close: () => Promise<void> }>

/**
 * Puts together what services are given, with the real parts.
 * @param options.config settings that differ from those of a usual test instance at https://here.example
 */
export async function createTestContext(options: { config?: Partial<Config> } = {}): Promise<TestContext> {
  const [database, dataDir] = await Promise.all([createTestDatabase(), mkdtemp(join(tmpdir(), 'entremise-test-'))])
  const usual = loadConfig({ PUBLIC_URL: 'https://here.example', LOG_LEVEL: 'silent', DATA_DIR: dataDir })
  const config = { ...usual, ...options.config, databaseUrl: database.url }
  const clock = createClock()
  const ctx = createContext(config, { now: clock.now })
  const close = async () => {
    await closeContext(ctx)
    await database.drop()
    await rm(dataDir, { recursive: true, force: true })
  }
  return { ctx, clock, close }
}
