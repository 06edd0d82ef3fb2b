import { createPlaces } from '../places.ts'

/** How much an inbox takes from one address, and in all, before it says no without looking. */
export type Bounds = Readonly<{
  /** Activities of one address in a window whose signature does not hold, or that cannot be read. */
  refusals: number
  windowMs: number
  /** Activities that are looked at, or wait for the database, at once. */
  underWay: number
  /** As many of one address: the largest servers send 64 at once. */
  underWayOfOne: number
}>

/** A server that others know sends what holds; a hundred in a minute that do not are an attack or a fault of theirs. */
const usual: Bounds = { refusals: 100, windowMs: 60_000, underWay: 500, underWayOfOne: 200 }

/** What stands before the gate, so that garbage costs neither signatures nor fetches of keys. */
export type FloodGuard = Readonly<{
  /** In how many seconds an address may try again, by `Retry-After`, and with which answer until then; null: now. */
  waitFor(address: string): { status: 429 | 503; seconds: number } | null
  /** Does the work for one activity of an address and counts it as under way meanwhile. */
  run<T>(address: string, work: () => Promise<T>): Promise<T>
  /** One activity of this address was refused. */
  refused(address: string): void
}>

/** Counts for one process. What came before the window is forgotten, so that memory holds the addresses of a minute at the most. */
export function createFloodGuard(now: () => number, bounds: Bounds = usual): FloodGuard {
  let counts = new Map<string, number>()
  let endsAt = 0
  const places = createPlaces()
  const current = () => {
    if (now() >= endsAt) {
      counts = new Map()
      endsAt = now() + bounds.windowMs
    }
    return counts
  }
  return {
    waitFor: (address) => {
      if ((current().get(address) ?? 0) >= bounds.refusals) {
        return { status: 429, seconds: Math.ceil((endsAt - now()) / 1_000) }
      }
      const isFull = places.all() >= bounds.underWay || places.of(address) >= bounds.underWayOfOne
      return isFull ? { status: 503, seconds: 5 } : null
    },
    run: (address, work) => places.hold([address], work),
    refused: (address) => current().set(address, (current().get(address) ?? 0) + 1),
  }
}
