import type { Money } from '#src/core/money.ts'
import type { OrderStateWord } from '#src/locales/mail.ts'
import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import type { ActorValue } from './actor.ts'
import { actorLine } from './actor-line.ts'
import { button, linkButton, postButton } from './button.ts'
import { type TotalsValue, totalsTable } from './checkout.ts'
import { copyable, dialog, disclosure } from './disclosure.ts'
import { flash } from './flash.ts'
import { icon } from './icon.ts'
import { timeOf } from './time.ts'

/** Rows of dark and light squares that a camera reads. */
export type CodeValue = readonly (readonly boolean[])[]

/** An order as its buyer sees it. */
export type OrderValue = Readonly<{
  number: string
  path: string
  name: string
  quantity: number
  seller: ActorValue
  state: OrderStateWord
  events: readonly Readonly<{ state: OrderStateWord; at: Date }>[]
  totals: TotalsValue
  /** How it is paid, as long as it is to be paid. */
  payment:
    | Readonly<{ kind: 'on-pickup' }>
    | Readonly<{
        kind: 'transfer'
        holder: string
        iban: string
        bic: string
        reference: string
        amount: Money
        codeText: string
        code: CodeValue
      }>
    | null
  delivery: 'pickup' | 'shipping' | null
  /** What the seller says about fetching or sending. */
  deliveryText: string
  /** Who gets it, and where it is sent, a line each; empty when that is forgotten. */
  receiver: readonly string[]
  /** When it is over if it is not paid; null when it is, or nobody waits. */
  lapsesAt: Date | null
  /** Where it is paid elsewhere; `isForeign`: on a server with which the seller is not known to have to do. */
  elsewhere: Readonly<{ href: string; host: string; isForeign: boolean }> | null
  /** Why a seller elsewhere said no. */
  refusal: 'price-changed' | 'not-available' | 'too-many' | 'other' | null
  receiptHref: string | null
  mayCancel: boolean
  imprint: string
  withdrawalText: string
  /** It was placed a moment ago: where the confirmation goes. */
  isNewFor: string | null
}>

/** The page of an order, for who has bought. */
export function orderPage(order: OrderValue, now: Date, t: Translator): Html {
  const words = t.orders
  return html`<div class="order-page"><h1 class="title">${words.title(order.number)}</h1>
    ${order.isNewFor && flash({ kind: 'done', text: words.thanks(order.isNewFor) })}
    <p class="lead">${words.state} <strong class="mark-word mark-word--on">${words.states[order.state]}</strong></p>
    <p class="field__hint">${words.keepLink}</p>
    ${order.state === 'offered' && html`<p>${words.waiting} <a href="${order.path}">${words.reload}</a></p>`}
    ${order.refusal && flash({ kind: 'problem', text: words.refusals[order.refusal] })}
    ${order.elsewhere && elsewhere(order, order.elsewhere, t)}
    ${actorLine(order.seller, { size: 'm' })}
    ${totalsTable(order.totals, order, t)}
    ${order.payment && payment(order.payment, t)}
    ${order.lapsesAt && html`<p>${words.lapses(t.format.date(order.lapsesAt))}</p>`}
    ${order.delivery && html`<p>${words[order.delivery]}${order.deliveryText && html`<br><span class="checkout__law">${order.deliveryText}</span>`}</p>`}
    ${order.receiver.length > 0 && html`<section><h2 class="field__label">${words.receiver}</h2><p class="checkout__law">${order.receiver.join('\n')}</p></section>`}
    ${order.receiptHref && html`<p>${linkButton({ href: order.receiptHref, label: words.receipt })}</p>`}
    ${history(order, now, t)}
    ${order.imprint && html`<section><h2 class="field__label">${words.seller}</h2><p class="checkout__law">${order.imprint}</p></section>`}
    <section><h2 class="field__label">${words.withdrawal}</h2><p class="checkout__law">${order.withdrawalText}</p></section>
    ${order.mayCancel && cancellation(order, t)}</div>`
}

function elsewhere({ seller }: OrderValue, way: NonNullable<OrderValue['elsewhere']>, t: Translator): Html {
  const words = t.orders
  const link = html`<a class="button button--${way.isForeign ? 'plain' : 'primary'}" href="${way.href}" rel="nofollow noopener noreferrer"><span class="button__label">${words.payHere(way.host)}</span>${icon('external')}</a>`
  return html`${way.isForeign && flash({ kind: 'problem', text: words.foreign(way.host, seller.host) })}<p>${link}</p>`
}

function payment(value: NonNullable<OrderValue['payment']>, t: Translator): Html {
  const words = t.orders
  if (value.kind === 'on-pickup') return html`<p>${words.onPickupText}</p>`
  const line = (name: string, text: string) =>
    html`<div class="facts__row"><dt>${name}</dt><dd>${copyable(text, t)}</dd></div>`
  return html`<section class="group" aria-labelledby="transfer"><h2 class="group__title" id="transfer">${words.transferTitle}</h2>
    <div class="group__body"><p>${words.transferText}</p>
      <dl class="facts">
        ${line(words.holder, value.holder)}${line(words.iban, value.iban)}${value.bic && line(words.bic, value.bic)}
        ${line(words.amount, t.format.money(value.amount))}${line(words.reference, value.reference)}
      </dl>
      ${codeOf(value.code, t)}
      ${disclosure({ name: 'more', summary: html`${icon('chevron')}${words.codeText}`, body: html`<pre class="checkout__code">${value.codeText}</pre>` })}
    </div></section>`
}

/** Drawn with a border of four squares, which cameras need. */
function codeOf(code: CodeValue, t: Translator): Html {
  const size = code.length + 8
  const path = code
    .flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? `M${x + 4} ${y + 4}h1v1h-1z` : [])))
    .join('')
  return html`<svg class="checkout__qr" viewBox="0 0 ${size} ${size}" width="200" height="200" role="img" aria-label="${t.orders.code}"><rect width="${size}" height="${size}" fill="#fff"></rect><path d="${path}" fill="#000"></path></svg>`
}

function history({ events }: OrderValue, now: Date, t: Translator): Html {
  const words = t.orders
  return html`<section aria-labelledby="history"><h2 class="field__label" id="history">${words.history}</h2>
    <ol class="lines">${events.map(({ state, at }) => html`<li class="lines__one">${words.states[state]} ${timeOf(at, now, t)}</li>`)}</ol></section>`
}

function cancellation({ path }: OrderValue, t: Translator): Html {
  const words = t.orders
  const confirm = postButton({ action: `${path}/cancel`, label: words.cancel, kind: 'danger' })
  return html`<div class="settings-next">${button({ label: words.cancel, kind: 'quiet', popover: 'cancel-order' })}</div>
    ${dialog({ id: 'cancel-order', title: words.cancelTitle, body: html`<p>${words.cancelText}</p>`, actions: confirm }, t)}`
}

/** A receipt, to be printed. */
export function receiptPage(
  order: Pick<OrderValue, 'number' | 'name' | 'quantity' | 'seller' | 'totals' | 'imprint' | 'path'> &
    Readonly<{ buyer: string; paidAt: Date }>,
  t: Translator,
): Html {
  const words = t.orders
  return html`<div class="order-page"><h1 class="title">${words.receiptTitle(order.number)}</h1>
    <p class="lead">${words.paidOn(t.format.date(order.paidAt))}</p>
    ${actorLine(order.seller, { size: 'm' })}
    ${order.imprint && html`<p class="checkout__law">${order.imprint}</p>`}
    <p class="checkout__law">${order.buyer}</p>
    ${totalsTable(order.totals, order, t)}
    <p><a href="${order.path}">${words.title(order.number)}</a></p></div>`
}
