import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { decodeHeic, type HeicPixels, inspectHeic } from '#src/core/heic.ts'
import { inspectImage, processImage } from '#src/core/images.ts'
import { HEIC_PICTURE, heic, heicWith } from '#test/support/heic-pictures.ts'
import { corners, SECRET } from '#test/support/pictures.ts'

const ENOUGH = { maxPixels: 40_000_000 }

/** The corner that each colour of the test picture has come to. */
function cornersOf({ pixels, width, height, channels }: HeicPixels): (string | undefined)[] {
  const at = (x: number, y: number): string | undefined => {
    const start = (Math.floor(height * y) * width + Math.floor(width * x)) * channels
    const colour = [...pixels.subarray(start, start + 3)]
    // The numbers are those of Display P3: up to 50 from those of sRGB, and much further from each other.
    const isNear = ([, wanted]: [string, readonly number[]]) =>
      wanted.every((value, channel) => Math.abs(value - (colour[channel] ?? -999)) <= 50)
    return Object.entries(corners).find(isNear)?.[0]
  }
  return [at(0.1, 0.1), at(0.9, 0.1), at(0.1, 0.9), at(0.9, 0.9)]
}

describe('a HEIC file', () => {
  it('is recognised and measured without decoding', async () => {
    expect(await inspectImage(heic())).toEqual({ type: 'heic', ...HEIC_PICTURE, frames: 1 })
  })

  it('is decoded, with its profile', () => {
    const picture = decodeHeic(heic(), ENOUGH)
    expect(picture).toMatchObject({ ...HEIC_PICTURE, channels: 3 })
    expect(picture.pixels).toHaveLength(128 * 96 * 3)
    expect(picture.profile?.toString('latin1', 36, 40)).toBe('acsp')
    expect(cornersOf(picture)).toEqual(['topLeft', 'topRight', 'bottomLeft', 'bottomRight'])
  })

  it('without a profile has none', () => {
    expect(decodeHeic(heicWith({}), ENOUGH).profile).toBeNull()
  })

  it.each([
    [1, false, ['topRight', 'bottomRight', 'topLeft', 'bottomLeft']],
    [2, false, ['bottomRight', 'bottomLeft', 'topRight', 'topLeft']],
    [3, false, ['bottomLeft', 'topLeft', 'bottomRight', 'topRight']],
    [0, true, ['topRight', 'topLeft', 'bottomRight', 'bottomLeft']],
    [1, true, ['bottomRight', 'topRight', 'bottomLeft', 'topLeft']],
  ])('that is turned %i times and mirrored %s stands upright', (turns, isMirrored, expected) => {
    const file = heicWith({ turns, isMirrored })
    const size = turns % 2 === 0 ? { width: 128, height: 96 } : { width: 96, height: 128 }
    expect(inspectHeic(file)).toEqual(size)
    const picture = decodeHeic(file, ENOUGH)
    expect(picture).toMatchObject(size)
    expect(cornersOf(picture)).toEqual(expected)
  })

  it('in tiles, as phones write large pictures, is put together and turned as a whole', () => {
    const picture = decodeHeic(heicWith({ columns: 3, turns: 3 }), ENOUGH)
    expect(picture).toMatchObject({ width: 96, height: 384 })
    expect(cornersOf(picture)).toEqual(['bottomLeft', 'topLeft', 'bottomRight', 'topRight'])
  })
})

describe('a HEIC file that is refused', () => {
  it('announces too many pixels', () => {
    const file = heicWith({ announced: { width: 20_000, height: 20_000 } })
    expect(inspectHeic(file)).toEqual({ width: 20_000, height: 20_000 })
    expect(() => decodeHeic(file, ENOUGH)).toThrow(expect.objectContaining({ code: 'too-many-pixels' }))
  })

  it('holds another size than it announces', () => {
    const file = heicWith({ announced: { width: 64, height: 48 } })
    expect(() => decodeHeic(file, ENOUGH)).toThrow(expect.objectContaining({ code: 'unreadable' }))
  })

  it.each([20, 400, 1200])('ends after %i bytes', (length) => {
    const attempt = (): HeicPixels => decodeHeic(heic().subarray(0, length), ENOUGH)
    expect(attempt).toThrow(expect.objectContaining({ code: 'unreadable' }))
  })

  it('does not spoil the next one', () => {
    const whole = decodeHeic(heic(), ENOUGH)
    expect(() => decodeHeic(heic().subarray(0, 1200), ENOUGH)).toThrow(expect.objectContaining({ code: 'unreadable' }))
    expect(decodeHeic(heic(), ENOUGH).pixels.equals(whole.pixels)).toBe(true)
  })
})

describe('what is made of a HEIC file', () => {
  let dir: string

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'entremise-heic-'))
  })

  afterEach(() => rm(dir, { recursive: true, force: true }))

  it('is upright, in sRGB and without metadata', async () => {
    expect(heic().includes(SECRET), 'the test picture must hold what is to be removed').toBe(true)
    const inputPath = join(dir, 'upload')
    await writeFile(inputPath, heic())
    const result = await processImage({ inputPath, outputDir: dir })
    expect(result).toMatchObject({ type: 'heic', ...HEIC_PICTURE })
    const file = await readFile(join(dir, '128.jpg'))
    const { exif, icc } = await sharp(file).metadata()
    expect({ exif, icc }).toEqual({})
    const { data } = await sharp(file).raw().toBuffer({ resolveWithObject: true })
    const start = (20 * 128 + 20) * 3
    const difference = corners.topLeft.map((value, channel) => Math.abs(value - (data[start + channel] ?? -999)))
    expect(Math.max(...difference)).toBeLessThan(8)
  })

  it('is nothing when it is damaged', async () => {
    const inputPath = join(dir, 'upload')
    await writeFile(inputPath, heic().subarray(0, 1200))
    await expect(processImage({ inputPath, outputDir: dir })).rejects.toMatchObject({ code: 'unreadable' })
    expect(await readdir(dir)).toEqual(['upload'])
  })
})
