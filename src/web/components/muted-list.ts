import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import { paths } from '../paths.ts'
import { type ActorValue, nameOf } from './actor.ts'
import { actorList } from './actor-list.ts'
import { button, hiddenFields, postButton } from './button.ts'
import { emptyState } from './empty.ts'
import { textField } from './field.ts'
import { type PagerValue, pager } from './pager.ts'
import { settingsNav } from './settings-nav.ts'

/** Whom an identity has muted. */
export type MutedValue = Readonly<{
  people: readonly Readonly<{ actor: ActorValue; endsAt: Date | null }>[]
  pager: PagerValue
  /** This page, to come back to. */
  next: string
}>

/** Those whom an identity does not want to read, each with the way back. */
export function mutedList({ people, pager: neighbours, next }: MutedValue, t: Translator): Html {
  const { mutedPage, relations } = t
  const items = people.map(({ actor, endsAt }) => ({
    actor,
    after: html`<span class="field__hint">${endsAt ? relations.mutedUntil(t.format.dateTime(endsAt)) : relations.mutedForEver}</span>`,
    actions: postButton({
      action: `${actor.href}/unmute`,
      fields: { next },
      label: relations.unmute,
      accessibleName: relations.unmuteOf(nameOf(actor)),
    }),
  }))
  return html`${settingsNav('muted', t)}
    <h1 class="title">${mutedPage.title}</h1>
    <p class="lead settings-lead">${mutedPage.lead}</p>
    ${items.length > 0 ? actorList(items) : emptyState({ icon: 'covered', title: mutedPage.emptyTitle, text: mutedPage.emptyText })}
    ${pager(neighbours, t)}`
}

/** Whom an identity has blocked, and with which servers it wants nothing to do. */
export type BlockedValue = Readonly<{
  people: readonly ActorValue[]
  hosts: readonly string[]
  pager: PagerValue
  hostPager: PagerValue
  next: string
  /** What was typed as a server and was none, with what is wrong with it. */
  typed: string
  error: string | undefined
}>

/** People and servers that are blocked, each with the way back, and a field for another server. */
export function blockedList(value: BlockedValue, t: Translator): Html {
  const { blockedPage: words } = t
  return html`${settingsNav('blocked', t)}
    <h1 class="title">${words.title}</h1>
    <p class="lead settings-lead">${words.lead}</p>
    <section class="group" aria-labelledby="people">
      <h2 class="group__title" id="people">${words.people}</h2>
      <div>${value.people.length > 0 ? blockedPeople(value, t) : html`<p class="field__hint">${words.nobody}</p>`}${pager(value.pager, t)}</div>
    </section>
    <section class="group settings-next" aria-labelledby="hosts">
      <h2 class="group__title" id="hosts">${words.hosts}</h2>
      <div>${value.hosts.length > 0 ? shunnedHosts(value.hosts, t) : html`<p class="field__hint">${words.noHost}</p>`}${pager(value.hostPager, t)}</div>
      <form class="group__body" method="post" action="${paths.settingsBlocked}">
        ${textField({ name: 'domain', label: words.domain, hint: words.domainHint, value: value.typed, autocomplete: 'off', isVerbatim: true, isRequired: true, error: value.error })}
        <div>${button({ label: words.add })}</div>
      </form>
    </section>`
}

function blockedPeople({ people, next }: BlockedValue, t: Translator): Html {
  const items = people.map((actor) => ({
    actor,
    actions: postButton({
      action: `${actor.href}/unblock`,
      fields: { next },
      label: t.relations.unblock,
      accessibleName: t.relations.unblockOf(nameOf(actor)),
    }),
  }))
  return actorList(items)
}

function shunnedHosts(hosts: readonly string[], t: Translator): Html {
  const { unblock, unshunOf } = t.relations
  return html`<ul class="lines">${hosts.map(
    (host) =>
      html`<li class="lines__one"><strong class="address">${host}</strong><form method="post" action="${paths.settingsBlocked}/remove">${hiddenFields({ domain: host })}${button({ label: unblock, accessibleName: unshunOf(host) })}</form></li>`,
  )}</ul>`
}
