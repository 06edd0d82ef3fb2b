import { sql } from 'drizzle-orm'
import { index, integer, pgTable, text } from 'drizzle-orm/pg-core'
import { bigId, createdAt, moment } from '../columns.ts'
import { posts } from './posts.ts'

/** Conversations of other servers that are read for what we do not have of them, each by the collection that names its posts. */
export const threadReadings = pgTable(
  'thread_readings',
  {
    /** The `context` of a post, or its `replies` where it has none. */
    iri: text().primaryKey(),
    /** The post that led to it last. */
    postId: bigId()
      .notNull()
      .references(() => posts.id, { onDelete: 'cascade' }),
    /** When it is to be read, or read on; null: not now. */
    dueAt: moment(),
    /** How many of its ids were dealt with, when it is read in several parts. */
    position: integer().notNull().default(0),
    /** How often it was read to its end, and when it last was. */
    reads: integer().notNull().default(0),
    readAt: moment(),
    createdAt: createdAt(),
  },
  (table) => [
    index('thread_readings_due').on(table.dueAt).where(sql`${table.dueAt} is not null`),
    index('thread_readings_post').on(table.postId),
  ],
)
