import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import { groupPath, paths } from '../paths.ts'
import { type ActorValue, address, addressOf, nameOf, shownName } from './actor.ts'
import { avatar } from './avatar.ts'
import { button, linkButton, postButton } from './button.ts'
import { copyable, disclosure } from './disclosure.ts'
import { textArea } from './field.ts'
import { accessMark, type GroupAccess } from './group-list.ts'
import { icon } from './icon.ts'
import { tabs } from './tabs.ts'

/** The pages of a group. */
export type GroupPage = 'topics' | 'members' | 'about' | 'moderation' | 'settings'

/** What can be done about being a member. */
export type GroupJoin =
  | Readonly<{ kind: 'visitor' }>
  | Readonly<{ kind: 'banned' }>
  | Readonly<{ kind: 'open'; error: string | undefined }>
  | Readonly<{
      kind: 'asks'
      /** What the group asks; empty when it asks nothing. */
      question: string
      note: string
      maxNoteCharacters: number
      error: string | undefined
    }>
  | Readonly<{ kind: 'asking' }>
  | Readonly<{ kind: 'member'; mayLeave: boolean }>

/** What stands over every page of a group. */
export type GroupHeadValue = Readonly<{
  actor: ActorValue
  /** The introduction, sanitised. */
  summaryHtml: Html
  membersCount: number | null
  access: GroupAccess
  /** Null for who may not follow in the name of their identity. */
  join: GroupJoin | null
  /** The pages to be seen by who looks. */
  pages: readonly GroupPage[]
  current: GroupPage
  /** Who asks to come in, for those who look after it. */
  waiting: number
}>

/** The head of a group, with the way to its pages. */
export function groupHead(value: GroupHeadValue, t: Translator): Html {
  const { actor, access, membersCount, join, pages, current } = value
  // A new group has none, and whoever could give it one is told where.
  const lacksPicture = actor.avatarUrl === null && pages.includes('settings') && current !== 'settings'
  return html`<header class="profile hub">
      <div class="profile__face">${avatar(actor, 'xl')}</div>
      <div class="profile__title">
        <h1 class="profile__name"><bdi>${shownName(actor)}</bdi></h1>
        <p class="profile__facts">${address(actor)}${accessMark(access, t)}${membersCount !== null && html`<span class="mark-word">${t.groups.members(membersCount)}</span>`}${lacksPicture && html`<a href="${groupPath(actor.handle)}/settings">${t.groups.addPicture}</a>`}</p>
      </div>
      ${join && html`<div class="profile__actions">${membership(value, join, t)}</div>`}
      <div class="profile__about"><div class="prose">${value.summaryHtml}</div></div>
    </header>
    ${views(value, t)}`
}

function views({ actor, pages, current, waiting }: GroupHeadValue, t: Translator): Html {
  const words = t.groups.views
  const path = groupPath(actor.handle)
  const labelOf = (page: GroupPage) =>
    page === 'moderation' && waiting > 0 ? `${words.moderation} (${waiting})` : words[page]
  return tabs(
    words.label,
    pages.map((page) => ({
      href: page === 'topics' ? path : `${path}/${page}`,
      label: labelOf(page),
      isCurrent: page === current,
    })),
  )
}

function membership({ actor, access }: GroupHeadValue, join: GroupJoin, t: Translator): Html {
  const words = t.groups
  const path = groupPath(actor.handle)
  if (join.kind === 'banned') return html`<p class="mark-word">${icon('close')}${words.banned}</p>`
  if (join.kind === 'visitor') return fromElsewhere(actor, access, t)
  if (join.kind === 'asking')
    return html`${state(words.asked)}${postButton({ action: `${path}/leave`, label: words.withdraw })}`
  if (join.kind === 'member')
    return html`${state(words.member)}${join.mayLeave && postButton({ action: `${path}/leave`, label: words.leave })}`
  if (join.kind === 'open')
    return html`${postButton({ action: `${path}/join`, label: words.join, kind: 'primary' })}${join.error && html`<p class="field__error" role="alert">${join.error}</p>`}`
  return asking(path, join, t)
}

function state(word: string): Html {
  return html`<span class="mark-word mark-word--on">${icon('check')}${word}</span>`
}

function fromElsewhere(actor: ActorValue, access: GroupAccess, t: Translator): Html {
  const words = t.groups
  const signIn = `${paths.login}?${new URLSearchParams({ next: groupPath(actor.handle) })}`
  const body = html`<div class="follow-way__panel">
    <p>${words.visitorText}</p>
    ${copyable(addressOf(actor), t)}
    ${linkButton({ href: signIn, label: words.signIn })}
  </div>`
  const label = access === 'public' ? words.visitor : words.ask
  return disclosure({ name: 'follow-way', summary: html`<span class="button button--primary">${label}</span>`, body })
}

function asking(path: string, join: Extract<GroupJoin, { kind: 'asks' }>, t: Translator): Html {
  const words = t.groups
  const { question, note, maxNoteCharacters, error } = join
  const field = textArea({
    ...{ name: 'note', label: question || words.noteLabel, value: note, rows: 3, maxLength: maxNoteCharacters, error },
    ...(question ? { isRequired: true } : { optional: t.actions.optional }),
  })
  const body = html`<form class="form hub__ask" method="post" action="${path}/join">${field}<div>${button({ label: words.send, kind: 'primary' })}</div></form>`
  const summary = html`<span class="button button--primary">${words.ask}</span>`
  return disclosure({ name: 'follow-way', summary, body, isOpen: error !== undefined })
}

/** The title of a page of a group. */
export function groupTitle(actor: ActorValue, current: GroupPage, t: Translator): string {
  return current === 'topics' ? nameOf(actor) : `${t.groups.views[current]} · ${nameOf(actor)}`
}
