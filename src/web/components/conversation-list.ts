import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import { paths } from '../paths.ts'
import { type ActorValue, nameOf } from './actor.ts'
import { avatar } from './avatar.ts'
import { linkButton, postButton } from './button.ts'
import { emptyState } from './empty.ts'
import { type PagerValue, pager } from './pager.ts'
import { timeOf } from './time.ts'

/** A conversation between named people. */
export type ConversationValue = Readonly<{
  id: string
  isUnread: boolean
  /** The others; nobody for a note to oneself. */
  people: readonly ActorValue[]
  /** The beginning of what was last said; null where that is not to be seen. */
  excerpt: string | null
  at: Date | null
}>

/** The page of conversations. */
export type ConversationsValue = Readonly<{
  conversations: readonly ConversationValue[]
  mayRemove: boolean
  mayWrite: boolean
  pager: PagerValue
  now: Date
}>

/** The conversations of an identity, the last spoken in first. */
export function conversationList(value: ConversationsValue, t: Translator): Html {
  const words = t.reading.conversations
  const href = paths.compose
  const write = value.mayWrite && linkButton({ href, label: words.write, icon: 'create' })
  const list = html`<p class="lead">${words.lead}</p>
    <p class="told__held">${write}</p>
    <ol class="told">${value.conversations.map((one) => html`<li class="told__one${one.isUnread ? ' told__one--new' : ''}">${line(one, value, t)}</li>`)}</ol>`
  const action = value.mayWrite ? { href, label: words.write } : undefined
  const nothing = emptyState({ icon: 'direct', title: words.emptyTitle, text: words.emptyText, action })
  return html`<h1 class="title">${words.title}</h1>
    ${value.conversations.length > 0 ? list : nothing}
    ${pager(value.pager, t)}`
}

function line(
  { id, isUnread, people, excerpt, at }: ConversationValue,
  value: ConversationsValue,
  t: Translator,
): Html {
  const words = t.reading.conversations
  const names = people.map((person) => nameOf(person))
  const who = names.length > 0 ? t.format.list(names) : words.withSelf
  const path = `${paths.conversations}/${id}`
  return html`<div class="told__faces">${people.slice(0, 8).map((person) => avatar(person, 'm'))}</div>
    <p class="told__line">${isUnread && html`<span class="mark-word mark-word--on">${words.unread}</span> `}<a class="told__link" href="${path}"><bdi>${who}</bdi></a> ${at && html`<span class="told__when">${timeOf(at, value.now, t)}</span>`}</p>
    ${excerpt && html`<p class="told__excerpt"><bdi>${excerpt}</bdi></p>`}
    ${value.mayRemove && html`<div>${postButton({ action: `${path}/delete`, label: words.remove, accessibleName: words.removeOf(who), icon: 'close', kind: 'quiet' })}</div>`}`
}
