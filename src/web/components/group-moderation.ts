import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import { groupPath } from '../paths.ts'
import { type ActorValue, addressOf, nameOf } from './actor.ts'
import { actorLine } from './actor-line.ts'
import { actorList } from './actor-list.ts'
import { button, linkButton, postButton } from './button.ts'
import { dialog } from './disclosure.ts'
import { checkbox, selectField, textArea, textField } from './field.ts'
import type { GroupPerson } from './group-people.ts'
import { type PagerValue, pager } from './pager.ts'
import { timeOf } from './time.ts'

/** Somebody who asks to come in. */
export type GroupRequest = Readonly<{
  id: string
  actor: ActorValue
  requestedAt: Date
  /** What they answered; null for nothing. */
  note: string | null
  accountSince: Date | null
  postsCount: number
}>

/** For how long somebody is kept out. */
export const banSpans = ['day', 'week', 'month', 'ever'] as const

/** The form by which somebody is kept out. */
export type BanForm = Readonly<{
  who: string
  until: (typeof banSpans)[number]
  reason: string
  removesPosts: boolean
  error: string | undefined
}>

type Somebody = GroupPerson & Readonly<{ id: string }>

/** A post that was taken out of the group. */
export type RemovedPost = Readonly<{
  id: string
  href: string
  title: string
  author: ActorValue
  /** Who took it out; null where that is not known. */
  by: ActorValue | null
  at: Date
  reason: string
}>

/** What those who look after a group see. */
export type GroupModerationValue = Readonly<{
  actor: ActorValue
  question: string
  requests: readonly GroupRequest[]
  requestsPager: PagerValue
  reported: readonly Readonly<{ href: string; title: string; author: ActorValue }>[]
  removed: readonly RemovedPost[]
  looksAfter: readonly Somebody[]
  members: readonly Somebody[]
  pager: PagerValue
  bans: readonly Readonly<{ id: string; actor: ActorValue; until: Date | null }>[]
  ban: BanForm
  /** Says who looks after the group. */
  isOwner: boolean
  /** Cannot step down, since nobody else owns the group. */
  isLastOwner: boolean
  /** Who looks: nobody removes themselves. */
  viewerId: string
  now: Date
}>

/** Everything that can be done about who is in a group. */
export function groupModeration(value: GroupModerationValue, t: Translator): Html {
  const words = t.groups.moderation
  return html`<div class="hub-body">
    ${part('requests', words.requests, requests(value, t))}
    ${value.reported.length > 0 && part('reported', words.reported, reported(value, t))}
    ${value.removed.length > 0 && part('removed', words.removedPosts, removed(value, t))}
    ${part('looks-after', t.groups.people.looksAfter, people(value, value.looksAfter, t))}
    ${part('members', words.members, html`${value.members.length > 0 ? people(value, value.members, t) : html`<p class="field__hint">${words.noMembers}</p>`}${pager(value.pager, t)}`)}
    ${part('ban', words.ban, banForm(value, t))}
    ${part('banned', words.bannedOnes, bans(value, t))}
  </div>`
}

function part(id: string, title: string, body: Html): Html {
  return html`<section class="group" aria-labelledby="${id}">
    <h2 class="group__title" id="${id}">${title}</h2>
    <div class="group__body">${body}</div>
  </section>`
}

function pathOf({ actor }: GroupModerationValue): string {
  return `${groupPath(actor.handle)}/moderation`
}

function requests(value: GroupModerationValue, t: Translator): Html {
  const words = t.groups.moderation
  if (value.requests.length === 0) return html`<p class="field__hint">${words.noRequests}</p>`
  const row = ({ id, actor, requestedAt, note, accountSince, postsCount }: GroupRequest) => {
    const name = nameOf(actor)
    const action = (answer: string) => `${pathOf(value)}/members/${id}/${answer}`
    const after = html`<ul class="request__facts"><li>${timeOf(requestedAt, value.now, t)}</li>${accountSince && html`<li>${t.requests.since(t.format.date(accountSince))}</li>`}<li>${t.requests.posts(postsCount)}</li></ul>`
    return html`<li class="request">
      <div class="request__who">${actorLine(actor, { size: 'l', after })}${note && html`<blockquote class="request__note">${note}</blockquote>`}</div>
      <div class="request__answers">
        ${postButton({ action: action('accept'), label: words.accept, accessibleName: words.acceptOf(name), kind: 'primary', icon: 'check' })}
        ${postButton({ action: action('reject'), label: words.refuse, accessibleName: words.refuseOf(name) })}
      </div>
    </li>`
  }
  return html`${value.question && html`<p class="field__hint">${value.question}</p>`}
    <ul class="requests hub__requests">${value.requests.map(row)}</ul>${pager(value.requestsPager, t)}`
}

function reported(value: GroupModerationValue, t: Translator): Html {
  return html`<p class="field__hint">${t.groups.moderation.reportedText}</p>
    <ul class="hub__reported">${value.reported.map(
      ({ href, title, author }) =>
        html`<li><a href="${href}">${title || t.groups.topic.untitled}</a> <span class="mark-word"><bdi>${t.groups.topic.by(nameOf(author))}</bdi></span></li>`,
    )}</ul>`
}

function removed(value: GroupModerationValue, t: Translator): Html {
  const words = t.groups.moderation
  const next = pathOf(value)
  const line = ({ id, href, title, author, by, at, reason }: RemovedPost) => {
    const name = title || t.groups.topic.untitled
    const action = `${groupPath(value.actor.handle)}/posts/${id}/restore`
    return html`<li class="hub__removed">
      <div><a href="${href}">${name}</a> <span class="mark-word"><bdi>${t.groups.topic.by(nameOf(author))}</bdi></span>
        <p class="field__hint">${by ? html`<bdi>${words.removedBy(nameOf(by))}</bdi>` : words.removedThen} · ${timeOf(at, value.now, t)}${reason && html` · ${reason}`}</p></div>
      ${postButton({ action, fields: { next }, label: words.restore, accessibleName: words.restoreOf(name), kind: 'quiet' })}
    </li>`
  }
  return html`<p class="field__hint">${words.removedText}</p><ul class="hub__reported">${value.removed.map(line)}</ul>`
}

function people(value: GroupModerationValue, list: readonly Somebody[], t: Translator): Html {
  return actorList(
    list.map((person) => ({
      actor: person.actor,
      after: html`${person.role && html`<span class="mark-word mark-word--on">${t.groups.people[person.role]}</span>`}${person.summary && html`<span class="hub-line__summary">${person.summary}</span>`}`,
      actions: actsOn(value, person, t),
    })),
  )
}

function actsOn(value: GroupModerationValue, person: Somebody, t: Translator): Html | undefined {
  if (person.id !== value.viewerId) return person.role === 'owner' ? undefined : acts(value, person, t)
  const action = `${pathOf(value)}/members/${person.id}/dismiss`
  const mayGo = person.role !== null && !value.isLastOwner
  return mayGo ? postButton({ action, label: t.groups.moderation.stepDown, kind: 'quiet' }) : undefined
}

/** Nobody takes back from an owner what was given: that is asked about first. */
function appointing(value: GroupModerationValue, { id, actor, role }: Somebody, t: Translator): Html {
  const words = t.groups.moderation
  const name = nameOf(actor)
  const as = (part: 'moderator' | 'owner', label: string) =>
    postButton({
      action: `${pathOf(value)}/members/${id}/appoint`,
      fields: { role: part },
      label,
      kind: part === 'owner' ? 'plain' : 'primary',
    })
  // Owners act on the pages of this instance.
  const mayOwn = actor.host === value.actor.host
  if (role && !mayOwn) return html``
  const question = {
    id: `appoint-${id}`,
    title: words.appointOf(name),
    body: html`<p>${!role && words.moderatorText} ${mayOwn && words.ownerText}</p>`,
    actions: html`${!role && as('moderator', words.asModerator)}${mayOwn && as('owner', words.asOwner)}`,
  }
  return html`${button({ label: words.appoint, accessibleName: words.appointOf(name), kind: 'quiet', popover: question.id })}${dialog(question, t)}`
}

function acts(value: GroupModerationValue, person: Somebody, t: Translator): Html {
  const { id, actor, role } = person
  const words = t.groups.moderation
  const name = nameOf(actor)
  const act = (verb: string, label: string, accessibleName: string) =>
    postButton({ action: `${pathOf(value)}/members/${id}/${verb}`, label, accessibleName, kind: 'quiet' })
  const query = new URLSearchParams({ ban: addressOf(actor) })
  return html`${value.isOwner && appointing(value, person, t)}
    ${value.isOwner && role && act('dismiss', words.dismiss, words.dismissOf(name))}
    ${!role && act('remove', words.remove, words.removeOf(name))}
    ${linkButton({ href: `${pathOf(value)}?${query}#ban`, label: words.keepOut, accessibleName: words.keepOutOf(name), kind: 'quiet' })}`
}

function banForm(value: GroupModerationValue, t: Translator): Html {
  const words = t.groups.moderation
  const { who, until, reason, removesPosts, error } = value.ban
  const choices = banSpans.map((span) => ({ value: span, label: words.spans[span] }))
  return html`<form class="form" method="post" action="${pathOf(value)}/ban">
    <p class="field__hint">${words.banText}</p>
    ${textField({ name: 'who', label: words.who, hint: words.whoHint, value: who, autocomplete: 'off', isVerbatim: true, isRequired: true, maxLength: 300, error })}
    ${selectField({ name: 'until', label: words.until, value: until, choices })}
    ${textArea({ name: 'reason', label: words.reason, hint: words.reasonHint, value: reason, rows: 2, maxLength: 500, optional: t.actions.optional })}
    ${checkbox({ name: 'removes_posts', label: words.removePosts, isOn: removesPosts })}
    <div>${button({ label: words.banAct, kind: 'danger' })}</div>
  </form>`
}

function bans(value: GroupModerationValue, t: Translator): Html {
  const words = t.groups.moderation
  if (value.bans.length === 0) return html`<p class="field__hint">${words.nobodyBanned}</p>`
  return actorList(
    value.bans.map(({ id, actor, until }) => ({
      actor,
      after: html`<span class="field__hint">${until ? words.bannedUntil(t.format.dateTime(until)) : words.bannedForEver}</span>`,
      actions: postButton({
        action: `${pathOf(value)}/members/${id}/unban`,
        label: words.lift,
        accessibleName: words.liftOf(nameOf(actor)),
      }),
    })),
  )
}
