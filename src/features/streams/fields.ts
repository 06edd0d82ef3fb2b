import type { FastifyRequest } from 'fastify'
import { z } from 'zod'

/** The parameters of a stream. */
export const streamQuery = z.object({
  stream: z.string().max(100).optional(),
  tag: z.string().max(300).optional(),
  access_token: z.string().max(200).optional(),
})

/** The token that a client shows, wherever it can put it. */
export function tokenOf(request: FastifyRequest): string | null {
  const [, bearer] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? []
  const { access_token: inQuery } = request.query as { access_token?: string }
  const protocol = request.headers['sec-websocket-protocol']?.split(',')[0]?.trim()
  return bearer ?? inQuery ?? protocol ?? null
}
