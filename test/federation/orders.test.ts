import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expireOrders, moveOrder } from '#src/features/orders/move.ts'
import { makeOffer } from '#src/features/orders/offer.ts'
import { findProduct, type Product } from '#src/features/products/queries.ts'
import { createProduct, editProduct } from '#src/features/products/service.ts'
import { saveShop } from '#src/features/products/shop.ts'
import type { Json } from '#test/support/client.ts'
import { proposalOf, ware } from '#test/support/products.ts'
import type { Wire } from '#test/support/signing.ts'
import {
  ACTIVITY_JSON,
  type Stranger,
  type StrangerActor,
  startStranger,
  type Variant,
} from '#test/support/stranger.ts'
import { type Instance, type Member, startInstance } from '#test/support/two-servers.ts'

const path = '/api/v1/entremise/orders'
let passed = 0
const now = () => new Date(Date.now() + passed)
let [here, there]: Instance[] = []
let shop: Member
let paul: Member
let elsewhere: Stranger
let rosa: StrangerActor
let remo: StrangerActor

const must = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('this was not made')
  return value
}
const settle = async () => {
  for (const instance of [here, there, here, there]) await must(instance).settle()
}

beforeAll(async () => {
  ;[[here, there], elsewhere] = await Promise.all([
    Promise.all([startInstance({ now }), startInstance({ now })]),
    startStranger({ now }),
  ])
  ;[shop, paul, rosa, remo] = await Promise.all([
    must(there).join('cafelune', { type: 'Organization' }),
    must(here).join('paul'),
    elsewhere.actor('rosa', {
      generator: { type: 'Application', implements: [{ type: 'Link', href: 'https://w3id.org/fep/0837' }] },
    }),
    elsewhere.actor('remo'),
  ])
  await saveShop(must(there).ctx, shop.viewer, {
    takesPickupPayment: true,
    accountHolder: 'Café Lune',
    iban: 'DE89370400440532013000',
    bic: '',
    imprint: '',
    withdrawalText: '',
  })
})
afterAll(() => Promise.all([here?.close(), there?.close(), elsewhere.close()]))

const sell = (more: object = {}): Promise<Product> => createProduct(must(there).ctx, shop.viewer, ware(more))
const stockOf = async ({ id }: Product) => (await findProduct(must(there).ctx.db, id))?.stock

/** A product of the other instance as Paul's knows it, by a post that shows it. */
async function meet(product: Product): Promise<Json> {
  const { body: status } = await shop.api.post('/api/v1/statuses', {
    status: 'Look',
    entremise: { products: [{ id: product.id }] },
  })
  const query = encodeURIComponent(status.uri)
  const { body } = await paul.api.get(`/api/v2/search?type=statuses&resolve=true&q=${query}`)
  return body.statuses[0].entremise.products[0].product
}
const ask = async (product: Json, quantity = 1, total = product.price.amount * quantity): Promise<Json> => {
  const { body, status } = await paul.api.post(path, { product_id: product.id, quantity, total })
  expect(status, JSON.stringify(body)).toBe(200)
  await settle()
  return (await paul.api.get(`${path}/${body.id}`)).body
}
const orderOf = async ({ id }: Json): Promise<Json> => (await paul.api.get(`${path}/${id}`)).body
const page = async (url: string): Promise<string> => (await fetch(url, { headers: { accept: 'text/html' } })).text()
const soldOrders = () => must(there).ctx.db.$client`select id::text, state from orders order by id desc`

describe('an order between two of our instances (item 39)', () => {
  it('is asked for, agreed on, completed at the seller’s, and followed on both sides to its receipt', async () => {
    const product = await sell({ deliveryPrice: 590 })
    const known = await meet(product)
    expect(known).toMatchObject({ can_be_ordered: true, price: { amount: 2_490 } })
    const order = await ask(known, 2)
    expect(order).toMatchObject({ state: 'open', quantity: 2, total: { amount: 4_980 } })
    expect(await stockOf(product)).toBe(10)
    const own = await page(order.url)
    const href = /href="(http[^"]*\/orders\/[^"]*)"/.exec(own)?.[1] ?? ''
    expect(href.startsWith(must(there).url)).toBe(true)
    expect(own).not.toContain('Careful')
    const form = await page(href)
    expect(form).toContain('Order with obligation to pay')
    const [, total = ''] = /name="total" value="(\d+)"/.exec(form) ?? []
    const fields = {
      step: 'order',
      total,
      delivery: 'pickup',
      payment: 'transfer',
      name: 'Paul',
      email: 'paul@mail.example',
    }
    const sent = await fetch(href, {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers: { origin: must(there).url },
      redirect: 'manual',
    })
    expect(sent.status).toBe(303)
    const [sold] = await soldOrders()
    const step = (from: 'open' | 'paid', to: 'paid' | 'delivered') =>
      moveOrder(must(there).ctx, shop.viewer, { id: sold?.id, from, to })
    await step('open', 'paid')
    await settle()
    expect((await orderOf(order)).state).toBe('paid')
    await step('paid', 'delivered')
    await settle()
    expect((await orderOf(order)).state).toBe('delivered')
    expect(await page(order.url)).toContain(`${href}/receipt`)
    expect(await page(`${href}/receipt`)).toContain('Receipt for order')
  })

  it('is asked for once by one form, also when the pieces are gone, and is another one when the form was changed', async () => {
    const product = await sell({ stock: 2 })
    const known = await meet(product)
    const viewer = paul.viewer
    const wish = {
      productId: known.id,
      quantity: 2,
      total: 2 * known.price.amount,
      formKey: 'sent twice',
      currency: 'EUR',
      locale: 'en',
    }
    const first = await makeOffer(must(here).ctx, viewer, wish)
    await settle()
    await must(here).ctx.db.$client`update products set stock = 0 where id = ${known.id}`
    expect((await makeOffer(must(here).ctx, viewer, wish)).id).toBe(first.id)
    const less = { ...wish, quantity: 1, total: known.price.amount }
    await expect(makeOffer(must(here).ctx, viewer, less)).rejects.toMatchObject({ code: 'conflict' })
  })

  it('sends no name, address or mail of a person', async () => {
    const product = await sell()
    await ask(await meet(product))
    const [row] = await must(here).ctx.db
      .$client`select body from activities where type = 'Offer' order by id desc limit 1`
    const offer = JSON.parse(row?.body ?? '{}')
    expect(Object.keys(offer).toSorted()).toEqual(
      ['@context', 'actor', 'endTime', 'id', 'object', 'published', 'to', 'type'].toSorted(),
    )
    expect(offer.object.stipulatesReciprocal.resourceQuantity).toEqual({ hasUnit: 'one', hasNumericalValue: '24.90' })
  })

  it('is refused when the price has changed, and when there are not as many', async () => {
    const product = await sell({ stock: 2 })
    const known = await meet(product)
    await editProduct(must(there).ctx, shop.viewer, product.id, { price: 3_000 })
    // The word of the new price has not come yet: nobody here follows the shop.
    await must(here).ctx.db
      .$client`update products set price = 2490, state = 'on_sale', stock = 9 where iri = ${known.uri}`
    expect(await ask(known, 1, 2_490)).toMatchObject({ state: 'rejected' })
    await editProduct(must(there).ctx, shop.viewer, product.id, { price: 2_490 })
    await settle()
    await must(here).ctx.db
      .$client`update products set price = 2490, state = 'on_sale', stock = 9 where iri = ${known.uri}`
    const order = await ask(known, 3, 7_470)
    expect(order.state).toBe('rejected')
    expect(await page(order.url)).toContain('no longer has as many')
    expect(await stockOf(product)).toBe(2)
  })

  it('gives the pieces back when the buyer withdraws, and when nobody takes them up in time', async () => {
    const product = await sell({ stock: 2 })
    const known = await meet(product)
    const first = await ask(known)
    expect(await stockOf(product)).toBe(1)
    await paul.api.post(`${path}/${first.id}/cancel`)
    await settle()
    expect(await stockOf(product)).toBe(2)
    const second = await ask(known)
    passed += 31 * 60_000
    await expireOrders(must(there).ctx)
    await settle()
    expect(await stockOf(product)).toBe(2)
    expect((await orderOf(second)).state).toBe('cancelled')
  })
})

describe('an offer from elsewhere (item 39)', () => {
  const offer = (from: StrangerActor, product: Product, more: Json = {}): Json => {
    const iri = must(there).ctx.uris.product('cafelune', product.id)
    const { quantity = '1', amount = '24.90', ...rest } = more
    const end = (name: string, number: string) => ({
      type: 'Commitment',
      satisfies: `${iri}#${name}`,
      resourceQuantity: { hasUnit: 'one', hasNumericalValue: number },
    })
    const agreement = {
      type: 'Agreement',
      stipulates: end('primary', quantity),
      stipulatesReciprocal: end('reciprocal', amount),
      ...rest,
    }
    return from.activity('Offer', agreement, { to: [shop.iri] })
  }
  const say = async (from: StrangerActor, activity: Json) => {
    const answer = await from.post(`${shop.iri}/inbox`, activity)
    expect(answer.status).toBe(202)
    await must(there).settle()
    const about = ({ json }: { json: Json }) => (json?.object?.id ?? json?.object) === activity.id
    return elsewhere.deliveries.filter(about).map(({ json }) => json)
  }

  it('is accepted with a payment page of the seller’s server, and the agreement is read by its buyer alone', async () => {
    const product = await sell()
    const [accept] = await say(rosa, offer(rosa, product, { quantity: '2', amount: '49.80' }))
    expect(accept).toMatchObject({
      type: 'Accept',
      actor: shop.iri,
      to: [rosa.iri],
      result: {
        type: 'Agreement',
        attributedTo: shop.iri,
        stipulates: { resourceQuantity: { hasUnit: 'one', hasNumericalValue: '2' } },
        stipulatesReciprocal: { resourceQuantity: { hasUnit: 'one', hasNumericalValue: '49.80' } },
        url: { type: 'Link', rel: ['payment'] },
        preview: { name: 'Open' },
      },
    })
    expect((await rosa.get(accept.result.id)).status).toBe(200)
    expect((await remo.get(accept.result.id)).status).toBe(404)
    expect((await fetch(accept.result.id, { headers: { accept: ACTIVITY_JSON } })).status).toBe(404)
    const guessed = `${accept.result.id.slice(0, -1)}${accept.result.id.endsWith('x') ? 'y' : 'x'}`
    expect((await rosa.get(guessed)).status).toBe(404)
  })

  it('is refused at another price, over the stock, and when three are open; the same offer counts once', async () => {
    const product = await sell({ stock: 5 })
    const buyer = await elsewhere.actor(`buyer${product.id}`)
    const refusal = async (more: Json) => (await say(buyer, offer(buyer, product, more)))[0]
    expect(await refusal({ amount: '24.89' })).toMatchObject({ type: 'Reject', summary: 'price-changed' })
    expect(await refusal({ quantity: '6', amount: '149.40' })).toMatchObject({ summary: 'not-available' })
    expect(await stockOf(product)).toBe(5)
    const once = offer(buyer, product)
    expect((await say(buyer, once)).map(({ type }) => type)).toEqual(['Accept'])
    // Under the same id, and as another activity about the same: one order.
    expect(await say(buyer, once)).toHaveLength(1)
    expect(await stockOf(product)).toBe(4)
    expect(await refusal({})).toMatchObject({ type: 'Accept' })
    expect(await refusal({})).toMatchObject({ type: 'Accept' })
    expect(await refusal({})).toMatchObject({ type: 'Reject', summary: 'too-many' })
    expect(await stockOf(product)).toBe(2)
  })

  it('is left alone when it is about something else, for somebody else, over, or a trick with numbers', async () => {
    const product = await sell()
    const other = await sell({ name: 'Dear', price: 99_900 })
    const iriOf = ({ id }: Product) => must(there).ctx.uris.product('cafelune', id)
    const mixed = offer(remo, product)
    mixed.object.stipulates.satisfies = `${iriOf(other)}#primary`
    const swapped = offer(remo, product)
    swapped.object.stipulates.satisfies = `${iriOf(product)}#reciprocal`
    const kilos = offer(remo, product)
    kilos.object.stipulates.resourceQuantity.hasUnit = 'kilogram'
    const late = { ...offer(remo, product), endTime: new Date(now().getTime() - 1_000).toISOString() }
    const foreign = { ...offer(remo, product), to: [`${must(there).url}/users/nobody`] }
    const tricks = ['-1', '0', '1.5', '1e3', '99999999999999999999', 'NaN', ''].map((quantity) =>
      offer(remo, product, { quantity }),
    )
    const amounts = ['24.9000001', '-24.90', 'free', '2.49e1'].map((amount) => offer(remo, product, { amount }))
    for (const attack of [mixed, swapped, kilos, late, foreign, ...tricks, ...amounts]) {
      const answers = await say(remo, attack)
      expect(
        answers.filter(({ type }) => type === 'Accept'),
        JSON.stringify(attack.object),
      ).toEqual([])
    }
    expect(await stockOf(product)).toBe(12)
    expect(await stockOf(other)).toBe(12)
  })

  it('is taken back by its buyer alone', async () => {
    const product = await sell()
    const made = offer(rosa, product)
    await say(rosa, made)
    expect(await stockOf(product)).toBe(11)
    await say(remo, remo.activity('Undo', { id: made.id, type: 'Offer', actor: rosa.iri }))
    expect(await stockOf(product)).toBe(11)
    await say(rosa, rosa.activity('Undo', { id: made.id, type: 'Offer', actor: rosa.iri }))
    expect(await stockOf(product)).toBe(12)
  })
})

describe('an answer from elsewhere (item 39)', () => {
  /** Paul asks Rosa, on her server, for one of what she sells. */
  const askRosa = async (): Promise<{ order: Json; offer: Json; proposal: Json }> => {
    const proposal = proposalOf(rosa)
    elsewhere.serve(proposal.id, () => ({ body: proposal }))
    const tag = { type: 'Link', rel: ['payment', 'https://w3id.org/valueflows/ont/vf#Proposal'], href: proposal.id }
    const note = rosa.note({ tag: [tag] })
    const { body } = await paul.api.get(`/api/v2/search?type=statuses&resolve=true&q=${encodeURIComponent(note.id)}`)
    const { product } = body.statuses[0].entremise.products[0]
    expect(product.can_be_ordered).toBe(true)
    const { body: order } = await paul.api.post(path, { product_id: product.id, quantity: 1, total: 2_490 })
    const { json: offer, path: inbox } = await elsewhere.delivered(
      ({ type, object }) => type === 'Offer' && object.stipulates.satisfies === `${proposal.id}#primary`,
    )
    // Her own, not the one that her server shares: nobody else there has a part in it.
    expect(inbox).toBe(new URL(`${rosa.iri}/inbox`).pathname)
    return { order, offer, proposal }
  }
  const agreeing = (
    from: StrangerActor,
    { offer, proposal }: { offer: Json; proposal: Json },
    more: Json = {},
  ): Json => {
    const id = `${elsewhere.url}/agreements/${Math.trunc(performance.now() * 1_000)}`
    const { href = `${elsewhere.url}/pay/1`, quantity = '1', amount = '24.90', ...rest } = more
    const end = (name: string, number: string) => ({
      id: `${id}#${name}`,
      type: 'Commitment',
      satisfies: `${proposal.id}#${name}`,
      resourceQuantity: { hasUnit: 'one', hasNumericalValue: number },
    })
    const result = {
      id,
      type: 'Agreement',
      attributedTo: from.iri,
      stipulates: end('primary', quantity),
      stipulatesReciprocal: end('reciprocal', amount),
      url: { type: 'Link', rel: ['payment'], mediaType: 'text/html', href },
      preview: { type: 'Note', name: 'Open' },
      ...rest,
    }
    return from.activity('Accept', offer.id, { to: [paul.iri], result })
  }
  const say = async (from: StrangerActor, activity: Json) => {
    expect((await from.post(`${paul.iri}/inbox`, activity)).status).toBe(202)
    await must(here).settle()
  }

  it('counts only from the seller, about what was asked for, with a payment page that can be shown', async () => {
    const asked = await askRosa()
    const stays = async (attack: Json, from = rosa) => {
      await say(from, attack)
      expect((await orderOf(asked.order)).state, JSON.stringify(attack)).toBe('offered')
    }
    await stays(agreeing(remo, asked), remo)
    await stays(agreeing(rosa, asked, { attributedTo: remo.iri }))
    await stays(agreeing(rosa, asked, { id: 'https://elsewhere.example/agreements/1' }))
    await stays(agreeing(rosa, asked, { quantity: '2' }))
    await stays(agreeing(rosa, asked, { amount: '24.91' }))
    await stays(agreeing(rosa, asked, { amount: '249.00' }))
    for (const href of [
      'http://pay.example/1',
      'https://10.0.0.1/1',
      'https://[::1]/1',
      'javascript:alert(1)',
      'data:text/html,x',
    ]) {
      await stays(agreeing(rosa, asked, { href }))
    }
    const other = agreeing(rosa, { ...asked, proposal: { id: `${elsewhere.url}/proposals/other` } })
    await stays(other)
    await say(rosa, agreeing(rosa, asked))
    expect((await orderOf(asked.order)).state).toBe('open')
    // A second answer to the same question changes nothing.
    await say(rosa, agreeing(rosa, asked, { href: `${elsewhere.url}/pay/other` }))
    expect(await page(asked.order.url)).toContain(`${elsewhere.url}/pay/1`)
  })

  it('with a payment page on a foreign host is shown with a warning, and nothing is fetched from there', async () => {
    const asked = await askRosa()
    await say(rosa, agreeing(rosa, asked, { href: 'https://pay.elsewhere.example/55' }))
    const text = await page(asked.order.url)
    expect(text).toContain('Careful: this leads to pay.elsewhere.example')
    expect(text).not.toMatch(/<link[^>]*pay\.elsewhere|http-equiv="refresh"/)
  })

  it('after the time is over, or a no, comes too late', async () => {
    const asked = await askRosa()
    await say(remo, remo.activity('Reject', asked.offer.id, { to: [paul.iri] }))
    expect((await orderOf(asked.order)).state).toBe('offered')
    await say(rosa, rosa.activity('Reject', asked.offer.id, { to: [paul.iri], summary: 'not-available' }))
    expect((await orderOf(asked.order)).state).toBe('rejected')
    await say(rosa, agreeing(rosa, asked))
    expect((await orderOf(asked.order)).state).toBe('rejected')
    const late = await askRosa()
    passed += 31 * 60_000
    await say(rosa, agreeing(rosa, late))
    await expireOrders(must(here).ctx)
    expect((await orderOf(late.order)).state).toBe('expired')
  })

  it('about where it stands is the seller’s alone, about the same sum, and never undoes what is over (row 97)', async () => {
    const asked = await askRosa()
    const accept = agreeing(rosa, asked)
    await say(rosa, accept)
    const news = (from: StrangerActor, name: string, more: Json = {}) =>
      from.activity('Update', { ...accept.result, preview: { type: 'Note', name }, ...more }, { to: [paul.iri] })
    const stateNow = async () => (await orderOf(asked.order)).state
    await say(remo, news(remo, 'Paid', { attributedTo: remo.iri }))
    expect(await stateNow()).toBe('open')
    const dearer = {
      ...accept.result.stipulatesReciprocal,
      resourceQuantity: { hasUnit: 'one', hasNumericalValue: '1.00' },
    }
    await say(rosa, news(rosa, 'Paid', { stipulatesReciprocal: dearer }))
    await say(rosa, news(rosa, 'Refunded'))
    expect(await stateNow()).toBe('open')
    await say(rosa, news(rosa, 'Paid'))
    expect(await stateNow()).toBe('paid')
    await say(rosa, news(rosa, 'Refunded'))
    await say(rosa, news(rosa, 'Paid', { updated: now().toISOString() }))
    expect(await stateNow()).toBe('refunded')
    const receipt = (from: StrangerActor, url: string): Json => ({
      id: `${elsewhere.url}/receipts/${Math.trunc(performance.now() * 1_000)}`,
      type: 'Document',
      attributedTo: from.iri,
      name: 'Receipt',
      context: accept.result.id,
      url,
    })
    await say(remo, remo.activity('Create', receipt(remo, `${elsewhere.url}/r/false`), { to: [paul.iri] }))
    await say(rosa, rosa.activity('Create', receipt(rosa, 'https://foreign.example/r'), { to: [paul.iri] }))
    expect(await page(asked.order.url)).not.toMatch(/r\/false|foreign\.example/)
    await say(rosa, rosa.activity('Create', receipt(rosa, `${elsewhere.url}/r/1`), { to: [paul.iri] }))
    expect(await page(asked.order.url)).toContain(`${elsewhere.url}/r/1`)
  })

  it('that it is paid is taken over the bytes that the seller signed, in time, and once (row 96)', async () => {
    const asked = await askRosa()
    const accept = agreeing(rosa, asked)
    await say(rosa, accept)
    const object = { ...accept.result, preview: { type: 'Note', name: 'Paid' } }
    const paid: Json = rosa.activity('Update', object, { to: [paul.iri] })
    const answerTo = async (variant: Variant): Promise<number> => {
      const { status } = await rosa.post(`${paul.iri}/inbox`, paid, variant)
      await must(here).settle()
      return status
    }
    const stateNow = async () => (await orderOf(asked.order)).state
    const told = () =>
      must(here).ctx.db.$client`select outcome from inbox_activities where activity_key like ${`${paid.id}%`}`
    const longAgo = new Date(now().getTime() - 13 * 3_600_000)
    const changed = (wire: Wire) => Object.assign(wire, { body: Buffer.from(`${wire.body.toString()} `) })
    for (const forged of [{ scheme: 'none' }, { key: remo.key }, { at: longAgo }, { tamper: changed }] as const) {
      expect(await answerTo(forged)).toBe(401)
      expect(await stateNow()).toBe('open')
    }
    const first: { headers?: Record<string, string> } = {}
    expect(await answerTo({ tamper: (wire) => Object.assign(first, { headers: { ...wire.headers } }) })).toBe(202)
    expect(await stateNow()).toBe('paid')
    // The very request again, and the same word signed anew, after the money went back.
    await say(rosa, rosa.activity('Update', { ...object, preview: { name: 'Refunded' } }, { to: [paul.iri] }))
    expect(await answerTo({ tamper: (wire) => Object.assign(wire, first) })).toBe(202)
    expect(await answerTo({})).toBe(202)
    expect(await stateNow()).toBe('refunded')
    expect(await told()).toHaveLength(1)
  })
})
