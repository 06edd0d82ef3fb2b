import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import { paths } from '../paths.ts'
import { button } from './button.ts'
import { switchField, textArea, textField } from './field.ts'
import { productNav } from './product-nav.ts'

/** How an identity sells, as it is typed. */
export type ShopFormValue = Readonly<{
  takesPickupPayment: boolean
  accountHolder: string
  iban: string
  bic: string
  imprint: string
  withdrawalText: string
  limits: Readonly<{ accountHolder: number; imprint: number; withdrawalText: number }>
  errors: Readonly<Record<string, string | undefined>>
}>

/** The page on which a team says how it sells. */
export function shopForm(value: ShopFormValue, t: Translator): Html {
  const words = t.products
  const { errors, limits } = value
  const bank = { autocomplete: 'off', isVerbatim: true } as const
  return html`${productNav('shop', t)}
    <h1 class="title">${words.shopTitle}</h1>
    <p class="lead">${words.shopLead}</p>
    <form class="form" method="post" action="${paths.shop}">
      ${switchField({ name: 'takes_pickup_payment', label: words.takesPickup, hint: words.takesPickupHint, isOn: value.takesPickupPayment })}
      <fieldset class="product-pictures"><legend class="field__label">${words.transfer}</legend>
        <p class="field__hint">${words.transferHint}</p>
        ${textField({ name: 'account_holder', label: words.accountHolder, value: value.accountHolder, autocomplete: 'off', maxLength: limits.accountHolder, error: errors.account_holder })}
        ${textField({ name: 'iban', label: words.iban, value: value.iban, maxLength: 50, error: errors.iban, ...bank })}
        ${textField({ name: 'bic', label: words.bic, value: value.bic, maxLength: 15, error: errors.bic, optional: t.actions.optional, ...bank })}
      </fieldset>
      ${textArea({ name: 'imprint', label: words.imprint, hint: words.imprintHint, value: value.imprint, rows: 4, maxLength: limits.imprint, error: errors.imprint })}
      ${textArea({ name: 'withdrawal_text', label: words.withdrawalText, hint: words.withdrawalHint, value: value.withdrawalText, rows: 4, maxLength: limits.withdrawalText, error: errors.withdrawal_text })}
      <div>${button({ label: words.save, kind: 'primary' })}</div>
    </form>`
}
