import { describe, expect, it } from 'vitest'
import { PUBLIC, startStranger } from '#test/support/stranger.ts'
import { startInstance } from '#test/support/two-servers.ts'
import { useOpened } from './stage.ts'

const use = useOpened()

const hour = 3_600_000

describe('a clock that is wrong', () => {
  it.each([
    ['eleven hours ahead', 11 * hour, 202],
    ['thirteen hours ahead', 13 * hour, 401],
    ['fifty minutes behind', (-50 / 60) * hour, 202],
    ['two hours behind', -2 * hour, 401],
  ])('by being %s takes what is signed by the right one within bounds (fault F13)', async (_what, skew, status) => {
    const instance = use(await startInstance({ now: () => new Date(Date.now() + skew), workers: 'none' }))
    const elsewhere = use(await startStranger())
    const zoe = await elsewhere.actor('zoe')
    const activity = zoe.activity('Create', zoe.note(), { to: [PUBLIC] })
    expect((await zoe.post(`${instance.url}/inbox`, activity)).status).toBe(status)
  })

  it('by being set back and put right again keeps ids unique and in the order of time (fault F13)', async () => {
    let skew = 0
    const instance = use(await startInstance({ now: () => new Date(Date.now() + skew), workers: 'none' }))
    const org = await instance.join('atelier', { type: 'Organization' })
    const made: { id: bigint; at: string }[] = []
    for (const next of [0, -hour, -11 * hour, -hour, 0]) {
      skew = next
      const { status, body } = await org.api.post('/api/v1/statuses', { status: `Post ${made.length}` })
      expect(status).toBe(200)
      made.push({ id: BigInt(body.id), at: body.created_at })
    }
    expect(new Set(made.map(({ id }) => id)).size).toBe(made.length)
    const byId = made.toSorted((a, b) => (a.id < b.id ? -1 : 1))
    expect(byId).toEqual(made.toSorted((a, b) => a.at.localeCompare(b.at)))
  })
})
