import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** After this long what a start has begun is done. */
const afterMs = 1_000

/** V8's own function, as `--expose-gc` gives it. */
type Collect = (options: { type: 'major'; execution: 'sync'; flavor: 'last-resort' }) => void

/**
 * Lets go of what loading has left behind: garbage, and compiled code that ran once. V8 would keep both until the heap grows, 25 MB a
 * process. It takes a tenth of a second, once.
 */
export function settle(): void {
  const timer = setTimeout(() => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as Collect
    collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
  }, afterMs)
  timer.unref()
}
