import { sql } from 'drizzle-orm'
import { boolean, index, pgEnum, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { bigId, createdAt, moment } from '../columns.ts'
import { actors } from './actors.ts'
import { posts } from './posts.ts'

/** Who may begin a topic in a group and answer there. */
export const groupPosting = pgEnum('group_posting', ['everyone', 'members', 'moderators'])

/** Who looks after a group; only an owner changes it and names moderators. */
export const groupRole = pgEnum('group_role', ['owner', 'moderator'])

/** A group that is kept here: an actor that speaks for nobody but passes on what its members say. Its members are its accepted followers. */
export const groups = pgTable('groups', {
  actorId: bigId()
    .primaryKey()
    .references(() => actors.id, { onDelete: 'cascade' }),
  posting: groupPosting().notNull().default('members'),
  /** What is said in it is for its members alone. Such a group approves who joins. */
  isPrivate: boolean().notNull().default(false),
  /** Plain text, a rule a line. */
  rules: text().notNull().default(''),
  /** What is asked of who wants to join a group that approves; the answer comes with the request, as its note. */
  question: text().notNull().default(''),
})

/** The owners and moderators of the groups that are kept here; a moderator may be at home elsewhere. */
export const groupModerators = pgTable(
  'group_moderators',
  {
    groupId: bigId()
      .notNull()
      .references(() => groups.actorId, { onDelete: 'cascade' }),
    actorId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    role: groupRole().notNull(),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.groupId, table.actorId] }), index().on(table.actorId)],
)

/** When a group last explained to somebody why what they wrote was not taken: once a week is enough. */
export const groupRefusals = pgTable(
  'group_refusals',
  {
    groupId: bigId()
      .notNull()
      .references(() => groups.actorId, { onDelete: 'cascade' }),
    actorId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    toldAt: moment().notNull(),
  },
  (table) => [primaryKey({ columns: [table.groupId, table.actorId] }), index().on(table.actorId)],
)

/** What was said in a group, here or elsewhere. `topic_id` is the post that began the topic: for that one, its own id. */
export const groupPosts = pgTable(
  'group_posts',
  {
    groupId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    postId: bigId()
      .notNull()
      .references(() => posts.id, { onDelete: 'cascade' }),
    topicId: bigId()
      .notNull()
      .references(() => posts.id, { onDelete: 'cascade' }),
    addedAt: createdAt(),
    /** Since when its moderators do not want it there; the post itself is its author's. */
    removedAt: moment(),
    removedById: bigId().references(() => actors.id, { onDelete: 'set null' }),
    /** Why, as whoever took it out has said; it is for the person who wrote it. */
    removalReason: text().notNull().default(''),
    /** Of a topic: since when nobody may answer. */
    lockedAt: moment(),
    /** Of a topic: the newest of what is said in it, itself counted in. Kept by triggers, since a post may be deleted wherever it is. */
    lastPostId: bigId(),
  },
  (table) => [
    primaryKey({ columns: [table.groupId, table.postId] }),
    index('group_posts_topics')
      .on(table.groupId, table.lastPostId)
      .where(sql`${table.topicId} = ${table.postId} and ${table.removedAt} is null`),
    index('group_posts_removed_by').on(table.removedById).where(sql`${table.removedById} is not null`),
    // Partial, or it would be taken for the places of a post: while the table is empty all indexes cost the same, and the plan is kept.
    index('group_posts_added').on(table.groupId, table.addedAt).where(sql`${table.addedAt} is not null`),
    index('group_posts_topic').on(table.topicId, table.postId),
    index().on(table.postId),
  ],
)

/** Who is kept out of a group, until a moment or for good. */
export const groupBans = pgTable(
  'group_bans',
  {
    groupId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    actorId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    until: moment(),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.groupId, table.actorId] }), index().on(table.actorId)],
)
