import { cleanText } from '#src/core/sanitize.ts'
import { isObject, type JsonObject, listOf } from './json.ts'
import { linksOf, type ReadLink, rawTextOf, typeOf } from './values.ts'

/** What a client can do with an attached file. */
export type ReadMediaKind = 'audio' | 'image' | 'unknown' | 'video'

/** A file attached to a post. `url` is http(s) and not yet allowed; sizes are claims, in pixels. */
export type ReadAttachment = Readonly<{
  url: string
  mediaType: string | null
  kind: ReadMediaKind
  /** The alternative text, as text. */
  description: string | null
  width: number | null
  height: number | null
  blurhash: string | null
  /** The point that must stay visible, each coordinate from -1 to 1. */
  focus: Readonly<{ x: number; y: number }> | null
}>

type MediaType = 'Audio' | 'Document' | 'Image' | 'Video'

/** More than any program shows; Misskey sends up to 16. */
const maxAttachments = 16

/** Attached things that are looked at: some are profile lines or links. */
const maxLookedAt = 64

/** Mastodon refuses more; ours are shorter. */
const maxDescriptionLength = 10_000

const maxSide = 65_535

const mediaTypes: ReadonlySet<MediaType> = new Set(['Audio', 'Document', 'Image', 'Video'])

const kindOfType: Readonly<Record<MediaType, ReadMediaKind>> = {
  Audio: 'audio',
  Document: 'unknown',
  Image: 'image',
  Video: 'video',
}

const kindOfExtension: ReadonlyMap<string, ReadMediaKind> = new Map([
  ...['avif', 'gif', 'heic', 'jpeg', 'jpg', 'jxl', 'png', 'webp'].map((extension) => [extension, 'image'] as const),
  ...['m4v', 'mov', 'mp4', 'webm'].map((extension) => [extension, 'video'] as const),
  ...['aac', 'flac', 'm4a', 'mp3', 'oga', 'ogg', 'opus', 'wav'].map((extension) => [extension, 'audio'] as const),
])

const base83 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~'
const blurhashShape = /^[0-9A-Za-z#$%*+,\-.:;=?@[\]^_{|}~]{6,100}$/

/** The files of a post, at most 16: `own` first, if there is one, then those attached. What has no usable address is left out. */
export function readAttachments(json: JsonObject, own: ReadAttachment | null = null): ReadAttachment[] {
  const attachments: ReadAttachment[] = own === null ? [] : [own]
  for (const item of listOf(json.attachment).slice(0, maxLookedAt)) {
    if (attachments.length === maxAttachments) break
    const attachment = isObject(item) ? readAttachment(item) : null
    if (attachment !== null) attachments.push(attachment)
  }
  return attachments
}

/** One attached object → the file, or null when it is none: a profile line, a plain link, a note. */
export function readAttachment(item: JsonObject): ReadAttachment | null {
  const type = typeOf(item, mediaTypes)
  const link = bestLinkOf(item)
  if (link === undefined) return null
  const kind = kindOf(type, link)
  // Lemmy attaches a picture as a Link without a media type; a Link to a page is no file.
  if (type === null && kind === 'unknown') return null
  return {
    url: link.href,
    mediaType: link.mediaType,
    kind,
    description: descriptionOf(item),
    width: sideOf(link.width),
    height: sideOf(link.height),
    blurhash: blurhashOf(item.blurhash),
    focus: focusOf(item.focalPoint),
  }
}

/**
 * What to show of a thing that is a file itself (a picture, a video): the file, or where none can be shown (PeerTube hides its files
 * below a playlist) the largest of its previews. The name of the thing is what the picture shows.
 */
export function readOwnFile(json: JsonObject): ReadAttachment | null {
  const file = readAttachment(json)
  if (file !== null && file.kind !== 'unknown') return file
  const previews = listOf(json.icon ?? json.image).flatMap((icon) =>
    isObject(icon) ? (readAttachment(icon) ?? []) : [],
  )
  const [preview] = previews.sort((one, other) => (other.width ?? 0) - (one.width ?? 0))
  return preview === undefined ? null : { ...preview, description: preview.description ?? descriptionOf(json) }
}

/** Addresses of pages that a post links to by its attachments: Lemmy's and Mbin's links. */
export function readAttachedLinks(json: JsonObject): string[] {
  const links: string[] = []
  for (const item of listOf(json.attachment).slice(0, maxLookedAt)) {
    if (!isObject(item) || item.type !== 'Link' || readAttachment(item) !== null) continue
    links.push(...linksOf(item, 1).map((link) => link.href))
  }
  return links
}

/** Of several addresses the first that is a file to show; with one, that one. */
function bestLinkOf(item: JsonObject): ReadLink | undefined {
  const links = linksOf(item)
  return links.find((link) => kindOf(null, link) !== 'unknown') ?? links[0]
}

function kindOf(type: MediaType | null, link: ReadLink): ReadMediaKind {
  const [family = ''] = link.mediaType?.split('/') ?? []
  if (family === 'image' || family === 'video' || family === 'audio') return family
  if (link.mediaType !== null && link.mediaType !== 'application/octet-stream') return 'unknown'
  const claimed = type === null ? 'unknown' : kindOfType[type]
  return claimed === 'unknown' ? (kindOfExtension.get(extensionOf(link.href)) ?? 'unknown') : claimed
}

function extensionOf(href: string): string {
  const path = URL.parse(href)?.pathname ?? ''
  return path.slice(path.lastIndexOf('.') + 1).toLowerCase()
}

/** GoToSocial 0.20 writes the text to `summary`, Hollo 0.10 to both, everybody else to `name`. */
function descriptionOf(item: JsonObject): string | null {
  const text = rawTextOf(item, 'summary') || rawTextOf(item, 'name') || ''
  return cleanText(text, maxDescriptionLength) || null
}

function sideOf(value: number | null): number | null {
  return value !== null && value > 0 && value <= maxSide ? value : null
}

/** A blurhash says in its first character how long it is; a decoder that trusts it reads beyond its end. */
function blurhashOf(value: unknown): string | null {
  if (typeof value !== 'string' || !blurhashShape.test(value)) return null
  const components = base83.indexOf(value.charAt(0))
  const length = 4 + 2 * ((components % 9) + 1) * (Math.floor(components / 9) + 1)
  return value.length === length ? value : null
}

function focusOf(value: unknown): ReadAttachment['focus'] {
  if (!Array.isArray(value) || value.length !== 2) return null
  const [x, y] = value
  return isCoordinate(x) && isCoordinate(y) ? { x, y } : null
}

function isCoordinate(value: unknown): value is number {
  return typeof value === 'number' && value >= -1 && value <= 1
}
