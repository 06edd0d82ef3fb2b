import type { Translator } from '#src/locales/translator.ts'
import { attributes, type Html, html } from '../html.ts'
import { paths } from '../paths.ts'
import { button, hiddenFields, linkButton, postButton } from './button.ts'
import { dialog } from './disclosure.ts'
import { emptyState } from './empty.ts'
import { checkbox, selectField, textField } from './field.ts'
import { flash } from './flash.ts'
import { settingsNav } from './settings-nav.ts'

/** Where a filter can hold. */
export const filterPlaces = ['home', 'notifications', 'public', 'thread', 'account'] as const

/** What a filter can do. */
export const filterActs = ['warn', 'hide', 'blur'] as const

const durations = ['', '1800', '3600', '86400', '604800', '2592000'] as const

/** A filter in the list of them. */
export type FilterLine = Readonly<{
  id: string
  title: string
  keywords: readonly string[]
  postsCount: number
  expiresAt: Date | null
  isExpired: boolean
}>

/** The filters of an identity, with the way to each and to a new one. */
export function filterList(lines: readonly FilterLine[], t: Translator): Html {
  const words = t.filters
  const action = { href: `${paths.settingsFilters}/new`, label: words.add }
  const list = html`<p class="lead settings-lead">${words.lead}</p>
    <ul class="lines">${lines.map((line) => html`<li class="lines__one">${face(line, t)}</li>`)}</ul>
    <p class="settings-next">${linkButton({ ...action, icon: 'create' })}</p>`
  return html`${settingsNav('filters', t)}
    <h1 class="title">${words.title}</h1>
    ${lines.length > 0 ? list : emptyState({ icon: 'covered', title: words.emptyTitle, text: words.emptyText, action })}`
}

function face({ id, title, keywords, postsCount, expiresAt, isExpired }: FilterLine, t: Translator): Html {
  const words = t.filters
  const until = expiresAt && (isExpired ? words.expired : words.until(t.format.dateTime(expiresAt)))
  const found = keywords.length > 0 ? t.format.list(keywords) : words.counted(0)
  return html`<div class="lines__words">
    <a class="actor__name" href="${paths.settingsFilters}/${id}"><bdi>${title}</bdi></a>
    <span class="field__hint"><bdi>${found}</bdi>${postsCount > 0 && ` · ${words.posts(postsCount)}`}${until && ` · ${until}`}</span>
  </div>`
}

/** A filter as its form has it. */
export type FilterFormValue = Readonly<{
  /** Null for a new one. */
  id: string | null
  title: string
  contexts: readonly string[]
  action: string
  expiresAt: Date | null
  keywords: readonly Readonly<{ id: string | null; keyword: string; isWholeWord: boolean }>[]
  maxTitleCharacters: number
  maxKeywordCharacters: number
  /** What is wrong, by field: `title`, `context`, `keyword`, or `other`. */
  errors: Readonly<Partial<Record<'title' | 'context' | 'keyword' | 'other', string>>>
}>

/** Empty lines for words, behind those that there are. */
const emptyLines = 3

/**
 * The form of a filter. Sends `title`, `context` several times, `filter_action`, `expires_in` (seconds, empty for ever, `keep`), and
 * `keywords_attributes[n]` with `id`, `keyword`, `whole_word`.
 */
export function filterForm(value: FilterFormValue, t: Translator): Html {
  const words = t.filters
  const isNew = value.id === null
  const title = isNew ? words.add : words.editTitle(value.title)
  const { other, keyword } = value.errors
  return html`${settingsNav('filters', t)}
    <h1 class="title">${title}</h1>
    <p class="lead"><a href="${paths.settingsFilters}">${words.back}</a></p>
    ${other && flash({ kind: 'problem', text: other })}
    <form class="form" method="post" action="${paths.settingsFilters}${!isNew && `/${value.id}`}">
      ${textField({ name: 'title', label: words.name, hint: words.nameHint, value: value.title, autocomplete: 'off', isRequired: true, maxLength: value.maxTitleCharacters, error: value.errors.title })}
      <fieldset class="group">
        <legend class="group__title">${words.keywords}</legend>
        <div class="group__body">
          ${!isNew && html`<p class="field__hint">${words.keywordsHint}</p>`}
          ${keyword && html`<p class="field__error">${keyword}</p>`}
          <ol class="words">${lines(value, t)}</ol>
        </div>
      </fieldset>
      ${places(value, t)}
      ${selectField({ name: 'filter_action', label: words.action, value: value.action, choices: filterActs.map((act) => ({ value: act, label: words.actions[act] })) })}
      ${selectField({ name: 'expires_in', label: words.expires, value: value.expiresAt ? 'keep' : '', choices: times(value, t) })}
      <div class="form__end">${button({ label: words.save, kind: 'primary' })}</div>
    </form>
    ${value.id !== null && deletion(value.id, t)}`
}

function lines({ keywords, maxKeywordCharacters }: FilterFormValue, t: Translator): Html[] {
  const empty = Array.from({ length: emptyLines }, () => ({ id: null, keyword: '', isWholeWord: true }))
  return [...keywords, ...empty].map(({ id, keyword, isWholeWord }, index) => {
    const name = `keywords_attributes[${index}]`
    const input = attributes({
      type: 'text',
      id: `keyword-${index}`,
      name: `${name}[keyword]`,
      value: keyword,
      maxlength: maxKeywordCharacters,
      autocomplete: 'off',
      'aria-label': t.filters.keyword(index + 1),
    })
    return html`<li class="words__line">${id !== null && hiddenFields({ [`${name}[id]`]: id })}<input class="input"${input}>${checkbox({ name: `${name}[whole_word]`, id: `whole-${index}`, label: t.filters.wholeWord, isOn: isWholeWord })}</li>`
  })
}

function places({ contexts, errors }: FilterFormValue, t: Translator): Html {
  const words = t.filters
  const boxes = filterPlaces.map((place) => {
    const input = attributes({
      type: 'checkbox',
      name: 'context',
      id: `context-${place}`,
      value: place,
      checked: contexts.includes(place),
    })
    return html`<label class="check" for="context-${place}"><input class="check__input"${input}><span>${words.contextNames[place]}</span></label>`
  })
  return html`<fieldset class="group"><legend class="group__title">${words.contexts}</legend><div class="group__body">${errors.context && html`<p class="field__error">${errors.context}</p>`}<div>${boxes}</div></div></fieldset>`
}

function times({ expiresAt }: FilterFormValue, t: Translator) {
  const words = t.filters
  const kept = expiresAt ? [{ value: 'keep', label: words.keepExpiry(t.format.dateTime(expiresAt)) }] : []
  return [...kept, ...durations.map((seconds) => ({ value: seconds as string, label: words.durations[seconds] }))]
}

function deletion(id: string, t: Translator): Html {
  const words = t.filters
  const actions = postButton({ action: `${paths.settingsFilters}/${id}/delete`, label: words.delete, kind: 'danger' })
  const look = { label: words.delete, icon: 'trash', kind: 'quiet', popover: 'delete-filter' } as const
  return html`<div class="settings-next">${button(look)}</div>${dialog({ id: 'delete-filter', title: words.delete, body: html``, actions }, t)}`
}
