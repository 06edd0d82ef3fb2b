/** How much may be under way at once. */
export type Limits = Readonly<{
  /** Requests that are expected to be answered soon. */
  inFlight: number
  /** Requests to one host. */
  perHost: number
  /** All requests, those included that have been waiting for longer than `slowAfterMs`. */
  open: number
  /** After this long a request no longer counts as in flight: a server that hangs must not hold back others. */
  slowAfterMs: number
}>

/** What one delivery process may have under way. 256 in flight wait for answers; they cost no computing. */
export const usualLimits: Limits = { inFlight: 256, perHost: 2, open: 2_000, slowAfterMs: 1_500 }

/** Runs work for hosts within the limits, first come first served for each host. */
export type Limiter = Readonly<{ run<T>(host: string, work: () => Promise<T>): Promise<T> }>

type Gate = { enter(): Promise<void>; leave(): void }

/** Lets `size` through at once; the others wait in order. */
function createGate(size: number): Gate {
  const waiting: (() => void)[] = []
  let free = size
  return {
    enter: () => {
      if (free > 0) {
        free--
        return Promise.resolve()
      }
      return new Promise((resolve) => waiting.push(resolve))
    },
    leave: () => {
      const next = waiting.shift()
      if (next) next()
      else free++
    },
  }
}

/** Makes a limiter; one for each process, shared by all its jobs. */
export function createLimiter(limits: Limits = usualLimits): Limiter {
  const inFlight = createGate(limits.inFlight)
  const open = createGate(limits.open)
  const hosts = new Map<string, { gate: Gate; users: number }>()
  return {
    run: async (host, work) => {
      const entry = hosts.get(host) ?? { gate: createGate(limits.perHost), users: 0 }
      hosts.set(host, entry)
      entry.users++
      await entry.gate.enter()
      try {
        await open.enter()
        try {
          return await whileQuick(inFlight, limits.slowAfterMs, work)
        } finally {
          open.leave()
        }
      } finally {
        entry.gate.leave()
        // Thirty thousand hosts come and go: keep only those in use.
        if (--entry.users === 0) hosts.delete(host)
      }
    },
  }
}

/** Holds a place in the gate until the work is done or has become slow. */
async function whileQuick<T>(gate: Gate, slowAfterMs: number, work: () => Promise<T>): Promise<T> {
  await gate.enter()
  let isHeld = true
  const release = () => {
    if (isHeld) gate.leave()
    isHeld = false
  }
  const timer = setTimeout(release, slowAfterMs)
  try {
    return await work()
  } finally {
    clearTimeout(timer)
    release()
  }
}
