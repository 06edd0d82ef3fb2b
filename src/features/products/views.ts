import type { Ctx } from '#src/context.ts'
import { isCurrency, type Money, toDecimal } from '#src/core/money.ts'
import { htmlToText } from '#src/core/sanitize.ts'
import { toActorValue } from '#src/features/actors/views.ts'
import type { Onlooker, PictureAddresses } from '#src/features/media/addresses.ts'
import { toPictureValue } from '#src/features/media/views.ts'
import type { OpenGraphValue } from '#src/web/components/open-graph.ts'
import type { PostedValue, ProductFace } from '#src/web/components/product-card.ts'
import type { ProductValue } from '#src/web/components/product-page.ts'
import { raw } from '#src/web/html.ts'
import { canBeOrdered, productUrl } from './entity.ts'
import type { ShownProduct } from './load.ts'
import type { PostedProduct } from './posted.ts'

/** What the views of products are made with. `onlooker`: for whom the addresses of pictures are. */
export type ProductScenery = Readonly<{
  ctx: Pick<Ctx, 'uris' | 'config'>
  addresses: PictureAddresses
  onlooker: Onlooker
}>

/** The page of a product here. */
export function productPath(scenery: Pick<ProductScenery, 'ctx'>, { product, seller }: ShownProduct): string {
  return `${toActorValue(scenery.ctx, seller).href}/products/${product.id}`
}

/** A product in a few words. */
export function toFace(scenery: ProductScenery, shown: ShownProduct): ProductFace {
  const { product, pictures } = shown
  const [first] = pictures
  return {
    href: productPath(scenery, shown),
    name: product.name,
    price: moneyOf(product.price, product.currency),
    state: product.state,
    picture: first ? toPictureValue(first, scenery.addresses, scenery.onlooker) : null,
  }
}

/** An amount with its currency; null where there is none. */
export function moneyOf(amount: number | null, currency: string): Money | null {
  return amount !== null && isCurrency(currency) ? { amount, currency } : null
}

/** A product as its page shows it. */
export function toProductValue(
  scenery: ProductScenery,
  shown: ShownProduct,
  { isTeam }: { isTeam: boolean },
): ProductValue {
  const { product, seller, pictures } = shown
  const delivery = moneyOf(product.deliveryPrice, product.currency)
  const path = productPath(scenery, shown)
  return {
    ...toFace(scenery, shown),
    seller: toActorValue(scenery.ctx, seller),
    descriptionHtml: raw(product.description),
    pictures: pictures.map((picture) => toPictureValue(picture, scenery.addresses, scenery.onlooker)),
    taxRate: product.iri === null ? product.taxRate : null,
    stock: product.stock,
    delivery:
      delivery === null ? null : { price: delivery, isFree: product.deliveryPrice === 0, text: product.deliveryText },
    pickup: product.isPickedUp && product.iri === null ? { text: product.pickupText } : null,
    // Nobody orders from themselves.
    buyHref: canBeOrdered(shown) && !isTeam ? `${path}/buy` : null,
    shop: toShop(product.shopUrl ?? (product.iri ? (product.url ?? product.iri) : null)),
    editHref: isTeam ? `/products/${product.id}/edit` : null,
    showHref: isTeam && product.state !== 'draft' ? `/compose?product=${product.id}` : null,
    readAt: product.fetchedAt,
  }
}

function toShop(href: string | null): ProductValue['shop'] {
  return href && URL.canParse(href) ? { href, host: new URL(href).host } : null
}

/** Products of a post as pages show them. `pictureIds`: those of the post, in their order. */
export function toPostedValues(
  scenery: ProductScenery,
  posted: readonly PostedProduct[],
  { authorId, pictureIds }: { authorId: string; pictureIds: readonly string[] },
): PostedValue[] {
  return posted.flatMap(({ shown, spot, offer }): PostedValue[] => {
    const at = spot ? pictureIds.indexOf(spot.mediaId) : -1
    const place = spot && at >= 0 ? { picture: at, x: spot.x, y: spot.y } : null
    if (shown) {
      const seller = shown.product.actorId === authorId ? null : toActorValue(scenery.ctx, shown.seller)
      return [{ face: toFace(scenery, shown), seller, host: null, spot: place }]
    }
    if (!offer || !URL.canParse(offer.href)) return []
    const host = new URL(offer.href).host
    const face = {
      href: offer.href,
      name: offer.name || host,
      price: offer.price,
      state: 'on_sale',
      picture: null,
    } as const
    return [{ face, seller: null, host, spot: place }]
  })
}

/** How wide a picture should be where the link of a product is shared. */
const cardWidth = 1_200

/** The picture that goes with the link of a product. */
export function shareImage(value: ProductValue): OpenGraphValue['image'] {
  const [picture] = value.pictures
  if (!picture?.src) return null
  const sizes = picture.sizes.toSorted((a, b) => a.width - b.width)
  const size = sizes.find(({ width }) => width >= cardWidth) ?? sizes.at(-1)
  if (!size) return null
  const height = picture.width && picture.height ? Math.round((size.width * picture.height) / picture.width) : null
  return { url: size.url, width: size.width, height, alt: picture.alt }
}

const availability = {
  on_sale: 'https://schema.org/InStock',
  paused: 'https://schema.org/Discontinued',
  sold_out: 'https://schema.org/OutOfStock',
  draft: 'https://schema.org/Discontinued',
  gone: 'https://schema.org/Discontinued',
} as const

/** What search engines read. @see https://schema.org/Product */
export function toSchemaOrg(scenery: ProductScenery, shown: ShownProduct, value: ProductValue): object {
  const { product } = shown
  const url = productUrl(scenery.ctx, shown)
  const currency = isCurrency(product.currency) ? product.currency : null
  return {
    '@context': 'https://schema.org',
    '@type': 'Product',
    name: product.name,
    description: htmlToText(product.description),
    ...(product.sku ? { sku: product.sku } : {}),
    image: value.pictures.flatMap(({ src }) => src ?? []),
    url,
    ...(currency && product.price !== null
      ? {
          offers: {
            '@type': 'Offer',
            url,
            price: toDecimal({ amount: product.price, currency }),
            priceCurrency: currency,
            availability: availability[product.state],
            seller: { '@type': 'Organization', name: shown.seller.name || shown.seller.handle },
          },
        }
      : {}),
  }
}
