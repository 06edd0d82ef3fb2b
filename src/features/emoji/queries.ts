import { and, asc, eq, inArray, isNull, lt, sql } from 'drizzle-orm'
import { isId } from '#src/core/ids.ts'
import { ids as idList, texts } from '#src/db/arrays.ts'
import type { Db, Tx } from '#src/db/client.ts'
import { customEmojis, type EmojiUse, emojiCopies } from '#src/db/schema/emoji.ts'
import { copyKeyOf } from './entity.ts'

/** An emoji of ours; one that was removed too (`removedAt`). */
export type EmojiRow = Readonly<typeof customEmojis.$inferSelect>

/** What is known of an emoji of another server. */
export type EmojiCopy = Readonly<typeof emojiCopies.$inferSelect>

/** Those that can be used, in the order of their categories and shortcodes; those without a category first. */
export async function listEmojis(db: Db): Promise<EmojiRow[]> {
  return db
    .select()
    .from(customEmojis)
    .where(isNull(customEmojis.removedAt))
    .orderBy(sql`${customEmojis.category} nulls first`, asc(customEmojis.shortcode))
}

/** Those of some shortcodes that can be used, in no order. */
export async function listByShortcode(db: Db | Tx, shortcodes: readonly string[]): Promise<EmojiRow[]> {
  if (shortcodes.length === 0) return []
  return db
    .select()
    .from(customEmojis)
    .where(and(sql`${customEmojis.shortcode} = any(${texts(shortcodes)})`, isNull(customEmojis.removedAt)))
}

/** Those of some ids, whether they can be used still or not. */
export async function listEmojisById(db: Db | Tx, ids: readonly string[]): Promise<EmojiRow[]> {
  if (ids.length === 0) return []
  return db
    .select()
    .from(customEmojis)
    .where(sql`${customEmojis.id} = any(${idList(ids)})`)
}

/** Finds an emoji of ours, one that was removed too. */
export async function findEmoji(db: Db, id: string): Promise<EmojiRow | null> {
  if (!isId(id)) return null
  const [row] = await db.select().from(customEmojis).where(eq(customEmojis.id, id))
  return row ?? null
}

/** Finds an emoji of ours by the folder in its address, one that was removed too. */
export async function findEmojiByKey(db: Db, key: string): Promise<EmojiRow | null> {
  const [row] = await db.select().from(customEmojis).where(eq(customEmojis.key, key))
  return row ?? null
}

/** Writes a new emoji; null when its shortcode is in use. */
export async function insertEmoji(tx: Tx, values: typeof customEmojis.$inferInsert): Promise<string | null> {
  const [row] = await tx.insert(customEmojis).values(values).onConflictDoNothing().returning({ id: customEmojis.id })
  return row?.id ?? null
}

/** Takes an emoji out of use. @returns its id; null when there is none */
export async function markRemoved(tx: Tx, shortcode: string, now: Date): Promise<string | null> {
  const [row] = await tx
    .update(customEmojis)
    .set({ removedAt: now })
    .where(and(eq(customEmojis.shortcode, shortcode), isNull(customEmojis.removedAt)))
    .returning({ id: customEmojis.id })
  return row?.id ?? null
}

/** The folders of all emojis that have or had a shortcode. */
export async function listKeysOf(db: Db, shortcode: string): Promise<string[]> {
  const rows = await db
    .select({ key: customEmojis.key })
    .from(customEmojis)
    .where(eq(customEmojis.shortcode, shortcode))
  return rows.map(({ key }) => key)
}

/** Notes where emojis of other servers are, so that they can be copied when somebody wants to see them. */
export async function insertCopies(tx: Tx, uses: readonly EmojiUse[]): Promise<void> {
  const rows = new Map(uses.map(({ url }) => [copyKeyOf(url), url]))
  if (rows.size === 0) return
  // In one order everywhere: two posts with the same new emojis must not wait for each other crosswise.
  const sorted = [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1))
  await tx
    .insert(emojiCopies)
    .values(sorted.map(([key, remoteUrl]) => ({ key, remoteUrl })))
    .onConflictDoNothing()
}

/** Finds an emoji of another server. */
export async function findEmojiCopy(db: Db, key: string): Promise<EmojiCopy | null> {
  const [row] = await db.select().from(emojiCopies).where(eq(emojiCopies.key, key))
  return row ?? null
}

/** Notes that a copy is stored, and what it is; null: no longer. */
export async function markCopied(
  db: Db,
  keys: readonly string[],
  stored: { mime: string; at: Date } | null,
): Promise<void> {
  await db
    .update(emojiCopies)
    .set({ mime: stored?.mime ?? null, cachedAt: stored?.at ?? null })
    .where(inArray(emojiCopies.key, [...keys]))
}

/** Copies that were stored before a moment. */
export async function listStaleEmojiCopies(db: Db, before: Date): Promise<string[]> {
  const rows = await db
    .select({ key: emojiCopies.key })
    .from(emojiCopies)
    .where(lt(emojiCopies.cachedAt, before))
    .limit(500)
  return rows.map(({ key }) => key)
}
