import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { planTable } from '#src/features/products/import.ts'
import { createProduct, editProduct } from '#src/features/products/service.ts'
import { createTestApp, type TestApp } from '#test/support/app.ts'
import { multipartBody } from '#test/support/forms.ts'
import { make } from '#test/support/make.ts'
import { ware } from '#test/support/products.ts'

describe('the pages of products', () => {
  let test: TestApp
  beforeAll(async () => {
    test = await createTestApp()
  })
  afterAll(() => test.close())

  const get = (url: string, headers: Record<string, string> = {}) => test.app.inject({ url, headers })
  const post = (url: string, cookie: Record<string, string>, fields: Record<string, string>) =>
    test.app.inject({
      method: 'POST',
      url,
      headers: { ...cookie, 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams(fields).toString(),
    })

  it('show a product to everybody, with what search engines and other sites read', async () => {
    const { viewer } = await test.browse('shopkeeper')
    const product = await createProduct(test.ctx, viewer, ware({ name: '</script><b>Coffret' }))
    const { body, statusCode } = await get(`/@shopkeeper/products/${product.id}`)
    expect(statusCode).toBe(200)
    expect(body).toContain('<meta property="og:type" content="product">')
    const [, data = ''] = /<script type="application\/ld\+json">(.*?)<\/script>/.exec(body) ?? []
    expect(JSON.parse(data)).toMatchObject({
      '@type': 'Product',
      name: '</script><b>Coffret',
      offers: { price: '24.90', priceCurrency: 'EUR', availability: 'https://schema.org/InStock' },
    })
    expect(body).toContain(`/users/shopkeeper/products/${product.id}`)
    expect(body).not.toContain('<b>Coffret')
    const catalogue = await get('/@shopkeeper/products')
    expect(catalogue.body).toContain(`/@shopkeeper/products/${product.id}`)
  })

  it('change prices and stocks in the list, line by line, and keep what was typed where one is wrong', async () => {
    const { viewer, headers } = await test.browse('lister')
    const [one, two] = [
      await createProduct(test.ctx, viewer, ware({ name: 'One' })),
      await createProduct(test.ctx, viewer, ware({ name: 'Two' })),
    ]
    const fields = {
      [`price-${one.id}`]: '19,50',
      [`stock-${one.id}`]: '7',
      [`state-${one.id}`]: 'on_sale',
      [`price-${two.id}`]: 'a lot',
      [`stock-${two.id}`]: '',
      [`state-${two.id}`]: 'on_sale',
    }
    const wrong = await post('/products', headers, fields)
    expect(wrong.statusCode).toBe(422)
    expect(wrong.body).toContain('value="a lot"')
    expect(wrong.body).toMatch(new RegExp(`name="price-${two.id}"[^>]*aria-invalid="true"`))
    expect(wrong.body).not.toMatch(new RegExp(`name="stock-${two.id}"[^>]*aria-invalid`))
    const read = await test.app.inject({ url: `/api/v1/entremise/products/${one.id}` })
    expect(read.json()).toMatchObject({ price: { amount: 1950 }, stock: 7 })
    const right = await post('/products', headers, { ...fields, [`price-${two.id}`]: '5' })
    expect(right.statusCode).toBe(303)
  })

  it('sell nothing for nothing, and say of each row of a table what is wrong with it', async () => {
    const { headers } = await test.browse('giver')
    const typed = { name: 'Tea', price: '0', currency: 'EUR', tax_rate: '20', state: 'on_sale' }
    const free = await post('/products/new', headers, typed)
    expect([free.statusCode, free.body.includes('an amount above 0')]).toEqual([422, true])
    const sent = await post('/products/new', headers, { ...typed, price: '0,01', delivery_price: '0' })
    expect(sent.statusCode).toBe(303)
    const text = `name,price\n${'long '.repeat(40)},5.00\n,5.00\nTea,0\n`
    const { body } = await post('/products/import', headers, { text })
    for (const [line, sentence] of [
      [2, 'name – This is too long'],
      [3, 'name – This is needed'],
      [4, 'price – Write'],
    ])
      expect(body).toContain(`Line ${line}: ${sentence}`)
  })

  it('say what comes with an order, and offer nobody their own', async () => {
    const { viewer, headers } = await test.browse('keeper')
    const made = await createProduct(test.ctx, viewer, ware())
    const path = `/@keeper/products/${made.id}`
    const { body } = await get(path)
    expect(body).toContain('Right to withdraw')
    expect(body).toContain(`href="${path}/buy"`)
    const own = await get(path, headers)
    expect(own.body).toContain(`/products/${made.id}/edit`)
    expect(own.body).not.toContain(`href="${path}/buy"`)
    expect(own.body).toContain(`href="/compose?product=${made.id}"`)
    await editProduct(test.ctx, viewer, made.id, { state: 'paused' })
    expect((await get(path)).body).not.toContain('Right to withdraw')
  })

  it('have amounts as the language writes them, and read both spellings in both', async () => {
    const { viewer, headers } = await test.browse('comma')
    const made = await createProduct(test.ctx, viewer, ware({ price: 1_250, deliveryPrice: 590, taxRate: 550 }))
    const edit = `/products/${made.id}/edit`
    const valuesIn = async (locale: string) => {
      const { body } = await get(edit, { ...headers, 'accept-language': locale })
      const list = await get('/products', { ...headers, 'accept-language': locale })
      const [, listed] = new RegExp(`name="price-${made.id}"[^>]*value="([^"]*)"`).exec(list.body) ?? []
      const fields = ['price', 'delivery_price', 'tax_rate'].map(
        (name) => new RegExp(`<input[^>]*name="${name}"[^>]*value="([^"]*)"`).exec(body)?.[1],
      )
      return [listed, ...fields]
    }
    expect(await valuesIn('fr')).toEqual(['12,50', '12,50', '5,90', '5,5'])
    expect(await valuesIn('en')).toEqual(['12.50', '12.50', '5.90', '5.5'])
    for (const [language, price] of [
      ['fr', '13,50'],
      ['fr', '14.50'],
      ['en', '15,50'],
      ['en', '16.50'],
    ] as const) {
      const cookie = { ...headers, 'accept-language': language }
      const line = { [`price-${made.id}`]: price, [`stock-${made.id}`]: '7', [`state-${made.id}`]: 'on_sale' }
      expect((await post('/products', cookie, line)).statusCode).toBe(303)
      const read = (await test.app.inject({ url: `/api/v1/entremise/products/${made.id}` })).json()
      expect(read.price.decimal, language).toBe(price.replace(',', '.'))
    }
  })

  it('lose nothing of what was typed when a form has something wrong', async () => {
    const { headers } = await test.browse('typist')
    const typed = { name: 'Tea', price: '4', currency: 'EUR', tax_rate: 'much', state: 'on_sale', description: 'Green' }
    const { body, statusCode } = await post('/products/new', headers, typed)
    expect(statusCode).toBe(422)
    for (const words of ['value="Tea"', 'value="much"', 'Green', 'aria-invalid="true"']) expect(body).toContain(words)
    const saved = await post('/products/new', headers, { ...typed, tax_rate: '5,5' })
    expect(saved.headers.location).toBe('/products')
  })

  it('leave a stock alone that was not touched, whatever was sold since the page was opened', async () => {
    const { viewer, headers } = await test.browse('counter')
    const { id } = await createProduct(test.ctx, viewer, ware({ name: 'Tea', price: 400, stock: 5 }))
    const hiddenIn = (body: string) =>
      Object.fromEntries(
        [...body.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)].map(([, name, value]) => [
          name,
          value,
        ]),
      )
    const list = hiddenIn((await get('/products', headers)).body)
    const form = hiddenIn((await get(`/products/${id}/edit`, headers)).body)
    const sell = (stock: number) => editProduct(test.ctx, viewer, id, { stock })
    const read = async () => (await test.app.inject({ url: `/api/v1/entremise/products/${id}` })).json()
    const line = (stock: string) => ({ [`price-${id}`]: '4,50', [`stock-${id}`]: stock, [`state-${id}`]: 'on_sale' })
    await sell(0)
    expect((await post('/products', headers, { ...list, ...line('5') })).statusCode).toBe(303)
    expect(await read()).toMatchObject({ price: { amount: 450 }, stock: 0, state: 'sold_out' })
    await sell(2)
    const fields = { name: 'Tea', price: '4,80', currency: 'EUR', tax_rate: '20', state: 'on_sale', stock: '5' }
    expect((await post(`/products/${id}/edit`, headers, { ...form, ...fields })).statusCode).toBe(303)
    expect(await read()).toMatchObject({ price: { amount: 480 }, stock: 2 })
    expect((await post('/products', headers, { ...list, ...line('9') })).statusCode).toBe(303)
    expect(await read()).toMatchObject({ stock: 9, state: 'on_sale' })
  })

  it('leave a price alone that was not touched, whatever a colleague has made of it since', async () => {
    const { viewer, headers } = await test.browse('colleague')
    const { id } = await createProduct(test.ctx, viewer, ware({ name: 'Tea', price: 400 }))
    const { body } = await get('/products', headers)
    const hidden = [...body.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)]
    const list = Object.fromEntries(hidden.map(([, name, value]) => [name, value]))
    await editProduct(test.ctx, viewer, id, { price: 500 })
    const line = { [`price-${id}`]: list[`was-price-${id}`], [`stock-${id}`]: '9', [`state-${id}`]: 'on_sale' }
    expect((await post('/products', headers, { ...list, ...line })).statusCode).toBe(303)
    const read = await test.app.inject({ url: `/api/v1/entremise/products/${id}` })
    expect(read.json()).toMatchObject({ price: { amount: 500 }, stock: 9 })
  })

  it('take from a table what differs, and no stock that it does not have', async () => {
    const { viewer } = await test.browse('tabler')
    await createProduct(test.ctx, viewer, ware({ name: 'Tea', sku: 'TAB-1', stock: 5 }))
    // An order may come between the reading of the stock and the writing of the table.
    const plan = await planTable(test.ctx, viewer.actorId, 'sku,name\nTAB-1,Green tea\n')
    const [changed] = plan.changed
    expect(changed?.changes).toEqual({ name: 'Green tea' })
  })

  it('read the tables that Excel writes in French, and show prices as they were and would be', async () => {
    const { viewer, headers } = await test.browse('importer')
    await createProduct(test.ctx, viewer, ware({ name: 'Tea', sku: 'TEA', price: 2_490 }))
    const look = (text: string) => post('/products/import', { ...headers, 'accept-language': 'fr' }, { text })
    const { body } = await look('sku;name;price\r\nTEA;Tea;2,49\r\nNEW;"Thé ; vert";5,00\r\n')
    expect(body.replaceAll('\u00A0', ' ').replaceAll('\u202F', ' ')).toContain('TEA – Tea · 24,90 € → 2,49 €')
    expect(body).toContain('NEW – Thé ; vert')
    expect(body).toContain('value="apply"')
    const pasted = await look('sku\tname\tprice\nTEA\tTea, green\t24,90\n')
    expect(pasted.body).toContain('TEA – Tea, green · name: Tea → Tea, green<')
    const stocked = await look(`sku;stock;state;description\nTEA;500;paused;${'long '.repeat(20)}\n`)
    expect(stocked.body).toContain('TEA – Tea · state: on_sale → paused · stock: 12 → 500 · description<')
    // What changes nothing cannot be carried out.
    expect((await look('sku;price\nTEA;24,90\n')).body).not.toContain('value="apply"')
  })

  it('read a file in the letters of Windows, and say that one is too large', async () => {
    const { headers } = await test.browse('importer')
    const look = async (bytes: Buffer) => {
      const sent = await multipartBody([['list', { bytes, filename: 'products.csv' }]])
      const all = { ...headers, ...sent.headers, accept: 'text/html' }
      return test.app.inject({ method: 'POST', url: '/products/import/file', payload: sent.payload, headers: all })
    }
    const table = 'sku;name;price\r\nTHE;Thé « léger » à 5 €;5,00\r\n'
    const windows = Buffer.from(table.replaceAll('€', '\u0080'), 'latin1')
    for (const bytes of [windows, Buffer.from(table), Buffer.from(`\uFEFF${table}`)])
      expect((await look(bytes)).body).toContain('THE – Thé « léger » à 5 €')
    const large = await look(Buffer.alloc(600_001, 'x'))
    expect([large.statusCode, large.body.includes('larger than 600 kB')]).toEqual([422, true])
  })

  it('are for who may sell: others cannot open the list', async () => {
    const { actor } = await make.actor(test.ctx)
    const reader = await make.member(test.ctx, actor.id, 'analyst')
    await expect(createProduct(test.ctx, reader, ware())).rejects.toMatchObject({ code: 'forbidden' })
    expect((await get('/products')).headers.location).toContain('/login')
  })

  it('offer what is shown or chosen in the form for a post, however many are newer', async () => {
    const { viewer, headers, actorId } = await test.browse('wholesaler')
    const old = await createProduct(test.ctx, viewer, ware({ name: 'The oldest' }))
    await test.ctx.db.$client`insert into products (actor_id, state, name, price, currency, sku)
      select ${actorId}, 'on_sale', 'Newer ' || n, 100, 'EUR', 'N' || n from generate_series(1, 201) n`
    expect((await get('/compose', headers)).body).not.toContain('The oldest')
    const { body } = await get(`/compose?product=${old.id}`, headers)
    expect(body).toContain(`<option value="${old.id}" selected>The oldest</option>`)
    const other = await test.browse('retailer')
    await createProduct(test.ctx, other.viewer, ware())
    expect((await get(`/compose?product=${old.id}`, other.headers)).body).not.toContain('The oldest')
  })

  it('put a product on a spot of a picture, in a form without a script, and show it there and in a list', async () => {
    const { viewer, headers, actorId } = await test.browse('spotter')
    const product = await createProduct(test.ctx, viewer, ware({ name: 'Coffret Lune' }))
    const picture = await make.picture(test.ctx, { actorId, description: 'A box' })
    const form = await get('/compose', headers)
    expect(form.body).toContain(`<option value="${product.id}">Coffret Lune</option>`)
    const sent = await post('/compose', headers, {
      ...{ text: 'New', visibility: 'public', language: 'fr', 'picture-1': picture.id, 'alt-1': 'A box' },
      ...{ 'product-1': product.id, 'product-picture-1': '1', 'product-left-1': '25', 'product-top-1': '60' },
    })
    expect(sent.statusCode, sent.body).toBe(303)
    const page = await get(String(sent.headers.location))
    expect(page.body).toContain('cx="25%" cy="60%"')
    expect(page.body).toContain('href="#product-1"')
    expect(page.body).toContain('id="product-1"')
    const edit = await get(`${sent.headers.location}/edit`, headers)
    expect(edit.body).toContain(`<option value="${product.id}" selected>`)
  })
})
