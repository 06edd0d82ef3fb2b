import websocket from '@fastify/websocket'
import type { FastifyInstance } from 'fastify'
import type { WebSocketServer } from 'ws'

/** How long clients may take to say goodbye before they are cut off: a restart does not wait for them. */
const goodbyeMs = 2_000

/** "Going away": clients come back. @see https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1 */
const goingAway = 1001

/** Lets routes be sockets. What clients say on them are short words. */
export async function useSockets(app: FastifyInstance): Promise<void> {
  await app.register(websocket, {
    options: { maxPayload: 4_096 },
    preClose(done) {
      endSockets(this.websocketServer, done)
    },
  })
}

function endSockets(server: WebSocketServer, done: () => void): void {
  for (const client of server.clients) client.close(goingAway, 'this server goes away for a moment')
  const timer = setTimeout(() => {
    for (const client of server.clients) client.terminate()
  }, goodbyeMs)
  server.close(() => {
    clearTimeout(timer)
    done()
  })
}
