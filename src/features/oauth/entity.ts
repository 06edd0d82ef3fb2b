import type { Uris } from '#src/uris.ts'
import type { OAuthApp } from './app-queries.ts'
import type { NewApp } from './apps.ts'
import { offeredScopes } from './scopes.ts'
import type { IssuedToken } from './service.ts'

/** A client program. @see https://docs.joinmastodon.org/entities/Application/ */
export type Application = Readonly<{
  id: string
  name: string
  website: string | null
  scopes: readonly string[]
  redirect_uris: readonly string[]
  redirect_uri: string
  vapid_key: string
}>

/** Writes a client program. @param pushKey by which push services know this instance */
export function toApplication(app: OAuthApp, pushKey: string): Application {
  const { id, name, website, scopes, redirectUris } = app
  return {
    id,
    name,
    website,
    scopes,
    redirect_uris: redirectUris,
    redirect_uri: redirectUris.join('\n'),
    vapid_key: pushKey,
  }
}

/** A client program with its secret. @see https://docs.joinmastodon.org/entities/Application/#CredentialApplication */
export type CredentialApplication = Application &
  Readonly<{ client_id: string; client_secret: string; client_secret_expires_at: number }>

/** Writes a client program for itself, when it has registered. Its secret never expires (0): Phanpy keeps it for ever. */
export function toCredentialApplication({ app, clientSecret }: NewApp, pushKey: string): CredentialApplication {
  const own = { client_id: app.clientId, client_secret: clientSecret, client_secret_expires_at: 0 }
  return { ...toApplication(app, pushKey), ...own }
}

/** A token. @see https://docs.joinmastodon.org/entities/Token/ */
export type Token = Readonly<{ access_token: string; token_type: 'Bearer'; scope: string; created_at: number }>

/** Writes a token for the program that asked for it. */
export function toToken({ accessToken, scopes, createdAt }: IssuedToken): Token {
  const seconds = Math.floor(createdAt.getTime() / 1_000)
  return { access_token: accessToken, token_type: 'Bearer', scope: scopes.join(' '), created_at: seconds }
}

/** What programs may know of this authorisation server beforehand. @see https://www.rfc-editor.org/rfc/rfc8414#section-2 */
export function toServerMetadata({ publicUrl }: Uris) {
  return {
    issuer: publicUrl,
    authorization_endpoint: `${publicUrl}/oauth/authorize`,
    token_endpoint: `${publicUrl}/oauth/token`,
    app_registration_endpoint: `${publicUrl}/api/v1/apps`,
    revocation_endpoint: `${publicUrl}/oauth/revoke`,
    userinfo_endpoint: `${publicUrl}/oauth/userinfo`,
    scopes_supported: offeredScopes,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code', 'client_credentials'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
    revocation_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
    code_challenge_methods_supported: ['S256'],
  }
}
