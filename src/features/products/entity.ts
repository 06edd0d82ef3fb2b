import type { Ctx } from '#src/context.ts'
import { isCurrency, toDecimal } from '#src/core/money.ts'
import { acctOf, actorUrl } from '#src/features/actors/entity.ts'
import type { Onlooker, PictureAddresses } from '#src/features/media/addresses.ts'
import { type MediaAttachment, toMediaAttachment } from '#src/features/media/entity.ts'
import type { ShownProduct } from './load.ts'
import type { ProductState } from './policy.ts'
import type { PostedProduct } from './posted.ts'

/** An amount for clients: `decimal` is `amount` as it is written, `24.90` for 2490 EUR. */
export type ApiMoney = Readonly<{ amount: number; currency: string; decimal: string }>

/** A product as clients read it. It is an entity of ours: Mastodon has none. */
export type ApiProduct = Readonly<{
  id: string
  uri: string
  url: string
  state: ProductState
  name: string
  description: string
  /** Taxes included; null where another server does not say. */
  price: ApiMoney | null
  /** In hundredths of a percent. */
  tax_rate: number
  stock: number | null
  sku: string
  shop_url: string | null
  delivery: Readonly<{ price: ApiMoney; text: string }> | null
  pickup: Readonly<{ text: string }> | null
  pictures: readonly MediaAttachment[]
  seller: Readonly<{ id: string; acct: string; display_name: string; url: string }>
  /** Whether an order can be placed on this instance. */
  can_be_ordered: boolean
  updated_at: string
}>

/** A product in a post: on a spot of one of its pictures, where its author has chosen one. */
export type ApiPostedProduct = Readonly<{
  product: ApiProduct | null
  name: string
  /** As the post writes it, where nothing else is known. */
  price_text: string | null
  url: string
  /** The author of the post sells it. */
  is_own: boolean
  media_id: string | null
  x: number | null
  y: number | null
}>

type Scene = Pick<Ctx, 'uris'>

/** The page of a product. */
export function productUrl({ uris }: Scene, { product, seller }: ShownProduct): string {
  return product.iri ? (product.url ?? product.iri) : uris.productPage(seller.handle, product.id)
}

/** The id of a product for other servers. */
export function productIri({ uris }: Scene, { product, seller }: Pick<ShownProduct, 'product' | 'seller'>): string {
  return product.iri ?? uris.product(seller.handle, product.id)
}

/** Whether somebody can order it here: from us, or from a seller elsewhere whose server takes orders. */
export function canBeOrdered({ product }: Pick<ShownProduct, 'product'>): boolean {
  return product.state === 'on_sale' && product.price !== null && (product.iri === null || product.takesOrders)
}

/** An amount for clients; null where it is not known. */
export function toApiMoney(amount: number | null, currency: string): ApiMoney | null {
  if (amount === null || !isCurrency(currency)) return null
  return { amount, currency, decimal: toDecimal({ amount, currency }) }
}

/** A product for one onlooker. */
export function toApiProduct(
  ctx: Scene,
  shown: ShownProduct,
  { addresses, onlooker }: { addresses: PictureAddresses; onlooker: Onlooker },
): ApiProduct {
  const { product, seller, pictures } = shown
  const delivery = toApiMoney(product.deliveryPrice, product.currency)
  return {
    id: product.id,
    uri: productIri(ctx, shown),
    url: productUrl(ctx, shown),
    state: product.state,
    name: product.name,
    description: product.description,
    price: toApiMoney(product.price, product.currency),
    tax_rate: product.taxRate,
    stock: product.stock,
    sku: product.sku,
    shop_url: product.shopUrl,
    delivery: delivery && { price: delivery, text: product.deliveryText },
    pickup: product.isPickedUp ? { text: product.pickupText } : null,
    pictures: pictures.map((picture) => toMediaAttachment(picture, addresses, onlooker)),
    seller: { id: seller.id, acct: acctOf(seller), display_name: seller.name, url: actorUrl(ctx.uris, seller) },
    can_be_ordered: canBeOrdered(shown),
    updated_at: product.updatedAt.toISOString(),
  }
}

/** What a post shows for sale; what has become a draft or was never there is left out. */
export function toApiPosted(
  ctx: Scene,
  posted: PostedProduct,
  { addresses, authorId }: { addresses: PictureAddresses; authorId: string },
): ApiPostedProduct | null {
  const { shown, spot, offer } = posted
  const product = shown && toApiProduct(ctx, shown, { addresses, onlooker: 'everybody' })
  const url = product?.url ?? offer?.href
  if (!url) return null
  return {
    product,
    name: product?.name ?? offer?.name ?? '',
    price_text: product ? null : (offer?.price ?? null),
    url,
    is_own: shown === null || shown.product.actorId === authorId,
    media_id: spot?.mediaId ?? null,
    x: spot?.x ?? null,
    y: spot?.y ?? null,
  }
}
