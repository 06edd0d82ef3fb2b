import { sql } from 'drizzle-orm'
import { boolean, index, integer, pgEnum, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { bigId, createdAt, id, moment } from '../columns.ts'
import { actors } from './actors.ts'
import { orders } from './orders.ts'
import { posts } from './posts.ts'
import { reports } from './reports.ts'

/** What happened, in the words of the client API; the last five are told on our pages only. */
export const notificationKind = pgEnum('notification_kind', [
  'mention',
  'status',
  'reblog',
  'follow',
  'follow_request',
  'favourite',
  'update',
  'poll',
  'quote',
  'quoted_update',
  // These two are for those who run the instance: somebody came in, somebody was reported.
  'admin.sign_up',
  'admin.report',
  'move',
  'order',
  // Of groups that are kept here: to who looks after one, to who was let in, and to who wrote what was taken out.
  'group_request',
  'group_joined',
  'group_removed',
])

/** Something that an actor's team should know. */
export const notifications = pgTable(
  'notifications',
  {
    id: id(),
    actorId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    kind: notificationKind().notNull(),
    fromActorId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    postId: bigId().references(() => posts.id, { onDelete: 'cascade' }),
    reportId: bigId().references(() => reports.id, { onDelete: 'cascade' }),
    orderId: bigId().references(() => orders.id, { onDelete: 'cascade' }),
    createdAt: createdAt(),
    dismissedAt: moment(),
    /** Held back by the actor's policy: it waits in a request until the actor lets its sender through. */
    isFiltered: boolean().notNull().default(false),
  },
  (table) => [
    // One line for one story, however often its activity arrives.
    uniqueIndex('notifications_story_unique').on(
      table.actorId,
      table.kind,
      table.fromActorId,
      sql`coalesce(${table.postId}, 0)`,
      sql`coalesce(${table.reportId}, 0)`,
      sql`coalesce(${table.orderId}, 0)`,
    ),
    index('notifications_actor').on(table.actorId, table.id).where(sql`${table.dismissedAt} is null`),
    index('notifications_from').on(table.fromActorId),
    index('notifications_post').on(table.postId),
    index('notifications_report').on(table.reportId).where(sql`${table.reportId} is not null`),
    index('notifications_order').on(table.orderId).where(sql`${table.orderId} is not null`),
    index('notifications_filtered').on(table.actorId, table.fromActorId).where(sql`${table.isFiltered}`),
  ],
)

/** What is done with a notification of a kind of sender: shown, held back in a request, or not written at all. */
export const notificationVerdict = pgEnum('notification_verdict', ['accept', 'filter', 'drop'])

/** By whom an actor wants to be told things. An actor without a row has the defaults. */
export const notificationPolicies = pgTable('notification_policies', {
  actorId: bigId()
    .primaryKey()
    .references(() => actors.id, { onDelete: 'cascade' }),
  forNotFollowing: notificationVerdict().notNull().default('accept'),
  forNotFollowers: notificationVerdict().notNull().default('accept'),
  forNewAccounts: notificationVerdict().notNull().default('accept'),
  forPrivateMentions: notificationVerdict().notNull().default('filter'),
  forLimitedAccounts: notificationVerdict().notNull().default('filter'),
})

/** Somebody whose notifications are held back, and whom the actor has not judged yet. */
export const notificationRequests = pgTable(
  'notification_requests',
  {
    id: id(),
    actorId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    fromActorId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    lastPostId: bigId().references(() => posts.id, { onDelete: 'set null' }),
    createdAt: createdAt(),
    updatedAt: createdAt(),
  },
  (table) => [
    uniqueIndex('notification_requests_unique').on(table.actorId, table.fromActorId),
    index('notification_requests_from').on(table.fromActorId),
    index('notification_requests_actor').on(table.actorId, table.id),
  ],
)

/** Whoever an actor has let through: the policy does not ask about them again. */
export const notificationPermissions = pgTable(
  'notification_permissions',
  {
    actorId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    fromActorId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.actorId, table.fromActorId] }), index().on(table.fromActorId)],
)

/** How far an actor has read a timeline, so that all its clients agree. */
export const markers = pgTable(
  'markers',
  {
    actorId: bigId()
      .notNull()
      .references(() => actors.id, { onDelete: 'cascade' }),
    timeline: text().$type<'home' | 'notifications'>().notNull(),
    lastReadId: bigId().notNull(),
    /** Grows by one with each write: who writes on an older one has missed something. */
    version: integer().notNull().default(1),
    updatedAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.actorId, table.timeline] })],
)
