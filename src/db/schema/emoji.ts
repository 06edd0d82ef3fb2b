import { sql } from 'drizzle-orm'
import { boolean, check, index, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { createdAt, id, moment } from '../columns.ts'

/**
 * A picture that stands for `:shortcode:` in a text, as it was when the text was written. `url`: where its server has it; `id`: it is one of
 * ours.
 */
export type EmojiUse = { shortcode: string; url: string; id?: string }

/**
 * The emojis of this instance. One that was removed stays for the texts in which it stands; its shortcode can be given again. The picture of
 * a row never changes, and it does not move: there is one address for both.
 */
export const customEmojis = pgTable(
  'custom_emojis',
  {
    id: id(),
    shortcode: text().notNull(),
    category: text(),
    isVisibleInPicker: boolean().notNull().default(true),
    /** The folder in the storage, and the file in it. */
    key: text().notNull().unique(),
    file: text().notNull(),
    createdAt: createdAt(),
    removedAt: moment(),
  },
  (table) => [
    uniqueIndex('custom_emojis_shortcode').on(table.shortcode).where(sql`${table.removedAt} is null`),
    check('custom_emojis_shortcode_shape', sql`${table.shortcode} ~ '^[A-Za-z0-9_]{2,64}$'`),
  ],
)

/** Emojis of other servers by the address of their picture, from which `key` follows. They are shown from copies of ours. */
export const emojiCopies = pgTable(
  'emoji_copies',
  {
    key: text().primaryKey(),
    remoteUrl: text().notNull(),
    /** What the stored copy is, and since when it is stored; both null: it is not. */
    mime: text(),
    cachedAt: moment(),
    createdAt: createdAt(),
  },
  (table) => [index('emoji_copies_cached').on(table.cachedAt).where(sql`${table.cachedAt} is not null`)],
)
