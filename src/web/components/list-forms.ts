import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import { paths } from '../paths.ts'
import { type ActorValue, nameOf } from './actor.ts'
import { actorList } from './actor-list.ts'
import { button, linkButton, postButton } from './button.ts'
import { dialog } from './disclosure.ts'
import { selectField, switchField, textField } from './field.ts'
import { type PagerValue, pager } from './pager.ts'

/** Which answers a list shows. */
export const repliesPolicies = ['list', 'followed', 'none'] as const

/** The form of a list. */
export type ListFormValue = Readonly<{
  action: string
  title: string
  replies: (typeof repliesPolicies)[number]
  isExclusive: boolean
  maxTitleCharacters: number
  error: string | undefined
}>

type NamedList = Readonly<{ id: string; title: string }>

/** The lists that there are, and the form for another one. */
export function listIndex(
  { lists, form }: Readonly<{ lists: readonly NamedList[]; form: ListFormValue }>,
  t: Translator,
): Html {
  const words = t.lists
  const all = html`<ul class="lines settings-lead">${lists.map((list) => html`<li class="lines__one">${face(list, t)}</li>`)}</ul>`
  return html`<h1 class="title">${words.title}</h1>
    <p class="lead">${lists.length > 0 ? words.lead : words.emptyText}</p>
    ${lists.length > 0 && all}
    ${listForm(form, words.create, t)}`
}

function face({ id, title }: NamedList, t: Translator): Html {
  const href = `${paths.lists}/${id}`
  return html`<a class="actor__name" href="${href}"><bdi>${title}</bdi></a>
    ${linkButton({ href: `${href}/edit`, label: t.lists.edit, accessibleName: `${t.lists.edit}, ${title}`, kind: 'quiet', icon: 'edit' })}`
}

function listForm(value: ListFormValue, submit: string, t: Translator): Html {
  const words = t.lists
  const choices = repliesPolicies.map((policy) => ({ value: policy, label: words.repliesChoices[policy] }))
  return html`<form class="form" method="post" action="${value.action}">
    ${textField({ name: 'title', label: words.name, value: value.title, autocomplete: 'off', isRequired: true, maxLength: value.maxTitleCharacters, error: value.error })}
    ${selectField({ name: 'replies', label: words.replies, value: value.replies, choices })}
    ${switchField({ name: 'exclusive', label: words.exclusive, hint: words.exclusiveHint, isOn: value.isExclusive })}
    <div>${button({ label: submit, kind: 'primary' })}</div>
  </form>`
}

/** Everything about one list. */
export type ListEditorValue = Readonly<{
  list: NamedList
  form: ListFormValue
  members: readonly (ActorValue & Readonly<{ id: string }>)[]
  pager: PagerValue
}>

/** The name of a list, who is in it, and its end. */
export function listEditor({ list, form, members, pager: neighbours }: ListEditorValue, t: Translator): Html {
  const words = t.lists
  const href = `${paths.lists}/${list.id}`
  const items = members.map((actor) => ({
    actor,
    actions: postButton({
      action: `${href}/members/${actor.id}/remove`,
      label: words.remove,
      accessibleName: words.removeOf(nameOf(actor)),
      kind: 'quiet',
    }),
  }))
  const confirm = postButton({ action: `${href}/delete`, label: words.delete, kind: 'danger' })
  return html`<h1 class="title">${words.editTitle(list.title)}</h1>
    <p class="lead"><a href="${href}">${words.back}</a></p>
    ${listForm(form, words.save, t)}
    <section class="group settings-next" aria-labelledby="members">
      <h2 class="group__title" id="members">${words.members}</h2>
      <div>${items.length > 0 ? actorList(items) : html`<p class="field__hint">${words.noMembers}</p>`}${pager(neighbours, t)}</div>
    </section>
    <div class="settings-next">${button({ label: words.delete, icon: 'trash', kind: 'quiet', popover: 'delete-list' })}</div>
    ${dialog({ id: 'delete-list', title: words.delete, body: html`<p>${words.deleteText}</p>`, actions: confirm }, t)}`
}
