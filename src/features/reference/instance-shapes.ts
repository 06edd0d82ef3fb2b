import { z } from 'zod'
import { accountShapes } from './account-shapes.ts'
import { scalars } from './scalars.ts'

const { Account } = accountShapes
const { id, url, datetime, date, count, numeral } = scalars

const socket = z.url({ protocol: /^wss?$/ })

const Rule = z.strictObject({
  id,
  text: z.string().min(1),
  hint: z.string(),
  translations: z.record(z.string(), z.strictObject({ text: z.string(), hint: z.string() })),
})

const configuration = {
  accounts: z.strictObject({
    max_featured_tags: count,
    max_pinned_statuses: count,
    max_profile_fields: count,
    profile_field_name_limit: count,
    profile_field_value_limit: count,
    max_display_name_length: count,
    max_note_length: count,
    avatar_description_limit: count,
    header_description_limit: count,
  }),
  statuses: z.strictObject({
    max_characters: count,
    max_media_attachments: count,
    characters_reserved_per_url: count,
  }),
  media_attachments: z.strictObject({
    supported_mime_types: z.array(z.string()).nonempty(),
    description_limit: count,
    image_size_limit: count,
    image_matrix_limit: count,
    video_size_limit: count,
    video_frame_rate_limit: count,
    video_matrix_limit: count,
  }),
  polls: z.strictObject({
    max_options: count,
    max_characters_per_option: count,
    min_expiration: count,
    max_expiration: count,
  }),
}

const feed = z.strictObject({
  local: z.enum(['public', 'authenticated', 'disabled']),
  remote: z.enum(['public', 'authenticated', 'disabled']),
})

const Instance = z.strictObject({
  domain: z.string().min(1),
  title: z.string(),
  version: z.string(),
  source_url: url,
  description: z.string(),
  wrapstodon: z.string().nullable(),
  usage: z.strictObject({ users: z.strictObject({ active_month: count }) }),
  thumbnail: z.strictObject({ url, description: z.string() }),
  icon: z.array(z.strictObject({ src: url, size: z.string().regex(/^\d+x\d+$/) })),
  languages: z.array(z.string().length(2)),
  configuration: z.strictObject({
    urls: z.strictObject({ streaming: socket }),
    vapid: z.strictObject({ public_key: z.string() }),
    ...configuration,
    translation: z.strictObject({ enabled: z.boolean() }),
    timelines_access: z.strictObject({ live_feeds: feed, hashtag_feeds: feed, trending_link_feeds: feed }),
    limited_federation: z.boolean(),
  }),
  registrations: z.strictObject({
    enabled: z.boolean(),
    approval_required: z.boolean(),
    message: z.string().nullable(),
    min_age: z.int().nullable(),
    reason_required: z.boolean().nullable(),
    url: z.string().nullable(),
  }),
  api_versions: z.strictObject({ mastodon: z.int() }),
  contact: z.strictObject({ email: z.string(), account: Account.nullable() }),
  rules: z.array(Rule),
})

/** The first version of the entity. */
const OldInstance = z.strictObject({
  uri: z.string().min(1),
  title: z.string(),
  short_description: z.string(),
  description: z.string(),
  email: z.string(),
  version: z.string(),
  urls: z.strictObject({ streaming_api: socket }),
  stats: z.strictObject({ user_count: count, status_count: count, domain_count: count }),
  thumbnail: url.nullable(),
  languages: z.array(z.string().length(2)),
  registrations: z.boolean(),
  approval_required: z.boolean(),
  invites_enabled: z.boolean(),
  configuration: z.strictObject(configuration),
  contact_account: Account.nullable(),
  rules: z.array(Rule),
})

/** Who runs the instance, and what becomes of what it knows of people. */
const DatedText = z.strictObject({ updated_at: datetime, content: z.string() })

const TermsOfService = z.strictObject({
  effective_date: date,
  effective: z.boolean(),
  content: z.string(),
  succeeded_by: date.nullable(),
})

const DomainBlock = z.strictObject({
  domain: z.string().min(1),
  digest: z.string().length(64),
  severity: z.enum(['silence', 'suspend']),
  comment: z.string().optional(),
})

const AdminDomainBlock = z.strictObject({
  id: z.string().regex(/^\d+$/),
  domain: z.string().min(1),
  digest: z.string().length(64),
  created_at: z.iso.datetime(),
  severity: z.enum(['noop', 'silence', 'suspend']),
  reject_media: z.boolean(),
  reject_reports: z.boolean(),
  private_comment: z.string().nullable(),
  public_comment: z.string().nullable(),
  obfuscate: z.boolean(),
})

const AdminDomainAllow = z.strictObject({
  id: z.string().regex(/^\d+$/),
  domain: z.string().min(1),
  created_at: z.iso.datetime(),
})

const Activity = z.strictObject({ week: numeral, statuses: numeral, logins: numeral, registrations: numeral })

const Language = z.strictObject({ code: z.string().min(2), name: z.string().min(1) })

const ErrorBody = z.strictObject({
  error: z.string().min(1),
  error_description: z.string().optional(),
  details: z.record(z.string(), z.array(z.strictObject({ error: z.string(), description: z.string() }))).optional(),
})

/** The instance itself, and what is said to it. */
export const instanceShapes = {
  ErrorBody,
  Instance,
  OldInstance,
  Rule,
  DatedText,
  TermsOfService,
  DomainBlock,
  AdminDomainBlock,
  AdminDomainAllow,
  Activity,
  Language,
}
