import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { forgetBuyers } from '#src/features/orders/forget.ts'
import { endedMail } from '#src/features/orders/mail.ts'
import { expireOrders, moveOrder, withdrawOrder } from '#src/features/orders/move.ts'
import { placeOrder } from '#src/features/orders/place.ts'
import { findOrder, listSold, type Order } from '#src/features/orders/queries.ts'
import { findProduct } from '#src/features/products/queries.ts'
import { createProduct, editProduct } from '#src/features/products/service.ts'
import { saveShop } from '#src/features/products/shop.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { flashOf, giveRole, type Person, send, somebody, textOf } from '#test/support/browsing.ts'
import { DAY_MS } from '#test/support/clock.ts'
import { tellEverybody } from '#test/support/effects.ts'
import { uniqueName } from '#test/support/make.ts'
import { ware } from '#test/support/products.ts'
import { choresOf } from '#workers/housekeeping.ts'

let test: TestApp
beforeAll(async () => {
  test = await createTestApp({ config: { orderAddressDays: 30 } })
})
afterAll(() => test.close())

const contact = {
  ...{ name: 'Paul Martin', email: 'paul@mail.example', phone: '', street: '', postalCode: '' },
  ...{ city: '', country: '', note: 'Ring twice' },
}

/** What sellers were told about the end of some orders. */
async function endingsOf(...ids: string[]): Promise<string[]> {
  const rows = await test.ctx.db.$client<{ state: string }[]>`select payload->>'state' as state from effects
    where type = 'order.ended' and payload->>'orderId' = any(${ids}) order by id`
  return rows.map(({ state }) => state)
}

/** A guest, or somebody of ours, orders one piece. */
async function order(productId: string, buyer: Person | null = null, payment = 'pickup'): Promise<Order> {
  return placeOrder(test.ctx, {
    ...{ productId, quantity: 1, delivery: 'pickup', payment, contact, total: 2_490, currency: 'EUR', locale: 'en' },
    buyer: buyer && { userId: buyer.userId, actorId: buyer.actorId },
    formKey: uniqueName('form'),
  })
}

const inFrench = (person: Person): Person => {
  const headers: Record<string, string> & Person['headers'] = { ...person.headers, 'accept-language': 'fr' }
  return { ...person, headers }
}

describe('the team of a seller', () => {
  it('reads of each order on its page of notifications, and clients of none', async () => {
    const seller = await somebody(test, 'seller')
    const product = await createProduct(test.ctx, seller.viewer, ware({ name: 'Bol bleu' }))
    const [first] = [await order(product.id), await order(product.id)]
    await tellEverybody(test.ctx)
    const page = await textOf(test, '/notifications', seller)
    expect(page.match(/Somebody has ordered from you/g)).toHaveLength(2)
    expect(page).toContain('1 × Bol bleu – €24.90')
    expect(page).toContain(`/orders#order-${first?.id}`)
    expect(page).not.toContain('Paul Martin')
    const french = await textOf(test, '/notifications', inFrench(seller))
    expect(french).toContain('Vous avez reçu une commande')
    const { headers } = await test.signIn(seller.handle)
    const ask = (url: string) => test.app.inject({ url, headers })
    expect((await ask('/api/v1/notifications')).json()).toEqual([])
    expect((await ask('/api/v2/notifications')).json().notification_groups).toEqual([])
    expect((await ask('/api/v2/notifications/unread_count')).json()).toEqual({ count: 0 })
  })

  it('is told of what somebody ordered whom it does not want to hear', async () => {
    const [seller, buyer] = [await somebody(test, 'seller'), await somebody(test, 'buyer')]
    const product = await createProduct(test.ctx, seller.viewer, ware())
    const { headers } = await test.signIn(seller.handle)
    await test.app.inject({ method: 'POST', url: `/api/v1/accounts/${buyer.actorId}/mute`, headers })
    await order(product.id, buyer)
    await tellEverybody(test.ctx)
    expect(await textOf(test, '/notifications', seller)).toContain('Somebody has ordered from you')
    expect(await textOf(test, '/notifications', buyer)).not.toContain('Somebody has ordered from you')
  })

  it('leads to the orders who may see to them, and nobody else', async () => {
    const seller = await somebody(test, 'seller')
    const product = await createProduct(test.ctx, seller.viewer, ware())
    const { id } = await order(product.id)
    await tellEverybody(test.ctx)
    expect(await textOf(test, '/notifications', seller)).toContain(`#order-${id}`)
    await giveRole(test, seller, 'analyst')
    const page = await textOf(test, '/notifications', seller)
    expect(page).toContain('Somebody has ordered from you')
    expect(page).not.toContain(`#order-${id}`)
  })
})

describe('an order that nobody pays', () => {
  it('is over after a fortnight, and its pieces are there again, until the money comes after all', async () => {
    const seller = await somebody(test, 'seller')
    const shop = {
      takesPickupPayment: true,
      accountHolder: 'Lune',
      iban: 'DE89370400440532013000',
      bic: '',
      imprint: '',
    }
    await saveShop(test.ctx, seller.viewer, { ...shop, withdrawalText: '' })
    const product = await createProduct(test.ctx, seller.viewer, ware({ stock: 5 }))
    const [sent, fetched, paid] = [
      await order(product.id, null, 'transfer'),
      await order(product.id),
      await order(product.id, null, 'transfer'),
    ]
    await moveOrder(test.ctx, seller.viewer, { id: paid.id, from: 'open', to: 'paid' })
    const states = async () => {
      await expireOrders(test.ctx)
      return Promise.all([sent, fetched, paid].map(async ({ id }) => (await findOrder(test.ctx.db, id))?.state))
    }
    test.clock.pass(14 * DAY_MS - 1)
    expect(await states()).toEqual(['open', 'open', 'paid'])
    test.clock.pass(1)
    expect(await states()).toEqual(['expired', 'expired', 'paid'])
    const stock = async () => (await findProduct(test.ctx.db, product.id))?.stock
    expect(await stock()).toBe(4)
    expect(await endingsOf(sent.id, fetched.id, paid.id)).toEqual(['expired', 'expired'])
    // The money may still come: the seller finds both, and what was never ordered not.
    const sold = await listSold(test.ctx.db, seller.actorId, { limit: 20 })
    expect(sold.map(({ id }) => id).toSorted()).toEqual([sent.id, fetched.id, paid.id].toSorted())
    const pay = (id: string) => send(test, seller, `/orders/${id}/move`, { from: 'expired', to: 'paid' })
    await editProduct(test.ctx, seller.viewer, product.id, { stock: 0 })
    expect(flashOf(await pay(sent.id))).toContain('not as many pieces')
    await editProduct(test.ctx, seller.viewer, product.id, { stock: 2 })
    await pay(sent.id)
    expect([await states(), await stock()]).toEqual([['paid', 'expired', 'paid'], 1])
    // What was to be paid when it is fetched is fetched no more.
    await pay(fetched.id)
    expect([await states(), await stock()]).toEqual([['paid', 'expired', 'paid'], 1])
    // Nobody but the clock says so.
    const other = await order(product.id)
    const step = moveOrder(test.ctx, seller.viewer, { id: other.id, from: 'open', to: 'expired' })
    await expect(step).rejects.toMatchObject({ code: 'conflict' })
  })
})

describe('an order that its buyer cancels', () => {
  it('is told to who owns the shop', async () => {
    const seller = await somebody(test, 'seller')
    const product = await createProduct(test.ctx, seller.viewer, ware())
    const { id } = await order(product.id)
    await withdrawOrder(test.ctx, id)
    expect(await endingsOf(id)).toEqual(['cancelled'])
    const mail = await endedMail(test.ctx, { orderId: id, userId: seller.userId, state: 'cancelled' })
    expect(mail?.subject).toContain('Cancelled')
    expect(mail?.text).toContain('The buyer has cancelled an order.')
  })
})

describe('the name and address of a buyer', () => {
  it('are forgotten a while after the order has come to its end, and not before', async () => {
    const seller = await somebody(test, 'seller')
    const product = await createProduct(test.ctx, seller.viewer, ware())
    const [done, taken, waiting] = [await order(product.id), await order(product.id), await order(product.id)]
    await moveOrder(test.ctx, seller.viewer, { id: done.id, from: 'open', to: 'delivered' })
    await withdrawOrder(test.ctx, taken.id)
    const contacts = async () =>
      Promise.all([done, taken, waiting].map(async ({ id }) => (await findOrder(test.ctx.db, id))?.contact ?? null))
    test.clock.pass(30 * DAY_MS - 1)
    await forgetBuyers(test.ctx)
    expect(await contacts()).toEqual([contact, contact, contact])
    test.clock.pass(1)
    await forgetBuyers({ ...test.ctx, config: { ...test.ctx.config, orderAddressDays: 0 } })
    expect(await contacts()).toEqual([contact, contact, contact])
    const chores = choresOf(test.ctx, null as never, { lane: null as never, reading: null as never })
    await chores.find(({ name }) => name === 'pruning')?.run()
    expect(await contacts()).toEqual([null, null, contact])
    const kept = await findOrder(test.ctx.db, done.id)
    expect(kept).toMatchObject({ state: 'delivered', total: 2_490, productName: done.productName })
    // The session of a month ago is over.
    const page = await test.app.inject({ url: '/orders', headers: (await test.browse(seller.handle)).headers })
    expect([page.statusCode, page.body.match(/Paul Martin/g)]).toEqual([200, ['Paul Martin']])
    // What is paid back later is still done, and nobody gets mail.
    await moveOrder(test.ctx, seller.viewer, { id: done.id, from: 'delivered', to: 'refunded' })
    expect(await findOrder(test.ctx.db, done.id)).toMatchObject({ state: 'refunded', contact: null })
    test.clock.pass(30 * DAY_MS - 1)
    await forgetBuyers(test.ctx)
    expect(await contacts()).toEqual([null, null, contact])
    test.clock.pass(1)
    await forgetBuyers(test.ctx)
    // Nobody has moved it for so long that it is taken for over.
    expect(await contacts()).toEqual([null, null, null])
  })
})
