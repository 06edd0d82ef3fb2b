import type { Ctx } from '#src/context.ts'
import { formatMoney, isCurrency } from '#src/core/money.ts'
import { escapeHtml } from '#src/core/sanitize.ts'
import { acctOf } from '#src/features/actors/entity.ts'
import { productUrl } from './entity.ts'
import type { ShownProduct } from './load.ts'
import type { PostedProduct } from './posted.ts'

type Scene = Pick<Ctx, 'uris'>

/** The words of the line, in the language of the post: every other is read in English. */
const words = {
  en: { buy: 'Buy', soldBy: (acct: string) => `sold by @${acct}` },
  fr: { buy: 'Acheter', soldBy: (acct: string) => `vendu par @${acct}` },
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

/**
 * A text with a line for each product of its post, for programs that know no products: its name, its price, and the way to it. What is said of
 * the price is what it was then; what counts is on the page.
 */
export function withOfferLines(
  ctx: Scene,
  content: string,
  { posted, authorId, language }: { posted: readonly PostedProduct[]; authorId: string; language: string | null },
): string {
  const { buy, soldBy } = words[languageOf(language)]
  const lines = posted.flatMap(({ shown }) => {
    if (!shown || shown.product.state === 'gone') return []
    const seller = shown.product.actorId === authorId ? '' : ` · ${escapeHtml(soldBy(acctOf(shown.seller)))}`
    const link = `<a href="${escapeHtml(productUrl(ctx, shown))}" rel="nofollow noopener">${buy}</a>`
    return `<p>${escapeHtml(labelOf(shown, language))}${seller} · ${link}</p>`
  })
  return content + lines.join('')
}
