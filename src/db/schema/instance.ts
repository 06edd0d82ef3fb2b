import { sql } from 'drizzle-orm'
import { boolean, check, date, index, integer, pgEnum, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { bigId, createdAt, id, moment } from '../columns.ts'
import { actors } from './actors.ts'

/** Who may come in: those who are invited; those too whom an administrator lets in; everybody. */
export const registrationMode = pgEnum('registration_mode', ['closed', 'approval', 'open'])

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
    /** PUBLIC_URL and HANDLE_HOST as they were when the first actors were made: others know all of ours by them. */
    publicUrl: text(),
    handleHost: text(),
    registrationMode: registrationMode().notNull().default('closed'),
    /** What is said to those who cannot come in. */
    registrationMessage: text().notNull().default(''),
    /** Speaks with those in `allowed_hosts` and with nobody else. */
    onlyAllowedHosts: boolean().notNull().default(false),
    /** SHA-256 of the one-time set-up token; null once the set-up is done, for ever. */
    setupTokenHash: text(),
    setUpAt: moment(),
    /** Signs the addresses of pictures that not everybody may see. */
    mediaSecret: text().notNull(),
    createdAt: createdAt(),
  },
  (table) => [check('instance_is_single', sql`${table.id} = 1`)],
)

/** What those who run the instance have written about it. */
export const textKind = pgEnum('text_kind', ['extended_description', 'privacy_policy', 'terms_of_service'])

/** A text of the instance. Of terms of service each version stays, with the day from which it holds; of the others there is one. */
export const instanceTexts = pgTable(
  'instance_texts',
  {
    id: id(),
    kind: textKind().notNull(),
    /** As it was written. */
    source: text().notNull(),
    effectiveOn: date({ mode: 'string' }).notNull(),
    updatedAt: createdAt(),
  },
  (table) => [uniqueIndex('instance_texts_unique').on(table.kind, table.effectiveOn)],
)

/** A rule of the instance. Who reports somebody may name the rules that were broken, so a rule that is taken back stays as a row. */
export const rules = pgTable(
  'rules',
  {
    id: id(),
    text: text().notNull(),
    hint: text().notNull().default(''),
    createdAt: createdAt(),
    deletedAt: moment(),
  },
  (table) => [index('rules_present').on(table.id).where(sql`${table.deletedAt} is null`)],
)
