import { z } from 'zod'
import { scalars } from './scalars.ts'

const { url, count } = scalars

const Application = z.strictObject({
  id: z.string().regex(/^\d+$/),
  name: z.string(),
  website: z.string().nullable(),
  scopes: z.array(z.string()),
  redirect_uris: z.array(z.string()),
  redirect_uri: z.string(),
  vapid_key: z.string(),
})

const CredentialApplication = Application.extend({
  client_id: z.string().min(20),
  client_secret: z.string().min(20),
  client_secret_expires_at: count,
})

const Token = z.strictObject({
  access_token: z.string().min(20),
  token_type: z.literal('Bearer'),
  scope: z.string(),
  created_at: z.int(),
})

/** @see https://openid.net/specs/openid-connect-core-1_0.html#UserInfoResponse */
const UserInfo = z.strictObject({
  iss: url,
  sub: url,
  name: z.string(),
  preferred_username: z.string(),
  profile: url,
  picture: url,
})

const texts = z.array(z.string())

/** @see https://www.rfc-editor.org/rfc/rfc8414#section-2 */
const ServerMetadata = z.strictObject({
  issuer: url,
  authorization_endpoint: url,
  token_endpoint: url,
  app_registration_endpoint: url,
  revocation_endpoint: url,
  userinfo_endpoint: url,
  scopes_supported: texts,
  response_types_supported: texts,
  response_modes_supported: texts,
  grant_types_supported: texts,
  token_endpoint_auth_methods_supported: texts,
  revocation_endpoint_auth_methods_supported: texts,
  code_challenge_methods_supported: texts,
})

/** Programs and what they are given. */
export const oauthShapes = {
  Application,
  CredentialApplication,
  Token,
  UserInfo,
  ServerMetadata,
}
