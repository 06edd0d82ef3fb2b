import { once } from 'node:events'
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { pipeline } from 'node:stream'
import { expect } from 'vitest'
import { eventually } from '#test/support/eventually.ts'

/** What stands before several web processes, as nginx or Caddy do, and sends requests only to those that say they are ready. */
export type Balancer = Readonly<{
  /** One more web process; those that no longer answer are forgotten. */
  add(url: string): void
  /** Waits until all that were added and still answer are ready. */
  untilAllReady(): Promise<void>
  close(): Promise<void>
}>

const lookEveryMs = 250

/** Starts a balancer on loopback, at the port of the instance's public address. It asks `/health/ready` four times a second and never sends a request twice. */
export async function startBalancer(port: number): Promise<Balancer> {
  const states = new Map<string, boolean>()
  let turn = 0
  const looking = setInterval(() => {
    for (const url of states.keys()) look(states, url)
  }, lookEveryMs)
  const server = createServer((request, response) => {
    const ready = [...states].flatMap(([url, isReady]) => (isReady ? [url] : []))
    const target = ready[turn++ % ready.length]
    if (target === undefined) response.writeHead(503).end()
    else forward(target, request, response)
  }).listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    add: (url) => states.set(url, false),
    untilAllReady: () => eventually(() => expect([...states.values()].every(Boolean)).toBe(true)),
    close: async () => {
      clearInterval(looking)
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function look(states: Map<string, boolean>, url: string): void {
  fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(2_000) }).then(
    async (answer) => {
      await answer.arrayBuffer()
      if (states.has(url)) states.set(url, answer.ok)
    },
    ({ cause }) => {
      // Who is only slow comes back; where nobody listens any more, nobody will.
      if (cause?.code === 'ECONNREFUSED') states.delete(url)
      else if (states.has(url)) states.set(url, false)
    },
  )
}

function forward(target: string, request: IncomingMessage, response: ServerResponse): void {
  const { method, url, headers } = request
  const onward = httpRequest(target + url, { method, headers }, (answer) => {
    // Who asked may have gone meanwhile.
    if (response.destroyed) return answer.destroy()
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    pipeline(answer, response, () => {})
  })
  // Somebody who asks sees a connection that is cut off, and counts it.
  onward.on('error', () => response.destroy())
  pipeline(request, onward, () => {})
}
