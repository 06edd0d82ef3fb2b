import type { Ctx } from '#src/context.ts'
import { locales } from '#src/core/i18n.ts'
import { MAX_PIXELS } from '#src/core/images/limits.ts'
import { acceptedMimes } from '#src/core/images/sniff.ts'
import { renderPlainText } from '#src/core/markup.ts'
import type { Account } from '#src/features/actors/entity.ts'
import { profileLimits } from '#src/features/actors/policy.ts'
import { maxDescription, maxUploadBytes } from '#src/features/media/service.ts'
import { pollLimits } from '#src/features/polls/policy.ts'
import { postLimits } from '#src/features/posts/policy.ts'
import { mostFeatured } from '#src/features/tags/service.ts'
import { clientVersion } from '#src/version.ts'
import { assetUrl } from '#src/web/assets.ts'
import type { Instance, Usage } from './queries.ts'

/** What the two forms of the entity are made of. */
export type InstanceFacts = Readonly<{
  instance: Instance
  usage: Usage
  /** By which push services know this instance. */
  pushKey: string
  contact: Account | null
  rules: readonly Readonly<{ id: string; text: string; hint: string; translations: object }>[]
}>

const accounts = {
  max_featured_tags: mostFeatured,
  max_pinned_statuses: postLimits.pins,
  max_profile_fields: profileLimits.fields,
  profile_field_name_limit: profileLimits.fieldName,
  profile_field_value_limit: profileLimits.fieldValue,
  max_display_name_length: profileLimits.name,
  max_note_length: profileLimits.summary,
  avatar_description_limit: maxDescription,
  header_description_limit: maxDescription,
} as const

const statuses = {
  max_characters: postLimits.characters,
  max_media_attachments: postLimits.pictures,
  // However long it is: see countCharacters in core/markup.ts.
  characters_reserved_per_url: 23,
} as const

/** Pictures only: a film of no bytes is what is accepted of them. */
const mediaAttachments = {
  supported_mime_types: acceptedMimes,
  description_limit: maxDescription,
  image_size_limit: maxUploadBytes,
  image_matrix_limit: MAX_PIXELS,
  video_size_limit: 0,
  video_frame_rate_limit: 0,
  video_matrix_limit: 0,
} as const

const polls = {
  max_options: pollLimits.options,
  max_characters_per_option: pollLimits.characters,
  min_expiration: pollLimits.minSeconds,
  max_expiration: pollLimits.maxSeconds,
} as const

const everybody = { local: 'public', remote: 'public' } as const

const timelinesAccess = {
  live_feeds: everybody,
  hashtag_feeds: everybody,
  trending_link_feeds: everybody,
} as const

/** This instance as newer clients read it. @see https://docs.joinmastodon.org/entities/Instance/ */
export function toInstance(
  { uris, config }: Pick<Ctx, 'uris' | 'config'>,
  { instance, usage, pushKey, contact, rules }: InstanceFacts,
) {
  const picture = uris.asset(assetUrl('header.png'))
  return {
    domain: config.handleHost,
    title: instance.name,
    version: clientVersion,
    source_url: uris.source,
    description: instance.description,
    wrapstodon: null,
    usage: { users: { active_month: usage.activeMonth } },
    thumbnail: { url: picture, description: '' },
    icon: [{ src: uris.asset(assetUrl('touch-icon.png')), size: '180x180' }],
    languages: locales,
    configuration: {
      urls: { streaming: uris.publicUrl.replace(/^http/, 'ws') },
      vapid: { public_key: pushKey },
      accounts,
      statuses,
      media_attachments: mediaAttachments,
      polls,
      translation: { enabled: false },
      timelines_access: timelinesAccess,
      limited_federation: false,
    },
    registrations: toRegistrations(instance),
    // From 2 on clients ask for grouped notifications, from 7 on they offer quotes, from 10 on collections.
    api_versions: { mastodon: 7 },
    contact: { email: instance.contactEmail ?? '', account: contact },
    rules,
  }
}

/** How one comes in. The address stays empty: apps that find one there open it instead of asking here. */
function toRegistrations({ registrationMode: mode, registrationMessage: message }: Instance) {
  const isOpen = mode !== 'closed'
  return {
    enabled: isOpen,
    approval_required: mode === 'approval',
    message: isOpen || message === '' ? null : renderPlainText(message),
    min_age: null,
    reason_required: isOpen ? mode === 'approval' : null,
    url: null,
  }
}

/** This instance as older clients read it. @see https://docs.joinmastodon.org/entities/V1_Instance/ */
export function toV1Instance(
  { uris, config }: Pick<Ctx, 'uris' | 'config'>,
  { instance, usage, contact, rules }: InstanceFacts,
) {
  return {
    uri: config.handleHost,
    title: instance.name,
    short_description: instance.description,
    description: instance.description,
    email: instance.contactEmail ?? '',
    version: clientVersion,
    urls: { streaming_api: uris.publicUrl.replace(/^http/, 'ws') },
    // Clients show it as the number of accounts that are here: identities, not logins.
    stats: { user_count: usage.users, status_count: usage.localPosts, domain_count: usage.domains },
    thumbnail: uris.asset(assetUrl('header.png')),
    languages: locales,
    registrations: instance.registrationMode !== 'closed',
    approval_required: instance.registrationMode === 'approval',
    invites_enabled: false,
    configuration: { accounts, statuses, media_attachments: mediaAttachments, polls },
    contact_account: contact,
    rules,
  }
}
