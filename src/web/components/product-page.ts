import type { Money } from '#src/core/money.ts'
import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import type { ActorValue } from './actor.ts'
import { actorLine } from './actor-line.ts'
import { linkButton } from './button.ts'
import { disclosure } from './disclosure.ts'
import { icon } from './icon.ts'
import { type PictureValue, picture, ratioClass } from './picture.ts'
import { type ProductFace, priceWords } from './product-card.ts'

/** A product as its page shows it. */
export type ProductValue = Omit<ProductFace, 'picture'> &
  Readonly<{
    seller: ActorValue
    /** Its text, sanitised. */
    descriptionHtml: Html
    pictures: readonly PictureValue[]
    /** In hundredths of a percent; null where nobody says. */
    taxRate: number | null
    stock: number | null
    /** What delivery costs; null: it is not sent. */
    delivery: Readonly<{ price: Money; isFree: boolean; text: string }> | null
    pickup: Readonly<{ text: string }> | null
    /** Where it can be ordered here; null where it cannot. */
    buyHref: string | null
    /** Where it is bought elsewhere. */
    shop: Readonly<{ href: string; host: string }> | null
    /** For its team. */
    editHref: string | null
    /** The form for a post that shows it; null for who may not write one, and for drafts. */
    showHref: string | null
    /** When another server last spoke of it. */
    readAt: Date | null
  }>

/** Fewer than this are worth to be told. */
const few = 10

/** A product with the text of the right to withdraw; null where nothing is ordered from us. */
export type ProductPageValue = ProductValue & Readonly<{ withdrawal: string | null }>

/** The page of one product: its pictures, and beside them what it is, what it costs and how one gets it. */
export function productPage(product: ProductPageValue, now: Date, t: Translator): Html {
  const words = t.products
  return html`<article class="product">
    ${product.pictures.length > 0 && html`<div class="product__pictures">${product.pictures.map((value, index) => plate(value, index === 0, t))}</div>`}
    <div class="product__side">
      <h1 class="title"><bdi>${product.name}</bdi></h1>
      <p class="product__price">${priceWords(product, t)}</p>
      ${facts(product, t)}
      ${ways(product, t)}
      <p class="field__label">${words.soldBy}</p>
      ${actorLine(product.seller, { size: 'm' })}
      <div class="prose">${product.descriptionHtml}</div>
      ${receiving(product, t)}
      ${product.withdrawal && disclosure({ name: 'more', summary: html`${icon('chevron')}${t.orders.withdrawal}`, body: html`<p class="checkout__law">${product.withdrawal}</p>` })}
      ${product.readAt && html`<p class="field__hint">${words.lastRead(t.format.relative(product.readAt, now))}</p>`}
    </div>
  </article>`
}

function plate(value: PictureValue, isFirst: boolean, t: Translator): Html {
  return html`<figure class="plate ${ratioClass(value)}">${picture(value, { sizes: '(min-width: 64rem) 50vw, 100vw', isFirst }, t)}</figure>`
}

function facts({ taxRate, stock, state }: ProductValue, t: Translator): Html | null {
  const words = t.products
  const isScarce = state === 'on_sale' && stock !== null && stock < few
  const lines = [taxRate !== null && words.withTax(t.format.rate(taxRate)), isScarce && words.left(stock)].filter(
    Boolean,
  )
  return lines.length > 0 ? html`<p class="field__hint">${lines.join(' · ')}</p>` : null
}

function ways({ buyHref, shop, editHref, showHref, name }: ProductValue, t: Translator): Html {
  const words = t.products
  return html`<div class="product__ways">
    ${buyHref && linkButton({ href: buyHref, label: words.buyHere, kind: 'primary' })}
    ${shop && html`<a class="button button--plain" href="${shop.href}" rel="nofollow noopener noreferrer"><span class="button__label">${words.buyElsewhere(shop.host)}</span>${icon('external')}</a>`}
    ${showHref && linkButton({ href: showHref, label: words.showInPost, kind: 'plain' })}
    ${editHref && linkButton({ href: editHref, label: words.edit, accessibleName: words.editTitle(name), icon: 'edit', kind: 'quiet' })}
  </div>`
}

function receiving({ delivery, pickup }: ProductValue, t: Translator): Html | null {
  const words = t.products
  if (!delivery && !pickup) return null
  const line = (name: string, text: string) =>
    html`<div class="facts__row"><dt>${name}</dt><dd>${text ? text.split('\n').map((part, at) => html`${at > 0 && html`<br>`}${part}`) : ''}</dd></div>`
  return html`<dl class="facts">
    ${delivery && line(delivery.isFree ? words.freeDelivery : words.delivery(t.format.money(delivery.price)), delivery.text)}
    ${pickup && line(words.pickedUp, pickup.text)}
  </dl>`
}
