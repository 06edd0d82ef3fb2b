import { sql } from 'drizzle-orm'
import { index, integer, jsonb, pgEnum, pgTable, text } from 'drizzle-orm/pg-core'
import { bigId, createdAt, id, moment } from '../columns.ts'
import { actors } from './actors.ts'
import type { MediaVariant } from './media.ts'

/** What a linked page is: something to read, a picture, or something to play. */
export const cardType = pgEnum('card_type', ['link', 'photo', 'video'])

/** What a linked page says of itself, once for all posts that link to it. Until it was read for the first time there is only the address. */
export const cards = pgTable(
  'cards',
  {
    id: id(),
    /** The link as posts have it. */
    url: text().notNull().unique(),
    type: cardType().notNull().default('link'),
    title: text().notNull().default(''),
    description: text().notNull().default(''),
    language: text(),
    providerName: text().notNull().default(''),
    providerUrl: text().notNull().default(''),
    authorName: text().notNull().default(''),
    authorUrl: text().notNull().default(''),
    /** Whom the page names as its author in the fediverse, and who is known here. */
    creatorId: bigId().references(() => actors.id, { onDelete: 'set null' }),
    publishedAt: moment(),
    /** Where what can be played is shown in a frame, with its size. */
    frameUrl: text(),
    frameWidth: integer(),
    frameHeight: integer(),
    /** The folder of our copy of the page's picture; null: there is none. */
    imageKey: text().unique(),
    /** The folder into which the next copy goes, and where one that was never finished lies. */
    spareKey: text().unique(),
    imageWidth: integer(),
    imageHeight: integer(),
    imageDescription: text().notNull().default(''),
    blurhash: text(),
    imageVariants: jsonb().$type<MediaVariant[]>().notNull().default([]),
    /** When the page is to be read, or read again; null: nothing is to be done. */
    dueAt: moment(),
    /** When somebody last tried to read it, and how often in a row that has failed. */
    triedAt: moment(),
    failures: integer().notNull().default(0),
    /** When it was last read with success. */
    readAt: moment(),
    createdAt: createdAt(),
  },
  (table) => [
    index('cards_due').on(table.dueAt).where(sql`${table.dueAt} is not null`),
    index('cards_creator').on(table.creatorId).where(sql`${table.creatorId} is not null`),
  ],
)
