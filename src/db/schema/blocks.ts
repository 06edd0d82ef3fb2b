import { index, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { bigId, createdAt, id } from '../columns.ts'
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

/** A server with which one actor alone wants nothing to do; the instance goes on speaking with it. */
export const shunnedHosts = pgTable(
  'shunned_hosts',
  {
    id: id(),
    actorId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    host: text().notNull(),
    userId: bigId().references(() => users.id, { onDelete: 'set null' }),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex('shunned_hosts_pair_unique').on(table.actorId, table.host),
    index('shunned_hosts_page').on(table.actorId, table.id),
  ],
)
