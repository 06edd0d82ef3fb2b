import type { WebSocket } from '@fastify/websocket'
import type { FastifyRequest } from 'fastify'
import { viewerOf } from '#src/http/auth.ts'
import type { Connection } from './connection.ts'
import { tokenOf } from './fields.ts'
import type { Hub } from './hub.ts'
import { readStream, type Stream } from './names.ts'

/** Proxies cut connections on which nothing is said for a minute. */
const pingEveryMs = 30_000

/** What may wait to be sent to a client that does not read. */
const mostBytesWaiting = 1_048_576

/** Connections of one actor; each device and tab is one. */
const mostConnections = 50

/** Streams on one connection. */
const mostStreams = 50

/** Close codes. @see https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1 */
const policyViolation = 1008
const tryAgainLater = 1013

/** A socket on which a client opens and closes streams by messages. */
export function serveSocket(hub: Hub, socket: WebSocket, request: FastifyRequest): void {
  const viewer = viewerOf(request)
  if (hub.countOf(viewer.actorId) >= mostConnections) return void socket.close(tryAgainLater, 'too many connections')
  const streams = new Map<string, Stream>()
  const connection: Connection = {
    token: tokenOf(request) ?? '',
    viewer,
    streams,
    send: (stream, event, payload) => {
      if (socket.bufferedAmount > mostBytesWaiting) return void socket.terminate()
      // masto.js reads whatever stands there as JSON, and breaks off where that is empty.
      socket.send(JSON.stringify({ stream: stream.label, event, ...(payload === null ? {} : { payload }) }))
    },
    end: () => socket.close(policyViolation, 'the access token is no longer valid'),
  }
  const leave = hub.join(connection)
  const say = (problem: object) => socket.send(JSON.stringify(problem))
  const { stream: first } = request.query as { stream?: string }
  if (first) open(connection, request.query as object, say)
  socket.on('message', (data) => onMessage(connection, String(data), say))
  keepAlive(socket)
  socket.on('close', leave)
  // It is followed by the close, which is what counts.
  socket.on('error', (error: Error) => request.log.debug({ err: error }, 'a socket broke off'))
}

type Say = (problem: object) => void

function onMessage(connection: Connection, text: string, say: Say): void {
  const message = parse(text)
  if (!message) return void say({ error: 'The message must be a JSON object', status: 400 })
  if (message.type === 'subscribe') return void open(connection, message, say)
  if (message.type === 'unsubscribe') return void close(connection, message, say)
  say({ error: 'The type must be subscribe or unsubscribe', status: 400 })
}

function open({ streams, viewer }: Connection, asked: object, say: Say): void {
  const stream = readStream(asked, viewer.scopes)
  if ('error' in stream) return void say(stream)
  if (streams.size >= mostStreams) return void say({ error: `No more than ${mostStreams} streams`, status: 429 })
  streams.set(stream.key, stream)
}

function close({ streams, viewer }: Connection, asked: object, say: Say): void {
  const stream = readStream(asked, viewer.scopes)
  if ('error' in stream) return void say(stream)
  streams.delete(stream.key)
}

function parse(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null
  } catch {
    return null
  }
}

/** A client that does not answer a ping until the next one is gone. */
function keepAlive(socket: WebSocket): void {
  let isAlive = true
  socket.on('pong', () => {
    isAlive = true
  })
  const timer = setInterval(() => {
    if (!isAlive) return void socket.terminate()
    isAlive = false
    socket.ping()
  }, pingEveryMs)
  socket.on('close', () => clearInterval(timer))
}
