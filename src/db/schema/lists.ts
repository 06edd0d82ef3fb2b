import { boolean, index, pgEnum, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { bigId, createdAt, id } from '../columns.ts'
import { actors } from './actors.ts'
import { follows } from './follows.ts'

/** Which answers of its members a list shows: to whomever its owner follows, to other members, or none. */
export const repliesPolicy = pgEnum('replies_policy', ['followed', 'list', 'none'])

/** Some of those whom an actor follows, to be read by themselves. Nobody else knows of it. */
export const lists = pgTable(
  'lists',
  {
    id: id(),
    actorId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    title: text().notNull(),
    repliesPolicy: repliesPolicy().notNull().default('list'),
    /** What stands here stands not in the home timeline. */
    isExclusive: boolean().notNull().default(false),
    createdAt: createdAt(),
  },
  (table) => [index('lists_actor').on(table.actorId, table.id)],
)

/** Who is in a list: only followed actors, and so it ends with the follow; `follow_id` is null for the owner itself. */
export const listMembers = pgTable(
  'list_members',
  {
    id: id(),
    listId: bigId()
      .notNull()
      .references(() => lists.id, { onDelete: 'cascade' }),
    memberId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    followId: bigId().references(() => follows.id, { onDelete: 'cascade' }),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex('list_members_unique').on(table.listId, table.memberId),
    index('list_members_page').on(table.listId, table.id),
    index('list_members_member').on(table.memberId),
    index('list_members_follow').on(table.followId),
  ],
)
