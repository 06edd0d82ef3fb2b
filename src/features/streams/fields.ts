import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { bearerToken } from '#src/http/auth.ts'
import { flag } from '#src/http/zod.ts'

/** The parameters of a stream. */
export const streamQuery = z.object({
  stream: z.string().max(100).optional(),
  tag: z.string().max(300).optional(),
  list: z.string().max(30).optional(),
  only_media: flag.optional(),
  access_token: z.string().max(200).optional(),
})

/** The name of the stream that a query asks for: the open ones are two streams each, with pictures alone or with all. */
export function nameOf({ stream, only_media: onlyMedia }: z.output<typeof streamQuery>): string | undefined {
  return onlyMedia && stream?.startsWith('public') && !stream.endsWith('media') ? `${stream}:media` : stream
}

/** The token that a client shows, wherever it can put it. Never a cookie: a page of another site could open a socket with it. */
export function tokenOf(request: FastifyRequest): string | null {
  const { access_token: inQuery } = request.query as { access_token?: string }
  const protocol = request.headers['sec-websocket-protocol']?.split(',')[0]?.trim()
  return bearerToken(request) ?? inQuery ?? protocol ?? null
}
