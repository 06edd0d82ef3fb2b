import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { getPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { ImageRefused } from '#src/core/images/refused.ts'
import type { ImageJob } from '#src/core/images.ts'
import { createLog } from '#src/core/log.ts'
import { heic } from '#test/support/heic-pictures.ts'
import * as pictures from '#test/support/pictures.ts'
import { MediaProcessFailed } from '#workers/media/failed.ts'
import { createMediaProcess, type MediaLimits, type MediaProcess } from '#workers/media/pool.ts'
import { findWall, probeWall } from '#workers/media/wall.ts'

/** The processes are looked at through /proc, which only Linux has. */
const describeOnLinux = describe.skipIf(!existsSync('/proc/self/status'))

let inputs: string
let dir: string
let media: MediaProcess

/** Files that are sent: `small` is done at once, `large` takes long enough to do something to it in the meantime. */
const paths = { small: '', large: '', bomb: '', html: '', heic: '' }

beforeAll(async () => {
  inputs = await mkdtemp(join(tmpdir(), 'entremise-media-'))
  const files = {
    small: await pictures.jpeg(),
    large: await pictures.png({ width: 4000, height: 3000 }),
    bomb: pictures.pngBomb(),
    html: pictures.html(),
    heic: heic(),
  }
  for (const name of ['small', 'large', 'bomb', 'html', 'heic'] as const) {
    paths[name] = join(inputs, name)
    await writeFile(paths[name], files[name])
  }
})

afterAll(() => rm(inputs, { recursive: true, force: true }))

beforeEach(async () => {
  dir = await mkdtemp(join(inputs, 'out-'))
})

afterEach(() => media?.close())

function start(limits: Partial<MediaLimits> = {}): MediaProcess {
  media = createMediaProcess({ log: createLog('silent'), limits })
  return media
}

const job = (name: keyof typeof paths): ImageJob => ({ inputPath: paths[name], outputDir: dir })

/** The media processes that a process has started. */
async function childrenOf(pid: number): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const isOurs = async (child: string): Promise<boolean> => {
    const status = await readProc(child, 'status')
    return (
      status.includes(`\nPPid:\t${pid}\n`) && (await readProc(child, 'cmdline')).includes('workers/media/process.ts')
    )
  }
  const ours = await Promise.all(pids.map(isOurs))
  return pids.filter((_, index) => ours[index]).map(Number)
}

const children = (): Promise<number[]> => childrenOf(process.pid)

/** What /proc says of a process; nothing when it is gone. */
const readProc = (pid: number | string, file: string): Promise<string> =>
  readFile(`/proc/${pid}/${file}`, 'latin1').catch(() => '')

async function onlyChild(): Promise<number> {
  const pids = await children()
  expect(pids).toHaveLength(1)
  return pids[0] ?? 0
}

async function failureOf(attempt: Promise<unknown>): Promise<MediaProcessFailed> {
  const error = await attempt.then(
    () => null,
    (cause: unknown) => cause,
  )
  if (error instanceof MediaProcessFailed) return error
  throw new Error('The process did not fail', { cause: error })
}

describe('a picture sent to the media process', () => {
  it('comes back in its sizes, HEIC as well', async () => {
    start()
    const result = await media.run(job('small'))
    expect(result).toMatchObject({ type: 'jpeg', width: 240, height: 160 })
    expect((await readdir(dir)).sort()).toEqual(result.variants.map(({ file }) => file).sort())
    expect(await media.run(job('heic'))).toMatchObject({ type: 'heic', width: 128, height: 96 })
    expect(await media.run({ ...job('small'), edges: [100] })).toMatchObject({ width: 100, height: 67 })
  })

  it('that is none is refused, as in the same process, and the next one is served', async () => {
    start()
    await expect(media.run(job('html'))).rejects.toEqual(new ImageRefused('not-an-image'))
    await expect(media.run(job('bomb'))).rejects.toEqual(new ImageRefused('too-many-pixels'))
    expect(await readdir(dir)).toEqual([])
    expect(await media.run(job('small'))).toMatchObject({ width: 240 })
  })

  it('that cannot be opened is an error of ours', async () => {
    start()
    await expect(media.run({ inputPath: join(dir, 'none'), outputDir: dir })).rejects.toThrow(/ENOENT/)
  })
})

describeOnLinux('the media process', () => {
  it('is started for the first picture, kept for the next, and ended when idle', async () => {
    start({ idleMs: 1000 })
    expect(await children()).toEqual([])
    await media.run(job('small'))
    const first = await onlyChild()
    await media.run(job('small'))
    expect(await onlyChild()).toBe(first)
    await expect.poll(children, { timeout: 5000 }).toEqual([])
    expect(await media.run(job('small'))).toMatchObject({ width: 240 })
  })

  it('is another one for the next picture when it has kept too much memory (row 56)', async () => {
    start({ keptBytes: 1 })
    await media.run(job('small'))
    const first = await onlyChild()
    expect(await media.run(job('small'))).toMatchObject({ width: 240 })
    expect(await onlyChild()).not.toBe(first)
  })

  it('knows no setting and no secret, and lets others go first (row 55)', async () => {
    vi.stubEnv('SECRET_OF_THE_SERVER', 'swordfish')
    start()
    await media.run(job('small'))
    vi.unstubAllEnvs()
    const pid = await onlyChild()
    const environment = await readProc(pid, 'environ')
    const names = environment.split('\0').flatMap((line) => line.split('=')[0] || [])
    expect(names.filter((name) => !name.startsWith('NODE_CHANNEL_'))).toEqual([
      'MALLOC_ARENA_MAX',
      'MALLOC_MMAP_THRESHOLD_',
      'MALLOC_TRIM_THRESHOLD_',
    ])
    const threads = (await readdir(`/proc/${pid}/task`)).map(Number)
    expect(threads.length).toBeGreaterThan(4)
    expect(new Set(threads.map((thread) => getPriority(thread)))).toEqual(new Set([10]))
  })

  it('takes little memory for a bomb (row 56)', async () => {
    start()
    await media.run(job('small'))
    await expect(media.run(job('bomb'))).rejects.toThrow(ImageRefused)
    const peak = (await readProc(await onlyChild(), 'status')).match(/VmHWM:\s+(\d+) kB/)?.[1]
    expect(Number(peak)).toBeGreaterThan(0)
    expect(Number(peak)).toBeLessThan(200_000)
  })

  it('is there twice at most, however many pictures wait', async () => {
    start()
    const running = Promise.all(Array.from({ length: 5 }, () => media.run(job('large'))))
    await expect.poll(children, { timeout: 5000 }).toHaveLength(2)
    expect((await running).map(({ width }) => width)).toEqual([2048, 2048, 2048, 2048, 2048])
    expect(await children()).toHaveLength(2)
  })

  it('goes when the server is killed', async () => {
    const server = startServer()
    try {
      const pid = server.pid ?? 0
      await expect.poll(() => childrenOf(pid), { timeout: 10_000 }).toHaveLength(1)
      const [child = 0] = await childrenOf(pid)
      server.kill('SIGKILL')
      await expect.poll(() => existsSync(`/proc/${child}`), { timeout: 5000 }).toBe(false)
    } finally {
      server.kill('SIGKILL')
    }
  })

  function startServer(): ChildProcess {
    const code = `
      import { createMediaProcess } from '#workers/media/pool.ts'
      import { createLog } from '#src/core/log.ts'
      await createMediaProcess({ log: createLog('silent') }).run(JSON.parse(process.env.JOB ?? ''))`
    const cwd = fileURLToPath(new URL('../..', import.meta.url))
    const env = { JOB: JSON.stringify(job('small')) }
    return spawn(process.execPath, ['--input-type=module-typescript', '-e', code], { cwd, env, stdio: 'inherit' })
  }
})

/** The machines that this runs on allow it or not: containers often do not. */
const hasWall = (await findWall(createLog('silent'))).length > 0

describeOnLinux('the wall around the media process', () => {
  const networkOf = (pid: number): Promise<string> => readlink(`/proc/${pid}/ns/net`)

  it.skipIf(!hasWall)('has a network of its own, in which nothing is (rows 55, 59)', async () => {
    start()
    await media.run(job('small'))
    const pid = await onlyChild()
    expect(await networkOf(pid)).not.toBe(await networkOf(process.pid))
    const [, , ...devices] = (await readProc(pid, 'net/dev')).trimEnd().split('\n')
    expect(devices.map((line) => line.split(':')[0]?.trim())).toEqual(['lo'])
    // A loop that is down: what listens on this machine is out of reach as well.
    expect(await readProc(pid, 'net/fib_trie')).not.toContain('127.0.0.1')
    expect(await readProc(pid, 'oom_score_adj')).toBe('800\n')
  })

  it.skipIf(!hasWall || process.getuid?.() === 0)('hides what its parent knows (row 55)', async () => {
    start()
    await media.run(job('small'))
    const inside = ['--target', String(await onlyChild()), '--user', '--preserve-credentials', '--net']
    const script = `grep -qz . /proc/self/environ && ! grep -qz . /proc/${process.pid}/environ`
    const look = spawn('nsenter', [...inside, 'sh', '-c', script], { stdio: 'ignore' })
    expect(await once(look, 'exit')).toEqual([0, null])
  })

  it('is not there where the system does not allow it: pictures are decoded, and the log says so', async () => {
    const log = createLog('silent')
    const info = vi.spyOn(log, 'info')
    for (const wall of [[], ['/bin/false', '--net'], [join(dir, 'none'), '--net']])
      expect(await probeWall(wall, log)).toEqual([])
    expect(info).toHaveBeenCalledTimes(3)
    media = createMediaProcess({ log, find: async () => [] })
    expect(await media.run(job('small'))).toMatchObject({ width: 240 })
    expect(await networkOf(await onlyChild())).toBe(await networkOf(process.pid))
  })

  it('is looked for once, whoever asks', async () => {
    const log = createLog('silent')
    expect(findWall(log)).toBe(findWall(createLog('silent')))
  })
})

describeOnLinux('a media process that ends in the middle', () => {
  /** A process that has done a picture is ready: what is sent next is being worked on. */
  async function interrupted(signal: NodeJS.Signals): Promise<MediaProcessFailed> {
    await media.run(job('small'))
    const pid = await onlyChild()
    const running = media.run(job('large'))
    process.kill(pid, signal)
    return failureOf(running)
  }

  it('by a kill: the job may be done again, and succeeds', async () => {
    start()
    expect(await interrupted('SIGKILL')).toMatchObject({ reason: 'stopped', isRetryable: true })
    expect(await media.run(job('large'))).toMatchObject({ width: 2048 })
  })

  it('by a fault in a decoder: the job is not done again, and the next one is served (row 55)', async () => {
    start()
    expect(await interrupted('SIGSEGV')).toMatchObject({ reason: 'crashed', isRetryable: false })
    expect(await media.run(job('small'))).toMatchObject({ width: 240 })
  })

  it('does not end by the signals that stop a server: a picture is finished first', async () => {
    start()
    await media.run(job('small'))
    const pid = await onlyChild()
    const running = media.run(job('large'))
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.kill(pid, signal)
    expect(await running).toMatchObject({ width: 2048 })
    expect(await onlyChild()).toBe(pid)
  })

  it('takes no other job with it', async () => {
    start()
    const both = [media.run(job('large')), media.run(job('large'))]
    await expect.poll(children, { timeout: 5000 }).toHaveLength(2)
    process.kill((await children())[0] ?? 0, 'SIGKILL')
    const outcomes = await Promise.allSettled(both)
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })
})

describeOnLinux('a picture that takes too much', () => {
  it('time, is given up; it may be the machine that was slow', async () => {
    start({ jobMs: 20 })
    expect(await failureOf(media.run(job('large')))).toMatchObject({ reason: 'too-slow', isRetryable: true })
    expect(await children()).toEqual([])
    expect(await readdir(dir)).toEqual([])
  })

  it('memory, is given up for good', async () => {
    start({ residentBytes: 10_000_000 })
    expect(await failureOf(media.run(job('large')))).toMatchObject({ reason: 'too-much-memory', isRetryable: false })
    expect(await children()).toEqual([])
  })
})

describe('closing', () => {
  it('fails what runs and what waits, and leaves no process', async () => {
    start({ processes: 1 })
    const jobs = [media.run(job('large')), media.run(job('large'))].map(failureOf)
    await media.close()
    for (const failure of await Promise.all(jobs))
      expect(failure).toMatchObject({ reason: 'stopped', isRetryable: true })
    expect(await failureOf(media.run(job('small')))).toMatchObject({ reason: 'stopped' })
    if (existsSync('/proc/self/status')) expect(await children()).toEqual([])
  })

  it('is nothing when there was no picture', async () => {
    await start().close()
  })
})
