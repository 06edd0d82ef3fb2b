import type { Ctx } from '#src/context.ts'
import type { Actor } from '#src/features/actors/queries.ts'
import { findActor } from '#src/features/actors/queries.ts'
import type { RemoteOffer } from '#src/features/posts/receive.ts'
import { findProduct, findProductByIri, type Product } from '#src/features/products/queries.ts'
import { receiveProduct, receiveProductGone } from '#src/features/products/receive.ts'
import { knowActor } from './actors.ts'
import { ordersSpecification } from './capabilities.ts'
import { fetchDocument } from './documents.ts'
import { lookupsOf } from './known.ts'
import { isSameOrigin } from './origin.ts'
import type { Activity } from './read/activity.ts'
import { readActor } from './read/actor.ts'
import { isRefused, type JsonObject } from './read/json.ts'
import type { ReadNote } from './read/note.ts'
import { isProposal, type ReadProposal, readProposal } from './read/proposal.ts'

/** A product by its id: one of ours that everybody may see, one that we have, or one read from its server now. */
export async function knowProduct(ctx: Ctx, iri: string): Promise<Product | null> {
  const target = ctx.uris.read(iri)
  if (target) {
    const own = target.kind === 'product' ? await findProduct(ctx.db, target.id) : null
    return own && own.state !== 'draft' ? own : null
  }
  return (await findProductByIri(ctx.db, iri)) ?? readProduct(ctx, iri)
}

/**
 * Reads a product from its server now. It speaks for an actor of its own origin alone; what is gone there is gone here.
 * @throws OutboundError when the server does not answer
 */
export async function readProduct(ctx: Ctx, iri: string): Promise<Product | null> {
  const answer = await fetchDocument(ctx, iri)
  if (isRefused(answer)) {
    if (answer.refused === 'gone') await receiveProductGone(ctx, iri)
    return null
  }
  if (answer.document.type === 'Tombstone') await receiveProductGone(ctx, iri)
  return storeProposal(ctx, answer.document)
}

/** Stores a document that comes from the seller: fetched at its id, or sent in an Update that the seller signed. */
async function storeProposal(ctx: Ctx, document: JsonObject): Promise<Product | null> {
  const proposal = readProposal(document)
  if (isRefused(proposal) || !isSameOrigin(proposal.iri, proposal.attributedTo)) return null
  const seller = await knowActor(ctx, proposal.attributedTo)
  if (!seller?.iri) return null
  const { rejectsMedia } = await lookupsOf(ctx).policy(new URL(proposal.iri).host)
  return receiveProduct(ctx, {
    ...toInput(proposal, seller),
    takesOrders: proposal.ends !== null && (await takesOrders(ctx, seller)),
    pictures: (rejectsMedia ? [] : proposal.images).flatMap(({ url, mediaType, kind, focus, ...rest }) =>
      kind === 'image'
        ? [{ ...rest, kind, remoteUrl: url, mime: mediaType ?? 'application/octet-stream', ...toFocus(focus) }]
        : [],
    ),
  })
}

function toFocus(focus: { x: number; y: number } | null) {
  return { focusX: focus?.x ?? null, focusY: focus?.y ?? null }
}

function toInput(proposal: ReadProposal, seller: Actor) {
  const { iri, url, name, content, price, currency, available, isOnSale, sku, shopUrl, ends, updatedAt } = proposal
  return {
    actorId: seller.id,
    ...{ iri, url, name, description: content, price, currency, sku, shopUrl, updatedAt },
    stock: available,
    state: isOnSale ? ('on_sale' as const) : ('sold_out' as const),
    primaryIri: ends?.primary ?? null,
    reciprocalIri: ends?.reciprocal ?? null,
  }
}

/** Whether the seller's own document says that its server takes orders. */
async function takesOrders(ctx: Ctx, seller: Actor): Promise<boolean> {
  const answer = await fetchDocument(ctx, seller.iri ?? '').catch(() => null)
  const actor = answer && !isRefused(answer) && answer.iri === seller.iri ? readActor(answer.document) : null
  return actor !== null && !isRefused(actor) && actor.implements.includes(ordersSpecification)
}

/** Whether an activity is about something for sale. */
export async function isAboutProduct(ctx: Ctx, { object }: Activity): Promise<boolean> {
  if (object.embedded && isProposal(object.embedded)) return true
  return object.id !== null && (await findProductByIri(ctx.db, object.id)) !== null
}

/** A seller says what has changed. Nobody else does, and of what we do not have nothing is wanted. */
export async function receiveUpdateProduct(ctx: Ctx, { actor, object }: Activity): Promise<string> {
  const known = object.id ? await findProductByIri(ctx.db, object.id) : null
  if (!known?.iri) return 'ignored: nobody here has it'
  if ((await findActor(ctx.db, known.actorId))?.iri !== actor) return 'ignored: it is not by its seller'
  const proposal = object.embedded ? readProposal(object.embedded) : null
  const isOwn = proposal && !isRefused(proposal) && proposal.iri === known.iri && proposal.attributedTo === actor
  const isNewer = isOwn && proposal.updatedAt !== null && proposal.updatedAt > known.updatedAt
  // What is not newer may be older: its server says how it is now.
  const stored =
    isNewer && object.embedded ? await storeProposal(ctx, object.embedded) : await readProduct(ctx, known.iri)
  return stored ? 'done' : 'ignored: the product cannot be read'
}

/** A seller takes a product back. */
export async function receiveDeleteProduct(ctx: Ctx, { actor, object }: Activity): Promise<string> {
  const known = object.id ? await findProductByIri(ctx.db, object.id) : null
  if (!known?.iri) return 'ignored: nobody here has it'
  if ((await findActor(ctx.db, known.actorId))?.iri !== actor) return 'ignored: it is not by its seller'
  await receiveProductGone(ctx, known.iri)
  return 'done'
}

/** What a post shows for sale, as it is stored: products that could be read, and plain offers. */
export async function resolveOffers(ctx: Ctx, { offers }: ReadNote): Promise<RemoteOffer[]> {
  const found = await Promise.all(
    offers.map(async ({ proposal, name, price, href, spot }): Promise<RemoteOffer | null> => {
      const place = { picture: spot?.picture ?? null, x: spot?.x ?? null, y: spot?.y ?? null }
      if (!proposal) return { productId: null, name, price, href, ...place }
      const product = await knowProduct(ctx, proposal).catch((error) => {
        ctx.log.info({ iri: proposal, err: error }, 'a product could not be fetched')
        return null
      })
      return product && { productId: product.id, name: null, price: null, href: null, ...place }
    }),
  )
  return found.filter((offer) => offer !== null)
}
