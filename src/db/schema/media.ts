import { sql } from 'drizzle-orm'
import { type AnyPgColumn, doublePrecision, index, integer, jsonb, pgEnum, pgTable, text } from 'drizzle-orm/pg-core'
import { bigId, createdAt, id, moment } from '../columns.ts'
import { actors } from './actors.ts'
import { posts } from './posts.ts'
import { products } from './products.ts'
import { scheduledPosts } from './schedule.ts'
import { users } from './users.ts'

/** The life of a picture: uploaded as sent, then its sizes are made (ready) or it cannot be read (refused). */
export const mediaState = pgEnum('media_state', ['uploaded', 'ready', 'refused'])

/** One stored size of a picture. `file` is its name below the picture's key. */
export type MediaVariant = { file: string; mime: string; width: number; height: number; bytes: number }

/** An upload of which there may be a file and is no row yet: what a killed process has left is found by it. */
export const begunUploads = pgTable('begun_uploads', {
  /** The folder in the storage. */
  key: text().primaryKey(),
  begunAt: moment().notNull(),
})

/** A picture: ours (with variants in the storage) or another server's (with `remote_url`). */
export const media = pgTable(
  'media',
  {
    id: id(),
    actorId: bigId()
      .notNull()
      .references((): AnyPgColumn => actors.id, { onDelete: 'cascade' }),
    /** Who uploaded it; null for remote pictures. */
    userId: bigId().references(() => users.id, { onDelete: 'set null' }),
    postId: bigId().references((): AnyPgColumn => posts.id, { onDelete: 'set null' }),
    /** Held for a post that is to be published later. */
    scheduledPostId: bigId().references((): AnyPgColumn => scheduledPosts.id, { onDelete: 'set null' }),
    /** Of a product, and of no post. */
    productId: bigId().references((): AnyPgColumn => products.id, { onDelete: 'set null' }),
    position: integer().notNull().default(0),
    state: mediaState().notNull(),
    /** Why it was refused: a sentence for the person who uploaded it. */
    refusal: text(),
    /** 128 random bits in hexadecimal: the folder in the storage and the address of the picture. */
    key: text().notNull().unique(),
    mime: text().notNull(),
    /** image for now; a remote attachment may also be video, audio or unknown. */
    kind: text().notNull().default('image'),
    width: integer(),
    height: integer(),
    blurhash: text(),
    focusX: doublePrecision(),
    focusY: doublePrecision(),
    description: text(),
    variants: jsonb().$type<MediaVariant[]>().notNull().default([]),
    remoteUrl: text(),
    /** When a copy of the remote picture was stored; null: not yet asked for. */
    cachedAt: moment(),
    /** How large the stored copy is. */
    cachedBytes: integer().notNull().default(0),
    createdAt: createdAt(),
    deletedAt: moment(),
  },
  (table) => [
    index('media_post').on(table.postId, table.position).where(sql`${table.postId} is not null`),
    index('media_scheduled').on(table.scheduledPostId).where(sql`${table.scheduledPostId} is not null`),
    index('media_product').on(table.productId, table.position).where(sql`${table.productId} is not null`),
    index('media_actor').on(table.actorId),
    index('media_cached').on(table.cachedAt).where(sql`${table.cachedAt} is not null`),
    index('media_uploaded').on(table.id).where(sql`${table.state} = 'uploaded'`),
  ],
)
