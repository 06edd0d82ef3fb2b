import { sql } from 'drizzle-orm'
import { boolean, index, pgTable, uniqueIndex } from 'drizzle-orm/pg-core'
import { bigId, createdAt, id, moment } from '../columns.ts'
import { actors } from './actors.ts'
import { users } from './users.ts'

/** One actor does not want to read another; the other never learns of it. */
export const mutes = pgTable(
  'mutes',
  {
    /** The list is paged by it: by when a mute was made. */
    id: id(),
    actorId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    mutedId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    /** Nothing that the other does is told, either. */
    hidesNotifications: boolean().notNull(),
    /** When it ends by itself; null: never. */
    expiresAt: moment(),
    userId: bigId().references(() => users.id, { onDelete: 'set null' }),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex('mutes_pair_unique').on(table.actorId, table.mutedId),
    index('mutes_muted').on(table.mutedId),
    index('mutes_expiry').on(table.expiresAt).where(sql`${table.expiresAt} is not null`),
  ],
)
