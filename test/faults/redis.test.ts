import { createConnection } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { findRedisServer, startRedis } from '#test/support/redis.ts'
import { keepLedger } from './ledger.ts'
import { report, whole } from './scale.ts'
import { kept, set, useOpened } from './stage.ts'

const use = useOpened()

describe.skipIf(!findRedisServer())('queues in Redis', { timeout: whole(600_000, 240_000) }, () => {
  it('may be emptied and killed: the rows are the truth, and posting works meanwhile (fault F8)', async () => {
    const load = { seconds: whole(90, 14), perSecond: whole(20, 10) }
    const redis = await startRedis()
    if (!redis) throw new Error('there is no Redis')
    let running: { stop(): Promise<void> } | null = redis
    use({ close: async () => running?.stop() })
    const { cast } = await set(use, load, { config: { redisUrl: redis.url } })
    const figures = await keepLedger(cast, load, async () => {
      await pause(3_000)
      await say(redis.url, 'FLUSHALL')
      await pause(1_000)
      await redis.kill()
      running = null
      await pause(whole(60_000, 4_000))
      running = await startRedis(Number(new URL(redis.url).port))
    })
    report('F8', 'Redis is emptied, killed, and away', figures)
    expect(figures).toMatchObject({ ...kept, refused: 0, cutOff: 0, unavailable: 0 })
  })
})

async function say(url: string, command: string): Promise<void> {
  const { hostname, port } = new URL(url)
  const socket = createConnection({ host: hostname, port: Number(port) })
  socket.end(`${command}\r\n`)
  let answer = ''
  for await (const chunk of socket) answer += String(chunk)
  expect(answer).toBe('+OK\r\n')
}
