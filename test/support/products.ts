import type { ProductInput } from '#src/features/products/service.ts'
import type { Json } from './client.ts'
import { PUBLIC, type StrangerActor } from './stranger.ts'

/** A product for tests: 24.90 €, twelve of them, for pick-up. */
export function ware(more: Partial<ProductInput> = {}): ProductInput {
  return {
    state: 'on_sale',
    name: 'Coffret Lune 3×250 g',
    source: 'Arabica',
    price: 2_490,
    currency: 'EUR',
    taxRate: 550,
    stock: 12,
    sku: '',
    shopUrl: null,
    deliveryPrice: null,
    deliveryText: '',
    isPickedUp: true,
    pickupText: '',
    mediaIds: [],
    ...more,
  }
}

let count = 0

/** A Proposal of a stranger, as FEP-0837 has it; `price` is said in both places. */
export function proposalOf(from: StrangerActor, more: Json = {}): Json {
  const { origin } = new URL(from.iri)
  const id = more.id ?? `${origin}/proposals/${++count}`
  const price = more.price ?? '24.90'
  const one = { hasUnit: 'one', hasNumericalValue: '1' }
  const vf = Object.fromEntries(
    ['Proposal', 'Intent', 'purpose', 'publishes', 'reciprocal', 'unitBased', 'action'].map((term) => [
      term,
      `vf:${term}`,
    ]),
  )
  return {
    '@context': ['https://www.w3.org/ns/activitystreams', { vf: 'https://w3id.org/valueflows/ont/vf#', ...vf }],
    id,
    type: 'Proposal',
    purpose: 'offer',
    attributedTo: from.iri,
    name: 'Coffret',
    content: '<p>Arabica</p>',
    url: id,
    published: '2026-11-01T10:00:00Z',
    publishes: {
      type: 'Intent',
      id: `${id}#primary`,
      action: 'transfer',
      resourceQuantity: one,
      availableQuantity: { hasUnit: 'one', hasNumericalValue: '4' },
    },
    reciprocal: {
      type: 'Intent',
      id: `${id}#reciprocal`,
      action: 'transfer',
      resourceConformsTo: 'https://www.wikidata.org/wiki/Q4916',
      resourceQuantity: { hasUnit: 'one', hasNumericalValue: price },
    },
    unitBased: true,
    priceCurrency: 'EUR',
    availability: 'https://schema.org/InStock',
    to: [PUBLIC],
    ...more,
    price,
  }
}
