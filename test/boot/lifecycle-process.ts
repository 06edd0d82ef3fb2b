/** A process that opens two things and tells what happens to them; what it is called with makes one of them fail. */
import { writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { createLifecycle, Interrupted } from '#src/boot/lifecycle.ts'

const [fault = ''] = process.argv.slice(2)
const say = (sentence: string) => writeSync(1, `${sentence}\n`)

const lifecycle = createLifecycle((sentence, error) =>
  say(`${sentence} ${error instanceof Error ? error.message : ''}`.trim()),
)

const closers = {
  '': () => {},
  hang: () => new Promise(() => setInterval(() => {}, 1_000)),
  throw: () => {
    throw new Error('stuck')
  },
}

await lifecycle.open(
  () => {},
  () => ({ close: () => say('closed first'), abandon: () => say('abandoned first') }),
)
const second = async () => {
  say('opening second')
  if (fault === 'slow') await sleep(300)
}
await lifecycle.open(second, () => ({
  close: () => {
    say('closing second')
    return closers[fault as keyof typeof closers]?.()
  },
}))
if (fault === 'bug') setImmediate(() => Promise.reject(new Error('a bug')))
await lifecycle
  .open(() => say('ready'))
  .catch((error: unknown) => {
    if (!(error instanceof Interrupted)) throw error
  })
if (fault === 'failed') lifecycle.fail()
setInterval(() => {}, 1_000)
