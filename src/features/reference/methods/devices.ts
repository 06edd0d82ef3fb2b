import { one, type Section } from './section.ts'

/** Devices. */
export const devicesMethods: Section = {
  title: 'Devices',
  before: `Notifications are brought to a device by the push service of its browser, encrypted for it alone. What a message says is Mastodon's: \`access_token\`,
\`preferred_locale\`, \`notification_id\`, \`notification_type\`, \`icon\`, \`title\`, \`body\`.`,
  methods: {
    'POST /api/v1/push/subscription': {
      returns: one('WebPushSubscription'),
      note: 'One for each token. `standard` true: RFC 8291; otherwise the draft before it (aesgcm). The endpoint must be https.',
    },
    'GET /api/v1/push/subscription': { returns: one('WebPushSubscription'), note: '404 when there is none.' },
    'PUT /api/v1/push/subscription': {
      returns: one('WebPushSubscription'),
      note: 'What is not named stays; `alerts` are replaced as a whole.',
    },
    'DELETE /api/v1/push/subscription': { returns: one('Empty') },
  },
}
