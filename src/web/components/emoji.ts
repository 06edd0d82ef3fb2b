import { mapTexts } from '#src/core/hypertext.ts'
import { type Hole, type Html, html, raw } from '../html.ts'

/** A picture that stands for `:shortcode:` in a text. */
export type EmojiValue = Readonly<{ shortcode: string; url: string }>

/** Between letters or digits it is part of a word: `12:30:45`. */
const shortcodes = /(?<![\p{L}\p{N}]):([\w+-]{1,64}):(?![\p{L}\p{N}])/gu

/** A plain text with its emojis as pictures. */
export function emojiText(text: string, emojis: readonly EmojiValue[] = []): Html {
  const known = new Map(emojis.map((emoji) => [emoji.shortcode, emoji]))
  const parts: Hole[] = []
  let end = 0
  for (const { 0: written, 1: shortcode = '', index } of text.matchAll(shortcodes)) {
    const emoji = known.get(shortcode)
    if (!emoji) continue
    parts.push(text.slice(end, index), picture(emoji))
    end = index + written.length
  }
  return html`${parts}${text.slice(end)}`
}

/**
 * Sanitised markup with its emojis as pictures. Only in texts, never in attributes, where a picture would open the markup to whoever wrote
 * it.
 */
export function withEmojis(markup: Html, emojis: readonly EmojiValue[] = []): Html {
  if (emojis.length === 0) return markup
  const known = new Map(emojis.map((emoji) => [emoji.shortcode, emoji]))
  const replace = (text: string) =>
    text.replaceAll(shortcodes, (written, shortcode: string) => {
      const emoji = known.get(shortcode)
      return emoji ? picture(emoji).toString() : written
    })
  return raw(mapTexts(markup.toString(), replace))
}

// Its words stand in its place where it is not shown, and where the text is copied.
function picture({ shortcode, url }: EmojiValue): Html {
  const words = `:${shortcode}:`
  return html`<img class="emoji" src="${url}" alt="${words}" title="${words}" width="20" height="20" loading="lazy" decoding="async">`
}
