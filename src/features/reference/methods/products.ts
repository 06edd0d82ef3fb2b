import { list, one, type Section } from './section.ts'

/** Products and orders: methods of ours, below a name of their own. */
export const productsMethods: Section = {
  title: 'Products and orders',
  before: `Mastodon has none of this: all of it stands below \`/api/v1/entremise\`, and in a status below the one key \`entremise\`. Amounts are whole numbers of
the currency's smallest unit, and decimals as texts: \`{"amount": 2490, "currency": "EUR", "decimal": "24.90"}\`. Prices have their taxes in them.`,
  methods: {
    'GET /api/v1/entremise/products': {
      returns: list('Product'),
      note: "The catalogue of `account_id`, newest first; one's own, with its drafts, when that is left out.",
    },
    'GET /api/v1/entremise/products/:id': { returns: one('Product') },
    'POST /api/v1/entremise/products': {
      returns: one('Product'),
      note: '`price` (`24.90`), `currency`, `tax_rate` in percent, `stock` (empty: not counted), `delivery_price` (empty: not sent), `state`: draft, on_sale, paused or sold_out.',
    },
    'PUT /api/v1/entremise/products/:id': { returns: one('Product'), note: 'What is not named stays.' },
    'DELETE /api/v1/entremise/products/:id': { returns: one('Empty') },
    'GET /api/v1/entremise/orders': {
      returns: list('Order'),
      note: "What was ordered from the identity, or, with `side=buyer`, what it has ordered. Needs the whole scope: it is about people's addresses.",
    },
    'GET /api/v1/entremise/orders/:id': { returns: one('Order') },
    'POST /api/v1/entremise/orders': {
      returns: one('Order'),
      headers: { 'Idempotency-Key': 'Sending the same key again gives the first order back.' },
      note: 'Orders with obligation to pay. `total` is what the buyer was shown, in minor units: 409 when it is another one, or when there are not as many. From a seller on another server it is a question: its answer comes with the state.',
    },
    'POST /api/v1/entremise/orders/:id/state': {
      returns: one('Order'),
      note: '`from` where the seller saw it: 409 when it has moved on.',
    },
    'POST /api/v1/entremise/orders/:id/cancel': { returns: one('Order'), note: 'For the buyer, until it is paid.' },
  },
}
