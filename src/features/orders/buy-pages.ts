import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Ctx, Viewer } from '#src/context.ts'
import { localeOf } from '#src/core/i18n.ts'
import { makeToken } from '#src/core/secrets.ts'
import { notFound, Problem, unauthenticated } from '#src/errors.ts'
import { getActor } from '#src/features/actors/queries.ts'
import { toActorValue } from '#src/features/actors/views.ts'
import { canBeOrdered } from '#src/features/products/entity.ts'
import type { ShownProduct } from '#src/features/products/load.ts'
import { getShownProduct } from '#src/features/products/shown.ts'
import { productPath } from '#src/features/products/views.ts'
import { findUser } from '#src/features/users/queries.ts'
import { countedAddress } from '#src/http/address.ts'
import type { App } from '#src/http/zod.ts'
import { type Translator, translatorFor } from '#src/locales/translator.ts'
import { nameOf } from '#src/web/components/actor.ts'
import { checkout, remoteCheckout } from '#src/web/components/checkout.ts'
import { emptyState } from '#src/web/components/empty.ts'
import { sendPage } from '#src/web/frame.ts'
import { html } from '#src/web/html.ts'
import {
  blankCheckout,
  type CheckoutState,
  checkoutErrors,
  contactOf,
  paymentOf,
  quantityOf,
  toCheckout,
} from './checkout-views.ts'
import { orderPath } from './links.ts'
import { makeOffer } from './offer.ts'
import { currencyOf, isChangedOffer, orderedOtherwise, placeOrder, soldOut } from './place.ts'
import { findOrderByForm } from './queries.ts'

const config = { access: 'page' } as const

/** Attempts of guests to order from one address in an hour: a household orders less, and a shop must not be emptied by a script. */
const mostOfAddress = 40
const params = z.object({ handle: z.string(), id: z.string() })
const word = z.string().max(5_000).default('')

/** What a form of an order sends. */
export const checkoutBody = z.object({
  ...{
    step: word,
    key: z.string().max(100).default(''),
    total: word,
    currency: word,
    quantity: word,
    delivery: word,
    payment: word,
  },
  ...{ name: word, email: word, phone: word, street: word, postal_code: word, city: word, country: word, note: word },
})

/** What was sent with a form of an order. */
export type CheckoutBody = z.output<typeof checkoutBody>

type Place = z.output<typeof params>

/** The page on which a product is ordered: by guests and members here, and by members from sellers on other servers. */
export function registerBuyPages(app: App, ctx: Ctx): void {
  const path = '/@:handle/products/:id/buy'
  app.get(path, { config, schema: { params } }, async (request, reply) => {
    const shown = await getShownProduct(ctx, request.params, request.viewer?.actorId ?? null)
    const typed = { ...blankCheckout, ...(await knownOf(ctx, request.viewer)) }
    return send(ctx, request, reply, { shown, state: { typed, key: makeToken(), notice: null, errors: {} } })
  })
  const guests = app.createRateLimit({
    ...{ max: mostOfAddress, timeWindow: 3_600_000, allowList: [] },
    keyGenerator: ({ ip }) => `order ${countedAddress(ip)}`,
  })
  app.post(path, { config, schema: { params, body: checkoutBody } }, async (request, reply) => {
    const { params: place, body } = request
    const attempt = body.step !== 'update' && !request.viewer ? await guests(request) : null
    if (!attempt || attempt.isAllowed || !attempt.isExceeded) return order(ctx, request, reply, { place, body })
    reply.header('retry-after', attempt.ttlInSeconds)
    const { step: _, key, total: __, currency: ___, ...typed } = body
    const notice = translatorFor(localeOf(request)).orders.tooOften
    const state = { typed, key: key || makeToken(), notice, errors: {}, status: 429 }
    return send(ctx, request, reply, { shown: await again(ctx, place, null), state })
  })
}

/** Whoever is signed in need not type again what is known. */
async function knownOf(ctx: Ctx, viewer: Viewer | null): Promise<{ email: string } | null> {
  const user = viewer && (await findUser(ctx.db, viewer.userId))
  return user ? { email: user.email } : null
}

async function order(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  { place, body }: Readonly<{ place: Place; body: CheckoutBody }>,
): Promise<FastifyReply> {
  const { viewer } = request
  const t = translatorFor(localeOf(request))
  const shown = await getShownProduct(ctx, place, viewer?.actorId ?? null)
  const { step, key, total, currency, ...typed } = body
  const state: CheckoutState = { typed, key: key || makeToken(), notice: null, errors: {} }
  if (step === 'update') return send(ctx, request, reply, { shown, state })
  try {
    const wish = {
      productId: shown.product.id,
      quantity: quantityOf(typed),
      total: Number(total),
      currency: currency || null,
      formKey: formKeyOf(state.key),
    }
    const placed = shown.product.iri
      ? await makeOffer(ctx, memberOf(viewer), { ...wish, locale: t.locale })
      : await placeOrder(ctx, {
          ...wish,
          delivery: typed.delivery === 'shipping' ? 'shipping' : 'pickup',
          payment: await paymentOf(ctx, shown, typed),
          contact: contactOf(typed),
          locale: t.locale,
          buyer: viewer && { userId: viewer.userId, actorId: viewer.actorId },
        })
    return reply.redirect(`${await orderPath(ctx, placed.id)}?new=1`, 303)
  } catch (error) {
    const next = withProblem(state, error, t)
    const other = isChangedOffer(error) && error.message === orderedOtherwise
    const changed = other ? await asAnother(ctx, next) : next
    return send(ctx, request, reply, { shown: await again(ctx, place, viewer), state: changed })
  }
}

/** What a page sends names no order that a client has placed under a key of its own, which may be easy to guess. */
function formKeyOf(key: string): string {
  return `form ${key}`
}

/** Sent once more it is an order of its own, beside the one that the form has placed. */
async function asAnother(ctx: Ctx, state: CheckoutState): Promise<CheckoutState> {
  const placed = await findOrderByForm(ctx.db, formKeyOf(state.key))
  return { ...state, key: makeToken(), earlierHref: placed && (await orderPath(ctx, placed.id)) }
}

/** As it is now: it may have been sold out or changed since the form was made. */
function again(ctx: Ctx, place: Place, viewer: Viewer | null): Promise<ShownProduct> {
  return getShownProduct(ctx, place, viewer?.actorId ?? null)
}

/** @throws Problem for guests: only an actor can ask an actor elsewhere */
function memberOf(viewer: Viewer | null): Viewer {
  if (!viewer) throw unauthenticated('Sign in to order from a seller on another server')
  return viewer
}

/** What was typed, with what is wrong or has changed. @throws what nobody can mend in the form */
export function withProblem(state: CheckoutState, error: unknown, t: Translator): CheckoutState {
  if (isChangedOffer(error)) {
    const { soldOut: gone, priceChanged, orderedOtherwise: other } = t.orders
    const notices: Readonly<Record<string, string>> = { [soldOut]: gone, [orderedOtherwise]: other }
    return { ...state, notice: notices[error.message] ?? priceChanged }
  }
  if (!(error instanceof Problem) || error.code !== 'invalid') throw error
  return { ...state, errors: checkoutErrors(error, t) }
}

type Shown = Readonly<{ shown: ShownProduct; state: CheckoutState }>

async function send(
  ctx: Ctx,
  request: FastifyRequest,
  reply: FastifyReply,
  { shown, state }: Shown,
): Promise<FastifyReply> {
  const t = translatorFor(localeOf(request))
  const title = t.orders.buyTitle(shown.product.name)
  const usual = state.notice ? 409 : 200
  const status = state.status ?? (Object.keys(state.errors).length > 0 ? 422 : usual)
  const frame = { title, isIndexable: false, status } as const
  if (!canBeOrdered(shown) && !state.notice) {
    const action = { href: productPath({ ctx }, shown), label: t.products.see }
    const body = html`<h1 class="title">${title}</h1>${emptyState({ icon: 'images', title: shown.product.name, text: t.orders.shopClosed, action })}`
    return sendPage(request, reply, { ...frame, status: 409, body })
  }
  if (shown.product.iri) return sendPage(request, reply, { ...frame, body: remoteForm(ctx, { shown, state }, t) })
  const buyer = request.viewer && nameOf(toActorValue(ctx, await getActor(ctx.db, request.viewer.actorId)))
  const page = { shown, price: shown.product.price ?? 0, state, title, lead: null, buyer, isFixed: false }
  const value = await toCheckout(ctx, { ...page, action: `${productPath({ ctx }, shown)}/buy` }, t)
  return sendPage(request, reply, { ...frame, scripts: ['checkout.js'], body: checkout(value, t) })
}

function remoteForm(ctx: Ctx, { shown, state }: Shown, t: Translator) {
  const { product, seller } = shown
  if (product.price === null || !product.iri) throw notFound()
  const asked = quantityOf(state.typed)
  const quantity = asked >= 1 ? asked : 1
  const href = product.shopUrl ?? product.url
  return remoteCheckout(
    {
      title: t.orders.buyTitle(product.name),
      action: `${productPath({ ctx }, shown)}/buy`,
      host: new URL(product.iri).host,
      seller: toActorValue(ctx, seller),
      price: { amount: product.price, currency: currencyOf(product) },
      name: product.name,
      quantity: state.typed.quantity,
      hidden: { key: state.key, total: String(product.price * quantity), currency: currencyOf(product) },
      notice: state.notice,
      error: state.errors.quantity,
      shop: href ? { href, host: new URL(href).host } : null,
    },
    t,
  )
}
