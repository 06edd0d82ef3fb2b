import type { OutboundError } from '#src/core/outbound/error.ts'

/** From the second failure in a row on, a server is asked once in so long. One that answers is asked as before. */
const pauseMs = 60_000
const silentFrom = 2

/** How many servers are remembered: others name them. */
const mostRemembered = 5_000

/** By these a server says that it is not there, or wants less to do. A 500 may be about one document alone. */
const busy: ReadonlySet<number> = new Set([429, 502, 503, 504])

/** Servers that have given no answer lately. One for each process. */
export type Silences = Readonly<{
  /** Whether a server is to be left alone now. */
  isSilent(host: string): boolean
  /** Whether a server may be asked now. Where it was silent, whoever asks first after a pause asks for all. */
  mayAsk(host: string): boolean
  /** Notes what came of it: the status of an answer, or why there was none. */
  heard(host: string, outcome: number | OutboundError): void
}>

/** Makes the memory of a process. @param now in milliseconds */
export function createSilences(now: () => number): Silences {
  const silent = new Map<string, { failures: number; until: number }>()
  const isSilent = (host: string) => {
    const known = silent.get(host)
    return known !== undefined && known.failures >= silentFrom && now() < known.until
  }
  return {
    isSilent,
    mayAsk: (host) => {
      if (isSilent(host)) return false
      const known = silent.get(host)
      if (known) known.until = now() + pauseMs
      return true
    },
    heard: (host, outcome) => {
      const failures = (silent.get(host)?.failures ?? 0) + 1
      silent.delete(host)
      if (!isSilence(outcome)) return
      silent.set(host, { failures, until: now() + pauseMs })
      const oldest = silent.keys().next().value
      if (silent.size > mostRemembered && oldest) silent.delete(oldest)
    },
  }
}

function isSilence(outcome: number | OutboundError): boolean {
  if (typeof outcome === 'number') return busy.has(outcome)
  return outcome.code === 'network' || outcome.code === 'timeout'
}
