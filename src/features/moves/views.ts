import type { Translator } from '#src/locales/translator.ts'
import { type ActorValue, addressOf, nameOf } from '#src/web/components/actor.ts'
import { actorLine } from '#src/web/components/actor-line.ts'
import { button, hiddenFields, postButton } from '#src/web/components/button.ts'
import { checkbox, textField } from '#src/web/components/field.ts'
import { flash } from '#src/web/components/flash.ts'
import { settingsNav } from '#src/web/components/settings-nav.ts'
import { type Html, html } from '#src/web/html.ts'
import { paths } from '#src/web/paths.ts'
import { mostAliases } from './policy.ts'

/** An account by its id; the account itself where it is known here. */
type Named = Readonly<{ iri: string; actor: ActorValue | null }>

/** Where an identity comes from and where it goes. */
export type MoveSettings = Readonly<{
  actor: ActorValue
  aliases: readonly Named[]
  /** Where it points to; null: it is at home here. */
  movedTo: Named | null
  /** What was typed and could not be used. */
  typed: Readonly<{ alias?: string; target?: string }>
  /** What was wrong, by field: `alias`, `target`, `password`, `sure`. */
  errors: Readonly<Record<string, string>>
}>

/** The settings about moving: to this identity from another account, and from it to another one. */
export function moveSettings(value: MoveSettings, t: Translator): Html {
  const wrong = Object.keys(value.errors).length
  return html`${settingsNav('move', t)}
    <h1 class="title">${t.moving.title}</h1>
    <p class="lead">${t.moving.lead(nameOf(value.actor))}</p>
    ${wrong > 0 && flash({ kind: 'problem', text: t.formProblems(wrong) })}
    <div class="relation">
      ${aliases(value, t)}
      ${value.movedTo ? wayBack(value.movedTo, t) : wayOut(value, t)}
    </div>`
}

const nameIn = ({ iri, actor }: Named) => (actor ? addressOf(actor) : iri)

function aliases({ aliases: named, typed, errors }: MoveSettings, t: Translator): Html {
  const words = t.moving
  const action = `${paths.settingsMove}/aliases`
  const lines = named.map((alias) => {
    const face = alias.actor ? actorLine(alias.actor) : html`<strong class="address">${alias.iri}</strong>`
    const remove = button({ label: words.remove, accessibleName: words.removeOf(nameIn(alias)) })
    return html`<li class="lines__one">${face}<form method="post" action="${action}/remove">${hiddenFields({ alias: alias.iri })}${remove}</form></li>`
  })
  const field = textField({
    name: 'alias',
    label: words.alias,
    hint: words.aliasHint,
    value: typed.alias ?? '',
    autocomplete: 'off',
    isRequired: true,
    isVerbatim: true,
    error: errors.alias,
  })
  return html`<section class="group" aria-labelledby="aliases">
    <h2 class="group__title" id="aliases">${words.aliases}</h2>
    <div class="group__body">
      <p>${words.aliasesText}</p>
      ${flash({ kind: 'notice', text: words.aliasesWarning })}
      ${named.length > 0 && html`<ul class="lines">${lines}</ul>`}
      ${named.length < mostAliases && html`<form class="group__body" method="post" action="${action}">${field}<div>${button({ label: words.add })}</div></form>`}
    </div>
  </section>`
}

function wayBack(movedTo: Named, t: Translator): Html {
  const words = t.moving
  return html`<section class="group" aria-labelledby="back">
    <h2 class="group__title" id="back">${words.away}</h2>
    <div class="group__body">
      <p>${words.awayText(nameIn(movedTo))}</p>
      ${movedTo.actor && actorLine(movedTo.actor)}
      <p class="field__hint">${words.backHint}</p>
      <div>${postButton({ action: `${paths.settingsMove}/back`, label: words.back })}</div>
    </div>
  </section>`
}

function wayOut({ typed, errors }: MoveSettings, t: Translator): Html {
  const words = t.moving
  return html`<section class="group" aria-labelledby="out">
    <h2 class="group__title" id="out">${words.out}</h2>
    <form class="group__body" method="post" action="${paths.settingsMove}">
      <p>${words.outText}</p>
      <div class="prose"><ul>${words.consequences.map((consequence) => html`<li>${consequence}</li>`)}</ul></div>
      ${flash({ kind: 'notice', text: words.outWarning })}
      ${textField({
        name: 'target',
        label: words.target,
        hint: words.targetHint,
        value: typed.target ?? '',
        autocomplete: 'off',
        isRequired: true,
        isVerbatim: true,
        error: errors.target,
      })}
      ${textField({
        name: 'password',
        label: words.password,
        type: 'password',
        autocomplete: 'current-password',
        isRequired: true,
        error: errors.password,
      })}
      ${errors.sure && html`<p class="field__error">${errors.sure}</p>`}
      ${checkbox({ name: 'sure', label: words.sure, isOn: false })}
      <div>${button({ label: words.submit, kind: 'danger' })}</div>
    </form>
  </section>`
}
