import { renderLink, renderPlainText } from '#src/core/markup.ts'
import { cleanText, escapeHtml, looseHtmlToText, sanitizeHtml } from '#src/core/sanitize.ts'
import { isObject, type JsonObject } from './json.ts'
import { mediaTypeOf, rawTextOf } from './values.ts'

/** A language tag as posts carry it (`fr`, `pt-BR`, `zh-Hant-TW`). @see https://www.rfc-editor.org/rfc/rfc5646 */
const languageShape = /^[a-z]{2,3}(?:-[a-z0-9]{1,8}){0,4}$/i

const maxSpoilerLength = 1000

/** The text of a post as HTML that may be shown, and the language in which it is written, if that is said. */
export function readContent(json: JsonObject): { content: string; language: string | null } {
  const raw = rawTextOf(json, 'content') || (rawTextOf({ contentMap: json.contentMap }, 'content') ?? '')
  return { content: renderContent(raw, mediaTypeOf(json)), language: languageOf(json, raw) }
}

/** PeerTube sends Markdown. It reads well as it is, so it is shown as text; only HTML is HTML. */
function renderContent(raw: string, mediaType: string | null): string {
  if (mediaType === 'text/markdown' || mediaType === 'text/plain')
    return sanitizeHtml(renderPlainText(raw.slice(0, 100_000)))
  return sanitizeHtml(raw)
}

/** A warning as plain text: it comes as text (Mastodon) or as HTML, and is shown as text. */
export function readSpoiler(json: JsonObject): string {
  const summary = rawTextOf(json, 'summary') ?? ''
  return summary === '' ? '' : cleanText(looseHtmlToText(summary), maxSpoilerLength)
}

/** The content of a thing that is not a note: its title first, then its text, then where it links to. */
export function withTitleAndLinks(content: string, title: string, links: readonly string[]): string {
  const heading = title === '' ? '' : `<p><strong>${escapeHtml(title)}</strong></p>`
  return heading + content + links.map((link) => `<p>${renderLink(link)}</p>`).join('')
}

/** The language under which the content stands in its map; else the only or first one of the map; else what the program says. */
function languageOf(json: JsonObject, content: string): string | null {
  const map = isObject(json.contentMap) ? Object.entries(json.contentMap) : []
  const [tag] = map.find(([, text]) => text === content) ?? map[0] ?? []
  return (
    languageTag(tag) ??
    languageTag(json.language) ??
    languageTag(isObject(json.language) ? json.language.identifier : null)
  )
}

function languageTag(value: unknown): string | null {
  return typeof value === 'string' && value !== 'und' && languageShape.test(value) ? value : null
}
