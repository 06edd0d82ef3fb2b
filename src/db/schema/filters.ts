import { boolean, index, integer, pgEnum, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { bigId, createdAt, id, moment } from '../columns.ts'
import { actors } from './actors.ts'
import { posts } from './posts.ts'
import { users } from './users.ts'

/** What is done with a post that a filter finds: shown on demand, left out, or shown with its pictures covered. */
export const filterAction = pgEnum('filter_action', ['warn', 'hide', 'blur'])

/** What an actor does not want to read without being asked. */
export const filters = pgTable(
  'filters',
  {
    id: id(),
    actorId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    /** Who wrote it. */
    userId: bigId().references(() => users.id, { onDelete: 'set null' }),
    title: text().notNull(),
    /** Where it holds: home, notifications, public, thread, account. */
    contexts: text().array().notNull(),
    action: filterAction().notNull().default('warn'),
    expiresAt: moment(),
    createdAt: createdAt(),
  },
  (table) => [index('filters_actor').on(table.actorId, table.id)],
)

/** Words by which a filter finds posts. */
export const filterKeywords = pgTable(
  'filter_keywords',
  {
    id: id(),
    filterId: bigId()
      .notNull()
      .references(() => filters.id, { onDelete: 'cascade' }),
    keyword: text().notNull(),
    /** Not found inside of longer words. */
    isWholeWord: boolean().notNull().default(true),
    createdAt: createdAt(),
  },
  (table) => [index('filter_keywords_filter').on(table.filterId, table.id)],
)

/** A post that a filter finds whatever it says. */
export const filterPosts = pgTable(
  'filter_posts',
  {
    id: id(),
    filterId: bigId()
      .notNull()
      .references(() => filters.id, { onDelete: 'cascade' }),
    postId: bigId()
      .notNull()
      .references(() => posts.id, { onDelete: 'cascade' }),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex('filter_posts_pair_unique').on(table.filterId, table.postId),
    index('filter_posts_post').on(table.postId),
  ],
)

/** Grows by one with each change of an actor's filters, so that readers know whether what they compiled still holds. */
export const filterVersions = pgTable('filter_versions', {
  actorId: bigId()
    .primaryKey()
    .references(() => actors.id, { onDelete: 'cascade' }),
  version: integer().notNull(),
})
