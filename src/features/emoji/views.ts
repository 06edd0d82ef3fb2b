import type { Ctx } from '#src/context.ts'
import type { EmojiUse } from '#src/db/schema/emoji.ts'
import type { EmojiValue } from '#src/web/components/emoji.ts'
import { emojiUrl } from './entity.ts'

/** The emojis in a text, for pages. */
export function toEmojiValues(uris: Ctx['uris'], uses: readonly EmojiUse[]): EmojiValue[] {
  return uses.map((use) => ({ shortcode: use.shortcode, url: emojiUrl(uris, use) }))
}
