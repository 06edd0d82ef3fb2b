import { sql } from 'drizzle-orm'
import { boolean, check, index, integer, pgEnum, pgTable, text } from 'drizzle-orm/pg-core'
import { bigId, createdAt, id } from '../columns.ts'
import { actors } from './actors.ts'
import { oauthTokens } from './oauth.ts'

/** Whose doings somebody wants to be told of on a device. */
export const pushPolicy = pgEnum('push_policy', ['all', 'followed', 'follower', 'none'])

/** Where a device of somebody is told of notifications: one for each token, which ends with it. */
export const pushSubscriptions = pgTable(
  'push_subscriptions',
  {
    id: id(),
    tokenId: bigId()
      .notNull()
      .unique()
      .references(() => oauthTokens.id, { onDelete: 'cascade' }),
    actorId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    endpoint: text().notNull(),
    /** The device's public key and its secret, in base64url (RFC 8291). */
    p256dh: text().notNull(),
    auth: text().notNull(),
    /** Whether it reads RFC 8291, or the draft before it. */
    isStandard: boolean().notNull(),
    /** The kinds of notifications that are wanted, in the words of the client API. */
    alerts: text().array().notNull(),
    policy: pushPolicy().notNull(),
    /** The token itself, sealed: clients that act for several people tell by it whose message has come. */
    sealedToken: text().notNull(),
    createdAt: createdAt(),
  },
  (table) => [index('push_subscriptions_actor').on(table.actorId)],
)

/** The one pair of keys by which push services know this instance (RFC 8292), in base64url. */
export const pushKeys = pgTable(
  'push_keys',
  {
    id: integer().primaryKey().default(1),
    publicKey: text().notNull(),
    privateKey: text().notNull(),
    createdAt: createdAt(),
  },
  (table) => [check('push_keys_are_single', sql`${table.id} = 1`)],
)
