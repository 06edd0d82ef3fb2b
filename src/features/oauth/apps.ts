import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { hashToken, isSame, makeToken } from '#src/core/secrets.ts'
import { idleApps, purgeFree } from '#src/db/purges.ts'
import { type FieldProblem, invalid } from '#src/errors.ts'
import { findAppByClientId, findUnusedSince, insertApp, type OAuthApp } from './app-queries.ts'
import { OAuthError } from './errors.ts'
import { pruneTokens } from './queries.ts'
import { redirectProblem } from './redirects.ts'
import { findUnknownScope, readScopes, type Scope } from './scopes.ts'

/** What a client program says of itself. */
export type AppInput = Readonly<{
  name: string
  redirectUris: readonly string[]
  scopes: string | undefined
  website: string | null
}>

/** A client program with the secret that it is told once. */
export type NewApp = Readonly<{ app: OAuthApp; clientSecret: string }>

const website = z.url({ protocol: /^https?$/ }).max(2_000)

/** Characters of all addresses together: a program has one or a few. */
const maxAddresses = 4_000

/**
 * Registers a client program. Anybody may: an app can do nothing until somebody allows it.
 * @throws Problem `invalid` with what is wrong, by the names of the client API
 */
export async function registerApp(ctx: Ctx, input: AppInput): Promise<NewApp> {
  const scopes = checkApp(input)
  const clientSecret = makeToken()
  const app = await insertApp(ctx.db, {
    clientId: makeToken(),
    clientSecretHash: hashToken(clientSecret),
    name: input.name,
    website: input.website,
    redirectUris: input.redirectUris,
    scopes,
  })
  return { app, clientSecret }
}

function checkApp({ name, redirectUris, scopes, website: address }: AppInput): readonly Scope[] {
  const details: Record<string, FieldProblem[]> = {}
  const refuse = (field: string, error: string, description: string) => {
    details[field] = [...(details[field] ?? []), { error, description }]
  }
  if (name.trim() === '') refuse('client_name', 'ERR_BLANK', 'must not be blank')
  if (name.length > 200) refuse('client_name', 'ERR_TOO_LONG', 'must be at most 200 characters')
  if (redirectUris.length === 0) refuse('redirect_uris', 'ERR_BLANK', 'must not be blank')
  if (redirectUris.length > 50) refuse('redirect_uris', 'ERR_TOO_LONG', 'must be at most 50 addresses')
  if (redirectUris.join('\n').length > maxAddresses)
    refuse('redirect_uris', 'ERR_TOO_LONG', 'must be at most 4,000 characters together')
  // A list whose entries are all wrong in one way is told so once.
  const problems = new Set(redirectUris.flatMap((uri) => redirectProblem(uri) ?? []))
  for (const problem of problems) refuse('redirect_uris', 'ERR_INVALID', problem)
  if (address !== null && !website.safeParse(address).success) refuse('website', 'ERR_INVALID', 'must be a web address')
  const unknown = findUnknownScope(scopes)
  if (unknown) refuse('scopes', 'ERR_INVALID', `name ${unknown}, which is not offered here`)
  const sentences = Object.entries(details).flatMap(([field, problems]) =>
    problems.map((one) => `${field} ${one.description}`),
  )
  if (sentences.length > 0) throw invalid(`Validation failed: ${sentences.join(', ')}`, details)
  return readScopes(scopes)
}

const day = 24 * 60 * 60_000

/**
 * Web clients register once for an instance and keep what they were given for all people of it: a program that somebody once let in is never
 * forgotten. Of the others, which anybody can make, the newest 10,000 are kept.
 * @see https://github.com/mastodon/mastodon/pull/30471
 */
const mostUnused = 10_000

/** How long a token is kept after its end, and how long one that stands for nobody is without being used. */
const tokensKeptMs = { revoked: 30 * day, unused: 90 * day }

/** Forgets tokens that have ended, and programs that nobody ever used where there are too many of them. Returns how many programs went. */
export async function forgetApps(ctx: Ctx): Promise<number> {
  const ago = (ms: number) => new Date(ctx.now().getTime() - ms)
  await pruneTokens(ctx.db, { revoked: ago(tokensKeptMs.revoked), unused: ago(tokensKeptMs.unused) })
  const before = await findUnusedSince(ctx.db, mostUnused)
  return before === null ? 0 : purgeFree(ctx.db, idleApps, { before })
}

/** What a program shows to say which one it is. */
export type ClientCredentials = Readonly<{ clientId: string | undefined; clientSecret: string | undefined }>

/** A program that said who it is; `isProven` when it showed its secret too. */
export type Client = Readonly<{ app: OAuthApp; isProven: boolean }>

/**
 * Finds out which program asks.
 * @throws OAuthError `invalid_client` when it is unknown or its secret is wrong: clients then register anew
 */
export async function identifyClient(ctx: Ctx, { clientId, clientSecret }: ClientCredentials): Promise<Client> {
  const found = clientId ? await findAppByClientId(ctx.db, clientId) : null
  if (!found) throw new OAuthError('invalid_client', 'No app is known by this client_id')
  const { clientSecretHash, ...app } = found
  if (clientSecret === undefined || clientSecret === '') return { app, isProven: false }
  if (!isSame(hashToken(clientSecret), clientSecretHash))
    throw new OAuthError('invalid_client', 'The client_secret is wrong')
  return { app, isProven: true }
}
