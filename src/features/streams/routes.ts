import type { FastifyRequest } from 'fastify'
import type { Ctx } from '#src/context.ts'
import { unauthenticated, unavailable } from '#src/errors.ts'
import { findTokenGrant } from '#src/features/oauth/service.ts'
import { notInYet } from '#src/http/auth.ts'
import type { App } from '#src/http/zod.ts'
import { streamEvents } from './events-routes.ts'
import { streamQuery, tokenOf } from './fields.ts'
import { createHub, type Hub } from './hub.ts'
import { serveSocket } from './socket-routes.ts'

/** The streams that have an address of their own. */
const addresses = {
  user: 'user',
  'user/notification': 'user:notification',
  public: 'public',
  'public/local': 'public:local',
  'public/remote': 'public:remote',
  direct: 'direct',
  hashtag: 'hashtag',
  'hashtag/local': 'hashtag:local',
  list: 'list',
} as const

/** Who may open a stream shows it by a token of its own: in a header, where browsers cannot set one by the address or the subprotocol. */
const config = { access: 'server' } as const

/**
 * What happens, told as it happens: on a WebSocket, or as server-sent events.
 * @see https://docs.joinmastodon.org/methods/streaming/
 */
export function registerStreamRoutes(app: App, ctx: Ctx): void {
  const hub = createHub(ctx)
  const room = { ctx, hub }
  app.addHook('preClose', () => hub.close())
  const preValidation = (request: FastifyRequest) => enter(ctx, hub, request)

  app.get('/api/v1/streaming/health', { config }, async (_request, reply) => reply.type('text/plain').send('OK'))

  app.route({
    method: 'GET',
    url: '/api/v1/streaming',
    config,
    schema: { querystring: streamQuery },
    preValidation,
    handler: (request, reply) => streamEvents(room, { request, reply }, streamQuery.parse(request.query)),
    wsHandler: (socket, request) => serveSocket(room, socket, request),
  })

  for (const [path, stream] of Object.entries(addresses)) {
    const options = { config, schema: { querystring: streamQuery }, preValidation }
    app.get(`/api/v1/streaming/${path}`, options, (request, reply) =>
      streamEvents(room, { request, reply }, { ...streamQuery.parse(request.query), stream }),
    )
  }
}

/** Lets in who shows a token, and only while this process hears what is new: an open stream that says nothing would be a lie. */
async function enter(ctx: Ctx, hub: Hub, request: FastifyRequest): Promise<void> {
  const token = tokenOf(request)
  const grant = token ? await findTokenGrant(ctx, token) : null
  if (grant?.newcomer) throw notInYet(grant.newcomer)
  if (!grant?.viewer) throw unauthenticated(token ? undefined : 'Missing access token')
  request.viewer = grant.viewer
  await hub.listen().catch((error: unknown) => {
    throw unavailable(error)
  })
}
