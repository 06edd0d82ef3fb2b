import type { Db } from '#src/db/client.ts'
import { noteFailure, noteSuccess } from '#src/db/hosts.ts'
import { nextAttempt } from './schedule.ts'

/** How a request is signed. */
export type Scheme = 'cavage' | 'rfc9421'

/** What is known of a host: from its row, and fresher from this process. */
export type Health = { failures: number; retryAt: Date | null; scheme: Scheme | null }

/** From this many failures in a row a host is in the slow lane: its deliveries wait on their own, outside of the pieces. */
export const slowFrom = 2

/** Keeps the health of hosts in memory and in their rows. One for each process. */
export type HostHealth = Readonly<{
  /** Takes in what a row says, unless this process knows better. */
  learn(host: string, row: Health): void
  of(host: string): Health
  isSlow(host: string): boolean
  succeeded(host: string, scheme: Scheme): Promise<void>
  failed(host: string, error: string): Promise<void>
}>

/** After this long what a row says counts again, so that what another process learned is seen. */
const rememberMs = 60_000

/** Hosts that are remembered; the others have their rows. */
const mostRemembered = 5_000

/** Makes the memory of hosts' health. */
export function createHostHealth(db: Db, now: () => Date): HostHealth {
  const known = new Map<string, { health: Health; learnedAt: number }>()
  const of = (host: string) => known.get(host)?.health ?? { failures: 0, retryAt: null, scheme: null }
  const set = (host: string, health: Health) => {
    known.delete(host)
    known.set(host, { health, learnedAt: now().getTime() })
    const oldest = known.keys().next().value
    if (known.size > mostRemembered && oldest) known.delete(oldest)
  }
  return {
    of,
    isSlow: (host) => of(host).failures >= slowFrom,
    learn: (host, row) => {
      const entry = known.get(host)
      if (entry && now().getTime() - entry.learnedAt < rememberMs) return
      set(host, { failures: row.failures, retryAt: row.retryAt, scheme: row.scheme })
    },
    succeeded: async (host, scheme) => {
      const before = of(host)
      set(host, { failures: 0, retryAt: null, scheme })
      // Nothing new in nearly every case, and then nothing to write: cavage is what everybody is tried with first.
      if (before.failures > 0 || scheme !== (before.scheme ?? 'cavage')) await noteSuccess(db, host, scheme, now())
    },
    failed: async (host, error) => {
      const before = of(host)
      const failures = before.failures + 1
      const at = now()
      const retryAt =
        nextAttempt({ attempts: failures, firstTriedAt: at, now: at, retryAfterMs: null, random: Math.random() }) ?? at
      set(host, { failures, retryAt, scheme: before.scheme })
      await noteFailure(db, host, { error, retryAt, now: at })
    },
  }
}
