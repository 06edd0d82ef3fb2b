import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Product } from '#src/features/products/queries.ts'
import { createProduct, editProduct, removeProduct, tellStocks } from '#src/features/products/service.ts'
import { letBeFollowed } from '#test/support/befriend.ts'
import type { Json } from '#test/support/client.ts'
import { make } from '#test/support/make.ts'
import { creating, type Neighbours, startNeighbours } from '#test/support/neighbours.ts'
import { parsers } from '#test/support/parsers.ts'
import { proposalOf, ware } from '#test/support/products.ts'
import { isProven } from '#test/support/signing.ts'
import { ACTIVITY_JSON, PUBLIC, type Recorded, type StrangerActor } from '#test/support/stranger.ts'
import type { Member } from '#test/support/two-servers.ts'

let at: Neighbours
let shop: Member
let fan: StrangerActor

beforeAll(async () => {
  at = await startNeighbours()
  shop = await at.instance.join('cafelune', { type: 'Organization' })
  fan = await at.elsewhere.actor('fan')
  await letBeFollowed(at.instance, shop, fan)
})
afterAll(() => at.close())

const fetchDocument = async (iri: string): Promise<{ status: number; json: Json }> => {
  const answer = await fetch(iri, { headers: { accept: ACTIVITY_JSON }, redirect: 'manual' })
  return { status: answer.status, json: await answer.json() }
}
const document = async (): Promise<Json> => (await fetchDocument(shop.iri)).json
const keyOf = async (): Promise<string> => (await document()).assertionMethod[0].publicKeyMultibase
const sell = (more: object = {}): Promise<Product> => createProduct(at.instance.ctx, shop.viewer, ware(more))
const iriOf = ({ id }: Product) => at.instance.ctx.uris.product('cafelune', id)
const told = async (type: string, iri: string): Promise<Recorded[]> => {
  await at.instance.settle()
  return at.elsewhere.deliveries.filter(({ json }) => json.type === type && (json.object.id ?? json.object) === iri)
}

describe('a product of ours on the wire', () => {
  it('is a Proposal at its address, with numbers as texts, a catalogue, and a stone when it is gone (items 3, 39)', async () => {
    const product = await sell({ shopUrl: 'https://shop.example/coffret', sku: 'CL-3' })
    const { json, status } = await fetchDocument(iriOf(product))
    expect(status).toBe(200)
    expect(json).toMatchObject({
      id: iriOf(product),
      type: 'Proposal',
      purpose: 'offer',
      attributedTo: shop.iri,
      unitBased: true,
      publishes: {
        id: `${iriOf(product)}#primary`,
        action: 'transfer',
        resourceQuantity: { hasUnit: 'one', hasNumericalValue: '1' },
        availableQuantity: { hasUnit: 'one', hasNumericalValue: '12' },
      },
      reciprocal: {
        id: `${iriOf(product)}#reciprocal`,
        resourceConformsTo: 'https://www.wikidata.org/wiki/Q4916',
        resourceQuantity: { hasUnit: 'one', hasNumericalValue: '24.90' },
      },
      price: '24.90',
      priceCurrency: 'EUR',
      availability: 'https://schema.org/InStock',
      to: [PUBLIC],
      content: expect.stringContaining('The price includes 5.5% VAT. It can be fetched.'),
    })
    // It proves by itself who says so, without the server that it came from.
    expect(isProven(json, await keyOf())).toBe(true)
    expect(isProven({ ...json, price: '1.00' }, await keyOf())).toBe(false)
    expect(json.attachment[0]).toMatchObject({ type: 'Link', rel: ['payment'], href: 'https://shop.example/coffret' })
    const page = await fetch(json.url, { headers: { accept: 'text/html' } })
    expect([page.status, page.headers.get('vary')]).toEqual([200, expect.stringMatching(/accept/i)])
    const [catalogue] = (await document()).streams
    expect((await fetchDocument(catalogue)).json.orderedItems).toContain(iriOf(product))
    await removeProduct(at.instance.ctx, shop.viewer, product.id)
    expect(await fetchDocument(iriOf(product))).toMatchObject({ status: 410, json: { type: 'Tombstone' } })
  })

  it('hangs on a post as a link among its tags and a line in its text, never among its pictures, and every program keeps the pictures (item 39)', async () => {
    const product = await sell({ name: 'Coffret <Lune>' })
    const picture = await make.picture(at.instance.ctx, {
      actorId: shop.actor.id,
      description: 'Three bags',
      blurhash: 'UBL_:rOpGG-oBUNG,qRj2so|=eE1w^n4S5NH',
      focusX: -0.1,
      focusY: 0.32,
    })
    const entremise = { products: [{ id: product.id, media_id: picture.id, x: 0.25, y: 0.6 }] }
    const { body: status } = await shop.api.post('/api/v1/statuses', {
      status: 'Le nouveau coffret #cafe',
      language: 'fr',
      media_ids: [picture.id],
      entremise,
    })
    const { json } = await at.elsewhere.delivered(({ type, object }) => type === 'Create' && object.id === status.uri)
    const note = json.object
    expect(note.attachment).toEqual([
      expect.objectContaining({ type: 'Image', blurhash: expect.any(String), focalPoint: [-0.1, 0.32] }),
    ])
    expect(note.tag).toContainEqual({
      type: 'Link',
      rel: ['payment', 'https://w3id.org/valueflows/ont/vf#Proposal'],
      mediaType: 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
      href: iriOf(product),
      name: expect.stringMatching(/^Coffret <Lune> — 24,90\s€$/),
      picture: 0,
      position: [0.25, 0.6],
    })
    const page = at.instance.ctx.uris.productPage('cafelune', product.id)
    expect(note.content).toContain(`<a href="${page}" rel="nofollow noopener">Acheter</a>`)
    expect(note.content).toContain('Coffret &lt;Lune&gt;')
    for (const list of [note.to, note.cc, note.tag]) expect(list).toBeInstanceOf(Array)
    expect(isProven(json, await keyOf())).toBe(true)
    for (const [program, parse] of Object.entries(parsers)) {
      expect(parse(note), program).toMatchObject({ pictures: [note.attachment[0].url], text: note.content })
    }
  })

  it('tells followers and whoever has read it of a price at once and of a stock in its time, and changes no post (item 39)', async () => {
    const product = await sell()
    const reader = await at.far.actor('reader')
    expect((await reader.get(iriOf(product))).status).toBe(200)
    await at.instance.settle()
    const { body: status } = await shop.api.post('/api/v1/statuses', {
      status: 'Look',
      entremise: { products: [{ id: product.id }] },
    })
    await editProduct(at.instance.ctx, shop.viewer, product.id, { price: 1_990 })
    const [update] = await told('Update', iriOf(product))
    expect(update?.json.object).toMatchObject({ type: 'Proposal', price: '19.90' })
    expect(update?.json).toMatchObject({ to: [PUBLIC], cc: [`${shop.iri}/followers`] })
    expect(isProven(update?.json, await keyOf())).toBe(true)
    expect(at.far.deliveries.some(({ json }) => json.object.id === iriOf(product))).toBe(true)
    expect(at.elsewhere.deliveries.some(({ json }) => json.type === 'Update' && json.object.id === status.uri)).toBe(
      false,
    )
    await editProduct(at.instance.ctx, shop.viewer, product.id, { stock: 11 })
    await tellStocks(at.instance.ctx)
    expect(await told('Update', iriOf(product))).toHaveLength(1)
    at.pass(11 * 60_000)
    await tellStocks(at.instance.ctx)
    expect(await told('Update', iriOf(product))).toHaveLength(2)
    await editProduct(at.instance.ctx, shop.viewer, product.id, { stock: 0 })
    const [, , out] = await told('Update', iriOf(product))
    expect(out?.json.object).toMatchObject({ availability: 'https://schema.org/OutOfStock' })
    await removeProduct(at.instance.ctx, shop.viewer, product.id)
    expect(await told('Delete', iriOf(product))).toHaveLength(1)
  })
})

describe('a product of another server', () => {
  const shown = async (offers: readonly Json[], from = at.rosa, more: Json = {}): Promise<Json[]> => {
    const note = from.note({ tag: offers, ...more })
    await at.say(from, creating(from, note))
    const status = await at.find(at.lea, note.id)
    expect(status, 'the post has not arrived').toBeDefined()
    return status.entremise?.products ?? []
  }
  const tagOf = ({ id }: Json): Json => ({
    type: 'Link',
    rel: ['payment', 'https://w3id.org/valueflows/ont/vf#Proposal'],
    href: id,
    name: 'whatever — 1 €',
  })
  /** A Proposal that is served at its id. */
  const serve = (from: StrangerActor, more: Json = {}, server = at.elsewhere): Json => {
    const proposal = proposalOf(from, more)
    server.serve(proposal.id, () => ({ body: proposal }))
    return proposal
  }
  const again = async (status: { iri: string }): Promise<Json> =>
    (await at.find(at.lea, status.iri)).entremise.products[0]

  it('is shown as its server describes it, as the product of whoever sells it (item 39)', async () => {
    const own = serve(at.rosa, { price: '12.50' })
    expect(await shown([tagOf(own)])).toEqual([
      expect.objectContaining({
        is_own: true,
        product: expect.objectContaining({
          uri: own.id,
          price: { amount: 1_250, currency: 'EUR', decimal: '12.50' },
          stock: 4,
        }),
      }),
    ])
    const foreign = serve(at.remo)
    expect(await shown([tagOf(foreign)])).toMatchObject([
      { is_own: false, product: { seller: { acct: at.remo.acct } } },
    ])
  })

  it('of which its own server does not say so is not shown (item 39)', async () => {
    const far = await at.far.actor('farmer')
    const claimed = serve(at.rosa, { attributedTo: far.iri })
    expect(await shown([tagOf(claimed)])).toEqual([])
    // What is only carried along says nothing; what is not there is not shown.
    const carried = proposalOf(at.rosa)
    expect(await shown([], at.rosa, { attachment: [carried] })).toEqual([])
  })

  it('is shown without a price that it says in two ways, and never as something that can be ordered then', async () => {
    const torn = serve(at.rosa, { price: '1.00', reciprocal: proposalOf(at.rosa, { price: '99.00' }).reciprocal })
    const [card] = await shown([tagOf(torn)])
    expect(card.product).toMatchObject({ price: null, can_be_ordered: false })
  })

  it('changes by the word of its seller alone, and is gone when it is taken back (item 39)', async () => {
    const proposal = serve(at.rosa)
    const note = at.rosa.note({ tag: [tagOf(proposal)] })
    await at.say(at.rosa, creating(at.rosa, note))
    const changed = {
      ...proposal,
      ...proposalOf(at.rosa, { id: proposal.id, price: '1.00' }),
      updated: at.now().toISOString(),
    }
    await at.say(at.remo, at.remo.activity('Update', changed))
    expect((await again({ iri: note.id })).product.price.amount).toBe(2_490)
    await at.say(at.rosa, at.rosa.activity('Update', changed))
    expect((await again({ iri: note.id })).product.price.amount).toBe(100)
    await at.say(at.remo, at.remo.activity('Delete', proposal.id))
    expect((await again({ iri: note.id })).product.state).toBe('on_sale')
    await at.say(at.rosa, at.rosa.activity('Delete', proposal.id))
    expect((await again({ iri: note.id })).product.state).toBe('gone')
  })

  it('is read again when it is shown after a quarter of an hour, and not sooner', async () => {
    let price = '24.90'
    const { id } = proposalOf(at.rosa)
    at.elsewhere.serve(id, () => ({ body: proposalOf(at.rosa, { id, price }) }))
    const [card] = await shown([tagOf({ id })])
    price = '30.00'
    const path = `/api/v1/entremise/products/${card.product.id}`
    expect((await at.lea.api.get(path)).body.price.amount).toBe(2_490)
    at.pass(16 * 60_000)
    // Who is not signed in has nobody asked.
    const stranger = await fetch(at.instance.url + path)
    expect(((await stranger.json()) as Json).price.amount).toBe(2_490)
    expect((await at.lea.api.get(path)).body.price.amount).toBe(3_000)
    const reads = at.elsewhere.gets.filter(({ path: read }) => id.endsWith(read)).length
    await at.lea.api.get(path)
    expect(at.elsewhere.gets.filter(({ path: read }) => id.endsWith(read)).length).toBe(reads)
  })

  it('is a plain card where all that there is are a payment link or the words of a flohmarkt', async () => {
    const link = { type: 'Link', rel: ['payment'], href: 'https://pay.example/x', name: 'Give' }
    expect(await shown([], at.rosa, { attachment: [link] })).toMatchObject([
      { product: null, name: 'Give', url: 'https://pay.example/x', price_text: null },
    ])
    for (const href of ['http://pay.example/x', 'javascript:alert(1)', 'data:text/html,x']) {
      expect(await shown([{ ...link, href }])).toEqual([])
    }
    const market = { 'flohmarkt:data': { name: 'Bike', price: '25', currency: 'EUR', description: 'red' } }
    expect(await shown([], at.rosa, market)).toMatchObject([{ product: null, name: 'Bike', price_text: '25 EUR' }])
  })

  it('stands five times in a post at the most', async () => {
    const many = Array.from({ length: 7 }, () => tagOf(serve(at.rosa)))
    expect(await shown(many)).toHaveLength(5)
  })
})
