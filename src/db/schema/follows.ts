import { sql } from 'drizzle-orm'
import { boolean, check, index, pgEnum, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { bigId, createdAt, id, moment } from '../columns.ts'
import { actors } from './actors.ts'
import { users } from './users.ts'

/** The life of a follow: see `src/features/follows/states.ts`. A removed follow has no row. */
export const followState = pgEnum('follow_state', ['pending', 'accepted', 'rejected'])

/** One row for each ordered pair of actors. */
export const follows = pgTable(
  'follows',
  {
    id: id(),
    followerId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    followeeId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    state: followState().notNull(),
    /** The id of a remote follower's Follow activity, as last received. */
    activityIri: text(),
    /** Whether that was a Join, which its answer repeats. */
    isJoin: boolean().notNull().default(false),
    /** The effect that made a local follower's Follow activity, from which its id follows. */
    effectId: bigId(),
    /** The id of the Accept by which a remote followee let one of ours in, as last received. */
    acceptIri: text(),
    /** Who asked for it, and who decided; null for remote people. */
    requestedBy: bigId().references(() => users.id, { onDelete: 'set null' }),
    decidedBy: bigId().references(() => users.id, { onDelete: 'set null' }),
    /** One sentence that the follower sent along (FEP-4ccd), as plain text. */
    note: text(),
    showsBoosts: boolean().notNull().default(true),
    notifies: boolean().notNull().default(false),
    languages: text().array(),
    requestedAt: moment().notNull().defaultNow(),
    decidedAt: moment(),
    lastSentAt: moment(),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex('follows_pair_unique').on(table.followerId, table.followeeId),
    index('follows_followee').on(table.followeeId, table.state, table.id),
    index('follows_follower').on(table.followerId, table.state, table.id),
    index('follows_activity').on(table.activityIri).where(sql`${table.activityIri} is not null`),
    index('follows_accept').on(table.acceptIri).where(sql`${table.acceptIri} is not null`),
    index('follows_effect').on(table.effectId).where(sql`${table.effectId} is not null`),
    check('follows_not_self', sql`${table.followerId} <> ${table.followeeId}`),
  ],
)
