import { index, pgTable, uniqueIndex } from 'drizzle-orm/pg-core'
import { bigId, createdAt, id } from '../columns.ts'
import { actors } from './actors.ts'
import { tags } from './posts.ts'
import { users } from './users.ts'

/** An actor reads at home what everybody may read under a hashtag. */
export const tagFollows = pgTable(
  'tag_follows',
  {
    id: id(),
    actorId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    tagId: bigId()
      .notNull()
      .references(() => tags.id, { onDelete: 'cascade' }),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex('tag_follows_pair_unique').on(table.actorId, table.tagId),
    index('tag_follows_page').on(table.actorId, table.id),
    index('tag_follows_tag').on(table.tagId),
  ],
)

/** A hashtag that an actor shows on its profile, for everybody to see. */
export const featuredTags = pgTable(
  'featured_tags',
  {
    id: id(),
    actorId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    tagId: bigId()
      .notNull()
      .references(() => tags.id, { onDelete: 'cascade' }),
    userId: bigId().references(() => users.id, { onDelete: 'set null' }),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex('featured_tags_pair_unique').on(table.actorId, table.tagId),
    index('featured_tags_tag').on(table.tagId),
  ],
)
