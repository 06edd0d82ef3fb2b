import { type Html, html } from '../html.ts'
import { type IconName, icon } from './icon.ts'

/** What just happened, in a sentence. */
export type FlashValue = Readonly<{ kind: 'done' | 'notice' | 'problem'; text: string }>

const icons: Readonly<Record<FlashValue['kind'], IconName>> = { done: 'check', notice: 'direct', problem: 'warning' }

/** A line at the head of a page; problems are announced at once, the rest politely. */
export function flash({ kind, text }: FlashValue): Html {
  return html`<div class="flash flash--${kind}" role="${kind === 'problem' ? 'alert' : 'status'}">${icon(icons[kind])}<p>${text}</p></div>`
}
