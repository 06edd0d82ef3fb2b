import { measureFanout } from './fanout.ts'
import { measureHerd } from './herd.ts'
import { measureIdle, measureIdleAsOne } from './idle.ts'
import { measureIngest } from './ingest.ts'
import { measurePictures } from './pictures.ts'
import { measureQueues } from './queues.ts'
import { measureReads } from './reads.ts'
import type { Report } from './report.ts'
import { openStage, type Stage } from './stage.ts'

/** A measurement on an instance of its own. */
export type Scenario = Readonly<{ name: string; run(report: Report, isQuick: boolean): Promise<void> }>

const onStage = (
  name: string,
  measure: (stage: Stage, report: Report, isQuick: boolean) => Promise<void>,
  options: { isOne?: boolean } = {},
): Scenario => ({
  name,
  run: async (report, isQuick) => {
    const stage = await openStage(options)
    try {
      await measure(stage, report, isQuick)
    } finally {
      await stage.close()
    }
  },
})

/** Everything that `npm run bench` measures, in this order. */
export const scenarios: readonly Scenario[] = [
  onStage('idle', measureIdle),
  onStage('idle as one', measureIdleAsOne, { isOne: true }),
  onStage('ingest', (stage, report, isQuick) => measureIngest(stage, report, isQuick ? 240 : 2_000)),
  onStage('fan-out', (stage, report, isQuick) => measureFanout(stage, report, isQuick ? 300 : 1_000)),
  onStage('reads', (stage, report, isQuick) =>
    measureReads(stage, report, {
      sizes: isQuick ? [10_000] : [1_000, 10_000, 100_000],
      requests: isQuick ? 150 : 400,
    }),
  ),
  onStage('herd', (stage, report, isQuick) => measureHerd(stage, report, isQuick ? 500 : 2_000)),
  onStage('pictures', (stage, report, isQuick) => measurePictures(stage, report, isQuick ? 12 : 40)),
  { name: 'queues', run: (report, isQuick) => measureQueues(report, isQuick ? 1_000 : 5_000) },
]
