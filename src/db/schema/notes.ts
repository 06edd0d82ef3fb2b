import { index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { bigId, moment } from '../columns.ts'
import { actors } from './actors.ts'
import { users } from './users.ts'

/** What the team of an actor has written down about another, for itself alone. */
export const accountNotes = pgTable(
  'account_notes',
  {
    actorId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    aboutId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    comment: text().notNull(),
    /** Who wrote it last. */
    userId: bigId().references(() => users.id, { onDelete: 'set null' }),
    updatedAt: moment().notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.actorId, table.aboutId] }), index().on(table.aboutId)],
)
