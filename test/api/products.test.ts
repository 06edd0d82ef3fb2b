import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deleteActor } from '#src/features/actors/service.ts'
import { placeOrder } from '#src/features/orders/place.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { make } from '#test/support/make.ts'

describe('products', () => {
  let test: TestApp
  beforeAll(async () => {
    test = await createTestApp()
  })
  afterAll(() => test.close())

  const path = '/api/v1/entremise/products'
  const sell = async (handle: string, more: object = {}) => {
    const seller = await test.signIn(handle)
    const payload = { name: 'Coffret Lune', price: '24,90', tax_rate: '5.5', stock: '12', ...more }
    const answer = await test.app.inject({ method: 'POST', url: path, headers: seller.headers, payload })
    return { seller, answer, product: answer.json() }
  }

  it('keeps what is sold in minor units, and shows it to everybody', async () => {
    const { answer, product, seller } = await sell('cafelune', { description: 'Arabica\n\nhttps://example.org' })
    expect(answer.statusCode, answer.body).toBe(200)
    expect(product).toMatchObject({
      state: 'on_sale',
      name: 'Coffret Lune',
      price: { amount: 2490, currency: 'EUR', decimal: '24.90' },
      tax_rate: 550,
      stock: 12,
      delivery: null,
      can_be_ordered: true,
      seller: { id: seller.actorId, acct: 'cafelune' },
    })
    const read = await test.app.inject({ url: `${path}/${product.id}` })
    expect(read.json()).toEqual(product)
    const list = await test.app.inject({ url: `${path}?account_id=${seller.actorId}` })
    expect(list.json().map(({ id }: { id: string }) => id)).toEqual([product.id])
  })

  it('has no catalogue where the account is none', async () => {
    for (const id of ['abc', '', '99999999999999999999', '1'])
      expect([id, (await test.app.inject({ url: `/api/v1/entremise/products?account_id=${id}` })).statusCode]).toEqual([
        id,
        id === '1' ? 200 : 404,
      ])
  })

  it('shows a draft to nobody but its team, and takes what is gone away', async () => {
    const { product, seller } = await sell('drafter', { state: 'draft' })
    const [own, stranger] = await Promise.all([
      test.app.inject({ url: `${path}/${product.id}`, headers: seller.headers }),
      test.app.inject({ url: `${path}/${product.id}` }),
    ])
    expect([own.statusCode, stranger.statusCode]).toEqual([200, 404])
    const other = await test.signIn('somebody')
    const stolen = {
      method: 'PUT',
      url: `${path}/${product.id}`,
      headers: other.headers,
      payload: { price: '1' },
    } as const
    expect((await test.app.inject(stolen)).statusCode).toBe(404)
    const remove = { method: 'DELETE', url: `${path}/${product.id}`, headers: seller.headers } as const
    expect((await test.app.inject(remove)).statusCode).toBe(200)
    expect((await test.app.inject({ url: `${path}/${product.id}`, headers: seller.headers })).statusCode).toBe(404)
  })

  it('is gone with who sells it', async () => {
    const { product, seller } = await sell('leaver')
    await deleteActor(test.ctx, seller.viewer, seller.actorId)
    expect((await test.app.inject({ url: `${path}/${product.id}` })).statusCode).toBe(404)
    expect((await test.app.inject({ url: `/@leaver/products/${product.id}` })).statusCode).not.toBe(200)
  })

  it('changes only what is named, and makes what has run out sold out', async () => {
    const { product, seller } = await sell('changer', { sku: 'CL-3' })
    const change = (payload: object) =>
      test.app.inject({ method: 'PUT', url: `${path}/${product.id}`, headers: seller.headers, payload })
    expect((await change({ stock: '0' })).json()).toMatchObject({ state: 'sold_out', stock: 0, sku: 'CL-3' })
    expect((await change({ stock: '3' })).json()).toMatchObject({ state: 'on_sale', stock: 3, price: { amount: 2490 } })
    expect((await change({ state: 'draft' })).statusCode).toBe(422)
  })

  const noAddress = { phone: '', street: '', postalCode: '', city: '', country: '', note: '' }

  it('leaves the stock to orders when something else is named, however many come at once', async () => {
    const { product, seller } = await sell('busy', { stock: '30' })
    const order = (n: number) =>
      placeOrder(test.ctx, {
        ...{
          productId: product.id,
          quantity: 1,
          buyer: null,
          formKey: `busy ${n}`,
          total: 2_490,
          currency: 'EUR',
          locale: 'en',
        },
        ...{ delivery: 'pickup', payment: 'pickup' },
        contact: { ...noAddress, name: 'Paul', email: `paul${n}@mail.example` },
      })
    const change = (n: number) =>
      test.app.inject({
        ...{ method: 'PUT', url: `${path}/${product.id}`, headers: seller.headers },
        payload: { description: `Text ${n}` },
      })
    await Promise.all(Array.from({ length: 20 }, (_, n) => [order(n), change(n)]).flat())
    expect((await test.app.inject({ url: `${path}/${product.id}` })).json()).toMatchObject({ stock: 10 })
  })

  it.each([
    ['a price with too many digits', { price: '24.905' }, 'price'],
    ['a negative price', { price: '-1' }, 'price'],
    ['a currency that nobody has', { currency: 'XXX' }, 'currency'],
    ['a shop that is not https', { shop_url: 'http://shop.example' }, 'shop_url'],
    ['a script for a shop', { shop_url: 'javascript:alert(1)' }, 'shop_url'],
    ['no name', { name: ' ' }, 'name'],
    ['half a piece', { stock: '1.5' }, 'stock'],
  ])('refuses %s with the field that is wrong', async (_, more, field) => {
    const { answer } = await sell('picky', more)
    expect(answer.statusCode).toBe(422)
    expect(Object.keys(answer.json().details)).toEqual([field])
  })

  it('refuses the number of another product', async () => {
    await sell('numbers', { sku: 'ONE' })
    const { answer } = await sell('numbers', { sku: 'ONE' })
    expect(answer.json().details.sku[0].error).toBe('ERR_TAKEN')
  })

  it('shows products in a post on spots of its picture, under one key, and none where there are none', async () => {
    const { product, seller } = await sell('poster')
    const picture = await make.picture(test.ctx, { actorId: seller.actorId })
    const post = (payload: object) =>
      test.app.inject({ method: 'POST', url: '/api/v1/statuses', headers: seller.headers, payload })
    const entremise = { products: [{ id: product.id, media_id: picture.id, x: 0.25, y: 0.75 }] }
    const answer = await post({ status: 'New', media_ids: [picture.id], entremise })
    expect(answer.statusCode, answer.body).toBe(200)
    expect(answer.json().entremise.products).toEqual([
      expect.objectContaining({ product, is_own: true, media_id: picture.id, x: 0.25, y: 0.75 }),
    ])
    expect((await post({ status: 'Plain' })).json()).not.toHaveProperty('entremise')
    const elsewhere = await post({ status: 'New', entremise: { products: [{ ...entremise.products[0] }] } })
    expect(elsewhere.statusCode).toBe(422)
    const many = Array.from({ length: 6 }, () => ({ id: product.id }))
    expect((await post({ status: 'Many', entremise: { products: many } })).statusCode).toBe(422)
  })
})
