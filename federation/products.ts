import type { Ctx } from '#src/context.ts'
import { type Currency, isCurrency, toDecimal } from '#src/core/money.ts'
import type { Actor } from '#src/features/actors/queries.ts'
import { pictureAddresses } from '#src/features/media/addresses.ts'
import { listOpenBuyers } from '#src/features/orders/queries.ts'
import type { Publication } from '#src/features/posts/publication-queries.ts'
import { findPostingDefaults } from '#src/features/posts/queries.ts'
import { productIri } from '#src/features/products/entity.ts'
import { labelOf, termsOf } from '#src/features/products/lines.ts'
import { loadProducts, type ShownProduct } from '#src/features/products/load.ts'
import { findProduct, type Product } from '#src/features/products/queries.ts'
import { listReaders } from '#src/features/products/reader-queries.ts'
import { getActor, iriOfActor } from './actors.ts'
import { proposalContext, publicAudience, toTime } from './context.ts'
import { everybody, type Origin, type Outgoing } from './outgoing.ts'
import { toAttachment } from './pictures.ts'
import { seal } from './seal.ts'

/** The relation by which a post names a Proposal. @see https://w3id.org/fep/0837 */
export const proposalRel = 'https://w3id.org/valueflows/ont/vf#Proposal'

/** Items of Wikidata for currencies, by which the other side of an exchange is named. The code in `priceCurrency` is what counts. */
const currencyItems: Readonly<Record<Currency, string>> = {
  EUR: 'https://www.wikidata.org/wiki/Q4916',
  USD: 'https://www.wikidata.org/wiki/Q4917',
  GBP: 'https://www.wikidata.org/wiki/Q25224',
  CHF: 'https://www.wikidata.org/wiki/Q25344',
  CAD: 'https://www.wikidata.org/wiki/Q1104069',
  JPY: 'https://www.wikidata.org/wiki/Q8146',
}

/** Servers that have read a product within these days are told of changes. */
const readerDays = 90

const day = 24 * 60 * 60_000

/** A number of pieces, or an amount, as FEP-0837 writes it: always as a text. */
export function quantity(value: string): object {
  return { hasUnit: 'one', hasNumericalValue: value }
}

/**
 * What a product is to other servers, with its context and a proof that its seller said so, as it is sent.
 * @see https://w3id.org/fep/0837
 */
export async function writeProposal(ctx: Ctx, shown: ShownProduct): Promise<string> {
  const proposal = { '@context': proposalContext, ...(await toProposalObject(ctx, shown)) }
  return seal(ctx, shown.seller, proposal, { at: shown.product.updatedAt, isPublic: true })
}

async function toProposalObject(ctx: Ctx, shown: ShownProduct): Promise<Record<string, unknown>> {
  const { product, seller, pictures } = shown
  const { price, currency } = product
  if (price === null || !isCurrency(currency)) throw new Error(`the product ${product.id} has no price`)
  const id = productIri(ctx, shown)
  const page = ctx.uris.productPage(seller.handle, product.id)
  const addresses = await pictureAddresses(ctx)
  const decimal = toDecimal({ amount: price, currency })
  return {
    id,
    type: 'Proposal',
    purpose: 'offer',
    attributedTo: iriOfActor(ctx, seller),
    name: product.name,
    content: product.description + termsOf(shown, (await findPostingDefaults(ctx.db, seller.id)).language),
    url: page,
    published: toTime(product.publishedAt ?? product.createdAt),
    updated: toTime(product.updatedAt),
    image: pictures.map((picture) => toAttachment(picture, addresses, 'public')),
    publishes: {
      type: 'Intent',
      id: `${id}#primary`,
      action: 'transfer',
      resourceConformsTo: page,
      resourceQuantity: quantity('1'),
      ...availableOf(product),
      minimumQuantity: quantity('1'),
    },
    reciprocal: {
      type: 'Intent',
      id: `${id}#reciprocal`,
      action: 'transfer',
      resourceConformsTo: currencyItems[currency],
      resourceQuantity: quantity(decimal),
    },
    unitBased: true,
    price: decimal,
    priceCurrency: currency,
    availability: `https://schema.org/${product.state === 'on_sale' ? 'InStock' : 'OutOfStock'}`,
    ...(product.sku ? { sku: product.sku } : {}),
    attachment: waysToBuy(product, page),
    to: [publicAudience],
  }
}

function availableOf({ state, stock }: Product): object {
  if (state !== 'on_sale') return { availableQuantity: quantity('0') }
  return stock === null ? {} : { availableQuantity: quantity(String(stock)) }
}

function waysToBuy({ shopUrl, state, name }: Product, page: string): object[] {
  const links = [...(shopUrl ? [shopUrl] : []), ...(state === 'on_sale' ? [`${page}/buy`] : [])]
  return links.map((href) => ({ type: 'Link', rel: ['payment'], href, mediaType: 'text/html', name }))
}

/** What is left of a product that is gone. */
export function toProposalTombstone(ctx: Ctx, seller: Actor, product: Product): object {
  const id = ctx.uris.product(seller.handle, product.id)
  return { id, type: 'Tombstone', formerType: 'Proposal', deleted: toTime(product.updatedAt) }
}

/** A product with what its document needs; null for drafts and those of others. */
export async function findProposal(ctx: Ctx, id: string): Promise<ShownProduct | null> {
  const product = await findProduct(ctx.db, id)
  if (!product || product.iri !== null || product.state === 'draft') return null
  const [shown] = await loadProducts(ctx, [product])
  return shown ?? null
}

/** Tells of a changed product whoever may show it: never a social event, and no post changes with it. */
export async function buildUpdateProduct(ctx: Ctx, productId: string, origin: Origin): Promise<Outgoing | null> {
  const shown = await findProposal(ctx, productId)
  if (!shown || shown.product.state === 'gone') return null
  const object = await toProposalObject(ctx, shown)
  return tell(ctx, shown, { origin, type: 'Update', object, more: { updated: object.updated } })
}

/** Tells the same that it is gone. */
export async function buildDeleteProduct(ctx: Ctx, productId: string, origin: Origin): Promise<Outgoing | null> {
  const product = await findProduct(ctx.db, productId)
  if (!product || product.iri !== null) return null
  const seller = await getActor(ctx, product.actorId)
  const object = toProposalTombstone(ctx, seller, product)
  return tell(ctx, { product, seller }, { origin, type: 'Delete', object, more: {} })
}

type Telling = Readonly<{ origin: Origin; type: 'Update' | 'Delete'; object: object; more: object }>

async function tell(
  ctx: Ctx,
  { product, seller }: Pick<ShownProduct, 'product' | 'seller'>,
  { origin, type, object, more }: Telling,
): Promise<Outgoing> {
  const activity = {
    '@context': proposalContext,
    id: origin.iri,
    type,
    actor: iriOfActor(ctx, seller),
    ...more,
    to: [publicAudience],
    cc: [ctx.uris.followers(seller.handle)],
    object,
  }
  const body = await seal(ctx, seller, activity, { at: origin.at, isPublic: true })
  const since = new Date(ctx.now().getTime() - readerDays * day)
  const [readers, buyers] = await Promise.all([
    listReaders(ctx.db, product.id, since),
    listOpenBuyers(ctx.db, product.id),
  ])
  const audience = { followersOf: seller.id, actorIds: [...new Set([...readers, ...buyers])] }
  return everybody(body, { origin, actorId: seller.id, type, audience })
}

/** What a post shows for sale, as links among its tags. @see https://w3id.org/fep/e232 */
export function toProductTags(ctx: Ctx, { posted, media, post }: Publication): object[] {
  return posted.flatMap(({ shown, spot }) => {
    if (!shown || shown.product.state === 'gone') return []
    const picture = media.findIndex(({ id }) => id === spot?.mediaId)
    return {
      type: 'Link',
      rel: ['payment', proposalRel],
      mediaType: 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
      href: productIri(ctx, shown),
      name: labelOf(shown, post.language),
      // Among ourselves: on which picture, and where, from the left and from the top.
      ...(spot && picture >= 0 ? { picture, position: [spot.x, spot.y] } : {}),
    }
  })
}
