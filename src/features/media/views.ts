import type { PictureSize, PictureValue } from '#src/web/components/picture.ts'
import { type Onlooker, type PictureAddresses, remoteFile } from './addresses.ts'
import type { ShownMedia } from './queries.ts'

/**
 * A picture as pages show it to one onlooker. One of another server is shown from its copy here, so that its server does not learn who
 * looks; of one that is still being prepared there is only the place.
 */
export function toPictureValue(picture: ShownMedia, addresses: PictureAddresses, onlooker: Onlooker): PictureValue {
  const address = (file: string) => addresses.of(picture, file, onlooker)
  const sizesIn = (mime: string): PictureSize[] =>
    picture.variants
      .filter((variant) => variant.mime === mime)
      .map(({ file, width }) => ({ url: address(file), width }))
  const sizes = sizesIn('image/jpeg')
  const { width, height, blurhash, focusX, focusY } = picture
  return {
    src: picture.remoteUrl ? address(remoteFile) : (largest(sizes)?.url ?? null),
    sizes,
    webp: sizesIn('image/webp'),
    width,
    height,
    alt: picture.description ?? '',
    blurhash,
    focus: focusX === null || focusY === null ? null : { x: focusX, y: focusY },
  }
}

function largest(sizes: readonly PictureSize[]): PictureSize | undefined {
  return sizes.toSorted((a, b) => a.width - b.width).at(-1)
}
