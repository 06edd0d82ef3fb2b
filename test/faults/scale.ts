import { appendFileSync } from 'node:fs'

/** Whether the whole procedure is run (`npm run faults`), which takes an hour, or its short form as with every other test. */
export const isWhole = process.env.FAULTS === 'whole'

/** The value for the run that this is. */
export const whole = <T>(inFull: T, inShort: T): T => (isWhole ? inFull : inShort)

/**
 * Says what was measured, in a line; with `FAULTS_REPORT` it is added to that file, from which docs/reliability.md is made.
 * @param fault as it is called in docs/reliability.md, F1 and so on
 */
export function report(
  fault: string,
  what: string,
  figures: Readonly<Record<string, number | string | boolean>>,
): void {
  const line = JSON.stringify({ fault, what, scale: isWhole ? 'whole' : 'short', ...figures })
  process.stdout.write(`${line}\n`)
  if (process.env.FAULTS_REPORT) appendFileSync(process.env.FAULTS_REPORT, `${line}\n`)
}
