import { setTimeout as pause } from 'node:timers/promises'
import { quantile, type Report } from './report.ts'
import { makeResident, publish } from './residents.ts'
import type { Stage } from './stage.ts'

/** How long all of them take to come, however long each is answered for. */
const arrivalMs = 10_000

/** A page that thousands of servers read for a preview when somebody has linked to it: they come at their own pace, and wait for nobody. */
export async function measureHerd(stage: Stage, report: Report, visitors: number): Promise<void> {
  const resident = await makeResident(stage, 'swan', 'Organization')
  const [id = ''] = await publish(stage, resident, 1)
  const url = stage.ctx.uris.postPage(resident.handle, id)
  for (let n = 0; n < 100; n++) await visit(url)
  const cpu = stage.cpuSeconds()
  const started = performance.now()
  const coming = Array.from({ length: visitors }, async (_, n) => {
    await pause((n / visitors) * arrivalMs)
    return visit(url)
  })
  const times = await Promise.all(coming)
  const figures = {
    'p50 ms': quantile(times, 0.5),
    'p95 ms': quantile(times, 0.95),
    'CPU ms': ((stage.cpuSeconds() - cpu) * 1_000) / visitors,
    'requests/s': visitors / ((performance.now() - started) / 1_000),
  }
  report.add(`herd: the page of a post, ${visitors} in ten seconds`, figures, { 'p95 ms': { atMost: 200 } })
}

/** @returns how long it took, in milliseconds */
async function visit(url: string): Promise<number> {
  const at = performance.now()
  const answer = await fetch(url, { headers: { accept: 'text/html' } })
  await answer.arrayBuffer()
  if (!answer.ok) throw new Error(`${url} was answered with ${answer.status}`)
  return performance.now() - at
}
