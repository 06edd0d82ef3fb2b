import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/** Tests that ask a real PostgreSQL get it from the global setup, which runs only when one of them does. */
const withDatabase = { globalSetup: [file('./support/global-setup.ts')] }

/**
 * What takes the time of processes that it kills, or that let all others go first (pictures, by their niceness): they run alone, one after
 * the other, when everything else is done.
 */
const alone = ['test/federation/*kill.test.ts', 'test/unit/media-process.test.ts', 'test/faults/**/*.test.ts']

const project = (name: string, include: string[], settings: object) => ({
  extends: true as const,
  test: { name, include, ...settings },
})

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    pool: 'forks',
    // One more than the machines that this runs on have cores: most tests wait, for a database or for each other.
    maxWorkers: 3,
    projects: [
      project('unit', ['test/*.test.ts', 'test/unit/**/*.test.ts', 'test/contract/**/*.test.ts'], {
        exclude: alone,
        testTimeout: 20_000,
      }),
      project('boot', ['test/boot/**/*.test.ts'], { testTimeout: 60_000, hookTimeout: 60_000 }),
      project('api', ['test/api/**/*.test.ts'], { testTimeout: 60_000, hookTimeout: 60_000, ...withDatabase }),
      project('federation', ['test/federation/**/*.test.ts'], {
        exclude: alone,
        testTimeout: 120_000,
        hookTimeout: 120_000,
        ...withDatabase,
      }),
      project('browser', ['test/browser/**/*.test.ts'], {
        testTimeout: 120_000,
        hookTimeout: 120_000,
        ...withDatabase,
      }),
      // As long as it takes: how many inputs are made is said from outside.
      project('fuzz', ['test/fuzz/**/*.test.ts'], {
        testTimeout: 4 * 3_600_000,
        hookTimeout: 60_000,
        ...withDatabase,
      }),
      project('alone', alone, {
        testTimeout: 120_000,
        hookTimeout: 120_000,
        maxWorkers: 1,
        sequence: { groupOrder: 1 },
        ...withDatabase,
      }),
    ],
  },
})
