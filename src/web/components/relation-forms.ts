import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import { paths } from '../paths.ts'
import { type ActorValue, nameOf } from './actor.ts'
import { actorLine } from './actor-line.ts'
import { button, hiddenFields, linkButton, postButton } from './button.ts'
import { selectField, switchField, textArea } from './field.ts'

/** For how many seconds one mutes; 0 is for ever. */
export const muteDurations = ['0', '3600', '86400', '604800', '2592000'] as const

/** What can be set between the viewer's identity and another; what is left out is not the viewer's to set. */
export type RelationValue = Readonly<{
  actor: ActorValue
  /** What is remembered about the other; null where the viewer may not write it down. */
  note: string | null
  maxNoteCharacters: number
  /** Whether the viewer may change whom the identity reads and knows. */
  mayRelate: boolean
  /** The lists of the identity; null where the other is not followed and so cannot stand in one. */
  lists: readonly Readonly<{ id: string; title: string; isIn: boolean }>[] | null
  mute: Readonly<{ endsAt: Date | null }> | null
  isFollower: boolean
  isBlocked: boolean
  /** The server of the other, and whether it is blocked; null for people of this one. */
  host: Readonly<{ name: string; isShunned: boolean }> | null
  reportHref: string
}>

/** Everything between the viewer's identity and another, each with its own form. */
export function relationForms(value: RelationValue, t: Translator): Html {
  const words = t.relations
  const name = nameOf(value.actor)
  return html`<h1 class="title">${words.title(name)}</h1>
    <p class="lead">${words.lead(name)}</p>
    <div class="relation">
      ${actorLine(value.actor, { size: 'l' })}
      ${value.note !== null && note(value, value.note, t)}
      ${value.mayRelate && html`${lists(value, t)}${mute(value, t)}${value.isFollower && follower(value, t)}${block(value, t)}${host(value, t)}`}
      ${part(words.report, 'report', html`<p class="field__hint">${words.reportText}</p><div>${linkButton({ href: value.reportHref, label: words.report, icon: 'warning' })}</div>`)}
    </div>`
}

/** The address of this page, to come back to. */
function pageOf({ actor }: RelationValue): string {
  return `${actor.href}/relation`
}

function part(title: string, id: string, body: Html): Html {
  return html`<section class="group" aria-labelledby="${id}">
    <h2 class="group__title" id="${id}">${title}</h2>
    <div class="group__body">${body}</div>
  </section>`
}

function note({ actor, maxNoteCharacters }: RelationValue, text: string, t: Translator): Html {
  const words = t.relations
  const field = textArea({
    name: 'comment',
    label: words.note,
    hint: words.noteHint,
    value: text,
    rows: 3,
    maxLength: maxNoteCharacters,
  })
  return html`<form class="group__body" method="post" action="${actor.href}/note">${field}<div>${button({ label: words.saveNote })}</div></form>`
}

function lists({ actor, lists: all }: RelationValue, t: Translator): Html {
  const words = t.relations
  const makeList = html`<div>${linkButton({ href: paths.lists, label: words.makeList })}</div>`
  if (!all) return part(words.lists, 'lists', html`<p class="field__hint">${words.onlyFollowed}</p>`)
  if (all.length === 0) return part(words.lists, 'lists', html`<p class="field__hint">${words.noLists}</p>${makeList}`)
  const boxes = all.map(
    ({ id, title, isIn }) =>
      html`<label class="check" for="list-${id}"><input class="check__input" type="checkbox" name="list" id="list-${id}" value="${id}"${isIn && html` checked`}><span><bdi>${title}</bdi></span></label>`,
  )
  const form = html`<form class="group__body" method="post" action="${actor.href}/lists">
    <p class="field__hint">${words.listsHint}</p>
    <div role="group" aria-labelledby="lists">${boxes}</div>
    <div>${button({ label: words.saveLists })}</div>
  </form>`
  return part(words.lists, 'lists', form)
}

function mute(value: RelationValue, t: Translator): Html {
  const words = t.relations
  const next = pageOf(value)
  if (value.mute) {
    const { endsAt } = value.mute
    const state = endsAt ? words.mutedUntil(t.format.dateTime(endsAt)) : words.mutedForEver
    const undo = postButton({ action: `${value.actor.href}/unmute`, fields: { next }, label: words.unmute })
    return part(words.mute, 'mute', html`<p>${state}</p><div>${undo}</div>`)
  }
  const choices = muteDurations.map((seconds) => ({ value: seconds, label: words.durations[seconds] }))
  const form = html`<form class="group__body" method="post" action="${value.actor.href}/mute">
    ${hiddenFields({ next })}
    <p class="field__hint">${words.muteText}</p>
    ${selectField({ name: 'duration', label: words.muteFor, value: '0', choices })}
    ${switchField({ name: 'notifications', label: words.muteNotifications, isOn: true })}
    <div>${button({ label: words.mute })}</div>
  </form>`
  return part(words.mute, 'mute', form)
}

function follower(value: RelationValue, t: Translator): Html {
  const words = t.relations
  const fields = { next: pageOf(value) }
  const body = html`<p class="field__hint">${words.removeText}</p><div>${postButton({ action: `${value.actor.href}/remove-follower`, fields, label: words.removeFollower })}</div>`
  return part(t.profile.followsYou, 'follower', body)
}

function block(value: RelationValue, t: Translator): Html {
  const words = t.relations
  const fields = { next: pageOf(value) }
  const { href } = value.actor
  const body = value.isBlocked
    ? html`<p>${words.blockedWord}</p><div>${postButton({ action: `${href}/unblock`, fields, label: words.unblock })}</div>`
    : html`<p class="field__hint">${words.blockText}</p><div>${postButton({ action: `${href}/block`, fields, label: words.block, kind: 'danger' })}</div>`
  return part(words.block, 'block', body)
}

function host(value: RelationValue, t: Translator): Html | null {
  const words = t.relations
  if (!value.host) return null
  const { name, isShunned } = value.host
  const fields = { domain: name, next: pageOf(value) }
  const action = paths.settingsBlocked
  const body = isShunned
    ? html`<p>${words.blockedWord}</p><div>${postButton({ action: `${action}/remove`, fields, label: words.unshun })}</div>`
    : html`<p class="field__hint">${words.shunText}</p><div>${postButton({ action, fields, label: words.shun, kind: 'danger' })}</div>`
  return part(words.host(name), 'host', body)
}
