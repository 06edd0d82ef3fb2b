import { sql } from 'drizzle-orm'
import { index, pgTable, text } from 'drizzle-orm/pg-core'
import { bigId, createdAt, id, moment } from '../columns.ts'
import { actors } from './actors.ts'
import { registrations } from './registrations.ts'
import { users } from './users.ts'

/** A client program, as it registered itself. */
export const oauthApps = pgTable(
  'oauth_apps',
  {
    id: id(),
    clientId: text().notNull().unique(),
    clientSecretHash: text().notNull(),
    name: text().notNull(),
    website: text(),
    redirectUris: text().array().notNull(),
    scopes: text().array().notNull(),
    createdAt: createdAt(),
    /** When somebody let it in for the first time. What has come of that may be long gone. */
    authorizedAt: moment(),
  },
  (table) => [index('oauth_apps_unused').on(table.createdAt).where(sql`${table.authorizedAt} is null`)],
)

/** A consent that has not yet been turned into a token; single use, valid for minutes. */
export const oauthCodes = pgTable(
  'oauth_codes',
  {
    codeHash: text().primaryKey(),
    appId: bigId()
      .notNull()
      .references(() => oauthApps.id, { onDelete: 'cascade' }),
    userId: bigId()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    actorId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    scopes: text().array().notNull(),
    redirectUri: text().notNull(),
    codeChallenge: text(),
    createdAt: createdAt(),
    expiresAt: moment().notNull(),
    usedAt: moment(),
  },
  (table) => [index().on(table.appId), index().on(table.actorId)],
)

/** A token that a client holds; we keep its SHA-256. Without user and actor it is an app's own (client credentials). */
export const oauthTokens = pgTable(
  'oauth_tokens',
  {
    id: id(),
    tokenHash: text().notNull().unique(),
    appId: bigId().references(() => oauthApps.id, { onDelete: 'cascade' }),
    userId: bigId().references(() => users.id, { onDelete: 'cascade' }),
    actorId: bigId().references(() => actors.id, { onDelete: 'cascade' }),
    /** Who has registered with it and is not in yet; with the person the token goes on to user and actor. */
    registrationId: bigId().references(() => registrations.id, { onDelete: 'cascade' }),
    scopes: text().array().notNull(),
    /** The code from which it came: a code shown twice revokes what it gave (RFC 9700, section 2.1.1). */
    codeHash: text(),
    createdAt: createdAt(),
    lastUsedAt: moment(),
    revokedAt: moment(),
  },
  (table) => [
    index().on(table.appId),
    index().on(table.userId),
    index().on(table.actorId),
    index().on(table.codeHash),
    index().on(table.registrationId),
    index('oauth_tokens_revoked').on(table.revokedAt).where(sql`${table.revokedAt} is not null`),
    index('oauth_tokens_of_apps').on(table.createdAt).where(sql`${table.userId} is null`),
  ],
)
