import { type Html, html } from '../html.ts'
import { hiddenFields } from './button.ts'
import { disclosure } from './disclosure.ts'
import { type IconName, icon } from './icon.ts'

/** One thing that can be done: a link, or a button that posts. */
export type MenuItem = Readonly<{ label: string; icon: IconName }> &
  (Readonly<{ href: string }> | Readonly<{ action: string; fields?: Readonly<Record<string, string>> }>)

/** What is done now and then, out of the way until it is asked for. */
export function moreMenu(label: string, items: readonly MenuItem[]): Html | null {
  if (items.length === 0) return null
  const summary = html`<span class="button button--quiet">${icon('more')}<span class="button__label">${label}</span></span>`
  const body = html`<ul class="more-menu__list">${items.map((item) => html`<li>${entry(item)}</li>`)}</ul>`
  return disclosure({ name: 'more-menu', summary, body })
}

const look = 'button button--quiet menu__item'

function entry(item: MenuItem): Html {
  const face = html`${icon(item.icon)}<span class="button__label">${item.label}</span>`
  if ('href' in item) return html`<a class="${look}" href="${item.href}">${face}</a>`
  return html`<form class="inline-form" method="post" action="${item.action}">${hiddenFields(item.fields)}<button class="${look}" type="submit">${face}</button></form>`
}
