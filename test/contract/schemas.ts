import { z } from 'zod'

/**
 * What clients may rely on, field by field: exact types, every field that the Mastodon documentation has without "optional", and no field
 * that it does not have. @see https://docs.joinmastodon.org/entities/
 */

const id = z.string().regex(/^\d{15,19}$/)
const url = z.url({ protocol: /^https?$/ })
const datetime = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/)
const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/)
const count = z.number().int().nonnegative()
const quotePolicy = z.strictObject({
  automatic: z.array(z.string()),
  manual: z.array(z.string()),
  current_user: z.string(),
})

export const CustomEmoji = z.strictObject({
  shortcode: z.string().min(1),
  url,
  static_url: url,
  visible_in_picker: z.boolean(),
  category: z.string().nullable(),
})

const Field = z.strictObject({ name: z.string(), value: z.string(), verified_at: datetime.nullable() })

const accountFields = {
  id,
  username: z.string().min(1),
  acct: z.string().min(1),
  url,
  uri: url,
  display_name: z.string(),
  note: z.string(),
  avatar: url,
  avatar_static: url,
  avatar_description: z.string(),
  header: url,
  header_static: url,
  header_description: z.string(),
  locked: z.boolean(),
  fields: z.array(Field),
  emojis: z.array(CustomEmoji),
  bot: z.boolean(),
  group: z.boolean(),
  discoverable: z.boolean().nullable(),
  indexable: z.boolean(),
  noindex: z.boolean().nullable().optional(),
  memorial: z.boolean().optional(),
  suspended: z.boolean().optional(),
  limited: z.boolean().optional(),
  created_at: datetime,
  last_status_at: date.nullable(),
  statuses_count: count,
  followers_count: count,
  following_count: count,
  hide_collections: z.boolean().nullable(),
  show_media: z.boolean(),
  show_media_replies: z.boolean(),
  show_featured: z.boolean(),
  roles: z.array(z.strictObject({ id: z.string(), name: z.string(), color: z.string() })),
  feature_approval: quotePolicy,
}

/** Where somebody has gone is told once, not along a chain. */
const MovedTo = z.strictObject({ ...accountFields, moved: z.null().optional() })

export const Account = z.strictObject({ ...accountFields, moved: MovedTo.nullable().optional() })

export const CredentialAccount = z.strictObject({
  ...accountFields,
  moved: MovedTo.nullable().optional(),
  source: z.strictObject({
    attribution_domains: z.array(z.string()),
    note: z.string(),
    fields: z.array(Field),
    privacy: z.enum(['public', 'unlisted', 'private', 'direct']),
    sensitive: z.boolean(),
    language: z.string(),
    follow_requests_count: count,
    hide_collections: z.boolean().nullable(),
    discoverable: z.boolean().nullable(),
    indexable: z.boolean(),
    quote_policy: z.string(),
  }),
  role: z.strictObject({
    id: z.string(),
    name: z.string(),
    color: z.string(),
    permissions: z.string(),
    highlighted: z.boolean(),
    collection_limit: count,
  }),
})

const MediaSize = z.strictObject({
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  size: z.string().regex(/^\d+x\d+$/),
  aspect: z.number().positive(),
})

export const MediaAttachment = z.strictObject({
  id,
  type: z.enum(['image', 'gifv', 'video', 'audio', 'unknown']),
  url: url.nullable(),
  preview_url: url.nullable(),
  remote_url: url.nullable(),
  text_url: url.nullable(),
  meta: z.strictObject({
    original: MediaSize.optional(),
    small: MediaSize.optional(),
    focus: z.strictObject({ x: z.number().min(-1).max(1), y: z.number().min(-1).max(1) }).optional(),
  }),
  description: z.string().nullable(),
  blurhash: z.string().min(6).nullable(),
})

const pollFields = {
  id,
  expires_at: datetime.nullable(),
  expired: z.boolean(),
  multiple: z.boolean(),
  votes_count: count,
  voters_count: count.nullable(),
  options: z.array(z.strictObject({ title: z.string().min(1), votes_count: count.nullable() })),
  emojis: z.array(CustomEmoji),
}

/** A poll as somebody without a token reads it. */
export const AnonymousPoll = z.strictObject(pollFields)

export const Poll = z.strictObject({ ...pollFields, voted: z.boolean(), own_votes: z.array(count) })

const statusFields = {
  id,
  uri: url,
  url: url.nullable(),
  created_at: datetime,
  edited_at: datetime.nullable(),
  account: Account,
  content: z.string(),
  text: z.string().nullable(),
  visibility: z.enum(['public', 'unlisted', 'private', 'direct']),
  sensitive: z.boolean(),
  spoiler_text: z.string(),
  media_attachments: z.array(MediaAttachment),
  mentions: z.array(z.strictObject({ id, username: z.string(), url, acct: z.string() })),
  tags: z.array(z.strictObject({ name: z.string().min(1), url })),
  emojis: z.array(CustomEmoji),
  reblogs_count: count,
  favourites_count: count,
  replies_count: count,
  quotes_count: count,
  in_reply_to_id: id.nullable(),
  in_reply_to_account_id: id.nullable(),
  language: z.string().min(2).nullable(),
  poll: z.union([Poll, AnonymousPoll]).nullable(),
  card: z.null(),
  quote: z.null(),
  quote_approval: quotePolicy,
  tagged_collections: z.array(z.never()),
}

export const FilterKeyword = z.strictObject({ id, keyword: z.string().min(1), whole_word: z.boolean() })

export const FilterStatus = z.strictObject({ id, status_id: id })

const filterFields = {
  id,
  title: z.string().min(1),
  context: z.array(z.enum(['home', 'notifications', 'public', 'thread', 'account'])).min(1),
  expires_at: datetime.nullable(),
  filter_action: z.enum(['warn', 'hide', 'blur']),
}

export const Filter = z.strictObject({
  ...filterFields,
  keywords: z.array(FilterKeyword),
  statuses: z.array(FilterStatus),
})

/** In a status the filter comes without what it looks for. */
export const FilterResult = z.strictObject({
  filter: z.strictObject(filterFields),
  keyword_matches: z.array(z.string()).min(1).nullable(),
  status_matches: z.array(id).min(1).nullable(),
})

/** A filter of the first version of the API. */
export const OldFilter = z.strictObject({
  id,
  phrase: z.string().min(1),
  context: filterFields.context,
  expires_at: datetime.nullable(),
  irreversible: z.boolean(),
  whole_word: z.boolean(),
})

/** What only a known reader is told. */
const readerFields = {
  favourited: z.boolean(),
  reblogged: z.boolean(),
  muted: z.boolean(),
  bookmarked: z.boolean(),
  filtered: z.array(FilterResult),
  pinned: z.boolean().optional(),
  application: z.strictObject({ name: z.string().min(1), website: url.nullable() }).optional(),
}

/** A status as somebody without a token reads it. */
export const AnonymousStatus = z.strictObject({
  ...statusFields,
  // A boost shows a post, never another boost.
  reblog: z.strictObject({ ...statusFields, reblog: z.null() }).nullable(),
})

export const Status = z.strictObject({
  ...statusFields,
  ...readerFields,
  reblog: z.strictObject({ ...statusFields, ...readerFields, reblog: z.null() }).nullable(),
})

export const Conversation = z.strictObject({
  id,
  unread: z.boolean(),
  accounts: z.array(Account).min(1),
  last_status: Status.nullable(),
})

export const Context = z.strictObject({ ancestors: z.array(Status), descendants: z.array(Status) })

export const StatusSource = z.strictObject({ id, text: z.string(), spoiler_text: z.string() })

export const StatusEdit = z.strictObject({
  content: z.string(),
  spoiler_text: z.string(),
  sensitive: z.boolean(),
  created_at: datetime,
  account: Account,
  media_attachments: z.array(MediaAttachment),
  poll: z.strictObject({ options: z.array(z.strictObject({ title: z.string() })) }).optional(),
  emojis: z.array(CustomEmoji),
})

const notificationFields = { id, group_key: z.string().min(1), created_at: datetime, account: Account }

export const Notification = z.discriminatedUnion('type', [
  z.strictObject({ ...notificationFields, type: z.enum(['follow', 'follow_request']) }),
  z.strictObject({
    ...notificationFields,
    type: z.enum(['mention', 'status', 'reblog', 'favourite', 'update', 'poll']),
    status: Status,
  }),
])

export const GroupedNotifications = z.strictObject({
  accounts: z.array(Account),
  partial_accounts: z
    .array(
      Account.pick({ id: true, acct: true, url: true, avatar: true, avatar_static: true, locked: true, bot: true }),
    )
    .optional(),
  statuses: z.array(Status),
  notification_groups: z.array(
    z.strictObject({
      group_key: z.string().min(1),
      notifications_count: count,
      type: z.string().min(1),
      most_recent_notification_id: id,
      page_min_id: id.optional(),
      page_max_id: id.optional(),
      latest_page_notification_at: datetime.optional(),
      sample_account_ids: z.array(id).min(1),
      status_id: id.optional(),
    }),
  ),
})

const verdict = z.enum(['accept', 'filter', 'drop'])

export const NotificationPolicy = z.strictObject({
  for_not_following: verdict,
  for_not_followers: verdict,
  for_new_accounts: verdict,
  for_private_mentions: verdict,
  for_limited_accounts: verdict,
  summary: z.strictObject({ pending_requests_count: count, pending_notifications_count: count }),
})

export const NotificationRequest = z.strictObject({
  id,
  created_at: datetime,
  updated_at: datetime,
  notifications_count: z.string().regex(/^\d+$/),
  account: Account,
  last_status: Status.nullable(),
})

export const Marker = z.strictObject({ last_read_id: id, version: z.number().int().positive(), updated_at: datetime })

export const Relationship = z.strictObject({
  id,
  following: z.boolean(),
  showing_reblogs: z.boolean(),
  notifying: z.boolean(),
  languages: z.array(z.string()).nullable(),
  followed_by: z.boolean(),
  blocking: z.boolean(),
  blocked_by: z.boolean(),
  muting: z.boolean(),
  muting_notifications: z.boolean(),
  muting_expires_at: datetime.nullable(),
  requested: z.boolean(),
  requested_by: z.boolean(),
  domain_blocking: z.boolean(),
  endorsed: z.boolean(),
  note: z.string(),
})

export const Tag = z.strictObject({
  id: z.string(),
  name: z.string().min(1),
  url,
  history: z.array(
    z.strictObject({
      day: z.string().regex(/^\d+$/),
      uses: z.string().regex(/^\d+$/),
      accounts: z.string().regex(/^\d+$/),
    }),
  ),
  following: z.boolean().optional(),
  featuring: z.boolean().optional(),
})

export const List = z.strictObject({
  id,
  title: z.string().min(1),
  replies_policy: z.enum(['followed', 'list', 'none']),
  exclusive: z.boolean(),
})

export const FeaturedTag = z.strictObject({
  id,
  name: z.string().min(1),
  url,
  statuses_count: z.string().regex(/^\d+$/),
  last_status_at: date.nullable(),
})

export const MutedAccount = z.strictObject({
  ...accountFields,
  moved: MovedTo.nullable().optional(),
  mute_expires_at: datetime.nullable(),
})

export const Profile = z.strictObject({
  id,
  display_name: z.string(),
  note: z.string(),
  fields: z.array(Field),
  avatar: url.nullable(),
  avatar_static: url.nullable(),
  avatar_description: z.string(),
  header: url.nullable(),
  header_static: url.nullable(),
  header_description: z.string(),
  locked: z.boolean(),
  bot: z.boolean(),
  hide_collections: z.boolean().nullable(),
  discoverable: z.boolean().nullable(),
  indexable: z.boolean(),
  show_media: z.boolean(),
  show_media_replies: z.boolean(),
  show_featured: z.boolean(),
  attribution_domains: z.array(z.string()),
  featured_tags: z.array(FeaturedTag),
})

export const Preferences = z.strictObject({
  'posting:default:visibility': z.enum(['public', 'unlisted', 'private', 'direct']),
  'posting:default:sensitive': z.boolean(),
  'posting:default:language': z.string().min(2).nullable(),
  'reading:expand:media': z.enum(['default', 'show_all', 'hide_all']),
  'reading:expand:spoilers': z.boolean(),
})

export const ErrorBody = z.strictObject({
  error: z.string().min(1),
  error_description: z.string().optional(),
  details: z.record(z.string(), z.array(z.strictObject({ error: z.string(), description: z.string() }))).optional(),
})

export const Suggestion = z.strictObject({
  source: z.enum(['staff', 'past_interactions', 'global']),
  sources: z.array(
    z.enum(['featured', 'most_followed', 'most_interactions', 'similar_to_recently_followed', 'friends_of_friends']),
  ),
  account: Account,
})

export const Report = z.strictObject({
  id,
  action_taken: z.boolean(),
  action_taken_at: datetime.nullable(),
  category: z.enum(['spam', 'legal', 'violation', 'other']),
  comment: z.string(),
  forwarded: z.boolean(),
  created_at: datetime,
  status_ids: z.array(id).nullable(),
  collection_ids: z.null(),
  rule_ids: z.array(id).nullable(),
  target_account: Account,
})

export const ScheduledStatus = z.strictObject({
  id,
  scheduled_at: datetime,
  params: z.strictObject({
    text: z.string(),
    poll: z
      .strictObject({
        options: z.array(z.string()),
        expires_in: count,
        multiple: z.boolean(),
        hide_totals: z.boolean(),
      })
      .nullable(),
    media_ids: z.array(id).nonempty().nullable(),
    sensitive: z.boolean().nullable(),
    spoiler_text: z.string().nullable(),
    visibility: z.enum(['public', 'unlisted', 'private', 'direct']),
    in_reply_to_id: id.nullable(),
    language: z.string().nullable(),
    application_id: z.number(),
    scheduled_at: z.null(),
    idempotency: z.string().nullable(),
    with_rate_limit: z.boolean(),
  }),
  media_attachments: z.array(MediaAttachment),
})

export const WebPushSubscription = z.strictObject({
  id,
  endpoint: url,
  standard: z.boolean(),
  server_key: z.string().min(1),
  policy: z.enum(['all', 'followed', 'follower', 'none']),
  alerts: z.strictObject({
    mention: z.boolean(),
    quote: z.boolean(),
    status: z.boolean(),
    reblog: z.boolean(),
    follow: z.boolean(),
    follow_request: z.boolean(),
    favourite: z.boolean(),
    poll: z.boolean(),
    update: z.boolean(),
    quoted_update: z.boolean(),
    'admin.sign_up': z.boolean(),
    'admin.report': z.boolean(),
  }),
})
