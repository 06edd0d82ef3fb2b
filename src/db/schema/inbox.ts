import { sql } from 'drizzle-orm'
import { index, integer, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { bigId, createdAt, id, moment } from '../columns.ts'

/** Verified activities, stored before they are acknowledged and then worked off by the workers. */
export const inboxActivities = pgTable(
  'inbox_activities',
  {
    id: id(),
    actorIri: text().notNull(),
    /**
     * Its id; for an Update with the digest of the body behind it, since Hollo sends changed content under one constant id.
     */
    activityKey: text().notNull(),
    /** What vouches for it: its actor's HTTP signature, an object proof by its actor, or nothing (then it is only a hint to fetch). */
    authority: text().$type<'signature' | 'proof' | 'none'>().notNull(),
    /** Who signed the request that brought it, when that was not its actor. */
    signerIri: text(),
    /**
     * Who answers for it: the site of who has signed the request. What nobody has signed has one word in common. Empty where a former version
     * has stored it, during an update.
     */
    site: text().notNull().default(''),
    /** The body as received; emptied when it has been worked off. */
    body: text().notNull(),
    /** The actor to whose own inbox it came; null for the shared inbox. */
    recipientId: bigId(),
    /** What its author's server said along with it of the author's followers here (FEP-8fcf), as received. */
    synchronization: text(),
    receivedAt: createdAt(),
    attempts: integer().notNull().default(0),
    retryAt: moment(),
    /**
     * Put aside until then, since another server does not answer or a bound of our own is reached: rows that wait for hours must not be passed at
     * each look for new ones.
     */
    laterAt: moment(),
    /** How often it was put aside since another server did not answer. */
    delays: integer().notNull().default(0),
    processedAt: moment(),
    /** What came of it: done, ignored: …, or why it could not be worked off. */
    outcome: text(),
    /** Given up after too many attempts, with its body: an administrator may look at it and have it tried again. */
    parkedAt: moment(),
  },
  (table) => [
    uniqueIndex('inbox_activities_unique').on(table.actorIri, table.activityKey),
    index('inbox_activities_waiting')
      .on(table.id)
      .where(sql`${table.processedAt} is null and ${table.laterAt} is null`),
    index('inbox_activities_later').on(table.laterAt).where(sql`${table.laterAt} is not null`),
    index('inbox_activities_sites')
      .on(table.site)
      .where(sql`${table.laterAt} is not null or ${table.parkedAt} is not null`),
    index('inbox_activities_processed').on(table.processedAt).where(sql`${table.processedAt} is not null`),
    index('inbox_activities_parked').on(table.parkedAt).where(sql`${table.parkedAt} is not null`),
  ],
)

/** Ids of objects and activities that were withdrawn, some before we saw them: what comes later under them is refused. */
export const tombstones = pgTable(
  'tombstones',
  {
    iri: text().notNull(),
    /** Who withdrew it: another actor's claim proves nothing. */
    actorIri: text().notNull(),
    createdAt: createdAt(),
    expiresAt: moment().notNull(),
  },
  (table) => [uniqueIndex('tombstones_unique').on(table.iri, table.actorIri), index().on(table.expiresAt)],
)
