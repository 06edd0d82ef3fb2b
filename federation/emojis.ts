import type { Ctx } from '#src/context.ts'
import type { EmojiUse } from '#src/db/schema/emoji.ts'
import { type EmojiRow, listEmojisById } from '#src/features/emoji/queries.ts'
import { emojiContext, toTime } from './context.ts'

/**
 * The tags by which a text of ours says what its `:shortcode:`s look like, in the order of the text.
 * @see https://docs.joinmastodon.org/spec/activitypub/#Emoji
 */
export async function toEmojiTags(ctx: Ctx, uses: readonly EmojiUse[]): Promise<object[]> {
  const ids = uses.flatMap(({ id }) => id ?? [])
  const rows = await listEmojisById(ctx.db, ids)
  const byId = new Map(rows.map((row) => [row.id, row]))
  return ids.flatMap((id) => {
    const row = byId.get(id)
    return row ? [toEmojiTag(ctx, row)] : []
  })
}

/** The document of an emoji of ours. */
export function toEmojiDocument(ctx: Ctx, row: EmojiRow): object {
  return { '@context': emojiContext, ...toEmojiTag(ctx, row) }
}

/** The picture of an emoji never changes: another picture is another emoji. */
function toEmojiTag({ uris }: Ctx, { id, shortcode, key, file, createdAt }: EmojiRow): object {
  return {
    id: uris.emoji(id),
    type: 'Emoji',
    name: `:${shortcode}:`,
    updated: toTime(createdAt),
    icon: { type: 'Image', mediaType: 'image/png', url: uris.emojiPicture(key, file) },
  }
}
