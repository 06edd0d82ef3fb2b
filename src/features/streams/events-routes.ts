import type { FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { hashToken } from '#src/core/secrets.ts'
import { limited, Problem } from '#src/errors.ts'
import { viewerOf } from '#src/http/auth.ts'
import { mostBytesWaiting, mostConnections } from './connection.ts'
import { nameOf, type streamQuery, tokenOf } from './fields.ts'
import type { Hub } from './hub.ts'
import type { StreamRefusal } from './names.ts'
import { findStream } from './open.ts'

/** How often a line is sent on which nothing is said, so that nobody takes the connection for dead. */
const thumpEveryMs = 15_000

/** How long a client may take to read what is left at the end. */
const goodbyeMs = 2_000

/**
 * One stream as server-sent events.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 * @throws Problem for a stream that the client may not have, and `limited` when it has too many
 */
export async function streamEvents(
  { ctx, hub }: Readonly<{ ctx: Ctx; hub: Hub }>,
  { request, reply }: Readonly<{ request: FastifyRequest; reply: FastifyReply }>,
  query: z.output<typeof streamQuery>,
): Promise<FastifyReply> {
  const viewer = viewerOf(request)
  const stream = await findStream(ctx, viewer, { ...query, stream: nameOf(query) })
  if ('error' in stream) throw toProblem(stream)
  if (hub.countOf(viewer.actorId) >= mostConnections)
    throw limited('Too many open streams; close some first', new Date(ctx.now().getTime() + 60_000))
  const write = openEvents(reply)
  const timer = setInterval(() => write(':thump\n'), thumpEveryMs)
  const leave = hub.join({
    tokenHash: hashToken(tokenOf(request) ?? ''),
    viewer,
    streams: new Map([[stream.key, stream]]),
    // Browsers drop an event without data.
    send: (_stream, event, payload) => write(`event: ${event}\ndata: ${payload ?? 'null'}\n\n`),
    end: () => {
      reply.raw.end()
      // Who does not even read the end is cut off.
      setTimeout(() => reply.raw.destroy(), goodbyeMs).unref()
    },
  })
  reply.raw.on('close', () => {
    clearInterval(timer)
    leave()
  })
  return reply
}

function toProblem({ status, error }: StreamRefusal): Problem {
  const codes = { 400: 'invalid', 401: 'unauthenticated', 403: 'forbidden' } as const
  return new Problem(codes[status], error, { status })
}

/** Sends the head of an answer without an end. @returns how to write on */
function openEvents(reply: FastifyReply): (text: string) => void {
  const { raw } = reply
  reply.hijack()
  raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream',
    'cache-control': 'private, no-store',
    // nginx would wait for more.
    'x-accel-buffering': 'no',
  })
  const write = (text: string) => {
    if (raw.writableEnded) return
    if (raw.writableLength > mostBytesWaiting) raw.destroy()
    else raw.write(text)
  }
  write(':)\n')
  return write
}
