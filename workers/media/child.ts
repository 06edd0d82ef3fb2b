import { type ChildProcess, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { getCompileCacheDir } from 'node:module'
import { setPriority } from 'node:os'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ImageRefused } from '#src/core/images/refused.ts'
import type { ImageJob, ProcessedImage } from '#src/core/images.ts'
import type { Log } from '#src/core/log.ts'
import { storageFull } from '#src/errors.ts'
import { type MediaFailure, MediaProcessFailed } from '#workers/media/failed.ts'
import { type Reply, replySchema } from '#workers/media/protocol.ts'
import type { Wall } from '#workers/media/wall.ts'

/** What one picture may take before its process is ended. */
export type ChildLimits = Readonly<{ jobMs: number; residentBytes: number }>

/** One media process: it does one job at a time and is of no use once it has ended. */
export type Child = Readonly<{
  run(job: ImageJob): Promise<ProcessedImage>
  /** Ends the process; a job in it fails as `stopped`. Answers when it is gone. */
  end(): Promise<void>
  /** It has ended or is about to: another one is needed. */
  hasEnded(): boolean
  /** What it takes of the memory now; 0 where nobody can tell. */
  residentBytes(): Promise<number>
}>

const ENTRY = fileURLToPath(new URL('process.ts', import.meta.url))

/**
 * glibc gives each thread an arena of its own that never shrinks: with two arenas the process takes a quarter less memory at the same speed.
 * The rows of a picture are tens of MB: left to itself glibc maps each anew and gives it back, which costs 0.04 s of 0.3 a picture. It
 * keeps what it had instead, for the next picture, and takes 10 MB more.
 * @see https://man7.org/linux/man-pages/man3/mallopt.3.html
 */
const allocation = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '268435456',
  MALLOC_TRIM_THRESHOLD_: '268435456',
}

/** No setting and no secret of ours. With the folder of compiled code no process compiles ours anew: 0.15 s and 17 MB. */
const environment = (): NodeJS.ProcessEnv => {
  // It ends in a folder for this version of Node, which is put there again.
  const compiled = getCompileCacheDir()
  return { ...allocation, ...(compiled ? { NODE_COMPILE_CACHE: dirname(compiled) } : {}) }
}

/** Pixels are not on V8's heap; what is there fits easily. */
const EXEC_ARGV = ['--max-old-space-size=128']

/** People who wait for a page go before pictures. */
const NICE = 10

const WATCH_EVERY_MS = 200

/** What is kept of the messages of a process, for the log. */
const STDERR_CHARS = 2000

type State = {
  readonly process: ChildProcess
  readonly ended: Promise<void>
  /** Why we have ended it; undefined while it lives or when it ended by itself. */
  endedFor: MediaFailure | undefined
  hasEnded: boolean
  stderr: string
}

/** Starts a media process behind a wall. It costs some 200 ms and 75 MB. */
export function startChild({ log, limits, wall }: { log: Log; limits: ChildLimits; wall: Wall }): Child {
  const state = launch(wall)
  state.process.on('exit', (code, signal) => {
    if (state.endedFor !== 'stopped')
      log.warn({ code, signal, endedFor: state.endedFor, stderr: state.stderr }, 'media process ended')
  })
  return {
    run: (job) => runJob(state, job, limits),
    end: async () => {
      endFor(state, 'stopped')
      await state.ended
    },
    hasEnded: () => state.hasEnded || state.endedFor !== undefined,
    residentBytes: async () => (await readResidentBytes(state.process.pid)) ?? 0,
  }
}

function launch(wall: Wall): State {
  const node = process.execPath
  // Not `fork`, which knows no wall. What stands there becomes Node: the same pid, channel and priority.
  const [command = node, ...args] = [...wall, node, ...EXEC_ARGV, ENTRY]
  const child = spawn(command, args, { env: environment(), stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  // At once, while it has a single thread: those that it starts later inherit the priority.
  if (child.pid !== undefined) setPriority(child.pid, NICE)
  const { promise: ended, resolve } = Promise.withResolvers<void>()
  const state: State = { process: child, ended, endedFor: undefined, hasEnded: false, stderr: '' }
  const onEnd = (): void => {
    state.hasEnded = true
    resolve()
  }
  child.on('exit', onEnd)
  // Without a pid there was never a process, and there will be no exit.
  child.on('error', () => child.pid === undefined && onEnd())
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    state.stderr = (state.stderr + text).slice(-STDERR_CHARS)
  })
  return state
}

function endFor(state: State, reason: MediaFailure): void {
  state.endedFor ??= reason
  state.process.kill('SIGKILL')
}

/** Settles only when the process has answered or is gone: a caller may then clear up what the job has written. */
async function runJob(state: State, job: ImageJob, limits: ChildLimits): Promise<ProcessedImage> {
  const timer = setTimeout(() => endFor(state, 'too-slow'), limits.jobMs)
  const watch = setInterval(() => void watchMemory(state, limits.residentBytes), WATCH_EVERY_MS)
  try {
    return toResult(await ask(state, job))
  } finally {
    clearTimeout(timer)
    clearInterval(watch)
  }
}

async function ask(state: State, job: ImageJob): Promise<Reply> {
  const { promise: message, resolve } = Promise.withResolvers<unknown>()
  state.process.once('message', resolve)
  // Not connected: it could not be started, or has just ended; `ended` says so.
  if (state.process.connected) state.process.send(job, (error) => error && endFor(state, 'broken'))
  const answer = await Promise.race([message, state.ended.then(() => null)])
  state.process.off('message', resolve)
  if (answer === null) throw new MediaProcessFailed(state.endedFor ?? whyEnded(state.process), describe(state))
  const reply = replySchema.safeParse(answer)
  if (reply.success) return reply.data
  endFor(state, 'broken')
  await state.ended
  throw new MediaProcessFailed('broken', reply.error)
}

function toResult(reply: Reply): ProcessedImage {
  if (reply.kind === 'done') return reply.result
  if (reply.kind === 'refused') throw new ImageRefused(reply.code)
  const cause = new Error(reply.message)
  throw reply.code === 'ENOSPC' || reply.code === 'EDQUOT' ? storageFull(cause) : cause
}

/** Signals that a process sends itself: a wild pointer, a failed check. All others come from outside. */
const FAULTS: readonly (NodeJS.Signals | null)[] = [
  'SIGSEGV',
  'SIGABRT',
  'SIGBUS',
  'SIGILL',
  'SIGFPE',
  'SIGTRAP',
  'SIGSYS',
]

function whyEnded({ signalCode }: ChildProcess): MediaFailure {
  if (FAULTS.includes(signalCode)) return 'crashed'
  return signalCode === null ? 'broken' : 'stopped'
}

function describe({ process: { exitCode, signalCode }, stderr }: State): Error {
  return new Error(`Media process ended with ${signalCode ?? `code ${exitCode}`}: ${stderr.trim()}`)
}

/** Watched from outside, since a decoder that takes memory does not let its own process run. */
async function watchMemory(state: State, maxBytes: number): Promise<void> {
  const resident = await readResidentBytes(state.process.pid)
  if (resident !== null && resident > maxBytes) endFor(state, 'too-much-memory')
}

/** Null where there is no /proc: not on Linux, or the process has just ended. */
async function readResidentBytes(pid: number | undefined): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'latin1').catch(() => null)
  const kilobytes = status?.match(/^VmRSS:\s+(\d+) kB$/m)?.[1]
  return kilobytes === undefined ? null : Number(kilobytes) * 1024
}
