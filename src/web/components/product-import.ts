import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import { paths } from '../paths.ts'
import { button, linkButton } from './button.ts'
import { fileField, textArea } from './field.ts'
import { productNav } from './product-nav.ts'

/** What a table of products would do. */
export type ProductPlanValue = Readonly<{
  added: readonly string[]
  changed: readonly string[]
  unchanged: number
  problems: readonly Readonly<{ sentence: string; text: string }>[]
}>

/** Lines of a plan that are shown; the rest is counted. */
const mostShown = 200

/** A file or a text, and what it would do. */
export function productImport(
  {
    text,
    plan,
    error,
    columns,
  }: Readonly<{
    text: string
    plan: ProductPlanValue | null
    error: string | undefined
    columns: readonly string[]
  }>,
  t: Translator,
): Html {
  const words = t.products
  return html`${productNav('import', t)}
    <h1 class="title">${words.fromImport}</h1>
    <p class="lead settings-lead">${words.importLead}</p>
    <p class="settings-lead"><code class="address">${columns.join(', ')}</code></p>
    <p>${linkButton({ href: paths.productExport, label: words.export })}</p>
    ${plan && planned(plan, t)}
    ${
      !plan &&
      html`<form class="form" method="post" action="${paths.productImport}/file" enctype="multipart/form-data">
        ${fileField({ name: 'table', label: words.importFile, accept: '.csv,text/csv', error })}
        <div>${button({ label: words.look, kind: 'primary' })}</div>
      </form>`
    }
    <form class="form settings-next" method="post" action="${paths.productImport}">
      ${textArea({ name: 'text', label: words.importText, value: text, rows: 10 })}
      <div class="lines__acts">${plan && plan.added.length + plan.changed.length > 0 && button({ label: words.apply, kind: 'primary', name: 'step', value: 'apply' })}${button({ label: words.look, name: 'step', value: 'look' })}</div>
    </form>`
}

function planned({ added, changed, unchanged, problems }: ProductPlanValue, t: Translator): Html {
  const words = t.products
  const list = (title: string, rows: readonly Html[]) =>
    rows.length > 0 &&
    html`<h3 class="plan__title">${title}</h3><ul class="plan">${rows.slice(0, mostShown).map((row) => html`<li>${row}</li>`)}${rows.length > mostShown && html`<li>${t.plan.andMore(rows.length - mostShown)}</li>`}</ul>`
  const plain = (label: string) => html`<bdi>${label}</bdi>`
  return html`<section class="group" aria-labelledby="plan"><h2 class="group__title" id="plan">${words.planTitle}</h2>
    <div class="group__body"><p>${words.plan(added.length, changed.length, unchanged)}</p>
      ${list(
        words.planRefused,
        problems.map(({ sentence, text }) => html`<strong>${sentence}</strong> <code class="address">${text}</code>`),
      )}
      ${list(words.planAdded, added.map(plain))}${list(words.planChanged, changed.map(plain))}
    </div></section>`
}
