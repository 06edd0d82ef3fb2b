import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { startPostgres } from '#src/boot/postgres.ts'
import { createLog } from '#src/core/log.ts'
import { startRedis } from '#test/support/redis.ts'
import { openQueues } from '#workers/queues.ts'
import { quantile, type Report } from './report.ts'

/** Jobs added together, as those of one batch of facts. */
const batch = 100

/** How many times the way of a single job is measured. */
const singles = 100

/** Jobs that do nothing, on both backends: how many a second, and how soon one that is alone begins. */
export async function measureQueues(report: Report, count: number): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'entremise-bench-queues-'))
  const postgres = await startPostgres({ dataDir })
  await measureBackend(report, { name: 'PostgreSQL', databaseUrl: postgres.url, redisUrl: undefined, count })
  const redis = await startRedis()
  if (redis) await measureBackend(report, { name: 'Redis', databaseUrl: postgres.url, redisUrl: redis.url, count })
  await redis?.stop()
  await postgres.stop()
  await rm(dataDir, { recursive: true, force: true })
}

type Run = Readonly<{ name: string; databaseUrl: string; redisUrl: string | undefined; count: number }>

async function measureBackend(report: Report, { name, count, ...store }: Run): Promise<void> {
  const backend = await openQueues({ ...store, log: createLog('error') })
  let begun = 0
  const runner = backend.run('deliver', async () => {
    begun++
  })
  const add = (ids: number[]) =>
    backend.queues.add(
      'deliver',
      ids.map((n) => ({ id: `${n}-bench`, data: { deliveryId: String(n) } })),
    )
  const until = async (wanted: number) => {
    while (begun < wanted) await wait(1)
  }
  await add([-1])
  await until(1)
  const started = performance.now()
  for (let n = 0; n < count; n += batch) await add(Array.from({ length: batch }, (_, i) => n + i))
  await until(count + 1)
  const seconds = (performance.now() - started) / 1_000
  const waits: number[] = []
  for (let n = 0; n < singles; n++) {
    const at = performance.now()
    await add([count + n])
    await until(count + n + 2)
    waits.push(performance.now() - at)
  }
  await runner.close()
  await backend.close()
  const figures = { 'jobs/s': count / seconds, 'p50 ms': quantile(waits, 0.5), 'p99 ms': quantile(waits, 0.99) }
  report.add(`queues: jobs on ${name}`, figures)
}
