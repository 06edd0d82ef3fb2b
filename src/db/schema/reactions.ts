import { index, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
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
    /** The effect that made a local actor's Like activity. */
    effectId: bigId(),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex('likes_pair_unique').on(table.postId, table.actorId),
    index('likes_actor').on(table.actorId, table.id),
    index('likes_activity').on(table.activityIri),
  ],
)
