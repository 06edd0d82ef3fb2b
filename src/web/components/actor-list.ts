import { type Html, html } from '../html.ts'
import type { ActorValue } from './actor.ts'
import { actorLine } from './actor-line.ts'

/** Somebody in a list: `after` stands under the address, `actions` at the end of the line. */
export type ActorListItem = Readonly<{ actor: ActorValue; after?: Html | undefined; actions?: Html | undefined }>

/** People one under the other, each with the way to the profile and what can be done. */
export function actorList(items: readonly ActorListItem[]): Html {
  return html`<ul class="lines">${items.map(
    ({ actor, after, actions }) =>
      html`<li class="lines__one">${actorLine(actor, after ? { after } : {})}${actions && html`<div class="lines__acts">${actions}</div>`}</li>`,
  )}</ul>`
}
