import type { EventEmitter } from 'node:events'

/** Which hosts have connections open. */
export type Sockets = Readonly<{
  /** Notes a new connection until it closes. */
  add(origin: string, socket: EventEmitter): void
  /** Whether a connection to this origin should be closed after the answer, since enough others are kept. */
  isSurplus(origin: string): boolean
}>

/**
 * Bounds the connections that stay open for later. When `maxKept` are open, requests to further hosts ask for `Connection: close`: this
 * needs no list of idle connections and no race about closing them, and the kept ones expire within a minute anyway. A post to 30,000
 * hosts then keeps 2,000 connections of 86 KB each and not 30,000.
 */
export function countSockets(maxKept: number): Sockets {
  const byOrigin = new Map<string, number>()
  let total = 0
  const remove = (origin: string) => {
    total -= 1
    const left = (byOrigin.get(origin) ?? 1) - 1
    if (left > 0) byOrigin.set(origin, left)
    else byOrigin.delete(origin)
  }
  return {
    add(origin, socket) {
      total += 1
      byOrigin.set(origin, (byOrigin.get(origin) ?? 0) + 1)
      socket.once('close', () => remove(origin))
    },
    isSurplus: (origin) => total >= maxKept && !byOrigin.has(origin),
  }
}
