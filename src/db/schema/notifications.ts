import { sql } from 'drizzle-orm'
import { index, pgEnum, pgTable, uniqueIndex } from 'drizzle-orm/pg-core'
import { bigId, createdAt, id, moment } from '../columns.ts'
import { actors } from './actors.ts'
import { posts } from './posts.ts'

/** What happened, in the words of the client API. */
export const notificationKind = pgEnum('notification_kind', [
  'mention',
  'status',
  'reblog',
  'follow',
  'follow_request',
  'favourite',
  'update',
])

/** Something that an actor's team should know. */
export const notifications = pgTable(
  'notifications',
  {
    id: id(),
    actorId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    kind: notificationKind().notNull(),
    fromActorId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    postId: bigId().references(() => posts.id, { onDelete: 'cascade' }),
    createdAt: createdAt(),
    dismissedAt: moment(),
  },
  (table) => [
    // One line for one story, however often its activity arrives.
    uniqueIndex('notifications_story_unique').on(
      table.actorId,
      table.kind,
      table.fromActorId,
      sql`coalesce(${table.postId}, 0)`,
    ),
    index('notifications_actor').on(table.actorId, table.id).where(sql`${table.dismissedAt} is null`),
    index('notifications_post').on(table.postId),
  ],
)
