import { randomUUID } from 'node:crypto'
import cookie from '@fastify/cookie'
import cors from '@fastify/cors'
import fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyRequest, LogController } from 'fastify'
import { mountFederation } from '#federation/mount.ts'
import { representation } from '#federation/negotiation.ts'
import type { Ctx } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { pingDatabase } from '#src/db/health.ts'
import { frameSources } from '#src/features/frame.ts'
import { findTokenGrant } from '#src/features/oauth/service.ts'
import { registerFeatures } from '#src/features/register.ts'
import { findSession } from '#src/features/users/sessions.ts'
import { useAuth } from '#src/http/auth.ts'
import { useBodies } from '#src/http/bodies.ts'
import { useCaching } from '#src/http/caching.ts'
import { useErrors } from '#src/http/errors.ts'
import { readQuery } from '#src/http/form.ts'
import { registerHealth } from '#src/http/health.ts'
import { useLimits } from '#src/http/limits.ts'
import { useMultipart } from '#src/http/multipart.ts'
import { useSecurity } from '#src/http/security.ts'
import { useSockets } from '#src/http/sockets.ts'
import { useZod } from '#src/http/zod.ts'
import { assetsPlugin } from '#src/web/assets.ts'
import { useFrame } from '#src/web/frame.ts'
import { errorPage } from '#src/web/pages.ts'
import { preferencesPlugin, themeOf } from '#src/web/preferences.ts'

/** What browsers of other sites may read: everything that clients call, never pages. */
const openPaths = /^\/(api|oauth\/(token|revoke|userinfo)|\.well-known|nodeinfo|media|emojis|assets)(\/|\?|$)/

const exposedHeaders = [
  'Link',
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
  'X-Request-Id',
  'Mastodon-Async-Refresh',
]

/**
 * Puts the web process together without opening a port: tests call `inject` on it.
 * @param leaving aborted when the process is about to end: it is no longer ready then, though it answers
 */
export async function buildApp(ctx: Ctx, leaving?: AbortSignal): Promise<FastifyInstance> {
  const app = fastify({
    loggerInstance: ctx.log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 1_048_576,
    trustProxy: ctx.config.trustedProxies.length > 0 ? [...ctx.config.trustedProxies] : false,
    onProtoPoisoning: 'error',
    // What comes on an open connection while the process ends is still answered; the connection is closed after it.
    return503OnClosing: false,
    genReqId: () => randomUUID(),
    routerOptions: {
      ignoreTrailingSlash: true,
      maxParamLength: 500,
      querystringParser: readQuery,
      // Other servers get a document at addresses where people get a page.
      constraints: { representation },
    },
  })
  useErrors(app, async (request, problem) =>
    errorPage({ ...problem, ...(await frameOfError(request, problem.status)), requestId: request.id }),
  )
  await app.register(cookie)
  await app.register(cors, { hook: 'onRequest', delegator: (request, done) => done(null, corsFor(request)) })
  await useMultipart(app)
  useBodies(app)
  await useSockets(app)
  useSecurity(app, ctx.config)
  useCaching(app)
  useAuth(app, {
    findToken: (token) => findTokenGrant(ctx, token),
    findSession: (token) => findSession(ctx, token),
  })
  useFrame(app, frameSources(ctx))
  await useLimits(app)
  useRequestLog(app)
  if (leaving) useFarewell(app, leaving)
  registerHealth(app, { isReady: async () => !leaving?.aborted && (await isReady(ctx)) })
  await app.register(assetsPlugin)
  await app.register(preferencesPlugin)
  await mountFederation(app, ctx)
  await registerFeatures(useZod(app), ctx)
  return app
}

/** An error stands among the usual ways on, but for faults of ours: what is broken may be what the frame is made from. */
async function frameOfError(request: FastifyRequest, status: number) {
  const bare = { locale: localeOf(request), theme: themeOf(request) }
  return status < 500 ? request.frame().catch(() => bare) : bare
}

/** Ready means that the database answers, and soon: a balancer does not wait. */
async function isReady(ctx: Ctx): Promise<boolean> {
  const timeout = new Promise<never>((_resolve, reject) => setTimeout(reject, 1_000, new Error('too slow')).unref())
  await Promise.race([pingDatabase(ctx.db), timeout])
  return true
}

function corsFor(request: FastifyRequest) {
  if (!openPaths.test(request.url)) return { origin: false }
  return {
    origin: '*',
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    allowedHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key', 'Accept'],
    exposedHeaders,
    maxAge: 86_400,
  }
}

/** Who asks a process that is about to end takes another connection next time: on this one its request could cross the end. */
function useFarewell(app: FastifyInstance, leaving: AbortSignal): void {
  app.addHook('onRequest', async (_request, reply) => {
    if (leaving.aborted) reply.header('connection', 'close')
  })
}

/** One line for each request, and its id for the person who reports a fault. */
function useRequestLog(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
  })
  app.addHook('onResponse', async (request, reply) => {
    const { method, id, viewer } = request
    const path = loggedPath(request.url)
    const ms = Math.round(reply.elapsedTime)
    request.log.debug(
      { requestId: id, method, path, status: reply.statusCode, ms, actorId: viewer?.actorId },
      'request',
    )
  })
}

/** The path without what opens a door: no query, and no token of an invitation or of a mail. */
function loggedPath(url: string): string {
  const [path = ''] = url.split('?')
  return path.replace(/^(\/invite\/|\/signup\/confirm\/).+/, '$1[hidden]')
}
