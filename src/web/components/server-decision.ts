import type { Translator } from '#src/locales/translator.ts'
import { attributes, type Html, html } from '../html.ts'
import { paths } from '../paths.ts'
import type { ActorValue } from './actor.ts'
import { actorLine } from './actor-line.ts'
import { button, hiddenFields, linkButton } from './button.ts'
import { switchField, textArea, textField } from './field.ts'
import { moderationNav } from './moderation-nav.ts'
import type { ServerLine } from './server-list.ts'

/** What a block takes away. */
export type CutsValue = Readonly<{
  actors: number
  posts: number
  hosts: readonly string[]
  followers: number
  following: number
  identities: readonly Readonly<{ actor: ActorValue; followers: number; following: number }>[]
}>

/** A server about which somebody is about to decide, as the form has it. */
export type DecisionValue = Readonly<{
  server: Omit<ServerLine, 'actors' | 'follows' | 'isByList'>
  cuts: CutsValue
  maxCharacters: number
}>

/** What a block of a server would take away, and the form by which it is decided what holds. */
export function serverDecision({ server, cuts, maxCharacters }: DecisionValue, t: Translator): Html {
  const { server: words } = t
  return html`${moderationNav('servers', t)}
    <h1 class="title title--name"><bdi>${server.host}</bdi></h1>
    <section class="group" aria-labelledby="cuts">
      <h2 class="group__title" id="cuts">${words.cuts}</h2>
      <div class="group__body">${cutList(cuts, t)}</div>
    </section>
    <form class="form settings-next" method="post" action="${paths.server}">
      ${hiddenFields({ domain: server.host })}
      ${severities(server, t)}
      ${switchField({ name: 'reject_media', label: words.rejectsMedia, isOn: server.rejectsMedia })}
      ${switchField({ name: 'reject_reports', label: words.rejectsReports, isOn: server.rejectsReports })}
      ${textField({ name: 'reason', label: words.reason, hint: words.reasonHint, optional: t.actions.optional, value: server.reason, autocomplete: 'off', maxLength: maxCharacters })}
      ${switchField({ name: 'obfuscate', label: words.obfuscate, isOn: server.isObfuscated })}
      ${textArea({ name: 'note', label: words.note, optional: t.actions.optional, value: server.privateComment, rows: 3, maxLength: maxCharacters })}
      <div class="lines__acts">${button({ label: words.save, kind: 'primary' })}${linkButton({ href: paths.servers, label: words.back, kind: 'quiet' })}</div>
    </form>`
}

function severities({ severity }: DecisionValue['server'], t: Translator): Html {
  const { server: words } = t
  const choices = (['block', 'limit', 'none'] as const).map((value) => {
    const { name, hint } = words.choices[value]
    const id = `severity-${value}`
    const input = attributes({ type: 'radio', name: 'severity', value, id, checked: value === severity })
    return html`<label class="choice choice--bare" for="${id}"><input class="choice__input"${input}><span class="choice__words"><span class="choice__name">${name}</span><span class="choice__hint">${hint}</span></span></label>`
  })
  return html`<fieldset class="choices"><legend class="field__label">${words.severity}</legend>${choices}</fieldset>`
}

/** What would be hidden, with the identities whose follows rest. */
export function cutList(cuts: CutsValue, t: Translator): Html {
  const { server: words } = t
  if (cuts.actors === 0) return html`<p>${words.nobody}</p>`
  return html`<p>${words.total(cuts.actors, cuts.posts, cuts.hosts.length)}<br>${words.ties(cuts.followers, cuts.following)}</p>
    <p class="field__hint">${words.cutsHint}</p>
    ${
      cuts.identities.length > 0 &&
      html`<ul class="lines">${cuts.identities.map(
        ({ actor, followers, following }) =>
          html`<li class="lines__one">${actorLine(actor, { after: html`<span class="field__hint">${words.tiesOf(followers, following)}</span>` })}</li>`,
      )}</ul>`
    }`
}
