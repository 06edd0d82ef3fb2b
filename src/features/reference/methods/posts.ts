import { list, one, type Section } from './section.ts'

/** Posts. */
export const postsMethods: Section = {
  title: 'Posts',
  after: `A poll has two to four options of 50 characters and lasts from five minutes to a month (2,629,746 seconds). It is not together with
pictures. An edit without \`poll\` leaves the poll as it is, one with \`null\` takes it off; pictures take its place. \`voters_count\` is told for
every kind of poll where it is known.

A post with \`scheduled_at\` is published at that instant, by its author with the role of then: at least five minutes ahead (a time that is past
publishes at once), 25 for one day in UTC and 300 in all. Visibility, language and sensitivity that were not said are settled when it is
written. In \`params\`, \`in_reply_to_id\` is a string. What cannot be published stays, and who wrote it is told by mail and on the pages.

The first link of a post without pictures, to a page elsewhere over https, has a \`card\` once the page was read: at once for our own posts, within a
minute for those of other servers, and again after two weeks when somebody links to it. Its picture is our copy. \`html\` is a sandboxed frame
over https for films, else empty: what an oEmbed document calls \`rich\` is a \`link\`, since it lives by scripts of a third party that would learn who
reads what. The pages of this instance frame nothing, films neither: they link. \`authors\` has an account when the page names it in \`fediverse:creator\`, this instance knows it, and it lists
the site among its \`attribution_domains\`. \`published_at\` is a datetime, as Mastodon sends it.

A post quotes another one by \`quoted_status_id\` where the author of that lets it; otherwise the answer is 404. Where the author wants to
be asked, \`quote.state\` is \`pending\` until they have decided, on the pages of this instance or on theirs. \`quote_approval.manual\` is
\`public\` where an author lets followers quote and others ask, a choice that only the pages offer; \`quote_approval_policy\` and
\`source.quote_policy\` then say \`followers\`. What is quoted of somebody whom the reader has blocked, or whose server, is not told:
\`quoted_status\` is null there (\`blocked_account\`, \`blocked_domain\`); of somebody muted it is told. A link in the words of programs
that ask nobody (\`quoteUrl\`) is no quote. An edit cannot change what is quoted.

What answers 422 in a post: \`quote_id\`, \`expires_in\`, \`local_only\` when it is true, and a \`content_type\` other than plain text.`,
  methods: {
    'POST /api/v1/statuses': {
      returns: one('Status', 'ScheduledStatus'),
      note: '`Idempotency-Key` holds for an hour.',
      headers: { 'Idempotency-Key': 'The same text for every try of one post, 255 characters at the most' },
    },
    'GET /api/v1/statuses': { returns: list('Status'), note: '`id[]`, 40 at the most.' },
    'GET /api/v1/statuses/:id': { returns: one('Status') },
    'PUT /api/v1/statuses/:id': {
      returns: one('Status'),
      note: '`media_attributes[]` change descriptions and focal points.',
    },
    'DELETE /api/v1/statuses/:id': {
      returns: one('Status'),
      note: 'The pictures stay free for a day, to be posted anew, unless `delete_media=true`.',
    },
    'PUT /api/v1/statuses/:id/interaction_policy': {
      returns: one('Status'),
      note: 'Quotes that are there stay.',
    },
    'GET /api/v1/statuses/:id/quotes': {
      returns: list('Status'),
      note: 'Those with the consent of who is quoted. Paged by the ids of the posts.',
    },
    'POST /api/v1/statuses/:id/quotes/:quoting_status_id/revoke': {
      returns: one('Status'),
      note: 'Refuses a quote that waits.',
    },
    'GET /api/v1/statuses/:id/context': { returns: one('Context') },
    'GET /api/v1/statuses/:id/history': { returns: list('StatusEdit') },
    'GET /api/v1/statuses/:id/source': { returns: one('StatusSource') },
    'POST /api/v1/statuses/:id/favourite': { returns: one('Status') },
    'POST /api/v1/statuses/:id/unfavourite': { returns: one('Status') },
    'GET /api/v1/statuses/:id/favourited_by': { returns: list('Account') },
    'GET /api/v1/favourites': { returns: list('Status') },
    'POST /api/v1/statuses/:id/reblog': { returns: one('Status'), note: '`visibility` public, unlisted or private.' },
    'POST /api/v1/statuses/:id/unreblog': { returns: one('Status') },
    'GET /api/v1/statuses/:id/reblogged_by': { returns: list('Account') },
    'POST /api/v1/statuses/:id/bookmark': { returns: one('Status') },
    'POST /api/v1/statuses/:id/unbookmark': { returns: one('Status') },
    'GET /api/v1/bookmarks': { returns: list('Status') },
    'POST /api/v1/statuses/:id/mute': {
      returns: one('Status'),
      note: 'The whole conversation, of which one is told nothing more.',
    },
    'POST /api/v1/statuses/:id/unmute': { returns: one('Status') },
    'POST /api/v1/statuses/:id/pin': { returns: one('Status'), note: 'Five at the most.' },
    'POST /api/v1/statuses/:id/unpin': { returns: one('Status') },
    'GET /api/oembed': {
      returns: one('Oembed'),
      note: 'Public and unlisted posts of this instance. The frame has no script, and so a height: 480 unless `maxheight` says otherwise.',
    },
    'GET /api/v1/polls/:id': {
      returns: one('Poll'),
      note: 'Counts of another server that are older than a minute are asked for first, for who is signed in.',
    },
    'POST /api/v1/polls/:id/votes': { returns: one('Poll') },
    'GET /api/v1/scheduled_statuses': {
      returns: list('ScheduledStatus'),
      note: 'For roles that publish or answer; what could not be published is in it until its author decides.',
    },
    'GET /api/v1/scheduled_statuses/:id': { returns: one('ScheduledStatus') },
    'PUT /api/v1/scheduled_statuses/:id': {
      returns: one('ScheduledStatus'),
      note: 'Another time for what could not be published has it tried again.',
    },
    'DELETE /api/v1/scheduled_statuses/:id': { returns: one('Empty') },
  },
}
