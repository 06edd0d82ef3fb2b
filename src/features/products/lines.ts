import type { Ctx } from '#src/context.ts'
import { formatIn, french } from '#src/core/i18n.ts'
import { formatMoney, isCurrency } from '#src/core/money.ts'
import { escapeHtml } from '#src/core/sanitize.ts'
import { acctOf } from '#src/features/actors/entity.ts'
import { productUrl } from './entity.ts'
import type { ShownProduct } from './load.ts'
import type { PostedProduct } from './posted.ts'

type Scene = Pick<Ctx, 'uris'>

/** The words of the line, in the language of the post: every other is read in English. */
const words = {
  en: {
    ...{ buy: 'Buy', see: 'See', soldBy: (acct: string) => `sold by @${acct}` },
    withTax: (rate: string) => `The price includes ${rate} VAT.`,
    delivery: (price: string) => `Delivery costs ${price}.`,
    freeDelivery: 'Delivery is free.',
    pickup: 'It can be fetched.',
  },
  fr: {
    ...{ buy: 'Acheter', see: 'Voir', soldBy: (acct: string) => `vendu par @${acct}` },
    withTax: (rate: string) => `Prix TTC, dont TVA ${rate}.`,
    delivery: (price: string) => french`Livraison : ${price}.`,
    freeDelivery: 'Livraison offerte.',
    pickup: 'Retrait possible sur place.',
  },
} as const

function languageOf(language: string | null): keyof typeof words {
  return language?.toLowerCase().startsWith('fr') ? 'fr' : 'en'
}

/** The name of a product with its price, as texts and lists name it: `Coffret Lune — 24,90 €`. */
export function labelOf({ product }: ShownProduct, language: string | null): string {
  const { price, currency, name } = product
  if (price === null || !isCurrency(currency)) return name
  return `${name} — ${formatMoney(languageOf(language), { amount: price, currency })}`
}

/** What comes with the price, in a paragraph for programs that know no more of a product than its text. */
export function termsOf({ product }: ShownProduct, language: string | null): string {
  const locale = languageOf(language)
  const { withTax, delivery, freeDelivery, pickup } = words[locale]
  const { taxRate, deliveryPrice, currency, isPickedUp } = product
  const money = (amount: number) => (isCurrency(currency) ? formatMoney(locale, { amount, currency }) : '')
  const sending = deliveryPrice === null ? '' : deliveryPrice === 0 ? freeDelivery : delivery(money(deliveryPrice))
  const terms = [withTax(formatIn(locale).rate(taxRate)), sending, isPickedUp ? pickup : '']
  return `<p>${escapeHtml(terms.filter(Boolean).join(' '))}</p>`
}

/**
 * A text with a line for each product of its post, for programs that know no products: its name, its price, and the way to it. What is said of
 * the price is what it was then; what counts is on the page.
 */
export function withOfferLines(
  ctx: Scene,
  content: string,
  { posted, authorId, language }: { posted: readonly PostedProduct[]; authorId: string; language: string | null },
): string {
  const { buy, see, soldBy } = words[languageOf(language)]
  const lines = posted.flatMap(({ shown }) => {
    if (!shown || shown.product.state === 'gone') return []
    const seller = shown.product.actorId === authorId ? '' : ` · ${escapeHtml(soldBy(acctOf(shown.seller)))}`
    const link = `<a href="${escapeHtml(productUrl(ctx, shown))}" rel="nofollow noopener">${shown.product.state === 'on_sale' ? buy : see}</a>`
    return `<p>${escapeHtml(labelOf(shown, language))}${seller} · ${link}</p>`
  })
  return content + lines.join('')
}
