import { sql } from 'drizzle-orm'
import { type AnyPgColumn, index, integer, pgEnum, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { bigId, createdAt, id, moment } from '../columns.ts'
import { actors } from './actors.ts'

/** How requests to a host are signed: what it last accepted. */
export const signatureScheme = pgEnum('signature_scheme', ['cavage', 'rfc9421'])

/** What we know of another server as a peer: whether it answers, and how it wants to be spoken to. */
export const hosts = pgTable(
  'hosts',
  {
    /** Host with its port, as in the address of its inboxes. */
    host: text().primaryKey(),
    /** Failures in a row. From the second on, deliveries wait until `retry_at` and go one at a time. */
    failures: integer().notNull().default(0),
    failingSince: moment(),
    retryAt: moment(),
    lastError: text(),
    signatureScheme: signatureScheme(),
    createdAt: createdAt(),
    lastSuccessAt: moment(),
  },
  (table) => [index('hosts_failing').on(table.retryAt).where(sql`${table.failures} > 0`)],
)

/** An address to which activities are delivered. */
export const inboxes = pgTable(
  'inboxes',
  {
    id: id(),
    url: text().notNull().unique(),
    host: text()
      .notNull()
      .references(() => hosts.host),
    /** Answers of 404 or 410, counted once a day, and since when: three over two days and the inbox is gone. */
    goneAnswers: integer().notNull().default(0),
    goneSince: moment(),
    goneAt: moment(),
  },
  (table) => [index().on(table.host), index('inboxes_gone').on(table.host).where(sql`${table.goneAt} is not null`)],
)

/** An activity, exactly as it is sent, and shown if it is ours; its id is that of the effect that caused it. */
export const activities = pgTable(
  'activities',
  {
    id: bigId().primaryKey(),
    actorId: bigId()
      .notNull()
      .references((): AnyPgColumn => actors.id, { onDelete: 'cascade' }),
    type: text().notNull(),
    body: text().notNull(),
    /** The post whose visibility decides who may fetch it; null: only whom it names in `recipient_ids`, or everybody if null. */
    postId: bigId(),
    recipientIds: bigId().array(),
    /** Of what somebody elsewhere said and we pass on: what makes it pass once (its id; of an Update also what it says). */
    forwardedKey: text(),
    createdAt: createdAt(),
  },
  (table) => [
    index('activities_actor').on(table.actorId, table.id),
    index('activities_recipients').using('gin', table.recipientIds).where(sql`${table.recipientIds} is not null`),
    uniqueIndex('activities_forwarded').on(table.forwardedKey).where(sql`${table.forwardedKey} is not null`),
  ],
)

/** A piece of one activity's audience: at most 100 inboxes, worked off by one job. */
export const deliveries = pgTable(
  'deliveries',
  {
    id: id(),
    activityId: bigId()
      .notNull()
      .references(() => activities.id, { onDelete: 'cascade' }),
    inboxIds: bigId().array().notNull(),
    /** For each inbox the digest of the author's followers on its host; null when nothing is said of them. */
    digests: text().array(),
    /** Those that have it, or have their own row in `delivery_retries`. */
    doneIds: bigId().array().notNull().default(sql`'{}'`),
    createdAt: createdAt(),
    finishedAt: moment(),
    /** Given up after too many attempts, and why: an administrator may have it tried again. */
    parkedAt: moment(),
    lastError: text(),
  },
  (table) => [
    index('deliveries_waiting').on(table.id).where(sql`${table.finishedAt} is null`),
    index('deliveries_activity').on(table.activityId),
    index('deliveries_parked').on(table.parkedAt).where(sql`${table.parkedAt} is not null`),
  ],
)

/** A delivery that failed and is tried again on its own, for ten days. */
export const deliveryRetries = pgTable(
  'delivery_retries',
  {
    activityId: bigId()
      .notNull()
      .references(() => activities.id, { onDelete: 'cascade' }),
    inboxId: bigId()
      .notNull()
      .references(() => inboxes.id, { onDelete: 'cascade' }),
    host: text().notNull(),
    attempts: integer().notNull().default(1),
    firstTriedAt: moment().notNull().defaultNow(),
    dueAt: moment().notNull(),
    lastError: text().notNull(),
    /** Given up after ten days or by a final answer; kept for a while so that an operator can see why. */
    givenUpAt: moment(),
  },
  (table) => [
    primaryKey({ columns: [table.activityId, table.inboxId] }),
    index('delivery_retries_inbox').on(table.inboxId),
    index('delivery_retries_due').on(table.dueAt).where(sql`${table.givenUpAt} is null`),
    index('delivery_retries_given_up').on(table.givenUpAt).where(sql`${table.givenUpAt} is not null`),
    index('delivery_retries_host').on(table.host, table.activityId).where(sql`${table.givenUpAt} is null`),
  ],
)
