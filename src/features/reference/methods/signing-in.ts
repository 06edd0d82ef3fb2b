import { one, page, type Section } from './section.ts'

/** Signing in. */
export const signingInMethods: Section = {
  title: 'Signing in',
  methods: {
    'POST /api/v1/apps': {
      returns: one('CredentialApplication'),
      note: '100 in an hour for each address. An app that nobody lets in is forgotten after a day.',
    },
    'GET /api/v1/apps/verify_credentials': {
      returns: one('Application'),
      note: '404 for a token made at the command line: it belongs to no app.',
    },
    'GET /oauth/authorize': {
      returns: page,
      note: 'Only `response_type=code`. PKCE with S256. `urn:ietf:wg:oauth:2.0:oob` shows the code.',
    },
    'POST /oauth/authorize': { returns: page, note: "The person's answer." },
    'POST /oauth/token': {
      returns: one('Token'),
      note: '`authorization_code` and `client_credentials`. Not `password`, not `refresh_token`: they answer `unsupported_grant_type`.',
    },
    'POST /oauth/revoke': { returns: one('Empty') },
    'GET /oauth/userinfo': { returns: one('UserInfo') },
    'POST /oauth/userinfo': { returns: one('UserInfo'), note: 'The same.' },
    'GET /.well-known/oauth-authorization-server': { returns: one('ServerMetadata'), note: 'RFC 8414.' },
  },
}
