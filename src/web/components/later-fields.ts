import type { Translator } from '#src/locales/translator.ts'
import { attributes, type Html, html } from '../html.ts'
import { paths } from '../paths.ts'
import { disclosure } from './disclosure.ts'
import { selectField } from './field.ts'
import { icon } from './icon.ts'

/** When a post is to be published: the clock on the wall in a time zone. */
export type LaterValue = Readonly<{
  /** `2027-03-28T14:05`, or '' for now. */
  at: string
  zone: string
  zones: readonly string[]
  /** The zone was not chosen by the person: the browser's own is better. */
  isGuessed: boolean
}>

/** A field for a date and a time of day. */
export function momentField(
  field: Readonly<{
    name: string
    label: string
    value: string
    hint?: string
    error?: string | undefined
    id?: string
    isRequired?: boolean
  }>,
): Html {
  const id = field.id ?? field.name
  const described = [field.error && `${id}-error`, field.hint && `${id}-hint`].filter(Boolean).join(' ')
  const input = attributes({
    id,
    name: field.name,
    type: 'datetime-local',
    value: field.value,
    required: field.isRequired,
    'aria-describedby': described || null,
    'aria-invalid': field.error ? 'true' : null,
  })
  return html`<div class="field">
    <label class="field__label" for="${id}">${field.label}</label>
    ${field.hint && html`<p class="field__hint" id="${id}-hint">${field.hint}</p>`}
    <input class="input"${input}>
    ${field.error && html`<p class="field__error" id="${id}-error">${field.error}</p>`}
  </div>`
}

/** The fields for publishing later, behind a line that opens them: `scheduled_at` and `time_zone`. */
export function laterFields(value: LaterValue, error: string | undefined, t: Translator): Html {
  const choices = value.zones.map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') }))
  const zone = selectField({ name: 'time_zone', label: t.schedule.timeZone, value: value.zone, choices })
  const body = html`<div class="more__body"${attributes({ 'data-guess-zone': value.isGuessed })}>
      ${momentField({ name: 'scheduled_at', label: t.schedule.at, hint: t.schedule.atHint, value: value.at, error })}
      ${zone}
      <p><a href="${paths.scheduled}">${t.schedule.see}</a></p>
    </div>`
  return disclosure({
    name: 'more',
    summary: html`${icon('chevron')}${t.schedule.later}`,
    body,
    isOpen: value.at !== '' || error !== undefined,
  })
}
