import { sql } from 'drizzle-orm'
import { boolean, index, pgEnum, pgTable, text } from 'drizzle-orm/pg-core'
import { bigId, createdAt, id } from '../columns.ts'
import { posts } from './posts.ts'

/**
 * What the author of a quoted post says to the quote: nothing yet, yes, no, or no after a yes. That the quoted post is deleted, or not for
 * the reader, is found out when somebody reads.
 */
export const quoteState = pgEnum('quote_state', ['pending', 'accepted', 'rejected', 'revoked'])

/** A post quotes another one. */
export const quotes = pgTable(
  'quotes',
  {
    id: id(),
    /** The post that quotes. */
    postId: bigId()
      .notNull()
      .unique()
      .references(() => posts.id, { onDelete: 'cascade' }),
    /** The post that is quoted; null as long as we do not have it, and when it is gone for good. */
    quotedId: bigId().references(() => posts.id, { onDelete: 'set null' }),
    /** The id of a quoted post of another server. */
    quotedIri: text(),
    state: quoteState().notNull(),
    /** Everybody may read the post that quotes: only such quotes are counted. */
    isOpen: boolean().notNull(),
    /** Its server only names what is quoted and asks nobody (`quoteUrl`): it is shown as a quote only where authors quote themselves. */
    isLegacy: boolean().notNull().default(false),
    /** The stamp of another server (FEP-044f `quoteAuthorization`). Ours follow from the id of the row. */
    authorizationIri: text(),
    /** The id of the QuoteRequest with which another server asked. */
    requestIri: text(),
    /** The effect that made our QuoteRequest. */
    effectId: bigId(),
    createdAt: createdAt(),
  },
  (table) => [
    index('quotes_quoted').on(table.quotedId, table.postId).where(sql`${table.quotedId} is not null`),
    index('quotes_awaited').on(table.quotedIri).where(sql`${table.quotedId} is null`),
    index('quotes_authorization').on(table.authorizationIri).where(sql`${table.authorizationIri} is not null`),
    index('quotes_effect').on(table.effectId).where(sql`${table.effectId} is not null`),
  ],
)
