import { z } from 'zod'
import { scalars } from './scalars.ts'

const { id, url, datetime, date, count, numeral } = scalars

const quotePolicy = z.strictObject({
  automatic: z.array(z.string()),
  manual: z.array(z.string()),
  current_user: z.string(),
})

const CustomEmoji = z.strictObject({
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

const Account = z.strictObject({ ...accountFields, moved: MovedTo.nullable().optional() })

const CredentialAccount = z.strictObject({
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
    quote_policy: z.enum(['public', 'followers', 'nobody']),
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

const MutedAccount = z.strictObject({
  ...accountFields,
  moved: MovedTo.nullable().optional(),
  mute_expires_at: datetime.nullable(),
})

const FeaturedTag = z.strictObject({
  id,
  name: z.string().min(1),
  url,
  statuses_count: numeral,
  last_status_at: date.nullable(),
})

const Profile = z.strictObject({
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

const Relationship = z.strictObject({
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

const Suggestion = z.strictObject({
  source: z.enum(['staff', 'past_interactions', 'global']),
  sources: z.array(
    z.enum(['featured', 'most_followed', 'most_interactions', 'similar_to_recently_followed', 'friends_of_friends']),
  ),
  account: Account,
})

const List = z.strictObject({
  id,
  title: z.string().min(1),
  replies_policy: z.enum(['followed', 'list', 'none']),
  exclusive: z.boolean(),
})

const Preferences = z.strictObject({
  'posting:default:visibility': z.enum(['public', 'unlisted', 'private', 'direct']),
  'posting:default:sensitive': z.boolean(),
  'posting:default:language': z.string().min(2).nullable(),
  'posting:default:quote_policy': z.enum(['public', 'followers', 'nobody']),
  'reading:expand:media': z.enum(['default', 'show_all', 'hide_all']),
  'reading:expand:spoilers': z.boolean(),
})

/** Who speaks, what somebody is to somebody else, and what somebody has set. */
export const accountShapes = {
  Account,
  CredentialAccount,
  MutedAccount,
  CustomEmoji,
  FeaturedTag,
  Profile,
  Relationship,
  FamiliarFollowers: z.strictObject({ id, accounts: z.array(Account) }),
  Suggestion,
  List,
  Preferences,
}
