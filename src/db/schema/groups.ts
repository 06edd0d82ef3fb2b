import { sql } from 'drizzle-orm'
import { index, pgTable, primaryKey } from 'drizzle-orm/pg-core'
import { bigId, createdAt, moment } from '../columns.ts'
import { actors } from './actors.ts'
import { posts } from './posts.ts'

/**
 * What is in a group: topics, and the answers in them. A post that was removed from a group is still where else it was, and its row here keeps
 * it from coming back by an activity that was late.
 */
export const groupPosts = pgTable(
  'group_posts',
  {
    groupId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    postId: bigId()
      .notNull()
      .references(() => posts.id, { onDelete: 'cascade' }),
    /** The first post of its conversation; of a topic, the topic itself. */
    topicId: bigId()
      .notNull()
      .references(() => posts.id, { onDelete: 'cascade' }),
    addedAt: moment().notNull().defaultNow(),
    removedAt: moment(),
    removedById: bigId().references(() => actors.id, { onDelete: 'set null' }),
    /** Since when nothing may be answered any more; in the row of a topic alone. */
    lockedAt: moment(),
  },
  (table) => [
    primaryKey({ columns: [table.groupId, table.postId] }),
    index('group_posts_topics')
      .on(table.groupId, table.postId)
      .where(sql`${table.topicId} = ${table.postId} and ${table.removedAt} is null`),
    index('group_posts_topic').on(table.topicId, table.postId),
    index('group_posts_post').on(table.postId),
  ],
)

/** Who may not take part in a group, until a moment or for good. */
export const groupBans = pgTable(
  'group_bans',
  {
    groupId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    actorId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    until: moment(),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.groupId, table.actorId] })],
)
