import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import { type ActorValue, nameOf } from './actor.ts'
import { avatar } from './avatar.ts'
import { button } from './button.ts'
import { fileField, switchField, textArea, textField } from './field.ts'
import { flash } from './flash.ts'

/** What can be set about a profile. */
export type SettingsValue = Readonly<{
  /** Where the form is posted to, as `multipart/form-data`. */
  action: string
  actor: ActorValue
  headerUrl: string | null
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
  /** The picture types that can be read, as in the attribute `accept`. */
  accept: string
  /** What was wrong, by field: `name`, `summary`, `avatar`, `header`, `fields`. */
  errors?: Readonly<Record<string, string | undefined>>
}>

/**
 * The settings of a profile. Sends `name`, `summary`, the files `avatar` and `header`, `field-name-1`, `field-value-1` …, and the
 * switches `locked`, `discoverable`, `indexable` (`true` or absent).
 */
export function settingsForm(value: SettingsValue, t: Translator): Html {
  const wrong = Object.values(value.errors ?? {}).filter(Boolean).length
  return html`<h1 class="title">${t.settings.title}</h1>
    <p class="lead">${t.settings.lead(nameOf(value.actor))}</p>
    ${wrong > 0 && flash({ kind: 'problem', text: t.formProblems(wrong) })}
    <form class="form" method="post" action="${value.action}" enctype="multipart/form-data" data-form>
      ${looks(value, t)}
      ${words(value, t)}
      ${lines(value, t)}
      ${reach(value, t)}
      <div class="form__end">${button({ label: t.settings.submit, kind: 'primary' })}</div>
    </form>`
}

function looks(value: SettingsValue, t: Translator): Html {
  const { accept, errors } = value
  return html`<fieldset class="group">
    <legend class="group__title">${t.settings.looks}</legend>
    <div class="group__body">
      <div class="looks">
        <div class="looks__now" data-preview-of="avatar">${avatar(value.actor, 'l')}</div>
        ${fileField({ name: 'avatar', label: t.settings.avatar, hint: t.settings.avatarHint, accept, error: errors?.avatar })}
      </div>
      <div class="looks">
        <div class="looks__now looks__now--wide" data-preview-of="header">${value.headerUrl && html`<img src="${value.headerUrl}" alt="" width="192" height="64">`}</div>
        ${fileField({ name: 'header', label: t.settings.header, hint: t.settings.headerHint, accept, error: errors?.header })}
      </div>
    </div>
  </fieldset>`
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
