import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx, Viewer } from '#src/context.ts'
import { notFound, Problem } from '#src/errors.ts'
import { toAccount } from '#src/features/actors/entity.ts'
import { getActor } from '#src/features/actors/queries.ts'
import { viewerOf } from '#src/http/auth.ts'
import { acceptFields } from '#src/http/multipart.ts'
import { type App, textList } from '#src/http/zod.ts'
import { findApp } from './app-queries.ts'
import { type ClientCredentials, identifyClient, registerApp } from './apps.ts'
import { redeemCode } from './codes.ts'
import { toApplication, toCredentialApplication, toServerMetadata, toToken } from './entity.ts'
import { OAuthError } from './errors.ts'
import { createAppToken, endToken, type IssuedToken } from './service.ts'

const appBody = z.object({
  client_name: z.string('must not be blank'),
  redirect_uris: textList.transform((uris) => uris.flatMap((uri) => uri.split(/\s+/)).filter(Boolean)),
  scopes: textList.transform((scopes) => scopes.join(' ')).optional(),
  website: z.string().nullish(),
})

const text = z.string().optional()

const tokenBody = z.object({
  grant_type: text,
  client_id: text,
  client_secret: text,
  code: text,
  redirect_uri: text,
  code_verifier: text,
  scope: text,
})

const revokeBody = z.object({ token: text, client_id: text, client_secret: text })

/** What is asked of a later feature. */
export type OauthPorts = Readonly<{ findPushKey(): Promise<string> }>

/** The client API for programs that want to be let in. */
export function registerOauthRoutes(app: App, ctx: Ctx, ports: OauthPorts): void {
  registerAppRoutes(app, ctx, ports)
  app.register(async (scope) => registerTokenRoutes(scope.withTypeProvider(), ctx))
  app.get('/.well-known/oauth-authorization-server', { config: { access: 'server' } }, () => toServerMetadata(ctx.uris))
  const userInfo = { config: { access: { scope: 'profile read:accounts' } } } as const
  // Either is asked for: OpenID Connect Core 1.0, section 5.3.1.
  app.get('/oauth/userinfo', userInfo, (request) => tellUser(ctx, viewerOf(request)))
  app.post('/oauth/userinfo', userInfo, (request) => tellUser(ctx, viewerOf(request)))
}

async function tellUser(ctx: Ctx, { actorId }: Viewer) {
  const actor = await getActor(ctx.db, actorId)
  return {
    iss: ctx.uris.publicUrl,
    sub: ctx.uris.actor(actor.handle),
    name: actor.name || actor.handle,
    preferred_username: actor.handle,
    profile: ctx.uris.profile(actor.handle),
    picture: toAccount(ctx, actor).avatar,
  }
}

function registerAppRoutes(app: App, ctx: Ctx, { findPushKey }: OauthPorts): void {
  // A program registers once for each person who signs in; many of them may share an address.
  const limit = { max: 100, windowMs: 60 * 60_000, per: 'address' } as const
  const options = {
    config: { access: 'server', limit },
    schema: { body: appBody },
    preValidation: acceptFields,
  } as const
  app.post('/api/v1/apps', options, async (request) => {
    const { client_name: name, redirect_uris: redirectUris, scopes, website } = request.body
    const made = await registerApp(ctx, { name, redirectUris, scopes, website: website || null })
    return toCredentialApplication(made, await findPushKey())
  })
  app.get('/api/v1/apps/verify_credentials', { config: { access: 'app' } }, async (request) => {
    const appId = request.grant?.appId
    const found = appId ? await findApp(ctx.db, appId) : null
    if (!found) throw notFound('This token was made at the command line and belongs to no app')
    return toApplication(found, await findPushKey())
  })
}

/** Errors of these routes are those of RFC 6749, whatever went wrong: programs read nothing else here. */
function registerTokenRoutes(app: App, ctx: Ctx): void {
  app.setErrorHandler(answerOauthError)
  const config = { access: 'server', limit: { max: 300, windowMs: 5 * 60_000, per: 'address' } } as const
  app.post(
    '/oauth/token',
    { config, schema: { body: tokenBody }, preValidation: acceptFields },
    async (request, reply) => {
      // RFC 6749, section 5.1: no cache may keep a token.
      reply.header('cache-control', 'no-store').header('pragma', 'no-cache')
      return toToken(await grantToken(ctx, request, request.body))
    },
  )
  app.post('/oauth/revoke', { config, schema: { body: revokeBody }, preValidation: acceptFields }, async (request) => {
    if (!request.body.token) throw new OAuthError('invalid_request', 'token is missing')
    await endToken(ctx, request.body.token, credentialsOf(request, request.body))
    return {}
  })
}

async function grantToken(ctx: Ctx, request: FastifyRequest, body: z.output<typeof tokenBody>): Promise<IssuedToken> {
  if (!body.grant_type) throw new OAuthError('invalid_request', 'grant_type is missing')
  const client = await identifyClient(ctx, credentialsOf(request, body))
  if (body.grant_type === 'client_credentials') return createAppToken(ctx, client, body.scope)
  if (body.grant_type !== 'authorization_code') {
    throw new OAuthError('unsupported_grant_type', 'Use authorization_code or client_credentials')
  }
  return redeemCode(ctx, client, { code: body.code, redirectUri: body.redirect_uri, codeVerifier: body.code_verifier })
}

/** By HTTP Basic or in the body. @see https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1 */
function credentialsOf(
  request: FastifyRequest,
  body: { client_id?: string | undefined; client_secret?: string | undefined },
): ClientCredentials {
  const basic = /^Basic +([\w+/=-]+)$/i.exec(request.headers.authorization ?? '')
  if (!basic?.[1]) return { clientId: body.client_id, clientSecret: body.client_secret }
  const pair = Buffer.from(basic[1], 'base64').toString()
  const colon = pair.indexOf(':')
  // Our ids and secrets hold nothing that form encoding would change.
  return { clientId: pair.slice(0, colon), clientSecret: pair.slice(colon + 1) }
}

function answerOauthError(error: FastifyError, request: FastifyRequest, reply: FastifyReply) {
  const known = toOauthError(error)
  // Ours are not the errors of a program: the general answer, with the general log.
  if (!known) throw error
  reply.header('cache-control', 'no-store')
  if (known.status === 401 && request.headers.authorization) reply.header('www-authenticate', 'Basic realm="oauth"')
  return reply.code(known.status).send({ error: known.code, error_description: known.message })
}

function toOauthError(error: FastifyError): OAuthError | null {
  if (error instanceof OAuthError) return error
  const problem = error.validation && error.cause instanceof Problem ? error.cause : error
  const isMalformed =
    problem instanceof Problem ? problem.code === 'invalid' : [400, 415].includes(error.statusCode ?? 0)
  return isMalformed ? new OAuthError('invalid_request', problem.message) : null
}
