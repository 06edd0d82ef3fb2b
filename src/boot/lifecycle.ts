import closeWithGrace from 'close-with-grace'

/** Longest time from the first Ctrl-C to the end. */
const graceMs = 20_000

/** npm passes the Ctrl-C on that the terminal has sent to us already: what comes this soon after the first is no second wish. */
const sameWishMs = 1_000

/** How to undo a step: in order, and for an end that cannot wait. */
export type Opened = Readonly<{ close: () => unknown; abandon?: () => void }>

/** What has been opened, to be closed in the opposite order. */
export type Lifecycle = Readonly<{
  /**
   * Runs a step of the start and remembers how to undo it.
   * @throws Interrupted when the end has begun
   */
  open<T>(step: () => Promise<T> | T, undo?: (result: T) => Opened): Promise<T>
  /** Somebody has asked for the end, or a fault has. */
  isEnding(): boolean
  /** Closes everything after a start that failed, and ends the process with code 1. */
  fail(): void
}>

/** Thrown out of a start that was interrupted: the end is under way already. */
export class Interrupted extends Error {}

type Report = (sentence: string, error?: unknown) => void

/**
 * Handles Ctrl-C, SIGTERM and faults for the whole process: the step under way is finished, then everything is closed, last opened first.
 * A second Ctrl-C, or twenty seconds, end it at once.
 */
export function createLifecycle(report: Report): Lifecycle {
  const opened: Opened[] = []
  let underWay: Promise<unknown> = Promise.resolve()
  let endingSince = 0
  let exitCode = 0
  const abandonAll = () => {
    for (const { abandon } of opened) abandon?.()
  }
  const end = async (error: unknown) => {
    endingSince ||= Date.now()
    if (error) report('Something happened that should not; everything is being closed.', error)
    // Its failure is reported by whoever awaits the step.
    await underWay.catch(() => {})
    if (!(await closeAll(opened, report))) exitCode = 1
    if (exitCode !== 0) process.exit(exitCode)
  }
  const grace = endWithGrace(end, report, abandonAll)
  onSignals(() => {
    if (endingSince === 0) {
      endingSince = Date.now()
      grace.close()
    } else if (Date.now() - endingSince > sameWishMs) {
      abandonAll()
      process.exit(1)
    }
  })
  return {
    isEnding: () => endingSince > 0,
    open: async (step, undo) => {
      if (endingSince > 0) throw new Interrupted()
      const result = Promise.resolve(step()).then((value) => {
        if (undo) opened.push(undo(value))
        return value
      })
      underWay = result
      return result
    },
    fail: () => {
      exitCode = 1
      if (endingSince > 0) return
      endingSince = Date.now()
      grace.close()
    },
  }
}

function endWithGrace(end: (error: unknown) => Promise<void>, report: Report, abandonAll: () => void) {
  const onTimeout = () => {
    report('Not everything could be closed in time; ending now.')
    abandonAll()
  }
  const onSecondError = (error: unknown) => {
    report('Something else happened while everything was being closed.', error)
    abandonAll()
  }
  // Signals are ours: the library takes the second copy of the same Ctrl-C for an order to end at once.
  const skip = ['SIGINT', 'SIGTERM', 'SIGHUP', 'beforeExit'] as closeWithGrace.AllEvents[]
  return closeWithGrace({ delay: graceMs, logger: false, skip, onTimeout, onSecondError }, ({ err }) => end(err))
}

function onSignals(callback: () => void): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, callback)
}

/** Goes on when one fails, since what was opened first is what must not be left behind. */
async function closeAll(opened: Opened[], report: Report): Promise<boolean> {
  let isClean = true
  for (let last = opened.at(-1); last; last = opened.at(-1)) {
    try {
      await last.close()
    } catch (error) {
      report('Something could not be closed.', error)
      isClean = false
    }
    opened.pop()
  }
  return isClean
}
