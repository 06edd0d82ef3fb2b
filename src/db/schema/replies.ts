import { sql } from 'drizzle-orm'
import { boolean, index, pgEnum, pgTable, text } from 'drizzle-orm/pg-core'
import { bigId, createdAt } from '../columns.ts'
import { posts } from './posts.ts'

/** Who may answer a post of another server, where not everybody may. Names of groups (`reply-policy.ts`), and ids of actors of ours. */
export const replyPolicies = pgTable('reply_policies', {
  postId: bigId()
    .primaryKey()
    .references(() => posts.id, { onDelete: 'cascade' }),
  /** Who may without being asked about. */
  automatic: text().array().notNull(),
  /** Who may after the author's yes. */
  manual: text().array().notNull(),
})

/** What the author of the answered post says to an answer: nothing yet, yes, or no, be it after a yes. */
export const replyState = pgEnum('reply_state', ['pending', 'accepted', 'refused'])

/** An answer of ours that the author of what it answers has to let in. */
export const replyApprovals = pgTable(
  'reply_approvals',
  {
    /** The answer. */
    postId: bigId()
      .primaryKey()
      .references(() => posts.id, { onDelete: 'cascade' }),
    state: replyState().notNull().default('pending'),
    /** The proof of a yes, on the server of who said it. */
    authorizationIri: text(),
    /** The proof is a ReplyAuthorization, and not the Accept itself, as it was for GoToSocial 0.17. */
    isAuthorization: boolean().notNull().default(false),
    createdAt: createdAt(),
  },
  (table) => [
    index('reply_approvals_authorization').on(table.authorizationIri).where(sql`${table.authorizationIri} is not null`),
  ],
)
