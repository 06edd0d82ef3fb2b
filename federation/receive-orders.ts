import { isIP } from 'node:net'
import type { Ctx } from '#src/context.ts'
import { isCurrency } from '#src/core/money.ts'
import { findOrderByEffect, type Order } from '#src/features/orders/queries.ts'
import {
  findAwaited,
  receiveAgreement,
  receiveAgreementNews,
  receiveOffer,
  receiveOfferRefused,
  receiveOfferWithdrawn,
  receiveReceipt,
} from '#src/features/orders/receive.ts'
import type { OrderState } from '#src/features/orders/states.ts'
import { findProduct } from '#src/features/products/queries.ts'
import { findLocalTarget, knowActor } from './actors.ts'
import { effectIdOf } from './follows.ts'
import { agreementStates } from './orders.ts'
import { isSameOrigin } from './origin.ts'
import type { Activity, InnerActivity } from './read/activity.ts'
import { amountIn, isAgreement, type ReadAgreement, readAgreement } from './read/agreement.ts'
import { isObject, listOf } from './read/json.ts'
import { dateOf, idOf, linksOf } from './read/values.ts'

/** Somebody elsewhere wants to buy something of ours. @see https://w3id.org/fep/0837 */
export async function receiveOfferActivity(ctx: Ctx, activity: Activity): Promise<string> {
  const asked = readAgreement(activity.object.embedded)
  if (!asked) return 'ignored: it offers nothing that we know'
  const productIri = asked.primary.replace(/#primary$/, '')
  const target = ctx.uris.read(productIri)
  const product = target?.kind === 'product' ? await findProduct(ctx.db, target.id) : null
  if (!product || product.iri !== null) return 'ignored: it is about no product of ours'
  const seller = await findSeller(ctx, activity, product.actorId)
  if (!seller) return 'ignored: it is not for who sells it'
  const own = ctx.uris.product(seller.handle, product.id)
  const areEnds = asked.primary === `${own}#primary` && asked.reciprocal === `${own}#reciprocal`
  if (!areEnds) return 'ignored: it satisfies no product of ours'
  const amount = isCurrency(product.currency) ? amountIn(asked, product.currency) : null
  if (asked.quantity < 1 || amount === null) return 'ignored: it is for nothing'
  const buyer = await knowActor(ctx, activity.actor)
  if (!buyer?.host) return 'ignored: the buyer cannot be read'
  const outcome = await receiveOffer(ctx, {
    offerIri: activity.id,
    ...{ buyerId: buyer.id, sellerId: seller.id, productId: product.id, quantity: asked.quantity, amount },
    until: dateOf(activity.raw.endTime),
  })
  return outcome === 'ignored' ? 'ignored: the offer is over, or not wanted' : 'done'
}

/** The seller, when the offer is addressed to nobody else. */
async function findSeller(ctx: Ctx, { to }: Activity, sellerId: string) {
  for (const iri of to) {
    const addressed = await findLocalTarget(ctx, iri)
    if (addressed?.id === sellerId) return addressed
  }
  return null
}

/** Whether an Accept or Reject answers an offer of ours. */
export async function isOfferAnswer(ctx: Ctx, { inner, object }: Activity): Promise<boolean> {
  if (inner?.type && inner.type !== 'Offer') return false
  const effectId = effectIdOf(ctx, inner?.id ?? object.id)
  return effectId !== null && (await findOrderByEffect(ctx.db, effectId)) !== null
}

/** The order that waits for this answer, if it is its seller who answers. */
async function findAnswered(ctx: Ctx, { actor, inner, object }: Activity): Promise<Order | null> {
  const effectId = effectIdOf(ctx, inner?.id ?? object.id)
  const seller = await knowActor(ctx, actor)
  return effectId && seller ? findAwaited(ctx, effectId, seller.id) : null
}

/**
 * A seller agrees. It counts only from who sells the product as its own server says, to a question that still waits, about exactly what was
 * asked for, and with a payment page that is safe to be shown.
 */
export async function receiveOfferAccepted(ctx: Ctx, activity: Activity): Promise<string> {
  const order = await findAnswered(ctx, activity)
  if (!order) return 'ignored: it answers no open offer to its actor'
  const agreed = readAgreement(activity.raw.result)
  if (!agreed?.iri || agreed.attributedTo !== activity.actor) return 'ignored: it is no agreement of its actor'
  if (!isSameOrigin(agreed.iri, activity.actor)) return 'ignored: the agreement is of another server'
  if (!(await isAsAsked(ctx, agreed, order))) return 'ignored: it agrees to something else'
  const { paymentHref: paymentUrl } = agreed
  if (!paymentUrl || !isPayable(paymentUrl, activity.actor)) return 'ignored: there is no way to pay that can be shown'
  await receiveAgreement(ctx, { id: order.id, agreementIri: agreed.iri, paymentUrl })
  return 'done'
}

async function isAsAsked(ctx: Ctx, agreed: ReadAgreement, order: Order): Promise<boolean> {
  const product = order.productId ? await findProduct(ctx.db, order.productId) : null
  if (!product || !isCurrency(order.currency)) return false
  const areEnds = agreed.primary === product.primaryIri && agreed.reciprocal === product.reciprocalIri
  return areEnds && agreed.quantity === order.quantity && amountIn(agreed, order.currency) === order.total
}

/** Encrypted and at a host with a name, or the seller's own server, with which we speak anyway. It is shown, and never opened by us. */
function isPayable(href: string, actor: string): boolean {
  if (isSameOrigin(href, actor)) return true
  const { protocol, hostname, username, password } = new URL(href)
  return protocol === 'https:' && isIP(hostname.replace(/^\[|\]$/g, '')) === 0 && !username && !password
}

/** A seller says no to an offer of ours. */
export async function receiveOfferRejected(ctx: Ctx, activity: Activity): Promise<string> {
  const order = await findAnswered(ctx, activity)
  if (!order) return 'ignored: it answers no open offer to its actor'
  const { summary } = activity.raw
  await receiveOfferRefused(ctx, order.id, typeof summary === 'string' ? summary.slice(0, 100) : null)
  return 'done'
}

/** Whether an Update tells of an order. */
export function isAboutOrder({ object }: Activity): boolean {
  return isAgreement(object.embedded)
}

const stateOf = new Map(Object.entries(agreementStates).map(([state, word]) => [word, state as OrderState]))
stateOf.set('Open', 'open').set('Cancelled', 'cancelled')

/** A seller says where an order of ours stands. It is what the seller says, and no more. */
export async function receiveUpdateAgreement(ctx: Ctx, { actor, object }: Activity): Promise<string> {
  const told = readAgreement(object.embedded)
  const state = stateOf.get(told?.state ?? '')
  if (!told?.iri || !state || told.attributedTo !== actor) return 'ignored: it says nothing of an order'
  const seller = await knowActor(ctx, actor)
  if (!seller) return 'ignored: the seller cannot be read'
  const outcome = await receiveAgreementNews(ctx, {
    sellerId: seller.id,
    agreementIri: told.iri,
    ...{ state, quantity: told.quantity, amount: told.amount },
  })
  return outcome === 'done' ? 'done' : `ignored: ${outcome}`
}

/** Whether a Create brings a receipt. */
export function isReceipt({ object }: Activity): boolean {
  const { embedded } = object
  return isObject(embedded) && listOf(embedded.type).includes('Document') && embedded.name === 'Receipt'
}

/** A receipt for an order of ours, from its seller, at an address of the seller's server. */
export async function receiveReceiptActivity(ctx: Ctx, { actor, object }: Activity): Promise<string> {
  const { embedded, id } = object
  const agreementIri = idOf(embedded?.context)
  const [link] = linksOf(embedded?.url, 1)
  if (!embedded || !id || !agreementIri || !link) return 'ignored: it is no receipt'
  const isOwn = idOf(embedded.attributedTo) === actor && isSameOrigin(id, actor) && isSameOrigin(link.href, actor)
  const seller = isOwn ? await knowActor(ctx, actor) : null
  if (!seller) return 'ignored: it is not of its actor'
  const outcome = await receiveReceipt(ctx, { sellerId: seller.id, agreementIri, receiptUrl: link.href })
  return outcome === 'done' ? 'done' : 'ignored: it is for no order of ours'
}

/** A buyer elsewhere takes an offer back. */
export async function receiveUndoOffer(ctx: Ctx, { actor }: Activity, inner: InnerActivity): Promise<string> {
  const buyer = await knowActor(ctx, actor)
  const outcome = buyer && inner.id ? await receiveOfferWithdrawn(ctx, { offerIri: inner.id, buyerId: buyer.id }) : null
  return outcome === 'done' ? 'done' : 'ignored: there is no such offer of theirs'
}
