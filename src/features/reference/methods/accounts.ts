import { list, one, type Section, texts } from './section.ts'

/** Accounts. */
export const accountsMethods: Section = {
  title: 'Accounts',
  methods: {
    'POST /api/v1/accounts': {
      returns: one('Token'),
      note: 'Where registrations are offered; 5 in half an hour for each address. The token answers 403 until the person is in: `Your login is missing a confirmed e-mail address`, then, where administrators decide, `Your login is currently pending approval`. An address that has a login is not refused: its owner is told by mail, and nobody else.',
    },
    'POST /api/v1/emails/confirmations': {
      returns: one('Empty'),
      note: 'With `email` to another address. 5 in half an hour for each address.',
    },
    'GET /api/v1/emails/check_confirmation': { returns: one('Confirmed') },
    'GET /api/v1/accounts/:id': { returns: one('Account') },
    'GET /api/v1/accounts': { returns: list('Account'), note: '`id[]`, 200 at the most.' },
    'GET /api/v1/accounts/lookup': {
      returns: one('Account'),
      note: 'Whom this instance knows; other servers are not asked.',
    },
    'GET /api/v1/accounts/search': { returns: list('Account'), note: '`resolve=true` asks other servers.' },
    'GET /api/v1/accounts/verify_credentials': { returns: one('CredentialAccount') },
    'PATCH /api/v1/accounts/update_credentials': { returns: one('CredentialAccount') },
    'GET /api/v1/profile': { returns: one('Profile') },
    'PATCH /api/v1/profile': { returns: one('Profile'), note: '`bot` cannot change; `hide_collections` stays true.' },
    'DELETE /api/v1/profile/avatar': { returns: one('CredentialAccount') },
    'DELETE /api/v1/profile/header': { returns: one('CredentialAccount') },
    'GET /api/v1/accounts/:id/statuses': {
      returns: list('Status'),
      note: 'With `pinned` another server is asked first, once a day, for who is signed in.',
    },
    'GET /api/v1/accounts/:id/followers': {
      returns: list('Account'),
      note: 'A list for the account itself; empty for everybody else, who see the count.',
    },
    'GET /api/v1/accounts/:id/following': { returns: list('Account'), note: 'The same.' },
    'GET /api/v1/accounts/relationships': { returns: list('Relationship') },
    'GET /api/v1/accounts/familiar_followers': {
      returns: list('FamiliarFollowers'),
      note: "Follows the rule of the lists: empty for other accounts than one's own.",
    },
    'POST /api/v1/accounts/:id/follow': {
      returns: one('Relationship'),
      note: 'A request unless the other side lets everybody in. 429 within a week after a refusal by somebody of this instance.',
    },
    'POST /api/v1/accounts/:id/unfollow': { returns: one('Relationship') },
    'POST /api/v1/accounts/:id/remove_from_followers': { returns: one('Relationship') },
    'POST /api/v1/accounts/:id/block': {
      returns: one('Relationship'),
      note: 'Ends follows in both directions; the other server is not told of the block.',
    },
    'POST /api/v1/accounts/:id/unblock': { returns: one('Relationship') },
    'GET /api/v1/blocks': { returns: list('Account') },
    'POST /api/v1/accounts/:id/mute': {
      returns: one('Relationship'),
      note: '`duration` in seconds. Hidden from home, lists, public and hashtag timelines, threads, trends and search, with boosts of theirs and, at home and in lists, posts that name them.',
    },
    'POST /api/v1/accounts/:id/unmute': { returns: one('Relationship') },
    'GET /api/v1/mutes': { returns: list('MutedAccount') },
    'POST /api/v1/accounts/:id/note': {
      returns: one('Relationship'),
      note: '2,000 characters, for the team of the identity alone.',
    },
    'GET /api/v1/domain_blocks': { returns: texts },
    'POST /api/v1/domain_blocks': {
      returns: one('Empty'),
      note: 'For this identity alone. Ends follows in both directions, hides each from the other, refuses requests.',
    },
    'DELETE /api/v1/domain_blocks': { returns: one('Empty'), note: '`domain` in the body or in the address.' },
    'POST /api/v1/accounts/:id/endorse': {
      returns: one('Relationship'),
      note: 'Only whom one follows, and for as long.',
    },
    'POST /api/v1/accounts/:id/unendorse': { returns: one('Relationship') },
    'POST /api/v1/accounts/:id/pin': { returns: one('Relationship'), note: 'The old name of `endorse`.' },
    'POST /api/v1/accounts/:id/unpin': { returns: one('Relationship'), note: 'The old name of `unendorse`.' },
    'GET /api/v1/accounts/:id/endorsements': {
      returns: list('Account'),
      note: 'Of accounts elsewhere nothing is known: empty.',
    },
    'GET /api/v1/endorsements': { returns: list('Account') },
    'GET /api/v1/accounts/:id/featured_tags': {
      returns: list('FeaturedTag'),
      note: 'Of accounts elsewhere what they have told since somebody here knows them.',
    },
    'GET /api/v1/accounts/:id/lists': { returns: list('List') },
    'GET /api/v1/follow_requests': { returns: list('Account') },
    'POST /api/v1/follow_requests/:id/authorize': { returns: one('Relationship') },
    'POST /api/v1/follow_requests/:id/reject': {
      returns: one('Relationship'),
      note: 'Remembered: the same account is refused for a week without asking you.',
    },
    'GET /api/v1/preferences': { returns: one('Preferences'), note: 'Set under `/settings/profile`.' },
    'POST /api/v1/reports': {
      returns: one('Report'),
      note: '`forward` tells the other server in the name of the instance.',
    },
  },
}
