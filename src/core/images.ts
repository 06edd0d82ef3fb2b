import { open, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32, deflateSync } from 'node:zlib'
import { encode as encodeBlurhash } from 'blurhash'
import sharp, { type Sharp } from 'sharp'
import { decodeHeic, inspectHeic } from '#src/core/heic.ts'
import { MAX_PIXELS, MAX_SIDE } from '#src/core/images/limits.ts'
import { ImageRefused } from '#src/core/images/refused.ts'
import { type ImageType, SNIFF_BYTES, sniffImage } from '#src/core/images/sniff.ts'

/** One stored size of a picture: `file` is its name within the output folder. It has the shape that a row keeps. */
export type ImageVariant = {
  file: string
  mime: 'image/jpeg' | 'image/webp' | 'image/png'
  width: number
  height: number
  bytes: number
}

/** What is known of a picture before it is decoded; width and height as it will be shown, of one frame. */
export type ImageFacts = Readonly<{ type: ImageType; width: number; height: number; frames: number }>

/** What was made of a picture. */
export type ProcessedImage = Readonly<{
  /** What was sent. */
  type: ImageType
  /** Of the largest variant, upright. */
  width: number
  height: number
  blurhash: string
  /** JPEGs from small to large, then WebPs from small to large: always a JPEG, never two of one size. Of an emoji, one PNG. */
  variants: ImageVariant[]
}>

/**
 * `edges`: the lengths of the long edge to make; `IMAGE_EDGES` if absent. A picture is never enlarged. `as`: what it is to become; a
 * picture in a post or a profile if absent.
 */
export type ImageJob = Readonly<{ inputPath: string; outputDir: string; edges?: readonly number[]; as?: 'emoji' }>

/** The long edges of a picture in a post, in pixels. */
export const IMAGE_EDGES: readonly number[] = [640, 1280, 2048]

// One thread per picture: the process does two pictures at most, on a machine that has other work. A cache would hold
// memory for operations that never come twice.
sharp.concurrency(1)
sharp.cache(false)

// libvips reads dozens of formats (SVG, PDF, TIFF, what ImageMagick knows); only those of `ImageType` can reach us, by
// whatever name or first bytes a file comes.
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({
  operation: ['Jpeg', 'Png', 'Webp', 'Heif', 'Nsgif'].map((format) => `VipsForeignLoad${format}`),
})

/**
 * Finds out what a picture is from its content: first bytes, then header. Nothing is decoded.
 * @param input a path or the bytes of the file
 * Throws `ImageRefused` when it is no picture of an accepted kind, or one beyond `MAX_PIXELS` or `MAX_SIDE`.
 */
export async function inspectImage(input: string | Buffer): Promise<ImageFacts> {
  const type = sniffImage(await readHead(input))
  const facts = { type, ...(type === 'heic' ? await readHeicFacts(input) : await readFacts(input)) }
  if (facts.width * facts.height * facts.frames > MAX_PIXELS) throw new ImageRefused('too-many-pixels')
  if (Math.max(facts.width, facts.height) > MAX_SIDE) throw new ImageRefused('too-long')
  return facts
}

async function readHead(input: string | Buffer): Promise<Buffer> {
  if (typeof input !== 'string') return input.subarray(0, SNIFF_BYTES)
  await using file = await open(input, 'r')
  const { buffer, bytesRead } = await file.read(Buffer.alloc(SNIFF_BYTES), 0, SNIFF_BYTES, 0)
  return buffer.subarray(0, bytesRead)
}

async function readHeicFacts(input: string | Buffer): Promise<Omit<ImageFacts, 'type'>> {
  return { ...inspectHeic(typeof input === 'string' ? await readFile(input) : input), frames: 1 }
}

async function readFacts(input: string | Buffer): Promise<Omit<ImageFacts, 'type'>> {
  // Without its own limit: ours counts the frames as well and has a sentence for people.
  const metadata = await sharp(input, { failOn: 'error', limitInputPixels: false }).metadata().catch(refuse)
  return { ...metadata.autoOrient, frames: metadata.pages ?? 1 }
}

/** Whatever libvips says of a file that has passed so far, the file is at fault; what it says is for the log. */
function refuse(cause: unknown): never {
  throw new ImageRefused('unreadable', cause)
}

/**
 * Makes the sizes that are published of a picture and writes them into `outputDir`: upright, in sRGB, without any
 * metadata. All or nothing. Throws `ImageRefused`, and the errors of the file system as they are.
 *
 * The original is not kept. It holds where and when it was taken, by which device, often a thumbnail of what was cropped
 * away; what is not stored cannot leak. The largest JPEG is the original from then on.
 */
export async function processImage({
  inputPath,
  outputDir,
  edges = IMAGE_EDGES,
  as,
}: ImageJob): Promise<ProcessedImage> {
  const facts = await inspectImage(inputPath)
  const shrunk = facts.type === 'heic' ? shrinkHeic : shrink
  const pixels = await finish(await shrunk(inputPath, Math.max(...edges)))
  const sizes = await resizeAll(pixels, planEdges(pixels, edges))
  const files = as === 'emoji' ? [await encodePng(sizes.at(-1) ?? pixels)] : await encodeAll(sizes, facts.type)
  await writeAll(outputDir, files)
  return {
    type: facts.type,
    width: pixels.width,
    height: pixels.height,
    blurhash: await toBlurhash(sizes[0] ?? pixels),
    variants: files.map(({ variant }) => variant),
  }
}

/** Rows of 8-bit sRGB, with alpha if something shows through. */
type Pixels = Readonly<{ data: Buffer; width: number; height: number; channels: 3 | 4 }>

const within = (edge: number) => ({ width: edge, height: edge, fit: 'inside', withoutEnlargement: true }) as const

const fromPixels = ({ data, width, height, channels }: Pixels): Sharp =>
  sharp(data, { raw: { width, height, channels } })

/** Hands a picture from one step to the next: no compression, and it carries profile and orientation along. */
const UNCOMPRESSED = { compressionLevel: 0 } as const

/**
 * The one pass over all the pixels: decode and shrink (a JPEG by libjpeg while decoding, where a factor of two allows).
 * Colours and orientation wait until the picture is small: converting 12 MP costs more than twice the decoding. Only what
 * is not RGB (print colours, grey) is converted here, since its profile fits no RGB picture.
 */
async function shrink(inputPath: string, edge: number): Promise<Buffer> {
  const limits = { failOn: 'error', limitInputPixels: MAX_PIXELS, sequentialRead: true } as const
  const { space, icc } = await sharp(inputPath, limits).metadata().catch(refuse)
  const isRgb = space === 'srgb' || space === 'rgb16'
  const source = sharp(inputPath, { ...limits, ignoreIcc: isRgb })
  const small = source.resize(within(edge)).toColourspace('srgb').keepExif().png(UNCOMPRESSED)
  const png = await small.toBuffer().catch(refuse)
  return isRgb && icc ? embedProfile(png, icc) : png
}

async function shrinkHeic(inputPath: string, edge: number): Promise<Buffer> {
  const { pixels, profile, ...size } = decodeHeic(await readFile(inputPath), { maxPixels: MAX_PIXELS })
  const png = await fromPixels({ data: pixels, ...size })
    .resize(within(edge))
    .png(UNCOMPRESSED)
    .toBuffer()
  return profile ? embedProfile(png, profile) : png
}

/** Where the header of a PNG ends: 8 bytes of signature, 25 of the header chunk. */
const PNG_HEADER_BYTES = 33

/**
 * Says of pixels in which profile they are, which sharp cannot do; a profile that is damaged is ignored by who reads it.
 * @see https://www.w3.org/TR/png-3/#11iCCP
 */
function embedProfile(png: Buffer, profile: Buffer): Buffer {
  const chunk = Buffer.concat([Buffer.from('iCCPicc\0\0', 'latin1'), deflateSync(profile)])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(chunk.length - 4)
  const checksum = Buffer.alloc(4)
  checksum.writeUInt32BE(crc32(chunk))
  return Buffer.concat([png.subarray(0, PNG_HEADER_BYTES), length, chunk, checksum, png.subarray(PNG_HEADER_BYTES)])
}

/** Turns the shrunk picture upright and its colours into sRGB. */
async function finish(png: Buffer): Promise<Pixels> {
  const upright = sharp(png, { failOn: 'none' }).autoOrient().toColourspace('srgb')
  const { data, info } = await upright.raw().toBuffer({ resolveWithObject: true })
  const pixels = { data, width: info.width, height: info.height }
  if (info.channels === 3) return { ...pixels, channels: 3 }
  if (info.channels !== 4) throw new Error(`A picture in sRGB has 3 or 4 channels, not ${info.channels}`)
  if (isTransparent(data)) return { ...pixels, channels: 4 }
  return {
    ...pixels,
    channels: 3,
    data: await fromPixels({ ...pixels, channels: 4 })
      .removeAlpha()
      .raw()
      .toBuffer(),
  }
}

/** Many PNGs have an alpha channel in which nothing shows through. */
function isTransparent(rgba: Buffer): boolean {
  for (let at = 3; at < rgba.length; at += 4) if (rgba[at] !== 255) return true
  return false
}

/** A step that is nearly as large as the picture itself would only be stored twice: the next larger one serves as well. */
const MAX_STEP = 0.8

function planEdges({ width, height }: Pixels, edges: readonly number[]): number[] {
  const largest = Math.max(width, height)
  const steps = edges.filter((edge) => edge <= largest * MAX_STEP)
  return [...steps.toSorted((a, b) => a - b), largest]
}

/** From large to small, each from the one before it; answered from small to large. */
async function resizeAll(largest: Pixels, edges: readonly number[]): Promise<Pixels[]> {
  const sizes = [largest]
  for (const edge of edges.slice(0, -1).reverse()) sizes.unshift(await resize(sizes[0] ?? largest, edge))
  return sizes
}

async function resize(pixels: Pixels, edge: number): Promise<Pixels> {
  const { data, info } = await fromPixels(pixels).resize(within(edge)).raw().toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height, channels: pixels.channels }
}

type EncodedFile = Readonly<{ data: Buffer; variant: ImageVariant }>

/**
 * WebP at the same quality to the eye as the JPEG of quality 80 (luma PSNR within 1 dB), and half the work of the usual
 * effort 4 for 4 % more bytes.
 */
const WEBP = { quality: 76, effort: 2 } as const

/** Only the sizes that timelines and post pages show; a WebP of 2048 px takes longer than all the rest together. */
const MAX_WEBP_EDGE = 1280

/** Fine noise compresses no better as WebP: then it is not worth a second file. */
const WEBP_PAYS_BELOW = 0.85

async function encodeAll(sizes: readonly Pixels[], type: ImageType): Promise<EncodedFile[]> {
  // Drawings, screenshots and posters come as PNG or GIF: coloured letters fray when colour is stored at half size.
  const isDrawn = type === 'png' || type === 'gif'
  const jpegs: EncodedFile[] = []
  for (const size of sizes) jpegs.push(await encodeJpeg(size, isDrawn))
  return [...jpegs, ...(await encodeWebps(sizes, jpegs, isDrawn))]
}

/** From small to large, until one does not pay: the larger ones would not either. */
async function encodeWebps(sizes: readonly Pixels[], jpegs: readonly EncodedFile[], isDrawn: boolean) {
  const webps: EncodedFile[] = []
  for (const [index, size] of sizes.entries()) {
    if (Math.max(size.width, size.height) > MAX_WEBP_EDGE) break
    const webp = await encode('webp', size, fromPixels(size).webp({ ...WEBP, smartSubsample: isDrawn }))
    const maxBytes = (jpegs[index]?.variant.bytes ?? 0) * WEBP_PAYS_BELOW
    // A transparent picture keeps its WebP at any price: the JPEG has lost the transparency.
    if (size.channels === 3 && webp.variant.bytes > maxBytes) break
    webps.push(webp)
  }
  return webps
}

/** Progressive, since it is seen sooner; without mozjpeg, which takes four times as long for a tenth of the bytes. */
function encodeJpeg(pixels: Pixels, isDrawn: boolean): Promise<EncodedFile> {
  const chromaSubsampling = isDrawn ? '4:4:4' : '4:2:0'
  const opaque = fromPixels(pixels).flatten({ background: '#ffffff' })
  return encode('jpeg', pixels, opaque.jpeg({ quality: 80, progressive: true, chromaSubsampling }))
}

/** What stands in a line of text is small, and something shows through: every program reads PNG. */
function encodePng(pixels: Pixels): Promise<EncodedFile> {
  return encode('png', pixels, fromPixels(pixels).png({ compressionLevel: 9 }))
}

const ENDINGS = { jpeg: 'jpg', webp: 'webp', png: 'png' } as const

async function encode(format: keyof typeof ENDINGS, { width, height }: Pixels, picture: Sharp): Promise<EncodedFile> {
  const data = await picture.toBuffer()
  const file = `${Math.max(width, height)}.${ENDINGS[format]}`
  return { data, variant: { file, mime: `image/${format}`, width, height, bytes: data.length } }
}

async function writeAll(outputDir: string, files: readonly EncodedFile[]): Promise<void> {
  const pathOf = ({ variant }: EncodedFile): string => join(outputDir, variant.file)
  try {
    for (const file of files) await writeFile(pathOf(file), file.data)
  } catch (error) {
    await Promise.all(files.map((file) => rm(pathOf(file), { force: true })))
    throw error
  }
}

const BLURHASH_EDGE = 32

/** Four by three components (three by four upright) say enough; Mastodon reads no more than five. @see https://blurha.sh */
async function toBlurhash(pixels: Pixels): Promise<string> {
  const tiny = fromPixels(pixels).flatten({ background: '#ffffff' }).resize(within(BLURHASH_EDGE)).ensureAlpha()
  const { data, info } = await tiny.raw().toBuffer({ resolveWithObject: true })
  const [across, down] = info.width >= info.height ? [4, 3] : [3, 4]
  return encodeBlurhash(new Uint8ClampedArray(data), info.width, info.height, across, down)
}
