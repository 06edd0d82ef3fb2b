import type { Messages } from '#src/locales/en.ts'
import type { Translator } from '#src/locales/translator.ts'
import { attributes, type Html, html } from '../html.ts'
import { type ActorValue, address, nameOf, shownName } from './actor.ts'
import { avatar } from './avatar.ts'
import { button, hiddenFields } from './button.ts'
import { copyable } from './disclosure.ts'
import { icon } from './icon.ts'

/** A scope that can be said in plain words. */
export type ScopeName = keyof Messages['scopes']

/** Narrows a scope of a request to one that can be said in plain words. */
export function isScopeName(scope: string, t: Translator): scope is ScopeName {
  return Object.hasOwn(t.scopes, scope)
}

/** What the page of consent is made of. */
export type ConsentValue = Readonly<{
  action: string
  app: Readonly<{ name: string; website: string | null }>
  scopes: readonly ScopeName[]
  /** As whom the app may act; the first one that is offered is chosen unless `chosenId` names another. */
  identities: readonly (ActorValue & Readonly<{ id: string }>)[]
  chosenId: string | null
  /** The parameters of the request, sent along. */
  hidden: Readonly<Record<string, string>>
  /** The host to which the browser goes back; null for a code to copy, or a program on the device. */
  returnHost: string | null
  email: string
}>

/** Whether an app may act, and as whom. Sends `actor` (an id) and `decision`, `allow` or `deny`, with the hidden fields. */
export function consentForm(value: ConsentValue, t: Translator): Html {
  const { app, identities } = value
  const chosen = identities.find(({ id }) => id === value.chosenId) ?? identities[0]
  return html`<section class="door">
    <h1 class="title">${t.consent.title(app.name)}</h1>
    <p class="lead">${t.consent.lead(app.name)} ${website(app.website)}</p>
    <form class="form" method="post" action="${value.action}">
      ${hiddenFields(value.hidden)}
      ${chosen ? picker(identities, chosen.id, t) : html`<p>${t.consent.noIdentity}</p>`}
      ${chosen && scopeList(value.scopes, identities.length > 1 ? t.consent.chosenIdentity : nameOf(chosen), t)}
      <div class="door__answers">
        ${chosen && button({ label: t.consent.allow(app.name), kind: 'primary', name: 'decision', value: 'allow', class: 'button--wide' })}
        ${button({ label: t.consent.deny, name: 'decision', value: 'deny', class: 'button--wide' })}
      </div>
      <p class="door__small">${value.returnHost && t.consent.returns(value.returnHost)} ${t.consent.signedInAs(value.email)}</p>
    </form>
  </section>`
}

/** The code that a person carries to a program that has no address to go back to. */
export function consentCode(value: Readonly<{ app: string; code: string }>, t: Translator): Html {
  return html`<section class="door">
    <h1 class="title">${t.consent.codeTitle}</h1>
    <p class="lead">${t.consent.codeText(value.app)}</p>
    <h2 class="field__label">${t.consent.code}</h2>
    ${copyable(value.code, t)}
  </section>`
}

// The website is what the app says of itself: a link only when it leads to a page.
function website(address: string | null): Html | null {
  if (address === null || !/^https?:\/\//i.test(address) || !URL.canParse(address)) return null
  return html`<a href="${address}" rel="noopener nofollow">${new URL(address).host}</a>`
}

function picker(identities: ConsentValue['identities'], chosenId: string, t: Translator): Html {
  return html`<fieldset class="choices" aria-describedby="identity-hint">
    <legend class="field__label">${t.consent.identity}</legend>
    <p class="field__hint" id="identity-hint">${t.consent.identityHint}</p>
    ${identities.map((identity) => {
      const input = attributes({
        type: 'radio',
        name: 'actor',
        value: identity.id,
        id: `actor-${identity.id}`,
        checked: identity.id === chosenId,
      })
      return html`<label class="choice" for="actor-${identity.id}"><input class="choice__input"${input}>${avatar(identity, 'm')}<span class="choice__words"><bdi class="choice__name">${shownName(identity)}</bdi><span class="choice__hint">${address(identity)}</span></span></label>`
    })}
  </fieldset>`
}

// What can change something in our name stands first and is marked: it is what one should read.
function scopeList(scopes: readonly ScopeName[], name: string, t: Translator): Html {
  const sorted = [...scopes].sort((a, b) => Number(isGrave(b)) - Number(isGrave(a)))
  return html`<section class="scopes"><h2 class="field__label">${t.consent.scopes}</h2><ul class="scopes__list">${sorted.map(
    (scope) =>
      html`<li class="scope${isGrave(scope) ? ' scope--grave' : ''}">${icon(isGrave(scope) ? 'edit' : 'check')}<span>${t.scopes[scope](name)}</span></li>`,
  )}</ul></section>`
}

function isGrave(scope: ScopeName): boolean {
  return scope.startsWith('write') || scope === 'follow'
}
