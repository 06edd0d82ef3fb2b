import type { Ctx } from '#src/context.ts'
import type { Actor } from '#src/features/actors/queries.ts'
import type { PictureAddresses } from '#src/features/media/addresses.ts'
import type { MediaRow } from '#src/features/posts/publication-queries.ts'
import type { Visibility } from './audience.ts'

/**
 * A picture in the one form that all programs read: JPEG, its address a plain text. What is not for everybody has an address that only
 * those get who get the post.
 * @see https://docs.joinmastodon.org/spec/activitypub/#properties-used-1
 */
export function toAttachment(picture: MediaRow, addresses: PictureAddresses, visibility: Visibility): object {
  const variant = picture.variants.findLast(({ mime }) => mime === 'image/jpeg')
  if (!variant) throw new Error(`the picture ${picture.id} has no JPEG`)
  const isOpen = visibility === 'public' || visibility === 'unlisted'
  const hasFocus = picture.focusX !== null && picture.focusY !== null
  return {
    type: 'Image',
    mediaType: variant.mime,
    url: addresses.of(picture, variant.file, isOpen ? 'everybody' : 'servers'),
    ...(picture.description ? { name: picture.description } : {}),
    width: variant.width,
    height: variant.height,
    ...(picture.blurhash ? { blurhash: picture.blurhash } : {}),
    ...(hasFocus ? { focalPoint: [picture.focusX, picture.focusY] } : {}),
  }
}

/** A picture of a profile: as JPEG, since it is what every server reads. */
export function toProfilePicture(ctx: Ctx, picture: Actor['avatar']): object | null {
  const variant = picture?.state === 'ready' ? picture.variants.find(({ mime }) => mime === 'image/jpeg') : undefined
  if (!picture || !variant) return null
  return {
    type: 'Image',
    mediaType: variant.mime,
    url: ctx.uris.media(picture.key, variant.file),
    ...(picture.description ? { name: picture.description } : {}),
  }
}
