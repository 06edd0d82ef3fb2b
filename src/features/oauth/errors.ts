/** The errors of RFC 6749 and RFC 7009 that we answer. */
export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'invalid_scope'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'unsupported_response_type'
  | 'access_denied'

/**
 * Something that a client program did wrong, in the words of OAuth: its endpoints answer with the code instead of a `Problem`.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-5.2
 */
export class OAuthError extends Error {
  readonly code: OAuthErrorCode

  constructor(code: OAuthErrorCode, description: string) {
    super(description)
    this.code = code
  }

  /** 401 for a client that did not show who it is, 403 for one that touches what is another's, 400 for the rest. */
  get status(): number {
    if (this.code === 'invalid_client') return 401
    return this.code === 'unauthorized_client' ? 403 : 400
  }
}
