import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/** Tests that ask a real PostgreSQL get it from the global setup, which runs only when one of them does. */
const withDatabase = { globalSetup: [file('./support/global-setup.ts')] }

/** What measures memory or time, or lets all others go first (pictures, by their niceness): alone, one after the other, after everything else. */
const alone = ['test/unit/media-process.test.ts', 'test/faults/flood.test.ts', 'test/api/demo.test.ts']

/** What breaks something and waits until all is well again; two at once, for they mostly wait. A whole run measures, and takes one at a time. */
const breaking = ['test/federation/*kill.test.ts', 'test/faults/**/*.test.ts']
const breakingAtOnce = process.env.FAULTS === 'whole' ? 1 : 2

/**
 * Many files in one process: loading the program anew for each of them took longer than the tests. They share nothing that changes, since each
 * has a database, a context and an app of its own.
 */
const together = { isolate: false }

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
        ...together,
      }),
      project('boot', ['test/boot/**/*.test.ts'], { testTimeout: 60_000, hookTimeout: 60_000 }),
      project('api', ['test/api/**/*.test.ts'], {
        exclude: alone,
        testTimeout: 60_000,
        hookTimeout: 60_000,
        ...together,
        ...withDatabase,
      }),
      project('federation', ['test/federation/**/*.test.ts'], {
        exclude: breaking,
        testTimeout: 120_000,
        hookTimeout: 120_000,
        ...together,
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
        sequence: { groupOrder: 2 },
        ...withDatabase,
      }),
      project('breaking', breaking, {
        exclude: alone,
        testTimeout: 120_000,
        hookTimeout: 120_000,
        maxWorkers: breakingAtOnce,
        sequence: { groupOrder: 1 },
        ...withDatabase,
      }),
    ],
  },
})
