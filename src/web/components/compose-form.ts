import type { Translator } from '#src/locales/translator.ts'
import { attributes, type Html, html } from '../html.ts'
import { toneOf } from '../tone.ts'
import { type ActorValue, address, nameOf, shownName } from './actor.ts'
import { avatar } from './avatar.ts'
import { button, hiddenFields } from './button.ts'
import { disclosure } from './disclosure.ts'
import { checkbox, selectField, textArea, textField } from './field.ts'
import { icon } from './icon.ts'
import { type LaterValue, laterFields } from './later-fields.ts'
import { type PictureSlots, pictureSlots } from './picture-slots.ts'
import { type PollFieldsValue, pollFields } from './poll-fields.ts'
import type { Visibility } from './post.ts'
import { type ProductFieldsValue, productFields } from './product-fields.ts'
import { type QuotePolicyValue, quotePolicyField } from './quote-forms.ts'

/** All that the form for writing a post is made of. */
export type ComposeValue = Readonly<{
  /** Where the form is posted to, as `multipart/form-data`. */
  action: string
  /** An edit keeps its audience and says "save" instead of "publish". */
  isEdit: boolean
  actor: ActorValue
  text: string
  spoilerText: string
  isSensitive: boolean
  visibility: Visibility
  /** Who may quote it; null where that is chosen elsewhere. */
  quotePolicy: QuotePolicyValue['chosen'] | null
  language: string
  languages: readonly Readonly<{ value: string; label: string }>[]
  maxCharacters: number
  pictures: PictureSlots
  poll: PollFieldsValue
  products: ProductFieldsValue
  /** When it is to be published; null where that cannot be chosen. */
  later: LaterValue | null
  /** Further hidden fields, such as an idempotency key or the post that is answered. */
  hidden?: Readonly<Record<string, string>>
  /** What was wrong, by field: `text`, `pictures`, `spoiler_text`, `visibility`, `language`, `poll`, `products`, `scheduled_at`. */
  errors?: Readonly<Record<string, string | undefined>>
}>

/**
 * The form for writing a post: pictures first, each with its description under it, then the words. It sends the fields `text`,
 * `visibility`, `spoiler_text`, `sensitive`, `language`, `quote_policy`, for the pictures what `pictureSlots` says, and what
 * `pollFields`, `productFields` and `laterFields` say.
 */
export function composeForm(value: ComposeValue, t: Translator): Html {
  const name = nameOf(value.actor)
  return html`<form class="compose tone-${toneOf(value.actor.handle)}" method="post" action="${value.action}" enctype="multipart/form-data" data-compose>
    ${hiddenFields(value.hidden)}
    <div class="compose__pictures">${pictureSlots(value.pictures, value.errors?.pictures, t)}</div>
    <div class="compose__words">
      ${badge(value.actor, t)}
      ${textArea({
        name: 'text',
        label: t.compose.text,
        hint: t.compose.textHint,
        value: value.text,
        rows: 6,
        maxLength: value.maxCharacters,
        class: 'input--prose',
        lang: value.language,
        error: value.errors?.text,
      })}
      ${!value.isEdit && audience(value.visibility, t)}
      ${pollFields(value.poll, value.errors?.poll, t)}
      ${productFields(value.products, value.errors?.products, t)}
      ${more(value, t)}
      ${value.later && laterFields(value.later, value.errors?.scheduled_at, t)}
      <p class="compose__notice" role="status" data-notice></p>
      ${button({ label: value.isEdit ? t.compose.save : t.compose.submit(name), kind: 'primary', class: 'button--tone button--wide' })}
    </div>
  </form>`
}

// The team sees with whose voice it is about to speak: name, face and colour.
function badge(actor: ActorValue, t: Translator): Html {
  return html`<div class="voice">
    ${avatar(actor, 'm')}
    <p class="voice__words"><span class="voice__label">${t.compose.postingAs}</span> <strong class="voice__name"><bdi>${shownName(actor)}</bdi></strong> ${address(actor)}</p>
  </div>`
}

const visibilities: readonly Visibility[] = ['public', 'unlisted', 'followers', 'direct']

function audience(chosen: Visibility, t: Translator): Html {
  return html`<fieldset class="choices">
    <legend class="field__label">${t.compose.audience}</legend>
    ${visibilities.map((value) => {
      const input = attributes({
        type: 'radio',
        name: 'visibility',
        value,
        id: `visibility-${value}`,
        checked: value === chosen,
      })
      const { name, hint } = t.visibility[value]
      return html`<label class="choice" for="visibility-${value}"><input class="choice__input"${input}>${icon(value)}<span class="choice__words"><span class="choice__name">${name}</span><span class="choice__hint">${hint}</span></span></label>`
    })}
  </fieldset>`
}

function more(value: ComposeValue, t: Translator): Html {
  const isOpen =
    value.spoilerText !== '' || value.isSensitive || Boolean(value.errors?.spoiler_text ?? value.errors?.language)
  const body = html`<div class="more__body">
      ${textField({
        name: 'spoiler_text',
        label: t.compose.warning,
        hint: t.compose.warningHint,
        optional: t.actions.optional,
        value: value.spoilerText,
        autocomplete: 'off',
        error: value.errors?.spoiler_text,
      })}
      ${checkbox({ name: 'sensitive', label: t.compose.sensitive, isOn: value.isSensitive })}
      ${value.quotePolicy && quotePolicyField(value.quotePolicy, t)}
      ${selectField({ name: 'language', label: t.compose.language, value: value.language, choices: value.languages, error: value.errors?.language })}
    </div>`
  return disclosure({ name: 'more', summary: html`${icon('chevron')}${t.compose.more}`, body, isOpen })
}
