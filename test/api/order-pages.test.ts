import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { drawCode } from '#src/core/qr.ts'
import { placedMail } from '#src/features/orders/mail.ts'
import { findProduct } from '#src/features/products/queries.ts'
import { createProduct, editProduct, type ProductInput, removeProduct } from '#src/features/products/service.ts'
import { saveShop } from '#src/features/products/shop.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { readEntities } from '#test/support/forms.ts'
import { ware } from '#test/support/products.ts'
import { sendMail } from '#workers/mail.ts'

describe('ordering', () => {
  let test: TestApp
  beforeAll(async () => {
    test = await createTestApp()
  })
  afterAll(() => test.close())

  type Fields = Record<string, string>
  const get = (url: string, headers: Fields = {}) => test.app.inject({ url, headers })
  const post = (url: string, fields: Fields, cookie: Fields = {}) =>
    test.app.inject({
      method: 'POST',
      url,
      headers: { ...cookie, 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams(fields).toString(),
    })
  const hidden = (body: string): Fields =>
    Object.fromEntries(
      [...body.matchAll(/<input type="hidden" name="(key|total|currency)" value="([^"]*)">/g)].map(
        ([, name, value]) => [name, value],
      ),
    )

  const open = async (handle: string, more: Partial<ProductInput> = {}) => {
    const seller = await test.browse(handle)
    await saveShop(test.ctx, seller.viewer, {
      takesPickupPayment: true,
      accountHolder: 'Café Lune',
      iban: 'DE89370400440532013000',
      bic: 'COBADEFF',
      imprint: 'Café Lune, 1 rue du Port',
      withdrawalText: '',
    })
    const product = await createProduct(test.ctx, seller.viewer, ware({ deliveryPrice: 590, ...more }))
    const buy = `/@${handle}/products/${product.id}/buy`
    return { seller, product, buy }
  }
  const paul = { name: 'Paul Martin', email: 'paul@mail.example' }
  const stockOf = async (id: string) => (await findProduct(test.ctx.db, id))?.stock
  /** Orders by transfer and pick-up, after having looked. */
  const order = async (buy: string, more: Fields = {}, cookie: Fields = {}) => {
    const form = hidden((await get(buy, cookie)).body)
    return post(
      buy,
      { ...form, quantity: '1', delivery: 'pickup', payment: 'transfer', step: 'order', ...paul, ...more },
      cookie,
    )
  }
  const mails = async () => {
    const rows = await test.ctx.db.$client<{ id: string }[]>`select id::text from effects where type like 'order.%'`
    for (const { id } of rows) await sendMail(test.ctx, id)
    const folder = join(test.ctx.config.dataDir, 'mail')
    return Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')))
  }

  it('is one page for a guest, with the total, the taxes, the right to withdraw and what the button means', async () => {
    const { buy, product } = await open('lune')
    const page = await get(buy)
    expect(page.statusCode, page.body).toBe(200)
    for (const words of [
      'Order with obligation to pay',
      '€24.90',
      '€5.90',
      'Right to withdraw',
      'Café Lune, 1 rue du Port',
    ]) {
      expect(page.body).toContain(words)
    }
    const french = await get(buy, { 'accept-language': 'fr' })
    expect(french.body).toContain('Commander avec obligation de paiement')
    const update = {
      ...hidden(page.body),
      quantity: '2',
      delivery: 'shipping',
      payment: 'transfer',
      step: 'update',
      name: 'Paul',
    }
    const updated = await post(buy, update)
    expect(updated.body).toContain('€55.70')
    expect(updated.body).toContain('value="Paul"')
    const form = { ...hidden(updated.body), quantity: '2', delivery: 'shipping', payment: 'transfer', step: 'order' }
    const missing = await post(buy, { ...form, ...paul, note: 'Ring twice' })
    expect(missing.statusCode).toBe(422)
    for (const words of ['Ring twice', 'paul@mail.example', 'This is needed.']) expect(missing.body).toContain(words)
    const address = { street: '1 rue', postal_code: '07000', city: 'Privas', country: 'France' }
    const placed = await post(buy, { ...form, ...paul, ...address })
    expect(placed.statusCode, placed.body).toBe(303)
    expect(await stockOf(product.id)).toBe(10)
    const own = await get(String(placed.headers.location))
    for (const words of ['€55.70', 'DE89 3704 0044 0532 0130 00', 'EUR55.70', 'COBADEFF', 'paul@mail.example']) {
      expect(own.body).toContain(words)
    }
    const [, text = ''] = /<pre class="checkout__code">([^<]+)<\/pre>/.exec(own.body) ?? []
    const [, path = ''] = /role="img" aria-label="Code for banking apps">.*?<path d="([^"]+)"/.exec(own.body) ?? []
    const squares = drawCode(readEntities(text)).flatMap((row, y) =>
      row.flatMap((isDark, x) => (isDark ? `M${x + 4} ${y + 4}h1v1h-1z` : [])),
    )
    expect(path).toBe(squares.join(''))
    expect(own.headers['cache-control']).toBe('private, no-store')
    // The same form again is the same order.
    const twice = await post(buy, { ...form, ...paul, ...address })
    expect(twice.headers.location).toBe(placed.headers.location)
    expect(await stockOf(product.id)).toBe(10)
  })

  it('costs what the product costs, whatever is sent (row 95)', async () => {
    const { buy, product, seller } = await open('priced')
    const cheap = await order(buy, { total: '1' })
    expect(cheap.statusCode).toBe(409)
    expect(cheap.body).toContain('The total is not the one that you saw')
    const form = hidden((await get(buy)).body)
    await editProduct(test.ctx, seller.viewer, product.id, { price: 9_900 })
    const stale = await post(buy, {
      ...form,
      quantity: '1',
      delivery: 'pickup',
      payment: 'transfer',
      step: 'order',
      ...paul,
    })
    expect(stale.statusCode).toBe(409)
    expect(stale.body).toContain('€99.00')
    expect(stale.body).toContain('value="Paul Martin"')
    expect(await stockOf(product.id)).toBe(12)
    const right = await order(buy, { price: '1', unitPrice: '1' })
    const { body } = await get(String(right.headers.location))
    expect(body).toContain('€99.00')
  })

  it('costs it in the currency that was seen (row 97)', async () => {
    const { buy, product, seller } = await open('changer')
    const form = hidden((await get(buy)).body)
    expect(form.currency).toBe('EUR')
    await editProduct(test.ctx, seller.viewer, product.id, { currency: 'CHF' })
    const wish = { quantity: '1', delivery: 'pickup', payment: 'pickup', step: 'order', ...paul }
    const stale = await post(buy, { ...form, ...wish })
    expect([stale.statusCode, stale.body.includes('CHF')]).toEqual([409, true])
    expect(await stockOf(product.id)).toBe(12)
    expect((await post(buy, { ...hidden((await get(buy)).body), ...wish })).statusCode).toBe(303)
  })

  it('is no more than twenty pieces for a guest, and no way to send links to people', async () => {
    const { buy, product } = await open('modest', { stock: 100 })
    const many = await order(buy, { quantity: '21', total: String(21 * 2_490) })
    expect([many.statusCode, many.body.includes('without an account from 1 to 20')]).toEqual([422, true])
    for (const name of ['Win at http://evil.example/', 'www.evil.example']) {
      const spam = await order(buy, { name })
      expect([spam.statusCode, spam.body.includes('Write no link here')]).toEqual([422, true])
    }
    const noted = await order(buy, { note: 'Visit https://evil.example' })
    expect(noted.statusCode).toBe(303)
    const id = String(noted.headers.location).split('/')[2] ?? ''
    expect((await placedMail(test.ctx, { orderId: id }))?.text).not.toContain('evil')
    expect(await stockOf(product.id)).toBe(99)
  })

  it('is refused in a sentence when there is not as much, and what was typed stays', async () => {
    const { buy, product } = await open('scarce', { stock: 1 })
    const form = hidden((await get(buy)).body)
    const total = String(Number(form.total) * 2)
    const two = await post(buy, {
      ...form,
      total,
      quantity: '2',
      delivery: 'pickup',
      payment: 'pickup',
      step: 'order',
      ...paul,
    })
    expect(two.statusCode).toBe(409)
    expect(two.body).toMatch(/<div class="flash flash--problem" role="alert">.*There are not as many any more/)
    expect(two.body).toContain('value="Paul Martin"')
    expect((await order(buy)).statusCode).toBe(303)
    expect(await findProduct(test.ctx.db, product.id)).toMatchObject({ stock: 0, state: 'sold_out' })
    expect((await get(buy)).statusCode).toBe(409)
  })

  it('is another one when its form was changed and sent again, and says so first', async () => {
    const { product, buy, seller } = await open('again', { stock: 5 })
    const form = hidden((await get(buy)).body)
    const fields = { ...form, quantity: '1', delivery: 'pickup', payment: 'transfer', step: 'order', ...paul }
    const first = await post(buy, fields)
    expect((await post(buy, fields)).headers.location).toBe(first.headers.location)
    const changed = await post(buy, { ...fields, quantity: '2', total: String(2 * 2_490) })
    expect(changed.statusCode).toBe(409)
    expect(changed.body).toContain('You have placed another order with this form already')
    expect(changed.body).toContain(`href="${String(first.headers.location).replace('?new=1', '')}"`)
    expect(await stockOf(product.id)).toBe(4)
    // For the same money, but sent: that is another order too.
    await editProduct(test.ctx, seller.viewer, product.id, { deliveryPrice: 0 })
    const address = { street: '2 rue du Port', postal_code: '07000', city: 'Privas', country: 'France' }
    expect((await post(buy, { ...fields, ...address, delivery: 'shipping' })).statusCode).toBe(409)
    const second = await post(buy, { ...fields, ...hidden(changed.body), quantity: '2' })
    expect(second.statusCode).toBe(303)
    expect(await stockOf(product.id)).toBe(2)
  })

  it('is bounded for guests: five that are not paid, and forty attempts in an hour from one address', async () => {
    const { buy } = await open('bounded', { stock: 99 })
    const email = 'many@mail.example'
    for (let nth = 0; nth < 5; nth++) expect((await order(buy, { email: email.toUpperCase() })).statusCode).toBe(303)
    const sixth = await order(buy, { email })
    expect(sixth.statusCode).toBe(422)
    expect(sixth.body).toContain('There are five orders under this address already')
    const codes: number[] = []
    let last = ''
    for (let nth = 0; nth < 45; nth++) {
      const payload = new URLSearchParams({ step: 'order', ...paul, note: 'Ring twice' }).toString()
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      const answer = await test.app.inject({
        method: 'POST',
        url: buy,
        headers,
        payload,
        remoteAddress: '198.51.100.7',
      })
      codes.push(answer.statusCode)
      last = answer.body
    }
    expect(codes.filter((code) => code === 429)).toHaveLength(5)
    expect(last).toContain('Ring twice')
    expect(last).toContain('Wait an hour')
  })

  it('takes the one way to pay that is left, and says when few pieces are', async () => {
    const { product, buy, seller } = await open('sole', { stock: 3 })
    const shop = { accountHolder: 'Lune', iban: 'DE89370400440532013000', bic: '', imprint: '', withdrawalText: '' }
    await saveShop(test.ctx, seller.viewer, { ...shop, takesPickupPayment: false })
    expect((await get(buy)).body).toContain('3 left')
    // What was chosen before the shop took it no longer.
    expect((await order(buy, { payment: 'pickup' })).statusCode).toBe(303)
    const [placed] = await test.ctx.db.$client`select payment from orders where product_id = ${product.id}`
    expect(placed).toEqual({ payment: 'transfer' })
  })

  it('says to its buyer for whom it is, and when it is over unpaid', async () => {
    const { buy, seller } = await open('receiver')
    const address = { street: '2 rue du Port', postal_code: '07000', city: 'Privas', country: 'France' }
    const placed = await order(buy, {
      ...address,
      delivery: 'shipping',
      note: 'Ring twice',
      total: String(2_490 + 590),
    })
    const { body } = await get(String(placed.headers.location))
    for (const words of ['Paul Martin', '2 rue du Port', '07000 Privas', 'Ring twice', 'Not paid by'])
      expect(body).toContain(words)
    const id = String(placed.headers.location).split('/')[2] ?? ''
    const mail = await placedMail(test.ctx, { orderId: id })
    expect(mail?.text).toContain('For:\n\nPaul Martin\n2 rue du Port\n07000 Privas')
    for (const line of [
      '1 × Coffret Lune 3×250 g · €24.90',
      'Delivery · €5.90',
      'of which VAT 5.5% · €',
      'It is sent to me',
    ])
      expect(mail?.text).toContain(line)
    // Who sells is asked before an order is cancelled.
    const orders = (await get('/orders', { ...seller.headers, accept: 'text/html' })).body
    expect(orders).toContain(`popovertarget="cancelled-${id}"`)
    expect(orders).toMatch(/Its pieces are for others again/)
  })

  it('is seen by its buyer and its seller alone, by an address that nobody can make up (row 98)', async () => {
    const { buy, seller } = await open('private')
    const { location } = (await order(buy)).headers
    const path = String(location).replace('?new=1', '')
    expect((await get(path)).statusCode).toBe(200)
    const [, , id = ''] = path.split('/')
    for (const wrong of [
      `/orders/${id}/x`,
      `/orders/${id}/${'A'.repeat(43)}`,
      `/orders/${BigInt(id) + 1n}/${path.split('/')[3]}`,
    ]) {
      expect((await get(wrong)).statusCode, wrong).toBe(404)
      expect((await post(`${wrong}/cancel`, {})).statusCode, wrong).toBe(404)
    }
    const thief = await test.browse('thief')
    await get('/orders', thief.headers)
    expect((await get('/orders', thief.headers)).body).not.toContain('Paul Martin')
    const stolen = await post(`/orders/${id}/move`, { from: 'open', to: 'paid' }, thief.headers)
    expect(stolen.statusCode).toBe(404)
    expect((await get('/orders', seller.headers)).body).toContain('Paul Martin')
    expect((await get('/orders')).headers.location).toContain('/login')
  })

  it('goes on by one button of the seller, once, and its buyer reads where it stands and gets mail', async () => {
    const { buy, seller } = await open('stepper')
    const placed = await order(buy, {}, {})
    const path = String(placed.headers.location).replace('?new=1', '')
    const [, , id = ''] = path.split('/')
    const list = await get('/orders', seller.headers)
    expect(list.body).toContain('Payment has come')
    const step = (from: string, to: string) => post(`/orders/${id}/move`, { from, to }, seller.headers)
    await step('open', 'paid')
    await step('open', 'paid')
    await step('open', 'cancelled')
    await step('open', 'refunded')
    const page = await get(path)
    expect(page.body).toContain('Paid')
    expect((await get(`${path}/receipt`)).statusCode).toBe(200)
    await post(`${path}/cancel`, {})
    await step('paid', 'delivered')
    const events = await test.ctx.db.$client`select state from order_events where order_id = ${id} order by id`
    expect(events.map(({ state }) => state)).toEqual(['open', 'paid', 'delivered'])
    const sent = (await mails()).filter((mail) => mail.includes(path) || mail.includes('A new order'))
    expect(sent.some((mail) => mail.startsWith('From:') && mail.includes('To: paul@mail.example'))).toBe(true)
    expect(sent.some((mail) => mail.includes('Paid'))).toBe(true)
    expect((await mails()).length).toBe((await mails()).length)
  })

  it('is taken back by its buyer until it is paid, and the pieces are there again', async () => {
    const { buy, product } = await open('returner', { stock: 1 })
    const path = String((await order(buy)).headers.location).replace('?new=1', '')
    expect(await stockOf(product.id)).toBe(0)
    await post(`${path}/cancel`, {})
    await post(`${path}/cancel`, {})
    expect(await findProduct(test.ctx.db, product.id)).toMatchObject({ stock: 1, state: 'on_sale' })
  })

  it('stays what it was when its product is gone', async () => {
    const { buy, product, seller } = await open('keeper')
    const path = String((await order(buy)).headers.location).replace('?new=1', '')
    await removeProduct(test.ctx, seller.viewer, product.id)
    const { body, statusCode } = await get(path)
    expect(statusCode).toBe(200)
    expect(body).toContain('Coffret Lune')
    expect((await get(buy)).statusCode).toBe(410)
  })

  it('takes a member at their word, and shows them what they have ordered', async () => {
    const { buy } = await open('members')
    const member = await test.browse('anna')
    const placed = await order(buy, {}, member.headers)
    const mine = await get('/orders/mine', member.headers)
    expect(mine.body).toContain(String(placed.headers.location).replace('?new=1', ''))
  })
})

describe('a table of products', () => {
  let test: TestApp
  beforeAll(async () => {
    test = await createTestApp()
  })
  afterAll(() => test.close())

  it('is looked at, then done, comes out again as it went in, and means no formula', async () => {
    const { viewer, headers } = await test.browse('tabler')
    await createProduct(test.ctx, viewer, ware({ sku: 'A', name: 'Old' }))
    const post = (fields: Record<string, string>) =>
      test.app.inject({
        method: 'POST',
        url: '/products/import',
        headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams(fields).toString(),
      })
    const text = 'sku,name,price,tax_rate\nA,"New, better",19.50,5.5\nB,=Tea,4,20\nC,Bad,x,20\nB,Twice,1,20\n'
    const look = await post({ text, step: 'look' })
    expect(look.body).toContain('New: 1. Changed: 1. As they were: 0.')
    expect(look.body).toContain('Line 4: price')
    expect(look.body).toContain('Line 5')
    const path = `/api/v1/entremise/products?account_id=${viewer.actorId}`
    expect((await test.app.inject({ url: path })).json()).toMatchObject([{ name: 'Old' }])
    expect((await post({ text, step: 'apply' })).statusCode).toBe(303)
    expect((await test.app.inject({ url: path })).json()).toMatchObject([
      { sku: 'B', name: '=Tea', price: { amount: 400 } },
      { sku: 'A', name: 'New, better', price: { amount: 1_950 }, stock: 12 },
    ])
    const table = await test.app.inject({ url: '/products/export.csv', headers })
    expect(table.headers['content-type']).toContain('text/csv')
    expect(table.body).toContain("'=Tea")
    expect((await post({ text: table.body, step: 'look' })).body).toContain('New: 0. Changed: 0. As they were: 2.')
  })
})
