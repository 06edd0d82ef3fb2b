import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { letBeFollowed } from '#test/support/befriend.ts'
import { eventually } from '#test/support/eventually.ts'
import { type Stranger, startStranger } from '#test/support/stranger.ts'
import { type Instance, type Member, startInstance } from '#test/support/two-servers.ts'

const minute = 60_000
const hour = 60 * minute

let instance: Instance
let lea: Member
let passed = 0

beforeAll(async () => {
  instance = await startInstance({ now: () => new Date(Date.now() + passed) })
  lea = await instance.join('lea')
})
afterAll(() => instance.close())

async function startFollower(name: string): Promise<Stranger> {
  const server = await startStranger({ now: () => new Date(Date.now() + passed) })
  await letBeFollowed(instance, lea, await server.actor(name))
  await server.delivered(({ type }) => type === 'Accept')
  server.deliveries.length = 0
  return server
}

async function say(text: string): Promise<string> {
  const { body } = await lea.api.post('/api/v1/statuses', { status: text })
  await instance.settle()
  return body.uri
}

const creates = (server: Stranger) =>
  server.deliveries.flatMap(({ json }) => (json?.type === 'Create' ? [json.object.id] : []))

describe('a server that does not take what is sent', () => {
  it('is left alone until its time has come, and then gets everything in order; others notice nothing (item 40)', async () => {
    const [down, up] = [await startFollower('dora'), await startFollower('uwe')]
    down.answer({ status: 500 })
    const said = [await say('One'), await say('Two'), await say('Three'), await say('Four')]
    expect(creates(up)).toEqual(said)
    // After two failures its deliveries wait without being tried.
    expect(creates(down).length).toBeLessThanOrEqual(2)
    down.deliveries.length = 0
    down.answer({ status: 202 })
    passed += 2 * hour
    await eventually(() => expect(creates(down)).toEqual(said), { withinMs: 60_000 })
    await Promise.all([down.close(), up.close()])
  })

  it('and says once that the inbox is not there gets what it missed, and all that follows (item 40)', async () => {
    const hasty = await startFollower('hanna')
    hasty.answer({ status: 404 })
    const first = await say('One')
    hasty.answer({ status: 202 })
    const second = await say('Two')
    expect(creates(hasty)).toEqual([first, second])
    passed += 2 * minute
    await eventually(() => expect(creates(hasty)).toEqual([first, second, first]), { withinMs: 60_000 })
    await hasty.close()
  })

  it('and says on three days that the inbox is gone is sent nothing more until it is heard of (item 40)', async () => {
    const gone = await startFollower('gerda')
    gone.answer({ status: 410 })
    for (const text of ['One', 'Two', 'Three', 'Four']) await say(text)
    expect(creates(gone)).toHaveLength(4)
    for (const _day of [2, 3]) {
      passed += 25 * hour
      gone.deliveries.length = 0
      await say('Another day')
      expect(creates(gone).length).toBeGreaterThan(0)
    }
    gone.answer({ status: 202 })
    await say('Too late')
    passed += 25 * hour
    gone.deliveries.length = 0
    await say('Too late as well')
    expect(creates(gone)).toEqual([])
    const greta = await gone.actor('gerda-again')
    await greta.post(instance.ctx.uris.sharedInbox, greta.activity('Like', await say('Liked')), {
      at: gone.now(),
    })
    await instance.settle()
    gone.deliveries.length = 0
    const heard = await say('Heard again')
    expect(creates(gone)).toEqual([heard])
    await gone.close()
  })
})
