import type { Json } from './client.ts'

/** A post as another program keeps it; null when it would drop the post whole. */
export type Kept = Readonly<{ pictures: readonly string[]; text: string }> | null

const listOf = (value: Json): Json[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]
const isText = (value: Json): value is string => typeof value === 'string'

/** Mastodon 4.4: whatever has an address takes one of the slots; of tags it knows three kinds and ignores the rest. */
function mastodon(note: Json): Kept {
  if (!isText(note.content) || listOf(note.to).some((to) => !isText(to))) return null
  const slots = listOf(note.attachment).filter(({ url }) => url !== undefined)
  // An address that is no text cost whole posts.
  if (slots.some(({ url }) => !isText(url))) return null
  const pictures = slots.filter(({ mediaType }) => /^image\/(jpeg|png|gif|webp)$/.test(mediaType))
  return pictures.length === slots.length ? { pictures: pictures.map(({ url }) => url), text: note.content } : null
}

/** Pixelfed: all attachments or none, and a post without a picture is not kept. */
function pixelfed(note: Json): Kept {
  if (!isText(note.published) || !isText(note.attributedTo)) return null
  const isSide = (side: Json) => side === undefined || (Number.isInteger(side) && side >= 1 && side <= 5_000)
  const isRight = (one: Json) =>
    ['Image', 'Document', 'Video'].includes(one.type) &&
    isText(one.url) &&
    ['image/jpeg', 'image/png', 'image/gif'].includes(one.mediaType) &&
    (one.name === undefined || isText(one.name)) &&
    (one.blurhash === undefined || (isText(one.blurhash) && one.blurhash.length >= 6 && one.blurhash.length <= 164)) &&
    isSide(one.width) &&
    isSide(one.height)
  const all = listOf(note.attachment)
  return all.length > 0 && all.every(isRight) ? { pictures: all.map(({ url }) => url), text: note.content } : null
}

/** Misskey before 2024.5: an attachment that is no file fails the post. */
function misskey(note: Json): Kept {
  const all = listOf(note.attachment)
  const isFile = ({ type, url }: Json) => ['Document', 'Image', 'Audio', 'Video', 'Page'].includes(type) && isText(url)
  return all.every(isFile) ? { pictures: all.map(({ url }) => url), text: note.content } : null
}

/** GoToSocial 0.20: other attachments are skipped, a focus must be two numbers from -1 to 1. */
function gotosocial(note: Json): Kept {
  const files = listOf(note.attachment).filter(({ type }) => ['Image', 'Document', 'Audio', 'Video'].includes(type))
  const isFocus = (point: Json) =>
    point === undefined || (Array.isArray(point) && point.length === 2 && point.every((part) => Math.abs(part) <= 1))
  if (!files.every(({ url, focalPoint }) => isText(url) && isFocus(focalPoint))) return null
  return { pictures: files.map(({ url }) => url), text: note.content }
}

/** Lemmy 0.19: an attachment of an unknown shape makes the activity unreadable; tags that it does not know are left out. */
function lemmy(note: Json): Kept {
  const isKnown = (one: Json) =>
    (one.type === 'Link' && isText(one.href)) || (['Image', 'Document'].includes(one.type) && isText(one.url))
  const all = listOf(note.attachment)
  return all.every(isKnown) ? { pictures: all.flatMap(({ url }) => url ?? []), text: note.content } : null
}

/** How other programs read a post, by the rules that are known of them. */
export const parsers = { mastodon, pixelfed, misskey, gotosocial, lemmy }
