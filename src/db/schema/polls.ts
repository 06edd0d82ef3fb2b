import { sql } from 'drizzle-orm'
import { boolean, check, index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { bigId, createdAt, id, moment } from '../columns.ts'
import { actors } from './actors.ts'
import { posts } from './posts.ts'
import { users } from './users.ts'

/** The question of a post. Of another server's poll the counts are what that server last said. */
export const polls = pgTable(
  'polls',
  {
    id: id(),
    postId: bigId()
      .notNull()
      .unique()
      .references(() => posts.id, { onDelete: 'cascade' }),
    options: text().array().notNull(),
    /** Votes for each option, in the same order. */
    tallies: integer().array().notNull(),
    /** People who voted; null where another server does not say. */
    votersCount: integer(),
    isMultiple: boolean().notNull(),
    /** Nobody sees the votes for each option before the end. */
    hidesTotals: boolean().notNull().default(false),
    /** Null: another server's poll without an end. */
    endsAt: moment(),
    /** When its end was worked off. */
    endedAt: moment(),
    /** When other servers are to be told of the votes since the last time. */
    countsDueAt: moment(),
    /** When another server's counts were last asked for or told. */
    fetchedAt: moment(),
    createdAt: createdAt(),
  },
  (table) => [
    check('polls_tallies', sql`cardinality(${table.tallies}) = cardinality(${table.options})`),
    index('polls_ends').on(table.endsAt).where(sql`${table.endedAt} is null and ${table.endsAt} is not null`),
    index('polls_counts_due').on(table.countsDueAt).where(sql`${table.countsDueAt} is not null`),
  ],
)

/** What an actor voted: one row for each actor and poll, with one choice unless the poll allows several. */
export const pollBallots = pgTable(
  'poll_ballots',
  {
    pollId: bigId()
      .notNull()
      .references(() => polls.id, { onDelete: 'cascade' }),
    actorId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    /** Who pressed the button; null for actors elsewhere. Never shown to others. */
    userId: bigId().references(() => users.id, { onDelete: 'set null' }),
    /** Numbers of options, the first is 0. */
    choices: integer().array().notNull(),
    /** As the poll's, so that the database can refuse a second choice. */
    isMultiple: boolean().notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    primaryKey({ columns: [table.pollId, table.actorId] }),
    check('poll_ballots_choices', sql`${table.isMultiple} or cardinality(${table.choices}) = 1`),
    index().on(table.actorId),
  ],
)
