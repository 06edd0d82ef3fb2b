import { list, one, type Section } from './section.ts'

/** Timelines, notifications, search. */
export const readingMethods: Section = {
  title: 'Timelines, notifications, search',
  methods: {
    'GET /api/v1/timelines/home': {
      returns: list('Status'),
      note: 'Without boosts of what stands among the forty entries before them.',
    },
    'GET /api/v1/timelines/public': { returns: list('Status') },
    'GET /api/v1/timelines/tag/:hashtag': {
      returns: list('Status'),
      note: '`any[]`, `all[]`, `none[]` of ten names each.',
    },
    'GET /api/v1/timelines/link': {
      returns: list('Status'),
      note: 'Any page to which somebody links openly, trending or not; posts of authors who agreed to be found.',
    },
    'GET /api/v1/timelines/list/:list_id': { returns: list('Status') },
    'GET /api/v1/notifications': {
      returns: list('Notification'),
      note: 'The kinds `mention`, `status`, `reblog`, `follow`, `follow_request`, `favourite`, `update`, `poll`, `quote` and `quoted_update`. `admin.sign_up` (who has come in) and `admin.report` come to one identity of each administrator, and only as long as its whole team are administrators; a report is closed on its page or at the command line.',
    },
    'GET /api/v1/notifications/:id': { returns: one('Notification') },
    'POST /api/v1/notifications/clear': { returns: one('Empty') },
    'POST /api/v1/notifications/:id/dismiss': { returns: one('Empty') },
    'GET /api/v1/notifications/unread_count': { returns: one('Count'), note: 'Since the marker; 1,000 at the most.' },
    'GET /api/v2/notifications': {
      returns: one('GroupedNotifications'),
      note: 'Likes and boosts of a post, followers, and newcomers, of half a day are one group.',
    },
    'GET /api/v2/notifications/:group_key': { returns: one('GroupedNotifications') },
    'GET /api/v2/notifications/:group_key/accounts': { returns: list('Account'), note: 'The last thousand.' },
    'POST /api/v2/notifications/:group_key/dismiss': { returns: one('Empty') },
    'GET /api/v2/notifications/unread_count': { returns: one('Count') },
    'GET /api/v2/notifications/policy': {
      returns: one('NotificationPolicy'),
      note: 'Private mentions by strangers are held back unless one says otherwise.',
    },
    'PATCH /api/v2/notifications/policy': { returns: one('NotificationPolicy') },
    'GET /api/v1/notifications/requests': { returns: list('NotificationRequest') },
    'GET /api/v1/notifications/requests/:id': { returns: one('NotificationRequest') },
    'GET /api/v1/notifications/requests/merged': {
      returns: one('Merged'),
      note: 'Always true: who is let through is so at once.',
    },
    'POST /api/v1/notifications/requests/:id/accept': { returns: one('Empty') },
    'POST /api/v1/notifications/requests/:id/dismiss': { returns: one('Empty'), note: 'Deletes what was held back.' },
    'POST /api/v1/notifications/requests/accept': { returns: one('Empty'), note: '`id[]`, all or none.' },
    'POST /api/v1/notifications/requests/dismiss': { returns: one('Empty'), note: 'The same.' },
    'GET /api/v1/conversations': {
      returns: list('Conversation'),
      note: 'One for each circle of people in a thread. What the policy holds back is in none until it is let through.',
    },
    'DELETE /api/v1/conversations/:id': { returns: one('Empty'), note: 'The next post brings it back.' },
    'POST /api/v1/conversations/:id/read': { returns: one('Conversation') },
    'GET /api/v1/markers': { returns: one('Markers') },
    'POST /api/v1/markers': {
      returns: one('Markers'),
      note: '409 when another client moves the same marker at that moment.',
    },
    'GET /api/v2/search': {
      returns: one('Search'),
      note: "Accounts and hashtags; posts only for who is signed in. `resolve` and `offset` need a token. Posts: one's own, those one was named in, liked, boosted, kept or voted in, and public ones of authors who agreed to be found (`indexable`), with `from:`, `has:`, `is:`, `language:`, `in:`, `before:`, `after:` and `during:`.",
    },
    'GET /api/v1/trends/tags': { returns: list('Tag'), note: 'What more than one person used in two days.' },
    'GET /api/v1/trends/links': {
      returns: list('TrendingLink'),
      note: 'Pages to which more than one person linked openly in two days.',
    },
    'GET /api/v1/trends/statuses': {
      returns: list('Status'),
      note: 'What more than one person liked or boosted in four days, of authors who agreed to be found.',
    },
    'GET /api/v2/suggestions': {
      returns: list('Suggestion'),
      note: 'Whom those follow whom one follows, then others of this instance.',
    },
    'GET /api/v1/suggestions': { returns: list('Account') },
    'DELETE /api/v1/suggestions/:account_id': { returns: one('Empty') },
  },
}
