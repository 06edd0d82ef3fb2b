import { plain, type Section, stream } from './section.ts'

/** Streams. */
export const streamsMethods: Section = {
  title: 'Streams',
  before: `A token in the \`Authorization\` header, in \`access_token\` or as the subprotocol opens a stream; a cookie never does. On the socket
\`subscribe\` and \`unsubscribe\` take \`user\`, \`user:notification\`, \`public\` with \`:local\`, \`:remote\` and \`:media\`, \`hashtag\` with \`:local\`
(\`tag\`), \`list\` (\`list\`) and \`direct\`; \`?stream=\` opens one at once. The events are \`update\`, \`status.update\`, \`delete\`, \`notification\`,
\`conversation\`, \`filters_changed\`, \`notifications_merged\`, and for everybody on \`user\` \`announcement\`, \`announcement.reaction\` and
\`announcement.delete\`. Refusals are Mastodon's, but for a scope that is missing, which is 403 as
everywhere. A token that is revoked, a person who is shut out or a role that is withdrawn ends a stream within five seconds; an identity
has 50 connections to a process, a connection 50 streams; who does not read is cut off at 1 MB.`,
  methods: {
    'GET /api/v1/streaming': {
      returns: stream,
      note: 'WebSocket; without one, server-sent events of the `stream` in the query.',
    },
    'GET /api/v1/streaming/user': { returns: stream },
    'GET /api/v1/streaming/user/notification': { returns: stream },
    'GET /api/v1/streaming/public': { returns: stream, note: '`only_media`' },
    'GET /api/v1/streaming/public/local': { returns: stream, note: '`only_media`' },
    'GET /api/v1/streaming/public/remote': { returns: stream, note: '`only_media`' },
    'GET /api/v1/streaming/direct': { returns: stream },
    'GET /api/v1/streaming/hashtag': { returns: stream, note: '`tag`' },
    'GET /api/v1/streaming/hashtag/local': { returns: stream, note: '`tag`' },
    'GET /api/v1/streaming/list': { returns: stream, note: '`list`' },
    'GET /api/v1/streaming/health': { returns: plain },
  },
}
