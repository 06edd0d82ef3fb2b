import { crc32, deflateSync } from 'node:zlib'
import sharp, { type Sharp } from 'sharp'

/** One colour in each quarter, so that a test can see which way up a picture is and whether its colours are right. */
export const corners = {
  topLeft: [220, 40, 40],
  topRight: [40, 180, 60],
  bottomLeft: [40, 70, 210],
  bottomRight: [230, 200, 50],
} as const

/** The size of the test pictures that have no size of their own. */
export const PICTURE = { width: 240, height: 160 } as const

/** A text that stands in each kind of metadata of `phoneJpeg`: it must be nowhere in what is made of it. */
export const SECRET = 'Secret-Workshop'

type Size = Readonly<{ width: number; height: number }>

/** A picture in four colours, ready to be encoded. */
export function cornersPicture({ width, height }: Size = PICTURE): Sharp {
  const left = Math.ceil(width / 2)
  const row = (colours: readonly (readonly number[])[]): Buffer =>
    Buffer.concat(
      colours.map((colour, half) => Buffer.alloc((half === 0 ? left : width - left) * 3, Buffer.from(colour))),
    )
  const upper = row([corners.topLeft, corners.topRight])
  const lower = row([corners.bottomLeft, corners.bottomRight])
  const rows = Array.from({ length: height }, (_, y) => (y < height / 2 ? upper : lower))
  return sharp(Buffer.concat(rows), { raw: { width, height, channels: 3 } })
}

/** A plain JPEG in four colours. */
export const jpeg = (size?: Size): Promise<Buffer> => cornersPicture(size).jpeg({ quality: 95 }).toBuffer()

/** A PNG in four colours. */
export const png = (size?: Size): Promise<Buffer> => cornersPicture(size).png().toBuffer()

/** A WebP in four colours. */
export const webp = (size?: Size): Promise<Buffer> => cornersPicture(size).webp({ quality: 95 }).toBuffer()

/** An AVIF in four colours. */
export const avif = (size?: Size): Promise<Buffer> => cornersPicture(size).avif({ quality: 80, effort: 0 }).toBuffer()

/**
 * A JPEG as a phone takes it: held upright, so that the sensor's picture must be turned (orientation 6), with the place in
 * EXIF, and `SECRET` in EXIF, XMP, IPTC and a comment.
 */
export async function phoneJpeg(size?: Size): Promise<Buffer> {
  const place = {
    GPSLatitudeRef: 'N',
    GPSLatitude: '48/1 51/1 30/1',
    GPSLongitudeRef: 'E',
    GPSLongitude: '2/1 17/1 40/1',
  }
  const file = await cornersPicture(size)
    .jpeg({ quality: 95 })
    .withExif({ IFD0: { Make: SECRET, Orientation: '6' }, IFD3: place })
    .withXmp(`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF>${SECRET}</rdf:RDF></x:xmpmeta>`)
    .withMetadata({ orientation: 6 })
    .toBuffer()
  return withSegment(withSegment(file, 0xed, iptc(SECRET)), 0xfe, Buffer.from(SECRET))
}

/** Puts a segment right behind the start of a JPEG. */
function withSegment(file: Buffer, marker: number, payload: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0])
  head.writeUInt16BE(payload.length + 2, 2)
  return Buffer.concat([file.subarray(0, 2), head, payload, file.subarray(2)])
}

/** A Photoshop block with one IPTC field: 2:90, the city. */
function iptc(city: string): Buffer {
  const field = Buffer.concat([Buffer.from([0x1c, 2, 90, 0, city.length]), Buffer.from(city)])
  const head = Buffer.from('Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\0', 'latin1')
  head.writeUInt32BE(field.length, head.length - 4)
  return Buffer.concat([head, field, Buffer.alloc(field.length % 2)])
}

/** A JPEG with each of the eight orientations of EXIF; the stored pixels are the same in all of them. */
export const orientedJpeg = (orientation: number): Promise<Buffer> =>
  cornersPicture().jpeg({ quality: 95 }).withMetadata({ orientation }).toBuffer()

/** A JPEG in Display P3, as iPhones take them: without its profile the colours would be dull. */
export const displayP3Jpeg = (): Promise<Buffer> =>
  cornersPicture().jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).withIccProfile('p3').toBuffer()

/** A JPEG for print: four inks instead of three lights. */
export const cmykJpeg = (): Promise<Buffer> =>
  cornersPicture().toColourspace('cmyk').withIccProfile('cmyk').jpeg({ quality: 95 }).toBuffer()

/** A PNG with 16 bits per channel in Display P3. */
export const png16 = (): Promise<Buffer> =>
  cornersPicture().toColourspace('rgb16').withIccProfile('p3').png().toBuffer()

/** A grey JPEG: one channel. */
export const greyJpeg = (): Promise<Buffer> => cornersPicture().toColourspace('b-w').jpeg().toBuffer()

/** A PNG with a blue disc on nothing. */
export async function transparentPng({ width, height }: Size = PICTURE): Promise<Buffer> {
  const pixels = Buffer.alloc(width * height * 4)
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const isInside = Math.hypot(x / width - 0.5, y / height - 0.5) < 0.4
      if (isInside) pixels.set([...corners.bottomLeft, 255], (y * width + x) * 4)
    }
  }
  return sharp(pixels, { raw: { width, height, channels: 4 } })
    .png()
    .toBuffer()
}

/** An animated GIF: the frame in four colours, then `frames - 1` dark ones. */
export const animatedGif = (frames: number, size?: Size): Promise<Buffer> =>
  animation(frames, size).then((s) => s.gif({ effort: 1 }).toBuffer())

/** An animated WebP, like `animatedGif`. */
export const animatedWebp = (frames: number, size?: Size): Promise<Buffer> =>
  animation(frames, size).then((s) => s.webp({ quality: 80, effort: 0 }).toBuffer())

async function animation(frames: number, { width, height }: Size = PICTURE): Promise<Sharp> {
  const first = await cornersPicture({ width, height }).raw().toBuffer()
  // Each frame in a shade of its own: an encoder joins frames that are alike.
  const others = Array.from({ length: frames - 1 }, (_, index) => Buffer.alloc(first.length, (index * 37) % 150))
  const raw = { width, height: height * frames, channels: 3, pageHeight: height } as const
  return sharp(Buffer.concat([first, ...others]), { raw })
}

/** One pixel. */
export const tinyPng = (): Promise<Buffer> => cornersPicture({ width: 1, height: 1 }).png().toBuffer()

/** A JPEG of which the second half is missing. */
export async function truncatedJpeg(): Promise<Buffer> {
  const whole = await photoJpeg({ width: 640, height: 480 })
  return whole.subarray(0, Math.floor(whole.length / 2))
}

/** A PNG of 256 megapixels in 32 kB: black, one bit per pixel. */
export function pngBomb({ width, height }: Size = { width: 16_000, height: 16_000 }): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([1, 0, 0, 0, 0], 8)
  const rows = deflateSync(Buffer.alloc((1 + Math.ceil(width / 8)) * height))
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
  return Buffer.concat([signature, pngChunk('IHDR', header), pngChunk('IDAT', rows), pngChunk('IEND', Buffer.alloc(0))])
}

/** An animated GIF of 2000×2000 with frames that each draw one pixel: 4 megapixels a frame in 23 bytes. */
export function gifBomb(frames: number): Buffer {
  const header = Buffer.from('GIF89a\xd0\x07\xd0\x07\x80\0\0\0\0\0\xff\xff\xff', 'latin1')
  const delay = Buffer.from('\x21\xf9\x04\0\x0a\0\0\0', 'latin1')
  const pixel = Buffer.from('\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0', 'latin1')
  return Buffer.concat([
    header,
    ...Array.from({ length: frames }, () => Buffer.concat([delay, pixel])),
    Buffer.from(';'),
  ])
}

function pngChunk(type: string, data: Buffer): Buffer {
  const chunk = Buffer.alloc(12 + data.length)
  chunk.writeUInt32BE(data.length, 0)
  chunk.write(type, 4, 'latin1')
  data.copy(chunk, 8)
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + data.length)), 8 + data.length)
  return chunk
}

/** A web page that somebody calls a picture. */
export const html = (): Buffer => Buffer.from('<!doctype html><title>x</title><script>alert(1)</script>')

/** An SVG with a script in it. */
export const svg = (): Buffer =>
  Buffer.from(
    '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>',
  )

/** A JPEG with detail at every scale, which compresses like a photograph; 4032×3024 is what a phone takes (12 MP, 2.5 MB). */
export async function photoJpeg({ width, height }: Size, orientation = 1): Promise<Buffer> {
  const canvas = await noise({ width, height }, 16)
  const layers = [48, 160, 500, 1300].filter((grid) => grid <= width)
  const inputs = await Promise.all(layers.map((grid) => noise({ width, height }, grid)))
  const sum = sharp(canvas, { raw: { width, height, channels: 3 } }).composite(
    inputs.map((input) => ({ input, raw: { width, height, channels: 3 }, blend: 'soft-light' as const })),
  )
  return sum.jpeg({ quality: 88 }).withMetadata({ orientation }).toBuffer()
}

/** Soft noise, `grid` cells wide, always the same for the same grid. */
function noise({ width, height }: Size, grid: number): Promise<Buffer> {
  const cells = { width: grid, height: Math.max(1, Math.round((grid * height) / width)), channels: 3 } as const
  let state = grid * 7919
  const values = Buffer.alloc(cells.width * cells.height * 3).map(() => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state >>> 24
  })
  const fit = { width, height, fit: 'fill', kernel: 'cubic' } as const
  return sharp(Buffer.from(values), { raw: cells }).resize(fit).raw().toBuffer()
}
