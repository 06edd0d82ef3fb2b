import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isBlurhashValid } from 'blurhash'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ImageRefused } from '#src/core/images/refused.ts'
import { sniffImage } from '#src/core/images/sniff.ts'
import { inspectImage, type ProcessedImage, processImage } from '#src/core/images.ts'
import * as pictures from '#test/support/pictures.ts'

let dir: string
let outputDir: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'entremise-images-'))
  outputDir = await mkdtemp(join(dir, 'out-'))
})

afterEach(() => rm(dir, { recursive: true, force: true }))

/** Sends a picture through, under a name that says nothing. */
async function processed(file: Buffer | Promise<Buffer>, edges?: readonly number[]): Promise<ProcessedImage> {
  const inputPath = join(dir, 'upload')
  await writeFile(inputPath, await file)
  return processImage({ inputPath, outputDir, ...(edges && { edges }) })
}

const output = (file: string): Promise<Buffer> => readFile(join(outputDir, file))

/** The files of a result, as they are on the disk. */
const outputs = (result: ProcessedImage): Promise<Buffer[]> =>
  Promise.all(result.variants.map((variant) => output(variant.file)))

const jpegs = (result: ProcessedImage) => result.variants.filter(({ mime }) => mime === 'image/jpeg')

/** The colours in the middle of each quarter. */
async function cornersOf(file: Buffer): Promise<Record<keyof typeof pictures.corners, number[]>> {
  const { data, info } = await sharp(file).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  const at = (x: number, y: number): number[] => {
    const start = (Math.floor(info.height * y) * info.width + Math.floor(info.width * x)) * 3
    return [...data.subarray(start, start + 3)]
  }
  return { topLeft: at(0.2, 0.2), topRight: at(0.8, 0.2), bottomLeft: at(0.2, 0.8), bottomRight: at(0.8, 0.8) }
}

type Corners = Readonly<Record<keyof typeof pictures.corners, readonly number[]>>

function expectColours(actual: Corners, expected: Corners, tolerance: number): void {
  for (const corner of ['topLeft', 'topRight', 'bottomLeft', 'bottomRight'] as const) {
    const difference = expected[corner].map((value, channel) => Math.abs(value - (actual[corner][channel] ?? -999)))
    expect(Math.max(...difference), `${corner}: ${actual[corner]} for ${expected[corner]}`).toBeLessThanOrEqual(
      tolerance,
    )
  }
}

/** The markers of all segments before the pixels of a JPEG. */
function jpegSegments(file: Buffer): number[] {
  const found: number[] = []
  for (let at = 2; file[at + 1] !== 0xda; at += 2 + file.readUInt16BE(at + 2)) found.push(file.readUInt8(at + 1))
  return found
}

/** The chunks of a WebP. */
function webpChunks(file: Buffer): string[] {
  const found: string[] = []
  for (let at = 12; at + 8 <= file.length; at += 8 + file.readUInt32LE(at + 4) + (file.readUInt32LE(at + 4) % 2)) {
    found.push(file.toString('latin1', at, at + 4))
  }
  return found
}

async function refusalOf(attempt: Promise<unknown>): Promise<ImageRefused> {
  const error = await attempt.then(
    () => null,
    (cause: unknown) => cause,
  )
  if (error instanceof ImageRefused) return error
  throw new Error('It was not refused', { cause: error })
}

describe('a picture from a phone', () => {
  it('says nothing of where, when and by what it was taken (row 62)', async () => {
    const sent = await pictures.phoneJpeg()
    const metadata = await sharp(sent).metadata()
    for (const block of [metadata.exif, metadata.xmp, metadata.iptc]) {
      expect(block?.includes(pictures.SECRET), 'the test picture must hold what is to be removed').toBe(true)
    }
    const result = await processed(sent)
    expect(result.variants.map(({ mime }) => mime)).toEqual(['image/jpeg', 'image/webp'])
    for (const file of await outputs(result)) {
      const { exif, icc, xmp, iptc, comments, orientation } = await sharp(file).metadata()
      expect({ exif, icc, xmp, iptc, comments, orientation }).toEqual({})
      for (const trace of [pictures.SECRET, 'Exif', 'ICC', 'Photoshop', 'xmp']) expect(file.includes(trace)).toBe(false)
    }
    const [jpeg, webp] = await outputs(result)
    // JFIF, tables, a progressive frame: nothing that could carry a word.
    const allowed = [0xe0, 0xdb, 0xc2, 0xc4]
    expect(jpeg && jpegSegments(jpeg).filter((marker) => !allowed.includes(marker))).toEqual([])
    expect(webp && webpChunks(webp)).toEqual(['VP8 '])
  })

  it('stands upright', async () => {
    const result = await processed(pictures.phoneJpeg({ width: 300, height: 200 }))
    expect([result.width, result.height]).toEqual([200, 300])
    const { topLeft, topRight, bottomLeft, bottomRight } = pictures.corners
    const turned = { topLeft: bottomLeft, topRight: topLeft, bottomLeft: bottomRight, bottomRight: topRight }
    for (const file of await outputs(result)) expectColours(await cornersOf(file), turned, 12)
  })

  const { topLeft: a, topRight: b, bottomLeft: c, bottomRight: d } = pictures.corners
  it.each([
    [1, [a, b, c, d]],
    [2, [b, a, d, c]],
    [3, [d, c, b, a]],
    [4, [c, d, a, b]],
    [5, [a, c, b, d]],
    [6, [c, a, d, b]],
    [7, [d, b, c, a]],
    [8, [b, d, a, c]],
  ] as const)(
    'stands upright from orientation %i',
    async (orientation, [topLeft, topRight, bottomLeft, bottomRight]) => {
      const result = await processed(pictures.orientedJpeg(orientation))
      expect([result.width, result.height]).toEqual(orientation < 5 ? [240, 160] : [160, 240])
      const file = await output(jpegs(result)[0]?.file ?? '')
      expectColours(await cornersOf(file), { topLeft, topRight, bottomLeft, bottomRight }, 12)
    },
  )
})

describe('sizes', () => {
  const sizesOf = (result: ProcessedImage) => jpegs(result).map(({ width, height }) => `${width}×${height}`)

  it('are 640, 1280 and 2048 on the long edge', async () => {
    const result = await processed(pictures.jpeg({ width: 2400, height: 1600 }))
    expect(sizesOf(result)).toEqual(['640×427', '1280×853', '2048×1365'])
    expect([result.width, result.height]).toEqual([2048, 1365])
  })

  it('keep the height in bounds for an upright picture', async () => {
    expect(sizesOf(await processed(pictures.jpeg({ width: 1500, height: 3000 })))).toEqual([
      '320×640',
      '640×1280',
      '1024×2048',
    ])
  })

  it.each([
    [1, ['1×1']],
    [300, ['300×300']],
    [640, ['640×640']],
    [700, ['700×700']],
    [1000, ['640×640', '1000×1000']],
    [1280, ['640×640', '1280×1280']],
    [1400, ['640×640', '1400×1400']],
    [2048, ['640×640', '1280×1280', '2048×2048']],
  ])('of a square of %i are never enlarged and never nearly the same twice', async (edge, expected) => {
    expect(sizesOf(await processed(pictures.jpeg({ width: edge, height: edge })))).toEqual(expected)
  })

  it('can be chosen', async () => {
    const result = await processed(pictures.jpeg({ width: 1200, height: 900 }), [800, 400])
    expect(sizesOf(result)).toEqual(['400×300', '800×600'])
  })

  it('survive a picture that is almost a line', async () => {
    const result = await processed(pictures.png({ width: 9000, height: 2 }))
    expect(sizesOf(result)).toEqual(['640×1', '1280×1', '2048×1'])
    expect(isBlurhashValid(result.blurhash).result).toBe(true)
  })

  it('are what is said of them, under names of their own', async () => {
    const result = await processed(pictures.photoJpeg({ width: 1500, height: 1000 }))
    expect((await readdir(outputDir)).sort()).toEqual(result.variants.map(({ file }) => file).sort())
    expect(new Set(result.variants.map(({ file }) => file)).size).toBe(result.variants.length)
    for (const { file, mime, width, height, bytes } of result.variants) {
      const data = await output(file)
      const facts = await inspectImage(data)
      expect([`image/${facts.type}`, facts.width, facts.height, data.length]).toEqual([mime, width, height, bytes])
    }
  })
})

describe('formats', () => {
  it('are progressive JPEGs always, and WebPs only where they are clearly smaller', async () => {
    const result = await processed(pictures.jpeg({ width: 2400, height: 1600 }))
    for (const { file } of jpegs(result)) expect((await sharp(await output(file)).metadata()).isProgressive).toBe(true)
    expect(result.variants.filter(({ mime }) => mime === 'image/webp').map(({ file }) => file)).toEqual([
      '640.webp',
      '1280.webp',
    ])
    for (const webp of result.variants.slice(3)) {
      const jpeg = result.variants.find(({ width, mime }) => width === webp.width && mime === 'image/jpeg')
      expect(webp.bytes).toBeLessThan((jpeg?.bytes ?? 0) * 0.85)
    }
  })

  it('leave out a WebP that saves nothing', async () => {
    const noise = sharp({
      create: {
        width: 400,
        height: 400,
        channels: 3,
        background: '#808080',
        noise: { type: 'gaussian', mean: 128, sigma: 60 },
      },
    })
    const result = await processed(noise.jpeg({ quality: 95 }).toBuffer())
    expect(result.variants.map(({ file }) => file)).toEqual(['400.jpg'])
  })

  it.each([
    ['jpeg', pictures.jpeg],
    ['png', pictures.png],
    ['webp', pictures.webp],
    ['avif', pictures.avif],
    ['gif', () => pictures.animatedGif(1)],
  ] as const)('in: %s, with its colours', async (type, make) => {
    const file = await make()
    expect(await inspectImage(file)).toEqual({ type, width: 240, height: 160, frames: 1 })
    const result = await processed(file)
    expect(result).toMatchObject({ type, width: 240, height: 160 })
    for (const written of await outputs(result)) expectColours(await cornersOf(written), pictures.corners, 12)
  })

  it('put a transparent picture on white, and keep it transparent in WebP', async () => {
    const result = await processed(pictures.transparentPng())
    const [jpeg, webp] = await outputs(result)
    const corner = (file: Buffer | undefined) =>
      sharp(file).extract({ left: 0, top: 0, width: 1, height: 1 }).raw().toBuffer()
    expect([...(await corner(jpeg))]).toEqual([255, 255, 255])
    expect((await corner(webp))[3]).toBe(0)
    const middle = await sharp(jpeg).extract({ left: 120, top: 80, width: 1, height: 1 }).raw().toBuffer()
    const difference = pictures.corners.bottomLeft.map((value, channel) => Math.abs(value - (middle[channel] ?? -999)))
    expect(Math.max(...difference)).toBeLessThan(12)
  })

  it('forget an alpha channel in which nothing shows through', async () => {
    const result = await processed(pictures.cornersPicture().ensureAlpha().png().toBuffer())
    const webp = result.variants.find(({ mime }) => mime === 'image/webp')
    expect((await sharp(await output(webp?.file ?? '')).metadata()).hasAlpha).toBe(false)
  })

  it.each([
    ['gif', pictures.animatedGif],
    ['webp', pictures.animatedWebp],
  ] as const)('take the first frame of an animated %s, and say so', async (type, make) => {
    const result = await processed(make(4))
    expect(result).toMatchObject({ type, width: 240, height: 160 })
    for (const file of await outputs(result)) {
      expect((await sharp(file).metadata()).pages ?? 1).toBe(1)
      expectColours(await cornersOf(file), pictures.corners, 12)
    }
  })
})

describe('colours', () => {
  const largest = async (result: ProcessedImage): Promise<Corners> =>
    cornersOf(await output(jpegs(result).at(-1)?.file ?? ''))

  it.each([
    ['a JPEG in Display P3', pictures.displayP3Jpeg],
    ['a PNG of 16 bits in Display P3', pictures.png16],
  ])('of %s are those that were meant', async (_what, make) => {
    const file = await make()
    const raw = await sharp(file).keepIccProfile().toColourspace('srgb').raw().toBuffer()
    expect(raw[0], 'the test picture must hold other numbers than sRGB').toBeLessThan(pictures.corners.topLeft[0] - 10)
    expectColours(await largest(await processed(file)), pictures.corners, 6)
  })

  it('for print become colours for a screen', async () => {
    const file = await pictures.cmykJpeg()
    expect((await sharp(file).metadata()).space).toBe('cmyk')
    // Inks cannot print every colour: what they can is near.
    expectColours(await largest(await processed(file)), pictures.corners, 90)
    expect((await sharp(await output('240.jpg')).metadata()).space).toBe('srgb')
  })

  it('of a grey picture are grey', async () => {
    const file = await pictures.greyJpeg()
    expect((await sharp(file).metadata()).channels).toBe(1)
    const { topLeft, bottomRight } = await largest(await processed(file))
    expect(new Set(topLeft).size).toBe(1)
    expect(bottomRight[0]).toBeGreaterThan((topLeft[0] ?? 0) + 50)
  })

  it('do without a profile that is damaged', async () => {
    const file = Buffer.from(await pictures.displayP3Jpeg())
    const profile = file.indexOf('ICC_PROFILE') + 14
    file.writeUInt32BE(0x00ff_ffff, profile)
    expect((await processed(file)).width).toBe(240)
  })
})

describe('a blurhash', () => {
  it.each([
    [{ width: 300, height: 200 }, 4, 3],
    [{ width: 200, height: 300 }, 3, 4],
    [{ width: 200, height: 200 }, 4, 3],
  ])('of %o has %i by %i components', async (size, across, down) => {
    const { blurhash } = await processed(pictures.jpeg(size))
    expect(isBlurhashValid(blurhash).result).toBe(true)
    const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~'
    expect(digits.indexOf(blurhash.charAt(0))).toBe(across - 1 + (down - 1) * 9)
    expect(blurhash).toHaveLength(28)
  })

  it('is that of the upright picture', async () => {
    const upright = await processed(pictures.jpeg())
    const turned = await processed(pictures.orientedJpeg(6))
    expect(upright.blurhash.charAt(0)).not.toBe(turned.blurhash.charAt(0))
  })

  it('exists for a single pixel', async () => {
    const result = await processed(pictures.tinyPng())
    expect(result).toMatchObject({ width: 1, height: 1 })
    expect(isBlurhashValid(result.blurhash).result).toBe(true)
  })
})

describe('what is refused', () => {
  it.each([
    ['a bomb of 256 megapixels (row 56)', () => pictures.pngBomb(), 'too-many-pixels'],
    ['one pixel row too many', () => pictures.pngBomb({ width: 8000, height: 5001 }), 'too-many-pixels'],
    ['a side of a pixel too many (row 56)', () => pictures.pngBomb({ width: 65_536, height: 16 }), 'too-long'],
    ['an animation of 44 megapixels', () => pictures.gifBomb(11), 'too-many-pixels'],
    ['a JPEG cut in the middle', pictures.truncatedJpeg, 'unreadable'],
    ['a PNG cut in the middle', async () => (await pictures.png()).subarray(0, 200), 'unreadable'],
    ['the start of a JPEG and nothing more', () => Buffer.from([0xff, 0xd8, 0xff, 0xe0]), 'unreadable'],
    [
      'a PNG header before random bytes',
      async () => Buffer.concat([(await pictures.png()).subarray(0, 33), Buffer.alloc(500, 7)]),
      'unreadable',
    ],
    ['a web page', pictures.html, 'not-an-image'],
    ['a web page behind a GIF header', () => Buffer.concat([Buffer.from('GIF89a'), pictures.html()]), 'unreadable'],
    ['a program', () => Buffer.from('\x7fELF\x02\x01\x01'), 'not-an-image'],
    ['nothing at all', () => Buffer.alloc(0), 'not-an-image'],
    ['an SVG (row 60)', pictures.svg, 'type'],
    ['a TIFF', () => pictures.cornersPicture().tiff().toBuffer(), 'type'],
  ] as const)('%s: with a sentence, and nothing written', async (_what, make, code) => {
    const file = await make()
    const refusal = await refusalOf(processed(file))
    expect(refusal.code).toBe(code)
    expect(refusal.message).toMatch(/^[A-Z][^<>/]{20,}[a-z]$/)
    expect(await readdir(outputDir)).toEqual([])
  })

  it('is small to send, as a bomb is', () => {
    expect(pictures.pngBomb().length).toBeLessThan(1_000_000)
  })

  it('stops at 40 megapixels exactly', async () => {
    expect(await inspectImage(pictures.pngBomb({ width: 8000, height: 5000 }))).toMatchObject({
      width: 8000,
      height: 5000,
    })
  })

  it('is not confused with a fault of ours', async () => {
    await expect(processImage({ inputPath: join(dir, 'none'), outputDir })).rejects.toMatchObject({ code: 'ENOENT' })
    const inputPath = join(dir, 'upload')
    await writeFile(inputPath, await pictures.jpeg())
    await expect(processImage({ inputPath, outputDir: join(dir, 'none') })).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('could not be read by any other way either: other loaders are off (row 55)', async () => {
    const tiff = await pictures.cornersPicture().tiff().toBuffer()
    for (const file of [pictures.svg(), tiff])
      await expect(sharp(file).metadata()).rejects.toThrow(/unsupported image format/)
  })
})

describe('the decoders', () => {
  it('are newer than the hole in WebP of 2023, and the rest with them (row 59)', () => {
    const isAtLeast = (version: string | undefined, least: string) =>
      (version ?? '0').localeCompare(least, 'en', { numeric: true }) >= 0
    const { webp, vips, heif, mozjpeg } = sharp.versions as Record<string, string | undefined>
    expect(isAtLeast(webp, '1.3.2'), `libwebp ${webp}`).toBe(true)
    expect(isAtLeast(vips, '8.15.0'), `libvips ${vips}`).toBe(true)
    expect(isAtLeast(heif, '1.17.0'), `libheif ${heif}`).toBe(true)
    expect(mozjpeg).toBeDefined()
  })
})

describe('the kind of a file', () => {
  const ftyp = (main: string, ...others: string[]): Buffer => {
    const box = Buffer.from(`\0\0\0\0ftyp${main}\0\0\0\0${others.join('')}`, 'latin1')
    box.writeUInt32BE(box.length)
    return box
  }

  it('is found in its first bytes', () => {
    expect(sniffImage(ftyp('avif', 'mif1', 'miaf'))).toBe('avif')
    expect(sniffImage(ftyp('mif1', 'avif'))).toBe('avif')
    expect(sniffImage(ftyp('heic', 'mif1'))).toBe('heic')
    expect(sniffImage(ftyp('mif1', 'heix'))).toBe('heic')
    expect(() => sniffImage(ftyp('isom', 'mp42'))).toThrow(ImageRefused)
    expect(() => sniffImage(Buffer.concat([ftyp('isom'), Buffer.from('heic')]))).toThrow(ImageRefused)
  })

  it('is not looked for beyond them', () => {
    const late = Buffer.concat([Buffer.alloc(600, ' '), pictures.svg()])
    expect(() => sniffImage(late)).toThrow(expect.objectContaining({ code: 'not-an-image' }))
  })
})
