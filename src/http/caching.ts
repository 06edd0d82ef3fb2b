import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whoever is nobody to us is shown the same page: caches in between may keep it for a moment. */
    isShared?: boolean
  }
}

/** As long as documents for other servers may be kept. What is deleted is gone from caches after it. */
const sharedPage = 'public, max-age=60'

/**
 * Lets caches keep what everybody is shown, and answers 304 to who has it already: when a post is passed on, thousands of servers and browsers
 * ask for the same page in one minute. Hash and comparison come after the answer was made, which is so never older than the question.
 */
export function useCaching(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply, payload) => {
    if (request.method !== 'GET' || reply.statusCode !== 200) return payload
    if (isForEverybody(request, reply)) reply.header('cache-control', sharedPage)
    if (!isKept(reply) || !(typeof payload === 'string' || Buffer.isBuffer(payload))) return payload
    const tag = `W/"${createHash('sha256').update(payload).digest('base64url').slice(0, 27)}"`
    reply.header('etag', tag)
    if (!isAmong(request.headers['if-none-match'], tag)) return payload
    reply.code(304).removeHeader('content-length').removeHeader('content-type')
    return null
  })
}

/** Not with a cookie, be it only that of a colour: what it chooses would be shown to others. Nor with one that is set. */
function isForEverybody(request: FastifyRequest, reply: FastifyReply): boolean {
  const { config } = request.routeOptions
  const isNobody = !request.headers.cookie && !request.headers.authorization
  // What a route has said for itself holds.
  const isUnsaid = reply.getHeader('cache-control') === 'no-cache'
  return config.isShared === true && isNobody && isUnsaid && !reply.hasHeader('set-cookie')
}

/** What may be kept by somebody, but for what has a name of its own for ever and is never asked for again. */
function isKept(reply: FastifyReply): boolean {
  const caching = String(reply.getHeader('cache-control') ?? '')
  return !reply.hasHeader('etag') && /^(public|no-cache)/.test(caching) && !caching.includes('immutable')
}

/** Compared weakly, as caches do. @see https://www.rfc-editor.org/rfc/rfc9110#field.if-none-match */
function isAmong(wanted: string | undefined, tag: string): boolean {
  const opaque = (one: string) => one.trim().replace(/^W\//, '')
  return wanted?.split(',').some((one) => one.trim() === '*' || opaque(one) === opaque(tag)) ?? false
}
