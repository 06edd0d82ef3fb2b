import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { startWebProcess } from '#test/support/two-servers.ts'
import { startBalancer } from './balancer.ts'
import { keepLedger } from './ledger.ts'
import { report, whole } from './scale.ts'
import { keep, kept, prepare, set, useOpened } from './stage.ts'

const use = useOpened()

describe('of what was acknowledged nothing is lost and nothing is doubled', {
  timeout: whole(900_000, 240_000),
}, () => {
  it('while the worker is killed, again and again (fault F1)', async () => {
    const load = { seconds: whole(30, 10), perSecond: 20 }
    const { cast, worker } = await set(use, load)
    const kills = whole(5, 2)
    const figures = await keepLedger(cast, load, async () => {
      for (let n = 0; n < kills; n++) {
        await pause((load.seconds * 1000) / (kills + 1))
        await worker.kill()
        await worker.start()
      }
    })
    report('F1', `the worker is killed ${kills} times`, figures)
    expect(figures).toMatchObject({ ...kept, refused: 0, cutOff: 0, unavailable: 0 })
  })

  it('while the web process is killed (fault F2)', async () => {
    const load = { seconds: whole(30, 10), perSecond: 20 }
    const { cast, web } = await set(use, load)
    const figures = await keepLedger(cast, load, async () => {
      for (let n = 0; n < whole(3, 1); n++) {
        await pause(2_500)
        await web.kill()
        await pause(2_000)
        await web.start()
      }
    })
    report('F2', 'the web process is killed and is away for two seconds', figures)
    expect(figures).toMatchObject(kept)
    // There was a time when nobody answered, or nothing was shown.
    expect(figures.refused).toBeGreaterThan(0)
  })

  it('while web and worker are stopped by SIGTERM under load, and nothing under way is cut off (fault F3)', async () => {
    const load = { seconds: whole(30, 12), perSecond: whole(40, 20) }
    const { cast, web, worker } = await set(use, load)
    const stopped: number[] = []
    const figures = await keepLedger(cast, load, async () => {
      for (const process of whole([web, worker, web, worker], [web, worker])) {
        await pause(1_500)
        stopped.push(await process.stop())
        await process.start()
      }
    })
    const longestStopMs = Math.max(...stopped)
    report('F3', 'web and worker are stopped by SIGTERM', { ...figures, longestStopMs })
    // What was under way is what the process had taken. A connection that the system took at the very end was never let in.
    expect(figures).toMatchObject({ ...kept, interrupted: 0, unavailable: 0 })
    expect(figures.refused).toBeGreaterThan(0)
    expect(longestStopMs).toBeLessThan(20_000)
  })

  it('and nobody notices when every process is replaced by a new one, one by one (fault F18)', async () => {
    const load = { seconds: whole(60, 16), perSecond: whole(50, 20) }
    const { instance, cast, worker } = await prepare(use, load)
    const balancer = use(await startBalancer(Number(instance.env.PORT)))
    await worker.start()
    const webs = [keep(use, () => startWebProcess(instance)), keep(use, () => startWebProcess(instance))]
    for (const web of webs) balancer.add((await web.start()).url ?? '')
    await balancer.untilAllReady()
    const figures = await keepLedger(cast, load, async () => {
      for (const web of webs) {
        await pause(1_000)
        await web.stop()
        balancer.add((await web.start()).url ?? '')
        await balancer.untilAllReady()
      }
      await worker.stop()
      await worker.start()
    })
    report('F18', 'both web processes and the worker are replaced, behind a balancer', figures)
    expect(figures).toMatchObject({ ...kept, refused: 0, cutOff: 0, unavailable: 0 })
  })
})
