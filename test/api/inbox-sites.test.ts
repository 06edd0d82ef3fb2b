import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { countParked, isMuchPutAside, type Received, storeReceived } from '#src/db/inbox.ts'
import { createTestContext, type TestContext } from '#test/support/context.ts'
import { eventually } from '#test/support/eventually.ts'
import { uniqueName } from '#test/support/make.ts'
import { drainInbox } from '#workers/inbox.ts'

let test: TestContext
beforeAll(async () => {
  test = await createTestContext()
})
afterAll(() => test.close())

const from = (actorIri: string, more: Partial<Received> = {}): Received => ({
  ...{ actorIri, activityKey: uniqueName('a'), authority: 'signature', signerIri: null, body: '{}' },
  ...{ recipientId: null, synchronization: null },
  ...more,
})

async function receive(received: Received): Promise<unknown> {
  await storeReceived(test.ctx.db, [received])
  const [row] = await test.ctx.db
    .$client`select site from inbox_activities where activity_key = ${received.activityKey}`
  return row?.site
}

describe('how far the workers are behind', () => {
  it('is told by what was never taken, and not by what was given back, put aside or asked for again (row 82)', async () => {
    const { ctx } = test
    const { $client: sql } = ctx.db
    const told: number[] = []
    const { unlisten } = await sql.listen('inbox_lag', (text) => told.push(Number(text)))
    const minuteAgo = new Date(ctx.now().getTime() - 60_000).toISOString()
    const drainForty = async (column: 'retry_at' | 'later_at' | null) => {
      await storeReceived(
        ctx.db,
        Array.from({ length: 40 }, (_, n) => from(`https://a${n}.late.example/u`)),
      )
      await sql`update inbox_activities set received_at = now() - interval '1 min' where processed_at is null`
      if (column) await sql`update inbox_activities set ${sql(column)} = ${minuteAgo} where processed_at is null`
      await drainInbox(ctx)
    }
    await drainForty('retry_at')
    await drainForty('later_at')
    await drainForty(null)
    await eventually(async () => expect(told).toHaveLength(1))
    expect(told[0]).toBeGreaterThanOrEqual(60_000)
    await unlisten()
  })
})

describe('a received activity', () => {
  it('is answered for by the site of who has signed it, and by nobody where nobody has (rows 81, 82)', async () => {
    expect(await receive(from('https://a.evil.example:444/u'))).toBe('evil.example')
    const passedOn = { authority: 'none', signerIri: 'https://relay.evil.example/actor' } as const
    expect(await receive(from('https://honest.example/u', passedOn))).toBe('evil.example')
    expect(await receive(from('https://honest.example/u', { authority: 'none' }))).toBe('(unsigned)')
  })

  it('is counted with those of the same registered name, under however many names below it (rows 81, 82)', async () => {
    const { db } = test.ctx
    const items = Array.from({ length: 30 }, (_, n) => from(`https://a${n}.crowd.example/u`))
    await storeReceived(db, items)
    await db.$client`update inbox_activities set later_at = now() where site = 'crowd.example'`
    expect([await isMuchPutAside(db, 'crowd.example', 30), await isMuchPutAside(db, 'crowd.example', 31)]).toEqual([
      true,
      false,
    ])
    await db.$client`update inbox_activities set later_at = null, parked_at = now(), processed_at = now()
      where site = 'crowd.example'`
    expect([await countParked(db, 'crowd.example'), await countParked(db, 'evil.example')]).toEqual([30, 0])
  })
})
