import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import { paths } from '../paths.ts'
import { button, hiddenFields, linkButton, postButton } from './button.ts'
import { dialog } from './disclosure.ts'
import { checkbox, fileField, selectField, textArea, textField } from './field.ts'
import { type PictureValue, picture } from './picture.ts'
import { productNav } from './product-nav.ts'

/** What is typed about a product, by the names of the fields. */
export type TypedValue = Readonly<
  Record<
    | 'state'
    | 'name'
    | 'description'
    | 'price'
    | 'currency'
    | 'tax_rate'
    | 'stock'
    | 'sku'
    | 'shop_url'
    | 'delivery_price'
    | 'delivery_text'
    | 'pickup'
    | 'pickup_text',
    string
  >
>

/** The form of a product. */
export type ProductFormValue = Readonly<{
  title: string
  action: string
  typed: TypedValue
  /** The stock as the form was made; null for one that is not there yet. */
  wasStock: string | null
  states: readonly ('draft' | 'on_sale' | 'paused' | 'sold_out')[]
  currencies: readonly string[]
  pictures: readonly Readonly<{ id: string; picture: PictureValue; alt: string }>[]
  maxPictures: number
  accept: string
  limits: Readonly<{ name: number; description: number; text: number; alt: number }>
  /** POST: deletes it; null for one that is not there yet. */
  deleteAction: string | null
  errors: Readonly<Record<string, string | undefined>>
}>

/** The page on which a product is described. */
export function productForm(value: ProductFormValue, t: Translator): Html {
  const { typed, errors, limits } = value
  const words = t.products
  const field = (name: keyof TypedValue, label: string, more: object = {}) =>
    textField({ name, label, value: typed[name], autocomplete: 'off', error: errors[name], ...more })
  return html`${productNav('products', t)}
    <h1 class="title">${value.title}</h1>
    <form class="form" method="post" action="${value.action}" enctype="multipart/form-data">
      ${value.wasStock !== null && hiddenFields({ was_stock: value.wasStock })}
      ${field('name', words.name, { isRequired: true, maxLength: limits.name })}
      ${pictureFields(value, t)}
      <div class="form__row">
        ${field('price', words.price, { isRequired: true, maxLength: 20 })}
        ${selectField({ name: 'currency', label: words.currency, value: typed.currency, error: errors.currency, choices: value.currencies.map((code) => ({ value: code, label: code })) })}
        ${field('tax_rate', words.taxRate, { isRequired: true, maxLength: 6, suffix: '%' })}
      </div>
      <div class="form__row">
        ${selectField({ name: 'state', label: words.state, value: typed.state, error: errors.state, choices: value.states.map((state) => ({ value: state, label: words.states[state] })) })}
        ${field('stock', words.stock, { hint: words.stockHint, optional: t.actions.optional, maxLength: 7 })}
        ${field('sku', words.sku, { optional: t.actions.optional, maxLength: 64, isVerbatim: true })}
      </div>
      ${textArea({ name: 'description', label: words.description, value: typed.description, rows: 6, maxLength: limits.description, error: errors.description, optional: t.actions.optional })}
      ${field('shop_url', words.shopUrl, { hint: words.shopUrlHint, optional: t.actions.optional, type: 'url', maxLength: 2_000 })}
      ${receiving(value, t)}
      <div>${button({ label: words.save, kind: 'primary' })}${linkButton({ href: paths.products, label: t.actions.cancel, kind: 'quiet' })}</div>
    </form>
    ${value.deleteAction && deletion(value.deleteAction, t)}`
}

function receiving({ typed, errors, limits }: ProductFormValue, t: Translator): Html {
  const words = t.products
  const optional = t.actions.optional
  return html`${checkbox({ name: 'pickup', label: words.pickup, isOn: typed.pickup === 'true' })}
    ${textArea({ name: 'pickup_text', label: words.pickupText, value: typed.pickup_text, rows: 2, maxLength: limits.text, error: errors.pickup_text, optional })}
    ${textField({ name: 'delivery_price', label: words.deliveryPrice, hint: words.deliveryPriceHint, value: typed.delivery_price, autocomplete: 'off', error: errors.delivery_price, maxLength: 20, optional })}
    ${textArea({ name: 'delivery_text', label: words.deliveryText, value: typed.delivery_text, rows: 2, maxLength: limits.text, error: errors.delivery_text, optional })}`
}

function pictureFields({ pictures, maxPictures, accept, limits, errors }: ProductFormValue, t: Translator): Html {
  const words = t.products
  return html`<fieldset class="product-pictures">
    <legend class="visually-hidden">${words.pictures}</legend>
    ${pictures.map(
      ({ id, picture: value, alt }, at) => html`<div class="product-pictures__one">
        <span class="product-pictures__picture">${picture(value, { sizes: '8rem', isCropped: true, alt: '' }, t)}</span>
        <div>${hiddenFields({ picture: id })}
          ${checkbox({ name: `keep-${id}`, label: words.keepPicture(at + 1), isOn: true })}
          ${textField({ name: `alt-${id}`, label: words.alt(at + 1), value: alt, autocomplete: 'off', maxLength: limits.alt })}</div>
      </div>`,
    )}
    ${fileField({ name: 'pictures', label: words.pictures, hint: words.picturesHint(maxPictures), accept, isMultiple: true, error: errors.pictures })}
  </fieldset>`
}

function deletion(action: string, t: Translator): Html {
  const words = t.products
  const confirm = postButton({ action, label: words.delete, kind: 'danger' })
  return html`<div class="settings-next">${button({ label: words.delete, icon: 'trash', kind: 'quiet', popover: 'delete-product' })}</div>
    ${dialog({ id: 'delete-product', title: words.deleteTitle, body: html`<p>${words.deleteText}</p>`, actions: confirm }, t)}`
}
