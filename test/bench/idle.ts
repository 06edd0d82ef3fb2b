import { setTimeout as wait } from 'node:timers/promises'
import type { Report } from './report.ts'
import type { Stage } from './stage.ts'

/** Before it is looked, so that what starting needs has been let go. */
const settleMs = 5_000

/** What an instance that does nothing costs, and what it has cost to start it. */
export async function measureIdle(stage: Stage, report: Report): Promise<void> {
  const { web, worker } = stage.startCpuSeconds
  report.add('start: ready, database there', { 'web CPU-s': web, 'worker CPU-s': worker }, '≤ 1.5 CPU-s')
  await wait(settleMs)
  const memory = stage.memoryMb()
  report.add('idle: memory (PSS), MB', { ...memory, both: memory.web + memory.worker }, '≤ 180 for all')
}
