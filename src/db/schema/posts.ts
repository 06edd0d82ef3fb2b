import { sql } from 'drizzle-orm'
import {
  type AnyPgColumn,
  boolean,
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
import { actors } from './actors.ts'
import { cards } from './cards.ts'
import type { EmojiUse } from './emoji.ts'
import { oauthApps } from './oauth.ts'
import { users } from './users.ts'

/**
 * Who may read: everybody, everybody without being listed, accepted followers, or only the recipients. The rule that decides is
 * `visibleTo` in `src/features/posts/queries.ts`.
 */
export const visibility = pgEnum('visibility', ['public', 'unlisted', 'followers', 'direct'])

/** People whom an author lets quote. `unsupported_policy`: others, whom another server names in a way that we do not know. */
export type QuoteGroup = 'public' | 'followers' | 'following' | 'unsupported_policy'

/** What somebody published: a post with its text, or a boost (`boost_of_id`) of one. `iri` is null for ours. */
export const posts = pgTable(
  'posts',
  {
    /** Made from `published_at`, never later than now: the order of ids is the order of time. */
    id: id(),
    actorId: bigId()
      .notNull()
      .references((): AnyPgColumn => actors.id, { onDelete: 'cascade' }),
    /** Who pressed send; null for remote posts. Never shown to others. */
    userId: bigId().references(() => users.id, { onDelete: 'set null' }),
    appId: bigId().references(() => oauthApps.id, { onDelete: 'set null' }),
    iri: text().unique(),
    url: text(),
    visibility: visibility().notNull(),
    /** HTML: rendered from `source`, or the sanitised text of a remote post. */
    content: text().notNull().default(''),
    /** The text as it was typed; null for remote posts. */
    source: text(),
    spoilerText: text().notNull().default(''),
    isSensitive: boolean().notNull().default(false),
    language: text(),
    inReplyToId: bigId().references((): AnyPgColumn => posts.id, { onDelete: 'set null' }),
    /** What a reply answers when we do not have it (yet). */
    inReplyToIri: text(),
    inReplyToActorId: bigId().references((): AnyPgColumn => actors.id, { onDelete: 'set null' }),
    /** The id of the first post of the conversation that we know. */
    conversationId: bigId(),
    boostOfId: bigId().references((): AnyPgColumn => posts.id, { onDelete: 'cascade' }),
    /**
     * An answer that is not let in, not yet or no longer: it is kept as said to those whom it names, and nothing of it is told or sent. For whom
     * one that may still be let in is meant stands in `reply_consents`.
     */
    isHeld: boolean().notNull().default(false),
    hasMedia: boolean().notNull().default(false),
    /** There are rows about it in `post_products`. */
    hasProducts: boolean().notNull().default(false),
    /** What is known of the page to which its first link leads. */
    cardId: bigId().references((): AnyPgColumn => cards.id, { onDelete: 'set null' }),
    /** There is a row about it in `quotes`. */
    hasQuote: boolean().notNull().default(false),
    /** Who may quote it without being asked about, and who only after its author's yes; empty: nobody but the author. */
    quoteAutomatic: text().array().$type<QuoteGroup[]>().notNull().default([]),
    quoteManual: text().array().$type<QuoteGroup[]>().notNull().default([]),
    emojis: jsonb().$type<EmojiUse[]>().notNull().default([]),
    /** The effect that made the Create or Announce activity of a local post, from which its id follows. */
    effectId: bigId(),
    /** A remote boost's activity id. */
    activityIri: text(),
    /** What the document of a remote post says of for whom it is and in which conversation: see `toAddressing`. */
    raw: jsonb(),
    likesCount: counter(),
    boostsCount: counter(),
    repliesCount: counter(),
    quotesCount: counter(),
    publishedAt: moment().notNull().defaultNow(),
    editedAt: moment(),
    createdAt: createdAt(),
    deletedAt: moment(),
  },
  (table) => [
    index('posts_actor').on(table.actorId, table.id).where(sql`${table.deletedAt} is null`),
    index('posts_public')
      .on(table.id)
      .where(sql`${table.visibility} = 'public' and ${table.boostOfId} is null and ${table.deletedAt} is null`),
    index('posts_public_local')
      .on(table.id)
      .where(
        sql`${table.visibility} = 'public' and ${table.boostOfId} is null and ${table.deletedAt} is null and ${table.iri} is null`,
      ),
    index('posts_replies').on(table.inReplyToId, table.id).where(sql`${table.inReplyToId} is not null`),
    index('posts_orphans').on(table.inReplyToIri).where(sql`${table.inReplyToIri} is not null`),
    index('posts_conversation').on(table.conversationId, table.id),
    uniqueIndex('posts_boost_unique')
      .on(table.boostOfId, table.actorId)
      .where(sql`${table.boostOfId} is not null and ${table.deletedAt} is null`),
    // Whose boosts went with the post, or were taken back: they still hold it.
    index('posts_boosts_deleted')
      .on(table.boostOfId)
      .where(sql`${table.boostOfId} is not null and ${table.deletedAt} is not null`),
    // `post_words` is made by the migration that made this index.
    index('posts_words')
      .using('gin', sql`post_words(${table.content}, ${table.spoilerText})`)
      .where(sql`${table.boostOfId} is null and ${table.deletedAt} is null`),
    index('posts_card').on(table.cardId, table.id).where(sql`${table.cardId} is not null`),
    // With the deleted ones: an actor stays for as long as any row is theirs.
    index('posts_author').on(table.actorId),
    index('posts_answered').on(table.inReplyToActorId).where(sql`${table.inReplyToActorId} is not null`),
    index('posts_app').on(table.appId).where(sql`${table.appId} is not null`),
    index('posts_activity').on(table.activityIri).where(sql`${table.activityIri} is not null`),
  ],
)

/** Who is addressed by name: recipients see the post whatever its visibility; `is_mention` also names them, or speaks to them alone. */
export const postRecipients = pgTable(
  'post_recipients',
  {
    postId: bigId()
      .notNull()
      .references(() => posts.id, { onDelete: 'cascade' }),
    actorId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    isMention: boolean().notNull(),
    position: integer().notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.postId, table.actorId] }), index().on(table.actorId, table.postId)],
)

/** What a post said before an edit; the first row is what was published. */
export const postEdits = pgTable(
  'post_edits',
  {
    id: id(),
    postId: bigId()
      .notNull()
      .references(() => posts.id, { onDelete: 'cascade' }),
    userId: bigId().references(() => users.id, { onDelete: 'set null' }),
    content: text().notNull(),
    source: text(),
    spoilerText: text().notNull(),
    isSensitive: boolean().notNull(),
    media: jsonb().$type<{ id: string; description: string | null }[]>().notNull().default([]),
    /** What its poll offered to choose; null: it had none. */
    pollOptions: text().array(),
    emojis: jsonb().$type<EmojiUse[]>().notNull().default([]),
    createdAt: moment().notNull(),
  },
  (table) => [index().on(table.postId, table.id)],
)

/** A hashtag: `name` is folded (case and accents) for finding, `label` is how it was first written. */
export const tags = pgTable('tags', {
  id: id(),
  name: text().notNull().unique(),
  label: text().notNull(),
  createdAt: createdAt(),
})

/** Which posts carry which hashtag. */
export const postTags = pgTable(
  'post_tags',
  {
    postId: bigId()
      .notNull()
      .references(() => posts.id, { onDelete: 'cascade' }),
    tagId: bigId()
      .notNull()
      .references(() => tags.id, { onDelete: 'cascade' }),
  },
  (table) => [primaryKey({ columns: [table.postId, table.tagId] }), index().on(table.tagId, table.postId)],
)

/** A client that sends the same post twice under one key gets the first one back. Kept for an hour. */
export const postSubmissions = pgTable(
  'post_submissions',
  {
    actorId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    userId: bigId()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    key: text().notNull(),
    postId: bigId()
      .notNull()
      .references(() => posts.id, { onDelete: 'cascade' }),
    createdAt: createdAt(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.actorId, table.key] }),
    index().on(table.createdAt),
    index().on(table.actorId),
  ],
)
