import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { limited } from '#src/errors.ts'
import { countedAddress } from './address.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Requests in a window for one caller; false: not limited here. Unset: 300 in five minutes, as Mastodon's clients expect. */
    limit?: Readonly<{ max: number; windowMs: number; per?: 'address' | 'caller' }> | false
  }
}

const usual = { max: 300, windowMs: 5 * 60_000 }

/** Limits how often a caller (a token's actor, else an address) may ask, and says so in the headers that clients read. */
export async function useLimits(app: FastifyInstance): Promise<void> {
  await app.register(rateLimit, {
    global: true,
    hook: 'preHandler',
    max: (request: FastifyRequest) => limitOf(request).max,
    timeWindow: (request: FastifyRequest) => limitOf(request).windowMs,
    allowList: (request: FastifyRequest) => !isLimited(request),
    keyGenerator: (request: FastifyRequest) => `${limitKey(request)} ${callerOf(request)}`,
    errorResponseBuilder: (_request, context) => limited('Too many requests', new Date(Date.now() + context.ttl)),
  })
  // Mastodon writes the reset as a moment; the plugin counts seconds.
  app.addHook('onSend', async (_request, reply) => {
    const seconds = Number(reply.getHeader('x-ratelimit-reset'))
    if (Number.isFinite(seconds) && seconds > 0) {
      reply.header('x-ratelimit-reset', new Date(Date.now() + seconds * 1_000).toISOString())
    }
  })
}

function limitOf(request: FastifyRequest) {
  return request.routeOptions.config.limit || usual
}

/** Pages, pictures and other servers' requests have their own protection; what a program calls with a token is counted here. */
function isLimited(request: FastifyRequest): boolean {
  const { limit, access } = request.routeOptions.config
  if (limit === false) return false
  return limit !== undefined || access === 'public' || access === 'app' || typeof access === 'object'
}

function limitKey(request: FastifyRequest): string {
  return request.routeOptions.config.limit ? `${request.method} ${request.routeOptions.url}` : 'api'
}

function callerOf(request: FastifyRequest): string {
  const limit = request.routeOptions.config.limit
  if (limit && limit.per === 'address') return countedAddress(request.ip)
  return request.viewer?.actorId ?? countedAddress(request.ip)
}
