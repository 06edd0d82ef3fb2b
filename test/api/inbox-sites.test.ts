import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { countParked, isMuchPutAside, type Received, storeReceived } from '#src/db/inbox.ts'
import { createTestContext, type TestContext } from '#test/support/context.ts'
import { uniqueName } from '#test/support/make.ts'

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
