import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import { disclosure } from './disclosure.ts'
import { checkbox, selectField, textField } from './field.ts'
import { icon } from './icon.ts'

/** A poll while it is written. */
export type PollFieldsValue = Readonly<{
  /** Texts of all options, empty ones included. */
  options: readonly string[]
  /** Seconds, or '' for the end that it has already. */
  lasts: string
  durations: readonly Readonly<{ value: string; label: string }>[]
  isMultiple: boolean
  hidesTotals: boolean
  maxCharacters: number
  /** Other options would make the votes void: said beside the fields. */
  isAsked: boolean
}>

/** The fields of a poll, behind a line that opens them: `poll_option_1` …, `poll_lasts`, `poll_multiple`, `poll_hidden`. */
export function pollFields(value: PollFieldsValue, error: string | undefined, t: Translator): Html {
  const isUsed = value.options.some((option) => option !== '')
  const options = value.options.map((option, index) =>
    textField({
      name: `poll_option_${index + 1}`,
      label: t.poll.option(index + 1),
      value: option,
      maxLength: value.maxCharacters,
      autocomplete: 'off',
      ...(index > 1 ? { optional: t.actions.optional } : {}),
    }),
  )
  const body = html`<div class="more__body">
      <p class="field__hint">${value.isAsked ? t.poll.changeHint : t.poll.hint}</p>
      ${error && html`<p class="field__error">${error}</p>`}
      ${options}
      ${selectField({ name: 'poll_lasts', label: t.poll.lasts, value: value.lasts, choices: value.durations })}
      ${checkbox({ name: 'poll_multiple', label: t.poll.several, isOn: value.isMultiple })}
      ${checkbox({ name: 'poll_hidden', label: t.poll.hide, isOn: value.hidesTotals })}
    </div>`
  return disclosure({
    name: 'more',
    summary: html`${icon('chevron')}${t.poll.add}`,
    body,
    isOpen: isUsed || error !== undefined,
  })
}
