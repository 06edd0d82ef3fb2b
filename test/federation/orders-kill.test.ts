import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { findProduct } from '#src/features/products/queries.ts'
import { createProduct } from '#src/features/products/service.ts'
import { eventually } from '#test/support/eventually.ts'
import { ware } from '#test/support/products.ts'
import { findRedisServer, startRedis } from '#test/support/redis.ts'
import { type Instance, type Member, startInstance, startWholeProcess } from '#test/support/two-servers.ts'

const hasRedis = findRedisServer() !== null
const backends = ['PostgreSQL', ...(hasRedis ? ['Redis'] : [])]

const buyers = 200
const pieces = 10

describe('a crowd at a shop that is killed (row 94)', { timeout: 180_000 }, () => {
  it.each(backends)('buys all that there is and no more, with its queues in %s', async (backend) => {
    const redis = backend === 'Redis' ? await startRedis() : null
    const instance = await startInstance({
      ...{ workers: 'none', web: 'none' },
      config: redis ? { redisUrl: redis.url } : {},
    })
    try {
      await sellOut(instance)
    } finally {
      await instance.close()
      await redis?.stop()
    }
  })
})

async function sellOut(instance: Instance): Promise<void> {
  const shop = await instance.join('lune', { type: 'Organization' })
  const members = await Promise.all(Array.from({ length: 8 }, (_, at) => instance.join(`buyer${at}`)))
  const product = await createProduct(instance.ctx, shop.viewer, ware({ stock: pieces }))
  let running = await startWholeProcess(instance)
  try {
    const answers: number[] = []
    const crowd = Promise.all(
      Array.from({ length: buyers }, async (_, at) => {
        answers.push(await buy(instance, members[at % members.length], { productId: product.id, key: `order ${at}` }))
      }),
    )
    crowd.catch(() => {})
    await eventually(() => expect(answers.length).toBeGreaterThanOrEqual(3), { withinMs: 60_000, everyMs: 1 })
    await running.kill()
    expect(answers.length).toBeLessThan(buyers)
    running = await startWholeProcess(instance)
    await crowd
    await instance.settle()
    expect([200, 409].map((status) => answers.filter((answer) => answer === status).length)).toEqual([
      pieces,
      buyers - pieces,
    ])
    expect(await findProduct(instance.ctx.db, product.id)).toMatchObject({ stock: 0, state: 'sold_out' })
    const events = await instance.ctx.db.$client`select state from order_events`
    expect(events.map(({ state }) => state)).toEqual(Array(pieces).fill('open'))
    // One confirmation for each buyer, and one letter for the owner of the shop.
    const mail = join(instance.ctx.config.dataDir, 'mail')
    await eventually(async () => expect(await readdir(mail)).toHaveLength(2 * pieces), { withinMs: 60_000 })
  } finally {
    await running.stop()
  }
}

/** Asks until there is an answer, under one key, as a client whose connection breaks does. */
async function buy(
  instance: Instance,
  member: Member | undefined,
  { productId, key }: { productId: string; key: string },
): Promise<number> {
  const wish = { product_id: productId, total: 2_490, payment: 'pickup', name: 'Paul', email: 'paul@mail.example' }
  const headers = {
    authorization: `Bearer ${member?.token}`,
    'content-type': 'application/json',
    'idempotency-key': key,
  }
  for (;;) {
    const answer = await fetch(`${instance.url}/api/v1/entremise/orders`, {
      method: 'POST',
      headers,
      body: JSON.stringify(wish),
    }).catch(() => null)
    if (answer && answer.status < 500) return answer.status
    await pause(30)
  }
}
