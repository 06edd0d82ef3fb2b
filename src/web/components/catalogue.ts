import type { Translator } from '#src/locales/translator.ts'
import { attributes, type Html, html } from '../html.ts'
import { paths } from '../paths.ts'
import { button, hiddenFields, linkButton } from './button.ts'
import { emptyState } from './empty.ts'
import { type PagerValue, pager } from './pager.ts'
import { type PictureValue, picture } from './picture.ts'
import { productNav } from './product-nav.ts'

/** One line of the list in which a team changes prices. */
export type CatalogueLine = Readonly<{
  id: string
  href: string
  name: string
  sku: string
  picture: PictureValue | null
  /** As they are typed. */
  price: string
  currency: string
  stock: string
  state: string
  states: readonly ('draft' | 'on_sale' | 'paused' | 'sold_out')[]
  /** As it is now: what is not touched in the list is not written, whatever orders or a colleague have made of it since. */
  was: Readonly<{ price: string; stock: string; state: string }>
  /** What is wrong, and with which field, which need not be one of the line. */
  problem: Readonly<{ field: string; sentence: string }> | null
}>

/** What an identity sells, to be changed line by line and saved at once. */
export function catalogue(
  { lines, pager: neighbours }: Readonly<{ lines: readonly CatalogueLine[]; pager: PagerValue }>,
  t: Translator,
): Html {
  const words = t.products
  const add = { href: paths.productNew, label: words.add }
  if (lines.length === 0) {
    return html`${productNav('products', t)}<h1 class="title">${words.manage}</h1>
      ${emptyState({ icon: 'images', title: words.empty, text: words.emptyText, action: add })}`
  }
  return html`${productNav('products', t)}
    <h1 class="title">${words.manage}</h1>
    <p class="lead settings-lead">${words.manageLead}</p>
    <p>${linkButton({ ...add, icon: 'create', kind: 'primary' })}${linkButton({ href: paths.productExport, label: words.export, kind: 'quiet' })}</p>
    <form class="form" method="post" action="${paths.products}">
      <ul class="stocklist">${lines.map((line) => html`<li class="stocklist__line" id="product-${line.id}">${row(line, t)}</li>`)}</ul>
      <div>${button({ label: words.saveAll, kind: 'primary' })}</div>
    </form>
    ${pager(neighbours, t)}`
}

function row(line: CatalogueLine, t: Translator): Html {
  const words = t.products
  const { id, name, problem } = line
  const input = (field: string, value: string, label: string) => {
    const rest = attributes({
      ...{ name: `${field}-${id}`, id: `${field}-${id}`, value, autocomplete: 'off', inputmode: 'decimal' },
      'aria-label': label,
      'aria-invalid': problem?.field === field ? 'true' : null,
      'aria-describedby': problem?.field === field && `problem-${id}`,
    })
    return html`<input class="input" type="text"${rest}>`
  }
  return html`${hiddenFields({ [`was-price-${id}`]: line.was.price, [`was-stock-${id}`]: line.was.stock, [`was-state-${id}`]: line.was.state })}
    <span class="stocklist__picture">${line.picture && picture(line.picture, { sizes: '4rem', isCropped: true, alt: '' }, t)}</span>
    <span class="stocklist__name"><a href="${line.href}"><bdi>${name}</bdi></a>${line.sku && html` <span class="field__hint">${line.sku}</span>`}</span>
    <span class="stocklist__field"><span class="field__hint" aria-hidden="true">${words.price} (${line.currency})</span>${input('price', line.price, words.priceOf(name))}</span>
    <span class="stocklist__field stocklist__field--stock"><span class="field__hint" aria-hidden="true">${words.stock}</span>${input('stock', line.stock, words.stockOf(name))}</span>
    <span class="stocklist__field"><span class="field__hint" aria-hidden="true">${words.state}</span><select class="input input--select"${attributes({ name: `state-${id}`, id: `state-${id}`, 'aria-label': words.stateOf(name) })}>${line.states.map(
      (state) =>
        html`<option${attributes({ value: state, selected: state === line.state })}>${words.states[state]}</option>`,
    )}</select></span>
    ${linkButton({ href: `/products/${id}/edit`, label: words.edit, accessibleName: words.editTitle(name), kind: 'quiet', icon: 'edit' })}
    ${problem && html`<p class="field__error stocklist__error" id="problem-${id}">${problem.sentence}</p>`}`
}
