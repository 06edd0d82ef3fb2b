import { afterEach } from 'vitest'
import { startStranger } from '#test/support/stranger.ts'
import {
  type Instance,
  type InstanceOptions,
  type InstanceProcess,
  startInstance,
  startWebProcess,
  startWorkerProcess,
} from '#test/support/two-servers.ts'
import { type Cast, gather } from './ledger.ts'

type Closable = Readonly<{ close(): Promise<unknown> }>

/** Everything that a test has opened, which is closed after it, last opened first. */
export function useOpened(): <T extends Closable>(one: T) => T {
  const opened: Closable[] = []
  afterEach(async () => {
    for (const one of opened.splice(0).reverse()) await one.close()
  })
  return (one) => {
    opened.push(one)
    return one
  }
}

/** A process that is killed or stopped and started again in a test, and ends with it. */
export type Kept = Readonly<{
  pid(): number
  start(): Promise<InstanceProcess & { url?: string }>
  kill(): Promise<void>
  /** @returns how long it took to end, in milliseconds */
  stop(): Promise<number>
}>

/** Keeps a process at its place. */
export function keep(use: ReturnType<typeof useOpened>, launch: () => ReturnType<Kept['start']>): Kept {
  let running: InstanceProcess | null = null
  use({ close: async () => running?.stop() })
  return {
    pid: () => running?.pid ?? 0,
    start: async () => {
      const started = await launch()
      running = started
      return started
    },
    kill: async () => {
      await running?.kill()
      running = null
    },
    stop: async () => {
      const before = performance.now()
      await running?.stop()
      running = null
      return Math.round(performance.now() - before)
    },
  }
}

/** An instance whose web and worker are processes of their own, as operators run it, with its cast. */
export type Stage = Readonly<{ instance: Instance; cast: Cast; web: Kept; worker: Kept }>

/** Sets the stage for a load; nothing runs yet. */
export async function prepare(
  use: ReturnType<typeof useOpened>,
  load: { seconds: number; perSecond: number },
  options: InstanceOptions = {},
): Promise<Stage> {
  const instance = use(await startInstance({ ...options, workers: 'none', web: 'none' }))
  const elsewhere = use(await startStranger())
  const web = keep(use, () => startWebProcess(instance, instance.env.PORT))
  const worker = keep(use, () => startWorkerProcess(instance))
  return { instance, cast: await gather(instance, elsewhere, load), web, worker }
}

/** The same with both running. */
export async function set(...args: Parameters<typeof prepare>): Promise<Stage> {
  const stage = await prepare(...args)
  await Promise.all([stage.web.start(), stage.worker.start()])
  return stage
}

/** What holds whatever happens: nothing lost, nothing doubled, and no error that is not said to be for a while. */
export const kept = { lost: 0, doubled: 0, faults: 0 }
