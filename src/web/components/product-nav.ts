import type { Translator } from '#src/locales/translator.ts'
import type { Html } from '../html.ts'
import { paths } from '../paths.ts'
import { tabs } from './tabs.ts'

/** The pages on which an identity sells. */
export type ShopPage = 'products' | 'orders' | 'shop' | 'import'

/** The way between them. */
export function productNav(current: ShopPage, t: Translator): Html {
  const words = t.products.nav
  const places = [
    ['products', paths.products],
    ['orders', paths.orders],
    ['shop', paths.shop],
    ['import', paths.productImport],
  ] as const
  return tabs(
    words.label,
    places.map(([page, href]) => ({ href, label: words[page], isCurrent: page === current })),
  )
}
