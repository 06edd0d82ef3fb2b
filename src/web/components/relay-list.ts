import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import { paths } from '../paths.ts'
import { button, hiddenFields } from './button.ts'
import { textField } from './field.ts'
import { moderationNav } from './moderation-nav.ts'
import { timeOf } from './time.ts'

/** A relay to which the instance has turned. */
export type RelayLine = Readonly<{
  id: string
  inboxUrl: string
  state: 'pending' | 'accepted' | 'rejected'
  createdAt: Date
  answeredAt: Date | null
}>

/** The relays, and what was typed for another one. */
export type RelaysValue = Readonly<{ relays: readonly RelayLine[]; typed: string; error: string | undefined }>

/** The relays with what they have answered, and the field for another one. */
export function relayList({ relays, typed, error }: RelaysValue, now: Date, t: Translator): Html {
  const { relays: words } = t
  return html`${moderationNav('relays', t)}
    <h1 class="title">${words.title}</h1>
    <p class="lead settings-lead">${words.lead}</p>
    ${relays.length > 0 ? html`<ul class="lines">${relays.map((relay) => line(relay, now, t))}</ul>` : html`<p class="field__hint">${words.none}</p>`}
    <form class="form settings-next" method="post" action="${paths.relays}">
      ${textField({ name: 'url', label: words.url, hint: words.urlHint, value: typed, type: 'url', autocomplete: 'off', isVerbatim: true, isRequired: true, error })}
      <div>${button({ label: words.add })}</div>
    </form>`
}

function line({ id, inboxUrl, state, createdAt, answeredAt }: RelayLine, now: Date, t: Translator): Html {
  const { relays: words } = t
  const act = (name: string, fields: Readonly<Record<string, string>>, one: Parameters<typeof button>[0]) =>
    html`<form method="post" action="${paths.relays}${name}">${hiddenFields(fields)}${button(one)}</form>`
  const again = { label: words.again, accessibleName: words.againOf(inboxUrl) }
  const leave = { label: words.remove, accessibleName: words.removeOf(inboxUrl), kind: 'quiet' } as const
  return html`<li class="lines__one">
    <div class="lines__words">
      <strong class="address">${inboxUrl}</strong>
      <span class="field__hint">${words.states[state]} ${timeOf(answeredAt ?? createdAt, now, t)}</span>
    </div>
    <div class="lines__acts">${state !== 'accepted' && act('', { url: inboxUrl }, again)}${act('/remove', { id }, leave)}</div>
  </li>`
}
