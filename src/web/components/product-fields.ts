import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import { disclosure } from './disclosure.ts'
import { selectField, textField } from './field.ts'
import { icon } from './icon.ts'

/** What a post can show for sale, and what was chosen: in percent from the left and from the top of a picture, counted from 1. */
export type ProductFieldsValue = Readonly<{
  choices: readonly Readonly<{ id: string; label: string }>[]
  chosen: readonly Readonly<{ productId: string; picture: string; left: string; top: string }>[]
  mostProducts: number
  mostPictures: number
}>

/** Up to five products, each on a spot of a picture; nothing for who sells nothing. */
export function productFields(value: ProductFieldsValue, error: string | undefined, t: Translator): Html | null {
  if (value.choices.length === 0) return null
  const words = t.products
  const body = html`<div class="more__body">
    <p class="field__hint">${words.showHint(value.mostProducts)}</p>
    ${error && html`<p class="field__error">${error}</p>`}
    ${places(value, 1, t)}
  </div>`
  const isOpen = value.chosen.length > 0 || error !== undefined
  return disclosure({ name: 'more', summary: html`${icon('chevron')}${words.show}`, body, isOpen })
}

/** A place, and below it the next one, which opens by itself only where something was chosen: without a script there is no other way to add one. */
function places(value: ProductFieldsValue, number: number, t: Translator): Html {
  const body = () => html`<div class="more__body">${places(value, number + 1, t)}</div>`
  const isOpen = value.chosen.length > number
  return html`${place(value, number, t)}
    ${number < value.mostProducts && disclosure({ name: 'more', summary: html`${icon('chevron')}${t.products.another}`, body: body(), isOpen })}`
}

function place({ choices, chosen, mostPictures }: ProductFieldsValue, number: number, t: Translator): Html {
  const words = t.products
  const { productId = '', picture = '', left = '', top = '' } = chosen[number - 1] ?? {}
  const none = { value: '', label: words.none }
  const pictures = Array.from({ length: mostPictures }, (_, at) => ({ value: String(at + 1), label: String(at + 1) }))
  const percent = (name: string, label: string, typed: string) =>
    textField({
      name: `product-${name}-${number}`,
      label,
      value: typed,
      autocomplete: 'off',
      maxLength: 5,
      suffix: '%',
    })
  return html`<fieldset class="product-place" data-product>
    <legend class="visually-hidden">${words.choice(number)}</legend>
    ${selectField({ name: `product-${number}`, label: words.choice(number), value: productId, choices: [none, ...choices.map(({ id, label }) => ({ value: id, label }))] })}
    <div class="form__row">
      ${selectField({ name: `product-picture-${number}`, label: words.pictureNumber, value: picture, choices: [{ value: '', label: words.noPicture }, ...pictures] })}
      ${percent('left', words.fromLeft, left)}
      ${percent('top', words.fromTop, top)}
    </div>
  </fieldset>`
}
