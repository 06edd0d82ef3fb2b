import type { ImageJob, ProcessedImage } from '#src/core/images.ts'
import type { Log } from '#src/core/log.ts'
import { type Child, type ChildLimits, startChild } from '#workers/media/child.ts'
import { MediaProcessFailed } from '#workers/media/failed.ts'
import { findWall, type Wall } from '#workers/media/wall.ts'

/** Where pictures are decoded: outside of this process. */
export type MediaProcess = Readonly<{
  /**
   * Does what `processImage` does. Throws `ImageRefused` for a bad picture, `storageFull` when the output folder has no
   * room, `MediaProcessFailed` (which says whether to try again) when the process ended, and any other error as it is.
   * When it throws, nothing writes to the output folder any more, but what is in there must be thrown away.
   */
  run(job: ImageJob): Promise<ProcessedImage>
  /** Ends all processes. Jobs that run or wait fail as `stopped`, and so does every later one. */
  close(): Promise<void>
}>

/** Limits of the media processes. */
export type MediaLimits = ChildLimits &
  Readonly<{
    processes: number
    idleMs: number
    /** A process that holds more than this after a picture makes no other: what it has kept would count against the next one. */
    keptBytes: number
  }>

/**
 * Two pictures at once, each in a process of its own: one that crashes takes no other with it, and there is no doubt which
 * one it was. Two in one process were measured: the same speed, 140 MB less while both run.
 * A photograph of 12 MP takes 250 MB, the worst that is accepted (an AVIF of 40 MP with alpha) 800 MB. Memory is kept from one picture to the
 * next.
 */
const LIMITS: MediaLimits = {
  ...{ processes: 2, idleMs: 30_000, jobMs: 60_000 },
  ...{ residentBytes: 1_200_000_000, keptBytes: 400_000_000 },
}

type Waiting = Readonly<{
  job: ImageJob
  resolve: (result: Promise<ProcessedImage>) => void
  reject: (error: Error) => void
}>

/** A process that may be idle: the timer ends it. */
type Slot = { child: Child | undefined; isBusy: boolean; idle: NodeJS.Timeout | undefined }

type Pool = {
  readonly log: Log
  readonly limits: MediaLimits
  readonly find: (log: Log) => Promise<Wall>
  readonly slots: Slot[]
  readonly waiting: Waiting[]
  isClosed: boolean
}

/** `find`: what keeps the processes from the network; `findWall` if absent. */
type MediaOptions = Readonly<{ log: Log; limits?: Partial<MediaLimits>; find?: (log: Log) => Promise<Wall> }>

/** Makes the media processes available; each is started when there is a job for it and ended when idle. */
export function createMediaProcess({ log, limits, find = findWall }: MediaOptions): MediaProcess {
  const all = { ...LIMITS, ...limits }
  const slots = Array.from(
    { length: all.processes },
    (): Slot => ({ child: undefined, isBusy: false, idle: undefined }),
  )
  const pool: Pool = { log, limits: all, find, slots, waiting: [], isClosed: false }
  return {
    run: (job) => {
      if (pool.isClosed) return Promise.reject(new MediaProcessFailed('stopped'))
      const { promise, resolve, reject } = Promise.withResolvers<ProcessedImage>()
      pool.waiting.push({ job, resolve, reject })
      serve(pool)
      return promise
    },
    close: () => close(pool),
  }
}

/** Gives waiting jobs to free slots; the first slot first, so that one picture at a time needs one process only. */
function serve(pool: Pool): void {
  const slot = pool.slots.find(({ isBusy }) => !isBusy)
  const next = slot && pool.waiting.shift()
  if (!next) return
  next.resolve(runIn(pool, slot, next.job))
  serve(pool)
}

async function runIn(pool: Pool, slot: Slot, job: ImageJob): Promise<ProcessedImage> {
  slot.isBusy = true
  clearTimeout(slot.idle)
  try {
    return await (await readyChild(pool, slot)).run(job)
  } finally {
    slot.isBusy = false
    slot.idle = setTimeout(() => void endChild(slot), pool.limits.idleMs)
    if (pool.isClosed) clearTimeout(slot.idle)
    serve(pool)
  }
}

async function readyChild(pool: Pool, slot: Slot): Promise<Child> {
  if (slot.child && !slot.child.hasEnded()) {
    if ((await slot.child.residentBytes()) <= pool.limits.keptBytes) return slot.child
    await endChild(slot)
  }
  const wall = await pool.find(pool.log)
  // Nobody would end it any more.
  if (pool.isClosed) throw new MediaProcessFailed('stopped')
  slot.child = startChild({ ...pool, wall })
  return slot.child
}

async function endChild(slot: Slot): Promise<void> {
  clearTimeout(slot.idle)
  const child = slot.child
  slot.child = undefined
  await child?.end()
}

async function close(pool: Pool): Promise<void> {
  pool.isClosed = true
  for (const { reject } of pool.waiting.splice(0)) reject(new MediaProcessFailed('stopped'))
  await Promise.all(pool.slots.map(endChild))
}
