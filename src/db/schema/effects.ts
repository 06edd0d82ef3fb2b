import { sql } from 'drizzle-orm'
import { boolean, index, integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core'
import { createdAt, id, moment } from '../columns.ts'

/** Facts that have consequences, written in the transaction of the fact; see `src/effects.ts`. */
export const effects = pgTable(
  'effects',
  {
    id: id(),
    type: text().notNull(),
    payload: jsonb().notNull(),
    /** False for what a remote server told us: nothing of it is sent out again. */
    isLocal: boolean().notNull(),
    createdAt: createdAt(),
    attempts: integer().notNull().default(0),
    retryAt: moment(),
    lastError: text(),
    /** When its consequences were written or handed to a queue. */
    dispatchedAt: moment(),
    /** When the jobs had done their part too. Until then a sweep hands it to the queue again, which may have lost it. */
    finishedAt: moment(),
    /** Given up after too many attempts; an operator may replay it. */
    parkedAt: moment(),
  },
  (table) => [
    index('effects_waiting').on(table.id).where(sql`${table.dispatchedAt} is null and ${table.parkedAt} is null`),
    index('effects_unfinished')
      .on(table.dispatchedAt)
      .where(sql`${table.dispatchedAt} is not null and ${table.finishedAt} is null and ${table.parkedAt} is null`),
    index('effects_parked').on(table.parkedAt).where(sql`${table.parkedAt} is not null`),
    index('effects_finished').on(table.finishedAt).where(sql`${table.finishedAt} is not null`),
  ],
)
