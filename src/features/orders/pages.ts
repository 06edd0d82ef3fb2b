import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { makeToken } from '#src/core/secrets.ts'
import { notFound, Problem } from '#src/errors.ts'
import { getActor } from '#src/features/actors/queries.ts'
import { toActorValue } from '#src/features/actors/views.ts'
import { loadProducts } from '#src/features/products/load.ts'
import { findProduct } from '#src/features/products/queries.ts'
import { getShop } from '#src/features/products/shop.ts'
import type { App } from '#src/http/zod.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { checkout } from '#src/web/components/checkout.ts'
import { orderPage, receiptPage } from '#src/web/components/order-page.ts'
import { setFlash } from '#src/web/flash.ts'
import { sendPage } from '#src/web/frame.ts'
import { checkoutBody, registerBuyPages, withProblem } from './buy-pages.ts'
import { blankCheckout, type CheckoutState, contactOf, paymentOf, toCheckout } from './checkout-views.ts'
import { isOrderLink, orderNumber, orderPath } from './links.ts'
import { withdrawOrder } from './move.ts'
import { confirmOrder } from './place.ts'
import { findOrder, listEvents, type Order } from './queries.ts'
import { registerSellerPages } from './seller-pages.ts'
import { toOrderValue, toTotals } from './views.ts'

const config = { access: 'page' } as const
const params = z.object({ id: z.string(), signature: z.string().max(200) })
const query = z.object({ new: z.string().optional() })

type Asked = FastifyRequest<{ Params: z.output<typeof params> }>

/** The page of an order for whoever has its address: nobody can make one up, and there is no other way in. */
export function registerOrderPages(app: App, ctx: Ctx): void {
  registerBuyPages(app, ctx)
  registerSellerPages(app, ctx)
  const path = '/orders/:id/:signature'
  app.get(path, { config, schema: { params, querystring: query } }, async (request, reply) => {
    const order = await getLinked(ctx, request, reply)
    if (order.state === 'reserved') return sendConfirmation(ctx, request, reply, { order, state: blankState() })
    return sendOrder(ctx, request, reply, { order, isNew: request.query.new !== undefined })
  })
  app.post(path, { config, schema: { params, body: checkoutBody } }, (request, reply) =>
    confirm(ctx, request, reply, request.body),
  )
  app.post(`${path}/cancel`, { config, schema: { params } }, async (request, reply) => {
    const { id } = await getLinked(ctx, request, reply)
    const words = translatorFor(localeOf(request)).orders
    try {
      await withdrawOrder(ctx, id)
      setFlash(reply, { kind: 'done', text: words.cancelled })
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'conflict') throw error
      setFlash(reply, { kind: 'problem', text: words.tooLate })
    }
    return reply.redirect(await orderPath(ctx, id), 303)
  })
  app.get(`${path}/receipt`, { config, schema: { params } }, async (request, reply) =>
    sendReceipt(ctx, request, reply, await getLinked(ctx, request, reply)),
  )
}

/** @throws Problem `not_found` for an address that was not made here, whether there is such an order or not */
async function getLinked(ctx: Ctx, { params: { id, signature } }: Asked, reply: FastifyReply): Promise<Order> {
  const order = await findOrder(ctx.db, id)
  if (!order || !(await isOrderLink(ctx, id, signature))) throw notFound()
  reply.header('cache-control', 'private, no-store')
  return order
}

async function sendOrder(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  { order, isNew }: Readonly<{ order: Order; isNew: boolean }>,
): Promise<FastifyReply> {
  const t = translatorFor(localeOf(request))
  const [seller, shop, product, events, path] = await Promise.all([
    getActor(ctx.db, order.sellerId),
    getShop(ctx, order.sellerId),
    order.productId ? findProduct(ctx.db, order.productId) : null,
    listEvents(ctx.db, order.id),
    orderPath(ctx, order.id),
  ])
  const value = toOrderValue(ctx, { order, seller, shop, product, events, path, isNew }, t)
  return sendPage(request, reply, {
    title: t.orders.title(value.number),
    isIndexable: false,
    body: orderPage(value, ctx.now(), t),
  })
}

const blankState = (): CheckoutState => ({ typed: blankCheckout, key: makeToken(), notice: null, errors: {} })

/** For a buyer from another server: only here it is said where the pieces go and how they are paid. */
async function sendConfirmation(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  { order, state }: Readonly<{ order: Order; state: CheckoutState }>,
): Promise<FastifyReply> {
  const t = translatorFor(localeOf(request))
  const product = order.productId ? await findProduct(ctx.db, order.productId) : null
  const [shown] = product ? await loadProducts(ctx, [product]) : []
  if (!shown) throw notFound()
  const action = await orderPath(ctx, order.id)
  const typed = { ...state.typed, quantity: String(order.quantity) }
  const lead = t.orders.confirmText(t.format.dateTime(order.expiresAt ?? ctx.now()))
  const page = { shown, price: order.unitPrice, state: { ...state, typed }, action, title: t.orders.confirmTitle, lead }
  const value = await toCheckout(ctx, { ...page, buyer: null, isFixed: true }, t)
  const status = Object.keys(state.errors).length > 0 ? 422 : state.notice ? 409 : 200
  const body = checkout(value, t)
  return sendPage(request, reply, { title: page.title, isIndexable: false, status, scripts: ['checkout.js'], body })
}

async function confirm(
  ctx: Ctx,
  request: Asked,
  reply: FastifyReply,
  body: z.output<typeof checkoutBody>,
): Promise<FastifyReply> {
  const order = await getLinked(ctx, request, reply)
  const t = translatorFor(localeOf(request))
  const { step, key, total, currency, ...typed } = body
  const state: CheckoutState = { typed, key, notice: null, errors: {} }
  if (step === 'update' && order.state === 'reserved') return sendConfirmation(ctx, request, reply, { order, state })
  try {
    await confirmOrder(ctx, order.id, {
      delivery: typed.delivery === 'shipping' ? 'shipping' : 'pickup',
      payment: await paymentFor(ctx, order, typed),
      contact: contactOf(typed),
      total: Number(total),
      currency: currency || null,
      locale: t.locale,
    })
  } catch (error) {
    return sendConfirmation(ctx, request, reply, { order, state: withProblem(state, error, t) })
  }
  return reply.redirect(`${await orderPath(ctx, order.id)}?new=1`, 303)
}

/** As on the page on which products are ordered. */
async function paymentFor(ctx: Ctx, { productId }: Order, typed: CheckoutState['typed']): Promise<string> {
  const product = productId ? await findProduct(ctx.db, productId) : null
  const [shown] = product ? await loadProducts(ctx, [product]) : []
  return shown ? paymentOf(ctx, shown, typed) : typed.payment
}

async function sendReceipt(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  order: Order,
): Promise<FastifyReply> {
  const t = translatorFor(localeOf(request))
  const [seller, shop, events, path] = await Promise.all([
    getActor(ctx.db, order.sellerId),
    getShop(ctx, order.sellerId),
    listEvents(ctx.db, order.id),
    orderPath(ctx, order.id),
  ])
  const paid = events.find(({ state }) => state === 'paid' || state === 'delivered')
  if (!paid || seller.host !== null) throw notFound()
  const { name = '', street = '', postalCode = '', city = '', country = '' } = order.contact ?? {}
  const body = receiptPage(
    {
      number: orderNumber(order.id),
      ...{ name: order.productName, quantity: order.quantity, path, imprint: shop.imprint },
      seller: toActorValue(ctx, seller),
      totals: toTotals(order),
      buyer: [name, street, `${postalCode} ${city}`.trim(), country].filter(Boolean).join('\n'),
      paidAt: paid.createdAt,
    },
    t,
  )
  return sendPage(request, reply, { title: t.orders.receiptTitle(orderNumber(order.id)), isIndexable: false, body })
}
