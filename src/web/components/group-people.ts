import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import { type ActorValue, addressOf } from './actor.ts'
import { actorList } from './actor-list.ts'
import { copyable } from './disclosure.ts'
import type { GroupAccess } from './group-list.ts'
import { type PagerValue, pager } from './pager.ts'

/** Somebody in a group. */
export type GroupPerson = Readonly<{
  actor: ActorValue
  /** The first words of the profile. */
  summary: string
  role: 'owner' | 'moderator' | null
}>

/** Who is in a group. */
export type GroupMembersValue = Readonly<{
  /** On the first page alone. */
  looksAfter: readonly GroupPerson[]
  members: readonly GroupPerson[]
  pager: PagerValue
}>

/** Those who look after a group, and its members. */
export function groupMembers({ looksAfter, members, pager: neighbours }: GroupMembersValue, t: Translator): Html {
  const words = t.groups.people
  return html`<div class="hub-body">
    ${looksAfter.length > 0 && part('looks-after', words.looksAfter, people(looksAfter, t))}
    ${part('members', words.members, html`${members.length > 0 ? people(members, t) : html`<p class="field__hint">${words.nobody}</p>`}${pager(neighbours, t)}`)}
  </div>`
}

function part(id: string, title: string, body: Html): Html {
  return html`<section class="group" aria-labelledby="${id}">
    <h2 class="group__title" id="${id}">${title}</h2>
    <div class="group__body">${body}</div>
  </section>`
}

function people(list: readonly GroupPerson[], t: Translator): Html {
  return actorList(
    list.map(({ actor, summary, role }) => ({
      actor,
      after: html`${role && html`<span class="mark-word mark-word--on">${t.groups.people[role]}</span>`}${summary && html`<span class="hub-line__summary">${summary}</span>`}`,
    })),
  )
}

/** What a group is, for those who may want to join. */
export type GroupAboutValue = Readonly<{
  actor: ActorValue
  /** Sanitised; empty when nobody has written it. */
  summaryHtml: Html
  rules: readonly string[]
  question: string
  access: GroupAccess
  posting: 'everyone' | 'members' | 'moderators'
  /** Empty where that is not for who looks. */
  looksAfter: readonly GroupPerson[]
}>

/** All that a group says of itself, and how one joins it. */
export function groupAbout(value: GroupAboutValue, t: Translator): Html {
  const words = t.groups.about
  const text =
    value.summaryHtml.toString() === '' ? html`<p class="field__hint">${words.noText}</p>` : value.summaryHtml
  const elsewhere = value.access === 'private' ? words.elsewherePrivate : words.elsewhereText
  return html`<div class="hub-body">
    ${part('text', words.text, html`<div class="prose">${text}</div><p>${words.access[value.access]} ${words.posting[value.posting]}</p>`)}
    ${value.rules.length > 0 && part('rules', words.rules, html`<ol class="hub__rules">${value.rules.map((rule) => html`<li>${rule}</li>`)}</ol>`)}
    ${value.question && part('question', words.question, html`<p>${value.question}</p>`)}
    ${value.looksAfter.length > 0 && part('looks-after', t.groups.people.looksAfter, people(value.looksAfter, t))}
    ${part('elsewhere', words.elsewhere, html`<p>${elsewhere}</p>${copyable(addressOf(value.actor), t)}`)}
  </div>`
}
