import { index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { bigId, createdAt } from '../columns.ts'
import { actors } from './actors.ts'
import { users } from './users.ts'

/** One actor wants nothing to do with another. */
export const blocks = pgTable(
  'blocks',
  {
    actorId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    blockedId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    /** Who did it; null when a remote actor blocked one of ours. */
    userId: bigId().references(() => users.id, { onDelete: 'set null' }),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.actorId, table.blockedId] }), index().on(table.blockedId)],
)

/** A server with which the whole instance does not speak. */
export const blockedHosts = pgTable('blocked_hosts', {
  host: text().primaryKey(),
  reason: text().notNull().default(''),
  userId: bigId().references(() => users.id, { onDelete: 'set null' }),
  createdAt: createdAt(),
})
