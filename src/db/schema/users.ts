import { sql } from 'drizzle-orm'
import { boolean, index, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { bigId, createdAt, id, moment } from '../columns.ts'
import { actors } from './actors.ts'

/** A person's login. Users log in; actors speak (see teams). */
export const users = pgTable(
  'users',
  {
    id: id(),
    email: text().notNull(),
    passwordHash: text().notNull(),
    locale: text(),
    /** The zone in which this person reads and writes times, by its IANA name. */
    timeZone: text(),
    isAdmin: boolean().notNull().default(false),
    createdAt: createdAt(),
    lastLoginAt: moment(),
    disabledAt: moment(),
  },
  (table) => [uniqueIndex('users_email_unique').on(sql`lower(${table.email})`)],
)

/** A browser that is signed in. The cookie holds a random token, the row its SHA-256. */
export const sessions = pgTable(
  'sessions',
  {
    id: id(),
    tokenHash: text().notNull().unique(),
    userId: bigId()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** The actor as which pages are shown and written; null for a user without any. */
    actorId: bigId().references(() => actors.id, { onDelete: 'set null' }),
    userAgent: text().notNull().default(''),
    createdAt: createdAt(),
    lastSeenAt: moment().notNull().defaultNow(),
    expiresAt: moment().notNull(),
  },
  (table) => [index().on(table.userId), index().on(table.actorId), index().on(table.expiresAt)],
)

/** A way back in for somebody who has forgotten a password, one a user; the link holds a random token, the row its SHA-256. */
export const passwordResets = pgTable('password_resets', {
  userId: bigId()
    .primaryKey()
    .references(() => users.id, { onDelete: 'cascade' }),
  tokenHash: text().notNull().unique(),
  expiresAt: moment().notNull(),
})

/** A way in for somebody who has no login yet; the link holds a random token, the row its SHA-256. */
export const invites = pgTable(
  'invites',
  {
    id: id(),
    tokenHash: text().notNull().unique(),
    email: text(),
    /** The actor whose team the invited person joins, and the role there; null: a login with a personal actor only. */
    actorId: bigId().references(() => actors.id, { onDelete: 'cascade' }),
    role: text(),
    invitedBy: bigId().references(() => users.id, { onDelete: 'set null' }),
    createdAt: createdAt(),
    expiresAt: moment().notNull(),
    usedAt: moment(),
    usedBy: bigId().references(() => users.id, { onDelete: 'set null' }),
  },
  (table) => [index().on(table.actorId)],
)
