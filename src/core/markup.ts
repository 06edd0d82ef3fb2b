import { LinkifyIt } from 'linkify-it'
import { escapeHtml } from './sanitize.ts'

/** Somebody named in a text: `acct` is `user` for ours and `user@host` for others, `url` is the page and `iri` the actor's id. */
export type Mentioned = Readonly<{ url: string; acct: string; iri: string }>

/** What `renderText` needs to know from outside. Mentions are keyed as `findMentions` writes them. */
export type MarkupContext = Readonly<{
  mentions: ReadonlyMap<string, Mentioned>
  hashtagUrl: (name: string) => string
}>

/** Characters that every link counts for, however long it is. @see https://docs.joinmastodon.org/user/posting/#links */
const linkLength = 23

/** How much of a link is shown after its scheme. */
const shownLinkLength = 30

/** Only what begins with http(s):// is a link, as in the programs that count characters with us. */
const linkify = new LinkifyIt({ fuzzyEmail: false }).add('ftp:', null).add('mailto:', null).add('//', null)

/**
 * `@user` or `@user@host`, not in the middle of a word, an address or a path. The parts are bounded so that the time to reject a
 * text is linear in its length.
 */
const mentionPattern =
  /(?<![\p{L}\p{N}_=/@.-])@([a-z0-9_](?:[a-z0-9_.-]{0,62}[a-z0-9_])?)(?:@([\p{L}\p{N}](?:[\p{L}\p{N}.-]{0,250}[\p{L}\p{N}])?(?::\d{1,5})?))?(?![\p{L}\p{N}_@])/giu

/** `#name` of letters, digits and marks, with joining punctuation inside; the last group proves that not all are digits. */
const hashtagPattern =
  /(?<![\p{L}\p{N}\p{M}_/&#=)])[#＃](?=[\p{N}_]{0,100}[\p{L}\p{M}])([\p{L}\p{N}\p{M}_](?:[\p{L}\p{N}\p{M}_·・\u200c]{0,98}[\p{L}\p{N}\p{M}_])?)/gu

type Piece =
  | Readonly<{ kind: 'text'; raw: string }>
  | Readonly<{ kind: 'link'; raw: string; url: string }>
  | Readonly<{ kind: 'mention'; raw: string; user: string; host: string | null }>
  | Readonly<{ kind: 'hashtag'; raw: string; name: string }>

/**
 * Our own text → HTML: paragraphs, line breaks, links, hashtags, and the mentions that are in `context.mentions`; everything else
 * is escaped. The classes are those that client applications look for.
 */
export function renderText(text: string, context: MarkupContext): string {
  return paragraphsOf(text, (piece) => renderPiece(piece, context))
}

/** Foreign plain text → HTML: paragraphs, line breaks and links; names and hashtags stay text. */
export function renderPlainText(text: string): string {
  return paragraphsOf(text, (piece) => (piece.kind === 'link' ? renderLink(piece.url) : escapeHtml(piece.raw)))
}

/** What pages behind our links are to us. */
const foreignRel = 'nofollow noopener noreferrer'

/** The `rel` of a link from somebody's profile to another page of theirs. @see https://microformats.org/wiki/rel-me */
export const ownPageRel = `me ${foreignRel}`

/** An http(s) address as a link whose visible text is short: the rest is there for those who copy it, but not shown. */
export function renderLink(url: string, rel = foreignRel): string {
  const [scheme = ''] = /^https?:\/\/(?:www\.)?/i.exec(url) ?? []
  const shown = url.slice(scheme.length, scheme.length + shownLinkLength)
  const rest = url.slice(scheme.length + shownLinkLength)
  const ellipsis = rest === '' ? '' : ' class="ellipsis"'
  return (
    `<a href="${escapeHtml(url)}" rel="${rel}" target="_blank">` +
    `<span class="invisible">${escapeHtml(scheme)}</span><span${ellipsis}>${escapeHtml(shown)}</span>` +
    `<span class="invisible">${escapeHtml(rest)}</span></a>`
  )
}

/** Who is named in a text, each once, in order: `user` or `user@host`, in lower case. Names inside links do not count. */
export function findMentions(text: string): string[] {
  return distinct(split(text).flatMap((piece) => (piece.kind === 'mention' ? [handleOf(piece)] : [])))
}

/** The hashtags of a text without their sign, each spelling once, in order. Those inside links do not count. */
export function findHashtags(text: string): string[] {
  return distinct(split(text).flatMap((piece) => (piece.kind === 'hashtag' ? [piece.name] : [])))
}

/** The length of a text as people see it: a link counts 23, a mention without its host, everything else by graphemes. */
export function countCharacters(text: string): number {
  return split(text).reduce((total, piece) => total + lengthOf(piece), 0)
}

function lengthOf(piece: Piece): number {
  if (piece.kind === 'link') return linkLength
  if (piece.kind === 'mention') return piece.user.length + 1
  return countGraphemes(piece.raw)
}

const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' })

function countGraphemes(text: string): number {
  // In this range every character is a grapheme of its own (CR LF apart, which texts do not have), and counting is free.
  if (/^[\n\x20-\x7e]*$/.test(text)) return text.length
  return Array.from(segmenter.segment(text)).length
}

function paragraphsOf(text: string, render: (piece: Piece) => string): string {
  const paragraphs = text
    .replace(/\r\n?/g, '\n')
    .trim()
    .split(/\n{2,}/)
  return paragraphs
    .filter((paragraph) => paragraph.trim() !== '')
    .map((paragraph) => `<p>${split(paragraph).map(render).join('').replaceAll('\n', '<br />')}</p>`)
    .join('')
}

function renderPiece(piece: Piece, context: MarkupContext): string {
  if (piece.kind === 'link') return renderLink(piece.url)
  if (piece.kind === 'hashtag') return renderHashtag(piece.name, context.hashtagUrl(piece.name))
  if (piece.kind === 'mention') return renderMention(piece, context.mentions.get(handleOf(piece)))
  return escapeHtml(piece.raw)
}

function renderMention(piece: Piece & { kind: 'mention' }, mentioned: Mentioned | undefined): string {
  if (mentioned === undefined) return escapeHtml(piece.raw)
  return `<a class="u-url mention" href="${escapeHtml(mentioned.url)}">@<span>${escapeHtml(piece.user)}</span></a>`
}

function renderHashtag(name: string, url: string): string {
  return `<a href="${escapeHtml(url)}" class="mention hashtag" rel="tag">#<span>${escapeHtml(name)}</span></a>`
}

/** Links first, since an address may contain what looks like a name or a hashtag. */
function split(text: string): Piece[] {
  const pieces: Piece[] = []
  let position = 0
  for (const link of linkify.match(text) ?? []) {
    if (!URL.canParse(link.url)) continue
    pieces.push(...splitWords(text.slice(position, link.index)), { kind: 'link', raw: link.raw, url: link.url })
    position = link.lastIndex
  }
  pieces.push(...splitWords(text.slice(position)))
  return pieces
}

function splitWords(text: string): Piece[] {
  const pieces: Piece[] = []
  let position = 0
  for (const found of findWords(text)) {
    if (found.index < position) continue
    pieces.push({ kind: 'text', raw: text.slice(position, found.index) }, found.piece)
    position = found.index + found.piece.raw.length
  }
  pieces.push({ kind: 'text', raw: text.slice(position) })
  return pieces
}

function findWords(text: string): { index: number; piece: Piece }[] {
  const mentions = Array.from(text.matchAll(mentionPattern), (match) => ({
    index: match.index,
    piece: { kind: 'mention', raw: match[0], user: match[1] ?? '', host: match[2] ?? null } as const,
  }))
  const hashtags = Array.from(text.matchAll(hashtagPattern), (match) => ({
    index: match.index,
    piece: { kind: 'hashtag', raw: match[0], name: match[1] ?? '' } as const,
  }))
  return [...mentions, ...hashtags].sort((a, b) => a.index - b.index)
}

function handleOf(piece: Piece & { kind: 'mention' }): string {
  return (piece.host === null ? piece.user : `${piece.user}@${piece.host}`).toLowerCase()
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)]
}
