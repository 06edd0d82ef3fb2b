import { boolean, index, pgTable, primaryKey, uniqueIndex } from 'drizzle-orm/pg-core'
import { bigId, createdAt, id } from '../columns.ts'
import { actors } from './actors.ts'
import { posts } from './posts.ts'

/**
 * What an actor and some others have said to each other by name alone, as the actor's clients list it. A thread in which other circles talk,
 * too, is a conversation for each circle.
 */
export const directConversations = pgTable(
  'direct_conversations',
  {
    id: id(),
    /** Whose list it is on. */
    actorId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    /** The `conversation_id` of its posts. */
    threadId: bigId().notNull(),
    /** The others, by id. */
    participantIds: bigId().array().notNull(),
    /** By which the list is ordered; who may still see the post is asked when somebody reads. */
    lastPostId: bigId().notNull(),
    isUnread: boolean().notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex('direct_conversations_unique').on(table.actorId, table.threadId, table.participantIds),
    index('direct_conversations_participants').using('gin', table.participantIds),
    index('direct_conversations_actor').on(table.actorId, table.lastPostId),
  ],
)

/** The posts of a conversation that its actor was told of, or wrote. */
export const directConversationPosts = pgTable(
  'direct_conversation_posts',
  {
    conversationId: bigId()
      .notNull()
      .references(() => directConversations.id, { onDelete: 'cascade' }),
    postId: bigId()
      .notNull()
      .references(() => posts.id, { onDelete: 'cascade' }),
  },
  (table) => [
    primaryKey({ columns: [table.conversationId, table.postId] }),
    index('direct_conversation_posts_post').on(table.postId),
  ],
)
