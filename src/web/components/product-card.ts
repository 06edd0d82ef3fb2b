import type { Money } from '#src/core/money.ts'
import type { Translator } from '#src/locales/translator.ts'
import { attributes, type Html, html } from '../html.ts'
import { type ActorValue, nameOf } from './actor.ts'
import { linkButton } from './button.ts'
import { icon } from './icon.ts'
import { type PictureValue, picture } from './picture.ts'

/** A product in a few words. */
export type ProductFace = Readonly<{
  /** Its page here, or elsewhere where there is none here. */
  href: string
  name: string
  /** As words where another server writes it so; null where nobody says. */
  price: Money | string | null
  state: 'draft' | 'on_sale' | 'paused' | 'sold_out' | 'gone'
  picture: PictureValue | null
}>

/** A product in a post. */
export type PostedValue = Readonly<{
  face: ProductFace
  /** Who sells it, where that is not the author of the post. */
  seller: ActorValue | null
  /** The host to which it leads, for what is only an offer elsewhere. */
  host: string | null
  /** Where on which picture of the post (counted from 0) it is. */
  spot: Readonly<{ picture: number; x: number; y: number }> | null
}>

/** What a post shows for sale, as a list. On the page of the post each has its number, which stands on the picture too. */
export function postedList(
  products: readonly PostedValue[],
  { isNumbered }: Readonly<{ isNumbered: boolean }>,
  t: Translator,
): Html | null {
  if (products.length === 0) return null
  const place = (number: number) => (isNumbered ? { id: `product-${number}`, tabindex: -1 } : {})
  return html`<div class="offers" role="group" aria-label="${t.products.inPost}">
    <ol class="offers__list">${products.map((posted, index) => html`<li class="offer"${attributes(place(index + 1))}>${offer(posted, isNumbered ? index + 1 : null, t)}</li>`)}</ol>
  </div>`
}

function offer({ face, seller, host, spot }: PostedValue, number: number | null, t: Translator): Html {
  const words = t.products
  const place =
    number !== null && spot && html`<span class="visually-hidden"> – ${words.onPicture(spot.picture + 1)}</span>`
  return html`${number !== null && html`<span class="offer__number" aria-hidden="true">${number}</span>`}
    ${face.picture && html`<span class="offer__picture">${picture(face.picture, { sizes: '6rem', isCropped: true, alt: '' }, t)}</span>`}
    <span class="offer__words">
      <strong class="offer__name"><bdi>${face.name}</bdi></strong>
      <span class="offer__facts">${priceWords(face, t)}${place}</span>
      ${seller && html`<a class="offer__seller" href="${seller.href}">${words.productOf(nameOf(seller))}</a>`}
      ${host && html`<span class="offer__seller">${words.elsewhere(host)}</span>`}
    </span>
    ${face.state !== 'gone' && way(face, host, t)}`
}

function way(face: ProductFace, host: string | null, t: Translator): Html {
  const words = t.products
  if (host) {
    return html`<a class="button button--plain" href="${face.href}" rel="nofollow noopener noreferrer" target="_blank"><span class="button__label">${words.buyElsewhere(host)}</span>${icon('external')}</a>`
  }
  const label = face.state === 'on_sale' ? words.buy : words.see
  return linkButton({ href: face.href, label, accessibleName: `${label}, ${face.name}` })
}

/** The price of what is on sale; of what is not, that it is not. */
export function priceWords({ price, state }: Pick<ProductFace, 'price' | 'state'>, t: Translator): Html {
  const words = t.products
  const mark = state === 'on_sale' ? null : html`<span class="mark-word">${words.states[state]}</span>`
  return html`${state !== 'gone' && html`<span class="price">${priceText(price, t) ?? words.unpriced}</span> `}${mark}`
}

/** A price as the language writes it. */
export function priceText(price: ProductFace['price'], t: Translator): string | null {
  return price === null || typeof price === 'string' ? price : t.format.money(price)
}

/** The numbers of products on one picture of a post; each leads to the product in the list. */
export function spotsOn(products: readonly PostedValue[], index: number, t: Translator): Html | null {
  const here = products.flatMap(({ face, spot }, at) =>
    spot?.picture === index ? [{ face, spot, number: at + 1 }] : [],
  )
  if (here.length === 0) return null
  const percent = (part: number) => `${Math.round(Math.min(0.97, Math.max(0.03, part)) * 1_000) / 10}%`
  return html`<svg class="spots" width="100%" height="100%">${here.map(
    ({ face, spot, number }) =>
      html`<a href="#product-${number}" aria-label="${t.products.spot(number, face.name)}"><circle class="spots__ground" cx="${percent(spot.x)}" cy="${percent(spot.y)}" r="22"></circle><circle class="spots__dot" cx="${percent(spot.x)}" cy="${percent(spot.y)}" r="14"></circle><text class="spots__number" x="${percent(spot.x)}" y="${percent(spot.y)}" dy="0.35em">${number}</text></a>`,
  )}</svg>`
}

/** Products as tiles. */
export function productGrid(products: readonly ProductFace[], t: Translator): Html {
  return html`<ul class="wares">${products.map(
    (face) => html`<li class="ware"><a class="ware__link" href="${face.href}">
      <span class="ware__picture">${face.picture ? picture(face.picture, { sizes: '(min-width: 48rem) 20rem, 50vw', isCropped: true }, t) : icon('image')}</span>
      <strong class="ware__name"><bdi>${face.name}</bdi></strong>
      <span class="ware__price">${priceWords(face, t)}</span>
    </a></li>`,
  )}</ul>`
}
