import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { posts } from '#src/db/schema/posts.ts'
import { schedulePost } from '#src/features/schedule/service.ts'
import { eventually } from '#test/support/eventually.ts'
import { type Instance, type Member, startInstance, startWorkerProcess } from '#test/support/two-servers.ts'

const minute = 60_000

let instance: Instance
let lea: Member

beforeAll(async () => {
  instance = await startInstance({ workers: 'none' })
  lea = await instance.join('lea')
})
afterAll(() => instance.close())

/** Written by somebody whose clock is five minutes behind, so that no test waits for so long. */
async function plan(text: string, inMs: number): Promise<Date> {
  const ctx = { ...instance.ctx, now: () => new Date(Date.now() - 6 * minute) }
  const at = new Date(Date.now() + inMs)
  await schedulePost(ctx, lea.viewer, { text }, at)
  return at
}

const published = (text: string) => instance.ctx.db.select().from(posts).where(eq(posts.source, text))

describe('a scheduled post', () => {
  it('is published once and on time by two workers, of which one is killed', async () => {
    const [one, two] = [await startWorkerProcess(instance), await startWorkerProcess(instance)]
    try {
      const texts = Array.from({ length: 12 }, (_, n) => `On time ${n}`)
      const times = new Map(
        await Promise.all(texts.map(async (text, n) => [text, await plan(text, 2_000 + n * 250)] as const)),
      )
      await eventually(async () => expect(await published('On time 2')).toHaveLength(1))
      await one.kill()
      for (const [text, at] of times) {
        const found = await eventually(async () => {
          const rows = await published(text)
          expect(rows, text).not.toEqual([])
          return rows
        })
        expect(found, text).toHaveLength(1)
        const late = (found[0]?.publishedAt.getTime() ?? 0) - at.getTime()
        expect([late >= 0, late < 5_000], `${text} came ${late} ms after its time`).toEqual([true, true])
      }
    } finally {
      await two.stop()
    }
  })

  it('that came due while no worker ran is published when one starts', async () => {
    await plan('While nobody looked', 500)
    const worker = await startWorkerProcess(instance)
    try {
      await eventually(async () => expect(await published('While nobody looked')).toHaveLength(1))
      const { body } = await lea.api.get('/api/v1/scheduled_statuses')
      expect(body).toEqual([])
    } finally {
      await worker.stop()
    }
  })
})
