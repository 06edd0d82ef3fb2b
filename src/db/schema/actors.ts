import { sql } from 'drizzle-orm'
import {
  type AnyPgColumn,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { bigId, counter, createdAt, id, moment } from '../columns.ts'
import { inboxes } from './deliveries.ts'
import type { EmojiUse } from './emoji.ts'
import { media } from './media.ts'

/** The five kinds of actor that ActivityStreams knows. @see https://www.w3.org/TR/activitystreams-vocabulary/#actor-types */
export const actorType = pgEnum('actor_type', ['Person', 'Organization', 'Group', 'Service', 'Application'])

/** Which pictures a client shows without being asked: all but the sensitive ones, all, or none. */
export const expandedMedia = pgEnum('expanded_media', ['default', 'show_all', 'hide_all'])

/**
 * What the instance lets others do: everything; what nobody but their followers sees; nothing. Each is stricter than the one before it, as
 * PostgreSQL compares them.
 */
export const severity = pgEnum('severity', ['none', 'limit', 'block'])

/** Who may quote: everybody, followers, followers and whoever asks, or only the author. */
export type QuotePolicy = 'public' | 'followers' | 'asked' | 'nobody'

/** The public key of an actor of ours with which it proves no more; `until`: when its document stops listing it. */
export type FormerKey = { number: number; ed25519PublicKeyPem: string; until: string }

/** Who may answer: everybody, followers and who is followed, those and whoever asks, or only who is named. */
export type ReplyChoice = 'public' | 'followers' | 'asked' | 'named'

/** One line of a profile: what it is called, its text as HTML, and when a link in it was proven to be theirs. */
export type ActorField = { name: string; value: string; verifiedAt: string | null }

/** Anybody who speaks, here or elsewhere. `host` is null for local actors, and so is `iri`: ours follow from the handle. */
export const actors = pgTable(
  'actors',
  {
    id: id(),
    type: actorType().notNull(),
    handle: text().notNull(),
    host: text(),
    iri: text().unique(),
    url: text(),
    name: text().notNull().default(''),
    /** HTML: rendered from `local_actors.summary_source`, or the sanitised text of a remote actor. */
    summary: text().notNull().default(''),
    fields: jsonb().$type<ActorField[]>().notNull().default([]),
    /** When the links in the lines of the profile are to be looked at again; null when there are none. */
    linksDueAt: moment(),
    /** Those in the name, the text and the lines of the profile. */
    emojis: jsonb().$type<EmojiUse[]>().notNull().default([]),
    avatarMediaId: bigId().references((): AnyPgColumn => media.id, { onDelete: 'set null' }),
    headerMediaId: bigId().references((): AnyPgColumn => media.id, { onDelete: 'set null' }),
    avatarRemoteUrl: text(),
    headerRemoteUrl: text(),
    /** `manuallyApprovesFollowers`: nobody follows without being approved. */
    isLocked: boolean().notNull().default(true),
    isDiscoverable: boolean().notNull().default(false),
    isIndexable: boolean().notNull().default(false),
    /** Which parts of a profile programs are to show: the pictures, those in answers too, and what the actor features. */
    showsMedia: boolean().notNull().default(true),
    showsMediaReplies: boolean().notNull().default(true),
    showsFeatured: boolean().notNull().default(true),
    /** Sites whose articles may name this actor as their author. */
    attributionDomains: text().array().notNull().default([]),
    inbox: text(),
    sharedInbox: text(),
    /** Where deliveries to this actor go: its server's shared inbox if there is one. */
    deliveryInboxId: bigId().references(() => inboxes.id),
    outbox: text(),
    followersIri: text(),
    followingIri: text(),
    featuredIri: text(),
    featuredTagsIri: text(),
    publicKeyId: text(),
    publicKeyPem: text(),
    /** The other keys for requests that its document lists, as it does while it changes from one to the next. */
    furtherKeys: jsonb().$type<{ id: string; pem: string }[]>().notNull().default([]),
    assertionKeys: jsonb().$type<{ id: string; multibase: string }[]>().notNull().default([]),
    alsoKnownAs: jsonb().$type<string[]>().notNull().default([]),
    movedToIri: text(),
    /** When a move of this actor was last accepted, or, of ours, made: there is none again for a while, even if it was taken back. */
    movedAt: moment(),
    followersCount: counter(),
    followingCount: counter(),
    postsCount: counter(),
    lastPostAt: moment(),
    publishedAt: moment().notNull().defaultNow(),
    updatedAt: moment().notNull().defaultNow(),
    createdAt: createdAt(),
    /** When a remote actor's document was last read; older than a day: read again when met. */
    fetchedAt: moment(),
    /** Whether the host of a remote actor's handle was asked and agreed, or nobody names another than that of its id. */
    isHandleConfirmed: boolean().notNull().default(true),
    /** When what a remote actor shows first was last read. */
    pinsReadAt: moment(),
    /** When the hashtags that a remote actor features were last read. */
    tagsReadAt: moment(),
    /** When we last read whom of ours its server counts as followers. */
    followersReadAt: moment(),
    /** Since when its own server says that it is suspended. */
    suspendedThereAt: moment(),
    /** What those who run this instance have decided about this one, whatever holds for its server. */
    restriction: severity().notNull().default('none'),
    /** What holds for it: the stricter of its restriction and what holds for its server; see `settleStandings`. */
    standing: severity().notNull().default('none'),
    /** Since when nothing is taken from it or shown of it: its server says so, or we do. */
    suspendedAt: moment(),
    deletedAt: moment(),
  },
  (table) => [
    uniqueIndex('actors_local_handle_unique').on(sql`lower(${table.handle})`).where(sql`${table.host} is null`),
    // `fold` takes case and accents away; by trigrams a part of a name is found, and one with a typing error.
    index('actors_name_words').using('gin', sql`fold(${table.name}) gin_trgm_ops`),
    index('actors_handle').on(sql`lower(${table.handle})`, table.host),
    index('actors_host').on(table.host).where(sql`${table.host} is not null`),
    index('actors_public_key').on(table.publicKeyId).where(sql`${table.publicKeyId} is not null`),
    index('actors_further_keys')
      .using('gin', sql`${table.furtherKeys} jsonb_path_ops`)
      .where(sql`${table.furtherKeys} <> '[]'`),
    index('actors_followers_iri').on(table.followersIri).where(sql`${table.followersIri} is not null`),
    // What is removed asks whether anybody shows it, delivers to it or has moved there.
    index('actors_avatar').on(table.avatarMediaId).where(sql`${table.avatarMediaId} is not null`),
    index('actors_header').on(table.headerMediaId).where(sql`${table.headerMediaId} is not null`),
    index('actors_delivery_inbox').on(table.deliveryInboxId).where(sql`${table.deliveryInboxId} is not null`),
    index('actors_moved_to').on(table.movedToIri).where(sql`${table.movedToIri} is not null`),
    index('actors_links_due').on(table.linksDueAt).where(sql`${table.linksDueAt} is not null`),
    check('actors_remote_has_iri', sql`(${table.host} is null) = (${table.iri} is null)`),
  ],
)

/** What only an actor of this instance has: its keys and the source of its profile. */
export const localActors = pgTable('local_actors', {
  actorId: bigId()
    .primaryKey()
    .references(() => actors.id, { onDelete: 'cascade' }),
  rsaPrivateKeyPem: text().notNull(),
  rsaPublicKeyPem: text().notNull(),
  ed25519PrivateKeyPem: text().notNull(),
  ed25519PublicKeyPem: text().notNull(),
  /** Its keys are its first, its second and so on: their ids follow from it. */
  keyNumber: integer().notNull().default(1),
  /** Those before them that its document still lists. */
  formerKeys: jsonb().$type<FormerKey[]>().notNull().default([]),
  summarySource: text().notNull().default(''),
  fieldsSource: jsonb().$type<{ name: string; value: string }[]>().notNull().default([]),
  defaultVisibility: text().notNull().default('public'),
  defaultLanguage: text(),
  defaultSensitive: boolean().notNull().default(false),
  /** Who may quote what is posted from now on, unless the post says otherwise. */
  defaultQuotePolicy: text().$type<QuotePolicy>().notNull().default('followers'),
  /** Who may answer what is posted from now on. */
  defaultReplyPolicy: text().$type<ReplyChoice>().notNull().default('public'),
  /** How its team reads: which pictures are shown without being asked for, and whether what stands behind a warning is. */
  expandsMedia: expandedMedia().notNull().default('default'),
  expandsSpoilers: boolean().notNull().default(false),
})

/** Whom an actor does not want to be suggested again. */
export const suggestionDismissals = pgTable(
  'suggestion_dismissals',
  {
    actorId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    dismissedId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.actorId, table.dismissedId] }), index().on(table.dismissedId)],
)
