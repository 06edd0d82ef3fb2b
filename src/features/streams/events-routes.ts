import type { FastifyReply, FastifyRequest } from 'fastify'
import { forbidden, invalid, notFound } from '#src/errors.ts'
import { viewerOf } from '#src/http/auth.ts'
import { tokenOf } from './fields.ts'
import type { Hub } from './hub.ts'
import { readStream } from './names.ts'

const refusals = { 400: invalid, 403: forbidden, 404: notFound } as const

/** How often a line is sent on which nothing is said, so that nobody takes the connection for dead. */
const thumpEveryMs = 15_000

/** What may wait to be sent to a client that does not read. */
const mostBytesWaiting = 1_048_576

/**
 * One stream as server-sent events.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export async function streamEvents(
  hub: Hub,
  request: FastifyRequest,
  reply: FastifyReply,
  asked: Readonly<{ stream?: string | undefined; tag?: string | undefined }>,
): Promise<FastifyReply> {
  const viewer = viewerOf(request)
  const stream = readStream(asked, viewer.scopes)
  if ('error' in stream) throw refusals[stream.status](stream.error)
  const { raw } = reply
  const write = (text: string) => {
    if (raw.writableLength > mostBytesWaiting) raw.destroy()
    else raw.write(text)
  }
  reply.hijack()
  raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream',
    'cache-control': 'private, no-store',
    // nginx would wait for more.
    'x-accel-buffering': 'no',
  })
  write(':)\n')
  const timer = setInterval(() => write(':thump\n'), thumpEveryMs)
  const leave = hub.join({
    token: tokenOf(request) ?? '',
    viewer,
    streams: new Map([[stream.key, stream]]),
    // Browsers drop an event without data.
    send: (_stream, event, payload) => write(`event: ${event}\ndata: ${payload ?? 'null'}\n\n`),
    end: () => raw.end(),
  })
  raw.on('close', () => {
    clearInterval(timer)
    leave()
  })
  return reply
}
