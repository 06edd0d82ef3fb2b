import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Viewer } from '#src/context.ts'
import { covers } from '#src/core/scopes.ts'
import { forbidden, notFound, type Problem, unauthenticated } from '#src/errors.ts'

/** A browser that is signed in. */
export type Session = Readonly<{
  id: string
  userId: string
  locale: string | null
  isAdmin: boolean
  /** As whom its pages are shown; null for a user who may act as nobody. */
  viewer: Viewer | null
}>

/** Somebody who has registered and is not in yet; once the address is confirmed, only administrators are waited for. */
export type Newcomer = Readonly<{ registrationId: string; isConfirmed: boolean }>

/** What a bearer token stands for: a viewer, somebody who waits to come in, or only a client program. */
export type TokenGrant = Readonly<{
  viewer: Viewer | null
  newcomer: Newcomer | null
  appId: string | null
  scopes: readonly string[]
}>

/** Where identities come from; `src/app.ts` hands in what the features offer, so that the door knows no feature. */
export type Identities = Readonly<{
  findToken(token: string): Promise<TokenGrant | null>
  findSession(token: string): Promise<Session | null>
}>

/**
 * Who may use a route. `public`: anybody, and a token that is sent must be valid. A scope: a token of a user with that scope, or of
 * whomever with `isForAnyToken`. `app`: any valid token but a newcomer's. `session`: a browser that is signed in. `page`: anybody, with the session if there is one. `onlooker`: anybody, with
 * whatever tells who it is, for pictures. `server`: other servers and programs, which show who they are by other means or not at all.
 */
export type Access =
  | 'public'
  | 'app'
  | 'session'
  | 'page'
  | 'onlooker'
  | 'server'
  | Readonly<{ scope: string; isOptional?: boolean; isForAnyToken?: boolean }>

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access
  }
  interface FastifyRequest {
    /** Who asks, by token in the API and by session on pages. */
    viewer: Viewer | null
    session: Session | null
    grant: TokenGrant | null
  }
}

/** The cookie that holds the session's token. */
export const sessionCookie = 'entremise_session'

/** Finds out who asks and lets in only whom the route allows. A route that does not say whom it allows stops the start. */
export function useAuth(app: FastifyInstance, identities: Identities): void {
  app.decorateRequest('viewer', null)
  app.decorateRequest('session', null)
  app.decorateRequest('grant', null)
  app.addHook('onRoute', (route) => {
    if (!route.config?.access && route.method !== 'OPTIONS') {
      throw new Error(`the route ${route.method} ${route.url} does not say who may use it (config.access)`)
    }
  })
  app.addHook('onRequest', async (request, reply) => {
    // Unknown addresses have no access rule and end in the not-found handler, which answers people with a page.
    const access = request.routeOptions.config.access ?? 'page'
    if (access === 'session' || access === 'page') return enterBySession(request, reply, access, identities)
    if (access === 'onlooker') return lookOn(request, identities)
    if (access !== 'server') return enterByToken(request, access, identities)
  })
}

async function enterBySession(request: FastifyRequest, reply: FastifyReply, access: Access, identities: Identities) {
  const token = request.cookies[sessionCookie]
  request.session = token ? await identities.findSession(token) : null
  request.viewer = request.session?.viewer ?? null
  if (request.session) reply.header('cache-control', 'private, no-store')
  if (request.session || access === 'page') return
  if (request.method !== 'GET') throw unauthenticated('Sign in first')
  return reply.redirect(`/login?next=${encodeURIComponent(request.url)}`, 303)
}

/** A picture is asked for by a page, a client or nobody in particular; a token that is over makes it nobody. */
async function lookOn(request: FastifyRequest, identities: Identities) {
  const token = bearerToken(request)
  const cookie = request.cookies[sessionCookie]
  request.viewer = token
    ? ((await identities.findToken(token))?.viewer ?? null)
    : cookie
      ? ((await identities.findSession(cookie))?.viewer ?? null)
      : null
}

async function enterByToken(request: FastifyRequest, access: Access, identities: Identities) {
  const token = bearerToken(request)
  request.grant = token ? await identities.findToken(token) : null
  request.viewer = request.grant?.viewer ?? null
  if (token && !request.grant) throw unauthenticated()
  if (access === 'public') return
  if (!request.grant) {
    if (typeof access === 'object' && access.isOptional) return
    throw unauthenticated()
  }
  const isForAnyToken = typeof access === 'object' && access.isForAnyToken === true
  if (request.grant.newcomer && !isForAnyToken) throw notInYet(request.grant.newcomer)
  if (typeof access !== 'object') return
  if (!request.viewer && !access.isOptional && !isForAnyToken)
    throw forbidden('This method requires an authenticated user')
  if (!access.scope.split(' ').some((scope) => covers(request.grant?.scopes ?? [], scope))) {
    throw forbidden('This action is outside the authorized scopes')
  }
}

/** 403 in the words of Mastodon, from which clients see that they have to wait, and for what. */
export function notInYet({ isConfirmed }: Newcomer): Problem {
  return forbidden(
    isConfirmed ? 'Your login is currently pending approval' : 'Your login is missing a confirmed e-mail address',
  )
}

/** The token of a request's `Authorization` header. */
export function bearerToken(request: FastifyRequest): string | null {
  const match = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')
  return match?.[1] ?? null
}

/** Who administers, on a page that is there for administrators alone: for everybody else there is none. */
export function administratorOf({ session }: FastifyRequest): { userId: string; actorId: string | null } {
  if (!session?.isAdmin) throw notFound()
  return { userId: session.userId, actorId: session.viewer?.actorId ?? null }
}

/** The viewer of a route that only lets viewers in. */
export function viewerOf(request: FastifyRequest): Viewer {
  if (!request.viewer) throw unauthenticated('You may not act as anybody here; ask an owner to add you to a team')
  return request.viewer
}

/** The viewer of a page that only those use who act as somebody. Whoever has signed in and acts as nobody need not sign in again. */
export function actingViewer(request: FastifyRequest): Viewer {
  if (!request.viewer) throw forbidden('You may not act as anybody here yet; ask an owner to add you to a team')
  return request.viewer
}
