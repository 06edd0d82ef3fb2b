/** A shortcode of ours, as Mastodon has it: capital and small letters are told apart. */
export const shortcodeShape = /^[A-Za-z0-9_]{2,64}$/

/** Where Mastodon sees one too: `12:30:45` and `std::move` have none. */
const inText = /(?<![\p{L}\p{N}:]):([A-Za-z0-9_]{2,64}):(?![\p{L}\p{N}:])/gu

/** The shortcodes that stand between colons in some texts, each once and in their order. */
export function findShortcodes(texts: readonly string[]): string[] {
  const found = texts.flatMap((text) => [...text.matchAll(inText)].map(([, shortcode = '']) => shortcode))
  return [...new Set(found)]
}
