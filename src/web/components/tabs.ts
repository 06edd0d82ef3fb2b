import { attributes, type Html, html } from '../html.ts'

/** A view of the same thing, or a neighbour among a few pages that belong together. */
export type Tab = Readonly<{ href: string; label: string; isCurrent: boolean }>

/** A row of links to the views of something; the present one is marked. */
export function tabs(label: string, entries: readonly Tab[]): Html {
  return html`<nav class="tabs" aria-label="${label}">${entries.map(
    ({ href, label: name, isCurrent }) =>
      html`<a class="tabs__link"${attributes({ href, 'aria-current': isCurrent && 'page' })}>${name}</a>`,
  )}</nav>`
}
