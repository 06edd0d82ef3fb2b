import type { Translator } from '#src/locales/translator.ts'
import { attributes, type Html, html } from '../html.ts'
import { button } from './button.ts'

/** Something that opens on demand. */
export type DisclosureValue = Readonly<{
  /** How it looks: the class of the whole; what is pressed has the same with `__summary`. */
  name: string
  summary: Html | string
  body: Html
  isOpen?: boolean
  /** A further class of the whole. */
  class?: string
}>

/** Words that open on demand, without a script. */
export function disclosure({ name, summary, body, isOpen, class: further }: DisclosureValue): Html {
  const rest = attributes({ class: further ? `${name} ${further}` : name, open: isOpen })
  return html`<details${rest}><summary class="${name}__summary">${summary}</summary>${body}</details>`
}

/** A small window over the page that a button opens by its `popover`; Escape and a click beside it close it, without a script. */
export type DialogValue = Readonly<{ id: string; title: string; body: Html; actions: Html }>

/** A question that wants an answer before anything happens. */
export function dialog(value: DialogValue, t: Translator): Html {
  return html`<div class="dialog" id="${value.id}" popover role="dialog" aria-labelledby="${value.id}-title">
    <h2 class="dialog__title" id="${value.id}-title">${value.title}</h2>
    ${value.body}
    <div class="dialog__actions">
      ${button({ label: t.actions.cancel, popover: value.id, attributes: { popovertargetaction: 'hide', autofocus: true } })}
      ${value.actions}
    </div>
  </div>`
}

/** A text to take away: shown whole, selectable, with a button that copies it when the page is enhanced. */
export function copyable(text: string, t: Translator): Html {
  return html`<p class="copyable"><code class="copyable__text">${text}</code>${button({
    label: t.actions.copy,
    icon: 'copy',
    type: 'button',
    kind: 'quiet',
    attributes: { 'data-copy': text, 'data-copied': t.actions.copied, hidden: true },
  })}</p>`
}
