import type { Money } from '#src/core/money.ts'
import type { Translator } from '#src/locales/translator.ts'
import { attributes, type Html, html } from '../html.ts'
import type { ActorValue } from './actor.ts'
import { actorLine } from './actor-line.ts'
import { button, hiddenFields } from './button.ts'
import { textArea, textField } from './field.ts'
import { flash } from './flash.ts'
import { type PictureValue, picture } from './picture.ts'

/** What is typed to order something, by the names of the fields. */
export type CheckoutTyped = Readonly<
  Record<
    | 'quantity'
    | 'delivery'
    | 'payment'
    | 'name'
    | 'email'
    | 'phone'
    | 'street'
    | 'postal_code'
    | 'city'
    | 'country'
    | 'note',
    string
  >
>

/** What is to be paid. */
export type TotalsValue = Readonly<{
  goods: Money
  delivery: Money | null
  total: Money
  taxRate: number
  tax: Money | null
}>

/** The one page on which something is ordered. */
export type CheckoutValue = Readonly<{
  title: string
  lead: string | null
  action: string
  name: string
  picture: PictureValue | null
  seller: ActorValue
  /** As whom the buyer is signed in; null for guests. */
  buyer: string | null
  typed: CheckoutTyped
  /** The quantity was agreed on already. */
  isFixed: boolean
  /** Pieces that are left, where they are few. */
  left: number | null
  /** What each costs; null for nothing. */
  deliveries: readonly Readonly<{ value: 'pickup' | 'shipping'; hint: string; price: Money | null }>[]
  payments: readonly ('pickup' | 'transfer')[]
  totals: TotalsValue
  imprint: string
  withdrawalText: string
  limits: Readonly<Record<'name' | 'email' | 'phone' | 'street' | 'postalCode' | 'city' | 'country' | 'note', number>>
  hidden: Readonly<Record<string, string>>
  /** What has changed since the buyer looked, in a sentence. */
  notice: string | null
  /** The order that the same form has placed before. */
  earlierHref: string | null
  errors: Readonly<Record<string, string | undefined>>
}>

/** The page: what, how, who, and what it costs, with the one button at its end. It works without a script, and keeps what was typed. */
export function checkout(value: CheckoutValue, t: Translator): Html {
  const words = t.orders
  const wrong = Object.values(value.errors).filter(Boolean).length
  return html`<h1 class="title">${value.title}</h1>
    ${value.lead && html`<p class="lead">${value.lead}</p>`}
    ${value.notice && flash({ kind: 'problem', text: value.notice })}
    ${value.earlierHref && html`<p><a href="${value.earlierHref}">${words.earlierOrder}</a></p>`}
    ${wrong > 0 && flash({ kind: 'problem', text: t.formProblems(wrong) })}
    <form class="form checkout" method="post" action="${value.action}" data-checkout>
      <div data-live hidden>${hiddenFields(value.hidden)}</div>
      ${goods(value, t)}
      ${choices(value, t)}
      ${contact(value, t)}
      <section class="group" aria-labelledby="total"><h2 class="group__title" id="total">${words.total}</h2>
        <div class="group__body" aria-live="polite">${totals(value, t)}</div></section>
      ${law(value, t)}
      <div class="checkout__end">${button({ label: words.submit, kind: 'primary', class: 'button--wide', name: 'step', value: 'order' })}</div>
    </form>`
}

function goods({ picture: image, seller, name, typed, isFixed, left, errors }: CheckoutValue, t: Translator): Html {
  const quantity = isFixed
    ? html`${hiddenFields({ quantity: typed.quantity })}<p>${t.orders.goods(Number(typed.quantity), name)}</p>`
    : textField({
        name: 'quantity',
        label: t.orders.quantity,
        ...(left !== null && left > 0 ? { hint: t.products.left(left) } : {}),
        value: typed.quantity,
        autocomplete: 'off',
        isRequired: true,
        maxLength: 3,
        pattern: '[0-9]{1,3}',
        error: errors.quantity,
      })
  return html`<div class="checkout__goods">
    ${image && html`<span class="offer__picture">${picture(image, { sizes: '6rem', isCropped: true, alt: '' }, t)}</span>`}
    <div class="checkout__words">${actorLine(seller, { size: 's' })}${quantity}</div>
  </div>`
}

function choices(value: CheckoutValue, t: Translator): Html {
  const words = t.orders
  const { typed, errors, deliveries, payments } = value
  return html`${radios('delivery', words.receive, typed.delivery, { error: errors.delivery, choices: deliveries.map(({ value: one, hint, price }) => ({ value: one, label: words[one], hint: [price && t.format.money(price), hint].filter(Boolean).join(' · ') })) })}
    <div data-live>${
      payments.length > 0
        ? radios('payment', words.pay, typed.payment, {
            error: errors.payment,
            choices: payments.map((one) => ({ value: one, label: words.payments[one], hint: '' })),
          })
        : html`<p class="field__error">${words.noPayment}</p>`
    }</div>
    <div data-update><p class="field__hint">${words.updateHint}</p>${button({ label: words.update, name: 'step', value: 'update', attributes: { formnovalidate: true } })}</div>`
}

type Choices = Readonly<{
  error: string | undefined
  choices: readonly Readonly<{ value: string; label: string; hint: string }>[]
}>

function radios(name: string, label: string, chosen: string, { error, choices: all }: Choices): Html {
  return html`<fieldset class="choices"${attributes({ 'aria-describedby': error && `${name}-error` })}>
    <legend class="field__label">${label}</legend>
    ${error && html`<p class="field__error" id="${name}-error">${error}</p>`}
    ${all.map(({ value, label: word, hint }) => {
      const input = attributes({
        type: 'radio',
        name,
        value,
        id: `${name}-${value}`,
        checked: value === chosen,
        required: true,
      })
      return html`<label class="choice choice--bare" for="${name}-${value}"><input class="choice__input"${input}><span class="choice__words"><span class="choice__name">${word}</span>${hint && html`<span class="choice__hint">${hint}</span>`}</span></label>`
    })}
  </fieldset>`
}

function contact({ typed, errors, limits, buyer, deliveries }: CheckoutValue, t: Translator): Html {
  const words = t.orders
  const optional = t.actions.optional
  const field = (name: keyof CheckoutTyped, label: string, autocomplete: string, more: object) =>
    textField({ name, label, value: typed[name], autocomplete, error: errors[name], ...more })
  const isSent = deliveries.some(({ value }) => value === 'shipping')
  // Without a script nobody knows whether it is sent: that an address is missing is said when the form comes.
  const address = html`<p class="field__hint">${words.addressHint}</p>
    ${field('street', words.street, 'street-address', { maxLength: limits.street })}
    <div class="form__row">${field('postal_code', words.postalCode, 'postal-code', { maxLength: limits.postalCode })}${field('city', words.city, 'address-level2', { maxLength: limits.city })}</div>
    ${field('country', words.country, 'country-name', { maxLength: limits.country })}`
  return html`<section class="group" aria-labelledby="who"><h2 class="group__title" id="who">${words.you}</h2>
    <div class="group__body checkout__who">
      <p class="field__hint">${buyer ? words.asMember(buyer) : words.asGuest}</p>
      ${field('name', words.name, 'name', { isRequired: true, maxLength: limits.name })}
      ${field('email', words.email, 'email', { isRequired: true, type: 'email', hint: words.emailHint, maxLength: limits.email })}
      ${field('phone', words.phone, 'tel', { optional, maxLength: limits.phone })}
      ${isSent && address}
      ${textArea({ name: 'note', label: words.note, value: typed.note, rows: 2, maxLength: limits.note, error: errors.note, optional })}
    </div></section>`
}

function totals({ totals: sum, typed, name }: CheckoutValue, t: Translator): Html {
  return totalsTable(sum, { quantity: Number(typed.quantity) || 1, name }, t)
}

/** What is paid for what, with the tax that is in it. */
export function totalsTable(
  sum: TotalsValue,
  { quantity, name }: { quantity: number; name: string },
  t: Translator,
): Html {
  const words = t.orders
  const line = (label: string, money: Money, className = '') =>
    html`<tr class="${className}"><th scope="row">${label}</th><td class="price">${t.format.money(money)}</td></tr>`
  return html`<table class="totals" data-live>
    ${line(words.goods(quantity, name), sum.goods)}
    ${sum.delivery && line(words.deliveryLine, sum.delivery)}
    ${line(words.totalLine, sum.total, 'totals__sum')}
    ${sum.tax && line(words.taxLine(t.format.rate(sum.taxRate)), sum.tax, 'totals__tax')}
  </table>`
}

function law({ imprint, withdrawalText }: CheckoutValue, t: Translator): Html {
  const words = t.orders
  return html`${imprint && html`<section><h2 class="field__label">${words.seller}</h2><p class="checkout__law">${imprint}</p></section>`}
    <section><h2 class="field__label">${words.withdrawal}</h2><p class="checkout__law">${withdrawalText}</p></section>`
}

/** The form by which a seller elsewhere is asked. */
export function remoteCheckout(
  value: Readonly<{
    title: string
    action: string
    host: string
    seller: ActorValue
    price: Money
    name: string
    quantity: string
    hidden: Readonly<Record<string, string>>
    notice: string | null
    error: string | undefined
    shop: Readonly<{ href: string; host: string }> | null
  }>,
  t: Translator,
): Html {
  const words = t.orders
  return html`<h1 class="title">${value.title}</h1>
    ${value.notice && flash({ kind: 'problem', text: value.notice })}
    <p class="lead">${words.remote(value.host)}</p>
    <form class="form" method="post" action="${value.action}">
      ${hiddenFields(value.hidden)}
      ${actorLine(value.seller, { size: 'm' })}
      <p><bdi>${value.name}</bdi> <span class="price">${t.format.money(value.price)}</span></p>
      ${textField({ name: 'quantity', label: words.quantity, value: value.quantity, autocomplete: 'off', isRequired: true, maxLength: 3, pattern: '[0-9]{1,3}', error: value.error })}
      <div>${button({ label: words.remoteSubmit, kind: 'primary' })}</div>
    </form>
    ${value.shop && html`<p><a href="${value.shop.href}" rel="nofollow noopener noreferrer">${t.products.buyElsewhere(value.shop.host)}</a></p>`}`
}
