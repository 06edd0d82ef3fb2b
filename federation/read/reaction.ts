import type { JsonObject } from './json.ts'
import { readTags } from './tags.ts'
import { rawTextOf, typeOf } from './values.ts'

/** What a Like or an EmojiReact says by an emoji. `emoji`: one of Unicode, or `:shortcode:`; null where an EmojiReact has none that can be read. */
export type ReadReaction = Readonly<{ isLike: boolean; emoji: string | null; pictureUrl: string | null }>

// ❤ without the sign that asks for a picture is what Misskey sends.
const unicodeEmoji = /^(?:\p{RGI_Emoji}|\p{Extended_Pictographic}\ufe0f?)$/v

/** Akkoma and Misskey name the server of an emoji that is not their own: `:fox@there.example:`. */
const customEmoji = /^:([\w+-]{1,64})(?:@[\w.-]{1,253})?:$/

/** The emoji of a Like or an EmojiReact; null for a Like without one. */
export function readReaction(json: JsonObject): ReadReaction | null {
  const isLike = !isEmojiReact(json)
  const emoji = readEmoji(rawTextOf(json, '_misskey_reaction')) ?? readEmoji(rawTextOf(json, 'content'))
  if (!emoji) return isLike ? null : { isLike, emoji, pictureUrl: null }
  const tag = readTags(json).emojis.find(({ shortcode }) => emoji === `:${shortcode}:`)
  return { isLike, emoji, pictureUrl: tag?.url ?? null }
}

/** Whether it is a reaction that is no Like. */
export function isEmojiReact(json: JsonObject): boolean {
  return typeOf(json, reactions) === 'EmojiReact'
}

const reactions: ReadonlySet<'EmojiReact'> = new Set(['EmojiReact'])

function readEmoji(text: string | null): string | null {
  const written = text?.trim() ?? ''
  if (unicodeEmoji.test(written)) return written
  const [, shortcode] = customEmoji.exec(written) ?? []
  return shortcode ? `:${shortcode}:` : null
}
