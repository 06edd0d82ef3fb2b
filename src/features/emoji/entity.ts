import { createHash } from 'node:crypto'
import type { Ctx } from '#src/context.ts'
import type { EmojiUse } from '#src/db/schema/emoji.ts'

/** @see https://docs.joinmastodon.org/entities/CustomEmoji/ */
export type CustomEmoji = Readonly<{
  shortcode: string
  url: string
  static_url: string
  visible_in_picker: boolean
  category: string | null
}>

/** The file under which a copy of another server's emoji is served. */
export const copiedFile = 'remote'

/** The name of the copy of an emoji of another server: it follows from the address of the picture, so that nothing need be looked up. */
export function copyKeyOf(url: string): string {
  return createHash('sha256').update(url).digest('hex').slice(0, 32)
}

/** Where the picture of an emoji is shown from: always from here, so that other servers do not learn who reads. */
export function emojiUrl({ emojiPicture }: Pick<Ctx['uris'], 'emojiPicture'>, { id, url }: EmojiUse): string {
  return id === undefined ? emojiPicture(copyKeyOf(url), copiedFile) : url
}

/** An emoji in a text. Pictures do not move here, so that the static address is the same. */
export function toEmoji(uris: Pick<Ctx['uris'], 'emojiPicture'>, use: EmojiUse): CustomEmoji {
  const url = emojiUrl(uris, use)
  return {
    shortcode: use.shortcode,
    url,
    static_url: url,
    visible_in_picker: false,
    category: null,
  }
}
