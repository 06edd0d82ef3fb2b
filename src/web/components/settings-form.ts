import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import { type ActorValue, nameOf } from './actor.ts'
import { avatar } from './avatar.ts'
import { button } from './button.ts'
import { checkbox, fileField, selectField, switchField, textArea, textField } from './field.ts'
import { flash } from './flash.ts'
import type { Visibility } from './post.ts'
import { type QuotePolicyValue, quotePolicyField } from './quote-forms.ts'
import { type replyChoices, replyPolicyField } from './reply-forms.ts'
import { settingsNav } from './settings-nav.ts'

/** What can be set about a profile. */
export type SettingsValue = Readonly<{
  /** Where the form is posted to, as `multipart/form-data`. */
  action: string
  actor: ActorValue
  /** What the pictures show; null where there is none to be described. */
  avatarAlt: string | null
  headerUrl: string | null
  headerAlt: string | null
  maxAltCharacters: number
  name: string
  /** The introduction as it was typed. */
  summary: string
  /** The lines as they were typed; missing ones are offered empty, up to `maxFields`. */
  fields: readonly Readonly<{ name: string; value: string }>[]
  maxFields: number
  maxNameCharacters: number
  maxSummaryCharacters: number
  isLocked: boolean
  isDiscoverable: boolean
  isIndexable: boolean
  /** How new posts are at first. */
  visibility: Visibility
  quotePolicy: QuotePolicyValue['chosen']
  replyChoice: (typeof replyChoices)[number]
  isSensitive: boolean
  /** A code, or empty for that of the page on which one writes. */
  language: string
  languages: readonly Readonly<{ value: string; label: string }>[]
  /** How programs show what others say: which pictures unasked, and whether what stands behind a warning. */
  expandsMedia: 'default' | 'show_all' | 'hide_all'
  expandsSpoilers: boolean
  /** The picture types that can be read, as in the attribute `accept`. */
  accept: string
  /** What was wrong, by field: `name`, `summary`, `avatar`, `header`, `fields`, `language`. */
  errors?: Readonly<Record<string, string | undefined>>
}>

/**
 * The settings of a profile. Sends `name`, `summary`, the files `avatar` and `header` with `avatar-alt`, `avatar-remove` …,
 * `field-name-1`, `field-value-1` …, `visibility`, `quote_policy`, `reply_policy`, `language`, `expands-media`, and the switches `locked`, `discoverable`, `indexable`,
 * `sensitive`, `expands-spoilers` (`true` or absent).
 */
export function settingsForm(value: SettingsValue, t: Translator): Html {
  const wrong = Object.values(value.errors ?? {}).filter(Boolean).length
  return html`${settingsNav('profile', t)}
    <h1 class="title">${t.settings.title}</h1>
    <p class="lead">${t.settings.lead(nameOf(value.actor))}</p>
    ${wrong > 0 && flash({ kind: 'problem', text: t.formProblems(wrong) })}
    <form class="form" method="post" action="${value.action}" enctype="multipart/form-data" data-form>
      ${looks(value, t)}
      ${words(value, t)}
      ${lines(value, t)}
      ${reach(value, t)}
      ${posting(value, t)}
      ${reading(value, t)}
      <div class="form__end">${button({ label: t.settings.submit, kind: 'primary' })}</div>
    </form>`
}

function looks(value: SettingsValue, t: Translator): Html {
  const { accept, errors } = value
  const more = t.pages.profileSettings
  return html`<fieldset class="group">
    <legend class="group__title">${t.settings.looks}</legend>
    <div class="group__body">
      <div class="looks">
        <div class="looks__now" data-preview-of="avatar">${avatar(value.actor, 'l')}</div>
        <div class="looks__fields">
          ${fileField({ name: 'avatar', label: t.settings.avatar, hint: t.settings.avatarHint, accept, error: errors?.avatar })}
          ${described(value, { name: 'avatar', alt: value.avatarAlt, label: more.avatarAlt, remove: more.removeAvatar }, t)}
        </div>
      </div>
      <div class="looks">
        <div class="looks__now looks__now--wide" data-preview-of="header">${value.headerUrl && html`<img src="${value.headerUrl}" alt="" width="192" height="64">`}</div>
        <div class="looks__fields">
          ${fileField({ name: 'header', label: t.settings.header, hint: t.settings.headerHint, accept, error: errors?.header })}
          ${described(value, { name: 'header', alt: value.headerAlt, label: more.headerAlt, remove: more.removeHeader }, t)}
        </div>
      </div>
    </div>
  </fieldset>`
}

type Described = Readonly<{ name: 'avatar' | 'header'; alt: string | null; label: string; remove: string }>

// A new picture can be described at once, and only one that is there can be removed.
function described(value: SettingsValue, { name, alt, label, remove }: Described, t: Translator): Html {
  const field = textField({
    name: `${name}-alt`,
    label,
    hint: t.pages.profileSettings.altHint,
    optional: t.actions.optional,
    value: alt ?? '',
    autocomplete: 'off',
    maxLength: value.maxAltCharacters,
  })
  return html`${field}${alt !== null && checkbox({ name: `${name}-remove`, label: remove, isOn: false })}`
}

function words(value: SettingsValue, t: Translator): Html {
  return html`<fieldset class="group">
    <legend class="group__title">${t.settings.words}</legend>
    <div class="group__body">
      ${textField({
        name: 'name',
        label: t.settings.name,
        value: value.name,
        autocomplete: 'off',
        maxLength: value.maxNameCharacters,
        error: value.errors?.name,
      })}
      ${textArea({
        name: 'summary',
        label: t.settings.summary,
        hint: t.settings.summaryHint,
        value: value.summary,
        rows: 5,
        maxLength: value.maxSummaryCharacters,
        class: 'input--prose',
        error: value.errors?.summary,
      })}
    </div>
  </fieldset>`
}

function lines(value: SettingsValue, t: Translator): Html {
  return html`<fieldset class="group">
    <legend class="group__title">${t.settings.fields}</legend>
    <div class="group__body">
      <p class="field__hint">${t.settings.fieldsHint}</p>
      ${value.errors?.fields && html`<p class="field__error">${value.errors.fields}</p>`}
      <div class="pair pair--head" aria-hidden="true"><span>${t.pages.profileSettings.fieldLabel}</span><span>${t.pages.profileSettings.fieldContent}</span></div>
      <ol class="pairs">${Array.from({ length: value.maxFields }, (_, index) => pair(value, index, t))}</ol>
    </div>
  </fieldset>`
}

function pair(value: SettingsValue, index: number, t: Translator): Html {
  const number = index + 1
  const line = value.fields[index]
  return html`<li class="pair">
    <label class="visually-hidden" for="field-name-${number}">${t.settings.fieldName(number)}</label>
    <input class="input" type="text" id="field-name-${number}" name="field-name-${number}" value="${line?.name ?? ''}" maxlength="255" autocomplete="off">
    <label class="visually-hidden" for="field-value-${number}">${t.settings.fieldValue(number)}</label>
    <input class="input" type="text" id="field-value-${number}" name="field-value-${number}" value="${line?.value ?? ''}" maxlength="255" autocomplete="off">
  </li>`
}

function reach(value: SettingsValue, t: Translator): Html {
  const { settings } = t
  return html`<fieldset class="group">
    <legend class="group__title">${settings.reach}</legend>
    <div class="group__body">
      ${switchField({ name: 'locked', label: settings.locked, hint: settings.lockedHint, isOn: value.isLocked })}
      ${switchField({ name: 'discoverable', label: settings.discoverable, hint: settings.discoverableHint, isOn: value.isDiscoverable })}
      ${switchField({ name: 'indexable', label: settings.indexable, hint: settings.indexableHint, isOn: value.isIndexable })}
    </div>
  </fieldset>`
}

function posting(value: SettingsValue, t: Translator): Html {
  const words = t.pages.profileSettings
  const audiences = (['public', 'unlisted', 'followers', 'direct'] as const).map((visibility) => ({
    value: visibility,
    label: t.visibility[visibility].name,
  }))
  return html`<fieldset class="group">
    <legend class="group__title">${words.posting}</legend>
    <div class="group__body">
      ${selectField({ name: 'visibility', label: words.audience, hint: words.audienceHint, value: value.visibility, choices: audiences })}
      ${quotePolicyField(value.quotePolicy, t, t.quotes.usually)}
      ${replyPolicyField(value.replyChoice, t)}
      ${selectField({ name: 'language', label: words.language, value: value.language, choices: value.languages, error: value.errors?.language })}
      ${switchField({ name: 'sensitive', label: words.sensitive, hint: words.sensitiveHint, isOn: value.isSensitive })}
    </div>
  </fieldset>`
}

function reading(value: SettingsValue, t: Translator): Html {
  const words = t.pages.profileSettings
  const choices = (['default', 'show_all', 'hide_all'] as const).map((choice) => ({
    value: choice,
    label: words.pictureChoices[choice],
  }))
  return html`<fieldset class="group">
    <legend class="group__title">${words.reading}</legend>
    <div class="group__body">
      ${selectField({ name: 'expands-media', label: words.expandsMedia, hint: words.readingHint, value: value.expandsMedia, choices })}
      ${switchField({ name: 'expands-spoilers', label: words.expandsSpoilers, isOn: value.expandsSpoilers })}
    </div>
  </fieldset>`
}
