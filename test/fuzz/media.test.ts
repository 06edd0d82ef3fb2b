import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ImageRefused } from '#src/core/images/refused.ts'
import { createLog } from '#src/core/log.ts'
import { countTried, trials } from '#test/support/generated.ts'
import { heic, heicWith } from '#test/support/heic-pictures.ts'
import * as pictures from '#test/support/pictures.ts'
import { createMediaProcess, type MediaProcess } from '#workers/media/pool.ts'

const small = { width: 24, height: 16 }

/** Pictures of each kind that is accepted, and what claims to be one. */
const originals = {
  jpeg: await pictures.jpeg(small),
  phone: await pictures.phoneJpeg(small),
  cmyk: await pictures.cmykJpeg(),
  png: await pictures.png(small),
  transparent: await pictures.transparentPng(small),
  webp: await pictures.webp(small),
  'moving webp': await pictures.animatedWebp(3, small),
  gif: await pictures.animatedGif(3, small),
  avif: await pictures.avif(small),
  heic: heic(),
  'heic in tiles': heicWith({ columns: 2 }),
  svg: pictures.svg(),
  html: pictures.html(),
}

/** What is done to a file; `at` and `length` are parts of it. */
const change = fc.record({
  kind: fc.constantFrom('flip', 'write', 'write', 'insert', 'remove', 'repeat', 'cut', 'number'),
  at: fc.nat({ max: 9_999 }).map((part) => part / 10_000),
  length: fc.nat({ max: 1_999 }).map((part) => part / 10_000),
  bytes: fc.uint8Array({ minLength: 1, maxLength: 12 }),
})
type Change = typeof change extends fc.Arbitrary<infer Value> ? Value : never

/** Most of what decoders read first lies at the beginning. */
const placeOf = ({ at, length }: Change, bytes: number) => Math.floor((length < 0.1 ? at : at ** 3) * bytes)

function apply(file: Buffer, change: Change): Buffer {
  const at = placeOf(change, file.length)
  const end = Math.min(file.length, at + 1 + Math.floor(change.length * file.length))
  const bytes = Buffer.from(change.bytes)
  const [before, part, after] = [file.subarray(0, at), file.subarray(at, end), file.subarray(end)]
  if (change.kind === 'cut') return before
  if (change.kind === 'remove') return Buffer.concat([before, after])
  if (change.kind === 'repeat') return Buffer.concat([before, part, part, after])
  if (change.kind === 'insert') return Buffer.concat([before, bytes, part, after])
  const written = Buffer.from(file)
  if (change.kind === 'flip' && at < file.length) written.writeUInt8(file.readUInt8(at) ^ (1 << (bytes.length % 8)), at)
  // The largest and smallest numbers are what lengths and sizes should not be.
  if (change.kind === 'number') written.fill(bytes.length % 2 === 0 ? 0xff : 0, at, Math.min(at + 4, file.length))
  if (change.kind === 'write') bytes.copy(written, at)
  return written
}

/** Sums of a PNG that fit again: otherwise hardly any change would get further than them. */
function withSums(file: Buffer): Buffer {
  const mended = Buffer.from(file)
  for (let at = 8; at + 12 <= mended.length; ) {
    const end = at + 8 + mended.readUInt32BE(at)
    if (end + 4 > mended.length) break
    mended.writeUInt32BE(crc32(mended.subarray(at + 4, end)), end)
    at = end + 4
  }
  return mended
}

const broken = fc
  .tuple(fc.constantFrom(...Object.values(originals)), fc.array(change, { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([file, changes, isMended]) => {
    const changed = changes.reduce(apply, file)
    return isMended && changed.indexOf('PNG') === 1 ? withSums(changed) : changed
  })

/** Two files are decoded at once, each in a process of its own. */
const perInput = 2
/** A size may be written over: then it is one of the largest that are accepted. A process is ended at 1.2 GB, looked at five times a second. */
const mostKilobytes = 1_500_000

let folder: string
let media: MediaProcess

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'entremise-fuzz-'))
  media = createMediaProcess({ log: createLog('silent') })
})
afterAll(async () => {
  await media.close()
  await rm(folder, { recursive: true, force: true })
})

/** @returns what was made of a file, or why it was refused; anything else is thrown */
async function read(file: Buffer, place: number): Promise<string> {
  const inputPath = join(folder, `in-${place}`)
  const outputDir = await mkdtemp(join(folder, 'out-'))
  await writeFile(inputPath, file)
  try {
    const { type, variants } = await media.run({ inputPath, outputDir, edges: [16] })
    expect(variants.length).toBeGreaterThan(0)
    return type
  } catch (error) {
    if (error instanceof ImageRefused) return error.code
    throw error
  } finally {
    await rm(outputDir, { recursive: true, force: true })
  }
}

/** The most memory that each media process of ours has ever had, in kB; nothing where there is no /proc. */
function peaks(): number[] {
  const children = readProc(`self/task/${process.pid}/children`).trim().split(' ').filter(Boolean)
  return children
    .filter((pid) => readProc(`${pid}/cmdline`).includes('workers/media/process.ts'))
    .map((pid) => Number(/VmHWM:\s+(\d+) kB/.exec(readProc(`${pid}/status`))?.[1] ?? 0))
}

function readProc(path: string): string {
  try {
    return readFileSync(join('/proc', path), 'latin1')
  } catch {
    return ''
  }
}

describe('whatever is in a file that somebody calls a picture', () => {
  it('is a picture or refused, in a process that does not end and takes little memory (rows 55, 56)', async () => {
    const outcomes = new Map<string, number>()
    const property = fc.asyncProperty(fc.array(broken, { minLength: perInput, maxLength: perInput }), async (files) => {
      for (const outcome of await Promise.all(files.map(read))) {
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
      }
      countTried(files.length)
      for (const peak of peaks()) expect(peak).toBeLessThan(mostKilobytes)
    })
    await fc.assert(property, trials({ perInput }))
    // Not all are noise: some are still read.
    expect([...outcomes.keys()]).toEqual(expect.arrayContaining(['jpeg', 'unreadable', 'not-an-image']))
    expect(readdirSync(folder).filter((name) => name.startsWith('out-'))).toEqual([])
  })
})
