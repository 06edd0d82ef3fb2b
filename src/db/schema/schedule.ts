import { sql } from 'drizzle-orm'
import { index, integer, jsonb, pgEnum, pgTable, text } from 'drizzle-orm/pg-core'
import { bigId, createdAt, id, moment } from '../columns.ts'
import { actors, type QuotePolicy } from './actors.ts'
import { oauthApps } from './oauth.ts'
import { users } from './users.ts'

/** Why a post could not be published at its time. `other`: what its author can only read in the log. */
export const scheduleFailure = pgEnum('schedule_failure', ['role', 'pictures', 'parent', 'content', 'other'])

/** A post as it was written, without its time. What the actor's settings decide is decided when it is written. */
export type ScheduledDraft = {
  text: string
  spoilerText: string
  isSensitive: boolean
  visibility: 'public' | 'unlisted' | 'followers' | 'direct'
  language: string | null
  inReplyToId: string | null
  mediaIds: string[]
  poll: { options: string[]; lastsSeconds: number; isMultiple: boolean; hidesTotals: boolean } | null
  /** Drafts of before quotes say nothing of them. */
  quotedId?: string | null
  quotePolicy?: QuotePolicy
  /** Drafts of before products say nothing of them. */
  products?: { productId: string; spot: { mediaId: string; x: number; y: number } | null }[]
}

/** What is to be published later. The row goes with the publication; one that failed stays until its author decides. */
export const scheduledPosts = pgTable(
  'scheduled_posts',
  {
    id: id(),
    actorId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    /** Who wrote it, and as whom it is published: with the role that they have then. */
    userId: bigId().references(() => users.id, { onDelete: 'set null' }),
    appId: bigId().references(() => oauthApps.id, { onDelete: 'set null' }),
    /** An instant: what clocks on walls do in between does not move it. */
    scheduledAt: moment().notNull(),
    draft: jsonb().$type<ScheduledDraft>().notNull(),
    idempotencyKey: text(),
    attempts: integer().notNull().default(0),
    /** When it is tried again after a failure of ours. */
    retryAt: moment(),
    failedAt: moment(),
    failure: scheduleFailure(),
    createdAt: createdAt(),
  },
  (table) => [
    index('scheduled_posts_app').on(table.appId).where(sql`${table.appId} is not null`),
    index('scheduled_posts_actor').on(table.actorId, table.id),
    index('scheduled_posts_due')
      .on(sql`coalesce(${table.retryAt}, ${table.scheduledAt})`)
      .where(sql`${table.failedAt} is null`),
  ],
)
