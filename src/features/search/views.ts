import type { Translator } from '#src/locales/translator.ts'
import { button } from '#src/web/components/button.ts'
import { textField } from '#src/web/components/field.ts'
import { type Html, html } from '#src/web/html.ts'
import { paths } from '#src/web/paths.ts'

/** The form for an address or a link, with what was typed and why it led nowhere. */
export function findView(
  { typed, error }: Readonly<{ typed: string; error?: string | undefined }>,
  t: Translator,
): Html {
  const words = t.pages.find
  return html`<section class="door">
    <h1 class="title">${words.title}</h1>
    <p class="lead">${words.lead}</p>
    <form class="form" method="get" action="${paths.interaction}">
      ${textField({
        name: 'uri',
        label: words.field,
        hint: words.hint,
        value: typed,
        autocomplete: 'off',
        isRequired: true,
        isVerbatim: true,
        hasFocus: true,
        error,
      })}
      ${button({ label: words.submit, kind: 'primary', class: 'button--wide' })}
    </form>
  </section>`
}
