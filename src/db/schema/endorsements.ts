import { index, pgTable, uniqueIndex } from 'drizzle-orm/pg-core'
import { bigId, createdAt, id } from '../columns.ts'
import { actors } from './actors.ts'
import { follows } from './follows.ts'
import { users } from './users.ts'

/** An actor shows another, whom it follows, on its profile. It ends with the follow. */
export const endorsements = pgTable(
  'endorsements',
  {
    id: id(),
    actorId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    endorsedId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    followId: bigId()
      .notNull()
      .references(() => follows.id, { onDelete: 'cascade' }),
    userId: bigId().references(() => users.id, { onDelete: 'set null' }),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex('endorsements_pair_unique').on(table.actorId, table.endorsedId),
    index('endorsements_page').on(table.actorId, table.id),
    index('endorsements_endorsed').on(table.endorsedId),
    index('endorsements_follow').on(table.followId),
  ],
)
