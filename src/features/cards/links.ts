import { listAnchors } from '#src/core/hypertext.ts'

/** Longer addresses are not previewed. */
const longest = 2_000

/** Links that name somebody or something rather than lead to a page to read. */
const naming = ['mention', 'hashtag', 'u-url', 'h-card', 'quote-inline']

/**
 * The link of which a card is made, as in Mastodon: the first one that leads to a page of somebody else, and names neither a person nor a
 * hashtag nor what is quoted.
 * @param content sanitised or rendered HTML
 * @param ownUrl scheme and host of this instance
 */
export function findCardLink(content: string, ownUrl: string): string | null {
  const own = new URL(ownUrl).host
  for (const { href, text, classes } of listAnchors(content)) {
    if (naming.some((name) => classes.has(name)) || /^[#@]/.test(text.trim())) continue
    const url = URL.parse(href)
    if (!url || !/^https?:$/.test(url.protocol) || url.host === own || url.username || url.password) continue
    if (url.href.length <= longest) return url.href
  }
  return null
}
