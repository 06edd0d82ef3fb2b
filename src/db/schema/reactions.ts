import { sql } from 'drizzle-orm'
import { boolean, index, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { bigId, createdAt, id } from '../columns.ts'
import { actors } from './actors.ts'
import { posts } from './posts.ts'
import { users } from './users.ts'

/** An actor likes a post, once. */
export const likes = pgTable(
  'likes',
  {
    id: id(),
    actorId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    postId: bigId()
      .notNull()
      .references(() => posts.id, { onDelete: 'cascade' }),
    userId: bigId().references(() => users.id, { onDelete: 'set null' }),
    /** A remote actor's Like activity id. */
    activityIri: text(),
    /** The group that alone has witnessed it: it counts, and nobody is told who it is by. */
    attestedById: bigId().references(() => actors.id, { onDelete: 'cascade' }),
    /** The effect that made a local actor's Like activity. */
    effectId: bigId(),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex('likes_pair_unique').on(table.postId, table.actorId),
    index('likes_actor').on(table.actorId, table.id),
    index('likes_activity').on(table.activityIri),
    index('likes_attested').on(table.attestedById).where(sql`${table.attestedById} is not null`),
  ],
)

/**
 * An actor elsewhere reacts to a post with an emoji, once with each. What came as a Like counts among the likes as well: all of an actor's
 * Likes of a post are one like, under the id of one of them.
 */
export const emojiReactions = pgTable(
  'emoji_reactions',
  {
    id: id(),
    actorId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    postId: bigId()
      .notNull()
      .references(() => posts.id, { onDelete: 'cascade' }),
    activityIri: text().notNull(),
    /** It came as a Like. */
    isLike: boolean().notNull().default(false),
    /** An emoji of Unicode, or `:shortcode:`. */
    emoji: text().notNull(),
    /** The picture of a `:shortcode:`, where its server has it. */
    pictureUrl: text(),
    /** The group that alone has witnessed it: it counts, and nobody is told who it is by. */
    attestedById: bigId().references(() => actors.id, { onDelete: 'cascade' }),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex('emoji_reactions_unique').on(table.postId, table.actorId, table.emoji),
    index('emoji_reactions_actor').on(table.actorId),
    index('emoji_reactions_activity').on(table.activityIri),
    index('emoji_reactions_attested').on(table.attestedById).where(sql`${table.attestedById} is not null`),
  ],
)

/** An actor keeps a post to find it again; nobody else is told. */
export const bookmarks = pgTable(
  'bookmarks',
  {
    id: id(),
    actorId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    postId: bigId()
      .notNull()
      .references(() => posts.id, { onDelete: 'cascade' }),
    userId: bigId().references(() => users.id, { onDelete: 'set null' }),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex('bookmarks_pair_unique').on(table.postId, table.actorId),
    index('bookmarks_actor').on(table.actorId, table.id),
  ],
)

/** A post that its author shows first, or a group to which it belongs. */
export const pins = pgTable(
  'pins',
  {
    id: id(),
    actorId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    postId: bigId()
      .notNull()
      .references(() => posts.id, { onDelete: 'cascade' }),
    userId: bigId().references(() => users.id, { onDelete: 'set null' }),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex('pins_pair_unique').on(table.postId, table.actorId),
    index('pins_actor').on(table.actorId, table.id),
  ],
)

/** A conversation of which an actor does not want to be told any more. */
export const mutedConversations = pgTable(
  'muted_conversations',
  {
    actorId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    conversationId: bigId().notNull(),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.actorId, table.conversationId] })],
)
