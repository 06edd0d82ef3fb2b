import type { Translator } from '#src/locales/translator.ts'
import { type Html, html } from '../html.ts'
import { paths } from '../paths.ts'
import { button, hiddenFields, linkButton } from './button.ts'
import { fileField, textArea, textField } from './field.ts'
import { moderationNav } from './moderation-nav.ts'
import { type CutsValue, cutList } from './server-decision.ts'
import type { SeverityValue } from './server-list.ts'
import { timeOf } from './time.ts'

/** What a list would do, before it does it. */
export type PlanValue = Readonly<{
  added: readonly Readonly<{ host: string; severity: SeverityValue }>[]
  changed: readonly Readonly<{ host: string; from: SeverityValue; severity: SeverityValue }>[]
  unchanged: number
  /** Decided by those who run the instance, and left as it is. */
  kept: number
  problems: readonly Readonly<{ line: number; text: string; problem: keyof Translator['moderation']['problems'] }>[]
  cuts: CutsValue
}>

/** Lines of a plan that are shown; the rest is counted. */
const mostShown = 200

function planned(plan: PlanValue, t: Translator): Html {
  const { plan: words, moderation } = t
  const name = (severity: SeverityValue) => moderation.severities[severity]
  const isIdle = plan.added.length + plan.changed.length === 0
  return html`<section class="group" aria-labelledby="plan">
    <h2 class="group__title" id="plan">${words.found}</h2>
    <div class="group__body">
      <p>${isIdle ? words.nothing : words.sum(plan.added.length, plan.changed.length, plan.unchanged)} ${plan.kept > 0 && words.kept(plan.kept)}</p>
      ${
        plan.problems.length > 0 &&
        section(
          words.refused,
          plan.problems.map(
            (one) =>
              html`<strong>${words.row(one.line, moderation.problems[one.problem])}</strong> <code class="address">${one.text}</code>`,
          ),
          t,
        )
      }
      ${
        plan.added.length > 0 &&
        section(
          words.added,
          plan.added.map(({ host, severity }) => html`<strong class="address">${host}</strong> ${name(severity)}`),
          t,
        )
      }
      ${
        plan.changed.length > 0 &&
        section(
          words.changed,
          plan.changed.map(
            ({ host, from, severity }) =>
              html`<strong class="address">${host}</strong> ${words.from(name(from), name(severity))}`,
          ),
          t,
        )
      }
      ${plan.cuts.actors > 0 && html`<h3 class="plan__title">${t.server.cuts}</h3>${cutList(plan.cuts, t)}`}
    </div>
  </section>`
}

function section(title: string, rows: readonly Html[], t: Translator): Html {
  const rest = rows.length - mostShown
  return html`<div><h3 class="plan__title">${title}</h3>
    <ul class="plan">${rows.slice(0, mostShown).map((row) => html`<li>${row}</li>`)}${rest > 0 && html`<li>${t.plan.andMore(rest)}</li>`}</ul></div>`
}

/** A list that is about to be imported; `plan` is null before anybody has looked at it. */
export type ImportValue = Readonly<{ text: string; plan: PlanValue | null; error: string | undefined }>

/** A file or a text, and what it would do. */
export function serverImport({ text, plan, error }: ImportValue, t: Translator): Html {
  const { plan: words } = t
  return html`${moderationNav('servers', t)}
    <h1 class="title">${words.title}</h1>
    <p class="lead settings-lead">${words.lead}</p>
    ${plan && planned(plan, t)}
    ${
      !plan &&
      html`<form class="form" method="post" action="${paths.serverImport}/file" enctype="multipart/form-data">
        ${fileField({ name: 'list', label: words.file, accept: '.csv,.txt,text/csv,text/plain', error })}
        <div>${button({ label: words.upload, kind: 'primary' })}</div>
      </form>`
    }
    <form class="form settings-next" method="post" action="${paths.serverImport}">
      ${textArea({ name: 'text', label: words.text, value: text, rows: 10 })}
      <div class="lines__acts">${plan && button({ label: words.apply, kind: 'primary', name: 'step', value: 'apply' })}${button({ label: words.look, name: 'step', value: 'look' })}${linkButton({ href: paths.servers, label: t.server.back, kind: 'quiet' })}</div>
    </form>`
}

/** A list that the instance follows. */
export type ListLine = Readonly<{
  id: string
  url: string
  entries: number
  deciding: number
  readAt: Date | null
  lastError: string | null
}>

/** The lists that are followed, and one that is about to be. */
export type ServerListsValue = Readonly<{
  lists: readonly ListLine[]
  url: string
  plan: PlanValue | null
  error: string | undefined
}>

/** The lists that are followed, with what came of reading them, and the field for another one. */
export function serverLists({ lists, url, plan, error }: ServerListsValue, now: Date, t: Translator): Html {
  const { serverLists: words } = t
  return html`${moderationNav('lists', t)}
    <h1 class="title">${words.title}</h1>
    <p class="lead settings-lead">${words.lead}</p>
    ${plan && planned(plan, t)}
    ${
      plan &&
      html`<form class="form" method="post" action="${paths.serverLists}">${hiddenFields({ url, step: 'apply' })}<p class="address">${url}</p><div>${button({ label: words.subscribe, kind: 'primary' })}</div></form>`
    }
    ${!plan && (lists.length > 0 ? html`<ul class="lines">${lists.map((list) => listLine(list, now, t))}</ul>` : html`<p class="field__hint">${words.none}</p>`)}
    <form class="form settings-next" method="post" action="${paths.serverLists}">
      ${textField({ name: 'url', label: words.url, hint: words.urlHint, value: plan ? '' : url, type: 'url', autocomplete: 'off', isVerbatim: true, isRequired: true, error })}
      <div>${button({ label: words.look, name: 'step', value: 'look' })}</div>
    </form>`
}

function listLine({ id, url, entries, deciding, readAt, lastError }: ListLine, now: Date, t: Translator): Html {
  const { serverLists: words } = t
  const act = (name: string, label: string, accessibleName: string) =>
    html`<form method="post" action="${paths.serverLists}/${id}/${name}">${button({ label, accessibleName, kind: name === 'remove' ? 'quiet' : 'plain' })}</form>`
  return html`<li class="lines__one">
    <div class="lines__words">
      <strong class="address">${url}</strong>
      <span class="field__hint">${words.counts(deciding, entries)}</span>
      <span class="field__hint">${readAt ? html`${words.readAt} ${timeOf(readAt, now, t)}` : words.never}</span>
      ${lastError && html`<span class="field__error">${words.failed(lastError)}</span>`}
    </div>
    <div class="lines__acts">${act('refresh', words.refresh, words.refreshOf(url))}${act('remove', words.remove, words.removeOf(url))}</div>
  </li>`
}

/** The servers with which the instance may speak when it speaks with nobody else. */
export type AllowedValue = Readonly<{
  hosts: readonly string[]
  isOn: boolean
  typed: string
  error: string | undefined
}>

/** The switch of the allow-list mode, and its list. */
export function serversAllowed({ hosts, isOn, typed, error }: AllowedValue, t: Translator): Html {
  const { allowedServers: words } = t
  return html`${moderationNav('allowed', t)}
    <h1 class="title">${words.title}</h1>
    <p class="lead settings-lead">${words.lead}</p>
    <p><strong>${isOn ? words.isOn : words.isOff}</strong></p>
    <form class="lines__acts lines__acts--apart" method="post" action="${paths.serversAllowed}/mode">${hiddenFields({ on: String(!isOn) })}${button({ label: isOn ? words.turnOff : words.turnOn })}</form>
    <div class="settings-next">${
      hosts.length > 0
        ? html`<ul class="lines">${hosts.map(
            (host) =>
              html`<li class="lines__one"><strong class="address">${host}</strong><form method="post" action="${paths.serversAllowed}/remove">${hiddenFields({ domain: host })}${button({ label: words.remove, accessibleName: words.removeOf(host), kind: 'quiet' })}</form></li>`,
          )}</ul>`
        : html`<p class="field__hint">${words.none}</p>`
    }</div>
    <form class="form settings-next" method="post" action="${paths.serversAllowed}">
      ${textField({ name: 'domain', label: words.domain, value: typed, autocomplete: 'off', isVerbatim: true, isRequired: true, error })}
      <div>${button({ label: words.add })}</div>
    </form>`
}
