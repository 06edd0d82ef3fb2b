import type { Translator } from '#src/locales/translator.ts'
import { attributes, type Html, html } from '../html.ts'
import { paths } from '../paths.ts'
import { button, hiddenFields, linkButton } from './button.ts'
import { textField } from './field.ts'
import { moderationNav } from './moderation-nav.ts'

/** What the instance lets a server or an account do. */
export type SeverityValue = 'none' | 'limit' | 'block'

/** What is decided about a server, with how many are known from there and how many follows there are. */
export type ServerLine = Readonly<{
  host: string
  severity: SeverityValue
  rejectsMedia: boolean
  rejectsReports: boolean
  isObfuscated: boolean
  isByList: boolean
  reason: string
  privateComment: string
  actors: number
  follows: number
}>

/** The page on which decisions about servers are found. */
export type ServersValue = Readonly<{
  servers: readonly ServerLine[]
  /** What was looked for. */
  part: string
  /** Where the list goes on. */
  nextHref: string | null
  /** The instance speaks with nobody but those whom it allows. */
  isClosed: boolean
  /** What was typed as a server and was none. */
  typed: string
  error: string | undefined
}>

/** The decisions about other servers, and the field for another one. */
export function serverList(value: ServersValue, t: Translator): Html {
  const { servers: words } = t
  return html`${moderationNav('servers', t)}
    <h1 class="title">${words.title}</h1>
    <p class="lead">${words.lead}</p>
    ${value.isClosed && html`<p class="lead settings-lead"><strong>${words.closed}</strong></p>`}
    <form class="form" method="get" action="${paths.server}">
      ${textField({ name: 'domain', label: words.domain, hint: words.domainHint, value: value.typed, autocomplete: 'off', isVerbatim: true, isRequired: true, error: value.error })}
      <div class="lines__acts">${button({ label: words.look, kind: 'primary' })}${linkButton({ href: paths.serverImport, label: words.import })}</div>
    </form>
    <section class="group" aria-labelledby="decided">
      <h2 class="group__title" id="decided">${words.decided}</h2>
      <div class="group__body">
        <form class="line-form" role="search" method="get" action="${paths.servers}">
          ${textField({ name: 'q', label: words.search, value: value.part, type: 'search', autocomplete: 'off', isVerbatim: true })}
          <div class="lines__acts">${button({ label: words.find, icon: 'find' })}${linkButton({ href: `${paths.servers}/export.csv`, label: words.export, kind: 'quiet' })}</div>
        </form>
        ${value.servers.length > 0 ? lines(value.servers, t) : html`<p class="field__hint">${value.part ? words.noMatch(value.part) : words.none}</p>`}
        ${value.nextHref && html`<div>${linkButton({ href: value.nextHref, label: words.more })}</div>`}
      </div>
    </section>`
}

function lines(servers: readonly ServerLine[], t: Translator): Html {
  return html`<ul class="lines">${servers.map((server) => line(server, t))}</ul>`
}

function line(server: ServerLine, t: Translator): Html {
  const { servers: words } = t
  const { host, severity, actors, follows } = server
  const query = new URLSearchParams({ domain: host })
  return html`<li class="lines__one">
    <div class="lines__words">
      <strong class="address">${host}</strong>
      <span><span${attributes({ class: `verdict verdict--${severity}` })}>${t.moderation.severities[severity]}</span>${traits(server, t)}</span>
      <span class="field__hint">${words.known(actors, follows)}</span>
      ${server.reason && html`<span class="field__hint"><bdi>${server.reason}</bdi></span>`}
      ${server.privateComment && html`<span class="field__hint">${t.server.note}: <bdi>${server.privateComment}</bdi></span>`}
    </div>
    <div class="lines__acts">
      ${linkButton({ href: `${paths.server}?${query}`, label: words.change, accessibleName: words.changeOf(host) })}
      <form method="post" action="${paths.servers}/lift">${hiddenFields({ domain: host })}${button({ label: words.lift, accessibleName: words.liftOf(host), kind: 'quiet' })}</form>
    </div>
  </li>`
}

function traits({ rejectsMedia, rejectsReports, isObfuscated, isByList }: ServerLine, t: Translator): string {
  const { servers: words } = t
  const said = [
    rejectsMedia && words.withoutMedia,
    rejectsReports && words.withoutReports,
    isObfuscated && words.hidden,
    isByList && words.fromList,
  ].filter(Boolean)
  return said.map((word) => ` · ${word}`).join('')
}
