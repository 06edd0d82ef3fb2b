import type { Ctx } from '#src/context.ts'
import { isCurrency, toDecimal } from '#src/core/money.ts'
import type { Effect, EffectType } from '#src/effects.ts'
import { type Actor, getActor } from '#src/features/actors/queries.ts'
import { agreementName, orderPath } from '#src/features/orders/links.ts'
import { findOrder, type Order } from '#src/features/orders/queries.ts'
import type { OrderState } from '#src/features/orders/states.ts'
import { findProduct, type Product } from '#src/features/products/queries.ts'
import { iriOfActor } from './actors.ts'
import { proposalContext, toTime } from './context.ts'
import { between, type Origin, type Outgoing } from './outgoing.ts'
import { quantity } from './products.ts'

type Of<T extends EffectType> = Omit<Extract<Effect, { type: T }>, 'type'>

/** Where an order stands, in the words that are sent; Mitra knows Open and Paid. */
export const agreementStates: Partial<Record<OrderState, string>> = {
  reserved: 'Open',
  open: 'Open',
  paid: 'Paid',
  shipped: 'Shipped',
  delivered: 'Delivered',
  cancelled: 'Cancelled',
  expired: 'Cancelled',
  refunded: 'Refunded',
}

/** An order with its two ends, as much of it as its documents need. */
type Ends = Readonly<{ order: Order; seller: Actor; buyer: Actor; product: Product | null }>

async function findEnds(ctx: Ctx, orderId: string): Promise<Ends | null> {
  const order = await findOrder(ctx.db, orderId)
  if (!order?.buyerId) return null
  const [seller, buyer] = await Promise.all([getActor(ctx.db, order.sellerId), getActor(ctx.db, order.buyerId)])
  return { order, seller, buyer, product: order.productId ? await findProduct(ctx.db, order.productId) : null }
}

/** What is exchanged: so many pieces, for their price. What it costs to send them is agreed on where it is paid. */
function toCommitments(ctx: Ctx, { order, seller, product }: Ends, id: string | null): object {
  const { currency, unitPrice, quantity: pieces } = order
  if (!isCurrency(currency)) throw new Error(`the order ${order.id} has a currency that nobody knows`)
  const base = product?.iri ? null : ctx.uris.product(seller.handle, order.productId ?? '0')
  const amount = toDecimal({ amount: unitPrice * pieces, currency })
  const end = (name: string, satisfies: string | null | undefined, number: string) => ({
    ...(id ? { id: `${id}#${name}` } : {}),
    type: 'Commitment',
    satisfies: satisfies ?? `${base}#${name}`,
    resourceQuantity: quantity(number),
  })
  return {
    stipulates: end('primary', product?.primaryIri, String(pieces)),
    stipulatesReciprocal: end('reciprocal', product?.reciprocalIri, amount),
  }
}

/** What was agreed on, as both ends may read it. Its address does not lead to the page on which it is paid. */
export async function toAgreement(ctx: Ctx, ends: Ends, state: OrderState): Promise<object> {
  const id = await agreementIri(ctx, ends.order)
  const href = `${ctx.uris.publicUrl}${await orderPath(ctx, ends.order.id)}`
  return {
    id,
    type: 'Agreement',
    attributedTo: iriOfActor(ctx, ends.seller),
    ...toCommitments(ctx, ends, id),
    url: { type: 'Link', rel: ['payment'], mediaType: 'text/html', href },
    preview: { type: 'Note', name: agreementStates[state] ?? 'Open' },
  }
}

async function agreementIri(ctx: Ctx, { id }: Order): Promise<string> {
  return ctx.uris.agreement(await agreementName(ctx, id))
}

/** The agreement with this name, for its two ends; null where there is none. */
export async function findAgreement(ctx: Ctx, name: string): Promise<(Ends & { document: object }) | null> {
  const [id = ''] = name.split('-')
  const ends = await findEnds(ctx, id)
  const isOurs = ends?.seller.host === null && ends.order.offerIri !== null
  if (!ends || !isOurs || name !== (await agreementName(ctx, id))) return null
  const agreement = await toAgreement(ctx, ends, ends.order.state)
  return { ...ends, document: { '@context': proposalContext, ...agreement } }
}

type Sending = Readonly<{ origin: Origin; type: string; from: Actor; to: Actor; rest: object }>

function send(ctx: Ctx, { origin, type, from, to, rest }: Sending): Outgoing {
  const head = { '@context': proposalContext, id: origin.iri, type, actor: iriOfActor(ctx, from) }
  const document = { ...head, to: [iriOfActor(ctx, to)], ...rest }
  const outgoing = between(document, { origin, actorId: from.id, otherId: to.id, type })
  return { ...outgoing, audience: { ...outgoing.audience, isPersonal: true } }
}

/** Asks a seller elsewhere for pieces. Nothing in it says where they go. */
async function buildOffer(ctx: Ctx, { orderId }: Of<'offer.made'>, origin: Origin): Promise<Outgoing | null> {
  const ends = await findEnds(ctx, orderId)
  if (ends?.order.state !== 'offered') return null
  const { order, seller, buyer } = ends
  const object = { type: 'Agreement', ...toCommitments(ctx, ends, null) }
  const until = order.expiresAt ? { endTime: toTime(order.expiresAt) } : {}
  const rest = { object, published: toTime(order.createdAt), ...until }
  return send(ctx, { origin, type: 'Offer', from: buyer, to: seller, rest })
}

/** Takes an offer back. */
async function buildUndoOffer(ctx: Ctx, { orderId }: Of<'offer.withdrawn'>, origin: Origin): Promise<Outgoing | null> {
  const ends = await findEnds(ctx, orderId)
  if (!ends?.order.effectId || ends.seller.host === null) return null
  const offer = { id: ctx.uris.activity(ends.order.effectId), type: 'Offer', actor: iriOfActor(ctx, ends.buyer) }
  return send(ctx, { origin, type: 'Undo', from: ends.buyer, to: ends.seller, rest: { object: offer } })
}

/** Agrees, and says where it is paid. The offer is named by its id alone, as FEP-0837 has it. */
async function buildAcceptOffer(ctx: Ctx, { orderId }: Of<'offer.accepted'>, origin: Origin): Promise<Outgoing | null> {
  const ends = await findEnds(ctx, orderId)
  if (!ends?.order.offerIri) return null
  const rest = { object: ends.order.offerIri, result: await toAgreement(ctx, ends, 'reserved') }
  return send(ctx, { origin, type: 'Accept', from: ends.seller, to: ends.buyer, rest })
}

const refusals: Readonly<Record<string, string>> = {
  'price-changed': 'The price has changed',
  'not-available': 'There are not as many any more',
  'too-many': 'There are too many open offers',
}

/** Says no, and why. */
async function buildRejectOffer(ctx: Ctx, refused: Of<'offer.refused'>, origin: Origin): Promise<Outgoing> {
  const { actorId, targetId, offerIri, reason } = refused
  const [from, to] = await Promise.all([getActor(ctx.db, actorId), getActor(ctx.db, targetId)])
  const rest = { object: offerIri, summary: reason, content: refusals[reason] ?? reason }
  return send(ctx, { origin, type: 'Reject', from, to, rest })
}

/** Says where an order stands now. */
async function buildUpdateAgreement(
  ctx: Ctx,
  { orderId, state }: Of<'agreement.changed'>,
  origin: Origin,
): Promise<Outgoing | null> {
  const ends = await findEnds(ctx, orderId)
  if (!ends?.order.offerIri) return null
  const object = await toAgreement(ctx, ends, state as OrderState)
  const rest = { object, updated: toTime(origin.at) }
  return send(ctx, { origin, type: 'Update', from: ends.seller, to: ends.buyer, rest })
}

/** A receipt, once it is paid. */
async function buildReceipt(ctx: Ctx, { orderId }: Of<'receipt.issued'>, origin: Origin): Promise<Outgoing | null> {
  const ends = await findEnds(ctx, orderId)
  if (!ends?.order.offerIri) return null
  const { order, seller, buyer } = ends
  const context = await agreementIri(ctx, order)
  const object = {
    id: `${context}/receipt`,
    type: 'Document',
    attributedTo: iriOfActor(ctx, seller),
    name: 'Receipt',
    context,
    url: `${ctx.uris.publicUrl}${await orderPath(ctx, order.id)}/receipt`,
    mediaType: 'text/html',
    published: toTime(origin.at),
    to: [iriOfActor(ctx, buyer)],
  }
  return send(ctx, { origin, type: 'Create', from: seller, to: buyer, rest: { object } })
}

/** What each fact about an order becomes on the wire. */
export const orderBuilders = {
  'offer.made': buildOffer,
  'offer.withdrawn': buildUndoOffer,
  'offer.accepted': buildAcceptOffer,
  'offer.refused': buildRejectOffer,
  'agreement.changed': buildUpdateAgreement,
  'receipt.issued': buildReceipt,
} as const
