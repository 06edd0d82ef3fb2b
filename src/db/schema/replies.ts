import { sql } from 'drizzle-orm'
import { boolean, index, pgEnum, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { bigId, createdAt, id } from '../columns.ts'
import { posts, visibility } from './posts.ts'

/**
 * Who may answer a post, where not everybody may. Names of groups (`reply-policy.ts`), ids of actors of ours, and addresses of actors of other
 * servers.
 */
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

/**
 * An answer that shows only since somebody has let it in, or does not show: to one of ours, or by another server's actor to somebody else's post.
 * While it does not, its post is `direct`: it is for its author, whom it answers if that is one of ours, and those whom it names.
 */
export const replyConsents = pgTable(
  'reply_consents',
  {
    /** The address of a stamp of ours follows from it. */
    id: id(),
    /** The answer. */
    postId: bigId()
      .notNull()
      .unique()
      .references(() => posts.id, { onDelete: 'cascade' }),
    state: replyState().notNull(),
    /** Who may read the answer once it is let in. */
    visibility: visibility().notNull(),
    /** The stamp of another server that lets it in. */
    authorizationIri: text(),
    /** What brought it here, or changed it last, for the groups of ours that take it when it is let in. */
    broughtBy: text(),
    /** The ReplyRequest with which another server asked. */
    requestIri: text(),
    createdAt: createdAt(),
  },
  (table) => [
    index('reply_consents_authorization').on(table.authorizationIri).where(sql`${table.authorizationIri} is not null`),
  ],
)

/** What else than answering it somebody may do with a post. */
export type ReactionDeed = 'like' | 'boost'

/** Who may like or boost a post of another server, where not everybody who may read it may. */
export const reactionPolicies = pgTable(
  'reaction_policies',
  {
    postId: bigId()
      .notNull()
      .references(() => posts.id, { onDelete: 'cascade' }),
    deed: text().$type<ReactionDeed>().notNull(),
    /** Who may without being asked about, in the words of `reply_policies`. */
    automatic: text().array().notNull(),
  },
  (table) => [primaryKey({ columns: [table.postId, table.deed] })],
)
