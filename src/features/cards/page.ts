import { decodePage, type PageHead, readPageHead } from '#src/core/hypertext.ts'
import { type FetchedPage, isHypertext } from '#src/core/pages.ts'
import { cleanText } from '#src/core/sanitize.ts'

/** What a page says of itself, with all addresses whole and http(s). */
export type PageFacts = Readonly<{
  title: string
  description: string
  language: string | null
  providerName: string
  authorName: string
  authorUrl: string
  /** `user@host` of whom it names as its author. */
  creator: string | null
  publishedAt: Date | null
  imageUrl: string | null
  imageDescription: string
  /** Where the same is told as oEmbed. */
  oembedUrl: string | null
}>

/** Characters of what is kept. */
const most = { title: 300, description: 1_000, name: 200, alt: 1_500 } as const

/** Reads a page. @returns null when it is no HTML */
export function readPage(page: FetchedPage): PageFacts | null {
  if (!isHypertext(page)) return null
  const { url, contentType, body } = page
  const head = readPageHead(decodePage(body, contentType))
  const meta = (...names: readonly string[]) => names.map((name) => head.metas.get(name)?.trim()).find(Boolean) ?? ''
  const author = meta('article:author', 'og:article:author', 'author')
  const authorUrl = toHttpUrl(author, url)
  return {
    title: lineOf(meta('og:title', 'twitter:title') || head.title, most.title),
    description: lineOf(meta('og:description', 'twitter:description', 'description'), most.description),
    language: languageOf(meta('og:locale') || head.language),
    providerName: lineOf(meta('og:site_name'), most.name),
    authorName: /^https?:/i.test(author) ? lineOf(meta('author'), most.name) : lineOf(author, most.name),
    authorUrl: /^https?:/i.test(author) ? (authorUrl ?? '') : '',
    creator: creatorOf(meta('fediverse:creator')),
    publishedAt: momentOf(meta('article:published_time', 'og:article:published_time')),
    imageUrl: toHttpUrl(meta('og:image:secure_url', 'og:image', 'og:image:url', 'twitter:image'), url),
    imageDescription: lineOf(meta('og:image:alt', 'twitter:image:alt'), most.alt),
    oembedUrl: oembedOf(head, url),
  }
}

/** Foreign text in one line. */
export function lineOf(text: string, maxLength: number = most.name): string {
  return cleanText(text.slice(0, maxLength * 4).replaceAll(/\s+/g, ' '), maxLength)
}

/** An http(s) address, whole; null for every other. */
export function toHttpUrl(text: string, base?: string): string | null {
  const url = text === '' ? null : URL.parse(text, base)
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) return null
  return url.href.length <= 2_000 ? url.href : null
}

function languageOf(tag: string | null): string | null {
  return /^([a-z]{2,3})(?:[-_]|$)/i.exec(tag?.trim() ?? '')?.[1]?.toLowerCase() ?? null
}

function creatorOf(text: string): string | null {
  const [, user, host] = /^@?([\w.-]{1,64})@([\w.:-]{1,253})$/.exec(text) ?? []
  return user && host ? `${user}@${host.toLowerCase()}` : null
}

/** Nothing was published before there was a web. */
function momentOf(text: string): Date | null {
  const time = text === '' ? Number.NaN : Date.parse(text)
  return time > Date.UTC(1990, 0, 1) && time < Date.UTC(2200, 0, 1) ? new Date(time) : null
}

function oembedOf({ links }: PageHead, base: string): string | null {
  const link = links.find(
    ({ rel, type }) => rel.split(/\s+/).includes('alternate') && type === 'application/json+oembed',
  )
  return toHttpUrl(link?.href ?? '', base)
}
