import { attributes, type Html, html } from '../html.ts'

/** What every field of a form has. */
export type FieldOptions = Readonly<{
  name: string
  label: string
  /** One sentence under the label that helps to fill it in. */
  hint?: string
  /** What is wrong with it, in a sentence. */
  error?: string | undefined
  /** Said beside the label when it may stay empty; use `t.actions.optional`. */
  optional?: string
  /** Distinguishes fields of the same name on one page. */
  id?: string
}>

/** A field for one line. */
export type TextFieldOptions = FieldOptions &
  Readonly<{
    value?: string
    type?: 'text' | 'email' | 'password' | 'url' | 'search'
    /** What the browser may fill in: `email`, `current-password` … or `off`. */
    autocomplete: string
    isRequired?: boolean
    maxLength?: number
    minLength?: number
    pattern?: string
    /** Written as typed: no capitals, no correction. */
    isVerbatim?: boolean
    /** A fixed text before or after what is typed, such as `@`. */
    prefix?: string
    suffix?: string
    hasFocus?: boolean
  }>

/** A field for one line with its label, hint and error. */
export function textField(options: TextFieldOptions): Html {
  const input = attributes({
    ...inputBasics(options),
    type: options.type ?? 'text',
    value: options.value,
    autocomplete: options.autocomplete,
    required: options.isRequired,
    maxlength: options.maxLength,
    minlength: options.minLength,
    pattern: options.pattern,
    autocapitalize: options.isVerbatim && 'none',
    spellcheck: options.isVerbatim && 'false',
    autofocus: options.hasFocus,
  })
  const bare = html`<input class="input"${input}>`
  const { prefix, suffix } = options
  const fixed = (text: string | undefined) => text && html`<span class="affix__text" aria-hidden="true">${text}</span>`
  return wrap(
    options,
    prefix || suffix ? html`<span class="affix">${fixed(prefix)}${bare}${fixed(suffix)}</span>` : bare,
  )
}

/** A field for several lines. When the page is enhanced it shows how much of `maxLength` is used. */
export type TextAreaOptions = FieldOptions &
  Readonly<{
    value?: string
    rows?: number
    maxLength?: number
    isRequired?: boolean
    placeholder?: string
    class?: string
    lang?: string | undefined
  }>

/** A field for several lines with its label, hint and error. */
export function textArea(options: TextAreaOptions): Html {
  const area = attributes({
    ...inputBasics(options),
    class: ['input', 'input--area', options.class].filter(Boolean).join(' '),
    rows: options.rows ?? 4,
    maxlength: options.maxLength,
    required: options.isRequired,
    placeholder: options.placeholder,
    lang: options.lang,
    'data-counter': options.maxLength !== undefined,
  })
  // A line break right after the tag is dropped by browsers: ours protects a text that begins with one.
  return wrap(options, html`<textarea${area}>${'\n'}${options.value ?? ''}</textarea>`)
}

/** A choice from a short list. */
export type SelectOptions = FieldOptions &
  Readonly<{ value: string; choices: readonly Readonly<{ value: string; label: string }>[] }>

/** A choice from a list, with its label. */
export function selectField(options: SelectOptions): Html {
  const choices = options.choices.map(
    ({ value, label }) => html`<option${attributes({ value, selected: value === options.value })}>${label}</option>`,
  )
  return wrap(options, html`<select class="input input--select"${attributes(inputBasics(options))}>${choices}</select>`)
}

/** A choice of one file or, where the form says so, several. */
export type FileFieldOptions = FieldOptions & Readonly<{ accept: string; isMultiple?: boolean }>

/** A field for files, with its label. */
export function fileField(options: FileFieldOptions): Html {
  const rest = attributes({ ...inputBasics(options), accept: options.accept, multiple: options.isMultiple })
  return wrap(options, html`<input class="input input--file" type="file"${rest}>`)
}

/** A yes or no. The value that is sent is `true`; nothing is sent for no. */
export type SwitchOptions = Readonly<{ name: string; label: string; hint?: string; isOn: boolean }>

/** A yes or no with a sentence about what it does. */
export function switchField(options: SwitchOptions): Html {
  const hintId = `${options.name}-hint`
  const input = attributes({
    class: 'switch__input',
    type: 'checkbox',
    role: 'switch',
    name: options.name,
    id: options.name,
    value: 'true',
    checked: options.isOn,
    'aria-describedby': options.hint && hintId,
  })
  return html`<div class="switch">
    <input${input}>
    <label class="switch__label" for="${options.name}">${options.label}</label>
    ${options.hint && html`<p class="switch__hint" id="${hintId}">${options.hint}</p>`}
  </div>`
}

/** A box to tick. `error` says what is wrong with it as it is. */
export type CheckboxOptions = Readonly<{
  name: string
  label: string
  isOn: boolean
  id?: string
  error?: string | undefined
}>

/** A box to tick. The value that is sent is `true`; nothing is sent when it is not ticked. */
export function checkbox(options: CheckboxOptions): Html {
  const { name, label, isOn, error } = options
  const id = options.id ?? name
  const input = attributes({
    ...{ type: 'checkbox', name, id, value: 'true', checked: isOn },
    'aria-describedby': error && `${id}-error`,
    'aria-invalid': error ? 'true' : null,
  })
  return html`<label class="check" for="${id}"><input class="check__input"${input}><span>${label}</span></label>
    ${error && html`<p class="field__error" id="${id}-error">${error}</p>`}`
}

function inputBasics(options: FieldOptions) {
  const id = idOf(options)
  const described = [options.error && `${id}-error`, options.hint && `${id}-hint`].filter(Boolean).join(' ')
  return {
    id,
    name: options.name,
    'aria-describedby': described || null,
    'aria-invalid': options.error ? 'true' : null,
  }
}

function idOf(options: FieldOptions): string {
  return options.id ?? options.name
}

function wrap(options: FieldOptions, input: Html): Html {
  const id = idOf(options)
  return html`<div class="field">
    <label class="field__label" for="${id}">${options.label}${options.optional && html` <span class="field__optional">${options.optional}</span>`}</label>
    ${options.hint && html`<p class="field__hint" id="${id}-hint">${options.hint}</p>`}
    ${input}
    ${options.error && html`<p class="field__error" id="${id}-error">${options.error}</p>`}
  </div>`
}
