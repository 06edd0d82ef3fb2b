import { sql } from 'drizzle-orm'
import { check, integer, pgTable, text } from 'drizzle-orm/pg-core'
import { bigId, createdAt, moment } from '../columns.ts'
import { actors } from './actors.ts'

/** The one row that says what this instance is. */
export const instance = pgTable(
  'instance',
  {
    id: integer().primaryKey().default(1),
    name: text().notNull().default('Entremise'),
    description: text().notNull().default(''),
    /** The actor that signs requests of the instance itself. */
    actorId: bigId().references(() => actors.id),
    /** The organisation that runs the instance; null until the set-up is done. */
    organizationId: bigId().references(() => actors.id),
    contactEmail: text(),
    /** SHA-256 of the one-time set-up token; null once the set-up is done, for ever. */
    setupTokenHash: text(),
    setUpAt: moment(),
    /** Signs the addresses of pictures that not everybody may see. */
    mediaSecret: text().notNull(),
    createdAt: createdAt(),
  },
  (table) => [check('instance_is_single', sql`${table.id} = 1`)],
)
