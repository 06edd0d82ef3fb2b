import { createHash } from 'node:crypto'
import type { Ctx } from '#src/context.ts'
import { hashToken, isSame, makeToken } from '#src/core/secrets.ts'
import { recordAct } from '#src/db/audit.ts'
import { type Tx, transaction } from '#src/db/client.ts'
import { forbidden, Problem } from '#src/errors.ts'
import { findAppByClientId, type OAuthApp } from './app-queries.ts'
import type { Client } from './apps.ts'
import { OAuthError } from './errors.ts'
import {
  findRole,
  insertCode,
  insertToken,
  lockCode,
  markCodeUsed,
  type OAuthCode,
  revokeTokensOfCode,
} from './queries.ts'
import { grantScopes, type Scope } from './scopes.ts'
import type { IssuedToken } from './service.ts'

/** For how long a consent can be turned into a token. */
const codeLifetimeMs = 10 * 60_000

/** The parameters with which a program sends somebody to the page of consent. */
export type AuthorizationParameters = Readonly<{
  client_id?: string | undefined
  redirect_uri?: string | undefined
  response_type?: string | undefined
  scope?: string | undefined
  state?: string | undefined
  code_challenge?: string | undefined
  code_challenge_method?: string | undefined
}>

/** Where the answer goes; only what was found here may be told anything. */
export type AuthorizationTarget = Readonly<{ app: OAuthApp; redirectUri: string }>

/**
 * Finds the program that asks and the address for the answer. The address must be, byte for byte, one that the program registered:
 * until that is certain nobody is sent there, not even with an error.
 * @throws Problem `invalid` with a sentence for the person in front of the page
 */
export async function findTarget(ctx: Ctx, parameters: AuthorizationParameters): Promise<AuthorizationTarget> {
  const { client_id: clientId, redirect_uri: redirectUri } = parameters
  const found = clientId ? await findAppByClientId(ctx.db, clientId) : null
  if (!found)
    throw new Problem('invalid', 'No app is known by this client_id; start again from the app', {
      status: 400,
      reason: 'app',
    })
  if (!redirectUri || !found.redirectUris.includes(redirectUri)) {
    throw new Problem('invalid', `${found.name} did not register this redirect_uri; start again from the app`, {
      status: 400,
      reason: 'appAddress',
    })
  }
  const { clientSecretHash: _, ...app } = found
  return { app, redirectUri }
}

/** What is asked for, checked. */
export type AuthorizationWish = Readonly<{ scopes: readonly Scope[]; codeChallenge: string | null }>

/**
 * Checks what a program asks for.
 * @throws OAuthError for the program, at its address
 */
export function readWish(app: OAuthApp, parameters: AuthorizationParameters): AuthorizationWish {
  const { response_type: type, code_challenge: challenge, code_challenge_method: method } = parameters
  if (!type) throw new OAuthError('invalid_request', 'response_type is missing')
  if (type !== 'code') throw new OAuthError('unsupported_response_type', 'Only response_type=code is supported')
  if (method !== undefined && method !== '' && method !== 'S256') {
    throw new OAuthError('invalid_request', 'Only code_challenge_method=S256 is supported')
  }
  if (challenge && !method)
    throw new OAuthError('invalid_request', 'code_challenge_method is missing; S256 is supported')
  if (challenge && !/^[\w-]{43}$/.test(challenge))
    throw new OAuthError('invalid_request', 'The code_challenge is malformed')
  if (method && !challenge) throw new OAuthError('invalid_request', 'code_challenge is missing')
  return { scopes: grantScopes(app.scopes, parameters.scope), codeChallenge: challenge || null }
}

/** A person's consent. */
export type Consent = AuthorizationTarget & AuthorizationWish & Readonly<{ userId: string; actorId: string }>

/**
 * Records that a person lets an app act as one of the person's actors.
 * @returns the code that the app turns into a token
 * @throws Problem `forbidden` for an actor in whose team the person is not
 */
export async function giveConsent(ctx: Ctx, consent: Consent): Promise<string> {
  const { app, userId, actorId, scopes, redirectUri, codeChallenge } = consent
  const code = makeToken()
  const now = ctx.now()
  await transaction(ctx.db, async (tx) => {
    if (!(await findRole(tx, userId, actorId))) throw forbidden('You may not act as this identity')
    await insertCode(tx, {
      codeHash: hashToken(code),
      appId: app.id,
      userId,
      actorId,
      scopes: [...scopes],
      redirectUri,
      codeChallenge,
      createdAt: now,
      expiresAt: new Date(now.getTime() + codeLifetimeMs),
    })
    const details = { app: app.name, scopes }
    await recordAct(tx, { viewer: { userId, actorId }, action: 'app.authorized', subjectId: app.id, details })
  })
  return code
}

/** What a program shows to get its token. */
export type CodeRedemption = Readonly<{
  code: string | undefined
  redirectUri: string | undefined
  codeVerifier: string | undefined
}>

/**
 * Turns a consent into a token, once. The code is held for the length of the transaction: of two requests with the same code the
 * second finds it used, and ends what the first was given, since one of the two is not the program to which the code was sent.
 * @see https://www.rfc-editor.org/rfc/rfc9700#section-2.1.1
 * @throws OAuthError
 */
export async function redeemCode(ctx: Ctx, client: Client, shown: CodeRedemption): Promise<IssuedToken> {
  const { code } = shown
  if (!code) throw new OAuthError('invalid_request', 'code is missing')
  // The refusal is a value: throwing it inside would undo the revocation.
  const outcome = await transaction(ctx.db, async (tx) => {
    const consent = await lockCode(tx, hashToken(code))
    if (consent?.usedAt) await revokeTokensOfCode(tx, consent.codeHash, ctx.now())
    const refusal = refusalOf(ctx, consent, client, shown)
    return consent && !refusal ? issueToken(ctx, tx, consent) : refusal
  })
  if (outcome instanceof OAuthError) throw outcome
  if (!outcome) throw new OAuthError('invalid_grant', 'The code is not valid')
  return outcome
}

function refusalOf(ctx: Ctx, consent: OAuthCode | null, client: Client, shown: CodeRedemption): OAuthError | null {
  const stale = !consent || consent.usedAt || consent.expiresAt <= ctx.now() || consent.appId !== client.app.id
  if (stale) return new OAuthError('invalid_grant', 'The code is not valid, has expired, or was used before')
  if (shown.redirectUri !== consent.redirectUri) {
    return new OAuthError('invalid_grant', 'redirect_uri is not the one to which the code was sent')
  }
  if (!consent.codeChallenge) {
    // A verifier without a challenge means that somebody removed the challenge on the way.
    if (shown.codeVerifier) return new OAuthError('invalid_grant', 'The code was asked for without a code_challenge')
    return client.isProven ? null : new OAuthError('invalid_client', 'client_secret is missing')
  }
  const isMatch = matchesChallenge(shown.codeVerifier, consent.codeChallenge)
  return isMatch ? null : new OAuthError('invalid_grant', 'The code_verifier is missing or does not fit')
}

/** S256 of RFC 7636; the plain method protects nothing. */
function matchesChallenge(verifier: string | undefined, challenge: string): boolean {
  if (!verifier || !/^[\w.~-]{43,128}$/.test(verifier)) return false
  return isSame(createHash('sha256').update(verifier).digest('base64url'), challenge)
}

async function issueToken(ctx: Ctx, tx: Tx, consent: OAuthCode): Promise<IssuedToken> {
  const accessToken = makeToken()
  const createdAt = ctx.now()
  const { appId, userId, actorId, scopes, codeHash } = consent
  await markCodeUsed(tx, codeHash, createdAt)
  await insertToken(tx, { tokenHash: hashToken(accessToken), appId, userId, actorId, scopes, codeHash, createdAt })
  return { accessToken, scopes, createdAt }
}
