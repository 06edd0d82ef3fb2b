import { type Html, html } from '../html.ts'
import { linkButton } from './button.ts'
import { type IconName, icon } from './icon.ts'

/** What to say and to offer where there is nothing yet. */
export type EmptyValue = Readonly<{
  icon: IconName
  title: string
  text: string
  action?: Readonly<{ href: string; label: string }> | undefined
}>

/** A quiet place that says why it is empty and what the one next step is. */
export function emptyState(value: EmptyValue): Html {
  return html`<section class="empty">
    <span class="empty__sign">${icon(value.icon)}</span>
    <h2 class="empty__title">${value.title}</h2>
    <p class="empty__text">${value.text}</p>
    ${value.action && linkButton({ ...value.action, kind: 'primary' })}
  </section>`
}
