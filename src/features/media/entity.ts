import type { Onlooker, PictureAddresses } from './addresses.ts'
import { remoteFile } from './addresses.ts'
import type { ShownMedia } from './queries.ts'

/** One size of a picture as clients read it. */
export type MediaSize = Readonly<{ width: number; height: number; size: string; aspect: number }>

/** @see https://docs.joinmastodon.org/entities/MediaAttachment/ */
export type MediaAttachment = Readonly<{
  id: string
  type: 'image' | 'gifv' | 'video' | 'audio' | 'unknown'
  url: string | null
  preview_url: string | null
  remote_url: string | null
  text_url: string | null
  meta: Readonly<{ original?: MediaSize; small?: MediaSize; focus?: Readonly<{ x: number; y: number }> }>
  description: string | null
  blurhash: string | null
}>

/** The long edge of the picture that stands for the large one in lists. */
const previewEdge = 640

/**
 * A picture for one onlooker.
 * @param onlooker 'everybody' for what everybody may see, else the actor for whom it is shown
 */
export function toMediaAttachment(
  picture: ShownMedia,
  addresses: PictureAddresses,
  onlooker: Onlooker,
): MediaAttachment {
  const sizes = picture.remoteUrl ? remoteSizes(picture) : localSizes(picture)
  const address = (file: string | null) => (file ? addresses.of(picture, file, onlooker) : null)
  const hasFocus = picture.focusX !== null && picture.focusY !== null
  return {
    id: picture.id,
    type: toType(picture.kind),
    url: sizes.url ?? address(sizes.original?.file ?? null),
    preview_url: sizes.url ? null : address(sizes.small?.file ?? null),
    remote_url: picture.remoteUrl,
    text_url: null,
    meta: {
      ...(sizes.original?.size ? { original: sizes.original.size } : {}),
      ...(sizes.small?.size ? { small: sizes.small.size } : {}),
      ...(hasFocus ? { focus: { x: picture.focusX ?? 0, y: picture.focusY ?? 0 } } : {}),
    },
    description: picture.description,
    blurhash: picture.blurhash,
  }
}

type Sized = { file: string; size: MediaSize | null }
type Sizes = { url?: string; original: Sized | null; small: Sized | null }

/** JPEG, since every client reads it. */
function localSizes(picture: ShownMedia): Sizes {
  const jpegs = picture.variants.filter(({ mime }) => mime === 'image/jpeg')
  const original = jpegs.at(-1)
  const small = jpegs.findLast(({ width, height }) => Math.max(width, height) <= previewEdge) ?? jpegs[0]
  const toSized = (variant: typeof original) =>
    variant && { file: variant.file, size: toSize(variant.width, variant.height) }
  return { original: toSized(original) ?? null, small: toSized(small) ?? null }
}

/** Pictures of other servers come through us, so that their servers do not learn who looks; films are too large for that. */
function remoteSizes(picture: ShownMedia): Sizes {
  const { width, height, remoteUrl } = picture
  const size = width && height ? toSize(width, height) : null
  if (picture.kind !== 'image' && remoteUrl)
    return { url: remoteUrl, original: size && { file: '', size }, small: null }
  return { original: { file: remoteFile, size }, small: { file: remoteFile, size } }
}

function toSize(width: number, height: number): MediaSize {
  return { width, height, size: `${width}x${height}`, aspect: width / height }
}

function toType(kind: string): MediaAttachment['type'] {
  return kind === 'image' || kind === 'video' || kind === 'audio' ? kind : 'unknown'
}
