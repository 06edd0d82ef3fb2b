import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import sharp from 'sharp'
import { type ImageVariant, processImage } from '#src/core/images.ts'
import { createTurns, type Turn } from './reads.ts'
import { quantile, type Report } from './report.ts'
import { makeResident, type Resident } from './residents.ts'
import type { Stage } from './stage.ts'

const width = 4_000
const height = 3_000

/** Uploads under way at once, as from somebody who adds pictures to a post. */
const concurrency = 4

/** Pictures of 12 megapixels from the upload until all sizes are there, and what reading the home timeline costs meanwhile. */
export async function measurePictures(stage: Stage, report: Report, count: number): Promise<void> {
  const owner = await makeResident(stage, 'studio', 'Organization')
  const readers = await Promise.all(Array.from({ length: 8 }, (_, n) => makeResident(stage, `reader${n}`, 'Person')))
  const turn = createTurns(readers)
  const picture = await paint()
  const alone = await processAlone(picture, 2 * Math.ceil(count / 4))
  // Its processes are started by the first, as the library was loaded before it was measured alone.
  await uploadAll(stage, owner, picture, concurrency)
  const quiet = await readHome(stage, turn, wait(3_000))
  const cpu = stage.cpuParts()
  const started = performance.now()
  const work = uploadAll(stage, owner, picture, count)
  const busy = await readHome(stage, turn, work)
  const { took, peakMb } = await work
  const seconds = (performance.now() - started) / 1_000
  const spent = stage.cpuParts()
  // What the readers cost is measured by itself: here it would hide what a picture costs.
  const each = (name: keyof typeof cpu) => (spent[name] - cpu[name] - busy.count * quiet.cpuPerRequest[name]) / count
  const [web, worker, postgres] = [each('web'), each('worker'), each('postgres')]
  const cpuEach = web + worker + postgres
  report.add(
    `pictures: ${count} of 12 MP, ${concurrency} at once`,
    {
      'pictures/min': (count / seconds) * 60,
      'p50 ms': quantile(took, 0.5),
      'p95 ms': quantile(took, 0.95),
      'CPU-s each': cpuEach,
      ...{ web, worker, postgres },
      'CPU-s sharp alone': alone,
      '× sharp alone': cpuEach / alone,
      'peak MB': peakMb,
    },
    { '× sharp alone': { atMost: 1.15 }, 'peak MB': { atMost: 400 } },
  )
  report.add(
    'home timeline while pictures are made',
    {
      'p50 ms': quantile(busy.took, 0.5),
      'quiet p50 ms': quantile(quiet.took, 0.5),
      '×': quantile(busy.took, 0.5) / quantile(quiet.took, 0.5),
    },
    { '×': { atMost: 1.5 } },
  )
}

/** Soft light with grain: as hard to encode as a photograph, some 3 MB. */
async function paint(): Promise<Buffer> {
  const rows = Buffer.alloc(width * height * 3)
  // A cheap generator: how random the grain is does not matter.
  let grain = 1
  for (let at = 0; at < rows.length; at++) {
    grain = (grain * 1_103_515_245 + 12_345) & 0x7fffffff
    const light = 128 + 90 * Math.sin(at / (width * 400)) * Math.cos((at % (width * 3)) / 900)
    rows[at] = light + ((grain >> 16) % 24) - 12
  }
  return sharp(rows, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 85 })
    .toBuffer()
}

/** @returns CPU seconds for one picture when the image library alone makes the same files of it, two at once as a worker does */
async function processAlone(picture: Buffer, count: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'entremise-bench-picture-'))
  const inputPath = join(folder, 'in.jpg')
  await writeFile(inputPath, picture)
  const { variants } = await processImage({ inputPath, outputDir: folder })
  await makeAlone(inputPath, variants)
  const before = process.cpuUsage()
  for (let n = 0; n < count; n += 2) await Promise.all([makeAlone(inputPath, variants), makeAlone(inputPath, variants)])
  const { user, system } = process.cpuUsage(before)
  await rm(folder, { recursive: true, force: true })
  return (user + system) / 1e6 / count
}

async function makeAlone(inputPath: string, variants: readonly ImageVariant[]): Promise<void> {
  const edge = Math.max(...variants.map((variant) => variant.width))
  const largest = sharp(inputPath).autoOrient().resize({ width: edge, height: edge, fit: 'inside' })
  const { data, info } = await largest.raw().toBuffer({ resolveWithObject: true })
  for (const { mime, width, height, file } of variants) {
    const size = sharp(data, { raw: info }).resize(width, height)
    const encoded = mime === 'image/webp' ? size.webp({ quality: 76, effort: 2 }) : size.jpeg({ progressive: true })
    await encoded.toFile(`${inputPath}-${file}`)
  }
}

type Uploaded = Readonly<{ took: number[]; peakMb: number }>

async function uploadAll(stage: Stage, owner: Resident, picture: Buffer, count: number): Promise<Uploaded> {
  const took: number[] = []
  let [started, peakMb, isDone] = [0, 0, false]
  const watch = async () => {
    for (; !isDone; await wait(500)) {
      const { web, worker } = stage.memoryMb()
      peakMb = Math.max(peakMb, web + worker)
    }
  }
  const one = async () => {
    while (started++ < count) took.push(await uploadOne(stage, owner, picture))
  }
  const watching = watch()
  await Promise.all(Array.from({ length: concurrency }, one))
  isDone = true
  await watching
  return { took, peakMb }
}

/** @returns milliseconds until the picture can be shown */
async function uploadOne(stage: Stage, owner: Resident, picture: Buffer): Promise<number> {
  const started = performance.now()
  const form = new FormData()
  form.append('file', new Blob([new Uint8Array(picture)]), 'picture.jpg')
  const headers = { authorization: `Bearer ${owner.token}` }
  const answer = await fetch(`${stage.url}/api/v2/media`, { method: 'POST', body: form, headers })
  const { id } = (await answer.json()) as { id: string }
  for (let state = ''; state !== 'ready'; await wait(200)) {
    // Not through the API, which one identity may ask only so often.
    const [row] = await stage.ctx.db.$client`select state from media where id = ${id}`
    state = String(row?.state)
    if (state === 'refused') throw new Error('a picture was refused')
  }
  return performance.now() - started
}

type Reading = Readonly<{ took: number[]; count: number; cpuPerRequest: ReturnType<Stage['cpuParts']> }>

/** Reads the home timeline over and over until something else has ended. */
async function readHome(stage: Stage, turn: Turn, until: Promise<unknown>): Promise<Reading> {
  let isDone = false
  const ended = until.finally(() => {
    isDone = true
  })
  const cpu = stage.cpuParts()
  const took: number[] = []
  while (!isDone) {
    const started = performance.now()
    const answer = await fetch(`${stage.url}/api/v1/timelines/home`, { headers: turn() })
    await answer.arrayBuffer()
    if (!answer.ok) throw new Error(`the home timeline was answered with ${answer.status}`)
    took.push(performance.now() - started)
    await wait(100)
  }
  await ended
  const spent = stage.cpuParts()
  const each = (name: keyof typeof cpu) => (spent[name] - cpu[name]) / took.length
  return {
    took,
    count: took.length,
    cpuPerRequest: { web: each('web'), worker: each('worker'), postgres: each('postgres') },
  }
}
