import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Ctx } from '#src/context.ts'
import { type Copy, openCopyOf } from '#src/core/copies.ts'
import { ImageRefused } from '#src/core/images/refused.ts'
import type { ImageJob, ProcessedImage } from '#src/core/images.ts'
import { makeKey } from '#src/core/secrets.ts'
import { recordAct } from '#src/db/audit.ts'
import { type Db, type Tx, transaction } from '#src/db/client.ts'
import type { EmojiUse } from '#src/db/schema/emoji.ts'
import { findPolicy } from '#src/db/severities.ts'
import { conflict, invalid, notFound } from '#src/errors.ts'
import { copiedFile } from './entity.ts'
import {
  findEmojiByKey,
  findEmojiCopy,
  insertEmoji,
  listByShortcode,
  listKeysOf,
  listStaleEmojiCopies,
  markCopied,
  markRemoved,
} from './queries.ts'
import { findShortcodes, shortcodeShape } from './shortcodes.ts'

/** As in Mastodon, which refuses larger ones of others too. */
const maxBytes = 256 * 1024

/** The long edge of the picture as it is stored: it is shown at the height of a line, on fine screens at three times the dots. */
const edge = 128

/** What is taken from other servers: some draw theirs with many frames. */
const maxCopyBytes = 4 * 1024 * 1024

const maxCategory = 100

/** What becomes an emoji. */
export type EmojiDraft = Readonly<{
  shortcode: string
  /** Where the picture is on this machine. */
  path: string
  category: string | null
  /** Whether apps offer it to be chosen. */
  isVisibleInPicker: boolean
}>

/** Makes a picture, in a process of its own. */
export type EmojiPictures = Readonly<{
  run(job: ImageJob): Promise<ProcessedImage>
}>

/**
 * Adds an emoji, which can be used from then on; texts that were written before stay as they are.
 * @returns its id
 * @throws Problem `invalid` for a shortcode or a picture that cannot be used, `conflict` when the shortcode is in use
 */
export async function addEmoji(ctx: Ctx, pictures: EmojiPictures, draft: EmojiDraft): Promise<string> {
  const { shortcode, isVisibleInPicker } = draft
  if (!shortcodeShape.test(shortcode)) {
    throw invalid('A shortcode has 2 to 64 letters (without accents), digits and underscores, without the colons')
  }
  const category = draft.category?.trim() || null
  if (category && category.length > maxCategory) {
    throw invalid(`A category has ${maxCategory} characters at the most`)
  }
  const inUse = () => conflict(`There is an emoji :${shortcode}: already; remove it first`)
  if ((await listByShortcode(ctx.db, [shortcode])).length > 0) throw inUse()
  const key = makeKey()
  try {
    const file = await storePicture(ctx, pictures, { key, path: draft.path })
    return await transaction(ctx.db, async (tx) => {
      const id = await insertEmoji(tx, {
        shortcode,
        category,
        isVisibleInPicker,
        key,
        file,
      })
      if (!id) throw inUse()
      await recordAct(tx, {
        viewer: null,
        action: 'emoji.added',
        subjectId: id,
      })
      return id
    })
  } catch (error) {
    await ctx.storage.removeFolder(key)
    throw error
  }
}

/** @returns the name of the file */
async function storePicture(
  ctx: Ctx,
  pictures: EmojiPictures,
  { key, path }: { key: string; path: string },
): Promise<string> {
  const inputPath = resolve(path)
  const found = await stat(inputPath).catch(() => null)
  if (!found?.isFile()) throw invalid(`There is no file ${inputPath}`)
  if (found.size > maxBytes) throw invalid(`The picture of an emoji may have ${maxBytes / 1024} KB at the most`)
  return ctx.storage.withScratch(key, async (outputDir) => {
    const { variants } = await pictures.run({ inputPath, outputDir, edges: [edge], as: 'emoji' }).catch((error) => {
      throw error instanceof ImageRefused ? invalid(error.message) : error
    })
    const [variant] = variants
    if (!variant) throw new Error('nothing was made of the picture of an emoji')
    await ctx.storage.put(`${key}/${variant.file}`, createReadStream(join(outputDir, variant.file)))
    return variant.file
  })
}

/**
 * Takes an emoji out of use: it is no longer offered, and new texts do not get it. Texts that have it keep it, and so its picture stays.
 * @returns false when there is none in use
 */
export async function removeEmoji(ctx: Ctx, shortcode: string): Promise<boolean> {
  return transaction(ctx.db, async (tx) => {
    const id = await markRemoved(tx, shortcode, ctx.now())
    if (id)
      await recordAct(tx, {
        viewer: null,
        action: 'emoji.removed',
        subjectId: id,
      })
    return id !== null
  })
}

/**
 * Deletes the pictures of all emojis that have or had a shortcode, and takes it out of use: where one stands, its shortcode is read instead.
 * @returns how many pictures there were
 */
export async function eraseEmoji(ctx: Ctx, shortcode: string): Promise<number> {
  await removeEmoji(ctx, shortcode)
  const keys = await listKeysOf(ctx.db, shortcode)
  await transaction(ctx.db, (tx) =>
    recordAct(tx, { viewer: null, action: 'emoji.erased', subjectId: null, details: { shortcode } }),
  )
  for (const key of keys) await ctx.storage.removeFolder(key)
  return keys.length
}

/**
 * The emojis of ours that stand in texts of ours.
 * @param former those that an earlier version had: one that was removed meanwhile keeps its meaning through an edit
 */
export async function listEmojisIn(
  { uris }: Pick<Ctx, 'uris'>,
  db: Db | Tx,
  { texts, former = [] }: { texts: readonly string[]; former?: readonly EmojiUse[] },
): Promise<EmojiUse[]> {
  const shortcodes = findShortcodes(texts)
  const rows = await listByShortcode(db, shortcodes)
  const uses = rows.map(({ id, shortcode, key, file }) => ({
    id,
    shortcode,
    url: uris.emojiPicture(key, file),
  }))
  return shortcodes.flatMap(
    (shortcode) =>
      uses.find((use) => use.shortcode === shortcode) ?? former.find((use) => use.shortcode === shortcode) ?? [],
  )
}

/**
 * Opens the picture of an emoji: one of ours, or the copy of another server's, which is fetched for the first who asks.
 * @throws Problem `not_found`, `remote_failed`
 */
export async function openEmoji(ctx: Ctx, key: string, file: string): Promise<Copy> {
  if (file === copiedFile) return openEmojiCopy(ctx, key)
  const emoji = await findEmojiByKey(ctx.db, key)
  const stored = emoji?.file === file ? await ctx.storage.open(`${key}/${file}`) : null
  if (!stored) throw notFound()
  return { file: stored, mime: 'image/png' }
}

async function openEmojiCopy(ctx: Ctx, key: string): Promise<Copy> {
  const copy = await findEmojiCopy(ctx.db, key)
  if (!copy) throw notFound()
  const { severity, rejectsMedia } = await findPolicy(ctx.db, new URL(copy.remoteUrl).host)
  if (severity === 'block' || rejectsMedia) throw notFound()
  const source = {
    url: copy.remoteUrl,
    storageKey: `${key}/${copiedFile}`,
    mime: copy.mime,
    maxBytes: maxCopyBytes,
  }
  return openCopyOf(ctx, source, ({ mime }) => markCopied(ctx.db, [key], { mime, at: ctx.now() }))
}

/** Removes copies of other servers' emojis that are old; whoever wants to see one has it fetched again. */
export async function sweepEmojis(ctx: Ctx): Promise<void> {
  const { remoteMediaDays: days } = ctx.config
  if (days === 0) return
  const stale = await listStaleEmojiCopies(ctx.db, new Date(ctx.now().getTime() - days * 24 * 60 * 60_000))
  if (stale.length === 0) return
  await markCopied(ctx.db, stale, null)
  for (const key of stale) await ctx.storage.removeFolder(key)
}
