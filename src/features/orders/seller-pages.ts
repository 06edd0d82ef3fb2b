import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { inListOrder } from '#src/core/paging.ts'
import { Problem } from '#src/errors.ts'
import { acctOf } from '#src/features/actors/entity.ts'
import { listActors } from '#src/features/actors/queries.ts'
import { toActorValue } from '#src/features/actors/views.ts'
import { requireSeller } from '#src/features/products/policy.ts'
import { actingViewer } from '#src/http/auth.ts'
import { browse, placeQuery } from '#src/http/browse.ts'
import type { App } from '#src/http/zod.ts'
import { translatorFor } from '#src/locales/translator.ts'
import { boughtList, soldList } from '#src/web/components/order-list.ts'
import { setFlash } from '#src/web/flash.ts'
import { sendPage } from '#src/web/frame.ts'
import { paths } from '#src/web/paths.ts'
import { orderNumber, orderPath } from './links.ts'
import { moveOrder } from './move.ts'
import { soldOut } from './place.ts'
import { listBought, listSold, type Order } from './queries.ts'
import type { OrderState } from './states.ts'
import { toLine } from './views.ts'

const config = { access: 'session' } as const
const pageLength = 30
const steps = ['paid', 'shipped', 'delivered', 'cancelled', 'refunded'] as const
const moveBody = z.object({ from: z.enum(['open', 'paid', 'shipped', 'delivered', 'expired']), to: z.enum(steps) })
const params = z.object({ id: z.string() })

/** What was ordered from an identity, each with its one next step; and what it has ordered itself. */
export function registerSellerPages(app: App, ctx: Ctx): void {
  app.get(paths.orders, { config, schema: { querystring: placeQuery } }, async (request, reply) => {
    const viewer = actingViewer(request)
    requireSeller(viewer)
    const { rows, pager } = await browse(request.query, {
      path: paths.orders,
      length: pageLength,
      read: async (page) => inListOrder(await listSold(ctx.db, viewer.actorId, page), page),
    })
    const t = translatorFor(localeOf(request))
    const lines = await withBuyers(ctx, rows)
    const body = soldList({ lines, pager }, ctx.now(), t)
    return sendPage(request, reply, { title: t.orders.sold, isIndexable: false, body })
  })
  app.get(paths.purchases, { config, schema: { querystring: placeQuery } }, async (request, reply) => {
    const { actorId } = actingViewer(request)
    const { rows, pager } = await browse(request.query, {
      path: paths.purchases,
      length: pageLength,
      read: async (page) => inListOrder(await listBought(ctx.db, actorId, page), page),
    })
    const t = translatorFor(localeOf(request))
    const body = boughtList({ lines: await withSellers(ctx, rows), pager }, ctx.now(), t)
    return sendPage(request, reply, { title: t.orders.bought, isIndexable: false, body })
  })
  app.post(`${paths.orders}/:id/move`, { config, schema: { params, body: moveBody } }, async (request, reply) => {
    await move(ctx, request, { id: request.params.id, ...request.body }).then((flash) => setFlash(reply, flash))
    return reply.redirect(`${paths.orders}#order-${request.params.id}`, 303)
  })
}

async function move(ctx: Ctx, request: FastifyRequest, step: { id: string; from: OrderState; to: OrderState }) {
  const words = translatorFor(localeOf(request)).orders
  try {
    const { id, state } = await moveOrder(ctx, actingViewer(request), step)
    return { kind: 'done', text: words.moved(orderNumber(id), words.states[state]) } as const
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'conflict') throw error
    return { kind: 'problem', text: error.message === soldOut ? words.noPieces : words.movedOn } as const
  }
}

/** Who bought: the name that was given, with the address of who has one here or elsewhere. */
async function withBuyers(ctx: Ctx, orders: readonly Order[]) {
  const buyers = await listActors(ctx.db, [...new Set(orders.flatMap(({ buyerId }) => buyerId ?? []))])
  const byId = new Map(buyers.map((buyer) => [buyer.id, buyer]))
  return orders.map((order) => {
    const buyer = byId.get(order.buyerId ?? '')
    const names = [order.contact?.name, buyer && `@${acctOf(buyer)}`].filter(Boolean)
    return { ...toLine(order), who: names.join(' · ') || null }
  })
}

async function withSellers(ctx: Ctx, orders: readonly Order[]) {
  const sellers = await listActors(ctx.db, [...new Set(orders.map(({ sellerId }) => sellerId))])
  const byId = new Map(sellers.map((seller) => [seller.id, seller]))
  return Promise.all(
    orders.map(async (order) => {
      const seller = byId.get(order.sellerId)
      return {
        ...toLine(order),
        href: await orderPath(ctx, order.id),
        seller: seller ? toActorValue(ctx, seller) : null,
      }
    }),
  )
}
