import { sql } from 'drizzle-orm'
import { boolean, index, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { bigId, createdAt, id, moment } from '../columns.ts'
import { actors, severity } from './actors.ts'
import { users } from './users.ts'

/** One actor wants nothing to do with another. */
export const blocks = pgTable(
  'blocks',
  {
    actorId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    blockedId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    /** Who did it; null when a remote actor blocked one of ours. */
    userId: bigId().references(() => users.id, { onDelete: 'set null' }),
    /** The id of a remote actor's Block activity, as last received. */
    activityIri: text(),
    createdAt: createdAt(),
  },
  (table) => [
    primaryKey({ columns: [table.actorId, table.blockedId] }),
    index().on(table.blockedId),
    index('blocks_activity').on(table.activityIri).where(sql`${table.activityIri} is not null`),
  ],
)

/** What a decision about a server says, whoever made it. Comments for everybody are in `reason`. */
const ruling = {
  severity: severity().notNull().default('block'),
  rejectsMedia: boolean().notNull().default(false),
  rejectsReports: boolean().notNull().default(false),
  reason: text().notNull().default(''),
  /** Others may not read the whole name in the list that everybody may read. */
  isObfuscated: boolean().notNull().default(false),
}

/**
 * What holds for a server and those below its name: `block` means that the whole instance does not speak with it. The longest name that
 * fits decides. A row with `list_id` comes from that list, one without it from those who run the instance, and lists never touch that.
 */
export const blockedHosts = pgTable(
  'blocked_hosts',
  {
    host: text().primaryKey(),
    /** By which clients name it. */
    id: bigId().notNull().unique().default(sql`make_id()`),
    ...ruling,
    /** What only those who run the instance read. */
    privateComment: text().notNull().default(''),
    listId: bigId().references(() => domainLists.id, { onDelete: 'cascade' }),
    userId: bigId().references(() => users.id, { onDelete: 'set null' }),
    createdAt: createdAt(),
  },
  (table) => [index('blocked_hosts_list').on(table.listId).where(sql`${table.listId} is not null`)],
)

/** A server with which the instance speaks when it speaks with nobody else (`instance.only_allowed_hosts`). */
export const allowedHosts = pgTable('allowed_hosts', {
  id: id(),
  host: text().notNull().unique(),
  userId: bigId().references(() => users.id, { onDelete: 'set null' }),
  createdAt: createdAt(),
})

/** A list of servers that others keep, which is read once a day. */
export const domainLists = pgTable('domain_lists', {
  id: id(),
  url: text().notNull().unique(),
  /** What the server of the list called the version that we have. */
  etag: text(),
  /** When it was last asked for, and when that last went well. */
  triedAt: moment(),
  readAt: moment(),
  lastError: text(),
  userId: bigId().references(() => users.id, { onDelete: 'set null' }),
  createdAt: createdAt(),
})

/** A line of a list. Several lists may name one server: then the strictest line holds. */
export const domainListEntries = pgTable(
  'domain_list_entries',
  {
    listId: bigId()
      .notNull()
      .references(() => domainLists.id, { onDelete: 'cascade' }),
    host: text().notNull(),
    ...ruling,
  },
  (table) => [primaryKey({ columns: [table.listId, table.host] }), index().on(table.host)],
)

/** A server with which one actor alone wants nothing to do; the instance goes on speaking with it. */
export const shunnedHosts = pgTable(
  'shunned_hosts',
  {
    id: id(),
    actorId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    host: text().notNull(),
    userId: bigId().references(() => users.id, { onDelete: 'set null' }),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex('shunned_hosts_pair_unique').on(table.actorId, table.host),
    index('shunned_hosts_page').on(table.actorId, table.id),
  ],
)
