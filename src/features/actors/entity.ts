import type { Ctx } from '#src/context.ts'
import { type CustomEmoji, toEmoji } from '#src/features/emoji/entity.ts'
import type { Uris } from '#src/uris.ts'
import { assetUrl } from '#src/web/assets.ts'
import { letterUrl } from '#src/web/letters.ts'
import type { ProfileSource } from './profile-queries.ts'
import type { Actor, ActorPicture } from './queries.ts'

/** One line of a profile. @see https://docs.joinmastodon.org/entities/Account/#Field */
export type Field = { name: string; value: string; verified_at: string | null }

/** An actor as clients know it. @see https://docs.joinmastodon.org/entities/Account/ */
export type Account = {
  id: string
  username: string
  acct: string
  url: string
  uri: string
  display_name: string
  note: string
  avatar: string
  avatar_static: string
  avatar_description: string
  header: string
  header_static: string
  header_description: string
  locked: boolean
  fields: Field[]
  emojis: readonly CustomEmoji[]
  bot: boolean
  group: boolean
  discoverable: boolean
  indexable: boolean
  noindex: boolean
  moved?: Account | null
  suspended?: true
  limited?: true
  created_at: string
  last_status_at: string | null
  statuses_count: number
  followers_count: number
  following_count: number
  hide_collections: boolean | null
  show_media: boolean
  show_media_replies: boolean
  show_featured: boolean
  roles: { id: string; name: string; color: string }[]
  feature_approval: { automatic: string[]; manual: string[]; current_user: string }
}

/** What an actor's own team sees of it. @see https://docs.joinmastodon.org/entities/Account/#CredentialAccount */
export type CredentialAccount = Account & {
  source: {
    attribution_domains: string[]
    note: string
    fields: Field[]
    privacy: string
    sensitive: boolean
    language: string
    follow_requests_count: number
    hide_collections: boolean
    discoverable: boolean
    indexable: boolean
    quote_policy: string
  }
  role: { id: string; name: string; color: string; permissions: string; highlighted: boolean; collection_limit: number }
}

/** An actor's own profile, to be edited: texts as they were typed. @see https://docs.joinmastodon.org/entities/Profile/ */
export type Profile = Pick<
  Account,
  | 'id'
  | 'display_name'
  | 'note'
  | 'fields'
  | 'avatar_description'
  | 'header_description'
  | 'locked'
  | 'bot'
  | 'hide_collections'
  | 'discoverable'
  | 'indexable'
  | 'show_media'
  | 'show_media_replies'
  | 'show_featured'
> & {
  /** Null where there is no picture. */
  avatar: string | null
  avatar_static: string | null
  header: string | null
  header_static: string | null
  attribution_domains: string[]
}

/** The address of an actor's document: ours follow from the handle, the instance's own actor has its own. */
export function actorIri(uris: Uris, actor: Pick<Actor, 'iri' | 'handle' | 'type'>): string {
  if (actor.iri !== null) return actor.iri
  return actor.type === 'Application' ? uris.instanceActor : uris.actor(actor.handle)
}

/** The page of an actor, on its own server. */
export function actorUrl(uris: Uris, actor: Pick<Actor, 'iri' | 'url' | 'handle'>): string {
  return actor.url ?? actor.iri ?? uris.profile(actor.handle)
}

/** `user` for ours, `user@host` for others. */
export function acctOf(actor: Pick<Actor, 'handle' | 'host'>): string {
  return actor.host === null ? actor.handle : `${actor.handle}@${actor.host}`
}

/** Whether it is a private group of ours, as those are that nobody is to find: how many they are, and how much they say, is for its members. */
export function isSecluded({ type, host, isDiscoverable }: Pick<Actor, 'type' | 'host' | 'isDiscoverable'>): boolean {
  return type === 'Group' && host === null && !isDiscoverable
}

/** How much an actor says, to how many. */
function toCounts(actor: Actor): Pick<Account, 'last_status_at' | 'statuses_count' | 'followers_count'> {
  if (isSecluded(actor)) return { last_status_at: null, statuses_count: 0, followers_count: 0 }
  return {
    last_status_at: actor.lastPostAt?.toISOString().slice(0, 10) ?? null,
    statuses_count: actor.postsCount,
    followers_count: actor.followersCount,
  }
}

/**
 * An actor as clients read it. Nothing of a suspended actor's profile is shown.
 * @param movedTo where the actor has gone, if it has and we know the other one
 */
export function toAccount({ uris }: Pick<Ctx, 'uris'>, actor: Actor, movedTo: Actor | null = null): Account {
  const isSuspended = actor.suspendedAt !== null
  return {
    id: actor.id,
    username: actor.handle,
    acct: acctOf(actor),
    url: actorUrl(uris, actor),
    uri: actorIri(uris, actor),
    display_name: isSuspended ? '' : actor.name,
    note: isSuspended ? '' : actor.summary,
    ...toPictures(uris, actor),
    locked: actor.isLocked,
    fields: isSuspended ? [] : actor.fields.map(toField),
    emojis: isSuspended ? [] : actor.emojis.map((use) => toEmoji(uris, use)),
    bot: actor.type === 'Service' || actor.type === 'Application',
    group: actor.type === 'Group',
    discoverable: actor.isDiscoverable,
    indexable: actor.isIndexable,
    noindex: !actor.isIndexable,
    ...toMoved({ uris }, actor, movedTo),
    ...(isSuspended ? { suspended: true as const } : {}),
    ...(actor.standing === 'limit' ? { limited: true as const } : {}),
    created_at: actor.publishedAt.toISOString(),
    ...toCounts(actor),
    following_count: actor.followingCount,
    // Ours show counts, never lists; of others we know only what their servers tell.
    hide_collections: actor.host === null ? true : null,
    show_media: actor.showsMedia,
    show_media_replies: actor.showsMediaReplies,
    show_featured: actor.showsFeatured,
    roles: [],
    feature_approval: { automatic: [], manual: [], current_user: 'denied' },
  }
}

/** An actor as its own team reads it. */
export function toCredentialAccount(ctx: Pick<Ctx, 'uris'>, actor: Actor, source: ProfileSource): CredentialAccount {
  return {
    ...toAccount(ctx, actor),
    source: {
      attribution_domains: actor.attributionDomains,
      note: source.summarySource,
      fields: source.fieldsSource.map(({ name, value }, index) => ({
        name,
        value,
        verified_at: actor.fields[index]?.verifiedAt ?? null,
      })),
      privacy: source.defaultVisibility === 'followers' ? 'private' : source.defaultVisibility,
      sensitive: source.defaultSensitive,
      language: source.defaultLanguage ?? '',
      follow_requests_count: source.followRequestsCount,
      hide_collections: true,
      discoverable: actor.isDiscoverable,
      indexable: actor.isIndexable,
      // That others may ask is not in the words of the client API.
      quote_policy: source.defaultQuotePolicy === 'asked' ? 'followers' : source.defaultQuotePolicy,
    },
    role: { id: '-99', name: '', color: '', permissions: '0', highlighted: false, collection_limit: 0 },
  }
}

/** An actor's own profile as an editor reads it. */
export function toProfile(ctx: Pick<Ctx, 'uris'>, actor: Actor, source: ProfileSource): Profile {
  const { source: typed, ...account } = toCredentialAccount(ctx, actor, source)
  const avatar = actor.avatar?.state === 'ready' ? account.avatar : null
  const header = actor.header?.state === 'ready' ? account.header : null
  return {
    id: account.id,
    display_name: account.display_name,
    note: typed.note,
    fields: typed.fields,
    avatar,
    avatar_static: avatar,
    avatar_description: account.avatar_description,
    header,
    header_static: header,
    header_description: account.header_description,
    locked: account.locked,
    bot: account.bot,
    hide_collections: account.hide_collections,
    discoverable: account.discoverable,
    indexable: account.indexable,
    show_media: account.show_media,
    show_media_replies: account.show_media_replies,
    show_featured: account.show_featured,
    attribution_domains: typed.attribution_domains,
  }
}

function toMoved(ctx: Pick<Ctx, 'uris'>, actor: Actor, movedTo: Actor | null): { moved?: Account | null } {
  if (actor.movedToIri === null || actor.suspendedAt) return { moved: null }
  // Somebody whom we do not know: that nothing is said is no claim that the actor has stayed.
  return movedTo ? { moved: toAccount(ctx, movedTo) } : {}
}

function toField({ name, value, verifiedAt }: Actor['fields'][number]): Field {
  return { name, value, verified_at: verifiedAt }
}

/** Pictures do not move here, so that the static address is the same. */
function toPictures(uris: Uris, actor: Actor) {
  const shown = actor.suspendedAt ? { avatar: null, header: null, name: '' } : actor
  const stand = letterUrl({ name: shown.name, handle: actor.handle }) ?? assetUrl('avatar.png')
  const avatar = pictureUrl(uris, shown.avatar, 'smallest') ?? uris.asset(stand)
  const header = pictureUrl(uris, shown.header, 'largest') ?? uris.asset(assetUrl('header.png'))
  return {
    avatar,
    avatar_static: avatar,
    avatar_description: shown.avatar?.description ?? '',
    header,
    header_static: header,
    header_description: shown.header?.description ?? '',
  }
}

/** The file under which the copy of another server's picture is served; see `features/media/addresses.ts`. */
const remoteFile = 'remote'

/** The address of a profile's picture; null while it is not ready. JPEG, since every program reads it. */
export function pictureUrl(uris: Uris, picture: ActorPicture | null, size: 'smallest' | 'largest'): string | null {
  if (picture?.state !== 'ready') return null
  if (picture.remoteUrl) return uris.media(picture.key, remoteFile)
  const variants = picture.variants.filter(({ mime }) => mime === 'image/jpeg').toSorted((a, b) => a.width - b.width)
  const variant = size === 'smallest' ? variants.at(0) : variants.at(-1)
  return variant ? uris.media(picture.key, variant.file) : null
}
