import type { Money } from '#src/core/money.ts'
import type { OrderStateWord } from '#src/locales/mail.ts'
import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import { paths } from '../paths.ts'
import { type ActorValue, nameOf } from './actor.ts'
import { button, postButton } from './button.ts'
import { dialog, disclosure } from './disclosure.ts'
import { emptyState } from './empty.ts'
import { icon } from './icon.ts'
import { type PagerValue, pager } from './pager.ts'
import { productNav } from './product-nav.ts'
import { timeOf } from './time.ts'

type Step = 'paid' | 'shipped' | 'delivered'

/** An order in a list: of what was sold, with what the seller can do; of what was bought, with whom. */
export type OrderLine = Readonly<{
  id: string
  number: string
  /** Its page for the buyer; null where that is not for who looks. */
  href: string | null
  name: string
  quantity: number
  total: Money
  state: OrderStateWord
  at: Date
  /** Who bought, or who sells. */
  who: string | null
  seller: ActorValue | null
  /** Where it goes, and what the buyer wrote. */
  details: readonly string[]
  delivery: 'pickup' | 'shipping' | null
  payment: 'pickup' | 'transfer' | null
  next: Step | null
  others: readonly ('cancelled' | 'refunded')[]
}>

/** What was ordered from an identity. */
export function soldList(
  { lines, pager: neighbours }: Readonly<{ lines: readonly OrderLine[]; pager: PagerValue }>,
  now: Date,
  t: Translator,
): Html {
  const words = t.orders
  const body =
    lines.length === 0
      ? emptyState({ icon: 'list', title: words.soldEmpty, text: words.soldEmptyText })
      : html`<ul class="orders">${lines.map((line) => html`<li class="order" id="order-${line.id}">${sold(line, now, t)}</li>`)}</ul>${pager(neighbours, t)}`
  return html`${productNav('orders', t)}<h1 class="title">${words.sold}</h1><p><a href="${paths.purchases}">${words.boughtLink}</a></p>${body}`
}

function head({ number, name, quantity, total, state, at }: OrderLine, now: Date, t: Translator): Html {
  return html`<h2 class="order__title">${t.orders.title(number)} <span class="mark-word">${t.orders.states[state]}</span></h2>
    <p>${quantity} × <bdi>${name}</bdi> · <span class="price">${t.format.money(total)}</span> · ${timeOf(at, now, t)}</p>`
}

/** How it is handed over and paid. */
function wayOf({ delivery, payment }: OrderLine, t: Translator): Html | null {
  const { ways, payments } = t.orders
  const words = [delivery && ways[delivery], payment && payments[payment]].filter(Boolean)
  return words.length > 0 ? html`<p class="field__hint">${words.join(' · ')}</p>` : null
}

function sold(line: OrderLine, now: Date, t: Translator): Html {
  const words = t.orders
  const step = (to: string, label: string, kind: 'primary' | 'plain' | 'danger') =>
    postButton({
      ...{ action: `${paths.orders}/${line.id}/move`, fields: { from: line.state, to }, label, kind },
      accessibleName: words.stepOf(label, line.number),
    })
  const labels = { cancelled: words.cancelStep, refunded: words.refundStep }
  const ask = (to: 'cancelled' | 'refunded') => {
    const id = `${to}-${line.id}`
    const [label, accessibleName] = [labels[to], words.stepOf(labels[to], line.number)]
    const question = { id, title: words.sure[to](line.number), body: html`<p>${words.sureText[to]}</p>` }
    return html`${button({ label, accessibleName, kind: 'quiet', popover: id })}${dialog({ ...question, actions: step(to, to === 'cancelled' ? words.cancel : label, 'danger') }, t)}`
  }
  const more = html`<div class="more__body">${line.others.map(ask)}</div>`
  return html`${head(line, now, t)}
    ${line.who && html`<p>${words.forWhom(line.who)}</p>`}
    ${wayOf(line, t)}
    ${line.details.length > 0 && html`<p class="checkout__law">${line.details.join('\n')}</p>`}
    <div class="lines__acts">${line.next && step(line.next, words.steps[line.next], 'primary')}</div>
    ${line.others.length > 0 && disclosure({ name: 'more', summary: html`${icon('chevron')}${words.otherSteps}`, body: more })}`
}

/** What an identity has ordered. */
export function boughtList(
  { lines, pager: neighbours }: Readonly<{ lines: readonly OrderLine[]; pager: PagerValue }>,
  now: Date,
  t: Translator,
): Html {
  const words = t.orders
  const line = (one: OrderLine) =>
    html`<li class="order">${head(one, now, t)}${one.seller && html`<p>${words.from(nameOf(one.seller))}</p>`}${one.href && html`<p><a href="${one.href}">${words.title(one.number)}</a></p>`}</li>`
  const body =
    lines.length === 0
      ? emptyState({ icon: 'list', title: words.soldEmpty, text: words.boughtEmptyText })
      : html`<ul class="orders">${lines.map(line)}</ul>${pager(neighbours, t)}`
  return html`<h1 class="title">${words.bought}</h1><p><a href="${paths.orders}">${words.soldLink}</a></p>${body}`
}
