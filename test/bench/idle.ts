import { setTimeout as wait } from 'node:timers/promises'
import type { Report } from './report.ts'
import type { Stage } from './stage.ts'

/** Before it is looked, so that what starting needs has been let go. */
const settleMs = 5_000

/** For how long it is watched doing nothing. */
const idleMs = 10_000

const goal = { atMost: 180 }

/** What an instance that does nothing costs as two processes, and what it has cost to start it. */
export async function measureIdle(stage: Stage, report: Report): Promise<void> {
  const { web, worker } = stage.startCpuSeconds
  const atMost = 1.5
  report.add(
    'start until ready, the database there',
    { 'web CPU-s': web, 'worker CPU-s': worker },
    { 'web CPU-s': { atMost }, 'worker CPU-s': { atMost } },
  )
  const { memory, cpuMs } = await watchIdle(stage)
  const both = memory.web + memory.worker
  report.add('idle: memory (PSS), MB', { ...memory, both, 'CPU ms/s': cpuMs }, { both: goal })
}

/** The same of one process that is web and worker, as `npm start` has it. */
export async function measureIdleAsOne(stage: Stage, report: Report): Promise<void> {
  const { memory, cpuMs } = await watchIdle(stage)
  const both = memory.web + memory.worker
  report.add('idle as one process: memory (PSS), MB', { both, 'CPU ms/s': cpuMs }, { both: goal })
}

async function watchIdle(stage: Stage): Promise<{ memory: { web: number; worker: number }; cpuMs: number }> {
  await wait(settleMs)
  const cpu = stage.cpuSeconds()
  await wait(idleMs)
  return { memory: stage.memoryMb(), cpuMs: ((stage.cpuSeconds() - cpu) / idleMs) * 1e6 }
}
