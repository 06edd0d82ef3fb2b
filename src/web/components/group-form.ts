import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import type { ActorValue } from './actor.ts'
import { avatar } from './avatar.ts'
import { button, linkButton, postButton } from './button.ts'
import { dialog } from './disclosure.ts'
import { checkbox, fileField, selectField, textArea, textField } from './field.ts'
import { flash } from './flash.ts'
import type { GroupAccess } from './group-list.ts'

/** What is typed about a group, by the names of the fields. */
export type TypedGroup = Readonly<{
  handle: string
  name: string
  summary: string
  joining: GroupAccess
  posting: 'everyone' | 'members' | 'moderators'
  rules: string
  question: string
}>

/** The form of a group. */
export type GroupFormValue = Readonly<{
  action: string
  typed: TypedGroup
  /** The group as it is; null for one that is not there yet. */
  actor: ActorValue | null
  isPrivate: boolean
  host: string
  cancelHref: string
  limits: Readonly<{ name: number; summary: number; rules: number; question: number }>
  accept: string
  errors: Readonly<Record<string, string | undefined>>
}>

/**
 * The form by which a group is made or changed. Sends `handle` (of a new one), `name`, `summary`, `joining`, `posting`, `rules`, `question`,
 * and of one that is there the file `avatar` and `avatar-remove`.
 */
export function groupForm(value: GroupFormValue, t: Translator): Html {
  const words = t.groups.form
  const { actor, typed, limits, errors } = value
  const wrong = Object.values(errors).filter(Boolean).length
  const optional = t.actions.optional
  return html`${wrong > 0 && flash({ kind: 'problem', text: t.formProblems(wrong) })}
    <form class="form" method="post" action="${value.action}"${actor && html` enctype="multipart/form-data" data-form`}>
      ${!actor && textField({ name: 'handle', label: words.handle, hint: words.handleHint, value: typed.handle, autocomplete: 'off', isVerbatim: true, isRequired: true, maxLength: 30, prefix: '@', suffix: `@${value.host}`, error: errors.handle })}
      ${textField({ name: 'name', label: words.name, value: typed.name, autocomplete: 'off', maxLength: limits.name, error: errors.name })}
      ${textArea({ name: 'summary', label: words.summary, value: typed.summary, rows: 5, maxLength: limits.summary, class: 'input--prose', error: errors.summary })}
      ${actor && pictureFields(value, actor, t)}
      ${joining(value, t)}
      ${selectField({ name: 'posting', label: words.posting, value: typed.posting, error: errors.posting, choices: (['everyone', 'members', 'moderators'] as const).map((one) => ({ value: one, label: words.postings[one] })) })}
      ${textArea({ name: 'rules', label: words.rules, hint: words.rulesHint, value: typed.rules, rows: 4, maxLength: limits.rules, error: errors.rules, optional })}
      ${textField({ name: 'question', label: words.question, hint: words.questionHint, value: typed.question, autocomplete: 'off', maxLength: limits.question, error: errors.question, optional })}
      <div>${button({ label: actor ? words.save : words.create, kind: 'primary' })}${linkButton({ href: value.cancelHref, label: t.actions.cancel, kind: 'quiet' })}</div>
    </form>`
}

/** The button that ends a group, and the question before it. */
export function groupEnding(
  { action, isPrivate }: Readonly<{ action: string; isPrivate: boolean }>,
  t: Translator,
): Html {
  const words = t.groups.form
  const confirm = postButton({ action, label: words.end, kind: 'danger' })
  const body = html`<p>${words.endText}</p><p>${isPrivate ? words.endPrivate : words.endPublic}</p>`
  return html`<div class="settings-next">${button({ label: words.end, icon: 'trash', kind: 'quiet', popover: 'end-group' })}</div>
    ${dialog({ id: 'end-group', title: words.endTitle, body, actions: confirm }, t)}`
}

function joining({ actor, isPrivate, typed, errors }: GroupFormValue, t: Translator): Html {
  const words = t.groups.form
  if (isPrivate) return html`<p class="field__hint">${words.staysPrivate}</p>`
  const offered = actor ? (['public', 'approval'] as const) : (['public', 'approval', 'private'] as const)
  return selectField({
    ...{ name: 'joining', label: words.joining, value: typed.joining, error: errors.joining },
    ...(actor ? {} : { hint: words.joiningHint }),
    choices: offered.map((one) => ({ value: one, label: words.joinings[one] })),
  })
}

function pictureFields({ accept, errors }: GroupFormValue, actor: ActorValue, t: Translator): Html {
  const words = t.groups.form
  return html`<div class="looks">
    <div class="looks__now" data-preview-of="avatar">${avatar(actor, 'l')}</div>
    <div class="looks__fields">
      ${fileField({ name: 'avatar', label: words.avatar, hint: words.avatarHint, accept, error: errors.avatar })}
      ${actor.avatarUrl && checkbox({ name: 'avatar-remove', label: words.removeAvatar, isOn: false })}
    </div>
  </div>`
}
