import { ImageRefused } from '#src/core/images/refused.ts'

/** The kinds of picture that can be sent, by the name that is used for them here. */
export type ImageType = 'jpeg' | 'png' | 'webp' | 'avif' | 'gif' | 'heic'

/** What clients are told that they may send; the type is found in the bytes all the same, never taken from the sender. */
export const acceptedMimes = [
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/avif',
  'image/gif',
  'image/heic',
  'image/heif',
] as const

/** How many bytes of a file `sniffImage` wants to see. */
export const SNIFF_BYTES = 512

/**
 * Tells the kind of a picture from its first bytes (`SNIFF_BYTES`, or all of a shorter file).
 * Throws `ImageRefused`: `type` for a kind of picture that is not accepted, `not-an-image` for everything else.
 */
export function sniffImage(head: Uint8Array): ImageType {
  const bytes = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, SNIFF_BYTES))
  const text = bytes.toString('latin1')
  const found = signatures.find(([, matches]) => matches(text))?.[0] ?? sniffIsoMedia(bytes)
  if (found) return found
  throw new ImageRefused(isOtherPicture(text) ? 'type' : 'not-an-image')
}

const signatures: readonly (readonly [ImageType, (text: string) => boolean])[] = [
  ['jpeg', (text) => text.startsWith('\xff\xd8\xff')],
  ['png', (text) => text.startsWith('\x89PNG\r\n\x1a\n')],
  ['gif', (text) => /^GIF8[79]a/.test(text)],
  ['webp', (text) => text.startsWith('RIFF') && text.startsWith('WEBP', 8)],
]

const AVIF_BRANDS = ['avif', 'avis']
const HEIC_BRANDS = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx']

/**
 * AVIF and HEIC are one container; the brands in its first box tell them apart. The main brand may be the general `mif1`,
 * so that the compatible ones count as well. @see ISO/IEC 23008-12, annex B
 */
function sniffIsoMedia(bytes: Buffer): ImageType | null {
  if (bytes.length < 16 || bytes.toString('latin1', 4, 8) !== 'ftyp') return null
  const end = Math.min(bytes.readUInt32BE(0), bytes.length)
  const brands = [bytes.toString('latin1', 8, 12)]
  for (let at = 16; at + 4 <= end; at += 4) brands.push(bytes.toString('latin1', at, at + 4))
  if (brands.some((brand) => AVIF_BRANDS.includes(brand))) return 'avif'
  if (brands.some((brand) => HEIC_BRANDS.includes(brand))) return 'heic'
  return null
}

/** Pictures of kinds that are not accepted, recognised only to say so in better words: SVG, TIFF, BMP, JPEG XL, JPEG 2000. */
function isOtherPicture(text: string): boolean {
  const isSvg = /^(?:\xef\xbb\xbf)?\s*<(?:svg|\?xml|!--|!doctype svg)/i.test(text) && /<svg[\s>]/i.test(text)
  const starts = ['II*\0', 'MM\0*', 'BM', '\xff\x0a', '\0\0\0\x0cJXL ', '\0\0\0\x0cjP  ']
  return isSvg || starts.some((start) => text.startsWith(start))
}
