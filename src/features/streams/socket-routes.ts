import type { WebSocket } from '@fastify/websocket'
import type { FastifyRequest } from 'fastify'
import type { Ctx } from '#src/context.ts'
import { hashToken } from '#src/core/secrets.ts'
import { viewerOf } from '#src/http/auth.ts'
import { type Connection, mostBytesWaiting, mostConnections } from './connection.ts'
import { nameOf, streamQuery, tokenOf } from './fields.ts'
import type { Hub } from './hub.ts'
import type { Stream, StreamWish } from './names.ts'
import { findStream } from './open.ts'

/** Proxies cut connections on which nothing is said for a minute. */
const pingEveryMs = 30_000

/** Streams on one connection. */
const mostStreams = 50

/** Messages of a client that wait for their answer: nobody opens more streams than there can be. */
const mostMessages = 2 * mostStreams

/** Close codes. @see https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1 */
const codes = { goingAway: 1001, noText: 1003, policyViolation: 1008, tryAgainLater: 1013 } as const

/** A socket on which a client opens and closes streams by messages. */
export function serveSocket(
  { ctx, hub }: Readonly<{ ctx: Ctx; hub: Hub }>,
  socket: WebSocket,
  request: FastifyRequest,
): void {
  const viewer = viewerOf(request)
  if (hub.countOf(viewer.actorId) >= mostConnections)
    return void socket.close(codes.tryAgainLater, 'too many connections')
  const connection: Connection = {
    tokenHash: hashToken(tokenOf(request) ?? ''),
    viewer,
    streams: new Map<string, Stream>(),
    send: (stream, event, payload) => {
      if (socket.bufferedAmount > mostBytesWaiting) return void socket.terminate()
      // masto.js reads whatever stands there as JSON, and breaks off where that is empty.
      socket.send(JSON.stringify({ stream: stream.label, event, ...(payload === null ? {} : { payload }) }))
    },
    end: (why) => {
      if (why === 'process') socket.close(codes.goingAway, 'this server goes away for a moment')
      else socket.close(codes.policyViolation, 'the access token is no longer valid')
    },
  }
  const leave = hub.join(connection)
  socket.on('close', leave)
  // It is followed by the close, which is what counts.
  socket.on('error', (error: Error) => request.log.debug({ err: error }, 'a socket broke off'))
  keepAlive(socket)
  obey(ctx, socket, { connection, first: streamQuery.safeParse(request.query).data })
}

/** Does what a client says, one thing after the other, and says what cannot be done. */
function obey(
  ctx: Ctx,
  socket: WebSocket,
  { connection, first }: { connection: Connection; first: ReturnType<typeof streamQuery.parse> | undefined },
): void {
  const say = (problem: object | null) => {
    if (problem && socket.readyState === socket.OPEN) socket.send(JSON.stringify(problem))
  }
  let waiting = 0
  let last: Promise<void> = Promise.resolve()
  const next = (work: () => Promise<object | null>) => {
    if (waiting >= mostMessages) return void socket.close(codes.policyViolation, 'too many messages')
    waiting++
    last = last
      .then(async () => say(await work()))
      .catch((error: unknown) => {
        ctx.log.error({ err: error }, 'a stream could not be opened')
        say({ error: 'This server is not ready; try again in a moment', status: 503 })
      })
      .finally(() => waiting--)
  }
  if (first?.stream) next(() => open(ctx, connection, { ...first, stream: nameOf(first) }))
  socket.on('message', (data, isBinary) => {
    if (isBinary) return void socket.close(codes.noText, 'messages must be text')
    next(() => answer(ctx, connection, String(data)))
  })
}

/** @returns what is wrong with a message, or null */
async function answer(ctx: Ctx, connection: Connection, text: string): Promise<object | null> {
  const message = parse(text)
  if (!message) return { error: 'The message must be a JSON object', status: 400 }
  if (message.type === 'subscribe') return open(ctx, connection, message)
  if (message.type === 'unsubscribe') return close(ctx, connection, message)
  return { error: 'The type must be subscribe or unsubscribe', status: 400 }
}

async function open(ctx: Ctx, { streams, viewer }: Connection, asked: StreamWish): Promise<object | null> {
  const stream = await findStream(ctx, viewer, asked)
  if ('error' in stream) return stream
  if (streams.size >= mostStreams && !streams.has(stream.key))
    return { error: `No more than ${mostStreams} streams`, status: 429 }
  if (!streams.has(stream.key)) streams.set(stream.key, stream)
  return null
}

async function close(ctx: Ctx, { streams, viewer }: Connection, asked: StreamWish): Promise<object | null> {
  const stream = await findStream(ctx, viewer, asked)
  if ('error' in stream) return stream
  streams.delete(stream.key)
  return null
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
