import { index, pgEnum, pgTable, primaryKey } from 'drizzle-orm/pg-core'
import { bigId, createdAt } from '../columns.ts'
import { actors } from './actors.ts'
import { users } from './users.ts'

/** What a member of a team may do as its actor; `src/features/teams/policy.ts` says what each role allows. */
export const memberRole = pgEnum('member_role', [
  'owner',
  'admin',
  'publisher',
  'contributor',
  'responder',
  'analyst',
  'moderator',
])

/** Who may act as which actor, with which role. */
export const memberships = pgTable(
  'memberships',
  {
    userId: bigId()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    actorId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    role: memberRole().notNull(),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.actorId] }), index().on(table.actorId)],
)
