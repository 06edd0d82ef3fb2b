import type { Translator } from '#src/locales/translator.ts'
import { type ActorValue, nameOf } from '#src/web/components/actor.ts'
import { actorLine } from '#src/web/components/actor-line.ts'
import { postButton } from '#src/web/components/button.ts'
import { isScopeName, type ScopeName } from '#src/web/components/consent-form.ts'
import { settingsNav } from '#src/web/components/settings-nav.ts'
import { type Html, html } from '#src/web/html.ts'
import { offeredScopes, widestScopes } from './scopes.ts'

/** An app that was let in, as the list shows it. */
export type AppValue = Readonly<{
  /** Null for tokens that an operator made at the command line. */
  appId: string | null
  name: string | null
  website: string | null
  actor: ActorValue & Readonly<{ id: string }>
  scopes: readonly string[]
  authorizedAt: Date
  lastUsedAt: Date | null
}>

/** Where the list of apps is, and where `withdraw` posts `app` (an id, or empty) and `actor` (an id). */
export const appPaths = { list: '/settings/apps', withdraw: '/settings/apps/withdraw' } as const

/** The apps that somebody has let in, each with what it may do and a way to end it. */
export function appList(apps: readonly AppValue[], now: Date, t: Translator): Html {
  const list = html`<ul class="app-list">${apps.map((app) => appEntry(app, now, t))}</ul>`
  return html`${settingsNav('apps', t)}
    <h1 class="title">${t.apps.title}</h1>
    <p class="lead">${t.apps.lead}</p>
    ${apps.length > 0 ? list : html`<p class="app-list">${t.apps.none}</p>`}`
}

function appEntry(app: AppValue, now: Date, t: Translator): Html {
  const name = app.name ?? t.apps.commandLine
  const used = app.lastUsedAt ? t.apps.lastUsed(t.format.relative(app.lastUsedAt, now)) : t.apps.neverUsed
  return html`<li class="app-list__one">
    <h2 class="section-title"><bdi>${name}</bdi></h2>
    ${website(app.website)}
    <p class="field__hint">${t.apps.since(t.format.date(app.authorizedAt))} · ${used}</p>
    <p class="field__label">${t.apps.actsAs}</p>
    ${actorLine(app.actor)}
    <p class="field__label">${t.apps.may}</p>
    <ul>${inWords(app.scopes, nameOf(app.actor), t).map((sentence) => html`<li>${sentence}</li>`)}</ul>
    ${postButton({
      action: appPaths.withdraw,
      fields: { app: app.appId ?? '', actor: app.actor.id },
      label: t.apps.withdraw,
      accessibleName: t.apps.withdrawOf(name, nameOf(app.actor)),
      kind: 'danger',
    })}
  </li>`
}

function website(address: string | null): Html | null {
  return address === null
    ? null
    : html`<p><a href="${address}" rel="noopener nofollow">${new URL(address).host}</a></p>`
}

/** The scopes for which there are words, without those that another one covers. */
export function namedScopes(scopes: readonly string[], t: Translator): readonly ScopeName[] {
  const known = offeredScopes.filter((scope) => scopes.includes(scope))
  return widestScopes(known).filter((scope) => isScopeName(scope, t))
}

function inWords(scopes: readonly string[], name: string, t: Translator): readonly string[] {
  return namedScopes(scopes, t).map((scope) => t.scopes[scope](name))
}
