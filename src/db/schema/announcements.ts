import { sql } from 'drizzle-orm'
import { boolean, index, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { bigId, createdAt, id, moment } from '../columns.ts'
import { customEmojis, type EmojiUse } from './emoji.ts'
import { users } from './users.ts'

/** What an announcement names, as it was when it was written. */
export type AnnouncementNames = {
  mentions: { id: string; username: string; url: string; acct: string }[]
  statuses: { id: string; url: string }[]
  tags: { name: string; url: string }[]
  emojis?: EmojiUse[]
}

/** What those who run the instance tell everybody who signs in here. */
export const announcements = pgTable(
  'announcements',
  {
    id: id(),
    /** HTML, rendered from what was typed. */
    content: text().notNull(),
    names: jsonb().$type<AnnouncementNames>().notNull(),
    /** When what is announced begins and ends. After its end nobody is shown it any more. */
    startsAt: moment(),
    endsAt: moment(),
    /** Only the days of both count. */
    isAllDay: boolean().notNull().default(false),
    publishedAt: createdAt(),
    updatedAt: createdAt(),
    /** Taken back, or over. */
    withdrawnAt: moment(),
  },
  (table) => [index('announcements_present').on(table.id).where(sql`${table.withdrawnAt} is null`)],
)

/** Which announcements somebody has read: a person, whatever identity they act as. */
export const announcementDismissals = pgTable(
  'announcement_dismissals',
  {
    userId: bigId()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    announcementId: bigId()
      .notNull()
      .references(() => announcements.id, { onDelete: 'cascade' }),
    createdAt: createdAt(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.announcementId] }),
    index('announcement_dismissals_announcement').on(table.announcementId),
  ],
)

/** An emoji with which somebody has answered an announcement. */
export const announcementReactions = pgTable(
  'announcement_reactions',
  {
    announcementId: bigId()
      .notNull()
      .references(() => announcements.id, { onDelete: 'cascade' }),
    userId: bigId()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** An emoji of Unicode, or the shortcode of one of ours. */
    name: text().notNull(),
    customEmojiId: bigId().references(() => customEmojis.id, { onDelete: 'restrict' }),
    createdAt: createdAt(),
  },
  (table) => [
    primaryKey({ columns: [table.announcementId, table.userId, table.name] }),
    index('announcement_reactions_user').on(table.userId),
    index('announcement_reactions_emoji').on(table.customEmojiId).where(sql`${table.customEmojiId} is not null`),
  ],
)
