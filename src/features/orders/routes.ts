import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { inListOrder } from '#src/core/paging.ts'
import { makeToken } from '#src/core/secrets.ts'
import { notFound } from '#src/errors.ts'
import { requireSeller } from '#src/features/products/policy.ts'
import { findProduct } from '#src/features/products/queries.ts'
import { viewerOf } from '#src/http/auth.ts'
import { acceptFields } from '#src/http/multipart.ts'
import { linkPages, pageQuery, toPage } from '#src/http/paging.ts'
import { type App, idParams } from '#src/http/zod.ts'
import { type ApiOrder, loadOrders } from './entity.ts'
import { moveOrder, withdrawOrder } from './move.ts'
import { makeOffer } from './offer.ts'
import { placeOrder } from './place.ts'
import { findOrder, listBought, listSold, type Order } from './queries.ts'

// Orders are about people's addresses: a token that may only read posts is not enough.
const reads = { access: { scope: 'read' } } as const
const writes = { access: { scope: 'write' } } as const

const listQuery = pageQuery().extend({
  side: z.enum(['seller', 'buyer'], 'must be seller or buyer').default('seller'),
})
const word = z.string().max(5_000).default('')
const whole = z.coerce.number('must be a number').int('must be a whole number')

const orderBody = z.object({
  product_id: z.union([z.string(), z.number()]).transform(String),
  quantity: whole.default(1),
  /** What the buyer has agreed to pay, in minor units. */
  total: whole,
  /** Its currency, as the product had it. */
  currency: z.string().max(3).nullable().default(null),
  delivery: z.enum(['pickup', 'shipping'], 'must be pickup or shipping').default('pickup'),
  payment: word,
  ...{ name: word, email: word, phone: word, street: word, postal_code: word, city: word, country: word, note: word },
})

const stateBody = z.object({
  from: z.enum(['open', 'paid', 'shipped', 'delivered', 'expired'], 'must be where the order stands'),
  to: z.enum(['paid', 'shipped', 'delivered', 'cancelled', 'refunded'], 'must be a state that can follow'),
})

/** Orders. Methods of ours: Mastodon has none. */
export function registerOrderRoutes(app: App, ctx: Ctx): void {
  const path = '/api/v1/entremise/orders'
  app.get(path, { config: reads, schema: { querystring: listQuery } }, async (request, reply) => {
    const viewer = viewerOf(request)
    const { side } = request.query
    if (side === 'seller') requireSeller(viewer)
    const page = toPage(request.query)
    const rows = await (side === 'seller' ? listSold : listBought)(ctx.db, viewer.actorId, page)
    const orders = inListOrder(rows, page)
    const ids = orders.map(({ id }) => id)
    linkPages(request, reply, ctx.config.publicUrl, ids, page)
    return loadOrders(ctx, orders, side)
  })
  app.get(`${path}/:id`, { config: reads, schema: { params: idParams } }, async (request) => {
    const order = await findOrder(ctx.db, request.params.id)
    return one(ctx, order, viewerOf(request).actorId)
  })
  app.post(path, { config: writes, schema: { body: orderBody }, preValidation: acceptFields }, async (request) => {
    const viewer = viewerOf(request)
    const { product_id: productId, quantity, total, currency, delivery, payment, ...rest } = request.body
    const product = await findProduct(ctx.db, productId)
    const key = request.headers['idempotency-key']
    const formKey = typeof key === 'string' ? `${viewer.actorId} ${key.slice(0, 255)}` : makeToken()
    const wish = { productId, quantity, total, currency, formKey, locale: localeOf(request) }
    const { postal_code: postalCode, ...others } = rest
    const contact = { ...others, postalCode }
    const order = product?.iri
      ? await makeOffer(ctx, viewer, wish)
      : await placeOrder(ctx, { ...wish, delivery, payment, contact, buyer: viewer })
    return one(ctx, order, viewer.actorId)
  })
  const change = { schema: { params: idParams, body: stateBody }, preValidation: acceptFields }
  app.post(`${path}/:id/state`, { config: writes, ...change }, async (request) => {
    const viewer = viewerOf(request)
    return one(ctx, await moveOrder(ctx, viewer, { id: request.params.id, ...request.body }), viewer.actorId)
  })
  app.post(`${path}/:id/cancel`, { config: writes, schema: { params: idParams } }, async (request) => {
    const { actorId } = viewerOf(request)
    const order = await findOrder(ctx.db, request.params.id)
    if (order?.buyerId !== actorId) throw notFound()
    return one(ctx, await withdrawOrder(ctx, order.id), actorId)
  })
}

/** @throws Problem `not_found` for who has neither sold nor bought it */
async function one(ctx: Ctx, order: Order | null, actorId: string): Promise<ApiOrder> {
  const side = order?.sellerId === actorId ? 'seller' : order?.buyerId === actorId ? 'buyer' : null
  const [shown] = order && side ? await loadOrders(ctx, [order], side) : []
  if (!shown) throw notFound()
  return shown
}
