import sanitizeWithAllowList from 'sanitize-html'

/** Longer foreign HTML is cut before it is parsed: the time that a document can take is bounded by its length. */
const maxHtmlLength = 100_000

/** Elements deeper than this lose their tags and keep their text. */
const maxDepth = 24

/** Only texts up to this length take the short cut: a backtracking pattern must not meet a whole book. */
const maxSimpleLength = 10_000

/** One or more flat paragraphs of text and line breaks, which is what most posts are. Each alternative starts differently. */
const simpleHtml = /^(?:<p>(?:[^<>&]|&(?:amp|lt|gt|quot|#39);|<br ?\/?>)*<\/p>)+$/

/**
 * Directional embeddings, overrides and isolates: they let a text be shown in another order than it is written, and reach
 * beyond the text that contains them when they are left open. The marks U+200E and U+200F stay, since languages need them.
 */
const bidiControls = /[\u202a-\u202e\u2066-\u2069]/g

/** Control characters other than tab and line feed: none is text, and PostgreSQL refuses NUL. */
const controls = /[^\P{Cc}\t\n]/gu

/** Blocks that are not kept begin a new line instead, so that words of two blocks do not run into one. */
const blocks = ['div', 'section', 'article', 'figure', 'figcaption', 'tr', 'dt', 'dd', 'hr']
const headings = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6']

const inlines = ['br', 'a', 'span', 'strong', 'b', 'em', 'i', 'u', 'del', 's', 'code']
const kept = ['p', ...inlines, 'pre', 'blockquote', 'ul', 'ol', 'li']

/** A tag that is not kept as it is. */
const otherTag = new RegExp(`<(?=/?[a-z])(?!/?(?:${kept.join('|')})[\\s/>])`, 'i')

/** Looks at what was cleaned before it is the same when it is cleaned again. */
const mostPasses = 4

const toLineBreak = () => ({ tagName: 'br', attribs: {} })
const toStrong = () => ({ tagName: 'strong', attribs: {} })

const options: sanitizeWithAllowList.IOptions = {
  allowedTags: kept,
  allowedAttributes: { a: ['href', 'rel', 'target'] },
  allowedClasses: {
    a: ['mention', 'hashtag', 'u-url'],
    span: ['mention', 'hashtag', 'h-card', 'invisible', 'ellipsis', 'quote-inline'],
    p: ['quote-inline'],
  },
  allowedSchemes: ['http', 'https', 'mailto'],
  allowProtocolRelative: false,
  nestingLimit: maxDepth,
  // What is inside these is no text for people.
  nonTextTags: [
    'script',
    'style',
    'textarea',
    'option',
    'xmp',
    'noscript',
    'template',
    'svg',
    'math',
    'title',
    'object',
  ],
  transformTags: {
    a: toSafeLink,
    ...Object.fromEntries(headings.map((name) => [name, toStrong])),
    ...Object.fromEntries(blocks.map((name) => [name, toLineBreak])),
  },
}

/**
 * Foreign HTML → HTML that may stand on our pages: an allow list of tags and classes, links to http(s) and mailto only, opened
 * elsewhere and without a referrer; no images, forms, styles, scripts, no text direction tricks. Linear time, whatever comes.
 */
export function sanitizeHtml(html: string): string {
  const source = cut(html, maxHtmlLength)
  if (isSimple(source)) return withoutControls(likeSerialised(source))
  return settle(withoutControls(sanitizeWithAllowList(source, options)), otherTag.test(source))
}

/**
 * Where a tag was taken out of the middle, what stood around it comes together: a paragraph is in a paragraph, which a parser would not
 * read so. It is cleaned until nothing changes, so that what is stored is what everybody reads.
 */
function settle(cleaned: string, isUnsettled: boolean): string {
  let html = cleaned.replace(/^(?:<br \/>)+/, '')
  for (let pass = 1; isUnsettled && pass < mostPasses; pass += 1) {
    const again = sanitizeWithAllowList(html, options)
    if (again === html) return html
    html = again
  }
  return html
}

/**
 * The text of HTML that `sanitizeHtml` or `renderText` made: paragraphs are separated by an empty line, line breaks are kept.
 * Foreign HTML goes through `sanitizeHtml` first. The result is text, not HTML: escape it on output.
 */
export function htmlToText(html: string): string {
  if (!html.includes('<') && !html.includes('&')) return html.trim()
  return unescapeHtml(
    html
      .replace(/<br ?\/?>/g, '\n')
      .replace(/<\/(?:p|blockquote|pre|ul|ol)>/g, '\n\n')
      .replace(/<\/li>/g, '\n')
      .replace(/<[^>]*>/g, ''),
  )
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

/** What people write into a text that may be HTML or not; written large, or with another name, it is a type of a program or a joke. */
const writtenTag = new RegExp(
  `<(?!/?(?:${[...kept, ...blocks, ...headings, 'script', 'style'].join('|')})[\\s/>])`,
  'g',
)

const looseAmpersand = /&(?!(?:[a-z][a-z0-9]*|#\d+|#x[\da-f]+);)/gi

/**
 * The text of what some send as HTML and others as it was typed (`Vec<u8> & co`): only tags and entities that are some in HTML are read as
 * such. The result is text: escape it on output.
 */
export function looseHtmlToText(text: string): string {
  const html = cut(text, maxHtmlLength).replace(looseAmpersand, '&amp;').replace(writtenTag, '&lt;')
  return htmlToText(sanitizeHtml(html))
}

/**
 * Foreign plain text (a name, a title, an alternative text) made harmless: no control or direction characters, no white space
 * around it, at most `maxLength` UTF-16 units. Line feeds are kept. The result is text: escape it on output.
 */
export function cleanText(text: string, maxLength: number): string {
  return cut(withoutControls(cut(text, maxLength * 2)).trim(), maxLength).trim()
}

/** Escapes text for use in HTML content and in quoted attributes. */
export function escapeHtml(text: string): string {
  if (!/[&<>"']/.test(text)) return text
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}

function unescapeHtml(text: string): string {
  if (!text.includes('&')) return text
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
}

function isSimple(html: string): boolean {
  return html.length <= maxSimpleLength && html.startsWith('<p>') && simpleHtml.test(html)
}

/** The spelling that the parser would have written, so that the short cut cannot be told from the long way. */
function likeSerialised(html: string): string {
  return html
    .replace(/<br ?\/?>/g, '<br />')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
}

/**
 * A link without a usable target becomes a span: a relative one would point to us. The address is written as a browser would
 * resolve it, without user name and password, which serve to make one host look like another.
 */
function toSafeLink(_name: string, attribs: sanitizeWithAllowList.Attributes): sanitizeWithAllowList.Tag {
  const href = toSafeHref(attribs.href ?? '')
  if (href === null) return { tagName: 'span', attribs: {} }
  const rel = 'nofollow noopener noreferrer'
  return { tagName: 'a', attribs: { href, ...classOf(attribs), rel, target: '_blank' } }
}

function classOf(attribs: sanitizeWithAllowList.Attributes): sanitizeWithAllowList.Attributes {
  return attribs.class === undefined ? {} : { class: attribs.class }
}

function toSafeHref(href: string): string | null {
  const url = URL.parse(href)
  if (url === null) return null
  if (url.protocol === 'mailto:') return url.href
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return null
  url.username = ''
  url.password = ''
  return url.href
}

function withoutControls(text: string): string {
  return text.toWellFormed().replace(controls, '').replace(bidiControls, '')
}

/** Never ends between the two halves of a character. */
function cut(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text
  const last = text.charCodeAt(maxLength - 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? maxLength - 1 : maxLength)
}
