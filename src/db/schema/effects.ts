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
    dispatchedAt: moment(),
    /** Given up after too many attempts; an operator may replay it. */
    parkedAt: moment(),
  },
  (table) => [
    index('effects_waiting').on(table.id).where(sql`${table.dispatchedAt} is null and ${table.parkedAt} is null`),
    index('effects_dispatched').on(table.dispatchedAt).where(sql`${table.dispatchedAt} is not null`),
  ],
)
