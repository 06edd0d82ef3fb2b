import { Parser } from 'htmlparser2'

/** A link in a text. `classes` are its own and those of what it stands in. */
export type Anchor = Readonly<{ href: string; text: string; classes: ReadonlySet<string> }>

/** What the head of a page says, as it stands there: names in lower case, of several values the first. */
export type PageHead = Readonly<{
  title: string
  language: string | null
  metas: ReadonlyMap<string, string>
  links: readonly Readonly<{ rel: string; type: string; href: string; title: string }>[]
}>

/** Names and values that no page needs more of. */
const mostMetas = 400
const mostLinks = 400
const longestValue = 8_000

/** Elements without an end. Only those that may stand in a text or a head matter. */
const voids = new Set(['br', 'img', 'meta', 'link', 'hr', 'wbr', 'input', 'source', 'base'])

/** The links of a text, in its order. */
export function listAnchors(html: string): Anchor[] {
  if (!html.includes('<a ')) return []
  const anchors: Anchor[] = []
  const open: { name: string; classes: readonly string[] }[] = []
  let current: { href: string; text: string; classes: ReadonlySet<string> } | null = null
  const parser = new Parser({
    onopentag: (name, { class: classNames = '', href }) => {
      if (voids.has(name)) return
      open.push({ name, classes: classNames.split(/\s+/).filter(Boolean) })
      if (name === 'a' && href !== undefined) {
        current = { href, text: '', classes: new Set(open.flatMap(({ classes }) => classes)) }
      }
    },
    ontext: (text) => {
      if (current) current.text += text
    },
    onclosetag: (name) => {
      if (voids.has(name)) return
      open.pop()
      if (name !== 'a' || !current) return
      anchors.push(current)
      current = null
    },
  })
  parser.end(html)
  return anchors
}

/** What a page says of itself. Whatever stands outside of the head counts too, since not all programs put it there. Linear time. */
export function readPageHead(html: string): PageHead {
  const head = { title: '', language: null as string | null }
  const metas = new Map<string, string>()
  const links: { rel: string; type: string; href: string; title: string }[] = []
  let place: 'before' | 'title' | 'after' = 'before'
  const parser = new Parser({
    onopentag: (name, attributes) => {
      if (name === 'html') head.language ??= attributes.lang || null
      if (name === 'title' && place === 'before') place = 'title'
      if (name === 'meta') keepMeta(metas, attributes)
      if (name === 'link' && links.length < mostLinks) links.push(toLink(attributes))
    },
    ontext: (text) => {
      if (place === 'title' && head.title.length < longestValue) head.title += text
    },
    onclosetag: (name) => {
      if (name === 'title' && place === 'title') place = 'after'
    },
  })
  parser.end(html)
  return { ...head, metas, links }
}

function keepMeta(metas: Map<string, string>, { property, name, content }: Record<string, string>): void {
  if (content === undefined || metas.size >= mostMetas) return
  for (const key of [property, name]) {
    const known = key?.trim().toLowerCase()
    if (known && !metas.has(known)) metas.set(known, content.slice(0, longestValue))
  }
}

function toLink({ rel = '', type = '', href = '', title = '' }: Record<string, string>): PageHead['links'][number] {
  return { rel: rel.toLowerCase(), type: type.toLowerCase(), href, title }
}

/**
 * Where a page says that the same somebody is too, as it stands there. Linear time.
 * @see https://microformats.org/wiki/rel-me
 */
export function listSelves(html: string): string[] {
  const found: string[] = []
  const parser = new Parser({
    onopentag: (name, { rel = '', href }) => {
      if ((name !== 'a' && name !== 'link') || !href || found.length >= mostLinks) return
      if (rel.toLowerCase().split(/\s+/).includes('me')) found.push(href)
    },
  })
  parser.end(html)
  return found
}

/** The one frame of which a piece of HTML consists; null when it is anything else. */
export function readOnlyFrame(html: string): Readonly<{ src: string }> | null {
  const frames: string[] = []
  let hasMore = false
  const parser = new Parser({
    onopentag: (name, { src = '' }) => {
      if (name === 'iframe') frames.push(src)
      else hasMore = true
    },
    ontext: (text) => {
      if (text.trim() !== '' && frames.length === 0) hasMore = true
    },
  })
  parser.end(html)
  const [src] = frames
  return src && frames.length === 1 && !hasMore ? { src } : null
}

/** How far into a page its character set may be said. @see https://html.spec.whatwg.org/multipage/parsing.html#prescan-a-byte-stream-to-determine-its-encoding */
const prescanBytes = 4_096

/**
 * The text of a page, by the character set of its byte order mark, of its header, of itself; else UTF-8 where it is that, and what browsers
 * take for the rest of the web.
 */
export function decodePage(bytes: Buffer, contentType: string): string {
  const said = marked(bytes) ?? charsetIn(contentType) ?? charsetIn(bytes.subarray(0, prescanBytes).toString('latin1'))
  const decoder = said && decoderOf(said)
  if (decoder) return decoder.decode(bytes)
  // Cut in the middle of a character it is UTF-8 all the same.
  const isWhole = new TextDecoder('utf-8', { fatal: true })
  try {
    return isWhole.decode(bytes, { stream: true })
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

function marked(bytes: Buffer): string | null {
  if (bytes.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]))) return 'utf-8'
  if (bytes.subarray(0, 2).equals(Buffer.from([0xfe, 0xff]))) return 'utf-16be'
  return bytes.subarray(0, 2).equals(Buffer.from([0xff, 0xfe])) ? 'utf-16le' : null
}

function charsetIn(text: string): string | null {
  return /charset\s*=\s*["']?\s*([\w.:-]{1,40})/i.exec(text)?.[1] ?? null
}

/** Null for a character set that nobody knows. */
function decoderOf(label: string): TextDecoder | null {
  try {
    return new TextDecoder(label)
  } catch {
    return null
  }
}

/**
 * The same markup with its texts changed: everything else stays as it is, byte for byte.
 * @param change gets each text as it is written (with its entities) and answers markup
 */
export function mapTexts(html: string, change: (text: string) => string): string {
  const parts: string[] = []
  let [written, from, to] = [0, 0, 0]
  const flush = () => {
    if (to > from) parts.push(html.slice(written, from), change(html.slice(from, to)))
    written = Math.max(written, to)
  }
  const parser = new Parser({
    ontext: () => {
      // A text comes in pieces, split at its entities.
      if (parser.startIndex !== to) {
        flush()
        from = parser.startIndex
      }
      to = parser.endIndex + 1
    },
  })
  parser.end(html)
  flush()
  return parts.join('') + html.slice(written)
}
