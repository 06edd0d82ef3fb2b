import type { Ctx, Viewer } from '#src/context.ts'
import { hashToken, makeToken } from '#src/core/secrets.ts'
import { recordAct } from '#src/db/audit.ts'
import { transaction } from '#src/db/client.ts'
import { forbidden } from '#src/errors.ts'
import { type Client, type ClientCredentials, identifyClient } from './apps.ts'
import { OAuthError } from './errors.ts'
import {
  findGrant,
  findRole,
  findTokenOwner,
  type GrantRow,
  insertToken,
  markTokenUsed,
  revokeToken,
  revokeTokensOfApp,
} from './queries.ts'
import { grantScopes } from './scopes.ts'

/** A token as it is told to whoever asked for it, the only time that we know it. */
export type IssuedToken = Readonly<{ accessToken: string; scopes: readonly string[]; createdAt: Date }>

/** What a token stands for: a viewer, somebody who has registered and is not in yet, or only a client program. */
export type Grant = Readonly<{
  viewer: Viewer | null
  newcomer: Readonly<{ registrationId: string; isConfirmed: boolean }> | null
  appId: string | null
  scopes: readonly string[]
}>

/** A use is noted at most this often: it tells people which apps are alive, to the minute. */
const noteUseEveryMs = 60_000

/**
 * Finds what a token stands for at this moment: the role is read each time, so whoever leaves a team is out with the next request.
 * @returns null for a token that is unknown, revoked, or whose user may no longer act as its actor
 */
export async function findTokenGrant(ctx: Ctx, token: string): Promise<Grant | null> {
  const now = ctx.now()
  const row = await findGrant(ctx.db, hashToken(token), new Date(now.getTime() - noteUseEveryMs))
  if (!row) return null
  if (!row.isUseNoted) await markTokenUsed(ctx.db, row.id, now)
  const { registrationId, isConfirmed } = row
  const newcomer = registrationId ? { registrationId, isConfirmed } : null
  return { viewer: toViewer(row), newcomer, appId: row.appId, scopes: row.scopes }
}

function toViewer({ userId, actorId, role, scopes, appId }: GrantRow): Viewer | null {
  return userId && actorId && role ? { userId, actorId, role, scopes, appId } : null
}

/** A token for a user acting as one actor. */
export type TokenInput = Readonly<{ userId: string; actorId: string; scopes: readonly string[]; appId: string | null }>

/**
 * Makes a token without a page of consent: for operators at the command line.
 * @throws Problem `forbidden` for an actor in whose team the user is not
 */
export async function createToken(ctx: Ctx, input: TokenInput): Promise<IssuedToken & { id: string; token: string }> {
  const token = makeToken()
  const { userId, actorId, scopes, appId } = input
  const createdAt = ctx.now()
  const id = await transaction(ctx.db, async (tx) => {
    if (!(await findRole(tx, userId, actorId))) throw forbidden('This user is not in the team of that actor')
    const written = await insertToken(tx, { ...input, tokenHash: hashToken(token), codeHash: null, createdAt })
    await recordAct(tx, {
      viewer: null,
      action: 'token.created',
      subjectId: written,
      details: { userId, actorId, scopes, appId },
    })
    return written
  })
  return { id, token, accessToken: token, scopes, createdAt }
}

/**
 * Makes a token that stands for the program alone.
 * @throws OAuthError when the program did not show its secret, or asks for more than it registered for
 */
export async function createAppToken(ctx: Ctx, client: Client, scope: string | undefined): Promise<IssuedToken> {
  if (!client.isProven) throw new OAuthError('invalid_client', 'client_secret is missing')
  const scopes = grantScopes(client.app.scopes, scope)
  const accessToken = makeToken()
  const createdAt = ctx.now()
  const nobody = { userId: null, actorId: null, codeHash: null }
  await insertToken(ctx.db, { ...nobody, tokenHash: hashToken(accessToken), appId: client.app.id, scopes, createdAt })
  return { accessToken, scopes, createdAt }
}

/**
 * Ends a token at the wish of a program. Who holds a token may end it; who also says which program it is must be the one to which the
 * token was given. An unknown token is ended already.
 * @see https://www.rfc-editor.org/rfc/rfc7009#section-2.1
 * @throws OAuthError
 */
export async function endToken(ctx: Ctx, token: string, credentials: ClientCredentials): Promise<void> {
  const client = credentials.clientId ? await identifyClient(ctx, credentials) : null
  const owner = await findTokenOwner(ctx.db, hashToken(token))
  if (!owner) return
  if (client && owner.appId !== client.app.id) {
    throw new OAuthError('unauthorized_client', 'The token was not given to this app')
  }
  await revokeToken(ctx.db, owner.id, ctx.now())
}

/** Which app, acting as which actor; `appId` null stands for tokens made at the command line. */
export type AuthorizedAppKey = Readonly<{ appId: string | null; actorId: string }>

/** Ends every token with which an app acts for a user as one actor; returns how many there were. */
export async function withdrawConsent(ctx: Ctx, userId: string, { appId, actorId }: AuthorizedAppKey): Promise<number> {
  return transaction(ctx.db, async (tx) => {
    const ended = await revokeTokensOfApp(tx, { userId, actorId, appId }, ctx.now())
    if (ended > 0) await recordAct(tx, { viewer: { userId, actorId }, action: 'app.withdrawn', subjectId: appId })
    return ended
  })
}
