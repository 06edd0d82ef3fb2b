import { writeFileSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import { ImageRefused } from '#src/core/images/refused.ts'
import { processImage } from '#src/core/images.ts'
import { jobSchema, type Reply } from '#workers/media/protocol.ts'

/*
 * The media process: every picture that strangers send is decoded here and nowhere else. What goes wrong in a decoder (a
 * crash, gigabytes, minutes of computing, code of an attacker) goes wrong in a process without secrets, connections or
 * other people's requests, and the parent ends it. It lives as long as its parent holds the channel.
 */

process.on('message', (message) => {
  void answer(message).then((reply) => process.send?.(reply))
})
// The parent is gone, and with it the limit of time. Not `exit`: that waits for a decoder, however long it takes.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))

// Ctrl-C and a service manager signal all processes at once; the parent decides whether a picture is finished first.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})

goFirst()
// By itself compiled code is written when a process ends in peace, and this one never does.
flushCompileCache()

async function answer(message: unknown): Promise<Reply> {
  try {
    return { kind: 'done', result: await processImage(jobSchema.parse(message)) }
  } catch (error) {
    if (error instanceof ImageRefused) return { kind: 'refused', code: error.code }
    return failed(error)
  }
}

function failed(error: unknown): Reply {
  const message = error instanceof Error ? error.message : String(error)
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
  return code === undefined ? { kind: 'failed', message } : { kind: 'failed', message, code }
}

/** When memory runs out, Linux is to end this process and not the web server or the database. */
function goFirst(): void {
  if (process.platform !== 'linux') return
  try {
    writeFileSync('/proc/self/oom_score_adj', '800')
  } catch {
    // A sandbox with a read-only /proc: the kernel then goes by size alone, and the parent watches that.
  }
}
