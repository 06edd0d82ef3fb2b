import { sql } from 'drizzle-orm'
import { check, index, integer, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { createdAt, id, moment } from '../columns.ts'

/**
 * Somebody who wants to come in: until the address is confirmed and, where that is asked for, an administrator has agreed. Then a login
 * and an identity are made of it, and the row goes. Whoever is in this table is nowhere else.
 */
export const registrations = pgTable(
  'registrations',
  {
    id: id(),
    /** Anybody's, as long as it is not confirmed: several rows may have one address, and so may a login. */
    email: text().notNull(),
    /** In lower case. It is kept for this person. */
    handle: text().notNull(),
    passwordHash: text().notNull(),
    locale: text().notNull(),
    /** Why this person wants to come in; empty where nobody asked. */
    reason: text().notNull().default(''),
    createdAt: createdAt(),
    confirmedAt: moment(),
    /** SHA-256 of the token in the link that was mailed last; null when none leads anywhere. */
    linkHash: text().unique(),
    linkExpiresAt: moment(),
    /** How many mails were sent because of this row. */
    mails: integer().notNull().default(0),
    /** SHA-256 of the token in the cookie of the browser that waits. */
    ticketHash: text().unique(),
  },
  (table) => [
    uniqueIndex('registrations_handle_unique').on(table.handle),
    index('registrations_email').on(sql`lower(${table.email})`),
    check('registrations_handle_lower', sql`${table.handle} = lower(${table.handle})`),
  ],
)
