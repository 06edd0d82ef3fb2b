import { sql } from 'drizzle-orm'
import { bigint, customType, timestamp } from 'drizzle-orm/pg-core'

/**
 * A 64-bit id as a decimal string. Ids grow with time (48 bits of milliseconds, 16 bits of sequence), so that text order, number
 * order and time order are one, and clients that parse ids as int64 go on working.
 */
export const bigId = customType<{ data: string; driverData: string }>({
  dataType: () => 'bigint',
  fromDriver: (value) => String(value),
})

/** The primary key of a table whose rows are ordered by the time at which they were made. */
export const id = () => bigId().primaryKey().default(sql`make_id()`)

/** A moment, to the millisecond, in UTC. */
export const moment = () => timestamp({ withTimezone: true, precision: 3, mode: 'date' })

/** The moment at which the row was written. */
export const createdAt = () => moment().notNull().defaultNow()

/** A number of rows kept by a trigger in the same transaction as the rows themselves; never written by code. */
export const counter = () => bigint({ mode: 'number' }).notNull().default(0)
