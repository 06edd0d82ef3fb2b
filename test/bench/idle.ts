import { setTimeout as wait } from 'node:timers/promises'
import type { Report } from './report.ts'
import type { Stage } from './stage.ts'

/** Before it is looked, so that what starting needs has been let go. */
const settleMs = 5_000

/** For how long it is watched doing nothing. */
const idleMs = 10_000

/** What an instance that does nothing costs, and what it has cost to start it. */
export async function measureIdle(stage: Stage, report: Report): Promise<void> {
  const { web, worker } = stage.startCpuSeconds
  const atMost = 1.5
  report.add(
    'start until ready, the database there',
    { 'web CPU-s': web, 'worker CPU-s': worker },
    { 'web CPU-s': { atMost }, 'worker CPU-s': { atMost } },
  )
  await wait(settleMs)
  const cpu = stage.cpuSeconds()
  await wait(idleMs)
  const figures = { ...stage.memoryMb(), 'CPU ms/s': ((stage.cpuSeconds() - cpu) / idleMs) * 1e6 }
  report.add('idle: memory (PSS), MB', { ...figures, both: figures.web + figures.worker }, { both: { atMost: 180 } })
}
