import { setTimeout as pause } from 'node:timers/promises'

/** For how long something is waited for, and how often it is looked whether it is so. */
type Patience = Readonly<{ withinMs?: number; everyMs?: number }>

/**
 * Waits until a check holds: it is repeated until it neither throws nor rejects, and its result is handed back. When time is up, its last
 * failure is the failure of the test.
 */
export async function eventually<T>(check: () => T | Promise<T>, patience: Patience = {}): Promise<T> {
  const { withinMs = 20_000, everyMs } = patience
  const start = performance.now()
  const end = start + withinMs
  for (;;) {
    try {
      return await check()
    } catch (error) {
      if (performance.now() > end) throw error
      // Ever more seldom where nothing else is said: who asks an instance too often is turned away.
      await pause(everyMs ?? Math.max(25, (performance.now() - start) / 20))
    }
  }
}
