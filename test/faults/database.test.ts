import { execFileSync } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { InstanceOptions } from '#test/support/two-servers.ts'
import { keepLedger } from './ledger.ts'
import { mayMount, type OwnPostgres, openPostgres } from './postgres.ts'
import { report, whole } from './scale.ts'
import { kept, set, useOpened } from './stage.ts'

const use = useOpened()

const inIts = ({ url }: OwnPostgres): InstanceOptions => ({ database: { url, drop: async () => {} } })

describe('PostgreSQL', { timeout: whole(900_000, 240_000) }, () => {
  it('may end in the middle and come back: nobody has to be started anew (fault F6)', async () => {
    const load = { seconds: whole(30, 12), perSecond: 20 }
    const postgres = use(await openPostgres())
    const { cast } = await set(use, load, inIts(postgres))
    const figures = await keepLedger(cast, load, async () => {
      for (let n = 0; n < whole(3, 1); n++) {
        await pause(4_000)
        await postgres.crash()
      }
    })
    report('F6', 'PostgreSQL ends in the middle and comes back', figures)
    expect(figures).toMatchObject({ ...kept, refused: 0, cutOff: 0 })
    expect(figures.unavailable).toBeGreaterThan(0)
    expect(figures.longestSilenceMs).toBeLessThan(10_000)
  })

  it('may be away for long: until it is back all are told to try again (fault F7)', async () => {
    const load = { seconds: whole(90, 14), perSecond: whole(10, 10) }
    const postgres = use(await openPostgres())
    const { cast } = await set(use, load, inIts(postgres))
    const awayMs = whole(60_000, 6_000)
    const figures = await keepLedger(cast, load, async () => {
      await pause(3_000)
      await postgres.stop()
      await pause(awayMs)
      await postgres.start()
    })
    report('F7', `PostgreSQL is away for ${awayMs / 1000} seconds`, figures)
    expect(figures).toMatchObject({ ...kept, refused: 0 })
    expect(figures.unavailable).toBeGreaterThan(0)
    expect(figures.longestSilenceMs).toBeLessThan(awayMs + 10_000)
  })

  it.skipIf(!mayMount())(
    'may have no room left on its disk: what was acknowledged stays (needs to mount a tmpfs) (fault F10)',
    async () => {
      const load = { seconds: whole(40, 16), perSecond: 10 }
      const postgres = use(await openPostgres(300))
      const { cast } = await set(use, load, inIts(postgres))
      const filler = join(postgres.dataDir, 'filler')
      const figures = await keepLedger(cast, load, async () => {
        await pause(3_000)
        // All that is left, so that the next page of a table or of its log has no room.
        execFileSync('sh', ['-c', `cat /dev/zero > "${filler}" 2>/dev/null || true`])
        await pause(whole(20_000, 6_000))
        await rm(filler)
      })
      report('F10', 'the disk of PostgreSQL is full', figures)
      expect(figures).toMatchObject({ ...kept, refused: 0 })
    },
  )
})
