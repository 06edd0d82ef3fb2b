import { measureIngest } from './ingest.ts'
import type { Report } from './report.ts'
import { openStage, type Stage } from './stage.ts'

/** A measurement on an instance of its own. */
export type Scenario = Readonly<{ name: string; run(report: Report, isQuick: boolean): Promise<void> }>

const onStage = (
  name: string,
  measure: (stage: Stage, report: Report, isQuick: boolean) => Promise<void>,
): Scenario => ({
  name,
  run: async (report, isQuick) => {
    const stage = await openStage()
    try {
      await measure(stage, report, isQuick)
    } finally {
      await stage.close()
    }
  },
})

/** Everything that `npm run bench` measures, in this order. */
export const scenarios: readonly Scenario[] = [
  onStage('ingest', (stage, report, isQuick) => measureIngest(stage, report, isQuick ? 400 : 2_000)),
]
