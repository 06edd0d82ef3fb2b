import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findProduct } from '#src/features/products/queries.ts'
import { createProduct } from '#src/features/products/service.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import type { Json } from '#test/support/client.ts'
import { ware } from '#test/support/products.ts'

describe('orders in the client API', () => {
  let test: TestApp
  beforeAll(async () => {
    test = await createTestApp()
  })
  afterAll(() => test.close())

  const path = '/api/v1/entremise/orders'
  const buyer = { payment: 'pickup', name: 'Paul', email: 'paul@mail.example' }
  const call = async (method: 'GET' | 'POST', url: string, headers: Record<string, string>, payload?: object) => {
    const answer = await test.app.inject({ method, url, headers, ...(payload ? { payload } : {}) })
    return { status: answer.statusCode, body: answer.json() as Json }
  }

  it('are placed once under a key, moved by the seller, read by both and by nobody else (row 98)', async () => {
    const [seller, paul, thief] = await Promise.all(['grocer', 'paul', 'thief'].map((name) => test.signIn(name)))
    if (!seller || !paul || !thief) throw new Error('three were signed in')
    const product = await createProduct(test.ctx, seller.viewer, ware())
    const wish = { product_id: product.id, quantity: 2, total: 4_980, ...buyer }
    const key = { ...paul.headers, 'idempotency-key': 'one' }
    const placed = await call('POST', path, key, wish)
    expect(placed).toMatchObject({ status: 200, body: { state: 'open', total: { amount: 4_980, decimal: '49.80' } } })
    expect((await call('POST', path, key, wish)).body.id).toBe(placed.body.id)
    expect((await findProduct(test.ctx.db, product.id))?.stock).toBe(10)
    const own = `${path}/${placed.body.id}`
    expect((await call('GET', own, seller.headers)).body).toMatchObject({ next_state: 'delivered', url: null })
    expect((await call('GET', own, paul.headers)).body.url).toContain(`/orders/${placed.body.id}/`)
    expect((await call('GET', own, thief.headers)).status).toBe(404)
    for (const act of ['cancel', 'state']) {
      const step = { from: 'open', to: 'cancelled' }
      expect((await call('POST', `${own}/${act}`, thief.headers, step)).status, act).toBe(404)
    }
    expect((await call('GET', `${path}?side=buyer`, paul.headers)).body).toHaveLength(1)
    expect((await call('GET', path, thief.headers)).body).toEqual([])
    const moved = await call('POST', `${own}/state`, seller.headers, { from: 'open', to: 'delivered' })
    expect(moved.body).toMatchObject({ state: 'delivered', next_state: null })
    expect((await call('POST', `${own}/state`, seller.headers, { from: 'open', to: 'paid' })).status).toBe(409)
    expect((await call('POST', `${own}/cancel`, paul.headers)).status).toBe(409)
  })

  it('are not found by guessing the key of a client on the page of the product (row 98)', async () => {
    const [seller, paul] = await Promise.all([test.browse('guessed'), test.signIn('pia')])
    const product = await createProduct(test.ctx, seller.viewer, ware())
    const wish = { product_id: product.id, quantity: 1, total: 2_490, ...buyer }
    const key = { ...paul.headers, 'idempotency-key': '1' }
    expect((await call('POST', path, key, wish)).status).toBe(200)
    const form = { key: `${paul.viewer.actorId} 1`, quantity: '2', total: '4980', delivery: 'pickup', ...buyer }
    const answer = await test.app.inject({
      method: 'POST',
      url: `/@guessed/products/${product.id}/buy`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams(form).toString(),
    })
    expect(answer.statusCode).toBe(303)
  })

  it('cost what the product costs, and no more are sold than there are (rows 94, 95)', async () => {
    const [seller, paul] = await Promise.all([test.signIn('dear'), test.signIn('petra')])
    const product = await createProduct(test.ctx, seller.viewer, ware({ stock: 3 }))
    const wish = (more: object) => call('POST', path, paul.headers, { product_id: product.id, ...buyer, ...more })
    expect((await wish({ quantity: 1, total: 1 })).status).toBe(409)
    expect((await wish({ quantity: 4, total: 9_960 })).status).toBe(409)
    expect((await wish({ quantity: 0, total: 0 })).status).toBe(422)
    expect((await wish({ quantity: -1, total: -2_490 })).status).toBe(422)
    expect((await wish({ quantity: 1, total: 2_490, payment: 'transfer' })).status).toBe(422)
    expect((await findProduct(test.ctx.db, product.id))?.stock).toBe(3)
  })

  it('need a token that may read everything: they are about people', async () => {
    const { headers } = await test.signIn('narrow', ['read:statuses', 'write:statuses'])
    expect((await call('GET', path, headers)).status).toBe(403)
    expect((await call('POST', path, headers, { product_id: '1', total: 1 })).status).toBe(403)
  })

  it('of 200 who want one of ten pieces at once are ten, and the others are told so (row 94)', async () => {
    const seller = await test.signIn('crowded')
    const product = await createProduct(test.ctx, seller.viewer, ware({ stock: 10 }))
    const buyers = await Promise.all(Array.from({ length: 200 }, (_, at) => test.signIn(`buyer${at % 8}`)))
    const answers = await Promise.all(
      buyers.map(({ headers }) => call('POST', path, headers, { product_id: product.id, total: 2_490, ...buyer })),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10)
    const refused = answers.filter(({ status }) => status === 409)
    expect(refused).toHaveLength(190)
    expect(new Set(refused.map(({ body }) => body.error))).toEqual(
      new Set(['The product is not available in this quantity any more']),
    )
    expect(await findProduct(test.ctx.db, product.id)).toMatchObject({ stock: 0, state: 'sold_out' })
    const [row] = await test.ctx.db.$client`select count(*)::int as sold from orders where product_id = ${product.id}`
    expect(row?.sold).toBe(10)
  })
})
